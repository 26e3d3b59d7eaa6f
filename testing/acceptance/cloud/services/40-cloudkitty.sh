#!/bin/bash
# CloudKitty twice: with v2 storage (InfluxDB) in RegionOne, with v1 storage (MariaDB) in RegionV1. RabbitMQ carries the
# quotes to the processors, which also do what is asked to be processed again, and nothing of their own accord.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

V2_PORT=18889 V1_PORT=18887 RABBIT_PORT=25672 DIST_PORT=25673 EPMD_PORT=24369 INFLUX_PORT=18086 INFLUX_RPC_PORT=18088
apt_need python3-cloudkitty python3-paste erlang-base erlang-crypto erlang-eldap erlang-inets erlang-mnesia erlang-os-mon \
	erlang-parsetools erlang-public-key erlang-runtime-tools erlang-ssl erlang-syntax-tools erlang-tools erlang-xmerl
deb_need rabbitmq-server influxdb cloudkitty-common

# ---------------------------------------------------------------- RabbitMQ and InfluxDB

mkdir -p "$ETC/rabbitmq" "$DB/rabbitmq"
cat >"$ETC/rabbitmq/rabbitmq.conf" <<E
listeners.tcp.1 = 127.0.0.1:$RABBIT_PORT
log.file.level = warning
log.dir = $LOGS
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
E
echo '[].' >"$ETC/rabbitmq/enabled_plugins"
# Its own epmd, and the distribution on loopback too. (Left alone, Erlang starts an epmd on every address that outlives it.)
erlang=(env "HOME=$DB/rabbitmq" ERL_EPMD_ADDRESS=127.0.0.1 "ERL_EPMD_PORT=$EPMD_PORT" RABBITMQ_NODENAME=gophermeter@localhost
	"RABBITMQ_DIST_PORT=$DIST_PORT" "RABBITMQ_MNESIA_BASE=$DB/rabbitmq" "RABBITMQ_LOG_BASE=$LOGS"
	"RABBITMQ_CONFIG_FILE=$ETC/rabbitmq/rabbitmq.conf" "RABBITMQ_ADVANCED_CONFIG_FILE=$ETC/rabbitmq/none.config"
	"RABBITMQ_ENABLED_PLUGINS_FILE=$ETC/rabbitmq/enabled_plugins" RABBITMQ_CONF_ENV_FILE=/dev/null)
rabbit=$PKG/usr/lib/rabbitmq/bin
spawn epmd "$EPMD_PORT" env "HOME=$DB/rabbitmq" epmd -address 127.0.0.1 -port "$EPMD_PORT"
wait_port epmd "$EPMD_PORT"
spawn rabbitmq "$RABBIT_PORT" "${erlang[@]}" RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none" \
	"$rabbit/rabbitmq-server"

mkdir -p "$ETC/influxdb"
cat >"$ETC/influxdb/influxdb.conf" <<E
reporting-disabled = true
bind-address = "127.0.0.1:$INFLUX_RPC_PORT"
[meta]
  dir = "$DB/influxdb/meta"
[data]
  dir = "$DB/influxdb/data"
  wal-dir = "$DB/influxdb/wal"
  index-version = "tsi1"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:$INFLUX_PORT"
  log-enabled = false
[logging]
  level = "warn"
[subscriber]
  enabled = false
E
spawn influxdb "$INFLUX_PORT" "$PKG/usr/bin/influxd" -config "$ETC/influxdb/influxdb.conf"

# ---------------------------------------------------------------- the two CloudKitties

configure() { # NAME VHOST STORAGE-SECTION
	local etc=$ETC/$1
	mkdir -p "$etc" "$RUN/$1"
	cat >"$etc/cloudkitty.conf" <<E
[DEFAULT]
log_file = $LOGS/$UNIT.$1.log
default_log_levels = cloudkitty.orchestrator=WARNING,sqlalchemy=WARNING,amqp=WARNING,oslo.messaging=INFO,keystonemiddleware=WARNING,urllib3=WARNING,stevedore=WARNING
transport_url = rabbit://guest:guest@127.0.0.1:$RABBIT_PORT/$2
auth_strategy = keystone
api_paste_config = $etc/api_paste.ini
host = cloud
[database]
connection = $(db_url "${1//-/_}")
[collect]
collector = gnocchi
metrics_conf = $etc/metrics.yml
period = 3600
scope_key = project_id
[collector_gnocchi]
auth_section = keystone_authtoken
region_name = RegionOne
[fetcher]
backend = source
[fetcher_source]
sources =
[orchestrator]
coordination_url = file://$RUN/$1
max_workers = 1
max_workers_reprocessing = 1
max_threads = 2
[output]
basepath = $RUN/$1
[oslo_concurrency]
lock_path = $RUN/$1
[oslo_policy]
policy_file = $etc/policy.yaml
[oslo_messaging_rabbit]
heartbeat_timeout_threshold = 0
$3
$(authtoken cloudkitty)
E
	sed "s#/etc/cloudkitty/healthcheck_disable#$RUN/$1/healthcheck_disable#" "$PKG/usr/share/cloudkitty-common/api_paste.ini" >"$etc/api_paste.ini"
	cp "$SEED/rating_metrics.yml" "$etc/metrics.yml"
	: >"$etc/policy.yaml"
	# Without eventlet's locks in logging: see rating_processor.py.
	cat >"$etc/app.wsgi" <<E
import sys
import oslo_log.log
oslo_log.log._fix_eventlet_logging = lambda: None
sys.argv = ['cloudkitty-api', '--config-file', '$etc/cloudkitty.conf']
from cloudkitty.api import app
application = app.build_wsgi_app()
E
}
configure cloudkitty '' "[storage]
version = 2
backend = influxdb
[storage_influxdb]
username = cloudkitty
password = cloudkitty
database = cloudkitty
host = 127.0.0.1
port = $INFLUX_PORT"
configure cloudkitty-v1 v1 '[storage]
version = 1
backend = sqlalchemy'

schema() { # NAME
	local config=(--config-file "$ETC/$1/cloudkitty.conf")
	end "$RUN/$UNIT.$1.pid"
	end "$RUN/$UNIT.$1-processor.pid"
	rm -f "$DONE/$UNIT".{rules,frames,truth}"-$1"
	databases "${1//-/_}"
	cloudkitty-storage-init "${config[@]}"
	cloudkitty-dbsync "${config[@]}" upgrade
}
wait_http influxdb "http://127.0.0.1:$INFLUX_PORT/ping"
once influxdb -- curl -sS -f -o /dev/null -X POST "http://127.0.0.1:$INFLUX_PORT/query" --data-urlencode 'q=CREATE DATABASE cloudkitty'
both() { # COMMAND...: for each of the two, at the same time
	local n p pids=() bad=
	for n in cloudkitty cloudkitty-v1; do
		"$@" "$n" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p" || bad=1; done
	[ -z "$bad" ]
}
make_schema() { once "schema-$1" -- schema "$1"; }
both make_schema
catalogue rating cloudkitty "http://127.0.0.1:$V2_PORT"
catalogue rating cloudkitty "http://127.0.0.1:$V1_PORT" RegionV1

vhost() {
	local ctl=("${erlang[@]}" "$rabbit/rabbitmqctl" -q)
	"${ctl[@]}" await_startup --timeout 120
	"${ctl[@]}" add_vhost v1 || true
	"${ctl[@]}" set_permissions -p v1 guest '.*' '.*' '.*'
}
wait_port rabbitmq "$RABBIT_PORT"
once vhost -- vhost

# CloudKitty writes the times of its v2 API in the zone of its machine.
export TZ=UTC
wsgi cloudkitty "$V2_PORT" 2 "$ETC/cloudkitty/app.wsgi"
wsgi cloudkitty-v1 "$V1_PORT" 2 "$ETC/cloudkitty-v1/app.wsgi"
wait_http cloudkitty "http://127.0.0.1:$V2_PORT/"
wait_http cloudkitty-v1 "http://127.0.0.1:$V1_PORT/"

# ---------------------------------------------------------------- the rated month

usage=("$SEED/rating_usage.py" "$SEED/window.py" "$DIR/ids.json")
rate() { # NAME
	local port=$V2_PORT
	[ "$1" = cloudkitty ] || port=$V1_PORT
	once "rules-$1" "$SEED/seed_rating.py" "${usage[@]}" -- seed seed_rating.py "$KEYSTONE_URL" "$PASS" "http://127.0.0.1:$port"
	once "frames-$1" "$SEED/seed_rating_frames.py" "$SEED/seed_rating.py" "${usage[@]}" -- seed seed_rating_frames.py "$1"
}
both rate
[ -s "$DIR/rating-truth.json" ] || rm -f "$DONE/$UNIT.truth"
once truth "$SEED/truth_rating.py" "${usage[@]}" -- seed truth_rating.py

# Only now: a processor reads the modules and the rules when it starts.
for n in cloudkitty cloudkitty-v1; do
	running "$RUN/$UNIT.$n-processor.pid" || rm -f "$RUN/$n/ready"
	spawn "$n-processor" - env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$SEED/rating_processor.py" "$DIR" "$n" \
		--config-file "$ETC/$n/cloudkitty.conf"
done
for n in cloudkitty cloudkitty-v1; do
	for _ in {1..240}; do
		[ ! -e "$RUN/$n/ready" ] || break
		sleep 0.25
	done
done

# Healthy is: each accepts a token, and its processor answers a quote.
healthy() { # PORT
	local token
	token=$(curl -s -m 20 -D - -o /dev/null -H 'Content-Type: application/json' "$KEYSTONE_URL/auth/tokens?nocatalog" -d '{"auth": {
		"identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "'"$PASS"'"}}},
		"scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^X-Subject-Token: //Ip')
	curl -s -m 70 -f -o /dev/null -H "X-Auth-Token: $token" -H 'Content-Type: application/json' \
		"http://127.0.0.1:$1/v1/rating/quote" -d '{"resources": [{"service": "volume.size", "desc": {}, "volume": "1"}]}'
}
for p in "$V2_PORT" "$V1_PORT"; do
	healthy "$p" || healthy "$p" || die "cloudkitty at port $p does not answer a quote, see $LOGS/$UNIT.*.log"
done

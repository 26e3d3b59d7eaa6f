#!/bin/bash
# Nova's API over two cells, a month of instances in them, and the truth about them.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

NOVA_PORT=18774
apt_need python3-nova
deb_need nova-common

mkdir -p "$ETC/nova" "$RUN/nova"
cp "$PKG/usr/share/nova-common/api-paste.ini" "$ETC/nova/api-paste.ini"
cat >"$ETC/nova/nova.conf" <<E
[DEFAULT]
log_file = $LOGS/$UNIT.service.log
state_path = $RUN/nova
transport_url = fake://
enabled_apis = osapi_compute
my_ip = 127.0.0.1
host = cloud
[api]
auth_strategy = keystone
max_limit = 1000
[api_database]
connection = $(db_url nova_api)
[database]
connection = $(db_url nova_cell0)
[oslo_concurrency]
lock_path = $RUN/nova
$(authtoken nova)
E
for c in cell0 cell1 cell2; do # each cell's schema is made with a configuration of its own
	printf '[database]\nconnection = %s\n' "$(db_url "nova_$c")" >"$ETC/nova/$c.ini"
done

manage() { /usr/bin/python3 "$PKG/usr/bin/nova-manage" --config-file "$ETC/nova/nova.conf" "$@"; }
schema() {
	local c p pids=() bad=
	end "$RUN/$UNIT.nova.pid"
	forget_from_here
	databases nova_api nova_cell0 nova_cell1 nova_cell2
	for c in cell0 cell1 cell2; do
		manage --config-file "$ETC/nova/$c.ini" db sync --local_cell &
		pids+=($!)
	done
	manage api_db sync &
	pids+=($!)
	# All are waited for, whatever comes of them: none is to go on behind a later up.
	for p in "${pids[@]}"; do wait "$p" || bad=1; done
	[ -z "$bad" ] || die "nova-manage db sync"
	manage cell_v2 map_cell0 --database_connection "$(db_url nova_cell0)"
	for c in cell1 cell2; do # two cells may share neither a database nor a transport URL
		manage cell_v2 create_cell --name "$c" --database_connection "$(db_url "nova_$c")" --transport-url "fake:///$c"
	done
}
once schema -- schema
catalogue compute nova "http://127.0.0.1:$NOVA_PORT/v2.1"

# seed_nova.py empties the tables first: it may run again, when it has changed.
reseed() {
	rm -f "$DIR/truth.json"
	seed seed_nova.py
}
once instances "$SEED/seed_nova.py" "$SEED/window.py" "$DIR/ids.json" -- reseed
[ -s "$DIR/truth.json" ] || rm -f "$DONE/$UNIT.truth"
once truth "$SEED/truth_nova.py" "$SEED/window.py" -- seed truth_nova.py

# Only now: the API reads the list of cells when it starts.
wsgi nova "$NOVA_PORT" 2 "$PKG/usr/bin/nova-api-wsgi" "OS_NOVA_CONFIG_DIR=$ETC/nova"
wait_http nova "http://127.0.0.1:$NOVA_PORT/"

# Healthy is: a token is issued, Nova accepts it and reads both databases.
healthy() {
	local token
	token=$(curl -s -m 20 -D - -o /dev/null -H 'Content-Type: application/json' "$KEYSTONE_URL/auth/tokens?nocatalog" -d '{"auth": {
		"identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "'"$PASS"'"}}},
		"scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^X-Subject-Token: //Ip')
	curl -s -m 20 -f -o /dev/null -H "X-Auth-Token: $token" -H 'OpenStack-API-Version: compute 2.40' \
		"http://127.0.0.1:$NOVA_PORT/v2.1/os-simple-tenant-usage?start=2026-09-01T00:00:00&end=2026-10-01T00:00:00&limit=1"
}
healthy || healthy || die "nova does not answer a usage request, see $LOGS/$UNIT.service.log"

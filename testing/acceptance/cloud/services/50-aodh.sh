#!/bin/bash
# Aodh's API. No evaluator runs: a state changes when a test sets it, and at no other time.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

AODH_PORT=18042
apt_need python3-aodh
deb_need aodh-common aodh-api

mkdir -p "$ETC/aodh" "$RUN/aodh"
: >"$ETC/aodh/policy.yaml"
cat >"$ETC/aodh/aodh.conf" <<E
[DEFAULT]
log_file = $LOGS/$UNIT.service.log
transport_url = fake://
[api]
auth_mode = keystone
paste_config = $ETC/aodh/api-paste.ini
user_alarm_quota = -1
project_alarm_quota = -1
[database]
connection = $(db_url aodh)
[oslo_policy]
policy_file = $ETC/aodh/policy.yaml
[service_credentials]
auth_url = $KEYSTONE_URL
auth_type = password
project_domain_id = default
user_domain_id = default
project_name = service
username = aodh
password = $PASS
region_name = RegionOne
interface = internalURL
$(authtoken aodh)
E
# Its options are its own, not the process's: the filter in front is told which file to read.
sed -e "s#/etc/aodh/healthcheck_disable#$RUN/aodh/healthcheck_disable#" \
	-e "/^\[filter:authtoken\]/,/^\[/s#^oslo_config_project = aodh#&\noslo_config_file = $ETC/aodh/aodh.conf#" \
	"$PKG/usr/share/aodh-common/api-paste.ini" >"$ETC/aodh/api-paste.ini"
cat >"$ETC/aodh/app.wsgi" <<E
from aodh.api import app
application = app.build_wsgi_app(argv=['--config-file', '$ETC/aodh/aodh.conf'])
E

schema() {
	end "$RUN/$UNIT.aodh.pid"
	databases aodh
	/usr/bin/python3 "$PKG/usr/bin/aodh-dbsync" --config-file "$ETC/aodh/aodh.conf"
}
once schema -- schema
catalogue alarming aodh "http://127.0.0.1:$AODH_PORT"

wsgi aodh "$AODH_PORT" 2 "$ETC/aodh/app.wsgi"
wait_http aodh "http://127.0.0.1:$AODH_PORT/"

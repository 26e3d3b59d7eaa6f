#!/bin/bash
# Gnocchi, empty: Aodh asks it for its aggregation methods before it accepts an alarm on a metric.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

GNOCCHI_PORT=18041
apt_need python3-gnocchi

mkdir -p "$ETC/gnocchi" "$RUN/gnocchi" "$DB/gnocchi"
cat >"$ETC/gnocchi/gnocchi.conf" <<E
[DEFAULT]
log_file = $LOGS/$UNIT.service.log
coordination_url = file://$RUN/gnocchi
parallel_operations = 2
[api]
auth_mode = keystone
paste_config = $ETC/gnocchi/api-paste.ini
[indexer]
url = $(db_url gnocchi)
[storage]
driver = file
file_basepath = $DB/gnocchi
$(authtoken gnocchi)
E
# Its options are its own, not the process's: the filter in front is told which file to read.
sed -e "s#/etc/gnocchi/healthcheck_disable#$RUN/gnocchi/healthcheck_disable#" \
	-e "/^\[filter:keystone_authtoken\]/,/^\[/s#^oslo_config_project = gnocchi#&\noslo_config_file = $ETC/gnocchi/gnocchi.conf#" \
	/usr/lib/python3/dist-packages/gnocchi/rest/api-paste.ini >"$ETC/gnocchi/api-paste.ini"
cat >"$ETC/gnocchi/app.wsgi" <<E
import sys
from gnocchi.cli import api
from gnocchi.rest import app
sys.argv = ['gnocchi-api', '--config-file', '$ETC/gnocchi/gnocchi.conf']
application = app.load_app(api.prepare_service())
E

schema() {
	end "$RUN/$UNIT.gnocchi.pid"
	rm -rf "$DB/gnocchi"
	mkdir -p "$DB/gnocchi"
	databases gnocchi
	gnocchi-upgrade --config-file "$ETC/gnocchi/gnocchi.conf"
}
once schema -- schema
catalogue metric gnocchi "http://127.0.0.1:$GNOCCHI_PORT"

wsgi gnocchi "$GNOCCHI_PORT" 1 "$ETC/gnocchi/app.wsgi"
wait_http gnocchi "http://127.0.0.1:$GNOCCHI_PORT/"

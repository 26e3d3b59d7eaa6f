#!/bin/bash
# Keystone: identity in RegionOne, the projects and users of the tests.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

apt_need python3-keystone python3-keystoneclient

mkdir -p "$ETC/keystone"
chmod 700 "$ETC/keystone"
cat >"$ETC/keystone/keystone.conf" <<E
[DEFAULT]
log_file = $LOGS/$UNIT.service.log
public_endpoint = http://127.0.0.1:$KEYSTONE_PORT
[database]
connection = $(db_url keystone)
[token]
provider = fernet
expiration = 14400
[fernet_tokens]
key_repository = $ETC/keystone/fernet-keys
[credential]
key_repository = $ETC/keystone/credential-keys
[fernet_receipts]
key_repository = $ETC/keystone/fernet-keys
[cache]
enabled = true
backend = oslo_cache.memcache_pool
memcache_servers = 127.0.0.1:$MEMCACHED_PORT
E

init() {
	local manage=(keystone-manage --config-file "$ETC/keystone/keystone.conf")
	end "$RUN/$UNIT.keystone.pid"
	forget_from_here
	rm -rf "$ETC"/keystone/*-keys
	databases keystone
	"${manage[@]}" db_sync
	"${manage[@]}" fernet_setup --keystone-user root --keystone-group root
	"${manage[@]}" credential_setup --keystone-user root --keystone-group root
	"${manage[@]}" bootstrap --bootstrap-username admin --bootstrap-password "$PASS" --bootstrap-project-name admin \
		--bootstrap-role-name admin --bootstrap-service-name keystone --bootstrap-region-id RegionOne \
		--bootstrap-public-url "$KEYSTONE_URL" --bootstrap-internal-url "$KEYSTONE_URL" --bootstrap-admin-url "$KEYSTONE_URL"
}
once init -- init

# Three processes: every request to Nova asks Keystone once or twice.
wsgi keystone "$KEYSTONE_PORT" 3 /usr/bin/keystone-wsgi-public "OS_KEYSTONE_CONFIG_DIR=$ETC/keystone"
wait_http keystone "$KEYSTONE_URL"

for f in ids.json clouds.yaml openrc; do
	[ -s "$DIR/$f" ] || rm -f "$DONE/$UNIT.seed"
done
once seed "$SEED/seed_keystone.py" -- seed seed_keystone.py "$KEYSTONE_URL" "$PASS"

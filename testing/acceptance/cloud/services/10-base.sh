#!/bin/bash
# MariaDB, memcached and the WSGI server that all the services need.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HERE/lib.sh"
echo "== $(date -u +%FT%TZ)"

# The -core packages of MariaDB are the programs alone, without a system daemon.
apt_need curl mariadb-server-core mariadb-client-core libevent-2.1-7 uwsgi-core uwsgi-plugin-python3 python3-pymysql python3-memcache
deb_need memcached

install_db() {
	end "$RUN/$UNIT.mariadb.pid"
	rm -rf "$DB/mysql"
	forget_from_here
	mkdir -p "$DB/mysql"
	# --force: whether or not the machine's own name resolves.
	mariadb-install-db --no-defaults --user=root --datadir="$DB/mysql" --auth-root-authentication-method=normal \
		--force --skip-name-resolve --skip-test-db
}
once mariadb -- install_db

# Nothing here has to survive a power failure (up seeds afresh then): no sync at
# all, which makes the schemas in a third of the time.
spawn mariadb "$MARIADB_PORT" mariadbd --no-defaults --user=root --datadir="$DB/mysql" --socket=mysql.sock \
	--port="$MARIADB_PORT" --bind-address=127.0.0.1 --skip-name-resolve --pid-file=mysqld.pid \
	--character-set-server=utf8mb3 --collation-server=utf8mb3_general_ci --max-connections=400 \
	--innodb-buffer-pool-size=128M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=0 \
	--innodb-flush-method=nosync --innodb-doublewrite=0 --debug-no-sync --skip-log-bin --performance-schema=OFF
spawn memcached "$MEMCACHED_PORT" "$PKG/usr/bin/memcached" -u nobody -l 127.0.0.1 -p "$MEMCACHED_PORT" -U 0 -m 64
wait_port mariadb "$MARIADB_PORT"
wait_port memcached "$MEMCACHED_PORT"

db_user() {
	echo "CREATE USER IF NOT EXISTS 'cloud'@'127.0.0.1' IDENTIFIED BY '$PASS'; GRANT ALL ON *.* TO 'cloud'@'127.0.0.1';" | sql
}
once db_user -- db_user

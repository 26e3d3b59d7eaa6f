# shellcheck shell=bash
# What up, down and the services share. Sourced, never run.

# Debian's own python, no python set up by pyenv or a virtualenv, no proxy
# between loopback addresses (apt-get keeps its proxy: these only add to it).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 PYTHONNOUSERSITE=1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYENV_VERSION
export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost

DIR=${GOPHERMETER_CLOUD_DIR:-${HOME:-/root}/.gophermeter-cloud}
DIR=$(realpath -m -- "$DIR")
ETC=$DIR/etc DB=$DIR/db LOGS=$DIR/logs RUN=$DIR/run DONE=$DIR/done PKG=$DIR/pkgroot
SEED=$HERE/seed
UNIT=$(basename "$0" .sh) # 20-keystone, while services/20-keystone.sh runs
BOOT=$(cat /proc/sys/kernel/random/boot_id)

# Loopback only, and ports of our own so as not to meet another cloud.
# shellcheck disable=SC2034
MARIADB_PORT=13308 MEMCACHED_PORT=21211 KEYSTONE_PORT=15000
KEYSTONE_URL=http://127.0.0.1:$KEYSTONE_PORT/v3
PASS=secret

die() {
	echo "FATAL: $*" >&2
	exit 1
}

wipe_state() { # everything but the unpacked packages and the logs
	rm -rf "${DB:?}" "${DONE:?}" "${ETC:?}" "${RUN:?}" "$DIR"/{truth,ids}.json "$DIR"/{clouds.yaml,openrc}
	mkdir -p "$ETC" "$DB" "$RUN" "$DONE"
}

# once NAME [FILE...] -- COMMAND...: runs the command unless it has succeeded
# before with the same content of those files.
once() {
	local name=$1 sum files=()
	shift
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	sum=$(cat /dev/null ${files[@]+"${files[@]}"} | sha256sum)
	if [ -e "$DONE/$UNIT.$name" ] && [ "$(cat "$DONE/$UNIT.$name")" = "$sum" ]; then
		return 0
	fi
	echo "-- $name"
	rm -f "$DONE/$UNIT.$name"
	"$@"
	echo "$sum" >"$DONE/$UNIT.$name"
}

forget_from_here() { # what this unit and the later ones did hangs on what is about to be redone
	local f
	for f in "$DONE"/*; do
		[[ $(basename "$f") < $UNIT. ]] || rm -f "$f"
	done
}

# ---------------------------------------------------------------- packages

# apt_need PACKAGE...: libraries and programs that bring no daemon we want.
apt_need() {
	local p own='' missing=()
	for p in "$@"; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} != 0 ] || return 0
	# Some of the dependencies carry daemons (open-iscsi, udev): none is to start.
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		own=1
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
		printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
		chmod 755 /usr/sbin/policy-rc.d
	fi
	compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update || true
	apt_install "${missing[@]}" || {
		# Old lists name versions that the mirror no longer has.
		apt-get update || true
		apt_install "${missing[@]}" || die "apt-get install ${missing[*]}"
	}
	if [ -n "$own" ]; then
		rm -f /usr/sbin/policy-rc.d
		trap - EXIT
	fi
}
apt_install() {
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# deb_need PACKAGE...: daemon packages, only unpacked below $PKG: no maintainer
# script asks, creates users or starts the daemon, now or at the next boot.
deb_need() {
	local p tmp
	for p in "$@"; do
		[ ! -e "$PKG/.unpacked/$p" ] || continue
		tmp=$(mktemp -d "$DIR/deb.XXXXXX")
		(cd "$tmp" && { apt-get download "$p" || { apt-get update || true; apt-get download "$p"; }; }) || die "apt-get download $p"
		mkdir -p "$PKG/.unpacked"
		dpkg -x "$tmp"/*.deb "$PKG"
		rm -rf "$tmp"
		touch "$PKG/.unpacked/$p"
	done
}

# ---------------------------------------------------------------- processes
#
# A pid file $RUN/UNIT.NAME.pid holds "pid start-time boot-id". All three must
# agree before a process is taken for ours: a pid alone may have been used again.

# proc_stat PID: sets state, pgrp and started, or fails. (No fork: group asks
# for every process of the machine.)
proc_stat() {
	local s
	{ IFS= read -r s <"/proc/$1/stat"; } 2>/dev/null || return 1
	s=${s##*) } # the name before may hold anything
	# shellcheck disable=SC2086
	set -- $s
	[ $# -ge 20 ] || return 1
	state=$1 pgrp=$3 started=${20}
}

# marked PID: its command line or environment says that up started it.
marked() {
	grep -qaF -e "$DIR/" -e gophermeter-cloud: "/proc/$1/cmdline" 2>/dev/null ||
		grep -qaF "GOPHERMETER_CLOUD_UNIT=$DIR/" "/proc/$1/environ" 2>/dev/null
}

# running PIDFILE: the process it names is alive and is ours.
running() {
	local pid start boot state pgrp started
	{ read -r pid start boot <"$1"; } 2>/dev/null || return 1
	[ "$boot" = "$BOOT" ] || return 1
	proc_stat "$pid" || return 1
	# A zombie (pid 1 of a container may never reap it) has ended.
	[ "$state" != Z ] && [ "$started" = "$start" ] && marked "$pid"
}

# spawn NAME PORT COMMAND...: a daemon in a session of its own, unless it runs.
# PORT is the one it is going to take, or -.
spawn() {
	local name=$1 port=$2 file=$RUN/$UNIT.$1.pid
	shift 2
	if running "$file"; then
		return 0
	fi
	end "$file" # its orphaned children, if it crashed
	[ "$port" = - ] || ! open_port "$port" || die "port $port is taken, cannot start $name"
	# The daemon's own process writes the pid file, before it becomes the daemon.
	# shellcheck disable=SC2016
	setsid env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY "GOPHERMETER_CLOUD_UNIT=$DIR/$UNIT" \
		bash -c 's=$(</proc/$$/stat); file=$1 boot=$2; shift 2; s=${s##*) }; s=($s)
			echo "$$ ${s[19]} $boot" >"$file.new"; mv "$file.new" "$file"; exec "$@"' \
		spawn "$file" "$BOOT" "$@" </dev/null >>"$LOGS/$UNIT.$name.out" 2>&1 &
	for _ in {1..400}; do
		[ ! -s "$file" ] || return 0
		sleep 0.05
	done
	die "$name did not start, see $LOGS/$UNIT.$name.out"
}

# end PIDFILE: TERM to its process, KILL if that lingers, then KILL to what is
# left of its process group. Anything that is not ours is left alone.
end() {
	local pid boot what p
	[ -e "$1" ] || return 0
	what=$(basename "$1" .pid)
	{ read -r pid _ boot <"$1"; } 2>/dev/null || pid=
	if [ -z "$pid" ] || [ "$boot" != "$BOOT" ]; then
		rm -f "$1"
		return 0
	fi
	if running "$1"; then
		kill -TERM "$pid" 2>/dev/null || true
		for _ in {1..150}; do
			running "$1" || break
			sleep 0.2
		done
		if running "$1"; then
			kill -KILL "$pid" 2>/dev/null || true
			sleep 0.5
			echo "$what ($pid) did not end, killed" >&2
		fi
	fi
	for p in $(group "$pid"); do
		kill -KILL "$p" 2>/dev/null || true
	done
	if running "$1"; then
		echo "$what ($pid) is still there" >&2
		return 1
	fi
	rm -f "$1"
}
group() { # PGID: our living processes in that group
	local d state pgrp started
	for d in /proc/[0-9]*; do
		proc_stat "${d#/proc/}" || continue
		if [ "$pgrp" = "$1" ] && [ "$state" != Z ] && marked "${d#/proc/}"; then
			echo "${d#/proc/}"
		fi
	done
}

open_port() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wait_port() { # NAME PORT
	local until=$((SECONDS + 180))
	while [ "$SECONDS" -lt "$until" ]; do
		if open_port "$2"; then return 0; fi
		sleep 0.25
	done
	die "$1 did not open port $2, see $LOGS/$UNIT.$1.out"
}
wait_http() { # NAME URL: any answer but a server error
	local code until=$((SECONDS + 180))
	while [ "$SECONDS" -lt "$until" ]; do
		code=$(curl -s -m 10 -o /dev/null -w '%{http_code}' "$2") || true
		case $code in [234]*) return 0 ;; esac
		sleep 0.25
	done
	die "$1 does not answer at $2 (last $code), see $LOGS"
}

# wsgi NAME PORT PROCESSES FILE [VAR=VALUE...]: a WSGI application under uwsgi.
wsgi() {
	local name=$1 port=$2 procs=$3 file=$4
	shift 4
	# One thread each: Nova's and Keystone's database sessions are not made for more here.
	spawn "$name" "$port" env "$@" uwsgi --need-app --plugins python3 --http-socket "127.0.0.1:$port" --wsgi-file "$file" \
		--procname-prefix-spaced "gophermeter-cloud:$name" --master --processes "$procs" --threads 1 --enable-threads \
		--lazy-apps --thunder-lock --die-on-term --no-orphans --buffer-size 65535 --listen 100 \
		--add-header "Connection: close" --logto "$LOGS/$UNIT.$name.uwsgi.log" --chdir "$RUN"
}

# ---------------------------------------------------------------- for the services

# The socket's path is relative: a long state directory would not fit in one.
sql() { (cd "$DB/mysql" && mariadb --no-defaults -u root -S mysql.sock); }
db_url() { echo "mysql+pymysql://cloud:$PASS@127.0.0.1:$MARIADB_PORT/$1?charset=utf8"; }
# databases NAME...: empty ones. A schema half made (up was interrupted) cannot be gone on with.
databases() {
	local d
	for d in "$@"; do
		echo "DROP DATABASE IF EXISTS $d; CREATE DATABASE $d;"
	done | sql
}

# seed SCRIPT ARG...: a script of seed/, without leaving __pycache__ in the source tree.
seed() {
	local s=$1
	shift
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$SEED/$s" "$DIR" "$@"
}

# catalogue TYPE NAME URL [REGION]: the service user NAME, the service and its three endpoints.
catalogue() { once "catalogue-$1-${4:-RegionOne}" "$SEED/seed_service.py" -- seed seed_service.py "$KEYSTONE_URL" "$PASS" "$@"; }

# authtoken USER: the part of a service's configuration that validates tokens.
authtoken() {
	cat <<E
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:$KEYSTONE_PORT
auth_url = $KEYSTONE_URL
auth_type = password
project_domain_id = default
user_domain_id = default
project_name = service
region_name = RegionOne
memcached_servers = 127.0.0.1:$MEMCACHED_PORT
service_token_roles_required = true
# No cache: a revoked token is to be refused at once, not within 300 s.
token_cache_time = -1
username = $1
password = $PASS
E
}

#!/bin/sh
# Makes what the Dockerfile makes without Docker, and runs it as the image runs: a root folder with the static program, nobody's rights, nothing
# writable but /tmp and /data, the image's own health check. Needs root, and unshare of util-linux.
#   test/image.sh
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] && command -v unshare >/dev/null || { echo "skipped: root and unshare are needed"; exit 0; }

work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT # what it started dies with it
root=$work/root
port=${PORT:-18431}

# as in the Dockerfile
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$work/tileserver" ./cmd/tileserver
mkdir -p "$root/tmp" "$root/data" "$root/etc/ssl/certs"
chmod 1777 "$root/tmp"
chown 65534:65534 "$root/data"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp "$work/tileserver" "$root/tileserver"
grep -q '^USER 65534:65534$' Dockerfile
grep -q '"/tileserver", "healthcheck"' Dockerfile
echo "size: $(stat -c %s "$root/tileserver") bytes"
if readelf -l "$root/tileserver" 2>/dev/null | grep -q INTERP; then echo "not static"; exit 1; fi

# inside: the root folder is mounted read only, /tmp and /data are not, as read_only and volumes of the compose file make it
cat > "$work/inside.sh" <<'INSIDE'
set -eu
root=$1; shift
mount --bind "$root" "$root"
mount -t tmpfs -o size=64m,mode=1777 tmp "$root/tmp"
mount -t tmpfs -o size=256m,uid=65534,gid=65534,mode=755 data "$root/data"
mount -o remount,bind,ro "$root"
if touch "$root/x" 2>/dev/null; then echo "the root folder may be written"; exit 1; fi
exec env -i ISOBAR_LISTEN="$LISTEN" "$(command -v setpriv)" --no-new-privs "$(command -v chroot)" --userspec=65534:65534 --groups= "$root" /tileserver "$@"
INSIDE
LISTEN=127.0.0.1:$port unshare --mount --pid --fork --kill-child sh "$work/inside.sh" "$root" demo --data /data/isobar > "$work/log" 2>&1 &
pid=$!

health() { env -i ISOBAR_LISTEN="0.0.0.0:$port" "$(command -v chroot)" --userspec=65534:65534 --groups= "$root" /tileserver healthcheck; }
for i in $(seq 120); do health >/dev/null 2>&1 && break; kill -0 "$pid" 2>/dev/null || { cat "$work/log"; exit 1; }; sleep 0.5; done
health
curl -sf -o /dev/null "http://127.0.0.1:$port/xyz/hrrr.t_surface/3/1/3.png"
inner=$(pgrep -P "$pid")
grep -q '^Uid:	65534	65534	65534	65534$' "/proc/$inner/status" || { echo "runs as another than nobody"; exit 1; }
grep -q '^CapEff:	0*$' "/proc/$inner/status" || { echo "has rights beyond nobody's"; exit 1; }
kill "$inner"; wait "$pid" || { echo "it does not end as it should"; exit 1; }
pid=
if health >/dev/null 2>&1; then echo "the health check says ready of nothing"; exit 1; fi
echo "the image's root folder serves as nobody, read only, and its health check tells"

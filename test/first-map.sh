#!/usr/bin/env bash
# Times the three paths of docs/first-map.md on a fresh clone: each until a map is there. The commands are those of the page.
# COLD=1 does without Go's caches, as a new machine has none. ONLY="first own" leaves the third out. SHOT=file.png keeps a picture of QGIS' window.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
finish() {
  for p in $(jobs -p); do kill -- "-$p" 2> /dev/null || true; done
  wait 2> /dev/null || true
  chmod -R u+w "$work" && rm -rf "$work"
}
trap finish EXIT
set -m # each job is a group of its own, so that `go run` ends with what it has started
gocache=$(go env GOCACHE) modcache=$(go env GOMODCACHE) settings=$(go env GOENV)
cp "$root"/cmd/tileserver/samples/*natl*.grib1 "$work/forecast.grib2"

# map: a picture of the first layer, drawn by the server once it is ready.
map() {
  local layer
  until [ "$(curl -s -o /dev/null -w '%{http_code}' "$ISOBAR_URL/readyz")" = 200 ]; do sleep 0.05; done
  layer=$(curl -sSf "$ISOBAR_URL/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities" | grep -o '<Name>[a-z0-9-]*\.[a-z0-9_]*</Name>' | head -1 | sed 's/<[^>]*>//g')
  curl -sSf "$ISOBAR_URL/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=$layer&STYLES=&CRS=EPSG:3857&BBOX=-3340000,2870000,1336000,6100000&WIDTH=900&HEIGHT=622&FORMAT=image/png" -o map.png
  [ "$(stat -c %s map.png)" -gt 2000 ]
}
xdg-open() { [ "$(curl -s -o /dev/null -w '%{http_code}' --retry 600 --retry-delay 1 --retry-connrefused "$1/")" = 200 ] && map; }
qgis() {
  map
  [ "$1" = --code ]
  env -u QT_QPA_PLATFORM XDG_RUNTIME_DIR="$HOME" LIBGL_ALWAYS_SOFTWARE=1 SCRIPT="$2" SHOT="${SHOT:-$work/qgis.png}" timeout 180 xvfb-run -a -s '-screen 0 1180x720x24' \
    qgis --nologo --noversioncheck --noplugins --profiles-path "$HOME/profiles" --code "$root/test/first-map-qgis.py" > qgis.log 2>&1 || { tail -5 qgis.log >&2; return 1; }
}

bad=0
for path in ${ONLY:-first own qgis}; do
  commands=$(awk -v p="$path" '$0 == "```sh " p { on = 1; next } /^```/ { on = 0 } on' "$root/docs/first-map.md")
  count=$(grep -c . <<< "$commands")
  if [ "$path" = qgis ] && ! command -v qgis > /dev/null || [ "$path" = qgis ] && ! command -v xvfb-run > /dev/null; then
    echo "$path: skipped, qgis or xvfb-run is not at hand"
    continue
  fi
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p "$work/$path/home"
  began=$(date +%s.%N)
  if (
    cd "$work/$path"
    export HOME="$work/$path/home" ISOBAR_LISTEN=127.0.0.1:$port ISOBAR_URL=http://127.0.0.1:$port GOENV=$settings
    [ -n "${COLD:-}" ] && export GOCACHE="$HOME/build" GOMODCACHE="$HOME/modules" || export GOCACHE="$gocache" GOMODCACHE="$modcache"
    cp "$work/forecast.grib2" "$HOME"
    set -m
    trap 'for p in $(jobs -p); do kill -- "-$p" 2> /dev/null || true; done' EXIT
    eval "$(sed -e 's|git clone|git clone -q|' -e "s|URL|file://$root|" -e "s|http://127.0.0.1:8080|$ISOBAR_URL|" -e 's| &$| > server.log 2>\&1 \&|' <<< "$commands")"
  ); then
    printf '%s: %d commands, %.1f s\n' "$path" "$count" "$(echo "$(date +%s.%N) - $began" | bc)"
  else
    echo "$path: failed" >&2
    tail -5 "$work/$path"/isobar/server.log >&2 || true
    bad=1
  fi
  [ "$count" -le 3 ] || { echo "$path: $count commands, at most three were promised" >&2; bad=1; }
done
exit $bad

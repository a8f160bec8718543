#!/usr/bin/env bash
# Map tiles a second of the 0.25 degree field, bilinear, every URL its own (JITTER=0: the same few again and again), or with MODE=wcs coverages a second of 20 x 20
# degrees of it, GeoTIFF of 32 bits: MapServer and ours in turn, in one run, on the same machine. Prints each row and the ratios.
source "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-3}
export SECS=${SECS:-10} MODE=${MODE:-wms} JITTER=${JITTER:-1}
[ "$MODE" = wms ] || JITTER=0
cp -r "$SHARED/judge" "$work/judge"
chmod -R u+w "$work/judge"
cd "$work/judge"
export RUN=$work/peer PORT ACCESS_LOG='access_log off;'
PORT=$(free_port)
FCGI_PORT=$(free_port)
export FCGI_PORT CGI_SOCK=$work/cgi.sock
./peer_mapserver.sh start > "$work/peer.log" 2>&1 || { cat "$work/peer.log" >&2; exit 1; }
trap './peer_mapserver.sh stop > /dev/null 2>&1 || true; finish' EXIT
peer=http://127.0.0.1:$PORT
serve serve "$SHARED/judge/data/t2m_025.grib2" --data "$work/data"
export BASE
layer=$(curl -s "$BASE/wms?SERVICE=WMS&REQUEST=GetCapabilities" | grep -o '<Name>[^<]*\.t2m</Name>' | head -1 | sed 's/<[^>]*>//g')
echo "# $(nproc) cores, load before: $(cut -d' ' -f1-3 /proc/loadavg), layer $layer"
for i in $(seq "$rounds"); do
  BASE=$peer WMS_PATH=/ows LAYER=t2m_025_defer WCS_PATH=/ows COVERAGE=t2m_025 AXES='long lat' NAME="peer $i" ./bench_tiles.sh | tee -a "$work/rows"
  WMS_PATH=/wms LAYER=$layer WCS_PATH=/wcs COVERAGE=$layer NAME="ours $i" ./bench_tiles.sh | tee -a "$work/rows"
done
awk '{ for (i = 1; i <= NF; i++) { if ($i ~ /^c=/) c = substr($i, 3); if ($i == "/s") { k = $1 " " c; v[k] = v[k] " " $(i-1); n[k]++; s[k] += $(i-1) } } }
  END { for (c = 2; c <= 8; c += 6) { p = s["peer " c] / n["peer " c]; o = s["ours " c] / n["ours " c]; printf "c=%d: peer %.0f/s, ours %.0f/s, ratio %.1f\n", c, p, o, o / p } }' "$work/rows"

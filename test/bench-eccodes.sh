#!/usr/bin/env bash
# Milliseconds to unpack one 1440x721 field, by packing: ecCodes (codes_get_double_array) and ours (BenchmarkDecode), in one
# run on the same machine, a thread each. Both times are the best of several. Needs Debian's libeccodes-dev, libeccodes-tools, gcc.
source "$(dirname "$0")/lib.sh"
source_field=${FIELD:-$SHARED/judge/data/t2m_025.grib2}
packings=(simple complex spatial png jpeg2000 ccsds ieee)
cd "$work"
cc -O2 -o eccodes "$root/test/eccodes.c" -leccodes
cp "$source_field" spatial.grib2
grib_set -r -s packingType=grid_simple spatial.grib2 simple.grib2
for p in complex png ieee ccsds; do grib_set -r -s packingType=grid_$p simple.grib2 "$p.grib2"; done
grib_set -r -s packingType=grid_jpeg simple.grib2 jpeg2000.grib2
./eccodes "${packings[@]/%/.grib2}" > peer 2> errors || { cat errors >&2; exit 1; }
(cd "$root" && ISOBAR_BENCH_DATA=$work GOMAXPROCS=1 go test -run '^$' -bench 'BenchmarkDecode/' -benchtime "${BENCHTIME:-5x}" -count 12 ./decode/grib) > ours || { cat ours >&2; exit 1; }
echo "# $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg), ecCodes $(codes_info -v), $(basename "$source_field")"
awk '
  FILENAME == "peer" { sub(/\.grib2$/, "", $1); peer[$1] = $2; order[++n] = $1; next }
  $1 ~ /^BenchmarkDecode\// { name = $1; sub(/^[^\/]*\//, "", name); sub(/-[0-9]+$/, "", name); ms = $3 / 1e6; if (!(name in ours) || ms < ours[name]) ours[name] = ms }
  END {
    for (i = 1; i <= n; i++) {
      p = order[i]
      if (!(p in ours)) { printf "%-9s ecCodes %8.3f ms, ours: none\n", p, peer[p]; bad++; continue }
      limit = (p == "ccsds" || p == "jpeg2000") ? 2 : 1
      held = ours[p] <= limit * peer[p]; held ? good++ : bad++
      printf "%-9s ecCodes %8.3f ms, ours %8.3f ms, ratio %.2f of %d %s\n", p, peer[p], ours[p], ours[p] / peer[p], limit, held ? "held" : "MISSED"
      a += peer[p]; b += ours[p]
    }
    printf "total     ecCodes %8.3f ms, ours %8.3f ms\n%d passed, %d failed\n", a, b, good, bad
    exit bad > 0
  }' peer ours

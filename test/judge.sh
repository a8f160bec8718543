#!/usr/bin/env bash
# Real clients against our server on the judges' own files; prints each judge's lines and the sum of their totals.
source "$(dirname "$0")/lib.sh"
judge=$work/judge
cp -r "$SHARED/judge" "$judge"
chmod -R u+w "$judge"
(cd "$judge" && npm ci --ignore-scripts --silent)
serve serve "$SHARED"/judge/data/t2m_?.grib2 --data "$work/data"
export BASE CONFIG=$root/cmd/tileserver/testdata/judge.json
status=0
for script in raw_check.py gdal.py owslib_check.py browser.mjs; do
  echo "== $script"
  case $script in *.py) run=/usr/bin/python3 ;; *) run=node ;; esac
  (cd "$judge" && SHOTS=$work/shots "$run" "$script") | tee "$work/$script.out" || status=1
done
# EDR gives values in the unit of the data, and a map's information in the unit that people read; the judges compare both with one number.
python3 - "$CONFIG" "$work/edr.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1]))
c["skip"] = [s for s in c["skip"] if ".edr" not in s]
c["probe_time"]["value"] = c["wcs"]["time_value"]
json.dump(c, open(sys.argv[2], "w"))
PY
for check in raw_check.py:raw.ogcapi.edr_owslib owslib_check.py:owslib.ogcapi.edr_position; do
  (cd "$judge" && CONFIG=$work/edr.json ONLY=${check#*:} /usr/bin/python3 "${check%:*}") | tee "$work/edr-${check%:*}.out" || status=1
done
[ -z "${SHOTS:-}" ] || cp -r "$work/shots/." "$SHOTS"
cat "$work"/*.out | awk '/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; s += $5 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
exit $status

#!/usr/bin/env bash
# The OGC's own conformance suites against our server: those that cmd/tileserver/testdata/cite.json names, or those given as arguments.
# What fails and is not the server's fault is named there under "known", with its reason. Prints 'N passed, N failed, N skipped' last.
# Needs Java 17 and Maven (which fetches the suites' libraries once, into CITE_HOME), openssl, python3. KEEP=FOLDER keeps the suites' logs.
source "$(dirname "$0")/lib.sh"
missing=()
for tool in java mvn keytool openssl python3; do command -v "$tool" > /dev/null 2>&1 || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
  echo "conformance: not tried, as ${missing[*]} is missing here (Debian: openjdk-17-jre-headless maven openssl python3)" >&2
  exit 1
fi
cp -r "$SHARED/judge/cite" "$work/cite"
chmod -R u+w "$work/cite"
cat > "$work/config.yaml" <<'YAML'
service:
  contact: {person: Isobar, organization: Isobar, email: isobar@example.org}
YAML
samples=$root/cmd/tileserver/samples
export CONFIG=$root/cmd/tileserver/testdata/cite.json
status=0
suites() { # SUITE...: against the server at BASE
  (cd "$work/cite" && BASE=$BASE OUT=${KEEP:-$work/cite-out} ./conformance.py "$@") | tee -a "$work/lines" || status=1
}
main=("$@") maps=()
if [ $# = 0 ]; then
  mapfile -t main < <(python3 -c 'import json, sys; print(*(s for s in json.load(open(sys.argv[1])) if s != "known"), sep="\n")' "$CONFIG")
fi
for i in "${!main[@]}"; do [ "${main[i]}" != maps10 ] || { maps=(maps10); unset "main[i]"; }; done
if [ ${#main[@]} -gt 0 ]; then # several times and levels; one run a model, as the suites ask for any time of any run
  serve serve "$samples"/gfs_20130214_*.grib1 "$samples"/gfs_20170322_*.grib2 --data "$work/data" --config "$work/config.yaml"
  suites "${main[@]}"
fi
if [ ${#maps[@]} -gt 0 ]; then # a grid that does not fill its box: the suite looks for background in a corner
  serve serve "$samples"/hrrr_*.grib2 --data "$work/data-maps" --config "$work/config.yaml"
  suites "${maps[@]}"
fi
! grep 'level=ERROR' "$work/server.log" | grep -v 'status=503' | head -20 || status=1
awk '/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; s += $5 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' "$work/lines"
exit $status

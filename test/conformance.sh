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
serve serve "$SHARED"/judge/data/t2m_?.grib2 "$samples"/gfs_20170322_00z_2p5_f000_levels.grib2 "$samples"/hrrr_*.grib2 --data "$work/data" --config "$work/config.yaml"
export BASE CONFIG=$root/cmd/tileserver/testdata/cite.json OUT=${KEEP:-$work/cite-out}
status=0
(cd "$work/cite" && ./conformance.py "$@") || status=1
if grep -q 'level=ERROR' "$work/server.log"; then
  echo "the server logged errors:"
  grep 'level=ERROR' "$work/server.log" | head -20
  status=1
fi > "$work/errors"
cat "$work/errors" >&2
exit $status

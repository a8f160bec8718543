#!/usr/bin/env bash
# NetCDF files of all the demo's collections, checked for CF-1.11 by IOOS' compliance-checker. CHECKER is its command.
SHARED=${SHARED:-.} # nothing of it is needed
source "$(dirname "$0")/lib.sh"
CHECKER=${CHECKER:-compliance-checker}
if ! command -v "$CHECKER" > /dev/null; then
  echo "--- SKIP: there is no $CHECKER: NetCDF files are not checked for CF"
  echo "0 passed, 0 failed, 1 skipped"
  exit
fi
(cd "$root" && CGO_ENABLED=0 go build -trimpath -o tileserver ./cmd/tileserver)
serve demo --data "$work/data"
CHECKER=$CHECKER python3 - "$BASE" "$work" <<'PY'
import json, os, subprocess, sys, urllib.request
base, work = sys.argv[1:]
passed = failed = 0
for c in json.load(urllib.request.urlopen(base + "/collections?f=json"))["collections"]:
    if c.get("itemType") == "feature":
        continue
    name = c["id"]
    path = f"{work}/{name}.nc"
    urllib.request.urlretrieve(f"{base}/collections/{name}/coverage?f=netcdf", path)
    run = subprocess.run([os.environ["CHECKER"], "-t", "cf:1.11", "-f", "json", "-o", path + ".json", path], capture_output=True, text=True)
    try:
        report = json.load(open(path + ".json"))
        errors = [m for r in report["cf:1.11"]["high_priorities"] if r["value"][0] < r["value"][1] for m in r["msgs"]]
    except (OSError, ValueError, KeyError) as e:
        errors = [f"no report: {e}: {run.stderr[-300:]}"]
    os.remove(path)
    if errors:
        failed += 1
        print(f"--- FAIL: {name} for CF: {'; '.join(errors)}")
    else:
        passed += 1
        print(f"--- PASS: {name} is CF-1.11")
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed > 0)
PY

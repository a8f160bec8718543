#!/usr/bin/env bash
# The suites of store/mongo and records/mongo, and processes that share their work, against servers that speak MongoDB's protocol: FerretDB 1.24.2 on files, which is also killed
# and started again, and mongo-java-server 1.47.0 in memory (Java 17, Maven and ../shared). URI=mongodb://... runs them against that server alone;
# they make databases isobar_test_... there, and drop them. BENCH=1 adds the benchmarks, and tells which targets are held. What could not be started is told, and skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
shared=${SHARED:-../shared}
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

skip() { echo "SKIPPED: $*"; skipped=$((skipped + 1)); }
free_port() {
  local port
  while port=$((20000 + RANDOM % 20000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
listens() { # PORT PID
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}
suite() { # NAME URI
  echo "== $1"
  ISOBAR_TEST_MONGODB=$2 go test -count=1 -v -timeout 20m ./records/mongo ./store/mongo 2>&1 | test/totals.sh | grep -v -e '^=== ' -e '^ *--- PASS' || failed=1
  ISOBAR_TEST_MONGODB=$2 go test -count=1 -v -timeout 20m -run 'OnSeveralMachines|RolesOfOneDatabase|InAnOutage' ./cmd/tileserver 2>&1 |
    test/totals.sh | grep -v -e '^=== ' -e '^ *--- PASS' || failed=1
  if [ -n "${BENCH:-}" ]; then
    ISOBAR_TEST_MONGODB=$2 go test -run '^$' -bench . ./store/mongo 2>&1 | tee "$work/bench"
    [ "${PIPESTATUS[0]}" = 0 ] || failed=1
    sed -n "s/^.*targets_test.go:[0-9]*: \(\(not \)\?held: .*\)/\1 ($1)/p" "$work/bench" >>"$work/targets"
  fi
}

failed=0 skipped=0
echo "== store/storetest: good stores pass, broken ones are caught"
go test -count=1 -v ./store/storetest 2>&1 | test/totals.sh | tail -1
[ "${PIPESTATUS[0]}" = 0 ] || failed=1

export ISOBAR_TEST_FERRETDB=
if (cd test/ferretdb && go build -o "$work/ferretdb" .) 2>"$work/build"; then
  ISOBAR_TEST_FERRETDB=$work/ferretdb
else
  tail -3 "$work/build"
  skip "FerretDB can't be built (its modules can't be had?): no server is killed and started again"
fi

if [ -n "${URI:-}" ]; then
  suite "the server of URI" "$URI"
else
  if [ -n "$ISOBAR_TEST_FERRETDB" ]; then
    port=$(free_port)
    "$ISOBAR_TEST_FERRETDB" "127.0.0.1:$port" "$work/data" >/dev/null &
    pids+=($!)
    if listens "$port" $!; then suite "FerretDB 1.24.2" "mongodb://127.0.0.1:$port/"; else skip "FerretDB does not start"; fi
  fi
  if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
    skip "mongo-java-server: no Java 17 or no Maven here"
  elif [ ! -f "$shared/judge/mongo/standin.sh" ]; then
    skip "mongo-java-server: $shared/judge/mongo/standin.sh is missing"
  else
    port=$(free_port)
    mkfifo "$work/stdin"
    bash "$shared/judge/mongo/standin.sh" "$port" <"$work/stdin" >/dev/null 2>"$work/java" &
    pids+=($!)
    exec 9>"$work/stdin" # it ends when this is closed
    if listens "$port" "${pids[-1]}"; then
      suite "mongo-java-server 1.47.0" "mongodb://127.0.0.1:$port/"
    else
      tail -3 "$work/java"
      skip "mongo-java-server does not start"
    fi
  fi
fi
if [ -f "$work/targets" ]; then echo "== targets"; cat "$work/targets"; fi
[ "$skipped" = 0 ] || echo "$skipped skipped"
[ "$failed" = 0 ] && echo "mongo: passed" || echo "mongo: FAILED"
exit "$failed"

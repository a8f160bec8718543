#!/usr/bin/env bash
# Three servers, two ingesters and a gateway over one database, killed at random moments (SIGKILL) while clients read and forecasts arrive:
# every answer is checked against a quiet server. First over FerretDB 1.24.2 on files, which is killed too, then over mongo-java-server 1.47.0 in memory
# (Java 17, Maven and ../shared). KILLS=20 of all processes, CLIENTS=32, SEED= repeats what is random, ON="ferretdb java" names the databases,
# KEEP=folder keeps what the processes wrote. Totals last: what could not be started is skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
shared=${SHARED:-../shared}
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  wait 2>/dev/null
  [ -z "${KEEP:-}" ] || cp -r "$work" "$KEEP"
  rm -rf "$work"
}
trap cleanup EXIT
passed=0 failed=0 skipped=0
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
trial() { # NAME FLAGS...
  local name=$1 totals
  shift
  echo "== $name"
  mkdir -p "$work/$name"
  "$work/scale" -tileserver ./tileserver -samples cmd/tileserver/samples -shared "$shared" -work "$work/$name" -kills "${KILLS:-20}" -clients "${CLIENTS:-32}" ${SEED:+-seed "$SEED"} "$@" |
    tee "$work/$name.out"
  totals=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$work/$name.out" | tail -1)
  if [ -z "$totals" ]; then failed=$((failed + 1)); return; fi
  set -- ${totals//,/}
  passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5))
}

go build -o "$work/scale" ./test/scale || exit 1
for on in ${ON:-ferretdb java}; do
  case $on in
  ferretdb)
    if (cd test/ferretdb && go build -o "$work/ferretdb.bin" .) 2>"$work/build"; then
      trial ferretdb -ferretdb "$work/ferretdb.bin"
    else
      tail -3 "$work/build"
      skip "FerretDB can't be built (its modules can't be had?)"
    fi ;;
  java)
    if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
      skip "mongo-java-server: no Java 17 or no Maven here"
    elif [ ! -f "$shared/judge/mongo/standin.sh" ]; then
      skip "mongo-java-server: $shared/judge/mongo/standin.sh is missing"
    else
      port=$(free_port)
      mkfifo "$work/stdin"
      bash "$shared/judge/mongo/standin.sh" "$port" <"$work/stdin" >/dev/null 2>"$work/java.err" &
      pids+=($!)
      exec 9>"$work/stdin" # it ends when this is closed
      if listens "$port" "${pids[-1]}"; then
        trial java -uri "mongodb://127.0.0.1:$port/"
      else
        tail -3 "$work/java.err"
        skip "mongo-java-server does not start"
      fi
    fi ;;
  *) echo "ON: $on is neither ferretdb nor java"; exit 2 ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

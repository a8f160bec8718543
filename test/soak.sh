#!/usr/bin/env bash
# Memory under load: SECS (60) of random tiles over CONNS (64) connections on the demo, no two requests alike. Half are XYZ tiles, half
# WMS maps whose boxes lie a fraction of a pixel beside any other, of every layer, zooms 0 to 10 and every time. The resident memory's
# peak stays under 500 MB plus the configured caches; goroutines come back to the start. Needs wrk.
source "$(dirname "$0")/lib.sh"
SECS=${SECS:-60}
CONNS=${CONNS:-64}
metrics=127.0.0.1:$(free_port)
alive() { kill -0 "$pid" 2>/dev/null || { tail -n 40 "$work/server.log" >&2; echo "the server is gone" >&2; exit 1; }; }
serve demo --data "$work/data" --metrics "$metrics"
pid=${pids[-1]}
passed=0 failed=0
check() { # status, sentence
  if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok    $2"; else failed=$((failed + 1)); echo "FAIL  $2"; fi
}
gauge() { curl -sSf "http://$metrics/metrics" | awk -v n="$1" '$1 == n { printf "%.0f\n", $2 }'; }
resident() { awk -v k="$1:" '$1 == k { print $2 }' "/proc/$pid/status"; } # kB of 1024 bytes

curl -sSf -o "$work/capabilities.xml" "$BASE/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities"
/usr/bin/python3 "$root/test/soak_layers.py" "$work/capabilities.xml" > "$work/layers"
echo "$(wc -l < "$work/layers") layers, $(awk -F'\t' '{ n += split($6, t, ",") } END { print n }' "$work/layers") layer times"

caches=$(awk '/^memory:/ { on = 1; next } /^[^ ]/ { on = 0 } on && $1 ~ /:$/ { s += $2 } END { print s }' "$root/cmd/tileserver/config.sample.yaml") # MiB
bound=$(((500 * 1000 * 1000 + caches * 1024 * 1024) / 1024))
sleep 2
goroutines=$(gauge go_goroutines)
echo "before: $goroutines goroutines, $(resident VmRSS) kB resident"
wrk -t1 -c"$CONNS" -d"${SECS}s" --timeout 30s -s "$root/test/soak.lua" "$BASE" -- "$work/layers" > "$work/wrk.out" & pids+=($!)
load=$!
for ((s = 10; s < SECS; s += 10)); do sleep 10; alive; echo "  after $s s: $(resident VmRSS) kB resident, $(gauge go_goroutines) goroutines"; done
wait "$load"
alive
grep '^RESULT' "$work/wrk.out" || { cat "$work/wrk.out"; exit 1; }
read -r requests errors < <(awk '/^COUNT/ { print $2, $3 }' "$work/wrk.out")
peak=$(resident VmHWM)
for _ in $(seq 30); do
  left=$(gauge go_goroutines)
  [ $((left - goroutines)) -gt 10 ] || break
  sleep 1
done
check $((requests >= 10 * SECS ? 0 : 1)) "$requests requests, at least $((10 * SECS))"
check "$((errors == 0 ? 0 : 1))" "$errors errors"
check $((peak < bound ? 0 : 1)) "peak of resident memory $peak kB, under $bound kB (500 MB and $caches MiB of caches)"
check $((left - goroutines <= 10 ? 0 : 1)) "$left goroutines afterwards, $goroutines before"
check "$(grep -cE 'panic|level=ERROR' "$work/server.log" || true)" "no panic and no error in its log"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# Two servers of different models, a replica of one, and a gateway in front of them under a path prefix: the judges find through it what
# they find directly, and GETs go on while the replica is killed.
source "$(dirname "$0")/lib.sh"
cat > "$work/instance.yaml" <<'YAML'
trusted_proxies: [127.0.0.0/8]
YAML
serve serve "$SHARED"/judge/data/t2m_?.grib2 --data "$work/a" --config "$work/instance.yaml"; A=$BASE
serve serve "$SHARED"/judge/data/t2m_?.grib2 --data "$work/b" --config "$work/instance.yaml"; B=$BASE; replica=${pids[-1]}
serve serve "$root"/cmd/tileserver/samples/hrrr_*.grib2 "$root"/cmd/tileserver/samples/arome_*.grib2 --data "$work/c" --config "$work/instance.yaml"; C=$BASE
port=$(free_port)
cat > "$work/gateway.yaml" <<YAML
listen: 127.0.0.1:$port
prefix: /weather
instances:
  static: [$A, $B, $C]
  probe: 500ms
  refresh: 1s
YAML
"$root/tileserver" gateway --config "$work/gateway.yaml" > "$work/gateway.log" 2>&1 &
pids+=($!)
GATE=http://127.0.0.1:$port/weather
for _ in $(seq 100); do
  [ "$(curl -s "$GATE/collections?f=json" | grep -o '"id":"\(hrrr\|gfs-2p5\)"' | sort -u | wc -l)" = 2 ] && break
  kill -0 "${pids[-1]}" 2>/dev/null || { cat "$work/gateway.log" >&2; exit 1; }
  sleep 0.2
done

# judge BASE NAME: runs the judges and prints the sum of their totals.
judge=$work/judge
cp -r "$SHARED/judge" "$judge"
chmod -R u+w "$judge"
(cd "$judge" && npm ci --ignore-scripts --silent)
export CONFIG=$root/cmd/tileserver/testdata/judge.json
scripts=${JUDGES:-"raw_check.py gdal.py owslib_check.py browser.mjs"}
judged() {
  for script in $scripts; do
    case $script in *.py) run=/usr/bin/python3 ;; *) run=node ;; esac
    (cd "$judge" && BASE=$1 SHOTS=$work/shots "$run" "$script") > "$work/$2-$script.out" 2>&1 || true
    grep -E '^[0-9]+ passed, [0-9]+ failed' "$work/$2-$script.out" | sed "s/^/$script: /" | tee -a "$work/$2.totals"
    grep -E '^(FAIL|fail)' "$work/$2-$script.out" || true
  done
}
echo "== directly"; judged "$A" direct
echo "== through the gateway, with two more models beside"; judged "$GATE" gate
status=0
diff "$work/direct.totals" "$work/gate.totals" || { echo "the judges do not find the same through the gateway"; status=1; }

echo "== a replica is killed under load"
python3 - "$GATE" "$replica" <<'PY' || status=1
import collections, os, signal, sys, threading, time, urllib.request
gate, replica = sys.argv[1], int(sys.argv[2])
answers, stop = collections.Counter(), threading.Event()
def ask(seed):
    n = seed
    while not stop.is_set():
        n += 1
        z = 4
        url = f"{gate}/xyz/gfs-2p5.t2m/{z}/{n * 7 % 16}/{n * 5 % 16}.png?time=2011-01-1{n % 2}T12:00:00Z" if n % 3 else f"{gate}/collections/gfs-2p5/position?coords=POINT({n % 360 - 180}%20{n % 180 - 90})"
        try:
            with urllib.request.urlopen(url, timeout=60) as r:
                r.read()
                answers[r.status] += 1
        except Exception as e:
            answers[repr(e)[:120]] += 1
threads = [threading.Thread(target=ask, args=(i * 1000,)) for i in range(16)]
for t in threads: t.start()
time.sleep(3)
before = sum(answers.values())
os.kill(replica, signal.SIGKILL)
time.sleep(5)
stop.set()
for t in threads: t.join()
print(f"{before} answers before, {sum(answers.values()) - before} after kill -9: {dict(answers)}")
sys.exit(0 if set(answers) == {200} and before > 100 else 1)
PY
echo "== a model whose only server is gone is missed aloud"
kill "${pids[2]}"; sleep 2
curl -s -o /dev/null -D - "$GATE/collections?f=json" | grep -i '^warning: 199 - "not served now: arome-france-0p025, hrrr"' || { echo "no warning"; status=1; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "$GATE/xyz/hrrr.t_surface/3/1/3.png")" = 503 ] || { echo "not 503"; status=1; }
exit $status

# Shared by the scripts of this folder: a server started on a free port of 127.0.0.1 and ended with the script.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SHARED=$(cd "$root" && cd "${SHARED:-../shared}" 2>/dev/null && pwd) || { echo "no folder ${SHARED:-../shared}: the judges and their data live there" >&2; exit 1; }
work=$(mktemp -d)
pids=()
finish() {
  for p in "${pids[@]:-}"; do [ -z "$p" ] || kill "$p" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# serve ARGS...: starts `tileserver ARGS` and waits until it is ready; sets BASE.
serve() {
  local port; port=$(free_port)
  BASE=http://127.0.0.1:$port
  "$root/tileserver" "$@" --listen "127.0.0.1:$port" > "$work/server.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 600); do
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$BASE/readyz")" = 200 ] && return
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/server.log" >&2
  echo "tileserver $*: not ready" >&2
  exit 1
}

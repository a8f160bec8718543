#!/bin/sh
# Plays forecast providers at accelerated time, and serves what comes from them: new steps and runs arrive on the map.
# SPEED is how much faster than real the providers' clock runs, LISTEN the address of the map.
set -eu
cd "$(dirname "$0")/.."
SPEED=${SPEED:-120}
LISTEN=${LISTEN:-127.0.0.1:8080}
SCRATCH=$(mktemp -d)
PIDS=
trap 'kill $PIDS 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$SCRATCH"' EXIT INT TERM
CGO_ENABLED=0 go build -o "$SCRATCH/upstream" ./test/upstream/serve
"$SCRATCH/upstream" -speed "$SPEED" -corpus "${SHARED:-../shared}/data" &
PIDS="$!"
models=gfs-0p25,gfs-2p5,arome-france-0p025
[ -d "${SHARED:-../shared}/data" ] && models=$models,icon-d2-0p02,ifs-0p4
./tileserver serve --listen "$LISTEN" --data "$SCRATCH/data" --models "./test/upstream/rows,$models" &
PIDS="$PIDS $!"
echo "The map: http://$LISTEN/ — how the feeds do: http://$LISTEN/status — Ctrl-C ends it."
wait

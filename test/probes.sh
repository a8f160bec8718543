#!/usr/bin/env bash
# Probes over HTTP: values against references, jobs, streams and alerts through kills, and how fast it is. Prints 'N passed, N failed' last.
# Needs python3. The suites of Processes, Features and EDR are `make conformance`, the clients `make judge`.
source "$(dirname "$0")/lib.sh"
SHARED=$SHARED TILESERVER=$root/tileserver SAMPLES=$root/cmd/tileserver/samples WORK=$work python3 "$root/test/probes.py" "$@"

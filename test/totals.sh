#!/usr/bin/env bash
# Passes on what `go test -v` prints and adds its totals: 'N passed, N failed, N skipped'. The status is that of the tests.
awk '{ print } /^ *--- PASS/ { p++ } /^ *--- FAIL/ { f++ } /^ *--- SKIP/ { s++ } /^FAIL/ { bad = 1 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit bad || f > 0 }'

#!/usr/bin/env bash
# Every fuzz target of the project for a while each: fuzz.sh [TIME]. Prints 'N passed, N failed'. An input that reaches new code is
# made smaller by ten tries only: the usual minute each would leave none for large files.
set -uo pipefail
cd "$(dirname "$0")/.."
passed=0 failed=0
for file in $(git grep -l '^func Fuzz' -- '*_test.go'); do
  for target in $(grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | cut -d' ' -f2); do
    echo "== $(dirname "$file") $target"
    if go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-60s}" -fuzzminimizetime 10x "./$(dirname "$file")" | tail -3; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

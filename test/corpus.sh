#!/usr/bin/env bash
# The whole of ../shared/data served: a map of every layer, and the contact sheet of docs/ (SHEET=FILE puts it elsewhere). Needs python3-pil.
source "$(dirname "$0")/lib.sh"
serve serve "$SHARED/data" --data "$work/data"
export PYTHONDONTWRITEBYTECODE=1 BASE SHEET=${SHEET-$root/docs/contact-sheet.png}
status=0
/usr/bin/python3 "$root/test/corpus.py" > "$work/out" || status=1
cat "$work/out"
if grep 'level=ERROR' "$work/server.log" | grep -v -e 'message is left out' -e '/readyz'; then
  echo "the server logged the errors above"
  status=1
fi
exit $status

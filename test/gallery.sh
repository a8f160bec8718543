#!/usr/bin/env bash
# The gallery of docs/: a map of every element of ../shared/data, or of the samples where that folder is missing (OUT=FOLDER puts it elsewhere). Needs python3-pil.
SHARED=${SHARED:-../shared}
[ -d "$(dirname "$0")/../$SHARED/data" ] || [ -d "$SHARED/data" ] || SHARED=$(dirname "$0")
source "$(dirname "$0")/lib.sh"
if [ -d "$SHARED/data" ]; then serve serve "$SHARED/data" --data "$work/data"; else serve demo; fi
export PYTHONDONTWRITEBYTECODE=1 BASE OUT=${OUT:-$root/docs}
/usr/bin/python3 "$root/test/gallery.py"

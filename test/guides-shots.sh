#!/usr/bin/env bash
# The pictures of docs/guides: QGIS itself (qgis, python3-qgis, xvfb of Debian) with the demo's layers, on a screen that nobody sees.
source "$(dirname "$0")/lib.sh"
serve demo
mkdir -p "$work/home" "$work/shots"
env -u QT_QPA_PLATFORM HOME="$work/home" XDG_RUNTIME_DIR="$work/home" LIBGL_ALWAYS_SOFTWARE=1 BASE="$BASE" OUT="$work/shots" timeout 180 \
  xvfb-run -a -s '-screen 0 1180x720x24' qgis --nologo --noversioncheck --noplugins --profiles-path "$work/home/profiles" --code "$root/test/guides-shots.py" 2>&1 | grep -E 'kept|failed'
for picture in "$work"/shots/*.png; do
  /usr/bin/python3 -c 'import sys; from PIL import Image; Image.open(sys.argv[1]).convert("RGB").quantize(192, dither=0).save(sys.argv[2], optimize=True)' "$picture" "${OUT:-$root/docs/guides}/$(basename "$picture")"
done

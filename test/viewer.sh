#!/usr/bin/env bash
# The viewer plays STEPS (24) time steps in Chromium, over 63 tiles and more; every frame that it draws is looked at. One of them, taken
# while it plays, becomes docs/animation.png.
source "$(dirname "$0")/lib.sh"
cp -r "$SHARED/judge" "$work/judge"
chmod -R u+w "$work/judge"
(cd "$work/judge" && npm ci --ignore-scripts --silent)
serve serve "$SHARED/data/gfs/gfs_20130311_06z_0p5_wmed_f000-f192_wind_msl.grib1" --data "$work/data"
cp "$root/test/viewer.mjs" "$work/judge/"
cd "$work/judge" && BASE=$BASE OUT=${OUT:-$root/docs} node viewer.mjs

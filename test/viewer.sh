#!/usr/bin/env bash
# The viewer in Chromium. It plays STEPS (24) time steps over 63 tiles and more, and every frame that it draws is looked at; one of them becomes
# docs/animation.png. Then all that people can do with it is done on the demo. At last the guides' snippets are run. Prints the sum of totals last. Before all, the viewer's speed is measured
# over a slow link; what memory it keeps in MINUTES (10) of playing, meanwhile. ONLY=speed, ONLY=play, ONLY=page or ONLY=guides does one of these.
source "$(dirname "$0")/lib.sh"
cp -r "$SHARED/judge" "$work/judge"
chmod -R u+w "$work/judge"
(cd "$work/judge" && npm ci --ignore-scripts --silent && npm install --no-save --save-exact --ignore-scripts --silent axe-core@4.14.1)
cp "$root"/test/viewer*.mjs "$work/judge/"
bad=0
set -o pipefail
wind=$SHARED/data/gfs/gfs_20130311_06z_0p5_wmed_f000-f192_wind_msl.grib1
memory=
if [ "${ONLY:-speed}" = speed ]; then
  serve demo
  demo=$BASE
  serve serve "$wind" --data "$work/speed"
  (cd "$work/judge" && DEMO=$demo BASE=$BASE node viewer-speed.mjs) | tee -a "$work/lines" || bad=1
  (cd "$work/judge" && BASE=$BASE PART=memory exec node viewer-speed.mjs) > "$work/memory" &
  memory=$!
  pids+=("$memory")
fi
if [ "${ONLY:-play}" = play ]; then
  serve serve "$wind" --data "$work/data"
  (cd "$work/judge" && BASE=$BASE OUT=${OUT:-$root/docs} node viewer.mjs) | tee -a "$work/lines" || bad=1
fi
case ${ONLY:-all} in all|page|guides) serve demo ;; esac
if [ "${ONLY:-page}" = page ]; then
  demo=$BASE
  # forecasts of now, as two runs and a third one that comes later, on a server that knows ada
  mkdir "$work/files"
  sample=$(ls "$root"/cmd/tileserver/samples/*natl*.grib1)
  hours=$(( ($(date +%s) - $(date -d 2013-02-14T06:00:00Z +%s)) / 21600 * 6 ))
  python3 "$root/test/viewer-run.py" "$sample" "$work/files/a.grib1" $((hours - 12))
  python3 "$root/test/viewer-run.py" "$sample" "$work/files/b.grib1" $((hours - 6))
  python3 "$root/test/viewer-run.py" "$sample" "$work/later.grib1" $hours
  echo lovelace-lovelace | "$root/tileserver" auth password ada --role writer > "$work/users.yaml"
  serve serve "$work/files" --data "$work/runs" --config "$work/users.yaml"
  for suite in page compare watch; do
    (cd "$work/judge" && BASE=$demo RUNS=$BASE FOLDER=$work/files LATER=$work/later.grib1 node viewer-$suite.mjs) | tee -a "$work/lines" || bad=1
  done
  BASE=$demo
fi
if [ "${ONLY:-guides}" = guides ]; then
  (cd "$work/judge" && BASE=$BASE GUIDES=$root/docs/guides node viewer-guides.mjs) | tee -a "$work/lines" || bad=1
fi
if [ -n "$memory" ]; then
  wait "$memory" || bad=1
  tee -a "$work/lines" < "$work/memory"
fi
awk '/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; s += $5 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' "$work/lines"
exit $bad

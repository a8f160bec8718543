#!/usr/bin/env bash
# The pictures of docs/: the viewer in Chromium on the demo, and five maps by WMS.
source "$(dirname "$0")/lib.sh"
cp -r "$SHARED/judge" "$work/judge"
chmod -R u+w "$work/judge"
(cd "$work/judge" && npm ci --ignore-scripts --silent)
serve demo
cp "$root/test/screenshots.mjs" "$root/test/data-tiles.mjs" "$work/judge/"
(cd "$work/judge" && BASE=$BASE OUT=$root/docs node screenshots.mjs && BASE=$BASE OUT=$root/docs node data-tiles.mjs)
map() { # name, WMS parameters
  curl -sSf -o "$root/docs/$1.png" "$BASE/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&FORMAT=image/png&STYLES=&$2"
}
world='CRS=CRS:84&BBOX=-180,-90,180,90&WIDTH=1000&HEIGHT=500'
map map-temperature-world "LAYERS=gfs-0p25.t&$world"
map map-wind-height-polar 'LAYERS=gfs-2p5.ws&ELEVATION=30000&CRS=EPSG:3995&BBOX=-6000000,-6000000,6000000,6000000&WIDTH=700&HEIGHT=700'
map map-pressure-atlantic 'LAYERS=gfs-0p5-natl.msl&CRS=EPSG:3857&BBOX=-3340000,2870000,1336000,6100000&WIDTH=900&HEIGHT=622&TIME=2013-02-16T06:00:00Z'
map map-hrrr-lambert 'LAYERS=hrrr.t_surface&CRS=EPSG:3857&BBOX=-15200000,2200000,-6600000,7300000&WIDTH=900&HEIGHT=534'
map map-arome-cloud 'LAYERS=arome-france-0p025.tcc&CRS=EPSG:2154&BBOX=-350000,5900000,1350000,7300000&WIDTH=850&HEIGHT=700'
ls -la "$root"/docs/*.png

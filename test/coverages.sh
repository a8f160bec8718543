#!/usr/bin/env bash
# Coverages read back: by our own decoders, and by GDAL, the NetCDF library and ecCodes where they are installed (gdal-bin,
# python3-gdal, netcdf-bin, libeccodes-tools); then the demo's NetCDF files, by a CF checker (see cf.sh), and its Zarr stores, by
# xarray (see zarr.sh). Prints totals last.
set -uo pipefail
cd "$(dirname "$0")/.."
for program in gdalinfo ncdump grib_get_data; do
  command -v $program > /dev/null || echo "$program is not installed: what needs it is skipped"
done
{
  OUTSIDE=1 go test -count=1 -v ./coverage/... ./encode/... ./answer/... -run 'Outside|Coverage|Read|Come|Chunk|Pixel|Grid|Place|Cell|Layout|Axes|Means|Blocks|Line'
  test/cf.sh || echo "--- FAIL: test/cf.sh ended with status $?"
  test/zarr.sh || echo "--- FAIL: test/zarr.sh ended with status $?"
} | test/totals.sh

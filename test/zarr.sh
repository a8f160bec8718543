#!/usr/bin/env bash
# The demo's Zarr stores opened over HTTP by xarray, and its GRIB coverages compared with the samples' messages. PYTHON is one that has
# xarray, zarr, fsspec, aiohttp and netCDF4.
SHARED=${SHARED:-.} # nothing of it is needed
source "$(dirname "$0")/lib.sh"
PYTHON=${PYTHON:-python3}
if ! "$PYTHON" -c 'import xarray, zarr, fsspec, aiohttp, netCDF4' 2> /dev/null; then
  echo "--- SKIP: $PYTHON has no xarray, zarr, fsspec, aiohttp and netCDF4: the Zarr stores are not tried"
  echo "0 passed, 0 failed, 1 skipped"
  exit
fi
(cd "$root" && CGO_ENABLED=0 go build -trimpath -o tileserver ./cmd/tileserver)
serve demo --data "$work/data"
"$PYTHON" -W ignore "$root/test/stores.py" "$BASE" "$root"/cmd/tileserver/samples/*.grib*

"""Reads a server's Zarr stores with xarray, and compares them with its coverages; and GRIB coverages with the messages that they were
read from. Usage: stores.py BASE FILE...: the files are those that are served. Prints totals last."""
import json, sys, tempfile, urllib.error, urllib.parse, urllib.request
import numpy, xarray

base, files = sys.argv[1], sys.argv[2:]
passed = failed = 0


def check(name, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print("--- " + ("PASS" if good else "FAIL") + f": {name} {'' if good else detail}")


def get(path):
    with urllib.request.urlopen(base + path) as answer:
        return answer.read()


def wcs(coverage, form):
    return get("/wcs?service=WCS&version=2.0.1&request=GetCoverage&format=" + urllib.parse.quote(form) + "&coverageid=" + coverage)


def messages(text):
    """The GRIB messages of a file by edition, without what lies between them."""
    at = 0
    while (at := text.find(b"GRIB", at)) >= 0:
        edition = text[at + 7]
        size = int.from_bytes(text[at + 4 : at + 7] if edition == 1 else text[at + 8 : at + 16], "big")
        yield edition, text[at : at + size]
        at += size


def same(a, b):
    return a.shape == b.shape and numpy.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def alike(a, b):
    """Times are the same, places and levels but for the last digits."""
    a, b = a.ravel(), b.ravel()
    if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
        return False
    return (a == b).all() if a.dtype.kind == "M" else numpy.allclose(a, b, rtol=0, atol=1e-9)


def field(model, name, array):
    """An array beside the NetCDF coverage of its layer. Longitudes may be in another turn there."""
    with tempfile.NamedTemporaryFile(suffix=".nc") as file:
        file.write(wcs(f"{model}.{name}.cube", "application/x-netcdf"))
        file.flush()
        with xarray.open_dataset(file.name, decode_coords="all") as other:
            other = other[name].load()
    if "lon" in array.dims:
        array, other = (a.assign_coords(lon=(a.lon + 180) % 360 - 180).sortby("lon") for a in (array, other))
    check(f"{model}.{name}: values", same(array.values.squeeze(), other.values.squeeze()), f"{array.shape} {other.shape}")
    for axis in [*array.dims, *array.encoding.get("coordinates", "").split()]:
        there = [other[c] for c in other.coords if c.split("_")[0] == axis.split("_")[0]]
        check(f"{model}.{name}: {axis}", any(alike(array[axis].values, c.values) for c in there), [c.name for c in there])


def store(model):
    three = xarray.open_zarr(f"{base}/zarr/{model}/latest", decode_coords="all")
    two = xarray.open_zarr(f"{base}/zarr/{model}/latest", zarr_format=2, decode_coords="all")
    check(f"{model}: both versions have the same arrays", set(three.variables) == set(two.variables))
    check(f"{model}: is CF", three.attrs["Conventions"].startswith("CF-") and "forecast_reference_time" in three.coords)
    for name, array in three.data_vars.items():
        a = array.load()
        check(f"{model}.{name}: has a name and a unit", a.attrs.get("long_name") and "units" in a.attrs, str(a.attrs))
        check(f"{model}.{name}: version 2", same(a.values, two[name].values))
        check(f"{model}.{name}: has its grid mapping", "crs" in a.coords and "grid_mapping_name" in a.crs.attrs)
        field(model, name, a)


def originals():
    known = {1: set(), 2: set()}
    for path in files:
        for edition, message in messages(open(path, "rb").read()):
            known[edition].add(message)
    layers = [c["id"] for c in json.loads(get("/collections?f=json"))["collections"] if "." in c["id"]]
    count = 0
    for layer in layers:
        try:
            got = wcs(layer, "application/x-grib2")
        except urllib.error.HTTPError:  # an element that GRIB has no numbers for
            continue
        if got in known[2]:
            count += 1
        elif got[4:6] == b"\0\0":
            check(f"{layer}: its message is one of the files'", False)
    check(f"{count} of {len(layers)} layers come as the message of a file", count >= 10)
    first = get("/collections/gfs-0p5-natl.t2m/coverage?f=grib1")
    check("GRIB 1 is the message of the file", first in known[1])


for model in json.loads(get("/zarr"))["models"]:
    store(model["id"])
originals()
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed > 0)

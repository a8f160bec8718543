"""Maps of every layer that the server at BASE has, and a contact sheet of one map a kind of grid. Needs Pillow.

Of every layer: the world in CRS:84 in its default style, and its own box in EPSG:3857 in a style that colours every value; there, at
places evenly apart, a pixel is coloured where GetFeatureInfo tells a value, and clear where it tells none. Of the first layer of every
default style: every style it offers. Prints 'N passed, N failed' last. SHEET=FILE draws the sheet.
"""
import concurrent.futures, io, json, os, sys, urllib.error, urllib.parse, urllib.request
import xml.etree.ElementTree as ET

from PIL import Image

import contact_sheet

BASE = os.environ["BASE"].rstrip("/")
NS = {"w": "http://www.opengis.net/wms"}
PROBES = 5  # places a side
LAYER_SIDE = 320  # pixels of the longer side of a layer's own map


def get(**parameters):
    """An answer of /wms: status, media type, body."""
    query = urllib.parse.urlencode({"SERVICE": "WMS", "VERSION": "1.3.0", **parameters}, safe=":,/")
    try:
        with urllib.request.urlopen(f"{BASE}/wms?{query}", timeout=120) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers.get_content_type(), e.read()


def map_of(layer, crs, box, size, style=""):
    """A map as RGBA, or an AssertionError that says what came instead."""
    status, kind, body = get(REQUEST="GetMap", LAYERS=layer, STYLES=style, CRS=crs, BBOX=",".join(f"{x:.10g}" for x in box),
                             WIDTH=size[0], HEIGHT=size[1], FORMAT="image/png", TRANSPARENT="TRUE")
    assert status == 200 and kind == "image/png", f"{status} {kind} {body[:200]!r}"
    picture = Image.open(io.BytesIO(body)).convert("RGBA")
    assert picture.size == tuple(size), f"{picture.size} pixels"
    return picture


def value_at(layer, crs, box, size, i, j):
    """What GetFeatureInfo tells of a pixel; None: no value."""
    status, kind, body = get(REQUEST="GetFeatureInfo", LAYERS=layer, QUERY_LAYERS=layer, STYLES="", CRS=crs, BBOX=",".join(f"{x:.10g}" for x in box),
                             WIDTH=size[0], HEIGHT=size[1], I=i, J=j, INFO_FORMAT="application/json")
    assert status == 200 and kind == "application/json", f"GetFeatureInfo at {i},{j}: {status} {body[:200]!r}"
    answer = json.loads(body)
    return answer["features"][0]["properties"].get("value") if "features" in answer else answer["layers"][0].get("value")


class Layer:
    """What capabilities tell of a layer."""

    def __init__(self, element):
        self.name = element.findtext("w:Name", None, NS)
        self.title = element.findtext("w:Title", "", NS)
        self.styles = [s.findtext("w:Name", "", NS) for s in element.findall("w:Style", NS)]
        self.boxes = {b.get("CRS"): [float(b.get(k)) for k in ("minx", "miny", "maxx", "maxy")] for b in element.findall("w:BoundingBox", NS)}
        self.west, self.east, self.south, self.north = (float(edge.text) for edge in element.find("w:EX_GeographicBoundingBox", NS))


def layers():
    status, _, body = get(REQUEST="GetCapabilities")
    assert status == 200, f"capabilities: {status}"
    return [Layer(e) for e in ET.fromstring(body).iter("{%s}Layer" % NS["w"]) if e.find("w:Name", NS) is not None]


def own_view(layer):
    """A layer's own box in EPSG:3857 with a little around it, and a size in pixels. A field of one place or column gets a box around it."""
    around = contact_sheet.web_mercator(layer.west, layer.south) + contact_sheet.web_mercator(layer.east, layer.north)
    x0, y0, x1, y1 = layer.boxes.get("EPSG:3857", around)
    around = max(0.04 * max(x1 - x0, y1 - y0), 1000)
    x0, y0, x1, y1 = x0 - around, y0 - around, x1 + around, y1 + around
    scale = LAYER_SIDE / max(x1 - x0, y1 - y0)
    return [x0, y0, x1, y1], [max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))]


def check_world(layer):
    map_of(layer.name, "CRS:84", [-180, -90, 180, 90], (512, 256))


def check_own(layer):
    """Colours where there are values, none where there are none."""
    box, size = own_view(layer)
    style = "sequential" if "sequential" in layer.styles else ""
    picture = map_of(layer.name, "EPSG:3857", box, size, style)
    values = 0
    for b in range(PROBES):
        for a in range(PROBES):
            i, j = (2 * a + 1) * size[0] // (2 * PROBES), (2 * b + 1) * size[1] // (2 * PROBES)
            value, alpha = value_at(layer.name, "EPSG:3857", box, size, i, j), picture.getpixel((i, j))[3]
            values += value is not None
            assert (value is not None) == (alpha > 0), f"pixel {i},{j} of {size}, box {box}: value {value}, opacity {alpha}"
    return values


def check_styles(layer):
    box, size = own_view(layer)
    for style in layer.styles:
        map_of(layer.name, "EPSG:3857", box, size, style)


def main():
    every = layers()
    checks = [(check_world, l) for l in every] + [(check_own, l) for l in every]
    seen = set()
    for l in every:
        if l.styles and l.styles[0] not in seen:
            seen.add(l.styles[0])
            checks.append((check_styles, l))

    def run(check):
        try:
            return check[0](check[1]), ""
        except Exception as e:  # any fault is a failure of this check alone
            return None, f"{type(e).__name__}: {e}"

    failed, bare = 0, []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for (check, layer), (values, fault) in zip(checks, pool.map(run, checks)):
            if fault:
                failed += 1
                print(f"FAIL {check.__name__} {layer.name}: {fault}", flush=True)
            elif values == 0:
                bare.append(layer.name)
    print(f"{len(every)} layers, {len(seen)} default styles; without a value at {PROBES * PROBES} places: {' '.join(bare) or 'none'}")
    if os.environ.get("SHEET"):
        missing = contact_sheet.draw(os.environ["SHEET"], map_of, {l.name: l for l in every})
        failed += len(missing)
        checks += missing
        for name in missing:
            print(f"FAIL contact sheet: no map of {name}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

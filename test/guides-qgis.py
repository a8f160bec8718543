"""QGIS itself against the demo at BASE: layers as its browser finds them, maps along time beside the server's own pictures, values beside EDR."""
import json
import os
import re
import sys
import tempfile
import urllib.parse
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
home = tempfile.mkdtemp()
os.environ["QGIS_CUSTOM_CONFIG_PATH"] = home
try:
    from qgis.core import (Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsDateTimeRange, QgsFeatureRequest, QgsLayerItem, QgsMapRendererSequentialJob,
                           QgsMapSettings, QgsMeshLayer, QgsPointXY, QgsRaster, QgsRasterLayer, QgsRectangle, QgsSettings, QgsVectorLayer, QgsVectorTileLayer)
    from qgis.PyQt.QtCore import QDateTime, QSize, Qt
    from qgis.PyQt.QtGui import QImage
except ImportError as e:
    print(f"skip  QGIS is not at hand: {e}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit()

BASE = os.environ["BASE"]
MODEL, TIME, LATER = "gfs-0p5-natl", "2013-02-15T06:00:00Z", "2013-02-16T18:00:00Z"
LAYER = MODEL + ".t2m"
BOX = QgsRectangle(-3339585, 2875745, 1335834, 6106855)  # of the model, EPSG:3857
NODES = [(-20, 40), (-5, 45), (0, 30), (10, 25), (-29.5, 47.5)]  # where values of the grid lie
SIZE = (600, 414)
passed = failed = 0
kept = []


def check(ok, sentence, why=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(f"{'ok   ' if ok else 'FAIL '} {sentence}{'' if ok else ': ' + str(why)}", flush=True)


def why(layer):
    return "" if layer.isValid() else layer.error().summary()  # the summary of no error ends QGIS


def get(path, **query):
    with urllib.request.urlopen(BASE + path + ("?" + urllib.parse.urlencode(query) if query else "")) as answer:
        return answer.read()


def at(time):
    t = QDateTime.fromString(time, Qt.ISODate)
    t.setTimeSpec(Qt.UTC)
    return t


def edr(element, lon, lat, time):
    c = json.loads(get(f"/collections/{MODEL}/position", coords=f"POINT({lon} {lat})", datetime=time, **{"parameter-name": element, "f": "CoverageJSON"}))
    return c["ranges"][element]["values"][0]


def drawn(layer, time=None, box=BOX, crs="EPSG:3857"):
    """What QGIS draws of a layer."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setOutputSize(QSize(*SIZE))
    settings.setExtent(box)
    settings.setOutputDpi(96)
    settings.setBackgroundColor(Qt.transparent)
    if time:
        settings.setIsTemporal(True)
        settings.setTemporalRange(QgsDateTimeRange(at(time), at(time)))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage(), settings.visibleExtent()


def colours(image):
    """How many colours an eighth of the pixels have, and how many are empty."""
    seen = [image.pixel(x, y) for y in range(0, image.height(), 4) for x in range(0, image.width(), 2)]
    return len(set(seen)), sum((p >> 24) == 0 for p in seen) / len(seen)


def alike(a, b):
    """The share of pixels whose colours differ by little."""
    same = total = 0
    for y in range(2, min(a.height(), b.height()) - 2, 5):
        for x in range(2, min(a.width(), b.width()) - 2, 5):
            p, q = a.pixelColor(x, y), b.pixelColor(x, y)
            same += max(abs(p.red() - q.red()), abs(p.green() - q.green()), abs(p.blue() - q.blue())) <= 24
            total += 1
    return same / total


def near(a, b, sentence, by=2000):
    wrong = max(abs(a.xMinimum() - b.xMinimum()), abs(a.yMinimum() - b.yMinimum()), abs(a.xMaximum() - b.xMaximum()), abs(a.yMaximum() - b.yMaximum()))
    check(wrong <= by, sentence, a.toString(3))


def browsed(kind, path, under=None):
    """The items that QGIS' browser shows of a connection, all levels."""
    QgsSettings().setValue(f"qgis/connections-{kind.lower()}/isobar/url", BASE + path)
    provider = QgsApplication.dataItemProviderRegistry().provider(kind)
    root = provider.createDataItem("", None)
    todo, found = root.createChildren(), []
    kept.append((root, list(todo)))  # Python owns them: children go with their parents
    while todo:
        item = todo.pop()
        found.append(item)
        more = item.children() or ([] if isinstance(item, QgsLayerItem) else item.createChildren())
        kept.append(list(more))
        todo += more
    return found


def wms():
    items = browsed("WMS", "/wms")
    named = {i.uri().split("layers=")[1].split("&")[0]: i for i in items if "layers=" in getattr(i, "uri", lambda: "")()}
    check(LAYER in named and len([n for n in named if n.startswith(MODEL)]) > 5, "the browser lists the model's WMS layers", sorted(named))
    bad = [n for n, i in named.items() if not QgsRasterLayer(i.uri(), n, "wms").isValid()]
    check(not bad, f"all {len(named)} WMS layers are valid", bad)
    uri = named[LAYER].uri()
    layer = QgsRasterLayer(uri, "wms", "wms")
    check(layer.isValid(), "a WMS layer of the browser is valid", why(layer))
    check("timeDimensionExtent" in uri, "the browser's WMS layer has a time", uri)
    known = layer.dataProvider().temporalCapabilities()
    check(known.hasTemporalCapabilities(), "QGIS knows the layer's times")
    reach = known.availableTemporalRange()
    check(reach.begin() == at("2013-02-14T06:00:00Z") and reach.end() == at("2013-02-17T06:00:00Z"), "the layer's times are the model's", f"{reach.begin().toString(Qt.ISODate)} {reach.end().toString(Qt.ISODate)}")
    layer.temporalProperties().setIsActive(True)
    pictures = {}
    for time in (TIME, LATER):
        if "EPSG:3857" not in uri:
            layer = QgsRasterLayer(uri.replace("crs=" + uri.split("crs=")[1].split("&")[0], "crs=EPSG:3857"), "wms", "wms")
            layer.temporalProperties().setIsActive(True)
        image, box = drawn(layer, time)
        many, empty = colours(image)
        check(many > 20 and empty < 0.05, f"the map of {time} is not blank", (many, empty))
        mine = QImage.fromData(get("/wms", SERVICE="WMS", VERSION="1.3.0", REQUEST="GetMap", LAYERS=LAYER, STYLES="", CRS="EPSG:3857", FORMAT="image/png", TIME=time,
                                   WIDTH=SIZE[0], HEIGHT=SIZE[1], BBOX=f"{box.xMinimum()},{box.yMinimum()},{box.xMaximum()},{box.yMaximum()}", TRANSPARENT="true"))
        share = alike(image, mine)
        check(share > 0.97, f"QGIS draws the server's picture of {time}", share)
        pictures[time] = image
    check(alike(*pictures.values()) < 0.9, "maps of two times differ")
    near(layer.extent(), BOX, "the WMS layer has the model's extent")
    lon, lat = -20, 40
    point = QgsPointXY(-2226389.8, 4865942.3)
    told = layer.dataProvider().identify(point, QgsRaster.IdentifyFormatText, BOX, SIZE[0], SIZE[1])
    text = " ".join(str(v) for v in told.results().values())
    number, want = re.search(r"(-?\d+(?:\.\d+)?) *°C", text), edr("t2m", lon, lat, TIME) - 273.15
    check(told.isValid() and number, "identify shows a value with its unit", text)


def tiles():
    wmts = [i for i in browsed("WMS", "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities") if "tileMatrixSet" in getattr(i, "uri", lambda: "")()]
    of = [i for i in wmts if f"layers={LAYER}&" in i.uri()]
    check(of, "the browser lists WMTS layers", len(wmts))
    named = sorted({i.uri().split("tileMatrixSet=")[1].split("&")[0] for i in of})
    check("WebMercatorQuad" in named, "and their matrix sets", named)
    layers = {"WMTS": QgsRasterLayer(next(i.uri() for i in of if "WebMercatorQuad" in i.uri()), "wmts", "wms") if "WebMercatorQuad" in named else None,
              "XYZ": QgsRasterLayer(f"type=xyz&url={BASE}/xyz/{LAYER}/%7Bz%7D/%7Bx%7D/%7By%7D.png?time={TIME}&zmin=0&zmax=12", "xyz", "wms")}
    for name, layer in layers.items():
        check(layer and layer.isValid(), f"the {name} layer is valid")
        many, empty = colours(drawn(layer)[0])
        check(many > 20 and empty < 0.05, f"the map by {name} is not blank", (many, empty))
    lines = QgsVectorTileLayer(f"type=xyz&url={BASE}/xyz/{MODEL}.msl/%7Bz%7D/%7Bx%7D/%7By%7D.mvt?time={TIME}&zmin=0&zmax=8", "isobars")
    check(lines.isValid(), "isobars as vector tiles are valid")
    many, empty = colours(drawn(lines)[0])
    check(many > 1 and 0 < empty < 1, "isobars are drawn", (many, empty))


def wcs():
    every = [i for i in browsed("WCS", "/wcs") if "identifier=" in getattr(i, "uri", lambda: "")()]
    bad = [i.uri() for i in every if not QgsRasterLayer(i.uri(), "wcs", "wcs").isValid()]
    check(every and not bad, f"all {len(every)} WCS coverages are valid", bad)
    items = [i for i in every if f"identifier={LAYER}&" in i.uri() + "&"]
    check(items, "the browser lists the coverage")
    uri = items[0].uri() if items else f"url={BASE}/wcs&identifier={LAYER}"
    for time in (None, TIME, LATER):
        layer = QgsRasterLayer(uri + (f"&time={time}" if time else ""), "wcs", "wcs")
        if not time:
            check(layer.isValid(), "a WCS layer of the browser is valid", why(layer))
            near(layer.extent(), QgsRectangle(-30.25, 24.75, 12.25, 48.25), "its extent is the grid's", 0.01)
            check(layer.bandCount() == 1 and (layer.width(), layer.height()) == (85, 47), "it has the grid's size", (layer.bandCount(), layer.width(), layer.height()))
            continue
        for lon, lat in NODES:
            got, ok = layer.dataProvider().sample(QgsPointXY(lon, lat), 1)
            want = edr("t2m", lon, lat, time)
            check(ok and abs(got - want) < 1e-3, f"WCS at {lon} {lat}, {time}: EDR's value", (got, want))
    many, empty = colours(drawn(layer)[0])
    check(many > 20 and empty < 0.05, "the coverage is drawn in QGIS' own grey", (many, empty))


def features():
    items = [i for i in browsed("WFS", "/") ]
    layer = QgsVectorLayer(f"pagingEnabled='true' preferCoordinatesForWfsT11='false' restrictToRequestBBOX='1' typename='airports' url='{BASE}' version='OGC_API_FEATURES'", "airports", "OAPIF")
    check(layer.isValid(), "the collection of airports is valid")
    check(any(getattr(i, "name", lambda: "")() and "irport" in i.name() for i in items), "the browser lists it", [i.name() for i in items][:9])
    want = json.loads(get("/collections/airports/items", limit=1))["numberMatched"]
    check(layer.featureCount() == want, "all airports are there", (layer.featureCount(), want))
    box = QgsRectangle(-10, 40, 10, 50)
    got = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterRect(box)))
    want = json.loads(get("/collections/airports/items", bbox="-10,40,10,50", limit=1))["numberMatched"]
    check(0 < got == want, "those of a box, too", (got, want))


def mesh():
    """A run as a GRIB file is a mesh in QGIS: its times and wind vectors come with it."""
    file = os.path.join(home, "wind.grib2")
    with open(file, "wb") as out:
        out.write(get(f"/collections/{MODEL}/coverage", **{"properties": "u10,v10", "datetime": "2013-02-14T06:00:00Z/2013-02-17T06:00:00Z", "f": "GRIB2"}))
    layer = QgsMeshLayer(file, "wind", "mdal")
    check(layer.isValid(), "a run by GRIB is a mesh", why(layer))
    if layer.isValid():
        groups = [layer.dataProvider().datasetGroupMetadata(i) for i in layer.datasetGroupsIndexes()]
        check(any(g.isVector() for g in groups), "its wind is vectors", [g.name() for g in groups])
        check(layer.dataProvider().datasetCount(layer.datasetGroupsIndexes()[0]) > 5, "along time")


app = QgsApplication([], False)
app.initQgis()
print(f"QGIS {Qgis.QGIS_VERSION} at {BASE}")
for part in (wms, tiles, wcs, features, mesh):
    if os.environ.get("ONLY_QGIS", part.__name__) == part.__name__:
        try:
            part()
        except Exception as e:  # the other parts are tried none the less
            check(False, f"{part.__name__} runs", repr(e))
print(f"{passed} passed, {failed} failed, 0 skipped", flush=True)
os._exit(1 if failed else 0)  # QGIS' own end takes long and may fail

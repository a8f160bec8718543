"""The contact sheet of docs/: one map a kind of grid of ../shared/data, over the viewer's coastlines."""
import fnmatch, json, math, os

from PIL import Image, ImageDraw, ImageFont

HERE = os.path.dirname(os.path.abspath(__file__))
COASTLINES = os.path.join(HERE, "../web/static/vendor/countries-50m.json")
COLUMNS, WIDTH, HEIGHT, CAPTION, GAP = 4, 320, 200, 30, 6
WORLD = [-180, -90, 180, 90]
ARCTIC = [-6.4e6, -4e6, 6.4e6, 4e6]

# Caption, layer (or a pattern of one), CRS, box (None: the layer's own), style.
PANELS = [
    ("latitude/longitude, of the world", "gfs-0p25.t", "CRS:84", WORLD),
    ("latitude/longitude, regional", "icon-d2-0p02.ws10", "EPSG:3857", None),
    ("latitude/longitude, south to north", "gdps-0p15.t2m", "CRS:84", WORLD),
    ("latitude/longitude, columns first", "um-96x73-e8c58f41.t_mean", "CRS:84", WORLD),
    ("latitude/longitude, rows to and fro", "ifs-0p1-291x171-0c3830b0.t2m", "EPSG:3857", None),
    ("rotated latitude/longitude", "hirlam-496x372-fb87317b.t2m", "EPSG:3857", None),
    ("rotated latitude/longitude, 2540 x 1290", "hrdps.cape", "EPSG:3857", None, "sequential"),
    ("rotated latitude/longitude, satellite", "cosmo-de-421x461-3fba343f.satbt", "EPSG:3857", None),
    ("NCEP rotated (3.32769)", "nam-rotated-954x835-c82c36c5.t2m", "EPSG:3995", [-9e6, -5.6e6, 9e6, 5.6e6]),
    ("Lambert", "hrrr.t_surface", "EPSG:3857", None),
    ("Lambert, radius of the Earth left out", "inca-1km-701x401-ac86c5ba.tp", "EPSG:3857", None, "sequential"),
    ("Lambert, rows to and fro", "nbm-conus.t2m", "EPSG:3857", None),
    ("polar stereographic", "gfswave-arctic-9km.ws_surface", "EPSG:3995", ARCTIC),
    ("polar stereographic, across 180\u00b0", "aqm-ak.ozcon_mean", "EPSG:3995", [-4.2e6, -0.4e6, 2.2e6, 3.6e6]),
    ("polar stereographic, south", "ncep-s12-p254-210x140-c58380e2.pwat", "EPSG:3857", None),
    ("polar stereographic, edition 1", "stage4.tp", "EPSG:3857", None),
    ("Mercator", "ndfd-puertori.t2m", "EPSG:3857", None),
    ("Mercator", "aqm-hi.ozcon_mean", "EPSG:3857", None),
    ("transverse Mercator", "c255-p255-20x20-0a9b081f.grib2_0_255_255_c255_type0", "EPSG:3857", None),
    ("seen from a satellite", "eumetsat-p0-390x227-4342235b.satbt", "EPSG:3857", None),
    ("Gaussian", "gdas-gaussian-192x94-80933c2a.tmax2m", "CRS:84", WORLD),
    ("reduced Gaussian N48", "ifs-gaussian-4e4a389b.t", "CRS:84", WORLD),
    ("octahedral O128", "ifs-gaussian-d8bc18ee.t2m", "CRS:84", WORLD),
    ("octahedral O128, over the pole", "ifs-gaussian-d8bc18ee.t2m", "EPSG:3995", ARCTIC),
    ("spherical harmonics", "ifs-128x64-25c1ef56.t", "CRS:84", WORLD),
    ("reduced latitude/longitude, of the world", "ifs-7e91c274.swh", "CRS:84", WORLD),
    ("thinned octants, for aviation", "wafs-656cb42f.t", "EPSG:3857", None),
    ("Lambert, from NetCDF", "*-141x151-fe382b87.ws10", "EPSG:3857", None),
    ("places told one by one, from NetCDF", "*-fdf087b7.t2m", "EPSG:3857", None),
    ("polar stereographic, from GeoTIFF", "*-316x332-3867c61e.*", "CRS:84", WORLD),
    ("HEALPix, H8", "ifs-healpix-3ad8e70f.t", "CRS:84", WORLD),
]


def polar_north(lon, lat):
    """EPSG:3995: polar stereographic, true at 71 degrees north (EPSG guidance note 7-2, variant B)."""
    if lat < -10:
        return None
    a, e, true_lat = 6378137.0, 0.0818191908426215, math.radians(71)
    t = lambda p: math.tan(math.pi / 4 - p / 2) / ((1 - e * math.sin(p)) / (1 + e * math.sin(p))) ** (e / 2)
    m = math.cos(true_lat) / math.sqrt(1 - (e * math.sin(true_lat)) ** 2)
    rho, theta = a * m * t(math.radians(lat)) / t(true_lat), math.radians(lon)
    return rho * math.sin(theta), -rho * math.cos(theta)


def web_mercator(lon, lat):
    return math.radians(lon) * 6378137, 6378137 * math.asinh(math.tan(math.radians(max(-89, min(89, lat)))))


FORWARD = {"CRS:84": lambda lon, lat: (lon, lat), "EPSG:3857": web_mercator, "EPSG:3995": polar_north}


def arcs():
    """Natural Earth's lines as lists of longitude and latitude: TopoJSON's arcs are differences of integers."""
    with open(COASTLINES) as f:
        topology = json.load(f)
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        yield line


def coast(picture, crs, box, lines):
    """Draws the lines over a map."""
    draw, (w, h) = ImageDraw.Draw(picture), picture.size
    period = {"CRS:84": 360, "EPSG:3857": 2 * math.pi * 6378137}.get(crs)
    for shift in (0, -1, 1) if period else (0,):
        for line in lines:
            points = [FORWARD[crs](*p) for p in line]
            for p, q in zip(points, points[1:]):
                if p and q and abs(p[0] - q[0]) < (box[2] - box[0]) / 2:
                    px = [((x + shift * (period or 0) - box[0]) / (box[2] - box[0]) * w, (box[3] - y) / (box[3] - box[1]) * h) for x, y in (p, q)]
                    if any(0 <= x <= w and 0 <= y <= h for x, y in px):
                        draw.line(px, fill=(20, 20, 20, 255))


def view(layer, crs, box):
    """A box of the panel's shape around a box, or around the layer's own."""
    if not box:
        box = layer.boxes[crs]
        around = 0.03 * max(box[2] - box[0], box[3] - box[1])
        box = [box[0] - around, box[1] - around, box[2] + around, box[3] + around]
    cx, cy, w, h = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]
    w, h = max(w, h * WIDTH / HEIGHT), max(h, w * HEIGHT / WIDTH)
    return [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]


def draw(file, map_of, layers):
    """Draws the sheet into a file; gives the layers that have no map."""
    rows = -(-len(PANELS) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + CAPTION + GAP) + GAP), "white")
    write, font, lines, missing = ImageDraw.Draw(sheet), ImageFont.load_default(), list(arcs()), []
    for n, (caption, name, crs, box, *style) in enumerate(PANELS):
        x, y = GAP + n % COLUMNS * (WIDTH + GAP), GAP + n // COLUMNS * (HEIGHT + CAPTION + GAP)
        write.text((x + 2, y + 1), caption, "black", font)
        name = next(iter(fnmatch.filter(layers, name)), name)
        write.text((x + 2, y + 14), name, (110, 110, 110), font)
        try:
            box = view(layers[name], crs, box)
            picture = Image.new("RGBA", (WIDTH, HEIGHT), (238, 238, 238, 255))
            picture.alpha_composite(map_of(name, crs, box, (WIDTH, HEIGHT), *style))
        except (KeyError, AssertionError):
            missing.append(name)
            continue
        coast(picture, crs, box, lines)
        sheet.paste(picture.convert("RGB"), (x, y + CAPTION))
    sheet.quantize(192, dither=Image.Dither.NONE).save(file, optimize=True)
    return missing

"""A map of every element that the server at BASE has, as pictures and the page docs/gallery.md. Needs Pillow with WebP.

Of the layers of an element the one whose map has most to tell is taken: in the view that suits its box, at the first, the usual and the last of its times.
OUT is the folder of the page, OUT/gallery that of the pictures. Sheets show what forecasters look at first in the dark theme, and as eyes see it that tell fewer
colours apart.
Prints which elements have no style of their own, and fails if there is one whose meaning is known.
"""
import collections, concurrent.futures, io, json, math, os, re, sys, urllib.error, urllib.parse, urllib.request
import xml.etree.ElementTree as ET

from PIL import Image, ImageDraw, ImageFont

BASE, OUT = os.environ["BASE"].rstrip("/"), os.environ["OUT"]
HERE = os.path.dirname(os.path.abspath(__file__))
NS = {"w": "http://www.opengis.net/wms"}
WIDTH, HEIGHT, LEGEND = 480, 270, 112  # a picture, and the part of its width that is the legend
MAP = (WIDTH - LEGEND, HEIGHT)
R = 6378137
MOST = 40  # layers of an element that are looked at
THEMES = {False: {"sea": (223, 232, 238), "land": (244, 241, 232), "coast": (27, 39, 48, 176), "paper": (255, 255, 255), "ink": (22, 34, 44)},
          True: {"sea": (15, 26, 34), "land": (34, 49, 59), "coast": (205, 217, 226, 130), "paper": (20, 32, 42), "ink": (238, 244, 248)}}
# The sheets: what forecasters look at first.
SHEET = ["t2m", "tp", "ws10", "msl", "tcc", "r", "cape", "refc", "swh", "vis", "sde", "gh", "absv", "u", "wd", "ptype"]
# Machado, Oliveira and Fernandes 2009, severity 1.0, as in styles/vision_test.go.
EYES = {"protan": (0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
        "deutan": (0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881),
        "tritan": (1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900)}


def get(path, **parameters):
    query = urllib.parse.urlencode(parameters, safe=":,/")
    with urllib.request.urlopen(f"{BASE}/{path}?{query}", timeout=120) as answer:
        return answer.headers.get_content_type(), answer.read()


class Layer:
    """What capabilities tell of a layer."""

    def __init__(self, e):
        self.name, self.title = e.findtext("w:Name", None, NS), e.findtext("w:Title", "", NS)
        self.abstract = e.findtext("w:Abstract", "", NS)
        self.model, self.element = self.name.split(".", 1)
        self.theme = e.findtext("w:KeywordList/w:Keyword", "", NS)
        style = e.find("w:Style", NS)
        self.style, self.style_title = (style.findtext("w:Name", "", NS), style.findtext("w:Title", "", NS)) if style is not None else ("", "")
        self.box = [float(x.text) for x in e.find("w:EX_GeographicBoundingBox", NS)]  # west, east, south, north
        self.times = []
        for d in e.findall("w:Dimension", NS):
            if d.get("name") == "time":
                instants = re.split("[,/]", d.text.strip())
                self.times = list(dict.fromkeys([d.get("default"), instants[0], next(t for t in reversed(instants) if not t.startswith("P"))]))

    def quantity(self):
        """The element without the kind of level and the statistic that its ID may end with."""
        return re.sub(r"(_[a-z0-9]+)+$", "", self.element) if not self.element.startswith(("grib", "var_")) else self.element


def layers():
    _, body = get("wms", SERVICE="WMS", VERSION="1.3.0", REQUEST="GetCapabilities")
    return [Layer(e) for e in ET.fromstring(body).iter("{%s}Layer" % NS["w"]) if e.find("w:Name", NS) is not None and e.find("w:Layer", NS) is None]


def mercator(lon, lat):
    return math.radians(lon) * R, R * math.asinh(math.tan(math.radians(max(-85, min(85, lat)))))


def view(layer):
    """A box in EPSG:3857 of the map's shape: the layer's own, or of the world the part that most know."""
    west, east, south, north = layer.box
    if east - west > 180:
        west, east, south, north = (-100, 50, max(south, 5), min(north, 72)) if north > 40 and south < 30 else (-180, 180, south, north)
    x0, y0 = mercator(west, max(south, -75))
    x1, y1 = mercator(east, min(north, 82))
    w, h = max(x1 - x0, 4e4) * 1.03, max(y1 - y0, 4e4) * 1.03
    w, h = max(w, h * MAP[0] / MAP[1]), max(h, w * MAP[1] / MAP[0])
    if w > 2 * math.pi * R:
        w, h = 2 * math.pi * R, 2 * math.pi * R * MAP[1] / MAP[0]
    return [(x0 + x1 - w) / 2, (y0 + y1 - h) / 2, (x0 + x1 + w) / 2, (y0 + y1 + h) / 2]


def map_of(layer, box, time):
    more = {"TIME": time} if time else {}
    kind, body = get("wms", SERVICE="WMS", VERSION="1.3.0", REQUEST="GetMap", LAYERS=layer.name, STYLES="", CRS="EPSG:3857",
                     BBOX=",".join(f"{v:.10g}" for v in box), WIDTH=MAP[0], HEIGHT=MAP[1], FORMAT="image/png", TRANSPARENT="TRUE", **more)
    return Image.open(io.BytesIO(body)).convert("RGBA")


def tells(picture):
    """How much a map tells: how evenly it uses its colours, and how much of it is painted."""
    small = picture.resize((93, 68), Image.Resampling.NEAREST)
    seen = collections.Counter((r >> 4, g >> 4, b >> 4) for r, g, b, a in small.getdata() if a > 100)
    n, all_ = sum(seen.values()), 93 * 68
    spread = -sum(c / n * math.log(c / n) for c in seen.values()) if n else 0
    return spread * (0.35 + 0.65 * min(n / all_, 0.9))


def best(candidates):
    """The map that tells most, of some layers: (score, layer, box, time)."""
    found = (-1, candidates[0], view(candidates[0]), None)
    for layer in candidates[:MOST]:
        for time in (layer.times or [None])[:3]:
            try:
                score = tells(map_of(layer, view(layer), time))
            except urllib.error.HTTPError:
                continue
            if score > found[0] * 1.02:
                found = (score, layer, view(layer), time)
    return found


def topology():
    """Rings of land, and lines of coasts and borders, in degrees."""
    for name in ("../web/static/vendor/countries-50m.json", "../web/static/countries-50m.json", "../web/src/vendor/countries-50m.json"):
        path = os.path.join(HERE, name)
        if os.path.exists(path):
            break
    with open(path) as f:
        t = json.load(f)
    (sx, sy), (tx, ty) = t["transform"]["scale"], t["transform"]["translate"]
    arcs = []
    for arc in t["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    rings = []
    for g in t["objects"]["countries"]["geometries"]:
        for polygon in g["arcs"] if g["type"] == "MultiPolygon" else [g["arcs"]] if g["type"] == "Polygon" else []:
            ring = []
            for i in polygon[0]:
                ring += (arcs[i] if i >= 0 else arcs[~i][::-1])[1 if ring else 0:]
            if max(x for x, _ in ring) - min(x for x, _ in ring) < 300:
                rings.append(ring)
    return rings, arcs


def placed(points, box, shift):
    return [((x + shift - box[0]) / (box[2] - box[0]) * MAP[0], (box[3] - y) / (box[3] - box[1]) * MAP[1]) for x, y in points]


def ground(box, world, dark):
    """Land and sea below a map, coasts and borders above it, four times as fine and made small."""
    colours, (rings, lines) = THEMES[dark], world
    fine = 3
    below, above = Image.new("RGB", (MAP[0] * fine, MAP[1] * fine), colours["sea"]), Image.new("RGBA", (MAP[0] * fine, MAP[1] * fine), colours["coast"][:3] + (0,))
    fill, pen = ImageDraw.Draw(below), ImageDraw.Draw(above)
    for shift in (0, -2 * math.pi * R, 2 * math.pi * R):
        for points, closed in [(r, True) for r in rings] + [(l, False) for l in lines]:
            at = [(x * fine, y * fine) for x, y in placed(points, box, shift)]
            if max(x for x, _ in at) < 0 or min(x for x, _ in at) > MAP[0] * fine or max(y for _, y in at) < 0 or min(y for _, y in at) > MAP[1] * fine:
                continue
            if closed:
                fill.polygon(at, colours["land"])
            elif all(abs(p[0] - q[0]) < MAP[0] * fine / 2 for p, q in zip(at, at[1:])):
                pen.line(at, colours["coast"][:3] + (255,), 3)
    above.putalpha(above.getchannel("A").resize(MAP, Image.Resampling.LANCZOS).resize(above.size).point(lambda a: a * colours["coast"][3] // 255))
    return below.resize(MAP, Image.Resampling.LANCZOS), above.resize(MAP, Image.Resampling.LANCZOS)


def legend(layer, dark):
    _, body = get("wms", SERVICE="WMS", VERSION="1.3.0", REQUEST="GetLegendGraphic", LAYER=layer.name, STYLE=layer.style, FORMAT="image/png", WIDTH=LEGEND - 4, HEIGHT=HEIGHT - 6, DARK=str(dark).lower())
    return Image.open(io.BytesIO(body)).convert("RGBA")


def picture(choice, world, dark=False):
    _, layer, box, time = choice
    below, above = ground(box, world, dark)
    sheet = Image.new("RGB", (WIDTH, HEIGHT), THEMES[dark]["paper"])
    drawn = below.convert("RGBA")
    drawn.alpha_composite(map_of(layer, box, time))
    drawn.alpha_composite(above)
    sheet.paste(drawn.convert("RGB"), (0, 0))
    key = legend(layer, dark)
    if key.width > LEGEND - 2 or key.height > HEIGHT:
        key.thumbnail((LEGEND - 2, HEIGHT), Image.Resampling.LANCZOS)
    sheet.paste(key, (MAP[0] + 4, 3), key)
    return sheet


def seen_by(matrix, image):
    """A picture as an eye has it: the matrix works on linear light, by a table of 33 levels a channel."""
    linear = lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
    encoded = lambda v: 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055
    from PIL import ImageFilter

    def turned(r, g, b):
        light = [linear(c) for c in (r, g, b)]
        return tuple(encoded(min(max(sum(m * c for m, c in zip(matrix[3 * i:3 * i + 3], light)), 0), 1)) for i in range(3))

    return image.filter(ImageFilter.Color3DLUT.generate(33, turned))


def sheet_of(pictures, file, dark=False, columns=4):
    gap, w, h = 4, WIDTH * 2 // 3, HEIGHT * 2 // 3
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (w + gap) + gap, rows * (h + gap) + gap), THEMES[dark]["paper"])
    for n, p in enumerate(pictures):
        sheet.paste(p.resize((w, h), Image.Resampling.LANCZOS), (gap + n % columns * (w + gap), gap + n // columns * (h + gap)))
    sheet.save(file, quality=72, method=6)


def page(rows, without):
    """The page: a table of pictures a theme."""
    out = ["# Gallery", "",
           "A map of every element of the test corpus in its default style, made by `make gallery`: the layer, time and part of the world that have most to tell. Nothing was chosen by hand.",
           "Every style is tried by tests: its neighbouring colours are told apart (CIEDE2000) by common eyes and by those without the long, the middle or the short cones, lightness",
           "tells more from less, and what is painted is seen on land and sea, by day and by night ([styles/eyes_test.go](../styles/eyes_test.go)).", "",
           "The same in the dark theme, and as it is seen by protan, deutan and tritan eyes:", "",
           "![Dark theme](gallery/sheet-dark.webp)", ""]
    out += [f"![As {name} eyes see it](gallery/sheet-{name}.webp)" for name in EYES] + [""]
    for theme in sorted({r["theme"] for r in rows}):
        out += [f"## {theme or 'Known by numbers'}", ""]
        for r in (r for r in rows if r["theme"] == theme):
            others = f"; the same style: {', '.join(r['others'])}" if r["others"] else ""
            out += [f"**{r['title']}** (`{r['element']}`), style `{r['style']}`: {r['style_title']}. From `{r['layer']}`{others}.", "", f"![{r['title']}](gallery/{r['file']})", ""]
    if without:
        out += ["Without a style of their own, since nobody tells what they are: " + ", ".join(f"`{w}`" for w in without) + ".", ""]
    return "\n".join(out)


def main():
    groups = collections.defaultdict(list)
    for l in layers():
        groups[l.quantity(), l.style].append(l)
    world = topology()
    world = [[[mercator(*p) for p in line] for line in part] for part in world]
    os.makedirs(f"{OUT}/gallery", exist_ok=True)
    for old in os.listdir(f"{OUT}/gallery"):
        os.remove(f"{OUT}/gallery/{old}")
    unknown = lambda e: e.startswith(("grib", "var_"))  # told by numbers, or by the name of a file alone
    without = sorted({l.element for g in groups.values() for l in g if l.style == "auto"})
    rows, chosen = [], {}

    def one(item):
        (quantity, style), candidates = item
        by_element = collections.defaultdict(list)
        for l in candidates:
            by_element[l.element].append(l)
        plain = min(by_element, key=lambda e: (e != quantity, not e.startswith(quantity), len(e)))
        first = [c for e in sorted(by_element, key=lambda e: e != plain) for c in by_element[e]]
        choice = best(first)
        if choice[0] < 0.02:
            return None
        file = f"{choice[1].element}.webp"
        picture(choice, world).save(f"{OUT}/gallery/{file}", quality=72, method=6)
        l = choice[1]
        return choice, {"theme": l.theme, "quantity": quantity if "rate" not in style else "", "title": l.title, "element": l.element, "style": style, "style_title": l.style_title, "layer": l.name, "file": file, "others": sorted(f"`{e}`" for e in by_element if e != l.element)}

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(one, sorted(groups.items())):
            if found:
                rows.append(found[1])
                for name in (found[1]["quantity"], found[1]["element"]):
                    chosen.setdefault(name, found[0])
    rows.sort(key=lambda r: (r["theme"] == "", r["theme"], r["title"]))
    shown = [chosen[e] for e in SHEET if e in chosen]
    light = [picture(c, world) for c in shown]
    sheet_of([picture(c, world, True) for c in shown], f"{OUT}/gallery/sheet-dark.webp", True)
    for name, matrix in EYES.items():
        sheet_of([seen_by(matrix, p) for p in light], f"{OUT}/gallery/sheet-{name}.webp")
    with open(f"{OUT}/gallery.md", "w") as f:
        f.write(page(rows, [w for w in without]))
    size = sum(os.path.getsize(f"{OUT}/gallery/{n}") for n in os.listdir(f"{OUT}/gallery"))
    bad = [w for w in without if not unknown(w)]
    print(f"{len(rows)} maps of {len(groups)} elements and styles, {size / 1e6:.1f} MB; without a style of their own: {' '.join(bad) or 'none'}, and {len(without) - len(bad)} that nobody tells the meaning of")
    print(f"{len(rows)} passed, {len(bad)} failed")
    return len(bad) > 0


if __name__ == "__main__":
    sys.exit(main())

package geo

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestReferencesAreFoundByAllTheirNames(t *testing.T) {
	for name, want := range map[string]string{
		"EPSG:3857":                        "EPSG:3857",
		"epsg:3857":                        "EPSG:3857",
		"EPSG:900913":                      "EPSG:3857",
		" CRS:84 ":                         "CRS:84",
		"OGC:CRS84":                        "CRS:84",
		"crs84":                            "CRS:84",
		"urn:ogc:def:crs:EPSG::4326":       "EPSG:4326",
		"urn:ogc:def:crs:EPSG:6.18.3:3857": "EPSG:3857",
		"urn:ogc:def:crs:OGC:1.3:CRS84":    "CRS:84",
		"urn:ogc:def:crs:OGC::CRS84":       "CRS:84",
		"http://www.opengis.net/def/crs/EPSG/0/3035":      "EPSG:3035",
		"https://www.opengis.net/def/crs/epsg/9.9.1/3035": "EPSG:3035",
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84":    "CRS:84",
		"https://www.opengis.net/def/crs/OGC/0/CRS84":     "CRS:84",
		"[EPSG:3031]": "EPSG:3031",
		"EPSG:32660":  "EPSG:32660",
		"EPSG:32701":  "EPSG:32701",
		"EPSG:25828":  "EPSG:25828",
		"EPSG:5041":   "EPSG:5041",
	} {
		r, err := Lookup(name)
		if err != nil || r.Code != want || r.Title == "" || r.Projection == nil {
			t.Errorf("Lookup(%q) = %q, %v, want %q", name, r.Code, err, want)
		}
	}
}

func TestUnknownReferencesAreRefused(t *testing.T) {
	for _, name := range []string{
		"", "EPSG:", "EPSG:1", "EPSG:032632", "EPSG:32661", "EPSG:32600", "EPSG:25839", "EPSG:3857x", "CRS:83", "4326", "AUTO:42001",
		"urn:ogc:def:crs:EPSG:4326", "urn:ogc:def:crs:EPSG::", "http://www.opengis.net/def/crs/EPSG/0/4326/1", "EPSG:+32632", "EPSG:32632 ;",
	} {
		if r, err := Lookup(name); !errors.Is(err, ErrUnknownCRS) {
			t.Errorf("Lookup(%q) = %q, %v, want ErrUnknownCRS", name, r.Code, err)
		}
	}
	_, err := Lookup(strings.Repeat("ä", 5000))
	if got, want := strings.Count(err.Error(), "ä"), 80; got != want {
		t.Errorf("an error quotes %d characters of a long name, want %d", got, want)
	}
}

func TestAxesAreTheAuthoritys(t *testing.T) {
	north := map[string]bool{"EPSG:4326": true, "EPSG:4258": true, "EPSG:3035": true, "EPSG:3034": true}
	for _, code := range append(announced, "EPSG:5041", "EPSG:25832") {
		r, err := Lookup(code)
		if err != nil || r.NorthFirst != north[code] {
			t.Errorf("%s: north first is %v, %v, want %v", code, r.NorthFirst, err, north[code])
		}
	}
}

func TestBoundsAreTheAreasImage(t *testing.T) {
	for _, code := range append(announced, "EPSG:5041", "EPSG:32733", "EPSG:25838") {
		r, err := Lookup(code)
		if err != nil {
			t.Fatal(err)
		}
		box := image(r)
		for i := range box {
			if !(math.Abs(box[i]-r.Bounds[i]) <= 1e-4) {
				t.Errorf("%s: bounds are %.5f, want %.5f", code, r.Bounds, box)
				break
			}
		}
	}
}

// image is the box of an area's boundary.
func image(r Reference) Box {
	const steps = 8400
	var places []LonLat
	for i := range steps + 1 {
		f := float64(i) / steps
		lon, lat := r.Area[0]+f*(r.Area[2]-r.Area[0]), r.Area[1]+f*(r.Area[3]-r.Area[1])
		places = append(places, LonLat{lon, r.Area[1]}, LonLat{lon, r.Area[3]}, LonLat{r.Area[0], lat}, LonLat{r.Area[2], lat})
	}
	at := make([]XY, len(places))
	r.Forward(at, places)
	box := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, q := range at {
		box = Box{min(box[0], q.X), min(box[1], q.Y), max(box[2], q.X), max(box[3], q.Y)}
	}
	return box
}

// The corners of tiles by the formula of slippy maps, which goes by degrees; the values of the first are known by heart.
func TestTilesLieWhereSlippyMapsHaveThem(t *testing.T) {
	if got, want := Tile(1, 1, 0, 256).Box, (Box{0, 0, 20037508.342789244, 20037508.342789244}); got != want {
		t.Errorf("tile 1/1/0 is %v, want %v", got, want)
	}
	corner := func(zoom, x, y int) LonLat {
		n := math.Exp2(float64(zoom))
		lat := math.Atan(math.Sinh(math.Pi * (1 - 2*float64(y)/n)))
		return LonLat{float64(x)/n*360 - 180, lat * degrees}
	}
	for _, c := range [][3]int{{0, 0, 0}, {1, 1, 0}, {5, 17, 11}, {12, 2143, 1405}, {20, 1 << 19, 123456}} {
		tile := Tile(c[0], c[1], c[2], 256)
		topLeft := inverse(tile.Ref, XY{tile.Box.MinX(), tile.Box.MaxY()})
		bottomRight := inverse(tile.Ref, XY{tile.Box.MaxX(), tile.Box.MinY()})
		if apart(topLeft, corner(c[0], c[1], c[2])) > 1e-11 || apart(bottomRight, corner(c[0], c[1]+1, c[2]+1)) > 1e-11 {
			t.Errorf("tile %v reaches from %v to %v, want from %v to %v", c, topLeft, bottomRight,
				corner(c[0], c[1], c[2]), corner(c[0], c[1]+1, c[2]+1))
		}
	}
}

func TestTilesMeet(t *testing.T) {
	world := Tile(0, 0, 0, 256)
	if world.Box != world.Ref.Bounds {
		t.Errorf("tile 0/0/0 is %v, want %v", world.Box, world.Ref.Bounds)
	}
	a, b, c := Tile(7, 66, 45, 256), Tile(7, 67, 45, 256), Tile(7, 66, 46, 256)
	if a.Box.MaxX() != b.Box.MinX() || a.Box.MinY() != c.Box.MaxY() {
		t.Errorf("tiles %v, %v right of it and %v below do not meet", a.Box, b.Box, c.Box)
	}
	if got, want := a.Pixel(0, 255), (XY{a.Box[0] + (a.Box[2]-a.Box[0])/512, a.Box[1] + (a.Box[3]-a.Box[1])/512}); math.Hypot(got.X-want.X, got.Y-want.Y) > 1e-6 {
		t.Errorf("the lower left pixel's centre is %v, want %v", got, want)
	}
}

func FuzzLookup(f *testing.F) {
	f.Add("urn:ogc:def:crs:EPSG::4326")
	f.Add("http://www.opengis.net/def/crs/OGC/1.3/CRS84")
	f.Add("[EPSG:32632")
	f.Fuzz(func(t *testing.T, name string) {
		r, err := Lookup(name)
		if err != nil {
			if !errors.Is(err, ErrUnknownCRS) || len(err.Error()) > 900 {
				t.Errorf("Lookup(%q): %v", name, err)
			}
			return
		}
		if again, err := Lookup(r.Code); err != nil || again.Code != r.Code {
			t.Errorf("Lookup(%q) = %q, which is not found: %v", name, r.Code, err)
		}
	})
}

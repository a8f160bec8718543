package tilematrix

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"isobar/geo"
)

func builtins(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestScaleDenominators compares with OGC 17-083r4 annex D.
func TestScaleDenominators(t *testing.T) {
	c := builtins(t)
	for _, w := range []struct {
		set    string
		level  int
		scale  float64
		wide   int
		corner geo.XY
	}{
		{"WebMercatorQuad", 0, 559082264.028717, 1, geo.XY{X: -20037508.3427892, Y: 20037508.3427892}},
		{"WebMercatorQuad", 24, 33.3238997476529, 1 << 24, geo.XY{X: -20037508.3427892, Y: 20037508.3427892}},
		{"WorldCRS84Quad", 0, 279541132.014358, 2, geo.XY{X: -180, Y: 90}},
		{"WorldMercatorWGS84Quad", 0, 559082264.028717, 1, geo.XY{X: -20037508.3427892, Y: 20037508.3427892}},
		{"EuropeanETRS89_LAEAQuad", 0, 62779017.8571428, 1, geo.XY{X: 2000000, Y: 5500000}},
	} {
		s, ok := c.Get(w.set)
		if !ok {
			t.Fatalf("no set %s", w.set)
		}
		m := s.Matrices[w.level]
		if math.Abs(m.ScaleDenominator/w.scale-1) > 1e-9 || m.Width != w.wide || math.Hypot(m.Origin.X-w.corner.X, m.Origin.Y-w.corner.Y) > 1e-6 {
			t.Errorf("%s %d is 1:%v, %d wide, from %v; want %+v", w.set, w.level, m.ScaleDenominator, m.Width, m.Origin, w)
		}
	}
}

func TestTilesOfWebMercatorAreXYZTiles(t *testing.T) {
	s, _ := builtins(t).Get("WebMercatorQuad")
	for _, c := range []struct{ z, x, y int }{{0, 0, 0}, {3, 5, 2}, {12, 4095, 0}} {
		got, want := s.View(s.Matrices[c.z], c.y, c.x, 256), geo.Tile(c.z, c.x, c.y, 256)
		for i := range got.Box {
			if math.Abs(got.Box[i]-want.Box[i]) > 1e-6 {
				t.Errorf("tile %v is %v, want %v", c, got.Box, want.Box)
			}
		}
	}
}

func TestLimitsAreTheTilesThatABoxTouches(t *testing.T) {
	s, _ := builtins(t).Get("WorldCRS84Quad")
	for _, c := range []struct {
		level int
		box   geo.Box
		want  Limits
		ok    bool
	}{
		{0, geo.Box{-180, -90, 180, 90}, Limits{0, 0, 0, 1}, true},
		{1, geo.Box{-180, 0, 0, 90}, Limits{0, 0, 0, 1}, true}, // its edges are tiles' edges
		{2, geo.Box{-10, 40, 10, 50}, Limits{0, 1, 3, 4}, true},
		{2, geo.Box{-500, -500, 500, 500}, Limits{0, 3, 0, 7}, true},
		{2, geo.Box{200, 0, 210, 10}, Limits{}, false},
		{2, geo.Box{math.NaN(), 0, 1, 1}, Limits{}, false},
	} {
		got, ok := s.Matrices[c.level].Limits(c.box)
		if got != c.want || ok != c.ok {
			t.Errorf("level %d, %v: %v %v, want %v %v", c.level, c.box, got, ok, c.want, c.ok)
		}
	}
}

func TestBadRowsAreRefusedByName(t *testing.T) {
	const good = "- id: a\n  crs: EPSG:3857\n  origin: [0, 0]\n  cell: 1\n  levels: 3\n"
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key", good + "  size: 3\n", "unknown field"},
		{"a doubled id", good + good, "id: a is in bad.yaml too"},
		{"an unknown system", strings.Replace(good, "3857", "1", 1), "a: crs: "},
		{"no levels", strings.Replace(good, "levels: 3", "levels: 0", 1), "levels: 0"},
		{"too many levels", strings.Replace(good, "levels: 3", "levels: 99", 1), "levels: 99"},
		{"no cell", strings.Replace(good, "cell: 1", "cell: -1", 1), "cell: -1"},
		{"a name with a blank", strings.Replace(good, "id: a", "id: a b", 1), `id: "a b"`},
	} {
		_, err := Load(fstest.MapFS{"bad.yaml": {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bad.yaml") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	c, err := Load(Rows(), fstest.MapFS{"own.yaml": {Data: []byte(strings.Replace(good, "id: a", "id: WorldCRS84Quad", 1))}})
	if s, _ := c.Get("WorldCRS84Quad"); err != nil || len(s.Matrices) != 3 || len(c.Sets()) != 6 {
		t.Errorf("a row of one's own does not replace a built-in one: %v", err)
	}
}

package answer

import (
	"bytes"
	"errors"
	"image/png"
	"math"
	"testing"

	"isobar/encode/mvt"
	"isobar/geo"
	"isobar/layers"
)

func TestDataTilesHoldValues(t *testing.T) {
	s := globeService(t)
	view := geo.Tile(1, 1, 0, 64)
	for _, c := range []struct {
		layer  string
		vector bool
		fields int
	}{{"g.u", false, 1}, {"g.v", false, 1}, {"g.ws", false, 1}, {"g.u", true, 2}, {"g.v", true, 2}} {
		a, e, err := s.Data(t.Context(), DataRequest{Layer: c.layer, View: view, Vector: c.vector})
		if err != nil {
			t.Fatal(err)
		}
		body, err := a.Body(t.Context())
		a.Done()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Dy() != c.fields*64 || e.Unit != "m/s" {
			t.Errorf("%s: %v pixels in %s", c.layer, img.Bounds(), e.Unit)
		}
		at, lonlat := make([]geo.XY, 1), make([]geo.LonLat, 1)
		for y := range 64 {
			for x := range 64 {
				at[0] = view.Pixel(x, y)
				view.Ref.Inverse(lonlat, at)
				p := lonlat[0]
				name := c.layer
				if c.vector {
					name = "g.u"
					if _, g, b, _ := img.At(x, y+64).RGBA(); b != 0 || g == 0 && x == 1 {
						t.Fatalf("the part to the north is missing at %d, %d", x, y)
					}
				}
				want := map[string]float64{"g.u": p.Lon / 10, "g.v": p.Lat / 10, "g.ws": math.Hypot(p.Lon, p.Lat) / 10}[name]
				r, g, b, _ := img.At(x, y).RGBA()
				got := e.Offset + e.Step*float64(r>>8<<8|g>>8)
				if b != 0 || math.Abs(got-want) > 0.02 && p.Lon < 174 {
					t.Fatalf("%s at %v is %v (B %d), want %v", c.layer, p, got, b>>8, want)
				}
			}
		}
		if again, err := s.Encoding(c.layer, c.vector); err != nil || again.Scale != e.Scale {
			t.Errorf("%s: the encoding is told as %+v, %v, and is %+v", c.layer, again, err, e)
		}
	}
	if _, _, err := s.Data(t.Context(), DataRequest{Layer: "g.ws", View: view, Vector: true}); !errors.Is(err, layers.ErrUnknownLayer) {
		t.Errorf("both components of a speed: %v", err)
	}
	if _, _, err := s.Data(t.Context(), DataRequest{Layer: "g.u", View: geo.Tile(0, 0, 0, 1<<20)}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a huge tile: %v", err)
	}
}

func TestContoursOfNeighboursMeet(t *testing.T) {
	left, right := contourView(geo.Tile(4, 7, 5, 256)), contourView(geo.Tile(4, 8, 5, 256))
	for y := range left.Height {
		a, b := left.Pixel(left.Width-1-contourMargin, y), right.Pixel(contourMargin, y)
		if math.Abs(a.X-b.X) > 1e-6 || math.Abs(a.Y-b.Y) > 1e-6 {
			t.Fatalf("row %d: the last node of the left tile lies at %v, the first of the right at %v", y, a, b)
		}
	}
	edge := geo.Tile(4, 8, 5, 256).Box[0]
	if at := right.Pixel(contourMargin, 0).X; math.Abs(at-edge) > 1e-6 {
		t.Errorf("the first node lies at %v, the tile begins at %v", at, edge)
	}
}

func TestContoursAreFeatures(t *testing.T) {
	s := globeService(t)
	for _, c := range []struct {
		interval float64
		err      error
	}{{0, nil}, {5, nil}, {0.001, ErrTooLarge}, {-1, ErrTooLarge}, {math.NaN(), ErrTooLarge}, {math.Inf(1), ErrTooLarge}} {
		a, err := s.Features(t.Context(), FeaturesRequest{Layer: "g.u", View: geo.Tile(2, 1, 1, 256), Interval: c.interval})
		if !errors.Is(err, c.err) {
			t.Errorf("interval %v: %v, want %v", c.interval, err, c.err)
		}
		if err != nil {
			continue
		}
		body, err := a.Body(t.Context())
		a.Done()
		if err != nil || a.Type != mvt.Type || !bytes.Contains(body, []byte("isobands")) || !bytes.Contains(body, []byte("isolines")) {
			t.Errorf("interval %v: %d bytes, %v", c.interval, len(body), err)
		}
	}
	if _, err := s.Features(t.Context(), FeaturesRequest{Layer: "nope", View: geo.Tile(0, 0, 0, 256)}); !errors.Is(err, layers.ErrUnknownLayer) {
		t.Errorf("no layer: %v", err)
	}
}

func TestIntervalsAreRound(t *testing.T) {
	for v, want := range map[float64]float64{0.9: 1, 1.1: 1, 1.6: 2, 3.9: 5, 8: 10, 0.04: 0.05, 370: 500} {
		if got := roundInterval(v); math.Abs(got/want-1) > 1e-9 {
			t.Errorf("%v becomes %v, want %v", v, got, want)
		}
	}
}

func TestWhatWasChosenIsTold(t *testing.T) {
	b := newBench(t, Limits{})
	for _, c := range []struct {
		layers     []string
		run, valid bool
	}{{[]string{"a.t"}, true, true}, {[]string{"a.t", "b.t"}, true, true}} {
		a := ask(t, b, tile(c.layers...))
		if (a.Run == run0) != c.run || (a.Valid == run0+2*hour) != c.valid {
			t.Errorf("%v: run %v, valid %v", c.layers, a.Run, a.Valid)
		}
	}
	r := tile("a.t", "b.t")
	r.Layers[0].Selection.Time = &layers.TimeChoice{Start: run0, End: run0}
	if a := ask(t, b, r); a.Run != 0 || a.Valid != 0 {
		t.Errorf("layers of two times: run %v, valid %v, want neither", a.Run, a.Valid)
	}
}

package render

import (
	"context"
	"image"
	"testing"

	"isobar/elements"
	"isobar/geo"
	"isobar/internal/golden"
	"isobar/sample"
	"isobar/styles"
)

// unitOf is the unit of a test field.
var unitOf = map[string]string{"t": "degC", "rain": "mm", "cloud": "%", "msl": "Pa", "u": "m/s", "v": "m/s"}

// symbols makes a layer of a style that has painters, of a test field.
func symbols(t testing.TB, f *fields, element, style string) Layer {
	t.Helper()
	l := Layer{Input: f.input(element), Unit: unitOf[element], Style: shipped(t, style)}
	speed, err := elements.ParseExpression("speed(u, v)")
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Style.Paint {
		s := Sampled{Inputs: []sample.Input{l.Input}, Unit: l.Unit}
		switch p := &l.Style.Paint[i]; {
		case p.Element == styles.Wind && (p.Kind == styles.Fill || p.Kind == styles.Lines):
			in := f.input("u")
			in.Keys, in.Expr = append(in.Keys, f.input("v").Keys...), speed
			s = Sampled{Inputs: []sample.Input{in}, Unit: "m/s"}
		case p.Element == styles.Wind:
			s = Sampled{Inputs: []sample.Input{f.input("u"), f.input("v")}, Unit: "m/s"}
		case p.Element != "":
			s = Sampled{Inputs: []sample.Input{f.input(p.Element)}, Unit: unitOf[p.Element]}
		}
		l.Sampled = append(l.Sampled, s)
	}
	return l
}

// arctic is a polar view: EPSG:3995.
func arctic(t testing.TB, code string, side float64, pixels int) geo.View {
	t.Helper()
	ref, err := geo.Lookup(code)
	if err != nil {
		t.Fatal(err)
	}
	return geo.View{Ref: ref, Box: geo.Box{-side, -side, side, side}, Width: pixels, Height: pixels}
}

func TestSymbols(t *testing.T) {
	f, r := newFields(0.5, weather()), renderer(t)
	for _, c := range []struct {
		name, element, style string
		view                 geo.View
	}{
		{"barbs", "u", "wind-barbs", square(256, 2, 1, 1)},
		{"barbs-south", "u", "wind-barbs", square(256, 2, 1, 2)},
		{"barbs-polar", "u", "wind-barbs", arctic(t, "EPSG:3995", 6e6, 384)},
		{"wind", "u", "wind", square(384, 1, 0, 0)},
		{"arrows", "u", "arrows", square(256, 2, 1, 1)},
		{"wind-arrows", "u", "wind-arrows", square(256, 1, 1, 0)},
		{"streamlines", "u", "streamlines", square(384, 1, 0, 0)},
		{"streamlines-polar", "u", "streamlines", arctic(t, "EPSG:3995", 6e6, 384)},
		{"wind-streamlines", "u", "wind-streamlines", square(384, 1, 1, 1)},
		{"isolines", "msl", "isolines", square(256, 2, 1, 1)},
		{"isolines-world", "msl", "isolines", square(384, 0, 0, 0)},
		{"isolines-highs-lows", "msl", "isolines-highs-lows", square(384, 1, 0, 0)},
		{"pressure-chart", "msl", "pressure-chart", arctic(t, "EPSG:3995", 7e6, 480)},
		{"isotherms", "t", "isotherms", square(384, 2, 3, 1)},
		{"temperature-isotherms", "t", "temperature-isotherms", square(384, 1, 1, 0)},
		{"temperature-pressure", "t", "temperature-pressure", square(480, 1, 0, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := symbols(t, f, c.element, c.style)
			img, err := r.Draw(context.Background(), f, Map{View: c.view, Layers: []Layer{l}, Background: sea, Transparent: filling(l.Style)})
			if err != nil {
				t.Fatal(err)
			}
			golden.Picture(t, "testdata/symbols-"+c.name+".png", img)
		})
	}
}

func BenchmarkSymbols(b *testing.B) {
	f, r := newFields(0.25, weather()), renderer(b)
	for _, style := range []string{"wind-barbs", "wind", "arrows", "streamlines", "isolines", "isolines-highs-lows", "isotherms", "temperature-pressure"} {
		b.Run(style, func(b *testing.B) {
			element := "u"
			if style[:2] == "is" {
				element = "msl"
			}
			if style == "isotherms" || style[0] == 't' {
				element = "t"
			}
			l := symbols(b, f, element, style)
			b.ReportAllocs()
			for b.Loop() {
				img, err := r.Draw(context.Background(), f, Map{View: square(256, 3, 4, 2), Layers: []Layer{l}, Transparent: true})
				if err != nil {
					b.Fatal(err)
				}
				r.Recycle(img)
			}
		})
	}
}

var _ = image.Rect

func TestLegendsOfSymbols(t *testing.T) {
	r := renderer(t)
	for _, c := range []struct {
		name string
		l    Legend
	}{
		{"barbs", Legend{Style: shipped(t, "wind-barbs")}},
		{"barbs-ms", Legend{Style: shipped(t, "wind-barbs"), Unit: "m/s", Horizontal: true}},
		{"wind", Legend{Style: shipped(t, "wind"), Title: "Wind at 10 m"}},
		{"wind-announced", Legend{Style: shipped(t, "wind"), Title: "Wind at 10 m", Width: 110, Height: 320}},
		{"wind-level", Legend{Style: shipped(t, "wind"), Title: "Wind at 10 m", Horizontal: true}},
		{"arrows", Legend{Style: shipped(t, "arrows"), Dark: true}},
		{"streamlines", Legend{Style: shipped(t, "streamlines"), Unit: "km/h"}},
		{"isolines-highs-lows", Legend{Style: shipped(t, "isolines-highs-lows"), Title: "Mean sea level pressure", Width: 110, Height: 320}},
		{"temperature-pressure", Legend{Style: shipped(t, "temperature-pressure"), Dark: true, Title: "Temperature at 2 m", Unit: "degF"}},
		{"pressure-chart", Legend{Style: shipped(t, "pressure-chart"), Horizontal: true, Unit: "hPa"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := r.Legend(c.l)
			if err != nil {
				t.Fatal(err)
			}
			golden.Picture(t, "testdata/legend-symbols-"+c.name+".png", img)
		})
	}
}

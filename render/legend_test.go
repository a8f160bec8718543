package render

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"isobar/elements"
	"isobar/internal/golden"
	"isobar/styles"
)

func TestLegends(t *testing.T) {
	r := renderer(t)
	both := *shipped(t, "temperature")
	both.Under, both.Over = &color.NRGBA{0x14, 0x06, 0x24, 255}, &color.NRGBA{0x20, 0x02, 0x08, 255}
	small := styles.Style{ID: "small", Title: "Small numbers", Unit: "1/s", Kind: styles.Smooth, Stops: []styles.Stop{
		{Value: 0, Color: color.NRGBA{255, 255, 255, 255}}, {Value: 4e-5, Color: color.NRGBA{40, 20, 90, 255}}}}
	for _, c := range []struct {
		name string
		l    Legend
	}{
		{"temperature", Legend{Style: shipped(t, "temperature"), Title: "Temperature at 2 m"}},
		{"temperature-110x320", Legend{Style: shipped(t, "temperature"), Title: "Temperature at 2 m", Width: 110, Height: 320, Transparent: true}},
		{"temperature-220x640", Legend{Style: shipped(t, "temperature"), Title: "Temperature at 2 m", Width: 220, Height: 640}},
		{"temperature-60x200", Legend{Style: shipped(t, "temperature"), Title: "Temperature at 2 m", Width: 60, Height: 200}},
		{"temperature-20x20", Legend{Style: shipped(t, "temperature"), Title: "Temperature at 2 m", Width: 20, Height: 20}},
		{"temperature-fahrenheit", Legend{Style: &both, Title: "Temperature", Unit: "degF", Dark: true}},
		{"temperature-classes", Legend{Style: shipped(t, "temperature-classes"), Dark: true}},
		{"temperature-level", Legend{Style: &both, Title: "Temperature at 2 m", Horizontal: true}},
		{"precipitation", Legend{Style: shipped(t, "precipitation"), Title: "Total precipitation over three hours"}},
		{"precipitation-level", Legend{Style: shipped(t, "precipitation"), Title: "Total precipitation", Horizontal: true}},
		{"precipitation-inches", Legend{Style: shipped(t, "precipitation"), Unit: "in", Horizontal: true, Width: 500, Height: 90, Dark: true}},
		{"precipitation-smooth", Legend{Style: shipped(t, "precipitation-smooth"), Width: 110, Height: 320}},
		{"cloud", Legend{Style: shipped(t, "cloud"), Title: "Total cloud cover"}},
		{"cloud-dark", Legend{Style: shipped(t, "cloud"), Title: "Total cloud cover", Dark: true, Horizontal: true}},
		{"beaufort", Legend{Style: shipped(t, "beaufort")}},
		{"direction", Legend{Style: shipped(t, "direction"), Title: "Wind direction", Horizontal: true}},
		{"ptype", Legend{Style: shipped(t, "ptype")}},
		{"ptype-level", Legend{Style: shipped(t, "ptype"), Horizontal: true, Dark: true}},
		{"vorticity", Legend{Style: shipped(t, "vorticity"), Width: 110, Height: 320}},
		{"small", Legend{Style: &small}},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := r.Legend(c.l)
			if err != nil {
				t.Fatal(err)
			}
			golden.Picture(t, "testdata/legend-"+c.name+".png", img)
		})
	}
}

func TestLegendsOfAnySizeAreDrawnInIt(t *testing.T) {
	r := renderer(t)
	var drawn []*styles.Style
	for _, id := range []string{"temperature", "precipitation", "cin", "ptype", "beaufort", "viridis"} {
		drawn = append(drawn, shipped(t, id))
	}
	for _, w := range []int{1, 20, 37, 64, 110, 333, 4096} {
		for _, h := range []int{1, 20, 37, 64, 110, 320, 1000} {
			for _, s := range drawn {
				for _, level := range []bool{true, false} {
					img, err := r.Legend(Legend{Style: s, Title: "A title of several words", Width: w, Height: h, Horizontal: level, Transparent: true})
					if err != nil {
						t.Fatalf("%s, %d x %d: %v", s.ID, w, h, err)
					}
					if got := img.Bounds(); got != image.Rect(0, 0, w, h) {
						t.Errorf("%s, %d x %d: drawn in %v", s.ID, w, h, got)
					}
					if empty(img) {
						t.Errorf("%s, %d x %d, horizontal %v: nothing is drawn", s.ID, w, h, level)
					}
				}
			}
		}
	}
}

// empty tells that no pixel of a picture is seen.
func empty(img image.Image) bool {
	for _, c := range img.(*image.NRGBA).Pix {
		if c != 0 {
			return false
		}
	}
	return true
}

func TestEveryStyleShippedHasALegend(t *testing.T) {
	c, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t)
	for _, s := range c.All() {
		for _, level := range []bool{true, false} {
			img, err := r.Legend(Legend{Style: s, Horizontal: level})
			if err != nil || img.Bounds().Dx() > 450 || img.Bounds().Dy() > 500+100*min(len(s.Paint), 1) {
				t.Errorf("%s, horizontal %v: %v, error %v", s.ID, level, img.Bounds(), err)
			}
		}
	}
}

func TestLegendsThatCannotBeDrawnAreRefused(t *testing.T) {
	r, s := renderer(t), shipped(t, "temperature")
	for name, l := range map[string]Legend{
		"no style": {}, "too wide": {Style: s, Width: 5000}, "too high": {Style: s, Height: 5000}, "negative": {Style: s, Width: -1},
		"another unit": {Style: s, Unit: "hPa"},
	} {
		if _, err := r.Legend(l); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := r.Legend(Legend{Style: s, Unit: "hPa"}); !errors.Is(err, styles.ErrUnit) {
		t.Errorf("another unit: %v, want it to wrap %v", err, styles.ErrUnit)
	}
}

// TestTheLegendShowsTheColoursOfTheMap looks up what a map paints for the value of a tick.
func TestTheLegendShowsTheColoursOfTheMap(t *testing.T) {
	f := newFields(10, map[string]formula{"flat": func(lon, lat float64) float64 { return 20 }})
	r, s := renderer(t), shipped(t, "temperature")
	tile, err := r.Draw(context.Background(), f, Map{View: square(8, 0, 0, 0), Layers: []Layer{{Input: f.input("flat"), Unit: "degC", Style: s}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAxis(s, "degC")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.color(80.0/110), colorAt(tile, 3, 3); got != want {
		t.Errorf("the legend's colour at 20 degrees = %v, that of the map %v", got, want)
	}
}

func TestMarksHaveRoomAndLieWhereTheirValuesDo(t *testing.T) {
	for _, c := range []struct {
		style, unit string
		length      int
		want        string
	}{
		{"temperature", "degC", 220, "[−60 −50 −40 −30 −20 −10 0 10 20 30 40 50]"},
		{"temperature", "degC", 100, "[−60 −40 −20 0 20 40]"},
		{"temperature", "degC", 20, "[0]"},
		{"temperature", "K", 150, "[220 240 260 280 300 320]"},
		{"precipitation", "mm", 300, "[0.1 0.5 1 2 5 10 15 20 30 50 75 100 150 200 300]"},
		{"precipitation", "mm", 120, "[0.1 1 5 15 30 75 150 300]"},
		{"precipitation", "in", 120, "[0.0039 0.039 0.2 0.59 1.2 3 5.9 11.8]"},
		{"pressure", "Pa", 100, "[94000 96000 98000 100000 102000 104000 106000]"},
		{"beaufort", "kt", 400, "[0 1 2 3 4 5 6 7 8 9 10 11 12]"},
	} {
		a, err := newAxis(shipped(t, c.style), c.unit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		last := math.Inf(-1)
		for _, m := range a.marks(c.length, func(string) int { return 14 }) {
			if m.at < 0 || m.at > 1 || (m.at-last)*float64(c.length) < 13 {
				t.Errorf("%s, %d pixels: %q lies at %.3f, the one before at %.3f", c.style, c.length, m.label, m.at, last)
			}
			last, got = m.at, append(got, m.label)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s in %s on %d pixels: %v, want %v", c.style, c.unit, c.length, got, c.want)
		}
	}
}

func TestNumbersAreWrittenAsPeopleDo(t *testing.T) {
	for _, c := range []struct {
		v, step float64
		want    string
	}{{0, 1, "0"}, {-1e-17, 0.1, "0"}, {-5, 5, "−5"}, {0.30000000000000004, 0.1, "0.3"}, {2.5, 0.5, "2.5"}, {4e-5, 1e-5, "4·10⁻⁵"}, {2e7, 1e6, "2·10⁷"}} {
		if got := decimal(c.v, c.step); got != c.want {
			t.Errorf("decimal(%g, %g) = %q, want %q", c.v, c.step, got, c.want)
		}
	}
	a := &axis{show: elements.Conversion{Scale: 1}}
	for v, want := range map[float64]string{0.1: "0.1", 1013.25: "1013.25", -3: "−3", 1e-6: "1·10⁻⁶", 20000: "20000"} {
		if got := a.number(v); got != want {
			t.Errorf("number(%g) = %q, want %q", v, got, want)
		}
	}
}

func TestTitlesAreBrokenIntoLines(t *testing.T) {
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.pen(true, 12)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text     string
		width, n int
		want     string
	}{
		{"Temperature at 2 m", 200, 3, `["Temperature at 2 m"]`}, {"Temperature at 2 m", 90, 3, `["Temperature at" "2 m"]`},
		{"Temperature at 2 m above ground", 90, 2, `["Temperature at" "2 m above gro…"]`}, {"Temperature", 10, 2, `[]`}, {"Temperature", 200, 0, `[]`},
	} {
		got := p.wrap(c.text, c.width, c.n)
		if fmt.Sprintf("%q", got) != c.want {
			t.Errorf("%q in %d lines of %d pixels = %q, want %s", c.text, c.n, c.width, got, c.want)
		}
		for _, line := range got {
			if p.width(line) > c.width {
				t.Errorf("%q is wider than %d pixels", line, c.width)
			}
		}
	}
}

func BenchmarkLegend(b *testing.B) {
	r, s := renderer(b), shipped(b, "temperature")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Legend(Legend{Style: s, Title: "Temperature at 2 m", Width: 110, Height: 320, Transparent: true}); err != nil {
			b.Fatal(err)
		}
	}
}

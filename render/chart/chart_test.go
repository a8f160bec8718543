package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"isobar/internal/golden"
)

// start is 2013-03-11 06:00 UTC.
const start = 1362981600.0

// meteogram is a chart of all kinds of series.
func meteogram(theme Theme) Figure {
	var x, t, dew, low, high, rain, cloud, u, v, pressure []float64
	for h := 0.0; h <= 96; h += 3 {
		a := h / 24 * 2 * math.Pi
		x = append(x, start+h*hour)
		t, dew = append(t, 4-6*math.Cos(a)+h/30), append(dew, -2-2*math.Cos(a)+h/40)
		low, high = append(low, 2-6*math.Cos(a)), append(high, 7-6*math.Cos(a)+h/20)
		rain = append(rain, math.Max(0, 4*math.Sin(h/17)))
		cloud = append(cloud, 50+50*math.Sin(h/9))
		u, v = append(u, 22*math.Sin(h/20)), append(v, 14*math.Cos(h/11))
		pressure = append(pressure, 1013+8*math.Sin(h/25))
	}
	t[9], t[10] = math.NaN(), math.NaN()
	var nights [][2]float64
	for d := -1.0; d < 5; d++ {
		nights = append(nights, [2]float64{start + (12+24*d)*hour, start + (24+24*d)*hour})
	}
	return Figure{Title: "Helsinki", Subtitle: "GFS of 2013-03-11 06:00 UTC", Theme: theme, Across: Axis{Time: true}, Shades: nights, Panels: []Panel{
		{Up: Axis{Unit: "°C"}, Series: []Series{
			{Name: "Temperature, spread of members", Kind: Filled, X: x, Y: high, Low: low, Color: color.NRGBA{0xc4, 0x3d, 0x32, 255}},
			{Name: "Temperature", X: x, Y: t, Color: color.NRGBA{0xc4, 0x3d, 0x32, 255}},
			{Name: "Dew point", X: x, Y: dew, Dashed: true}}},
		{Up: Axis{Unit: "mm", Least: 2}, Right: &Axis{Unit: "%", From: 0, To: 100}, Series: []Series{
			{Name: "Cloud cover", Kind: Filled, X: x, Y: cloud, Right: true, Color: color.NRGBA{0x8a, 0x94, 0x9e, 255}},
			{Name: "Precipitation in 3 h", Kind: Bars, X: x, Y: rain, Before: 3 * hour}}},
		{Up: Axis{Unit: "hPa"}, Series: []Series{{Name: "Pressure at sea level", X: x, Y: pressure}}},
		{Series: []Series{{Name: "Wind at 10 m", Kind: Barbs, X: x, U: u, V: v}}},
		{Series: []Series{{Name: "Wind at 10 m", Kind: Arrows, X: x, U: u, V: v}}},
	}}
}

// profile is a chart whose axis up is pressure.
func profile() Figure {
	levels := []float64{1000, 925, 850, 700, 600, 500, 400, 300, 250, 200, 150, 100}
	t := []float64{8, 3, -1, -9, -16, -25, -37, -51, -56, -55, -57, -60}
	return Figure{Title: "Temperature", Width: 420, Height: 480, Across: Axis{Unit: "°C", Round: true}, Panels: []Panel{
		{Up: Axis{Title: "Pressure", Unit: "hPa", Reversed: true, Log: true, Ticks: levels}, Series: []Series{{X: t, Y: levels, Dots: true}}},
	}}
}

// transect is a chart along a distance in km.
func transect() Figure {
	var x, y []float64
	for i := range 200 {
		x, y = append(x, float64(i)*8.1), append(y, 12e-5*math.Sin(float64(i)/15))
	}
	return Figure{Title: "Vorticity", Across: Axis{Title: "Distance", Unit: "km"}, Panels: []Panel{{Up: Axis{Unit: "s⁻¹"}, Series: []Series{{Kind: Filled, X: x, Y: y}}}}}
}

func figures() map[string]Figure {
	empty := meteogram(Light)
	empty.Panels = []Panel{{Up: Axis{Unit: "K"}, Series: []Series{{Name: "nothing", X: []float64{start, start + day}, Y: []float64{math.NaN(), math.NaN()}}}}}
	small := meteogram(Dark)
	small.Width, small.Height = 320, 240
	small.Panels = small.Panels[:2]
	return map[string]Figure{"meteogram": meteogram(Light), "meteogram-dark": meteogram(Dark), "profile": profile(), "transect": transect(), "empty": empty, "small": small}
}

func TestChartsLookAsTheyDid(t *testing.T) {
	for name, f := range figures() {
		img, err := Draw(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden.Picture(t, "testdata/"+name+".png", img)
	}
}

func TestSVGIsWellFormedAndHoldsAllTexts(t *testing.T) {
	for name, f := range figures() {
		var b strings.Builder
		if err := SVG(&b, f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, p := range f.Panels {
			for _, s := range p.Series {
				if !strings.Contains(b.String(), s.Name) {
					t.Errorf("%s: the SVG does not name %q", name, s.Name)
				}
			}
		}
		if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
			t.Errorf("%s: the SVG has places that are no numbers", name)
		}
	}
}

func TestPNGHasTheSizeAskedFor(t *testing.T) {
	f := meteogram(Light)
	f.Width, f.Height = 500, 700
	var b bytes.Buffer
	if err := PNG(&b, f); err != nil {
		t.Fatal(err)
	}
	c, err := png.DecodeConfig(&b)
	if err != nil || c.Width != 500 || c.Height != 700 {
		t.Errorf("PNG of 500 x 700: %v %v", c, err)
	}
}

func TestTimesAreLabelledAtRoundHours(t *testing.T) {
	room := func(text string) float64 { return float64(len(text))*6 + 10 }
	for _, c := range []struct {
		span  float64
		first string
		step  float64
		days  []string
	}{
		{6 * hour, "06:00", 1800, []string{"Mon 11 Mar 2013"}},
		{96 * hour, "06:00", 6 * hour, []string{"Mon 11 Mar", "Tue 12 Mar", "Wed 13 Mar", "Thu 14 Mar", "Fri"}},
		{10 * day, "12 Mar", day, []string{"2013"}},
		{20, "06:00:00", 5, []string{"Mon 11 Mar 2013"}},
		{300 * day, "Apr 2013", 0, nil},
	} {
		s := scale{Axis: Axis{Time: true}, low: start, high: start + c.span, start: 0, end: 700}
		ticks, days := s.times(room)
		var names []string
		for _, d := range days {
			names = append(names, d.label)
		}
		if len(ticks) < 2 || ticks[0].label != c.first || !slices.Equal(names, c.days) {
			t.Errorf("%g h: ticks %v, days %q; want the first %q, days %q", c.span/hour, ticks, names, c.first, c.days)
			continue
		}
		if got := (ticks[1].at - ticks[0].at) / 700 * c.span; c.step > 0 && math.Abs(got-c.step) > 1 {
			t.Errorf("%g h: a step of %g s, want %g", c.span/hour, got, c.step)
		}
	}
}

func TestLabelsDoNotRunIntoEachOther(t *testing.T) {
	room := func(text string) float64 { return float64(len([]rune(text)))*7 + 14 }
	for _, r := range [][2]float64{{0, 1}, {-3, 1e5}, {1e-9, 3e-9}, {-1e20, 1e20}, {1000, 1000.001}, {0.5, 7.3}} {
		for _, pixels := range []float64{20, 90, 400, 2000} {
			s := scale{end: pixels}
			s.fit(r[0], r[1], false, pixels)
			all := s.ticks(room)
			if pixels >= 400 && len(all) < 2 {
				t.Errorf("%v on %g pixels: %d labels", r, pixels, len(all))
			}
			for i := 1; i < len(all); i++ {
				if all[i].at-all[i-1].at < (room(all[i].label)+room(all[i-1].label))/2-1e-6 {
					t.Errorf("%v on %g pixels: %q and %q are too near", r, pixels, all[i-1].label, all[i].label)
				}
			}
		}
	}
}

func TestAnAxisHoldsItsData(t *testing.T) {
	for _, c := range []struct {
		axis      Axis
		low, high float64
		want      [2]float64
	}{
		{Axis{}, 3.2, 17.9, [2]float64{0, 20}},
		{Axis{Zero: true}, 3, 4, [2]float64{0, 4}},
		{Axis{From: -5, To: 5}, 100, 200, [2]float64{-5, 5}},
		{Axis{}, 280, 280, [2]float64{266, 294}},
		{Axis{Least: 2, Zero: true}, 0, 0, [2]float64{0, 2}},
		{Axis{}, math.Inf(1), math.Inf(-1), [2]float64{0, 1}},
	} {
		s := scale{Axis: c.axis, end: 100}
		s.fit(c.low, c.high, true, 100)
		if c.low <= c.high && c.axis.From == c.axis.To && (s.low > c.low || s.high < c.high) {
			t.Errorf("%+v: %g to %g do not lie on %g to %g", c.axis, c.low, c.high, s.low, s.high)
		}
		if c.want != [2]float64{266, 294} && (math.Abs(s.low-c.want[0]) > 1e-9 || math.Abs(s.high-c.want[1]) > 1e-9) {
			t.Errorf("%+v: %g to %g on an axis from %g to %g, want %v", c.axis, c.low, c.high, s.low, s.high, c.want)
		}
	}
}

func TestChartsThatCannotBeDrawnAreRefused(t *testing.T) {
	one := []Panel{{Series: []Series{{X: []float64{1}, Y: []float64{1}}}}}
	for name, f := range map[string]Figure{
		"no panel":      {},
		"too wide":      {Width: maxSide + 1, Panels: one},
		"too small":     {Height: 5, Panels: one},
		"too many":      {Panels: make([]Panel, maxPanels+1)},
		"a value short": {Panels: []Panel{{Series: []Series{{X: []float64{1, 2}, Y: []float64{1}}}}}},
		"no wind":       {Panels: []Panel{{Series: []Series{{Kind: Barbs, X: []float64{1}}}}}},
		"an odd kind":   {Panels: []Panel{{Series: []Series{{Kind: 77, X: []float64{1}, Y: []float64{1}}}}}},
	} {
		if _, err := Draw(f); !errors.Is(err, ErrFigure) {
			t.Errorf("%s: %v, want ErrFigure", name, err)
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(0.0, 1.0, 5.0, false, true, uint8(0))
	f.Add(-1e300, 1e300, 0.0, true, false, uint8(3))
	f.Add(1362981600.0, 1e12, 1e-300, true, true, uint8(1))
	f.Fuzz(func(t *testing.T, a, b, c float64, log, time bool, kind uint8) {
		s := Series{Name: "x", Kind: Kind(kind % 6), X: []float64{a, b, c}, Y: []float64{b, a, c}, U: []float64{a, b, c}, V: []float64{c, b, a}}
		f := Figure{Across: Axis{Time: time}, Panels: []Panel{{Up: Axis{Log: log}, Series: []Series{s}}}, Width: 100, Height: 100}
		if _, err := Draw(f); err != nil {
			t.Fatal(err)
		}
		if err := SVG(io.Discard, f); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	f := meteogram(Light)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Draw(f); err != nil {
			b.Fatal(err)
		}
	}
}

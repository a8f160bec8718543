package render

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"isobar/geo"
	"isobar/sample"
	"isobar/styles"
)

func TestFeathersTellTheSpeed(t *testing.T) {
	for _, c := range []struct {
		knots                float64
		pennants, full, half int
		calm                 bool
	}{
		{0, 0, 0, 0, true}, {0.9, 0, 0, 0, true}, {1, 0, 0, 0, false}, {2.4, 0, 0, 0, false}, {2.5, 0, 0, 1, false}, {5, 0, 0, 1, false},
		{7.4, 0, 0, 1, false}, {7.5, 0, 1, 0, false}, {15, 0, 1, 1, false}, {47, 0, 4, 1, false}, {48, 1, 0, 0, false}, {50, 1, 0, 0, false},
		{65, 1, 1, 1, false}, {123, 2, 2, 1, false},
	} {
		p, f, h, calm := feathers(c.knots)
		if p != c.pennants || f != c.full || h != c.half || calm != c.calm {
			t.Errorf("%g kt: %d pennants, %d feathers, %d half, calm %v; want %+v", c.knots, p, f, h, calm, c)
		}
	}
	for knots := 1.0; knots < 300; knots += 0.3 {
		p, f, h, _ := feathers(knots)
		if d := math.Abs(float64(50*p+10*f+5*h) - knots); d > 2.5+1e-9 {
			t.Errorf("%g kt are drawn as %d", knots, 50*p+10*f+5*h)
		}
	}
}

// inside tells whether a place lies within outlines: how often they wind around it.
func inside(o *outlines, at point) bool {
	winding, from := 0, 0
	for _, end := range o.ends {
		shape := o.points[from:end]
		from = end
		last := shape[len(shape)-1]
		for _, p := range shape {
			x0, y0, x1, y1 := float64(last[0])/subPixels, float64(last[1])/subPixels, float64(p[0])/subPixels, float64(p[1])/subPixels
			if (y0 <= at.y) != (y1 <= at.y) && at.x < x0+(at.y-y0)/(y1-y0)*(x1-x0) {
				if y1 > y0 {
					winding++
				} else {
					winding--
				}
			}
			last = p
		}
	}
	return winding != 0
}

// TestABarbPointsWhereTheWindComesFrom draws a west wind: the shaft lies to the west, and its feathers to the left of the flow, which
// is north, in the north.
func TestABarbPointsWhereTheWindComesFrom(t *testing.T) {
	for _, south := range []bool{false, true} {
		var o outlines
		barb(&o, point{100, 100}, point{7, 0}, 20, south, 30, 0.7)
		if !inside(&o, point{80, 100}) || inside(&o, point{105, 100}) {
			t.Error("the shaft of a west wind does not lie to the west")
		}
		above, below := 0, 0
		for _, p := range o.points {
			switch y := float64(p[1])/subPixels - 100; {
			case y < -3:
				above++
			case y > 3:
				below++
			}
		}
		if south && (above > 0 || below == 0) || !south && (below > 0 || above == 0) {
			t.Errorf("south %v: %d corners of feathers lie above, %d below", south, above, below)
		}
	}
}

func TestCalmIsARing(t *testing.T) {
	var o outlines
	barb(&o, point{50, 50}, point{0.1, 0}, 0.2, false, 30, 0.7)
	if inside(&o, point{50, 50}) || !inside(&o, point{50 + 30*0.13, 50}) {
		t.Error("calm is no ring")
	}
}

// TestWindsAreTurnedToNorth looks at the map around the pole: a wind towards the pole from each side, and one that circles it.
func TestWindsAreTurnedToNorth(t *testing.T) {
	r := renderer(t)
	for _, code := range []string{"EPSG:3995", "EPSG:3413", "EPSG:3031"} {
		v := arctic(t, code, 4e6, 400)
		p := r.pane(context.Background(), nil, v, &scratch{})
		sign := 1.0
		if code == "EPSG:3031" {
			sign = -1 // away from north is towards the pole
		}
		for degrees := 0.0; degrees < 360; degrees += 15 {
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			at := geo.XY{X: 2e6 * cos, Y: 2e6 * sin}
			c := p.compasses([]geo.XY{at}, make([]geo.LonLat, 1))[0]
			inward := point{-cos, sin}.times(sign)
			if w := c.turned(0, 10); w.minus(inward.times(10)).length() > 0.01 {
				t.Errorf("%s at %g degrees: a south wind goes %v, want %v", code, degrees, w, inward)
			}
			east := point{-sin, -cos}.times(10 * sign)
			if w := c.turned(10, 0); w.minus(east).length() > 0.05 {
				t.Errorf("%s at %g degrees: a west wind goes %v, want %v", code, degrees, w, east)
			}
			if w := c.flowing(6, 8); math.Abs(w.length()-10) > 1e-9 || w.minus(c.turned(6, 8)).length() > 0.1 {
				t.Errorf("%s at %g degrees: the flow is %v, the wind %v", code, degrees, w, c.turned(6, 8))
			}
		}
	}
}

// TestFlowFollowsTheMap looks at a map in degrees at 60 north, where it is twice as wide as true: a south-west wind moves things
// further to the east on it, but its barb keeps its angle.
func TestFlowFollowsTheMap(t *testing.T) {
	r := renderer(t)
	v := arctic(t, "EPSG:4326", 90, 100)
	v.Box = geo.Box{0, 50, 10, 60}
	p := r.pane(context.Background(), nil, v, &scratch{})
	c := p.compasses([]geo.XY{{X: 5, Y: 60}}, make([]geo.LonLat, 1))[0]
	if w := c.turned(5, 5); math.Abs(w.x-5) > 0.01 || math.Abs(w.y+5) > 0.01 {
		t.Errorf("the wind is %v, want 5 to the right and 5 up", w)
	}
	if w := c.flowing(5, 5); math.Abs(w.x/-w.y-2) > 0.01 {
		t.Errorf("the flow is %v, want twice as much to the right as up", w)
	}
}

// TestLinesLieWhereTheirValuesAre looks at a field that grows by 10 a degree of longitude: its lines are meridians.
func TestLinesLieWhereTheirValuesAre(t *testing.T) {
	f := newFields(1, map[string]formula{"ramp": func(lon, lat float64) float64 {
		if lon > 180 {
			lon -= 360
		}
		return lon * 10
	}})
	r, s := renderer(t), shipped(t, "isolines")
	painter := s.Paint[0]
	painter.Every, painter.Labels, painter.Halo.A = []styles.Every{{Step: 100, Unit: "m"}}, false, 0
	style := &styles.Style{ID: "a", Kind: styles.Symbols, Paint: []styles.Painter{painter}}
	v := arctic(t, "EPSG:4326", 90, 200)
	v.Box = geo.Box{-25, -25, 25, 25}
	l := Layer{Style: style, Sampled: []Sampled{{Inputs: []sample.Input{f.input("ramp")}, Unit: "m"}}}
	img, err := r.Draw(context.Background(), f, Map{View: v, Layers: []Layer{l}, Transparent: true})
	if err != nil {
		t.Fatal(err)
	}
	var dark []int
	for x := range 200 {
		if colorAt(img, x, 100).A > 100 {
			dark = append(dark, x)
		}
	}
	for _, lon := range []float64{-20, -10, 0, 10, 20} {
		x := int((lon + 25) * 4)
		if !slices.Contains(dark, x) && !slices.Contains(dark, x-1) {
			t.Errorf("there is no line at %g degrees, pixel %d; lines are at %v", lon, x, dark)
		}
	}
	if len(dark) > 12 {
		t.Errorf("there are too many lines: %v", dark)
	}
}

// TestHighsAndLowsAreFound looks for the marks of a field of one hill and one hollow.
func TestHighsAndLowsAreFound(t *testing.T) {
	hill := func(lon, lat, x, y float64) float64 { return math.Exp(-(math.Pow(lon-x, 2) + math.Pow(lat-y, 2)) / 50) }
	f := newFields(0.5, map[string]formula{"msl": func(lon, lat float64) float64 {
		return 101300 + 2000*hill(lon, lat, 20, 20) - 3000*hill(lon, lat, 40, -10)
	}})
	r := renderer(t)
	v := arctic(t, "EPSG:4326", 90, 240)
	v.Box = geo.Box{0, -30, 60, 30}
	memory := &scratch{}
	p := r.pane(context.Background(), f, v, memory)
	lat := p.pixels(extremePixels)
	n, err := p.sample(f.input("msl"), lat, p.reach(lat, 200), lineBlock/2, &memory.values)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for j := range n.ny {
		for i := range n.nx {
			for _, high := range []bool{true, false} {
				if n.extreme(i, j, 11, high, 100) {
					at := n.at(p, float64(i), float64(j))
					if at.x >= 0 && at.y >= 0 && at.x < 240 && at.y < 240 {
						found = append(found, fmt.Sprintf("%v %.0f %.0f %.0f", high, at.x, at.y, n.most(i, j, high)/100))
					}
				}
			}
		}
	}
	if want := []string{"true 80 40 1033", "false 160 160 983"}; !slices.Equal(found, want) {
		t.Errorf("extremes = %v, want %v", found, want)
	}
}

// TestWhatIsMissingHasNoSymbols draws fields that are missing altogether, and one that a painter's source is missing for.
func TestWhatIsMissingHasNoSymbols(t *testing.T) {
	nowhere := func(lon, lat float64) float64 { return math.NaN() }
	f, r := newFields(5, map[string]formula{"msl": nowhere, "u": nowhere, "v": nowhere, "t": nowhere}), renderer(t)
	for _, s := range symbolStyles {
		l := symbols(t, f, s.element, s.style)
		for range 2 {
			img, err := r.Draw(context.Background(), f, Map{View: square(64, 1, 0, 0), Layers: []Layer{l}, Transparent: true})
			if err != nil {
				t.Fatal(err)
			}
			if differing(img, image.NewNRGBA(image.Rect(0, 0, 64, 64))) > 0 {
				t.Errorf("%s: something is drawn", s.style)
			}
			l.Sampled = make([]Sampled, len(l.Sampled))
		}
	}
}

// TestCoverageIsExact compares the coverage of shapes with their areas.
func TestCoverageIsExact(t *testing.T) {
	var o outlines
	o.polygon(point{2.25, 3.5}, point{20.75, 1.25}, point{13.5, 18.75}, point{-4, 9})
	o.polygon(point{30, 5}, point{50, 5}, point{50, 12}, point{30, 12}) // beyond the right edge
	var r raster
	r.reset(40, 24)
	r.fill(&o, 0, 0)
	sum := 0.0
	for y := range 24 {
		_, cover := r.row(y)
		for _, c := range cover {
			sum += float64(c) / 255
		}
	}
	// The part of the first left of the edge is cut off: what remains is its area by corners.
	clipped := []point{{2.25, 3.5}, {20.75, 1.25}, {13.5, 18.75}, {0, 9 + 4*(18.75-9)/17.5}, {0, 9 - 4*(9-3.5)/6.25}}
	area, last := 70.0, clipped[len(clipped)-1]
	for _, p := range clipped {
		area += (last.x*p.y - p.x*last.y) / 2
		last = p
	}
	if math.Abs(sum-area) > 0.3 {
		t.Errorf("coverage = %g pixels, want %g", sum, area)
	}
}

func TestASymbolTileTakesFewAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector lets pools forget: allocations were not counted")
	}
	f, r := newFields(1, weather()), renderer(t)
	for _, c := range []struct {
		style, element string
		most           float64
	}{{"wind-barbs", "u", 200}, {"streamlines", "u", 500}, {"isolines", "msl", 600}, {"isolines-highs-lows", "msl", 700}} {
		m := Map{View: square(256, 2, 1, 1), Layers: []Layer{symbols(t, f, c.element, c.style)}, Transparent: true}
		allocations := testing.AllocsPerRun(5, func() {
			img, err := r.Draw(context.Background(), f, m)
			if err != nil {
				t.Fatal(err)
			}
			r.Recycle(img)
		})
		if allocations > c.most {
			t.Errorf("%s: %g allocations a tile, want at most %g", c.style, allocations, c.most)
		}
	}
}

func TestSymbolsOfTwoInksAreAPalette(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	for _, s := range symbolStyles[:4] {
		img, err := r.Draw(context.Background(), f, Map{View: square(64, 2, 1, 1), Layers: []Layer{symbols(t, f, s.element, s.style)}, Transparent: true})
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := img.(*image.Paletted); !ok || len(p.Palette) > 256 {
			t.Errorf("%s is a %T", s.style, img)
		}
	}
}

// TestStrangeViewsAreDrawnInTime draws maps that no one asks for but by mistake.
func TestStrangeViewsAreDrawnInTime(t *testing.T) {
	f, r := newFields(5, weather()), renderer(t)
	for name, box := range map[string]geo.Box{
		"many worlds": {-1e9, -1e9, 1e9, 1e9}, "huge": {-1e30, -1e30, 1e30, 1e30}, "tiny": {1e6, 1e6, 1e6 + 1e-3, 1e6 + 1e-3}, "a hair": {1e6, 1e6, 1e6 + 1e-300, 1e6 + 1e-300},
		"flat": {0, 0, 1e7, 1}, "far off": {1e15, 0, 1e15 + 1e5, 1e5}, "beyond the pole": {0, 3e7, 1e6, 3.1e7}, "worlds in a pixel": {-1e12, -1e7, 1e12, 1e7},
	} {
		for _, s := range symbolStyles {
			v := square(64, 0, 0, 0)
			v.Box = box
			if _, err := r.Draw(context.Background(), f, Map{View: v, Layers: []Layer{symbols(t, f, s.element, s.style)}, Transparent: true}); err != nil {
				t.Errorf("%s, %s: %v", name, s.style, err)
			}
		}
	}
}

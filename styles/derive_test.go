package styles

import (
	"errors"
	"image/color"
	"math"
	"testing"
)

var (
	whites = color.NRGBA{255, 255, 255, 255}
	pink   = color.NRGBA{255, 0, 255, 255}
)

// smoothGreys is a style from 0 to 100 degrees Celsius.
func smoothGreys() *Style {
	return &Style{ID: "greys", Unit: "degC", Kind: Smooth, Stops: []Stop{{Value: 0, Color: black}, {Value: 100, Color: whites}}}
}

func TestColoursAreSpreadOverARange(t *testing.T) {
	classes := &Style{ID: "classes", Unit: "mm", Kind: Classes, Stops: []Stop{{Value: 1, Color: black}, {Value: 5, Color: pink}, {Value: 50, Color: whites}}}
	for _, c := range []struct {
		name   string
		style  *Style
		change Change
		want   []float64 // values of the stops
	}{
		{"in the style's unit", smoothGreys(), Change{Low: -10, High: 30}, []float64{-10, 30}},
		{"in another unit", smoothGreys(), Change{Low: 273.15, High: 303.15, Unit: "K"}, []float64{0, 30}},
		{"of the field", smoothGreys(), Change{Auto: true}, []float64{3, 7}},
		{"as bands", smoothGreys(), Change{Low: 0, High: 40, Bands: 4}, []float64{0, 10, 20, 30, 40}},
		{"as bands of its own range", smoothGreys(), Change{Bands: 2}, []float64{0, 50, 100}},
		{"as bands of the logarithm", smoothGreys(), Change{Low: 1, High: 1000, Bands: 3, Log: true}, []float64{1, 10, 100, 1000}},
		{"classes stay classes", classes, Change{Low: 0, High: 30}, []float64{0, 10, 20, 30}},
	} {
		got, err := c.style.Derive(c.change, 3, 7)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(got.Stops) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.Stops, c.want)
			continue
		}
		for i, stop := range got.Stops {
			if math.Abs(stop.Value-c.want[i]) > 1e-9 {
				t.Errorf("%s: stop %d at %g, want %g", c.name, i, stop.Value, c.want[i])
			}
		}
		if first := got.Stops[0].Color; first != black || got.Stops[len(got.Stops)-1].Color != whites {
			t.Errorf("%s: from %v to %v, want black to white", c.name, first, got.Stops[len(got.Stops)-1].Color)
		}
		if got.Digest() == c.style.Digest() {
			t.Errorf("%s: the digest does not tell of it", c.name)
		}
	}
}

func TestTheLogarithmIsSmooth(t *testing.T) {
	got, err := smoothGreys().Derive(Change{Low: 1, High: 10000, Log: true}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	linear := smoothGreys()
	for _, v := range []float64{1, 10, 100, 1000, 10000} {
		a, b := at(got.Stops, v), at(linear.Stops, 25*math.Log10(v))
		if d := int(a.R) - int(b.R); d < -2 || d > 2 {
			t.Errorf("%g is %v, want %v", v, a, b)
		}
	}
}

func TestColoursBeyondTheRange(t *testing.T) {
	transparent := color.NRGBA{}
	s := smoothGreys()
	s.Under, s.Over = &pink, &pink
	for _, c := range []struct {
		name         string
		change       Change
		below, above color.NRGBA // of the values -50 and 150
	}{
		{"stay as they are", Change{Low: 0, High: 50}, pink, pink},
		{"go on", Change{Low: 0, High: 50, Extend: [2]bool{true, true}}, black, whites},
		{"are chosen", Change{Low: 0, High: 50, Below: &transparent, Above: &black}, transparent, black},
		{"are chosen for bands", Change{Low: 0, High: 50, Bands: 5, Below: &black, Above: &transparent}, black, transparent},
	} {
		got, err := s.Derive(c.change, 0, 0)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		ramp, err := got.Ramp("degC")
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		index := make([]uint8, 3)
		ramp.Index(index, []float32{-50, 150, float32(math.NaN())})
		if b, a := ramp.Palette[index[0]], ramp.Palette[index[1]]; !alike(b, c.below) || !alike(a, c.above) || ramp.Palette[index[2]].A != 0 {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, b, a, c.below, c.above)
		}
	}
}

// alike tells that colours differ by what steps of a palette are apart.
func alike(a, b color.NRGBA) bool {
	near := func(x, y uint8) bool { return int(x)-int(y) < 4 && int(y)-int(x) < 4 }
	return near(a.R, b.R) && near(a.G, b.G) && near(a.B, b.B) && near(a.A, b.A)
}

func TestStylesFade(t *testing.T) {
	s := smoothGreys()
	s.Over = &pink
	got, err := s.Derive(Change{Fade: 0.6}, 0, 0)
	if err != nil || got.Stops[0].Color.A != 102 || got.Over.A != 102 || s.Stops[0].Color.A != 255 || pink.A != 255 {
		t.Errorf("%v: %v over %v; the style itself is %v", err, got.Stops, got.Over, s.Stops)
	}
	lines := &Style{ID: "lines", Kind: Symbols, Paint: []Painter{{Kind: Fill, Colors: smoothGreys()}, {Kind: Lines, Color: black}}}
	got, err = lines.Derive(Change{Fade: 0.5, Low: 0, High: 10}, 0, 0)
	if err != nil || got.Paint[1].Color.A != 128 || got.Paint[0].Colors.Stops[1].Value != 10 || got.Stops[1].Value != 10 || lines.Paint[1].Color.A != 255 {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestOtherColoursTakeTheStylesPlace(t *testing.T) {
	got, err := smoothGreys().Derive(Change{Instead: &Style{Kind: Classes, Unit: "K", Stops: []Stop{{Value: 280, Color: pink}}}}, 0, 0)
	if err != nil || got.ID != "greys" || got.Unit != "K" || len(got.Stops) != 1 || got.Stops[0].Color != pink {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestChangesThatCannotBeAreRefused(t *testing.T) {
	kinds := &Style{ID: "kinds", Kind: Categories, Stops: []Stop{{Value: 1, Color: black}}}
	for name, c := range map[string]struct {
		style  *Style
		change Change
		want   error
	}{
		"a range for categories":         {kinds, Change{Low: 1, High: 2}, ErrChange},
		"a range in a unit of no use":    {smoothGreys(), Change{Low: 1, High: 2, Unit: "m"}, ErrUnit},
		"a logarithm from zero":          {smoothGreys(), Change{Low: 0, High: 2, Log: true}, ErrChange},
		"a logarithm of its own range":   {smoothGreys(), Change{Log: true}, ErrChange},
		"an endless range":               {smoothGreys(), Change{Low: 0, High: math.Inf(1)}, ErrChange},
		"a range too narrow for colours": {smoothGreys(), Change{Low: 1e6, High: 1e6 + 1e-3}, ErrChange},
		"too many bands":                 {smoothGreys(), Change{Bands: 251}, ErrChange},
		"a fade beyond nothing":          {smoothGreys(), Change{Fade: 1.5}, ErrChange},
	} {
		if got, err := c.style.Derive(c.change, 0, 1); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := smoothGreys().Derive(Change{Auto: true}, math.NaN(), math.NaN()); !errors.Is(err, ErrChange) {
		t.Errorf("a field without values has a range: %v", err)
	}
	if _, err := smoothGreys().Derive(Change{Auto: true}, 5, 5); err != nil {
		t.Errorf("a field of one value: %v", err)
	}
}

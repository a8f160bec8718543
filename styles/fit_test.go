package styles

import (
	"math"
	"slices"
	"testing"

	"isobar/elements"
)

// ids lists the names of styles.
func ids(list []*Style) (names []string) {
	for _, s := range list {
		names = append(names, s.ID)
	}
	return names
}

func TestTheDefaultComesFirst(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct {
		el       elements.Element
		min, max float64
		want     string
		first    float64 // its first stop
	}{
		{elements.Element{ID: "t", Unit: "degC", Style: "temperature"}, -10, 30, "temperature", -60},
		{elements.Element{ID: "t", Unit: "K", DisplayUnit: "degC", Style: "temperature"}, 263, 303, "temperature", -60},
		{elements.Element{ID: "rain", Unit: "kg/m2", Style: "precipitation"}, 0, 0, "precipitation", 0.1},
		{elements.Element{ID: "t", Unit: "degC", Style: "no such style"}, -10, 30, "auto", -10},
		{elements.Element{ID: "t", Unit: "degC"}, -10, 30, "auto", -30},
		{elements.Element{ID: "x", Unit: "furlong"}, 0, 7.3, "auto", 0},
		{elements.Element{ID: "x", Unit: "furlong", Style: "temperature"}, 0.2, 7.3, "auto", 0},
		{elements.Element{ID: "tp_prob_gt_1", Unit: "%"}, 0, 100, "probability", 5},
		{elements.Element{ID: "pt", Unit: "K", DisplayUnit: "K", Style: "temperature"}, 250, 310, "temperature", 213.15},
		{elements.Element{ID: "lftx", Unit: "K"}, -5, 10, "lifted-index", -10},
		{elements.Element{ID: "ltng", Unit: "1"}, 0, 10, "lightning", 0},
		{elements.Element{ID: "x", Unit: "m", Style: "viridis"}, 0, 100, "viridis", 0},
	} {
		list := c.For(e.el, e.min, e.max)
		if len(list) == 0 || list[0].ID != e.want {
			t.Errorf("For(%+v, %g, %g) = %v, want %s first", e.el, e.min, e.max, ids(list), e.want)
			continue
		}
		if got := list[0].Stops[0].Value; e.want != "auto" && got != e.first {
			t.Errorf("%s of %s: first stop %g, want %g", e.want, e.el.ID, got, e.first)
		}
	}
}

func TestDifferencesOfTemperatureAreNoTemperatures(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct {
		el   elements.Element
		want bool
	}{
		{elements.Element{ID: "depr", Unit: "K", DisplayUnit: "K"}, false},
		{elements.Element{ID: "lftx", Unit: "K", Style: "lifted-index"}, false},
		{elements.Element{ID: "t", Unit: "K", DisplayUnit: "degC"}, true},
		{elements.Element{ID: "pt", Unit: "K", DisplayUnit: "K", Style: "temperature"}, true}, // its row says so
	} {
		if got := slices.Contains(ids(c.For(e.el, 0, 30)), "temperature"); got != e.want {
			t.Errorf("%s in %s: temperature offered %v", e.el.ID, e.el.DisplayUnit, got)
		}
	}
}

func TestThereIsAChoice(t *testing.T) {
	c := loaded(t)
	list := c.For(elements.Element{ID: "t", Unit: "K", DisplayUnit: "degC", Style: "temperature"}, 250, 300)
	have := map[string]*Style{}
	for _, s := range list {
		if have[s.ID] != nil {
			t.Errorf("%s is listed twice", s.ID)
		}
		have[s.ID] = s
	}
	for _, id := range []string{"temperature", "temperature-classes", "dew-point", "auto", "viridis", "grey", "sequential", "diverging"} {
		if have[id] == nil {
			t.Errorf("styles of a temperature = %v, want %s among them", ids(list), id)
		}
	}
	for _, id := range []string{"wind-speed", "precipitation", "cloud", "lightning"} {
		if have[id] != nil {
			t.Errorf("styles of a temperature = %v, %s is none", ids(list), id)
		}
	}
	if s := have["viridis"]; s != nil && (s.Unit != "degC" || s.Stops[0].Value > -23.15 || s.Stops[len(s.Stops)-1].Value < 26.85) {
		t.Errorf("viridis goes from %g to %g %s, want all of the range in degrees Celsius", s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value, s.Unit)
	}
}

func TestColoursAreStretchedWhereTheRangeLiesFarOutside(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct {
		style, unit, read string
		min, max          float64
		first, last       float64
	}{
		{"geopotential-height", "m", "", 1210, 1587, 1200, 1600},
		{"geopotential-height", "gpm", "dam", 4900, 5950, 480, 600}, // within: as the row says
		{"pressure", "Pa", "hPa", 50300, 103700, 500, 1050},         // at the ground of mountains
		{"pressure", "Pa", "hPa", 97000, 103700, 940, 1060},
		{"wave-height", "m", "m", 0, 0.4, 0, 15},            // a calm sea is to look calm
		{"cloud", "%", "%", 0, 0, 5, 100},                   // what lies below is left unpainted on purpose
		{"cape", "J/kg", "", 0, 20, 100, 5000},              // classes are never stretched
		{"pressure", "Pa", "hPa", math.NaN(), 1, 940, 1060}, // nothing is known
	} {
		s := c.For(elements.Element{ID: "x", Unit: e.unit, DisplayUnit: e.read, Style: e.style}, e.min, e.max)[0]
		if s.ID != e.style || s.Stops[0].Value != e.first || s.Stops[len(s.Stops)-1].Value != e.last {
			t.Errorf("%s for %g to %g %s: %s from %g to %g, want %g to %g", e.style, e.min, e.max, e.unit, s.ID,
				s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value, e.first, e.last)
		}
	}
}

func TestStylesMadeForARangeHaveRoundBreaks(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct{ min, max, first, second, last float64 }{
		{0, 7.3, 0, 1, 8}, {0.2, 0.9, 0.2, 0.3, 0.9}, {101000, 101900, 101000, 101200, 102000}, {-4, 10, -10, -7.5, 10}, {-0.01, 10, -2, 0, 10},
		{5, 5, 4.4, 4.6, 5.6},
	} {
		s := c.For(elements.Element{ID: "x", Unit: "furlong"}, e.min, e.max)[0]
		first, second, last := s.Stops[0].Value, s.Stops[1].Value, s.Stops[len(s.Stops)-1].Value
		if math.Abs(first-e.first) > 1e-9 || math.Abs(last-e.last) > 1e-9 || second <= first {
			t.Errorf("%g to %g: stops %g, %g ... %g, want %g, ... %g", e.min, e.max, first, second, last, e.first, e.last)
		}
	}
}

func TestEveryRangeGivesStylesThatPaint(t *testing.T) {
	c := loaded(t)
	extremes := []float64{math.Inf(-1), -3e38, -1e5, -1, -1e-30, -1e-44, 0, 1e-44, 1e-30, 1e-9, 1, 273.15, 101325, 101325.01, 3e38, math.Inf(1), math.NaN()}
	for _, el := range []elements.Element{
		{ID: "x"}, {ID: "x", Unit: "K", DisplayUnit: "degC", Style: "temperature"}, {ID: "x", Unit: "Pa", DisplayUnit: "hPa", Style: "pressure"},
		{ID: "x", Unit: "K", DisplayUnit: "degC"}, {ID: "x", Interpolation: elements.Nearest}, {ID: "x", Unit: "1", DisplayUnit: "%"},
	} {
		for _, low := range extremes {
			for _, high := range extremes {
				list := c.For(el, low, high)
				if len(list) == 0 {
					t.Fatalf("For(%+v, %g, %g) is empty", el, low, high)
				}
				for _, s := range list {
					if len(s.Paint) > 0 {
						paints(t, s, el.Unit)
					} else if _, err := s.Ramp(el.Unit); err != nil {
						t.Errorf("For(%+v, %g, %g): %s: %v", el, low, high, s.ID, err)
					}
				}
			}
		}
	}
}

func TestCategoriesThatNoRowKnowsAreNumbered(t *testing.T) {
	c, el := loaded(t), elements.Element{ID: "x", Interpolation: elements.Nearest, Style: "categories"}
	s := c.For(el, 0, 4)[0]
	if s.Kind != Classes || len(s.Stops) != 5 || s.Stops[1].Label != "1" || s.Stops[4].Value != 4 {
		t.Fatalf("style of categories 0 to 4 = %+v", s)
	}
	if zero := s.Stops[0].Color; zero.A != 0 {
		t.Errorf("0 is painted %v", zero)
	}
	if other := c.For(el, 3, 9)[0]; other.Stops[0].Color != s.Stops[3].Color {
		t.Errorf("3 is painted %v among 0 to 4 and %v among 3 to 9", s.Stops[3].Color, other.Stops[0].Color)
	}
}

package styles

import (
	"slices"
	"testing"

	"isobar/elements"
)

// paints checks that all painters of a style that are of the layer's own values can paint them.
func paints(t *testing.T, s *Style, unit string) {
	t.Helper()
	for i := range s.Paint {
		p := &s.Paint[i]
		if c := p.Fill(); c != nil && p.Element == "" {
			if _, err := c.Ramp(unit); err != nil {
				t.Errorf("%s, painter %d: %v", s.ID, i, err)
			}
		}
		if p.Element == "" && (p.Kind == Lines || p.Kind == Extremes || p.Kind == Bands) {
			if e, ok := p.For(unit); !ok || !(e.Step > 0) {
				t.Errorf("%s, painter %d: steps of %+v in %q", s.ID, i, e, unit)
			}
		}
	}
}

// The elements that symbols are meant for, as their rows describe them.
var (
	speed10  = elements.Element{ID: "ws10", Unit: "m/s", DisplayUnit: "kt", Style: "wind-speed", StandardName: "wind_speed"}
	east10   = elements.Element{ID: "u10", Unit: "m/s", StandardName: "eastward_wind", Partner: "v10", U: true}
	gust     = elements.Element{ID: "gust", Unit: "m/s", DisplayUnit: "kt", Style: "gust", StandardName: "wind_speed_of_gust"}
	wind10   = elements.Element{ID: "wd10", Unit: "deg", Style: "direction", StandardName: "wind_from_direction"}
	sea      = elements.Element{ID: "msl", Unit: "Pa", DisplayUnit: "hPa", Style: "pressure", StandardName: "air_pressure_at_mean_sea_level"}
	height   = elements.Element{ID: "gh", Unit: "gpm", DisplayUnit: "dam", Style: "geopotential-height", StandardName: "geopotential_height"}
	screen   = elements.Element{ID: "t2m", Unit: "K", DisplayUnit: "degC", Style: "temperature", StandardName: "air_temperature"}
	rainfall = elements.Element{ID: "tp", Unit: "kg/m2", DisplayUnit: "mm", Style: "precipitation"}
)

func TestSymbolsAreOfferedWhereTheyFit(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct {
		el       elements.Element
		min, max float64
		with     []string
		without  []string
	}{
		{speed10, 0, 40, []string{"wind", "wind-barbs", "arrows", "streamlines"}, []string{"isolines", "gusts"}},
		{east10, -30, 30, []string{"wind", "wind-barbs", "arrows", "streamlines"}, []string{"isolines", "isotherms"}},
		{gust, 0, 50, []string{"gusts", "wind-barbs"}, []string{"wind"}},
		{wind10, 0, 360, []string{"wind", "wind-barbs"}, []string{"gusts"}},
		{sea, 96000, 104000, []string{"isolines", "isolines-highs-lows", "pressure-chart"}, []string{"wind", "isotherms"}},
		{height, 4800, 6000, []string{"isolines", "isolines-highs-lows"}, []string{"pressure-chart"}},
		{screen, 230, 310, []string{"isotherms", "temperature-isotherms", "temperature-pressure"}, []string{"isolines", "temperature-height"}},
		{rainfall, 0, 80, nil, []string{"wind", "isolines", "isotherms"}},
	} {
		list := c.For(e.el, e.min, e.max)
		if len(list[0].Paint) > 0 {
			t.Errorf("the default of %s is %s, want one fill", e.el.ID, list[0].ID)
		}
		have := ids(list)
		for _, id := range e.with {
			if !slices.Contains(have, id) {
				t.Errorf("styles of %s = %v, want %s among them", e.el.ID, have, id)
			}
		}
		for _, id := range e.without {
			if slices.Contains(have, id) {
				t.Errorf("styles of %s = %v, %s is none", e.el.ID, have, id)
			}
		}
	}
}

func TestStepsAreThoseOfTheUnit(t *testing.T) {
	c := loaded(t)
	for _, e := range []struct {
		el       elements.Element
		min, max float64
		want     Every
	}{
		{sea, 96000, 104000, Every{Step: 4, Coarse: 8, Fine: 1, Unit: "hPa"}},
		{height, 4800, 6000, Every{Step: 4, Coarse: 8, Fine: 1, Unit: "dam"}},
	} {
		for _, s := range c.For(e.el, e.min, e.max) {
			if s.ID == "isolines" && (!slices.Equal(s.Paint[0].Every, []Every{e.want}) || s.Unit != e.want.Unit || s.Kind != Symbols) {
				t.Errorf("isolines of %s: %+v in %q, want %+v", e.el.ID, s.Paint[0].Every, s.Unit, e.want)
			}
		}
	}
}

func TestStepsFollowTheRangeWhereNoRowTells(t *testing.T) {
	c, err := Load(folder("styles: [{id: a, title: A, fits: {elements: [x]}, paint: [{kind: lines}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	list := c.For(elements.Element{ID: "x", Unit: "furlong"}, 0, 300)
	if list[0].ID != "auto" || list[1].ID != "a" || list[1].Paint[0].Every[0] != (Every{Step: 20, Unit: "furlong"}) {
		t.Errorf("For = %v, want auto, then lines every 20 furlongs: %+v", ids(list), list[1].Paint)
	}
}

func TestBandsAreClassesBetweenTheLines(t *testing.T) {
	for _, s := range loaded(t).For(sea, 96000, 104000) {
		if s.ID != "pressure-chart" {
			continue
		}
		fill := s.Paint[0].Fill()
		if fill.Kind != Classes || fill.Stops[0].Value != 940 || fill.Stops[1].Value != 944 || s.Kind != Classes || s.Unit != "hPa" {
			t.Errorf("bands = %s of %v, %v, want classes from 940, 944 hPa", fill.Kind, fill.Stops[0], fill.Stops[1])
		}
		if again := s.Paint[0].Fill(); again != fill {
			t.Error("the bands are made anew")
		}
		return
	}
	t.Error("there is no pressure-chart")
}

func TestAFillTakesTheRowsOwnStops(t *testing.T) {
	c, err := Load(folder(`styles: [{id: a, title: A, unit: m, kind: smooth, stops: [{value: 0, color: "#ffffff"}, {value: 1, color: "#000000"}],
  paint: [{kind: fill}, {kind: lines, every: [{step: 1, unit: m}]}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := c.Get("a"); s.Kind != Smooth || len(s.Stops) != 2 || s.Paint[0].Fill() == nil {
		t.Errorf("style = %+v", s)
	}
}

func TestTheDigestHoldsThePainters(t *testing.T) {
	c := loaded(t)
	s, _ := c.Get("isolines")
	other := *s
	other.Paint = slices.Clone(s.Paint)
	if other.Digest() != s.Digest() {
		t.Error("equal styles have two digests")
	}
	other.Paint[0].Width++
	if other.Digest() == s.Digest() {
		t.Error("the width of lines is not in the digest")
	}
}

package probe

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

var at2m = field.Level{Kind: elements.Height, Value: 2, To: 2}
var at10m = field.Level{Kind: elements.Height, Value: 10, To: 10}

// small is a model of a few elements at 0, 3 and 6 hours, and the rain of what lies between.
func small(t testing.TB, limits Limits) *house {
	g := globe(t)
	var parts []part
	for h := field.Time(0); h <= 6; h += 3 {
		warm := float64(h)
		parts = append(parts,
			part{model: "m", element: "t2m", level: at2m, hours: h, grid: g, value: func(at geo.LonLat) float64 { return 280 + at.Lat/10 + warm }},
			part{model: "m", element: "u10", level: at10m, hours: h, grid: g, value: flat(3 - warm)},
			part{model: "m", element: "v10", level: at10m, hours: h, grid: g, value: flat(-4)},
			part{model: "m", element: "mwd", hours: h, grid: g, value: func(at geo.LonLat) float64 { return math.Mod(355+5*warm/3+360, 360) }},
			part{model: "m", element: "ptype", hours: h, grid: g, value: func(at geo.LonLat) float64 { return math.Round(at.Lon / 10) }},
		)
		if h > 0 {
			parts = append(parts, part{model: "m", element: "tp", hours: h, span: 3 * hour, grid: g, value: flat(warm)})
		}
	}
	return build(t, limits, parts...)
}

func TestValuesAtNodesAndBetween(t *testing.T) {
	h := small(t, Limits{})
	places := []geo.LonLat{{Lon: 10, Lat: 20}, {Lon: 15, Lat: 25}, {Lon: 355, Lat: -5}, {Lon: -180, Lat: 0}, {Lon: 180, Lat: 0}, {Lon: 123, Lat: 90}, {Lon: 7, Lat: -90},
		{Lon: math.NaN(), Lat: 3}, {Lon: 0, Lat: 91}}
	got := h.probe(t, Request{Columns: []Column{{Layer: h.layer(t, "m.t2m")}, {Layer: h.layer(t, "m.ws10")}, {Layer: h.layer(t, "m.wd10")}}, At: places, Times: list(3, 0)})
	if len(got.Series) != 3 || got.Places != len(places) {
		t.Fatalf("%d series of %d places", len(got.Series), got.Places)
	}
	warmth := []float32{282, 282.5, 279.5, 280, 280, 289, 271, gone, gone}
	for i, want := range warmth {
		for step, more := range []float32{0, 3} {
			if v := got.Series[0].At(step, len(places))[i]; !near(v, want+more, 1e-4) {
				t.Errorf("temperature at %v, step %d: %v, want %v", places[i], step, v, want+more)
			}
		}
		speed, from := float32(5), float32(180+math.Atan2(3, -4)*180/math.Pi)
		if want != want {
			speed, from = gone, gone
		}
		if v := got.Series[1].At(0, len(places))[i]; !near(v, speed, 1e-5) {
			t.Errorf("wind speed at %v: %v, want %v", places[i], v, speed)
		}
		if v := got.Series[2].At(0, len(places))[i]; !near(v, from, 1e-3) {
			t.Errorf("wind direction at %v: %v, want %v", places[i], v, from)
		}
	}
	s := got.Series[0]
	if s.Times[0] != run0 || s.Times[1] != run0+3*hour || s.Runs[0] != run0 || s.Between[0] || s.Unit != "K" || s.Level != at2m {
		t.Errorf("series is %+v", s)
	}
	if got.Pinned {
		t.Error("an answer of a run that was not named is pinned")
	}
}

func TestTimes(t *testing.T) {
	h := small(t, Limits{})
	start, end := run0+hour, run0+6*hour
	run := run0
	for _, c := range []struct {
		name   string
		r      Request
		hours  []field.Time // of t2m
		rain   []field.Time
		gaps   int // of the rain
		pinned bool
	}{
		{"a list keeps to the times that a layer has", Request{Times: list(6, 0, 6)}, []field.Time{0, 6}, []field.Time{6}, 1, false},
		{"a list of a named run is pinned", Request{Times: list(3, 6), Run: &run}, []field.Time{3, 6}, []field.Time{3, 6}, 0, true},
		{"an interval", Request{Times: Times{Interval: true, Start: &start, End: &end}}, []field.Time{3, 6}, []field.Time{3, 6}, 0, false},
		{"an open interval", Request{Times: Times{Interval: true}}, []field.Time{0, 3, 6}, []field.Time{3, 6}, 0, false},
		{"the default", Request{}, []field.Time{3}, []field.Time{3}, 0, false},
		{"current", Request{Times: Times{Current: true}}, []field.Time{3}, []field.Time{3}, 0, false},
		{"between two fields, if allowed", Request{Times: list(4), Linear: true}, []field.Time{4}, nil, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.Columns = []Column{{Layer: h.layer(t, "m.t2m")}, {Layer: h.layer(t, "m.tp")}}
			c.r.At = []geo.LonLat{{}}
			got := h.probe(t, c.r)
			for i, want := range [][]field.Time{c.hours, c.rain} {
				s := got.Series[i]
				if len(s.Times) != len(want) || len(s.Values) != len(want) {
					t.Fatalf("%s has times %v, want hours %v", s.Column.Layer.Name, s.Times, want)
				}
				for j, v := range want {
					if s.Times[j] != run0+v*hour {
						t.Errorf("%s has times %v, want hours %v", s.Column.Layer.Name, s.Times, want)
					}
				}
			}
			if gaps := got.Series[1].Gaps; len(gaps) != c.gaps {
				t.Errorf("rain has gaps %v, want %d", gaps, c.gaps)
			}
			if got.Pinned != c.pinned {
				t.Errorf("pinned is %v, want %v", got.Pinned, c.pinned)
			}
		})
	}
}

func TestATimeBetweenTwoFields(t *testing.T) {
	h := small(t, Limits{})
	r := Request{At: []geo.LonLat{{Lon: 10, Lat: 20}}, Times: list(3, 4, 6), Linear: true}
	for _, name := range []string{"t2m", "u10", "ws10", "wd10", "mwd", "tp", "ptype"} {
		r.Columns = append(r.Columns, Column{Layer: h.layer(t, "m."+name)})
	}
	got := h.probe(t, r)
	values := map[string]float32{"t2m": 286, "u10": -1, "ws10": float32(math.Hypot(1, 4)), "wd10": float32(180 + math.Atan2(-1, -4)*180/math.Pi), "mwd": 5.0 / 3}
	for _, s := range got.Series {
		want, ok := values[s.Column.Layer.Element.ID]
		if !ok {
			if len(s.Gaps) == 0 || !strings.Contains(s.Gaps[len(s.Gaps)-1].Why, "interpolated") {
				t.Errorf("%s at a time between has gaps %v, want a reason", s.Column.Layer.Name, s.Gaps)
			}
			continue
		}
		if len(s.Times) != 3 || !s.Between[1] || s.Between[0] || s.Between[2] || !near(s.Values[1], want, 1e-3) {
			t.Errorf("%s between is %v at %v (between: %v), want %v", s.Column.Layer.Name, s.Values, s.Times, s.Between, want)
		}
	}
}

func TestDirectionsGoTheShorterWay(t *testing.T) {
	for _, c := range []struct{ a, b, share, want float32 }{
		{359, 1, 0.5, 0}, {1, 359, 0.5, 0}, {350, 20, 0.25, 357.5}, {90, 180, 0.5, 135}, {180, 90, 0.5, 135}, {10, 10, 0.3, 10}, {360, 0, 0.5, 0},
	} {
		if got := between(c.a, c.b, c.share); !near(got, c.want, 1e-4) {
			t.Errorf("between(%v, %v, %v) = %v, want %v", c.a, c.b, c.share, got, c.want)
		}
	}
}

func TestBearingsAndUnits(t *testing.T) {
	h := small(t, Limits{})
	got := h.probe(t, Request{
		Columns: []Column{
			{Layer: h.layer(t, "m.wd10"), Relative: true}, {Layer: h.layer(t, "m.ws10"), Relative: true, Unit: "kt"},
			{Layer: h.layer(t, "m.t2m"), Unit: "degC"}, {Layer: h.layer(t, "m.mwd"), Relative: true},
		},
		At: []geo.LonLat{{Lon: 10, Lat: 11.5}, {Lon: 10, Lat: 11.5}}, Bearings: []float64{0, 175}, Times: list(0),
	})
	from := 180 + math.Atan2(3, -4)*180/math.Pi // 323.13
	for i, want := range [][]float32{{float32(from - 360), float32(from - 175)}, {5 * 3600 / 1852.0, 5 * 3600 / 1852.0}, {8, 8}, {-5, 180}} {
		for j := range want {
			if v := got.Series[i].Values[j]; !near(v, want[j], 1e-4) {
				t.Errorf("%s %d = %v, want %v", got.Series[i].Column.Layer.Name, j, v, want[j])
			}
		}
	}
	if v := got.Series[2].Values[0]; v != 8 {
		t.Errorf("281.15 K is %v degC, want 8 to the last digit", v)
	}
	if got.Series[1].Column.Relative || got.Series[1].Unit != "kt" {
		t.Errorf("a relative speed is %+v", got.Series[1].Column)
	}
}

func TestWaysBetweenCells(t *testing.T) {
	h := small(t, Limits{})
	for _, c := range []struct {
		space Space
		want  map[string]float32 // at 13 E 26 N
	}{
		{Usual, map[string]float32{"m.t2m": 282.6, "m.ptype": 1, "m.mwd": 355}},
		{Bilinear, map[string]float32{"m.t2m": 282.6, "m.ptype": 1, "m.mwd": 355}},
		{Nearest, map[string]float32{"m.t2m": 283, "m.ptype": 1, "m.mwd": 355}},
	} {
		for name, want := range c.want {
			got := h.probe(t, Request{Columns: []Column{{Layer: h.layer(t, name)}}, At: []geo.LonLat{{Lon: 13, Lat: 26}}, Times: list(0), Space: c.space})
			if v := got.Series[0].Values[0]; !near(v, want, 1e-3) {
				t.Errorf("%s, space %d: %v, want %v", name, c.space, v, want)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	h := small(t, Limits{Places: 3, Values: 10, Columns: 2})
	warm := h.layer(t, "m.t2m")
	one := []geo.LonLat{{}}
	unknown := 7.0
	for _, c := range []struct {
		name string
		r    Request
		want string
	}{
		{"no columns", Request{At: one}, "columns: none"},
		{"no places", Request{Columns: []Column{{Layer: warm}}}, "places: none"},
		{"too many columns", Request{At: one, Columns: make([]Column, 3)}, "request of 3 columns is too large: no more than 2"},
		{"too many places", Request{At: make([]geo.LonLat, 4), Columns: make([]Column, 1)}, "request of 4 places is too large: no more than 3"},
		{"too many values", Request{At: make([]geo.LonLat, 3), Columns: []Column{{Layer: warm}, {Layer: warm}}, Times: Times{Interval: true}},
			"request of 18 values (3 places, 2 columns, up to 3 times) is too large: no more than 10"},
		{"too many times", Request{At: one, Columns: []Column{{Layer: warm}}, Times: Times{List: make([]field.Time, maxListed+1)}}, "request of 10001 times is too large: no more than 10000"},
		{"a column of nothing", Request{At: one, Columns: make([]Column, 1)}, "columns: a column without a layer"},
		{"a unit that measures something else", Request{At: one, Columns: []Column{{Layer: warm, Unit: "kt"}}}, `units: m.t2m in "K" can't be given in "kt"`},
		{"bearings that do not go with the places", Request{At: one, Columns: []Column{{Layer: warm}}, Bearings: []float64{1, 2}}, "bearings: 2 are given for 1"},
		{"no bearings", Request{At: one, Columns: []Column{{Layer: h.layer(t, "m.wd10"), Relative: true}}}, "bearings: none"},
		{"a time that no column has", Request{At: one, Columns: []Column{{Layer: warm}}, Times: list(1)}, "layer m.t2m has no time"},
		{"a level that a layer does not have", Request{At: one, Columns: []Column{{Layer: warm, Level: &unknown}}}, "layer m.t2m has no elevation 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.engine.Probe(t.Context(), h.catalogue, clock(4), c.r)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
			if strings.Contains(c.want, "too large") != errors.Is(err, ErrTooLarge) {
				t.Errorf("error %v is ErrTooLarge: %v", err, errors.Is(err, ErrTooLarge))
			}
		})
	}
	var none *layers.DimensionError
	if _, err := Predict(clock(4), Request{At: one, Columns: []Column{{Layer: warm}}, Times: list(1)}); !errors.As(err, &none) {
		t.Errorf("predicting what is not there gives %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.engine.Probe(ended, h.catalogue, clock(4), Request{At: one, Columns: []Column{{Layer: warm}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that was given up gives %v", err)
	}
}

// hundredths are fields of one run, quantised as GFS has them, but for one.
func hundredths(t *testing.T) *house {
	t.Helper()
	h := empty(t, Limits{})
	g := globe(t)
	w, err := h.store.Begin(t.Context(), "gfs", run0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, f := range []struct {
		element string
		level   field.Level
		low     float64 // the value at the first node: those that follow are a step above
		packing *field.Packing
		quantum float64
	}{
		{"u10", field.Level{Kind: elements.Height, Value: 10, To: 10}, -21.4724, &field.Packing{Reference: -2147.24, Decimal: 2, Bits: 12}, 0},
		{"v10", field.Level{Kind: elements.Height, Value: 10, To: 10}, -3, &field.Packing{Reference: -300, Decimal: 2, Bits: 12}, 0},
		{"t2m", field.Level{Kind: elements.Height, Value: 2, To: 2}, 250.1, &field.Packing{Reference: 2501, Decimal: 1, Bits: 12}, 0},
		{"r2m", field.Level{Kind: elements.Height, Value: 2, To: 2}, 20, nil, 0},
		{"tcc", field.Level{Kind: elements.Surface}, 3, nil, 1},
	} {
		values := make([]float32, g.Len())
		for i := range values {
			switch p := f.packing; {
			case p != nil:
				values[i] = float32((p.Reference + float64(i)) / math.Pow10(p.Decimal))
			case f.quantum > 0:
				values[i] = float32(f.low + float64(i%97)*f.quantum)
			default:
				values[i] = float32(f.low + float64(i)/17)
			}
		}
		k := field.Key{Model: "gfs", Run: run0, Element: f.element, Level: f.level, Valid: run0}
		if err := w.Put(t.Context(), &field.Field{Key: k, Grid: g, Values: values, Packing: f.packing, Quantum: f.quantum}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.look(t)
	return h
}

func TestWhatIsToldHasTheDigitsOfTheData(t *testing.T) {
	h := hundredths(t)
	for _, c := range []struct {
		layer, unit string
		at          geo.LonLat
		quantum     float64
		want        string
	}{
		{"gfs.u10", "", geo.LonLat{Lon: 0, Lat: 90}, 0.01, "-21.4724"},
		{"gfs.v10", "", geo.LonLat{Lon: 10, Lat: 90}, 0.01, "-2.99"},
		{"gfs.v10", "", geo.LonLat{Lon: 13, Lat: 90}, 0.01, "-2.987"},
		{"gfs.v10", "", geo.LonLat{Lon: 13.3, Lat: 90}, 0.01, "-2.9867"},
		{"gfs.v10", "kn", geo.LonLat{Lon: 10, Lat: 90}, 0.019438, "-5.8121"},
		{"gfs.t2m", "", geo.LonLat{Lon: 20, Lat: 90}, 0.1, "250.3"},
		{"gfs.t2m", "degC", geo.LonLat{Lon: 20, Lat: 90}, 0.1, "-22.85"},
		{"gfs.r2m", "", geo.LonLat{Lon: 10, Lat: 90}, 0, "20.05882"},
		{"gfs.tcc", "", geo.LonLat{Lon: 13.3, Lat: 90}, 1, "4.33"},
		{"gfs.ws10", "", geo.LonLat{Lon: 10, Lat: 90}, 0.01, "21.6697"},
		{"gfs.wd10", "", geo.LonLat{Lon: 10, Lat: 90}, 1, "82.07"},
	} {
		column := Column{Layer: h.layer(t, c.layer), Unit: c.unit}
		got := h.probe(t, Request{Columns: []Column{column}, At: []geo.LonLat{c.at}, Times: list(0), Space: Bilinear, Told: true}).Series[0]
		if text := string(strconv.AppendFloat(nil, float64(got.Values[0]), 'f', -1, 32)); text != c.want {
			t.Errorf("%s in %q at %v is told as %s, want %s", c.layer, got.Unit, c.at, text, c.want)
		}
		if q := got.Quanta[0]; math.Abs(q-c.quantum) > 0.1*c.quantum {
			t.Errorf("%s in %q is told in steps of %v, want %v", c.layer, got.Unit, q, c.quantum)
		}
		if bare := h.probe(t, Request{Columns: []Column{column}, At: []geo.LonLat{c.at}, Times: list(0), Space: Bilinear}).Series[0]; bare.Quanta != nil {
			t.Errorf("%s has quanta that were not asked for", c.layer)
		}
	}
}

package layers

import (
	"fmt"
	"math"
	"testing"

	"isobar/elements"
	"isobar/field"
)

// formula is a derivation of an element by a formula of stored ones.
func formula(t testing.TB, id, text string) elements.Derivation {
	t.Helper()
	e, err := elements.ParseExpression(text)
	if err != nil {
		t.Fatal(err)
	}
	return elements.Derivation{Element: elements.Element{ID: id, Title: id}, Inputs: e.Inputs(), Expr: e}
}

func TestDerivedLayersAreWhereAllInputsMeet(t *testing.T) {
	pressure := func(k field.Key, p float64) field.Key { return on(k, elements.Pressure, p, p) }
	for _, c := range []struct {
		name string
		text string
		keys []field.Key
		want string // run/valid@level#member of each field; "": no layer
	}{
		{"at all times", "speed(u, v)", []field.Key{at("u", 0, 0), at("u", 0, 3), at("v", 0, 0), at("v", 0, 3)}, "0/0@0#0 0/3@0#0"},
		{"not where one is missing", "speed(u, v)", []field.Key{at("u", 0, 0), at("u", 0, 3), at("v", 0, 3), at("v", 0, 6)}, "0/3@0#0"},
		{"nowhere", "speed(u, v)", []field.Key{at("u", 0, 0), at("v", 0, 3)}, ""},
		{"not without all inputs", "speed(u, v)", []field.Key{at("u", 0, 0)}, ""},
		{"not of two runs", "speed(u, v)", []field.Key{at("u", 0, 6), at("v", 6, 6)}, ""},
		{"member by member", "speed(u, v)", []field.Key{member(at("u", 0, 0), 1), member(at("u", 0, 0), 2), member(at("v", 0, 0), 2)}, "0/0@0#2"},
		{"level by level", "speed(u, v)", []field.Key{
			pressure(at("u", 0, 0), 50000), pressure(at("u", 0, 0), 85000), pressure(at("v", 0, 0), 85000), pressure(at("v", 0, 0), 92500),
		}, "0/0@85000#0"},
		{"not of two pressures", "speed(u, v)", []field.Key{pressure(at("u", 0, 0), 50000), pressure(at("v", 0, 0), 85000)}, ""},
		{"of heights near the ground", "t - u", []field.Key{on(at("t", 0, 0), elements.Height, 2, 2), on(at("u", 0, 0), elements.Height, 10, 10)}, "0/0@2#0"},
		{"not of a height and a pressure", "t - u", []field.Key{on(at("t", 0, 0), elements.Height, 2, 2), pressure(at("u", 0, 0), 85000)}, ""},
		{"over the same span", "t - u", []field.Key{over("t", 0, 6, 6), over("u", 0, 6, 3), over("t", 0, 9, 3), over("u", 0, 9, 3)}, "0/9@0#0"},
		{"of one input", "t - 273.15", []field.Key{at("t", 0, 0)}, "0/0@0#0"},
	} {
		r := rows{derived: []elements.Derivation{formula(t, "made", c.text)}}
		got := ""
		if l, err := layersOf(t, r, c.keys...).Layer("m.made"); err == nil {
			if !l.Derived || l.Title != "made" {
				t.Errorf("%s: derived %v, title %q", c.name, l.Derived, l.Title)
			}
			for _, level := range l.Levels {
				for _, m := range l.Members {
					e := l.Elevation(level)
					picks, err := l.Series(Selection{Level: &e, Member: &m}, clock(0), 100)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range picks {
						got += fmt.Sprintf(" %d/%d@%v#%d", (p.Run-run0)/hour, (p.Valid-run0)/hour, p.Level.Value, p.Member)
						for i, k := range p.Input.Keys {
							if k.Element != r.derived[0].Inputs[i] || k.Valid != p.Valid || k.Run != p.Run || k.Member != p.Member {
								t.Errorf("%s: input %d is %+v", c.name, i, k)
							}
						}
						if p.Input.Expr != r.derived[0].Expr || len(p.Input.Keys) != len(r.derived[0].Inputs) {
							t.Errorf("%s: input %+v", c.name, p.Input)
						}
					}
				}
			}
			got = got[1:]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatIsStoredIsNotDerived(t *testing.T) {
	r := rows{derived: []elements.Derivation{formula(t, "ws", "speed(u, v)")}}
	if l := layer(t, layersOf(t, r, at("u", 0, 0), at("v", 0, 0), at("ws", 0, 0)), "m.ws"); l.Derived {
		t.Error("a stored element is derived")
	}
}

func TestInputsThatAreCategoriesAreSampledAsSuch(t *testing.T) {
	r := rows{
		elements: map[string]elements.Element{"kind": {Interpolation: elements.Nearest}},
		derived:  []elements.Derivation{formula(t, "made", "if(kind == 1, t, 0)"), formula(t, "other", "t + 1")},
	}
	c := layersOf(t, r, at("kind", 0, 0), at("t", 0, 0))
	for name, want := range map[string]bool{"m.kind": true, "m.t": false, "m.made": true, "m.other": false} {
		if p, err := layer(t, c, name).Pick(Selection{}, clock(0)); err != nil || p.Input.Nearest != want {
			t.Errorf("%s: nearest %v, %v, want %v", name, p.Input.Nearest, err, want)
		}
	}
}

func TestRangesOfDerivedElementsAreEstimated(t *testing.T) {
	of := func(low, high float64) *part { return &part{min: low, max: high} }
	for _, c := range []struct {
		text      string
		from      []*part
		low, high float64
	}{
		{"speed(u, v)", []*part{of(-30, 40), of(-20, 10)}, 0, math.Hypot(40, 20)},
		{"t - 273.15", []*part{of(250, 300)}, -23.15, 26.85},
		{"u * v", []*part{of(-2, 3), of(-5, 1)}, -15, 10},
		{"log(u)", []*part{of(-1, 1)}, math.NaN(), 0},
		{"speed(u, v)", []*part{of(math.NaN(), math.NaN()), of(-20, 10)}, math.NaN(), math.NaN()},
		{"a+b+c+d+e+f", []*part{of(0, 1), of(0, 1), of(0, 1), of(0, 1), of(0, 1), of(0, 1)}, math.NaN(), math.NaN()},
	} {
		low, high := estimate(formula(t, "x", c.text).Expr, c.from)
		near := func(got, want float64) bool { return math.IsNaN(want) || math.Abs(got-want) < 1e-3 }
		if !near(low, c.low) || !near(high, c.high) || math.IsNaN(c.high) && !math.IsNaN(high) {
			t.Errorf("%s: got %v to %v, want %v to %v", c.text, low, high, c.low, c.high)
		}
	}
}

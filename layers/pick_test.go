package layers

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"isobar/elements"
	"isobar/field"
)

// instant chooses a time in hours after run0.
func instant(h field.Time) *TimeChoice { return &TimeChoice{Start: run0 + h*hour, End: run0 + h*hour} }

// between chooses an interval.
func between(a, b field.Time) *TimeChoice {
	return &TimeChoice{Start: run0 + a*hour, End: run0 + b*hour}
}

// run points at a run, in hours after run0.
func run(h field.Time) *field.Time {
	t := run0 + h*hour
	return &t
}

func number(v float64) *float64 { return &v }
func count(n int) *int          { return &n }

// clock is a time in hours after run0.
func clock(h float64) time.Time { return run0.UTC().Add(time.Duration(h * float64(time.Hour))) }

// twoRuns is t at 0..12 of run 0 and at 6..18 of run 6, each 3 hours.
func twoRuns() (keys []field.Key) {
	for h := field.Time(0); h <= 12; h += 3 {
		keys = append(keys, at("t", 0, h))
	}
	for h := field.Time(6); h <= 18; h += 3 {
		keys = append(keys, at("t", 6, h))
	}
	return keys
}

func TestATimeIsResolved(t *testing.T) {
	l := layer(t, layersOf(t, rows{}, twoRuns()...), "m.t")
	for _, c := range []struct {
		name       string
		s          Selection
		now        float64
		run, valid field.Time // hours; valid -1: no such time
		pinned     bool
	}{
		{"the freshest run that has it", Selection{Time: instant(9)}, 0, 6, 9, false},
		{"an older run where no other has it", Selection{Time: instant(3)}, 0, 0, 3, false},
		{"of a pinned run", Selection{Time: instant(9), Run: run(0)}, 0, 0, 9, true},
		{"a pinned run never mixes with another", Selection{Time: instant(3), Run: run(6)}, 0, 0, -1, false},
		{"between two steps there is none", Selection{Time: instant(4)}, 0, 0, -1, false},
		{"after the last there is none", Selection{Time: instant(21)}, 0, 0, -1, false},
		{"none: nearest to now", Selection{}, 7.6, 6, 9, false},
		{"none: nearest to now, the earlier of two", Selection{}, 7.5, 6, 6, false},
		{"none, long ago: the first of the newest run", Selection{}, -100, 6, 6, false},
		{"none, too late: the first of the newest run", Selection{}, 100, 6, 6, false},
		{"none, of a pinned run: nearest to now", Selection{Run: run(0)}, 10, 0, 9, false},
		{"none, of a pinned run: too late", Selection{Run: run(0)}, 17, 0, 0, false},
		{"current", Selection{Time: &TimeChoice{Current: true}}, 4.6, 6, 6, false},
		{"current, before all", Selection{Time: &TimeChoice{Current: true}}, -9, 0, 0, false},
		{"current, after all", Selection{Time: &TimeChoice{Current: true}}, 99, 6, 18, false},
		{"current, of a pinned run", Selection{Time: &TimeChoice{Current: true}, Run: run(0)}, 99, 0, 12, false},
		{"the first within an interval", Selection{Time: between(4, 13)}, 0, 6, 6, false},
		{"an interval of a pinned run is not pinned", Selection{Time: between(4, 13), Run: run(0)}, 0, 0, 6, false},
		{"an interval between two steps", Selection{Time: between(4, 5)}, 0, 0, -1, false},
	} {
		p, err := l.Pick(c.s, clock(c.now))
		var dimension *DimensionError
		switch {
		case c.valid < 0:
			if !errors.As(err, &dimension) || dimension.Dimension != "time" || dimension.Layer != "m.t" {
				t.Errorf("%s: got %v, %v, want a DimensionError of time", c.name, p.Valid, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case p.Run != *run(c.run) || p.Valid != *run(c.valid) || p.Pinned != c.pinned:
			t.Errorf("%s: got run %v valid %v pinned %v, want %v %v %v", c.name, p.Run, p.Valid, p.Pinned, *run(c.run), *run(c.valid), c.pinned)
		case len(p.Input.Keys) != 1 || p.Input.Keys[0] != at("t", c.run, c.valid):
			t.Errorf("%s: keys %v", c.name, p.Input.Keys)
		}
	}
	if got := l.DefaultTime(clock(7.6)); got != *run(9) {
		t.Errorf("DefaultTime at 07:36 is %v, want %v", got, *run(9))
	}
}

func TestErrorsNameWhatWasAskedFor(t *testing.T) {
	keys := []field.Key{}
	for _, p := range []float64{50000, 85000} {
		for m := range 3 {
			keys = append(keys, member(on(at("t", 0, 3), elements.Pressure, p, p), m))
		}
	}
	l := layer(t, layersOf(t, rows{}, keys...), "m.t")
	for _, c := range []struct {
		s    Selection
		want DimensionError
	}{
		{Selection{Time: instant(4)}, DimensionError{"time", "m.t", "2026-11-24T04:00:00Z", false}},
		{Selection{Time: between(4, 5)}, DimensionError{"time", "m.t", "2026-11-24T04:00:00Z/2026-11-24T05:00:00Z", false}},
		{Selection{Run: run(5)}, DimensionError{"reference_time", "m.t", "2026-11-24T05:00:00Z", false}},
		{Selection{Level: number(70000)}, DimensionError{"elevation", "m.t", "70000", false}},
		{Selection{Member: count(3)}, DimensionError{"member", "m.t", "3", false}},
	} {
		_, err := l.Pick(c.s, clock(0))
		var got *DimensionError
		if !errors.As(err, &got) || *got != c.want {
			t.Errorf("Pick: got %#v, want %#v", err, c.want)
		}
		if _, err = l.Series(c.s, clock(0), 10); !errors.As(err, &got) || *got != c.want {
			t.Errorf("Series: got %#v, want %#v", err, c.want)
		}
	}
}

func TestLevelsAndMembersAreResolved(t *testing.T) {
	var keys []field.Key
	for _, p := range []float64{10000, 50000, 85000, 92500} {
		for m := range 2 {
			keys = append(keys, member(on(at("t", 0, 3), elements.Pressure, p, p), m))
		}
	}
	keys = append(keys, on(at("t2m", 0, 3), elements.Height, 2, 2), at("sp", 0, 3))
	c := layersOf(t, rows{}, keys...)
	for _, k := range []struct {
		layer  string
		s      Selection
		level  float64
		member int
		pinned bool
	}{
		{"m.t", Selection{}, 85000, 0, false},
		{"m.t", Selection{Level: number(50000)}, 50000, 0, false},
		{"m.t", Selection{Level: number(50000.01)}, 50000, 0, false},
		{"m.t", Selection{Level: number(10000), Member: count(1)}, 10000, 1, false},
		{"m.t", Selection{Level: number(10000), Member: count(1), Time: instant(3), Run: run(0)}, 10000, 1, true},
		{"m.t", Selection{Member: count(1), Time: instant(3), Run: run(0)}, 85000, 1, false},
		{"m.t", Selection{Level: number(10000), Time: instant(3), Run: run(0)}, 10000, 0, false},
		{"m.t2m", Selection{Time: instant(3), Run: run(0)}, 2, 0, true},
		{"m.t2m", Selection{Level: number(2), Member: count(7)}, 2, 0, false},    // it has no members
		{"m.sp", Selection{Level: number(85000), Member: count(1)}, 0, 0, false}, // nor levels
	} {
		p, err := layer(t, c, k.layer).Pick(k.s, clock(0))
		if err != nil || p.Level.Value != k.level || p.Member != k.member || p.Pinned != k.pinned {
			t.Errorf("%s %+v: got level %v member %d pinned %v, %v; want %v %d %v", k.layer, k.s, p.Level, p.Member, p.Pinned, err, k.level, k.member, k.pinned)
		}
	}
	if _, err := layer(t, c, "m.t2m").Pick(Selection{Level: number(10)}, clock(0)); err == nil {
		t.Error("a level of 10 m is found where there is one of 2 m")
	}
}

func TestDefaultLevels(t *testing.T) {
	for _, c := range []struct {
		kind   elements.LevelKind
		values []float64
		want   float64
	}{
		{elements.Pressure, []float64{50000, 85000, 100000}, 85000},
		{elements.Pressure, []float64{1000, 50000, 70000}, 70000},
		{elements.Height, []float64{10, 80, 100}, 10},
		{elements.Altitude, []float64{-100, 20, 300}, 20},
		{elements.Depth, []float64{0.1, 1}, 0.1},
		{elements.ModelLevel, []float64{1, 2, 90}, 90},
		{elements.Theta, []float64{300, 320}, 300},
	} {
		l := &Layer{}
		for _, v := range c.values {
			l.Levels = append(l.Levels, field.Level{Kind: c.kind, Value: v, To: v})
		}
		if got := l.DefaultLevel().Value; got != c.want {
			t.Errorf("%s %v: got %v, want %v", c.kind, c.values, got, c.want)
		}
	}
}

func TestLevelsThatBeginTogetherAreToldApart(t *testing.T) {
	shear := func(from, to float64) field.Key { return on(at("shear", 0, 3), elements.HeightLayer, from, to) }
	for _, c := range []struct {
		keys []field.Key
		want []float64
	}{
		{[]field.Key{shear(0, 1000), shear(1000, 6000)}, []float64{0, 1000}},
		{[]field.Key{shear(0, 1000), shear(0, 6000)}, []float64{1000, 6000}},
		{[]field.Key{shear(0, 1000), shear(0, 6000), shear(1000, 6000)}, []float64{500, 3000, 3500}},
	} {
		l := layer(t, layersOf(t, rows{}, c.keys...), "m.shear")
		for i, level := range l.Levels {
			got := l.Elevation(level)
			if got != c.want[i] {
				t.Errorf("level %v is called %v, want %v", level, got, c.want[i])
			}
			if p, err := l.Pick(Selection{Level: &got}, clock(0)); err != nil || p.Input.Keys[0] != c.keys[i] {
				t.Errorf("elevation %v gives %v, %v, want %v", got, p.Input.Keys, err, c.keys[i])
			}
		}
	}
}

func TestASeriesIsEachTimeOfItsFreshestRun(t *testing.T) {
	l := layer(t, layersOf(t, rows{}, twoRuns()...), "m.t")
	for _, c := range []struct {
		s    Selection
		want string
	}{
		{Selection{}, "0/0 0/3 6/6 6/9 6/12 6/15 6/18"},
		{Selection{Time: between(3, 9)}, "0/3 6/6 6/9"},
		{Selection{Time: between(4, 5), Run: run(0)}, ""},
		{Selection{Run: run(0)}, "0/0 0/3 0/6 0/9 0/12"},
		{Selection{Time: instant(6)}, "6/6"},
		{Selection{Time: &TimeChoice{Current: true}}, "6/9"},
	} {
		picks, err := l.Series(c.s, clock(9), 7)
		got := ""
		for _, p := range picks {
			got += fmt.Sprintf(" %d/%d", (p.Run-run0)/hour, (p.Valid-run0)/hour)
		}
		if got = got[min(1, len(got)):]; got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%+v: got %q, %v, want %q", c.s, got, err, c.want)
		}
	}
	if _, err := l.Series(Selection{}, clock(0), 6); !errors.Is(err, ErrTooMany) {
		t.Errorf("7 times of at most 6: got %v, want ErrTooMany", err)
	}
}

func TestADefaultTimeIsOneThatTheLevelHas(t *testing.T) {
	l := layer(t, layersOf(t, rows{},
		on(at("t", 0, 0), elements.Pressure, 50000, 50000), on(at("t", 0, 3), elements.Pressure, 85000, 85000),
		on(at("t", 0, 6), elements.Pressure, 50000, 50000),
	), "m.t")
	for _, now := range []float64{-10, 0, 3, 5, 10} {
		if p, err := l.Pick(Selection{}, clock(now)); err != nil || p.Valid != *run(3) {
			t.Errorf("at %v h: got %v, %v, want %v", now, p.Valid, err, *run(3))
		}
	}
}

func TestStyles(t *testing.T) {
	l := layer(t, layersOf(t, rows{}, at("t", 0, 0)), "m.t")
	for id, want := range map[string]string{"": "t-default", "default": "t-default", "t-default": "t-default", "grey": "grey"} {
		if s, err := l.Style(id); err != nil || s.ID != want {
			t.Errorf("style %q is %v, %v, want %q", id, s, err, want)
		}
	}
	if _, err := l.Style("nope"); !errors.Is(err, ErrUnknownStyle) {
		t.Errorf("style nope: got %v, want ErrUnknownStyle", err)
	}
}

func TestPicksTakeNoMemory(t *testing.T) {
	l := layer(t, layersOf(t, rows{}, twoRuns()...), "m.t")
	now := clock(5)
	for _, s := range []Selection{{}, {Time: instant(9)}, {Time: instant(9), Run: run(0)}, {Time: between(1, 20)}} {
		if n := testing.AllocsPerRun(100, func() { _, _ = l.Pick(s, now) }); n != 0 {
			t.Errorf("%+v: %v allocations, want 0", s, n)
		}
	}
	if !slices.IsSorted(l.Times) {
		t.Errorf("times are not ascending: %v", l.Times)
	}
}

func TestTheFieldsAroundATime(t *testing.T) {
	l := layer(t, layersOf(t, rows{}, twoRuns()...), "m.t")
	for _, c := range []struct {
		name               string
		s                  Selection
		at                 field.Time
		run, before, after field.Time // hours; before -1: none
		nearest            field.Time // -1: none
	}{
		{"of the freshest run that has both", Selection{}, 10, 6, 9, 12, 9},
		{"of an older one where the time lies before the freshest", Selection{}, 5, 0, 3, 6, 6},
		{"of the run that is named", Selection{Run: run(0)}, 10, 0, 9, 12, 9},
		{"nothing but where a run has both", Selection{Run: run(6)}, 5, 6, -1, 0, -1},
		{"around a field those beside it", Selection{}, 9, 6, 6, 12, 9},
		{"nothing at the last", Selection{}, 18, 6, -1, 0, 18},
		{"nothing after the last", Selection{}, 19, 6, -1, 0, -1},
	} {
		before, after, ok := l.Around(c.s, run0+c.at*hour)
		if ok != (c.before >= 0) || ok && (before.Run != run0+c.run*hour || after.Run != before.Run || before.Valid != run0+c.before*hour || after.Valid != run0+c.after*hour) {
			t.Errorf("%s: around %d h are %v and %v (%v), want %d and %d of run %d", c.name, c.at, before.Valid, after.Valid, ok, c.before, c.after, c.run)
		}
		near, ok := l.Nearest(c.s, run0+c.at*hour)
		if ok != (c.nearest >= 0) || ok && near.Valid != run0+c.nearest*hour {
			t.Errorf("%s: nearest to %d h is %v (%v), want %d", c.name, c.at, near.Valid, ok, c.nearest)
		}
	}
}

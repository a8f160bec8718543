package layers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/store"
)

func TestALayerIsAnElementOfAModel(t *testing.T) {
	keys := twoRuns()
	keys = append(keys, at("u", 0, 0))
	other := at("t", 0, 0)
	other.Model = "a"
	c := layersOf(t, rows{elements: map[string]elements.Element{"t": {Title: "Temperature", Theme: "Heat"}, "u": {Title: "Wind", Theme: "Air"}}}, append(keys, other)...)
	if got, want := names(c), []string{"a.t", "m.u", "m.t"}; !slices.Equal(got, want) {
		t.Errorf("layers are %q, want by model, theme and title %q", got, want)
	}
	l := layer(t, c, "m.t")
	if l.Title != "Temperature" || l.Model.Title != "M" || l.Element.Theme != "Heat" || l.Derived || l.Min != 1 || l.Max != 2 {
		t.Errorf("got %+v", l)
	}
	if want := []field.Time{*run(0), *run(6)}; !slices.Equal(l.Runs, want) {
		t.Errorf("runs %v, want %v", l.Runs, want)
	}
	if len(l.Times) != 7 || !slices.IsSorted(l.Times) {
		t.Errorf("times %v, want 7 ascending", l.Times)
	}
	if l.Extent[1] != -90 {
		t.Errorf("extent %v reaches beyond the pole", l.Extent)
	}
	if len(l.Levels) != 1 || l.Levels[0] != surface || !slices.Equal(l.Members, []int{0}) {
		t.Errorf("levels %v, members %v", l.Levels, l.Members)
	}
}

func TestTheNewestIssueIsServed(t *testing.T) {
	first, second := at("t", 0, 0), at("t", 0, 0)
	second.Issue = 1
	l := layer(t, layersOf(t, rows{}, first, second), "m.t")
	if p, err := l.Pick(Selection{}, clock(0)); err != nil || p.Input.Keys[0] != second {
		t.Errorf("got %v, %v, want issue 1", p.Input.Keys, err)
	}
}

func TestRangesPassOverWhatIsMissing(t *testing.T) {
	keys := []field.Key{at("t", 0, 0), at("t", 0, 3), at("t", 0, 6), at("none", 0, 0)}
	s := &shelf{}
	s.publish("1", keys...)
	for i, r := range [][2]float64{{math.NaN(), math.NaN()}, {250, 300}, {-5, math.Inf(1)}, {math.NaN(), math.NaN()}} {
		s.now.info[keys[i]] = store.Info{Grid: world{}, Min: r[0], Max: r[1], MaxLevel: 3 - i%2}
	}
	c, release := sourceOf(t, s, rows{}).Hold()
	defer release()
	l := layer(t, c, "m.t")
	if l.Min != 250 || l.Max != 300 {
		t.Errorf("range %v to %v, want 250 to 300", l.Min, l.Max)
	}
	if p, _ := l.Pick(Selection{}, clock(0)); p.Input.MaxLevel != 2 {
		t.Errorf("MaxLevel %d, want 2, the least", p.Input.MaxLevel)
	}
	if l = layer(t, c, "m.none"); !math.IsNaN(l.Min) || len(l.Styles) == 0 {
		t.Errorf("a layer of missing values has the range %v and %d styles, want NaN and some", l.Min, len(l.Styles))
	}
}

func TestSpansThatEndTogetherAreLayersOfTheirOwn(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []field.Key
		want map[string]string // valid/span in hours, as far as Series goes
	}{
		{
			"buckets of up to 6 hours, and since the start (GFS)",
			[]field.Key{over("tp", 0, 3, 3), over("tp", 0, 6, 6), over("tp", 0, 9, 3), over("tp", 0, 9, 9), over("tp", 0, 12, 6), over("tp", 0, 12, 12)},
			map[string]string{"m.tp": "3/3 6/6 9/3 12/6", "m.tp_total": "3/3 6/6 9/9 12/12"},
		},
		{
			"3 hours and 6 hours",
			[]field.Key{over("tp", 0, 3, 3), over("tp", 0, 6, 3), over("tp", 0, 6, 6), over("tp", 0, 9, 3), over("tp", 0, 12, 3), over("tp", 0, 12, 6)},
			map[string]string{"m.tp": "3/3 6/3 9/3 12/3", "m.tp_6h": "6/6 12/6"},
		},
		{
			"since the start alone",
			[]field.Key{over("tp", 0, 3, 3), over("tp", 0, 6, 6), over("tp", 0, 9, 9)},
			map[string]string{"m.tp": "3/3 6/6 9/9"},
		},
		{
			"three at once",
			[]field.Key{over("tp", 0, 12, 1), over("tp", 0, 12, 3), over("tp", 0, 12, 12), over("tp", 0, 11, 1)},
			map[string]string{"m.tp": "11/1 12/1", "m.tp_3h": "12/3", "m.tp_total": "12/12"},
		},
		{
			"a name that is taken",
			[]field.Key{over("tp", 0, 12, 3), over("tp", 0, 12, 6), over("tp_6h", 0, 12, 2)},
			map[string]string{"m.tp": "12/3", "m.tp_6h": "12/2", "m.tp_6h_": "12/6"},
		},
	} {
		got := map[string]string{}
		for _, l := range layersOf(t, rows{}, c.keys...).Layers() {
			picks, err := l.Series(Selection{}, clock(0), 100)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, p := range picks {
				text += fmt.Sprintf(" %d/%d", (p.Valid-run0)/hour, p.Span/3600)
			}
			got[l.Name] = text[1:]
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEveryFieldCanBeReached(t *testing.T) {
	var keys []field.Key
	for _, r := range []field.Time{0, 6} {
		for v := r + 1; v <= r+12; v++ {
			for _, span := range []field.Seconds{1, 3, 6, 12, field.Seconds(v - r)} {
				if field.Time(span) > v-r {
					continue
				}
				if k := over("tp", r, v, span); !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
			for m := range 3 {
				keys = append(keys, member(on(at("w", r, v), elements.Height, 10, 10), m), member(on(at("w", r, v), elements.Pressure, 50000, 50000), m))
			}
		}
	}
	reached := map[field.Key]bool{}
	for _, l := range layersOf(t, rows{}, keys...).Layers() {
		for _, r := range l.Runs {
			for _, level := range l.Levels {
				for _, m := range l.Members {
					e := l.Elevation(level)
					picks, err := l.Series(Selection{Run: &r, Level: &e, Member: &m}, clock(0), 1000)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range picks {
						reached[p.Input.Keys[0]] = true
					}
				}
			}
		}
	}
	for _, k := range keys {
		if !reached[k] {
			t.Errorf("no layer has %+v", k)
		}
	}
}

func TestKindsOfLevelsAreLayersOfTheirOwn(t *testing.T) {
	r := rows{elements: map[string]elements.Element{"t": {Title: "Temperature", LevelKind: elements.Pressure}}}
	c := layersOf(t, r, on(at("t", 0, 0), elements.Height, 2, 2), on(at("t", 0, 0), elements.Pressure, 50000, 50000))
	if got, want := names(c), []string{"m.t", "m.t_height"}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if l := layer(t, c, "m.t"); l.Levels[0].Kind != elements.Pressure {
		t.Errorf("m.t has levels %v, want those that the row names", l.Levels)
	}
	if l := layer(t, c, "m.t_height"); l.Title != "Temperature, height" {
		t.Errorf("title %q", l.Title)
	}
}

package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/records"
	"isobar/records/bolt"
)

func places() []feature.Feature {
	return []feature.Feature{
		point("A", 2, 48, feature.Property{Name: "name", Value: "Alpha"}, feature.Property{Name: "course", Value: int64(90)}),
		point("B", -70, 10, feature.Property{Name: "name", Value: "Beta"}, feature.Property{Name: "course", Value: 180.5}),
	}
}

func create(t testing.TB, s *Streams, d Stream) {
	t.Helper()
	if _, err := s.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// show writes what a stream has kept: "A@3 t2m=280 run 0".
func show(t testing.TB, s *Streams, id string, q feature.Query) (lines []string) {
	t.Helper()
	c, err := s.Collection(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Query(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Features {
		at := (f.Time.Start - run0) / hour
		run, _ := f.Property(RunProperty)
		line := fmt.Sprintf("%s@%d run %d", strings.SplitN(f.ID, "@", 2)[0], at, (run.(field.Time)-run0)/hour)
		for _, p := range f.Properties {
			if v, ok := p.Value.(float32); ok {
				line += fmt.Sprintf(" %s=%g", p.Name, v)
			}
		}
		lines = append(lines, line)
		if one, err := c.Feature(t.Context(), f.ID); err != nil || one.ID != f.ID {
			t.Errorf("Feature(%q) = %q, %v", f.ID, one.ID, err)
		}
	}
	return lines
}

func TestStreamKeepsWhatArrives(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 3 283.15", "u10 3 3", "v10 3 4")
	s := NewStreams(h.options(1))
	create(t, s, Stream{ID: "air", Features: places(), Layers: []string{"m.t2m", "m.ws10"}, Units: map[string]string{"t2m": "Cel"}})
	run(t, s)
	want := func(what string, want ...string) {
		t.Helper()
		until(t, what+": "+strings.Join(want, ", "), func() bool { return slices.Equal(show(t, s, "air", feature.Query{}), want) })
	}
	want("what there is already", "A@3 run 0 t2m=10 ws10=5", "B@3 run 0 t2m=10 ws10=5")
	h.put(t, 0, "t2m 6 288.15")
	want("a part of a step", "A@3 run 0 t2m=10 ws10=5", "B@3 run 0 t2m=10 ws10=5", "A@6 run 0 t2m=15", "B@6 run 0 t2m=15")
	h.put(t, 0, "u10 6 0", "v10 6 7")
	want("the rest of it", "A@3 run 0 t2m=10 ws10=5", "B@3 run 0 t2m=10 ws10=5", "A@6 run 0 t2m=15 ws10=7", "B@6 run 0 t2m=15 ws10=7")
	h.put(t, 6, "t2m 6 293.15")
	want("a fresher run", "A@3 run 0 t2m=10 ws10=5", "B@3 run 0 t2m=10 ws10=5", "A@6 run 6 t2m=20 ws10=7", "B@6 run 6 t2m=20 ws10=7")
	h.probes.mu.Lock()
	defer h.probes.mu.Unlock()
	if h.probes.asked != 4 {
		t.Errorf("%d questions were asked for 4 arrivals", h.probes.asked)
	}
}

func TestStreamIsQueried(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280", "t2m 3 283", "t2m 6 286")
	s := NewStreams(h.options(1))
	create(t, s, Stream{ID: "air", Features: places(), Layers: []string{"m.t2m"}})
	run(t, s)
	until(t, "there", func() bool { return len(show(t, s, "air", feature.Query{})) == 6 })
	warm := func(f *feature.Feature) bool { v, _ := f.Property("t2m"); return v.(float32) > 281 }
	for _, c := range []struct {
		name string
		q    feature.Query
		want []string
	}{
		{"by box", feature.Query{Box: &geo.Box{0, 40, 10, 50}}, []string{"A@0", "A@3", "A@6"}},
		{"by time", feature.Query{Time: &feature.Interval{Start: run0 + 1, End: run0 + 6*hour}}, []string{"A@3", "B@3", "A@6", "B@6"}},
		{"by value", feature.Query{Filter: warm}, []string{"A@3", "B@3", "A@6", "B@6"}},
		{"by value, a page", feature.Query{Filter: warm, Offset: 1, Limit: 2}, []string{"B@3", "A@6"}},
		{"a page", feature.Query{Offset: 4, Limit: 5}, []string{"A@6", "B@6"}},
		{"by place", feature.Query{IDs: []string{"B", "none"}}, []string{"B@0", "B@3", "B@6"}},
		{"by identity", feature.Query{IDs: []string{"B@" + (run0 + 3*hour).String(), "A@nonsense"}}, []string{"B@3"}},
		{"nowhere", feature.Query{Box: &geo.Box{100, 0, 110, 10}}, nil},
	} {
		var got []string
		for _, line := range show(t, s, "air", c.q) {
			got = append(got, strings.Fields(line)[0])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	page, err := s.Series(t.Context(), "air", feature.Query{Filter: warm, Limit: 1})
	if err != nil || page.Matched != 2 || len(page.Features) != 1 {
		t.Fatalf("Series: %d of %d, %v, want 1 of 2", len(page.Features), page.Matched, err)
	}
	text := string(feature.Form{}.Append(nil, &page.Features[0]))
	for _, want := range []string{`"id":"A"`, `"name":"Alpha"`, `"t2m":[283,286]`, `"forecastTime":{"t2m":["` + (run0 + 3*hour).String(), `"probeId":"air"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the series is %s, without %s", text, want)
		}
	}
	c, _ := s.Collection(t.Context(), "air")
	about, err := c.About(t.Context())
	if err != nil || about.Time == nil || about.Time.Start != run0 || about.Time.End != run0+6*hour || about.Extent == (geo.Box{}) {
		t.Errorf("About: %+v, %v", about, err)
	}
	if i := slices.IndexFunc(about.Queryables, func(q feature.Queryable) bool { return q.Name == "t2m" }); i < 0 || about.Queryables[i].Unit != "K" {
		t.Errorf("queryables %v have no t2m in K", about.Queryables)
	}
	if _, err := s.Collection(t.Context(), "none"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("Collection of none: %v, want %v", err, feature.ErrNotFound)
	}
	if _, err := c.Feature(t.Context(), "A@"+(run0+1).String()); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("Feature at a time that is not kept: %v, want %v", err, feature.ErrNotFound)
	}
}

func TestStreamHasDirectionsRelativeToBearings(t *testing.T) {
	h := build(t)
	h.put(t, 0, "u10 3 0", "v10 3 -5") // from the north
	s := NewStreams(h.options(1))
	create(t, s, Stream{ID: "runways", Features: places(), Layers: []string{"m.wd10"}, Bearing: "course"})
	run(t, s)
	want := []string{"A@3 run 0 wd10=360 wd10_relative=-90", "B@3 run 0 wd10=360 wd10_relative=179.5"}
	until(t, fmt.Sprint(want), func() bool { return slices.Equal(show(t, s, "runways", feature.Query{}), want) })
}

func TestStreamIsChangedAndDeleted(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280", "t2m 3 283", "u10 3 7")
	s := NewStreams(h.options(1))
	d := Stream{ID: "air", Features: places(), Layers: []string{"m.t2m"}}
	create(t, s, d)
	if _, err := s.Create(t.Context(), d); !errors.Is(err, feature.ErrExists) {
		t.Errorf("Create again: %v, want %v", err, feature.ErrExists)
	}
	run(t, s)
	until(t, "there", func() bool { return len(show(t, s, "air", feature.Query{})) == 4 })
	d.Features, d.Layers = d.Features[1:], []string{"m.u10"}
	if _, err := s.Replace(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	want := []string{"B@3 run 0 u10=7"}
	until(t, "changed", func() bool { return slices.Equal(show(t, s, "air", feature.Query{}), want) })
	if err := s.Ensure(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if got := show(t, s, "air", feature.Query{}); !slices.Equal(got, want) {
		t.Errorf("after Ensure of what is there: %q, want %q", got, want)
	}
	if err := s.Delete(t.Context(), "air"); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.Delete(t.Context(), "air"), func() error { _, err := s.Replace(t.Context(), d); return err }()} {
		if !errors.Is(err, feature.ErrNotFound) {
			t.Errorf("after Delete: %v, want %v", err, feature.ErrNotFound)
		}
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("List after Delete: %v, %v", list, err)
	}
}

func TestStreamKeepsNothingOld(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280", "t2m 3 283", "t2m 6 286")
	s := NewStreams(h.options(5))
	create(t, s, Stream{ID: "air", Features: places()[:1], Layers: []string{"m.t2m"}, Keep: 3 * time.Hour})
	if err := s.work(t.Context()); err != nil {
		t.Fatal(err)
	}
	var kept []field.Time
	for d, err := range h.records.List(t.Context(), stepKind, steps("air", firstTime, lastTime)) {
		if err != nil {
			t.Fatal(err)
		}
		st, err := readStep(d)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, (st.Valid-run0)/hour)
		if want := st.Valid.UTC().Add(3 * time.Hour); !d.Expires.Equal(want) {
			t.Errorf("%s expires at %v, want %v", d.ID, d.Expires, want)
		}
	}
	if want := []field.Time{3, 6}; !slices.Equal(kept, want) {
		t.Errorf("hours %v are kept, want %v", kept, want)
	}
}

// TestStreamKilledAtAnyWriteNeitherMissesNorDoubles lets processes die at their n-th write, one after the other, while steps
// arrive: in the end each step is there once, of the freshest run, and no value was worked out again that was kept.
func TestStreamKilledAtAnyWriteNeitherMissesNorDoubles(t *testing.T) {
	for writes := range 6 {
		h := build(t)
		s := NewStreams(h.options(1))
		h.put(t, 0, "t2m 0 280", "t2m 3 283", "t2m 6 286")
		create(t, s, Stream{ID: "air", Features: places(), Layers: []string{"m.t2m"}})
		ctx, die := context.WithCancel(t.Context())
		h.dieAt(writes, die, stepKind)
		gone := make(chan struct{})
		go func() { defer close(gone); _ = s.Run(ctx) }()
		if writes < 3 {
			<-gone
		} else {
			until(t, "there", func() bool { return len(show(t, s, "air", feature.Query{})) == 6 })
		}
		h.put(t, 3, "t2m 3 293", "t2m 6 296", "t2m 9 299")
		<-gone
		die()
		h.records.Fail(nil)
		reader := h.bus.Listen("1") // all that was told
		second := NewStreams(h.options(1))
		stop := run(t, second)
		want := []string{"A@0 run 0 t2m=280", "B@0 run 0 t2m=280", "A@3 run 3 t2m=293", "B@3 run 3 t2m=293",
			"A@6 run 3 t2m=296", "B@6 run 3 t2m=296", "A@9 run 3 t2m=299", "B@9 run 3 t2m=299"}
		until(t, "whole", func() bool { return slices.Equal(show(t, second, "air", feature.Query{}), want) })
		stop()
		told := map[string]int{}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for m, err := reader.Next(over); err == nil; m, err = reader.Next(over) {
			told[string(m.Event.Data)]++
		}
		for step, n := range told {
			if n > 1 {
				t.Errorf("killed at write %d: %s was told %d times", writes, step, n)
			}
		}
	}
}

func TestStreamIsWorkedOutByOneOfMany(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280")
	var all []*Streams
	for i := range 3 {
		o := h.options(1)
		o.Holder, o.Lease = fmt.Sprint(i), time.Minute // none is lost on a busy machine: who stops lets it go
		all = append(all, NewStreams(o))
	}
	create(t, all[0], Stream{ID: "air", Features: places(), Layers: []string{"m.t2m"}})
	var stops []func()
	for _, s := range all {
		stops = append(stops, run(t, s))
	}
	until(t, "there", func() bool { return len(show(t, all[2], "air", feature.Query{})) == 2 })
	for i := range 3 { // whoever has it goes
		h.put(t, 0, fmt.Sprintf("t2m %d 290", 3*(i+1)))
		until(t, "there, too", func() bool { return len(show(t, all[2], "air", feature.Query{})) == 4+2*i })
		if i < 2 {
			stops[i]()
		}
	}
	h.probes.mu.Lock()
	defer h.probes.mu.Unlock()
	if h.probes.asked != 4 {
		t.Errorf("%d questions were asked for 4 arrivals", h.probes.asked)
	}
}

func TestStreamsThatAreWrongNameTheMember(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280")
	s := NewStreams(h.options(1))
	for member, change := range map[string]func(d *Stream){
		"id":                   func(d *Stream) { d.ID = "a/b" },
		"title":                func(d *Stream) { d.Title = strings.Repeat("x", MaxText+1) },
		"features":             func(d *Stream) { d.Features = nil },
		"features[1].id":       func(d *Stream) { d.Features[1].ID = "A" },
		"features[0].id":       func(d *Stream) { d.Features[0].ID = "" },
		"features[1].geometry": func(d *Stream) { d.Features[1].Geometry = geom.LineString{{0, 0}, {1, 1}} },
		"features[0].geometry": func(d *Stream) { d.Features[0].Geometry = geom.Point{0, 91} },
		"layers":               func(d *Stream) { d.Layers = nil },
		"layers[0]":            func(d *Stream) { d.Layers[0] = "t2m" },
		"layers[1]":            func(d *Stream) { d.Layers = []string{"m.t2m", "m.t2m"} },
		"layers[2]": func(d *Stream) {
			d.Layers = []string{"m.t2m", "m.t2m2", "m.nope"}
			d.Layers = []string{d.Layers[0], d.Layers[0] + "x", "q"}
		},
		"units.u10":                     func(d *Stream) { d.Units = map[string]string{"u10": "kt"} },
		"units.t2m":                     func(d *Stream) { d.Units = map[string]string{"t2m": "m/s"} },
		"features[0].properties.bearng": func(d *Stream) { d.Bearing = "bearng" },
		"keep":                          func(d *Stream) { d.Keep = -time.Second },
		"interpolation":                 func(d *Stream) { d.Space = 9 },
	} {
		d := Stream{ID: "air", Features: places(), Layers: []string{"m.t2m"}}
		change(&d)
		_, err := s.Create(t.Context(), d)
		var wrong *MemberError
		if !errors.As(err, &wrong) {
			t.Errorf("%s: error %v, want a MemberError", member, err)
		} else if wrong.Member != member && member != "layers[2]" {
			t.Errorf("member %s (%s), want %s", wrong.Member, wrong.Reason, member)
		}
	}
}

func TestFloatsAreKept(t *testing.T) {
	text, err := json.Marshal(floats{1.5, -0.1, 3e38})
	if err != nil {
		t.Fatal(err)
	}
	var back floats
	if err := json.Unmarshal(text, &back); err != nil || !slices.Equal(back, floats{1.5, -0.1, 3e38}) {
		t.Errorf("%s is read as %v, %v", text, back, err)
	}
}

// BenchmarkStreamStep is one step that arrives: 891 places, 8 elements, kept on disk.
func BenchmarkStreamStep(b *testing.B) {
	h := build(b)
	list := make([]feature.Feature, 891)
	for i := range list {
		list[i] = point(fmt.Sprint(i), float64(i)*0.4-178, float64(i%170)-85)
	}
	elementsOf := []string{"t2m", "u10", "v10", "d2m", "msl", "r2m", "gust", "sp"}
	lines, layerNames := make([]string, 8), make([]string, 8)
	for i, e := range elementsOf {
		lines[i], layerNames[i] = e+" 0 280", "m."+e
	}
	h.put(b, 0, lines...)
	o := h.options(1)
	disk, err := bolt.Open(filepath.Join(b.TempDir(), "records.db"), bolt.Options{Now: o.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer disk.Close()
	o.Store = disk
	s := NewStreams(o)
	create(b, s, Stream{ID: "air", Features: list, Layers: layerNames})
	run := field.Time(0)
	for b.Loop() {
		b.StopTimer()
		run++
		for i, e := range elementsOf {
			lines[i] = fmt.Sprintf("%s %d 280", e, run)
		}
		h.put(b, 0, lines...)
		b.StartTimer()
		if err := s.work(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStreamQuery is ten features of 58,000, all of which are tried, and the series of one place.
func BenchmarkStreamQuery(b *testing.B) {
	h := build(b)
	list := make([]feature.Feature, 891)
	for i := range list {
		list[i] = point(fmt.Sprint(i), float64(i)*0.4-178, float64(i%170)-85)
	}
	var lines, layerNames []string
	for _, e := range []string{"t2m", "u10", "v10", "d2m", "msl", "r2m", "gust", "sp"} {
		for hour := range 65 {
			lines = append(lines, fmt.Sprintf("%s %d 280", e, hour))
		}
		layerNames = append(layerNames, "m."+e)
	}
	h.put(b, 0, lines...)
	s := NewStreams(h.options(1))
	create(b, s, Stream{ID: "air", Features: list, Layers: layerNames})
	if err := s.work(b.Context()); err != nil {
		b.Fatal(err)
	}
	c, err := s.Collection(b.Context(), "air")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			if page, err := c.Query(b.Context(), feature.Query{Limit: 10}); err != nil || page.Matched != 65*891 {
				b.Fatal(page.Matched, err)
			}
		}
	})
	b.Run("filtered", func(b *testing.B) {
		for b.Loop() {
			q := feature.Query{Limit: 10, Filter: func(f *feature.Feature) bool { v, _ := f.Property("t2m"); return v == float32(280) }}
			if page, err := c.Query(b.Context(), q); err != nil || page.Matched != 65*891 {
				b.Fatal(page.Matched, err)
			}
		}
	})
	b.Run("series", func(b *testing.B) {
		for b.Loop() {
			if page, err := s.Series(b.Context(), "air", feature.Query{IDs: []string{"7"}}); err != nil || page.Matched != 1 {
				b.Fatal(page.Matched, err)
			}
		}
	})
}

func TestRecentStepsAreBounded(t *testing.T) {
	r := &recentSteps{values: maxRecent}
	for i := range 3 {
		body, err := json.Marshal(step{Columns: []stepColumn{{Name: "t2m", Values: make(floats, 10)}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.read(records.Document{ID: fmt.Sprint(i), Version: 1, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.steps) != 3 || r.values != 30 {
		t.Errorf("%d steps with %d values are held, want 3 with 30: what was before is let go", len(r.steps), r.values)
	}
}

func TestStreamsDoNotHideForecasts(t *testing.T) {
	h := build(t)
	h.put(t, 0, "t2m 0 280")
	s := NewStreams(h.options(1))
	for _, id := range []string{"m", "m.t2m"} {
		var wrong *MemberError
		if _, err := s.Create(t.Context(), Stream{ID: id, Features: places(), Layers: []string{"m.t2m"}}); !errors.As(err, &wrong) || wrong.Member != "id" {
			t.Errorf("stream %q beside a forecast's collection: %v, want a MemberError of id", id, err)
		}
	}
}

package storetest

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"isobar/elements"
	"isobar/field"
	"isobar/grid"
)

func empty(s *suite) {
	now := s.hold()
	defer now.Close()
	if got := keys(now); len(got) != 0 {
		s.Errorf("keys %v", got)
	}
	s.lacks(now, key("gfs", monday, "t", 0))
}

func exact(s *suite) {
	g := s.region()
	nx, ny := g.Shape()
	quantised := newField(key("gfs", monday, "quantised", 0), g, 1)
	gaps := newField(key("gfs", monday, "gaps", 0), g, 2)
	for i := range gaps.Values {
		if i%7 == 0 || i > nx*ny/2 && i%nx > nx/2 {
			gaps.Values[i] = missing
		}
	}
	floats := newField(key("gfs", monday, "floats", 0), g, 3)
	floats.Packing = nil
	for i := range floats.Values {
		floats.Values[i] *= 1e-7 / 3
	}
	odd := newField(key("gfs", monday, "odd", 0), g, 4) // its packing is not that of its values
	copy(odd.Values, []float32{float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, math.SmallestNonzeroFloat32, -1, 0, float32(math.Pi)})
	lying := newField(key("gfs", monday, "lying", 0), g, 5)
	for i := range lying.Values {
		lying.Values[i] /= 3
	}
	constant := newField(key("gfs", monday, "constant", 0), g, 6)
	for i := range constant.Values {
		constant.Values[i] = 273.15
	}
	none := newField(key("gfs", monday, "none", 0), g, 7)
	for i := range none.Values {
		none.Values[i] = missing
	}
	all := []*field.Field{quantised, gaps, floats, odd, lying, constant, none}
	s.publish(all...)
	now := s.hold()
	defer now.Close()
	for _, f := range all {
		s.holds(now, f)
	}
	if got := len(keys(now)); got != len(all) {
		s.Errorf("%d keys of %d", got, len(all))
	}
}

func unpublished(s *suite) {
	before := s.hold()
	defer before.Close()
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	w := s.begin("gfs", monday)
	s.must(w.Put(s.ctx, f))
	during := s.hold()
	s.lacks(during, f.Key)
	during.Close()
	s.must(w.Publish(s.ctx))
	s.lacks(before, f.Key)
	after := s.hold()
	defer after.Close()
	s.holds(after, f)
	s.must(w.Close())
}

func whole(s *suite) {
	var fields []*field.Field
	for n := range 20 {
		fields = append(fields, newField(key("gfs", monday, "t", n), s.region(), uint64(n)))
	}
	w := s.begin("gfs", monday)
	for _, f := range fields {
		s.must(w.Put(s.ctx, f))
		now := s.hold()
		if got := keys(now); len(got) != 0 {
			s.Errorf("before it is published: %v", got)
		}
		now.Close()
	}
	s.must(w.Publish(s.ctx))
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
	s.must(w.Close())
	for _, f := range fields {
		s.holds(now, f)
	}
}

func again(s *suite) {
	w := s.begin("gfs", monday)
	var fields []*field.Field
	for n := range 5 {
		f := newField(key("gfs", monday, "t", n), s.region(), uint64(n))
		fields = append(fields, f)
		s.must(w.Put(s.ctx, f))
		s.must(w.Publish(s.ctx))
		now := s.hold()
		for _, f := range fields {
			s.holds(now, f)
		}
		now.Close()
	}
	s.must(w.Close())
	later := newField(key("gfs", monday, "t", 9), s.region(), 9)
	s.publish(later)
	now := s.hold()
	defer now.Close()
	for _, f := range append(fields, later) {
		s.holds(now, f)
	}
}

func givenUp(s *suite) {
	kept := newField(key("gfs", monday, "t", 0), s.region(), 1)
	lost := newField(key("gfs", monday, "t", 1), s.region(), 2)
	w := s.begin("gfs", monday)
	s.must(w.Put(s.ctx, kept))
	s.must(w.Publish(s.ctx))
	s.must(w.Put(s.ctx, lost))
	s.must(w.Close())
	next := newField(key("gfs", monday, "t", 2), s.region(), 3)
	s.publish(next)
	now := s.hold()
	defer now.Close()
	s.holds(now, kept)
	s.holds(now, next)
	s.lacks(now, lost.Key)
}

func closedWriter(s *suite) {
	w := s.begin("gfs", monday)
	s.must(w.Close())
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	if w.Put(s.ctx, f) == nil {
		s.Error("Put after Close succeeds")
	}
	if w.Publish(s.ctx) == nil {
		s.Error("Publish after Close succeeds")
	}
	s.must(w.Close())
}

func notKept(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	mine := *f
	mine.Values = slices.Clone(f.Values)
	w := s.begin("gfs", monday)
	s.must(w.Put(s.ctx, &mine))
	clear(mine.Values)
	*mine.Packing = field.Packing{}
	s.must(w.Publish(s.ctx))
	s.must(w.Close())
	now := s.hold()
	defer now.Close()
	s.holds(now, f)
}

func together(s *suite) {
	const n = 24
	w := s.begin("gfs", monday)
	var fields [n]*field.Field
	var group sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		fields[i] = newField(key("gfs", monday, fmt.Sprint("e", i%5), i), s.region(), uint64(i))
		group.Go(func() { errs[i] = w.Put(s.ctx, fields[i]) })
	}
	group.Wait()
	for _, err := range errs {
		s.must(err)
	}
	s.must(w.Publish(s.ctx))
	s.must(w.Close())
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
}

func foreign(s *suite) {
	w := s.begin("gfs", monday)
	for _, k := range []field.Key{key("gfs", tuesday, "t", 0), key("icon", monday, "t", 0)} {
		if w.Put(s.ctx, newField(k, s.region(), 1)) == nil {
			s.Errorf("a field of %s %s is taken", k.Model, k.Run)
		}
	}
	s.must(w.Close())
}

func otherGrid(s *suite) {
	s.publish(newField(key("gfs", monday, "t", 0), s.region(), 1))
	for _, run := range []field.Time{monday, tuesday} {
		w := s.begin("gfs", run)
		if w.Put(s.ctx, newField(key("gfs", run, "t", 1), s.world(), 2)) == nil {
			s.Errorf("it is taken for %s", run)
		}
		f := newField(key("gfs", run, "t", 2), s.region(), 3)
		s.must(w.Put(s.ctx, f))
		s.must(w.Publish(s.ctx))
		s.must(w.Close())
		now := s.hold()
		s.holds(now, f)
		now.Close()
	}
	other := newField(key("icon", monday, "t", 0), s.world(), 4)
	s.publish(other)
	now := s.hold()
	defer now.Close()
	s.holds(now, other)
}

func wrongLength(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	f.Values = f.Values[1:]
	w := s.begin("gfs", monday)
	if w.Put(s.ctx, f) == nil {
		s.Error("it is taken")
	}
	s.must(w.Close())
}

func held(s *suite) {
	first := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(first)
	now := s.hold()
	defer now.Close()
	version, list := now.Version(), keys(now)
	second := newField(first.Key, s.region(), 2)
	s.publish(second, newField(key("gfs", monday, "t", 1), s.region(), 3))
	s.publish(newField(key("icon", monday, "t", 1), s.region(), 4))
	s.holds(now, first)
	if got := keys(now); !slices.Equal(got, list) {
		s.Errorf("keys %v, were %v", got, list)
	}
	if got := now.Version(); got != version {
		s.Errorf("version %q, was %q", got, version)
	}
}

func replaced(s *suite) {
	first := newField(key("gfs", monday, "t", 0), s.region(), 1)
	beside := newField(key("gfs", monday, "t", 1), s.region(), 2)
	s.publish(first, beside)
	old := s.hold()
	defer old.Close()
	for n := range 3 {
		next := newField(first.Key, s.region(), uint64(10+n))
		twice := newField(first.Key, s.region(), 99) // of two that are put the later counts
		s.publish(twice, next)
		now := s.hold()
		s.holds(now, next)
		s.holds(now, beside)
		if got := len(keys(now)); got != 2 {
			s.Errorf("%d keys, want 2", got)
		}
		now.Close()
	}
	s.holds(old, first)
	s.holds(old, beside)
}

func parts(s *suite) {
	first := key("gfs", monday, "t", 0)
	list := []field.Key{first, at(first, field.Level{Kind: elements.Altitude, Value: 2, To: 2}),
		at(first, field.Level{Kind: elements.Height, Value: 3, To: 3}), at(first, field.Level{Kind: elements.Height, Value: 2, To: 3})}
	for _, change := range []func(k *field.Key){
		func(k *field.Key) { k.Issue = 1 },
		func(k *field.Key) { k.Element = "T" },
		func(k *field.Key) { k.Member = 1 },
		func(k *field.Key) { k.Valid += 3600 },
		func(k *field.Key) { k.Span = 3600 },
	} {
		k := first
		change(&k)
		list = append(list, k)
	}
	var fields []*field.Field
	for i, k := range list {
		fields = append(fields, newField(k, s.region(), uint64(i)))
	}
	s.publish(fields...)
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
	if got := len(keys(now)); got != len(list) {
		s.Errorf("%d keys of %d", got, len(list))
	}
}

func ordered(s *suite) {
	for _, run := range []struct {
		model string
		run   field.Time
	}{{"icon", tuesday}, {"gfs", tuesday}, {"icon", monday}, {"gfs", monday}, {"gfs", tuesday}} {
		for n := range 3 {
			s.publish(newField(key(run.model, run.run, "u", n), s.region(), 1), newField(key(run.model, run.run, "t", n), s.region(), 2))
		}
	}
	now := s.hold()
	defer now.Close()
	list := keys(now)
	if len(list) != 24 {
		s.Errorf("%d keys, want 24", len(list))
	}
	type name struct {
		model string
		run   field.Time
	}
	var seen []name
	for _, k := range list {
		n := name{k.Model, k.Run}
		if len(seen) > 0 && seen[len(seen)-1] == n {
			continue
		}
		if slices.Contains(seen, n) {
			s.Errorf("%v comes in pieces", n)
		}
		seen = append(seen, n)
	}
	if want := []name{{"gfs", monday}, {"gfs", tuesday}, {"icon", monday}, {"icon", tuesday}}; !slices.Equal(seen, want) {
		s.Errorf("runs in the order %v, want %v", seen, want)
	}
	for range now.Keys() { // one may stop early
		break
	}
}

func apart(s *suite) {
	var fields []*field.Field
	for i, model := range []string{"gfs", "GFS", "gfs/0p25", "..", "ingested", "modèle 1"} {
		for j, run := range []field.Time{monday, tuesday, 0, -3600} {
			f := newField(key(model, run, "t", 0), s.region(), uint64(10*i+j))
			f.Key.Valid = tuesday
			s.publish(f)
			fields = append(fields, f)
		}
	}
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	after := s.hold()
	defer after.Close()
	for _, f := range fields {
		if f.Key.Model == "gfs" && f.Key.Run == monday {
			s.lacks(after, f.Key)
		} else {
			s.holds(after, f)
		}
	}
}

func dropped(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	before := s.hold()
	defer before.Close()
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	after := s.hold()
	defer after.Close()
	s.lacks(after, f.Key)
	s.holds(before, f)
	s.must(s.store.Drop(s.ctx, "gfs", tuesday)) // there is none
}

func rewritten(s *suite) {
	first := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(first)
	before := s.hold()
	defer before.Close()
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	second := newField(first.Key, s.world(), 2) // no run is left that would say on which grid the model lies
	s.publish(second)
	after := s.hold()
	defer after.Close()
	s.holds(after, second)
	s.holds(before, first)
}

func described(s *suite) {
	g := s.world()
	f := newField(key("gfs", monday, "t", 0), g, 1)
	for i := range f.Values[:1000] {
		f.Values[i*7] = missing
	}
	none := newField(key("gfs", monday, "none", 0), g, 1)
	for i := range none.Values {
		none.Values[i] = missing
	}
	s.publish(f, none)
	now := s.hold()
	defer now.Close()
	low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range f.Values {
		if v == v {
			low, high, sum, n = min(low, float64(v)), max(high, float64(v)), sum+float64(v), n+1
		}
	}
	got, ok := now.Info(f.Key)
	if !ok || got.Min != low || got.Max != high || math.Abs(got.Mean-sum/float64(n)) > 1e-6 || got.Missing != 1000 {
		s.Errorf("described as %+v, %v, want %v to %v, mean %v, 1000 missing", got, ok, low, high, sum/float64(n))
	}
	nx, ny := g.Shape()
	if got.Grid == nil || got.Grid.ID() != g.ID() || got.MaxLevel != grid.MaxLevel(nx, ny, true) {
		s.Errorf("grid %v, levels to %d", got.Grid, got.MaxLevel)
	}
	got, ok = now.Info(none.Key)
	if !ok || got.Min == got.Min || got.Max == got.Max || got.Mean == got.Mean || got.Missing != g.Len() {
		s.Errorf("a field without values is described as %+v, %v", got, ok)
	}
}

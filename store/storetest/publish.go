package storetest

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"isobar/field"
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

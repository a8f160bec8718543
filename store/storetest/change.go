package storetest

import "slices"

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

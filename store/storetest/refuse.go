package storetest

import "isobar/field"

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

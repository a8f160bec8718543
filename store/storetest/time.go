package storetest

import (
	"context"
	"sync"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// short is how long is waited for what should not come.
const short = 50 * time.Millisecond

func version(s *suite) {
	seen := map[string]bool{}
	fresh := func(what string) string {
		v := s.version()
		if seen[v] {
			s.Errorf("%s: version %q has been there", what, v)
		}
		if again := s.version(); again != v {
			s.Errorf("%s: version %q, then %q", what, v, again)
		}
		seen[v] = true
		return v
	}
	fresh("empty")
	first := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(first)
	was := fresh("a field")
	w := s.begin("gfs", monday)
	s.must(w.Publish(s.ctx)) // nothing
	s.must(w.Put(s.ctx, newField(key("gfs", monday, "t", 1), s.region(), 2)))
	if now := s.version(); now != was {
		s.Errorf("version %q, was %q, and nothing was published", now, was)
	}
	s.must(w.Publish(s.ctx))
	fresh("one more")
	s.must(w.Put(s.ctx, newField(first.Key, s.region(), 3)))
	s.must(w.Publish(s.ctx))
	fresh("one replaced")
	s.must(w.Close())
	was = s.version()
	s.publish(newField(first.Key, s.region(), 3))
	if now := s.version(); now != was {
		s.Errorf("version %q, was %q, and the same was published again", now, was)
	}
	s.publish(newField(key("icon", monday, "t", 0), s.region(), 1))
	fresh("another run")
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	fresh("a run less")
}

func tags(s *suite) {
	tag := func(k field.Key) string {
		now := s.hold()
		defer now.Close()
		info, ok := now.Info(k)
		if !ok || info.ETag == "" {
			s.Fatalf("%+v is described as %+v, %v", k, info, ok)
		}
		return info.ETag
	}
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	other := newField(key("gfs", monday, "u", 0), s.region(), 1)
	s.publish(f, other)
	first := tag(f.Key)
	if tag(other.Key) == first {
		s.Error("two fields have one tag")
	}
	s.publish(newField(key("gfs", monday, "t", 1), s.region(), 2))
	if got := tag(f.Key); got != first {
		s.Errorf("tag %q, was %q, and the field is what it was", got, first)
	}
	changed := newField(f.Key, s.region(), 1)
	changed.Values[1234] = changed.Values[1233] + 1
	s.publish(changed)
	if got := tag(f.Key); got == first {
		s.Error("a field of which one cell has changed has its old tag")
	}
	s.publish(f)
	if got := tag(f.Key); got != first {
		s.Errorf("tag %q, was %q before the field changed and changed back", got, first)
	}
}

func oneWriter(s *suite) {
	w := s.begin("gfs", monday)
	ctx, cancel := context.WithTimeout(s.ctx, short)
	defer cancel()
	second, err := s.store.Begin(ctx, "gfs", monday)
	s.isError(err, store.ErrBusy)
	if err == nil {
		s.must(second.Close())
	}
	other := s.begin("gfs", tuesday)
	s.must(other.Close())
	s.must(w.Close())
	w = s.begin("gfs", monday)
	s.must(w.Close())
}

func waiting(s *suite) {
	w := s.begin("gfs", monday)
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.must(w.Put(s.ctx, f))
	got := make(chan store.Writer, 1)
	go func() {
		next, err := s.store.Begin(s.ctx, "gfs", monday)
		if err != nil {
			s.Errorf("Begin = %v", err)
		}
		got <- next
	}()
	select {
	case <-got:
		s.Fatal("two writers have the run")
	case <-time.After(short):
	}
	s.must(w.Publish(s.ctx))
	s.must(w.Close())
	select {
	case next := <-got:
		later := newField(key("gfs", monday, "t", 1), s.region(), 2)
		s.must(next.Put(s.ctx, later))
		s.must(next.Publish(s.ctx))
		s.must(next.Close())
		now := s.hold()
		defer now.Close()
		s.holds(now, f)
		s.holds(now, later)
	case <-time.After(s.soon):
		s.Fatal("the run is not given on")
	}
}

func changes(s *suite) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	ticks := s.store.Changes(ctx)
	tick := func(what string) {
		s.Helper()
		select {
		case _, open := <-ticks:
			if !open {
				s.Fatalf("%s: the channel is closed", what)
			}
		case <-time.After(s.soon):
			s.Fatalf("%s is not told", what)
		}
	}
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	tick("a publication")
	now := s.hold()
	s.holds(now, f)
	now.Close()
	for n := range 5 { // ticks that no one takes stop nothing
		s.publish(newField(key("gfs", monday, "t", 1+n), s.region(), 2))
	}
	tick("one of many publications")
	for drained := false; !drained; {
		select {
		case <-ticks:
		case <-time.After(short):
			drained = true
		}
	}
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	tick("a run that is dropped")
	cancel()
	for end := time.After(s.soon); ; {
		select {
		case _, open := <-ticks:
			if !open {
				return
			}
		case <-end:
			s.Fatal("the channel is not closed when its context ends")
		}
	}
}

func ended(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	w := s.begin("gfs", tuesday)
	now := s.hold()
	defer now.Close()
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	late := newField(key("gfs", tuesday, "t", 0), s.region(), 1)
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"Hold", func() error {
			got, err := s.store.Hold(ctx)
			if err == nil {
				got.Close()
			}
			return err
		}},
		{"Put", func() error { return w.Put(ctx, late) }},
		{"Publish", func() error {
			s.must(w.Put(s.ctx, late))
			return w.Publish(ctx)
		}},
		{"Windows", func() error {
			return now.Windows(ctx, []field.Key{f.Key}, grid.Window{NX: 1, NY: 1}, [][]float32{make([]float32, 1)})
		}},
		{"Begin", func() error {
			got, err := s.store.Begin(ctx, "gfs", tuesday)
			if err == nil {
				got.Close()
			}
			return err
		}},
	} {
		if err := c.do(); err == nil {
			s.Errorf("%s succeeds", c.what)
		} else {
			s.isError(err, context.Canceled)
		}
	}
	after := s.hold()
	s.lacks(after, late.Key)
	after.Close()
	s.must(w.Close())
}

func concurrent(s *suite) {
	// Two fields are always published together and have one seed, so no reader may see two seeds.
	a, b := key("gfs", monday, "a", 0), key("gfs", monday, "b", 0)
	pair := func(seed uint64) (*field.Field, *field.Field) {
		return newField(a, s.region(), seed), newField(b, s.region(), seed)
	}
	fa, fb := pair(0)
	s.publish(fa, fb)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			x, y := make([]float32, fa.Grid.Len()), make([]float32, fa.Grid.Len())
			for {
				select {
				case <-done:
					return
				default:
				}
				now, err := s.store.Hold(s.ctx)
				if err != nil {
					s.Errorf("Hold = %v", err)
					return
				}
				err = now.Windows(s.ctx, []field.Key{a, b}, full(fa.Grid), [][]float32{x, y})
				now.Close()
				if err != nil {
					s.Errorf("Windows = %v", err)
					return
				}
				if i := differ(x, y); i >= 0 {
					s.Errorf("cell %d is %v and %v: half of a publication is seen", i, x[i], y[i])
					return
				}
			}
		})
	}
	for n := range 12 {
		fa, fb := pair(uint64(n + 1))
		s.publish(fa, fb)
	}
	close(done)
	readers.Wait()
}

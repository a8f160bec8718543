package storetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"isobar/field"
	"isobar/store"
)

// turns lets several write one run, each by taking it and letting it go.
func turns(s *suite) {
	s.several(s.store.Begin)
}

// shared lets several write one run that have it at the same time.
func shared(s *suite) {
	if sharing, ok := s.store.(store.Sharing); ok {
		s.several(sharing.Join)
	}
}

// several lets writers put fields of their own, and each over one that all put: nothing is lost, and nothing doubled.
func (s *suite) several(take func(context.Context, string, field.Time) (store.Writer, error)) {
	const writers, rounds, each = 4, 3, 3
	ctx, cancel := context.WithTimeout(s.ctx, 30*s.soon)
	defer cancel()
	common := key("gfs", monday, "common", 0)
	var mu sync.Mutex
	put := map[field.Key]*field.Field{}
	errs := make([]error, writers)
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() {
			for round := range rounds {
				var mine []*field.Field
				for i := range each {
					mine = append(mine, newField(key("gfs", monday, fmt.Sprint("of", n), round*each+i), s.region(), uint64(100*n+10*round+i)))
				}
				mu.Lock()
				for _, f := range mine {
					put[f.Key] = f
				}
				mu.Unlock()
				mine = append(mine, newField(common, s.region(), uint64(1000+n)))
				if errs[n] = s.publishBy(ctx, take, mine); errs[n] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		s.must(err)
	}
	now := s.hold()
	defer now.Close()
	for _, f := range put {
		s.holds(now, f)
	}
	if got := len(keys(now)); got != len(put)+1 {
		s.Errorf("%d keys of %d", got, len(put)+1)
	}
	seen := s.read(now, common, full(s.region()))
	for n := range writers {
		if differ(seen, newField(common, s.region(), uint64(1000+n)).Values) < 0 {
			return
		}
	}
	s.Error("a field that all have put is nobody's")
}

// publishBy takes a run, puts fields and publishes them, in two publications.
func (s *suite) publishBy(ctx context.Context, take func(context.Context, string, field.Time) (store.Writer, error), fields []*field.Field) error {
	w, err := take(ctx, fields[0].Key.Model, fields[0].Key.Run)
	if err != nil {
		return err
	}
	defer w.Close()
	for i, f := range fields {
		if err := w.Put(ctx, f); err != nil {
			return err
		}
		if i == 0 {
			if err := w.Publish(ctx); err != nil {
				return err
			}
		}
	}
	if err := w.Publish(ctx); err != nil {
		return err
	}
	return w.Close()
}

// apartTogether checks what writers of one run see and lose of one another.
func apartTogether(s *suite) {
	sharing, ok := s.store.(store.Sharing)
	if !ok {
		return
	}
	join := func() store.Writer {
		ctx, cancel := context.WithTimeout(s.ctx, s.soon)
		defer cancel()
		w, err := sharing.Join(ctx, "gfs", monday)
		s.must(err)
		return w
	}
	fieldOf := func(name string, seed uint64) *field.Field {
		return newField(key("gfs", monday, name, 0), s.region(), seed)
	}
	one, two, three := join(), join(), join()
	a, b, c, lost := fieldOf("a", 1), fieldOf("b", 2), fieldOf("c", 3), fieldOf("lost", 4)
	s.must(one.Put(s.ctx, a))
	s.must(two.Put(s.ctx, b))
	s.must(three.Put(s.ctx, lost))
	s.must(one.Publish(s.ctx))
	s.sees([]*field.Field{a}, b, lost)
	s.must(three.Close())
	s.must(two.Put(s.ctx, c))
	s.must(two.Publish(s.ctx))
	s.sees([]*field.Field{a, b, c}, lost)
	older, newer := fieldOf("a", 5), fieldOf("a", 6)
	s.must(one.Put(s.ctx, newer))
	s.must(two.Put(s.ctx, older))
	s.must(two.Publish(s.ctx))
	s.must(one.Publish(s.ctx))
	s.sees([]*field.Field{newer, b, c}, lost)
	s.must(two.Close())
	s.must(one.Close())
	s.sees([]*field.Field{newer, b, c}, lost)
	later := fieldOf("later", 7)
	s.publish(later)
	s.sees([]*field.Field{newer, b, c, later}, lost)
}

// sees checks that fields are published, and another is not.
func (s *suite) sees(there []*field.Field, absent ...*field.Field) {
	s.Helper()
	now := s.hold()
	defer now.Close()
	for _, f := range there {
		s.holds(now, f)
	}
	for _, f := range absent {
		s.lacks(now, f.Key)
	}
	if got := len(keys(now)); got != len(there) {
		s.Errorf("%d keys of %d", got, len(there))
	}
}

// aloneOrShared checks that who wants a run alone and who shares it wait for one another.
func aloneOrShared(s *suite) {
	sharing, ok := s.store.(store.Sharing)
	if !ok {
		return
	}
	for _, c := range []struct {
		name         string
		first, other func(context.Context, string, field.Time) (store.Writer, error)
	}{{"alone, then shared", s.store.Begin, sharing.Join}, {"shared, then alone", sharing.Join, s.store.Begin}} {
		ctx, cancel := context.WithTimeout(s.ctx, s.soon)
		w, err := c.first(ctx, "gfs", monday)
		cancel()
		s.must(err)
		ctx, cancel = context.WithTimeout(s.ctx, short)
		second, err := c.other(ctx, "gfs", monday)
		cancel()
		if err == nil {
			s.must(second.Close())
		}
		s.isError(err, store.ErrBusy)
		time.AfterFunc(short, func() { w.Close() })
		ctx, cancel = context.WithTimeout(s.ctx, s.soon)
		second, err = c.other(ctx, "gfs", monday)
		cancel()
		if err != nil {
			s.Fatalf("%s, when it is let go: %v", c.name, err)
		}
		s.must(second.Close())
	}
}

package layers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/store"
)

func TestASnapshotIsHeldUntilTheLastHolderIsDone(t *testing.T) {
	s := &shelf{}
	s.publish("1", at("t", 0, 0))
	source := sourceOf(t, s, rows{})
	a, releaseA := source.Hold()
	b, releaseB := source.Hold()
	if a != b || a.Version() != "1" || a.Snapshot() == nil {
		t.Fatalf("two holders have %p %p of version %s", a, b, a.Version())
	}
	s.publish("2", at("t", 0, 0), at("t", 0, 3))
	if err := source.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.open.Load(); n != 2 {
		t.Errorf("%d snapshots are open while both versions are held, want 2", n)
	}
	if l := layer(t, a, "m.t"); len(l.Times) != 1 {
		t.Errorf("a held catalogue changed: times %v", l.Times)
	}
	releaseA()
	releaseA() // once is enough
	if n := s.open.Load(); n != 2 {
		t.Errorf("%d snapshots are open while one holder is left, want 2", n)
	}
	releaseB()
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d snapshots are open after both were done, want 1", n)
	}
	c, release := source.Hold()
	defer release()
	if c.Version() != "2" || !c.Updated().After(a.Updated()) {
		t.Errorf("version %s of %v after %s of %v", c.Version(), c.Updated(), a.Version(), a.Updated())
	}
}

func TestAClosedSourceIsEmpty(t *testing.T) {
	s := &shelf{}
	s.publish("1", at("t", 0, 0))
	source := sourceOf(t, s, rows{})
	_, release := source.Hold()
	source.Close()
	source.Close()
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d snapshots are open while one is held, want 1", n)
	}
	release()
	c, release := source.Hold()
	release()
	if _, err := c.Layer("m.t"); !errors.Is(err, ErrUnknownLayer) {
		t.Errorf("a closed source has a layer: %v", err)
	}
}

func TestTheSourceFollowsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{changes: make(chan struct{}, 1)}
		s.publish("1", at("t", 0, 0))
		source := sourceOf(t, s, rows{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- source.Run(ctx) }()
		shows := func(want string) {
			t.Helper()
			c, release := source.Hold()
			defer release()
			if c.Version() != want {
				t.Errorf("version %s, want %s", c.Version(), want)
			}
		}
		time.Sleep(time.Second)
		for i := range 100 {
			s.publish(fmt.Sprint("2.", i), at("t", 0, 0))
		}
		time.Sleep(time.Second)
		shows("2.99")

		last := s.now
		s.set(last, errors.New("disk is gone"))
		time.Sleep(time.Second)
		shows("2.99")
		s.publish("3", at("t", 0, 0))
		s.set(s.now, nil)
		time.Sleep(2 * time.Second)
		shows("3")
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ends with %v, want what ended it", err)
		}
	})
}

func TestABuildThatFailedIsTriedAgainUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{changes: make(chan struct{}, 1)}
		s.publish("1", at("t", 0, 0))
		source := sourceOf(t, s, rows{})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go source.Run(ctx)
		time.Sleep(time.Second)
		s.set(s.now, errors.New("disk is gone"))
		time.Sleep(10 * time.Second)
		s.mu.Lock() // no tick
		s.now, s.err = &state{version: "2"}, nil
		s.mu.Unlock()
		time.Sleep(2 * time.Second)
		c, release := source.Hold()
		defer release()
		if c.Version() != "2" {
			t.Errorf("version %s, want 2", c.Version())
		}
		cancel()
		synctest.Wait()
	})
}

func TestOnlyRunsThatChangedAreReadAgain(t *testing.T) {
	now := big(2, 3, 10, 4, true)
	s := &shelf{}
	s.set(now, nil)
	source := sourceOf(t, s, rows{})
	before, release := source.Hold()
	defer release()
	asked := func(c *Catalogue) int64 { return c.Snapshot().(*versionedSnapshot).infos }
	if got, want := asked(before), int64(len(now.keys)); got != want {
		t.Errorf("the first build asks for %d fields, want all %d", got, want)
	}
	next := *now
	next.version, next.versions = "2", map[runName]string{}
	for n, v := range now.versions {
		next.versions[n] = v
	}
	next.versions[runName{"m0", run0}] = "new"
	s.set(&next, nil)
	if err := source.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, release := source.Hold()
	defer release()
	if got, want := asked(after), int64(len(now.keys)/(2*3)); got != want {
		t.Errorf("after one of 6 runs changed %d fields are asked for, want %d", got, want)
	}
	if layer(t, before, "m1.e0") != layer(t, after, "m1.e0") {
		t.Error("layers of a model without a change are made anew")
	}
	if layer(t, before, "m0.e0") == layer(t, after, "m0.e0") {
		t.Error("layers of a model with a change are not made anew")
	}
}

func TestHoldsAndBuildsAtOnce(t *testing.T) {
	s := &shelf{}
	s.publish("0", at("t", 0, 0))
	source := sourceOf(t, s, rows{})
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 200 {
				c, release := source.Hold()
				if l, err := c.Layer("m.t"); err != nil || c.Snapshot().(*snapshot).closed.Load() {
					t.Errorf("a held catalogue is %v, %v", l, err)
				}
				release()
			}
		})
	}
	for i := range 50 {
		s.publish(fmt.Sprint(i+1), at("t", 0, 0))
		if err := source.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	work.Wait()
}

// big is a state of some models, runs a model, elements a run, and steps an element.
func big(models, runs, elems, steps int, versioned bool) *state {
	s := &state{version: "1", info: map[field.Key]store.Info{}}
	if versioned {
		s.versions = map[runName]string{}
	}
	for m := range models {
		model := fmt.Sprint("m", m)
		for r := range runs {
			run := run0 + field.Time(r)*6*hour
			if versioned {
				s.versions[runName{model, run}] = "1"
			}
			for e := range elems {
				element := fmt.Sprint("e", e)
				for v := range steps {
					k := field.Key{Model: model, Run: run, Element: element, Level: field.Level{Kind: elements.Height, Value: 2, To: 2}, Valid: run + field.Time(v)*hour}
					s.keys = append(s.keys, k)
					s.info[k] = store.Info{Grid: world{}, Min: 0, Max: float64(v), MaxLevel: 3}
				}
			}
		}
	}
	return s
}

func BenchmarkBuildMillionFields(b *testing.B) {
	for _, c := range []struct {
		name    string
		changed bool
	}{{"all", false}, {"one run of 100", true}} {
		b.Run(c.name, func(b *testing.B) {
			now := big(10, 10, 100, 100, true)
			var source builder
			make := func() {
				source = builder{indexer: indexer{rows{}, nil}, models: modelRows{}, styles: rows{}}
				source.build(&versionedSnapshot{snapshot{state: now}, 0}, time.Now())
			}
			make()
			for i := 0; b.Loop(); i++ {
				if !c.changed {
					make()
					continue
				}
				now.versions[runName{"m3", run0 + 6*hour}] = fmt.Sprint("changed ", i)
				source.build(&versionedSnapshot{snapshot{state: now}, 0}, time.Now())
			}
		})
	}
}

func BenchmarkPick(b *testing.B) {
	s := &shelf{now: big(1, 10, 100, 100, false)}
	c, release := sourceOf(b, s, rows{}).Hold()
	defer release()
	l := layer(b, c, "m0.e7")
	now := clock(30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Pick(Selection{}, now); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAChangeIsTold(t *testing.T) {
	s := &shelf{}
	s.publish("1", at("t", 0, 0))
	source := sourceOf(t, s, rows{})
	changed := source.Changed()
	if err := source.refresh(t.Context()); err != nil { // of the same version
		t.Fatal(err)
	}
	select {
	case <-changed:
		t.Error("a change is told, and there is none")
	default:
	}
	s.publish("2", at("t", 0, 0))
	if err := source.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-changed
	if source.Changed() == changed {
		t.Error("the next change was told already")
	}
}

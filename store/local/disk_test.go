package local

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"isobar/field"
	"isobar/grid"
)

var errFull = errors.New("no space left on device")

func TestADiskThatFailsLeavesTheLastState(t *testing.T) {
	first := numbered(field.Key{Model: "m", Element: "t"}, 1)
	second := numbered(field.Key{Model: "m", Element: "t", Valid: 3600}, 2)
	third := numbered(field.Key{Model: "m", Element: "u"}, 3)
	for failAt := int64(1); ; failAt++ {
		done := false
		t.Run(fmt.Sprint("at step ", failAt), func(t *testing.T) {
			dir := t.TempDir()
			var steps, limit atomic.Int64
			limit.Store(1 << 40)
			s, err := open(dir, Options{}, grid.ParseWith, disk{fail: func(what, path string) error {
				if steps.Add(1) == limit.Load() {
					return fmt.Errorf("%s %s: %w", what, path, errFull)
				}
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			publish(t, s, first)
			before := version(t, s)
			steps.Store(0)
			limit.Store(failAt)
			err = tryPublish(t, s, second, third)
			if done = steps.Load() < failAt; done {
				return
			}
			if err != nil && !errors.Is(err, errFull) {
				t.Errorf("error is %v", err)
			}
			// A step after the manifest was replaced fails as well, but then all is there.
			for _, s := range []*Store{s, opened(t, dir, Options{})} {
				if !isThere(t, s, first) {
					t.Error("the first publication is lost")
				}
				if a, b := isThere(t, s, second), isThere(t, s, third); a != b || err == nil && !a {
					t.Errorf("of two fields published together with error %v the one is there: %v, the other: %v", err, a, b)
				} else if !a && version(t, s) != before {
					t.Error("the version has changed")
				}
			}
			publish(t, s, second, third)
			for _, s := range []*Store{s, opened(t, dir, Options{})} {
				if !isThere(t, s, first) || !isThere(t, s, second) || !isThere(t, s, third) {
					t.Error("it can't be published again")
				}
				noLeftovers(t, s)
			}
		})
		if done {
			if failAt < 8 {
				t.Errorf("a publication has %d steps only", failAt)
			}
			return
		}
	}
}

func TestAWriterThatCouldNotMakeDurableStaysBroken(t *testing.T) {
	var broken atomic.Bool
	s, err := open(t.TempDir(), Options{}, grid.ParseWith, disk{fail: func(what, path string) error {
		if what == "sync" && broken.Load() {
			return errFull
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w, err := s.Begin(t.Context(), "m", 0)
	if err != nil {
		t.Fatal(err)
	}
	f := numbered(field.Key{Model: "m", Element: "t"}, 1)
	if err := w.Put(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	if err := w.Publish(t.Context()); !errors.Is(err, errFull) {
		t.Errorf("Publish = %v", err)
	}
	broken.Store(false)
	if err := w.Publish(t.Context()); !errors.Is(err, errFull) {
		t.Errorf("Publish after a failed sync = %v: what the system has forgotten may be missing", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	publish(t, s, f)
	if !isThere(t, s, f) {
		t.Error("another writer can't publish it")
	}
}

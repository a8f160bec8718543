package records_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isobar/records"
	"isobar/records/recordstest"
)

const life = 200 * time.Millisecond

func acquire(t *testing.T, s records.Store, holder string) *records.Lease {
	t.Helper()
	l, err := records.Acquire(t.Context(), s, "work", holder, life)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALeaseHasOneHolder(t *testing.T) {
	s := recordstest.New()
	a := acquire(t, s, "a")
	time.Sleep(2 * life) // it renews itself
	if _, err := records.Acquire(t.Context(), s, "work", "b", life); !errors.Is(err, records.ErrHeld) {
		t.Fatalf("another acquires it: %v, want %v", err, records.ErrHeld)
	}
	if err := a.Context().Err(); err != nil {
		t.Fatalf("the holder's context has ended: %v", err)
	}
	a.Release()
	if a.Context().Err() == nil {
		t.Error("the context goes on after Release")
	}
	b := acquire(t, s, "b")
	defer b.Release()
	if b.Fence() <= a.Fence() {
		t.Errorf("the fence of the next holder is %d, want more than %d", b.Fence(), a.Fence())
	}
	if err := a.Renew(t.Context()); !errors.Is(err, records.ErrHeld) {
		t.Errorf("Renew after Release: %v, want %v", err, records.ErrHeld)
	}
}

func TestALeaseOfTheDeadMoves(t *testing.T) {
	s := recordstest.New()
	ctx, die := context.WithCancel(t.Context())
	a, err := records.Acquire(ctx, s, "work", "a", life)
	if err != nil {
		t.Fatal(err)
	}
	die()
	if _, err := records.Acquire(t.Context(), s, "work", "b", life); !errors.Is(err, records.ErrHeld) {
		t.Fatalf("another acquires it while it lasts: %v, want %v", err, records.ErrHeld)
	}
	again := acquire(t, s, "a") // the same holder, started anew
	if again.Fence() <= a.Fence() {
		t.Errorf("fence %d after %d", again.Fence(), a.Fence())
	}
	again.Release()
}

func TestALeaseIsLostWhenTheStoreFails(t *testing.T) {
	s := recordstest.New()
	a := acquire(t, s, "a")
	s.Fail(func(op, kind, id string) error { return errors.New("no disk") })
	select {
	case <-a.Context().Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the lease is not lost")
	}
	s.Fail(nil)
	a.Release()
}

func TestALeaseIsLostWhenAnotherTookIt(t *testing.T) {
	s := recordstest.New()
	a := acquire(t, s, "a")
	if _, err := s.Put(t.Context(), records.LeaseKind, records.Document{ID: "work", Version: records.Any, Body: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	if err := a.Renew(t.Context()); !errors.Is(err, records.ErrHeld) {
		t.Errorf("Renew: %v, want %v", err, records.ErrHeld)
	}
	<-a.Context().Done()
	a.Release()
	if d, err := s.Get(t.Context(), records.LeaseKind, "work"); err != nil || string(d.Body) != "b" {
		t.Errorf("after Release of a lost lease: %s, %v, want b's", d.Body, err)
	}
}

// TestHoldMovesOn lets three work at one thing; each gives it up after a while, or dies.
func TestHoldMovesOn(t *testing.T) {
	s := recordstest.New()
	var busy, turns atomic.Int64
	var last atomic.Int64
	var all sync.WaitGroup
	for _, holder := range []string{"a", "b", "c"} {
		all.Go(func() {
			err := records.Hold(t.Context(), s, "work", holder, life, func(ctx context.Context, fence int64) error {
				if busy.Add(1) != 1 {
					t.Error("two hold it at once")
				}
				defer busy.Add(-1)
				if last.Swap(fence) >= fence {
					t.Errorf("fence %d is not above the last", fence)
				}
				turns.Add(1)
				time.Sleep(life / 4)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if turns.Load() != 3 {
		t.Errorf("%d turns, want 3", turns.Load())
	}
}

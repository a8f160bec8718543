package records_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isobar/records"
	"isobar/records/recordstest"
)

func take(t *testing.T, c *records.Claims, name string) *records.Claim {
	t.Helper()
	one, err := c.Take(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func TestAPieceOfWorkIsOneProcesss(t *testing.T) {
	s := recordstest.New()
	one, two := records.NewClaims(t.Context(), s, life), records.NewClaims(t.Context(), s, life)
	defer one.Close()
	defer two.Close()
	a := take(t, one, "step 1")
	time.Sleep(2 * life) // the membership renews itself
	for name, c := range map[string]*records.Claims{"another": two, "the same": one} {
		if _, err := c.Take(t.Context(), "step 1"); !errors.Is(err, records.ErrHeld) {
			t.Errorf("%s process takes it: %v, want %v", name, err, records.ErrHeld)
		}
	}
	other := take(t, two, "step 2")
	defer other.Release()
	a.Release()
	b := take(t, two, "step 1")
	if b.Fence() <= a.Fence() {
		t.Errorf("the fence of the next one is %d, want more than %d", b.Fence(), a.Fence())
	}
	a.Release() // once more: it is the other's
	if _, err := one.Take(t.Context(), "step 1"); !errors.Is(err, records.ErrHeld) {
		t.Errorf("after a second Release: %v, want %v", err, records.ErrHeld)
	}
	if a.Context().Err() != nil || b.Context().Err() != nil {
		t.Error("a membership has ended")
	}
}

func TestAllThatTheDeadHadIsFreeAtOnce(t *testing.T) {
	s := recordstest.New()
	ctx, die := context.WithCancel(t.Context())
	dead, other := records.NewClaims(ctx, s, life), records.NewClaims(t.Context(), s, life)
	defer other.Close()
	was := map[string]*records.Claim{}
	for n := range 5 {
		name := fmt.Sprint("step ", n)
		was[name] = take(t, dead, name)
	}
	member, err := dead.Member(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	die()
	began := time.Now()
	for name := range was {
		for {
			c, err := other.Take(t.Context(), name)
			if err == nil {
				if c.Fence() <= was[name].Fence() {
					t.Errorf("%s: the fence is %d after %d", name, c.Fence(), was[name].Fence())
				}
				break
			}
			if !errors.Is(err, records.ErrHeld) || time.Since(began) > 10*life {
				t.Fatalf("%s after %v: %v", name, time.Since(began), err)
			}
			time.Sleep(life / 20)
		}
	}
	if living, err := other.Living(t.Context(), member.ID); living || err != nil {
		t.Errorf("the dead one's membership: living %v, %v", living, err)
	}
	was["step 0"].Release() // what it does late harms nobody
	if c, err := dead.Take(t.Context(), "step 0"); err == nil {
		t.Errorf("the dead one takes a claim, fence %d", c.Fence())
	}
}

func TestAMembershipThatWasLostIsTakenAnew(t *testing.T) {
	s := recordstest.New()
	c, other := records.NewClaims(t.Context(), s, life), records.NewClaims(t.Context(), s, life)
	defer c.Close()
	defer other.Close()
	lost := take(t, c, "work")
	member, _ := c.Member(t.Context())
	if err := s.Delete(t.Context(), records.LeaseKind, "member/"+member.ID, records.Any); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lost.Context().Done():
	case <-time.After(10 * life):
		t.Fatal("the claim goes on")
	}
	theirs := take(t, other, "work")
	if _, err := c.Take(t.Context(), "work"); !errors.Is(err, records.ErrHeld) {
		t.Errorf("the one that lost it: %v, want %v", err, records.ErrHeld)
	}
	theirs.Release()
	again := take(t, c, "work")
	if now, _ := c.Member(t.Context()); now.ID == member.ID || again.Context().Err() != nil {
		t.Errorf("the new membership is %s after %s, %v", now.ID, member.ID, again.Context().Err())
	}
}

func TestEachPieceIsDoneByOneAtATime(t *testing.T) {
	s := recordstest.New()
	const pieces, workers = 6, 4
	var busy [pieces]atomic.Int32
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			c := records.NewClaims(t.Context(), s, life)
			defer c.Close()
			for range 20 {
				for p := range pieces {
					got, err := c.Take(t.Context(), fmt.Sprint(p))
					if errors.Is(err, records.ErrHeld) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					if n := busy[p].Add(1); n != 1 {
						t.Errorf("%d work on piece %d", n, p)
					}
					busy[p].Add(-1)
					got.Release()
				}
			}
		})
	}
	group.Wait()
}

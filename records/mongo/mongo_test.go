package mongo

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"isobar/internal/mongodb/mongotest"
	"isobar/records"
	"isobar/records/recordstest"
)

// opened is a store of a database.
func opened(t testing.TB, uri, database string) *Store {
	t.Helper()
	s, err := Open(t.Context(), mongotest.Connect(t, uri), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRecordsKeepTheContract(t *testing.T) {
	c := mongotest.Client(t)
	recordstest.Run(t, func(t *testing.T) records.Store {
		s, err := Open(t.Context(), c, mongotest.Database(t, c))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	})
}

func TestTwoProcessesSeeEachOther(t *testing.T) {
	c := mongotest.Client(t)
	name := mongotest.Database(t, c)
	one, two := opened(t, mongotest.URI(t), name), opened(t, mongotest.URI(t), name)
	told := two.Changes(t.Context(), "job")
	version, err := one.Put(t.Context(), "job", records.Document{ID: "a", Body: []byte("1")})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Fatal("a change of another process is not told")
	}
	if _, err := two.Put(t.Context(), "job", records.Document{ID: "a", Version: version, Body: []byte("2")}); err != nil {
		t.Error(err)
	}
	if _, err := one.Put(t.Context(), "job", records.Document{ID: "a", Version: version}); !errors.Is(err, records.ErrConflict) {
		t.Errorf("a write over an old version gives %v", err)
	}
}

func TestALeaseGoesToAnotherProcess(t *testing.T) {
	c := mongotest.Client(t)
	name := mongotest.Database(t, c)
	one, two := opened(t, mongotest.URI(t), name), opened(t, mongotest.URI(t), name)
	dies, die := context.WithCancel(t.Context())
	first, err := records.Acquire(dies, one, "work", "one", 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := records.Acquire(t.Context(), two, "work", "two", 2*time.Second); !errors.Is(err, records.ErrHeld) {
		t.Errorf("a lease that is held is given: %v", err)
	}
	die() // it is left to expire
	began := time.Now()
	for {
		l, err := records.Acquire(t.Context(), two, "work", "two", 2*time.Second)
		if err == nil {
			if l.Fence() <= first.Fence() {
				t.Errorf("fence %d after %d", l.Fence(), first.Fence())
			}
			l.Release()
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestIdentitiesOfOneKindAreNotThoseOfAnother(t *testing.T) {
	s := opened(t, mongotest.URI(t), mongotest.Database(t, mongotest.Client(t)))
	for i, d := range []struct{ kind, id string }{{"a", "b/c"}, {"a/b", "c"}, {"a%2Fb", "c"}} {
		if _, err := s.Put(t.Context(), d.kind, records.Document{ID: d.id, Version: records.New, Body: fmt.Append(nil, i)}); err != nil {
			t.Errorf("%s of %s: %v", d.id, d.kind, err)
		}
	}
	if _, err := s.Put(t.Context(), "a", records.Document{ID: "\xff"}); !errors.Is(err, records.ErrName) {
		t.Errorf("an identity that is no text gives %v", err)
	}
}

func TestWhatWasWrittenSurvivesAServerThatIsKilled(t *testing.T) {
	server := mongotest.StartFerret(t)
	s := opened(t, server.URI(), "records")
	versions := map[string]int64{}
	for round := range 3 {
		for n := range 20 {
			id := fmt.Sprint(round, "/", n)
			v, err := s.Put(t.Context(), "job", records.Document{ID: id, Version: records.New, Body: []byte(id)})
			if err != nil {
				t.Fatal(err)
			}
			versions[id] = v
		}
		server.Kill(t)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		if _, err := s.Get(ctx, "job", "0/0"); err == nil || errors.Is(err, records.ErrNotFound) {
			t.Errorf("without a server Get gives %v", err)
		}
		cancel()
		server.Start(t)
		for id, v := range versions {
			if d, err := s.Get(t.Context(), "job", id); err != nil || d.Version != v || string(d.Body) != id {
				t.Errorf("%s is version %d, %q, %v, want %d", id, d.Version, d.Body, err, v)
			}
		}
	}
}

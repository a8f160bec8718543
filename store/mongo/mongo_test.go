package mongo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/internal/mongodb/mongotest"
	"isobar/records"
	"isobar/store"
	"isobar/store/storetest"
)

func TestStoresKeepTheContract(t *testing.T) {
	c := mongotest.Client(t)
	for name, o := range map[string]func(t *testing.T) Options{
		"with caches":                func(t *testing.T) Options { return Options{ChunkCacheBytes: 1 << 20, CacheDir: t.TempDir()} },
		"without caches, by looking": func(*testing.T) Options { return Options{BlockCacheBytes: -1, Poll: true} },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				o := o(t)
				o.Client, o.Database = c, mongotest.Database(t, c)
				s, err := Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

// patch is a small grid.
func patch() grid.Grid {
	g, err := grid.LatLon(70, 66, geo.Box{0, 40, 17.25, 56.25})
	if err != nil {
		panic(err)
	}
	return g
}

// numbered is a field whose values tell its number and place.
func numbered(k field.Key, number int) *field.Field {
	g := patch()
	values := make([]float32, g.Len())
	for i := range values {
		values[i] = float32(number*1000 + (i*(number+7))%997)
	}
	return &field.Field{Key: k, Grid: g, Values: values, Packing: &field.Packing{Bits: 24}}
}

// opened is a store of a database, as if in a process of its own.
func opened(t testing.TB, uri, database string, o Options) *Store {
	t.Helper()
	o.Client, o.Database = mongotest.Connect(t, uri), database
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// publish puts fields of one run and publishes them.
func publish(t testing.TB, s *Store, fields ...*field.Field) {
	t.Helper()
	w := begin(t, s, fields[0].Key)
	for _, f := range fields {
		if err := w.Put(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Publish(t.Context()), w.Close()); err != nil {
		t.Fatal(err)
	}
}

func begin(t testing.TB, s *Store, k field.Key) *writer {
	t.Helper()
	w, err := s.Begin(t.Context(), k.Model, k.Run)
	if err != nil {
		t.Fatal(err)
	}
	return w.(*writer)
}

// readAll gives all values of a field.
func readAll(t testing.TB, from store.Snapshot, k field.Key) ([]float32, error) {
	t.Helper()
	info, ok := from.Info(k)
	if !ok {
		return nil, store.ErrNotFound
	}
	nx, ny := info.Grid.Shape()
	dst := make([]float32, nx*ny)
	return dst, from.Windows(t.Context(), []field.Key{k}, grid.Window{NX: nx, NY: ny}, [][]float32{dst})
}

// holds is nil if a store has a field to the last bit.
func holds(t testing.TB, s *Store, f *field.Field) error {
	t.Helper()
	now, err := s.Hold(t.Context())
	if err != nil {
		return err
	}
	defer now.Close()
	got, err := readAll(t, now, f.Key)
	if err != nil {
		return err
	}
	for i, v := range got {
		if v != f.Values[i] {
			return fmt.Errorf("cell %d is %v, want %v", i, v, f.Values[i])
		}
	}
	return nil
}

// eventually waits for something to come true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come true that %s", what)
		}
	}
}

func TestWhatOneProcessPublishesAnotherServes(t *testing.T) {
	for _, poll := range []bool{false, true} {
		t.Run(fmt.Sprint("looking ", poll), func(t *testing.T) {
			name := mongotest.Database(t, mongotest.Client(t))
			writes, reads := opened(t, mongotest.URI(t), name, Options{}), opened(t, mongotest.URI(t), name, Options{Poll: poll})
			if poll && reads.Told() {
				t.Error("it is told changes and should look for them")
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ticks := reads.Changes(ctx)
			var fields []*field.Field
			for n := range 3 {
				f := numbered(field.Key{Model: "m", Element: "t", Valid: field.Time(n)}, n)
				fields = append(fields, f)
				publish(t, writes, f)
				select {
				case <-ticks:
				case <-time.After(10 * time.Second):
					t.Fatalf("publication %d is not told", n)
				}
				eventually(t, "it is served", func() bool { return holds(t, reads, f) == nil })
			}
			if a, b := reads.now.Load().version, writes.now.Load().version; a != b {
				t.Errorf("versions %s and %s", a, b)
			}
			old, _ := reads.Hold(t.Context())
			if err := writes.Drop(t.Context(), "m", 0); err != nil {
				t.Fatal(err)
			}
			eventually(t, "it is dropped", func() bool { return errors.Is(holds(t, reads, fields[0]), store.ErrNotFound) })
			if _, err := readAll(t, old, fields[0].Key); err != nil {
				t.Errorf("a held snapshot has lost its field: %v", err)
			}
			t.Logf("told by the server: %v", reads.Told())
		})
	}
}

func TestAWriterThatLostItsLeasePublishesNothing(t *testing.T) {
	name := mongotest.Database(t, mongotest.Client(t))
	one, two := opened(t, mongotest.URI(t), name, Options{}), opened(t, mongotest.URI(t), name, Options{})
	k := field.Key{Model: "m", Element: "t"}
	stale := begin(t, one, k)
	if err := stale.Put(t.Context(), numbered(k, 1)); err != nil {
		t.Fatal(err)
	}
	// It is stopped for so long that its membership expires, and does not know.
	if err := one.leases.Delete(t.Context(), records.LeaseKind, "member/"+stale.member.ID, records.Any); err != nil {
		t.Fatal(err)
	}
	fresh := begin(t, two, k)
	if err := stale.Publish(t.Context()); !errors.Is(err, errLost) {
		t.Errorf("the writer that lost the run publishes: %v", err)
	}
	want := numbered(k, 2)
	if err := errors.Join(fresh.Put(t.Context(), want), fresh.Publish(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := stale.Close(); err != nil {
		t.Error(err)
	}
	later := numbered(field.Key{Model: "m", Element: "u"}, 3)
	if err := errors.Join(fresh.Put(t.Context(), later), fresh.Publish(t.Context()), fresh.Close()); err != nil {
		t.Errorf("the other one closing has harmed the run: %v", err)
	}
	for _, s := range []*Store{one, two} {
		for _, f := range []*field.Field{want, later} {
			eventually(t, "it is served", func() bool { return holds(t, s, f) == nil })
		}
	}
}

func TestOneOfSeveralWritersThatDiedPublishesNothing(t *testing.T) {
	name := mongotest.Database(t, mongotest.Client(t))
	one, two := opened(t, mongotest.URI(t), name, Options{}), opened(t, mongotest.URI(t), name, Options{})
	join := func(s *Store) *writer {
		w, err := s.Join(t.Context(), "m", 0)
		if err != nil {
			t.Fatal(err)
		}
		return w.(*writer)
	}
	k, other := field.Key{Model: "m", Element: "t"}, field.Key{Model: "m", Element: "u"}
	stale, early := join(one), join(two)
	if err := errors.Join(stale.Put(t.Context(), numbered(k, 1)), early.Put(t.Context(), numbered(other, 2))); err != nil {
		t.Fatal(err)
	}
	// It is stopped for so long that its membership expires, and does not know.
	if err := one.leases.Delete(t.Context(), records.LeaseKind, "member/"+stale.member.ID, records.Any); err != nil {
		t.Fatal(err)
	}
	fresh := join(two)
	want := numbered(k, 3)
	if err := errors.Join(fresh.Put(t.Context(), want), fresh.Publish(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := stale.Publish(t.Context()); !errors.Is(err, errLost) {
		t.Errorf("the writer that died publishes: %v", err)
	}
	if err := errors.Join(early.Publish(t.Context()), early.Close(), fresh.Close(), stale.Close()); err != nil {
		t.Error(err)
	}
	for _, f := range []*field.Field{want, numbered(other, 2)} {
		if err := holds(t, two, f); err != nil {
			t.Errorf("%s: %v", f.Key.Element, err)
		}
	}
	// What it left is found and removed, while others go on.
	late := join(two)
	if err := late.Put(t.Context(), numbered(field.Key{Model: "m", Element: "v"}, 4)); err != nil {
		t.Fatal(err)
	}
	two.options.Grace = time.Millisecond
	eventually(t, "the run is clean", func() bool {
		if err := two.sweepOnce(t.Context()); err != nil && !errors.Is(err, records.ErrHeld) {
			t.Fatal(err)
		}
		d, err := two.readState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return !d.entry(late.name).Dirty
	})
	if err := errors.Join(late.Publish(t.Context()), late.Close()); err != nil {
		t.Error(err)
	}
	for _, f := range []*field.Field{want, numbered(other, 2), numbered(field.Key{Model: "m", Element: "v"}, 4)} {
		if err := holds(t, opened(t, mongotest.URI(t), name, Options{}), f); err != nil {
			t.Errorf("%s after the sweep: %v", f.Key.Element, err)
		}
	}
	left, err := two.chunks.CountDocuments(t.Context(), map[string]string{"r": late.home})
	if each := int64(len(newBlocks(late.layout).chunks)); err != nil || left != 3*each {
		t.Errorf("%d documents of three fields, want %d, %v", left, 3*each, err)
	}
}

func TestARunOfADeadWriterGoesToAnother(t *testing.T) {
	name := mongotest.Database(t, mongotest.Client(t))
	one, two := opened(t, mongotest.URI(t), name, Options{Lease: time.Second}), opened(t, mongotest.URI(t), name, Options{Lease: time.Second})
	k := field.Key{Model: "m", Element: "t"}
	publish(t, one, numbered(k, 1))
	dead := begin(t, one, k)
	for n := range 3 {
		if err := dead.Put(t.Context(), numbered(field.Key{Model: "m", Element: fmt.Sprint("lost", n)}, n)); err != nil {
			t.Fatal(err)
		}
	}
	kill(dead)
	began := time.Now()
	w := begin(t, two, k)
	t.Logf("the run is given on after %v", time.Since(began).Round(time.Millisecond))
	if err := errors.Join(w.Put(t.Context(), numbered(k, 2)), w.Publish(t.Context()), w.Close()); err != nil {
		t.Fatal(err)
	}
	if err := holds(t, two, numbered(k, 2)); err != nil {
		t.Error(err)
	}
	// What the dead one left is found, and removed when it has been seen twice.
	two.options.Grace = time.Millisecond
	ids := func() int {
		n, err := two.chunks.CountDocuments(t.Context(), map[string]string{"r": w.home})
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	before := ids()
	eventually(t, "what the dead writer left is gone", func() bool {
		if err := two.sweepOnce(t.Context()); err != nil && !errors.Is(err, records.ErrHeld) {
			t.Fatal(err)
		}
		return ids() == len(newBlocks(w.layout).chunks)
	})
	t.Logf("%d documents, then %d", before, ids())
	if err := holds(t, opened(t, mongotest.URI(t), name, Options{}), numbered(k, 2)); err != nil {
		t.Errorf("after the sweep: %v", err)
	}
}

// kill leaves a writer as a process that is killed does: its membership expires.
func kill(w *writer) {
	w.closed = true
	w.store.die()
}

func TestADroppedRunIsRemovedWhenItIsDue(t *testing.T) {
	s := opened(t, mongotest.URI(t), mongotest.Database(t, mongotest.Client(t)), Options{Grace: time.Millisecond})
	k := field.Key{Model: "m", Element: "t"}
	f := numbered(k, 1)
	f.Original = &field.Original{Format: field.GRIB2, Bytes: bytes.Repeat([]byte("GRIB"), originalPart/3)}
	publish(t, s, f)
	publish(t, s, numbered(k, 2))
	if err := s.Drop(t.Context(), "m", 0); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing is left", func() bool {
		if err := s.sweepOnce(t.Context()); err != nil && !errors.Is(err, records.ErrHeld) {
			t.Fatal(err)
		}
		left := int64(0)
		for _, name := range []string{chunksName, metaName, garbageName} {
			n, err := s.options.Client.Database(s.options.Database).Collection(name).CountDocuments(t.Context(), struct{}{})
			if err != nil {
				t.Fatal(err)
			}
			left += n
		}
		return left == 0
	})
}

func TestALargeOriginalComesBack(t *testing.T) {
	s := opened(t, mongotest.URI(t), mongotest.Database(t, mongotest.Client(t)), Options{})
	f := numbered(field.Key{Model: "m", Element: "t"}, 1)
	f.Original = &field.Original{Format: field.GRIB2, Bytes: bytes.Repeat([]byte("GRIB7777"), originalPart/5)}
	publish(t, s, f)
	now, _ := s.Hold(t.Context())
	got, ok, err := now.(store.Originals).Original(t.Context(), f.Key)
	if err != nil || !ok || !bytes.Equal(got, f.Original.Bytes) {
		t.Errorf("%d bytes come back as %d, %v, %v", len(f.Original.Bytes), len(got), ok, err)
	}
}

func TestAnIndexOfReplacedFieldsIsWrittenAnew(t *testing.T) {
	name := mongotest.Database(t, mongotest.Client(t))
	s := opened(t, mongotest.URI(t), name, Options{})
	g, err := grid.LatLon(2, 2, geo.Box{0, 0, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	w := begin(t, s, field.Key{Model: "m"})
	const rounds = maxParts + 5
	for round := range rounds {
		for n := range 2 {
			f := &field.Field{Key: field.Key{Model: "m", Element: fmt.Sprint("e", n)}, Grid: g, Values: []float32{float32(round), float32(n), 3, 4}}
			if err := w.Put(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if got := len(s.now.Load().run(runName{"m", 0}).manifest.Index); got > maxParts {
		t.Errorf("an index of %d documents", got)
	}
	again := opened(t, mongotest.URI(t), name, Options{})
	now, _ := again.Hold(t.Context())
	for n := range 2 {
		got, err := readAll(t, now, field.Key{Model: "m", Element: fmt.Sprint("e", n)})
		if err != nil || got[0] != rounds-1 || got[1] != float32(n) {
			t.Fatalf("field %d is %v, %v", n, got, err)
		}
	}
}

func TestAServerThatIsKilledLosesNothing(t *testing.T) {
	server, dir, log := mongotest.StartFerret(t), t.TempDir(), &bytes.Buffer{}
	s := opened(t, server.URI(), "forecasts", Options{CacheDir: dir, Log: slog.New(slog.NewTextHandler(log, nil))})
	writes := opened(t, server.URI(), "forecasts", Options{})
	var all []*field.Field
	for round := range 3 {
		f := numbered(field.Key{Model: "m", Element: "t", Valid: field.Time(round)}, round)
		other := numbered(field.Key{Model: "m", Element: "u", Valid: field.Time(round)}, round+100)
		publish(t, writes, f, other)
		all = append(all, f, other)
		eventually(t, "it is served", func() bool { return holds(t, s, f) == nil })
		w := begin(t, writes, f.Key)
		unpublished := numbered(field.Key{Model: "m", Element: "never", Valid: field.Time(round)}, round)
		if err := w.Put(t.Context(), unpublished); err != nil {
			t.Fatal(err)
		}
		server.Kill(t)
		eventually(t, "the outage is seen", func() bool { return !s.Health().Reachable })
		if err := holds(t, s, f); err != nil {
			t.Errorf("round %d: what is cached is not served: %v", round, err)
		}
		if err := holds(t, s, other); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("round %d: what is not cached gives %v", round, err)
		}
		cold := opened(t, server.URI(), "forecasts", Options{CacheDir: dir})
		if err := holds(t, cold, f); err != nil {
			t.Errorf("round %d: a start without the database: %v", round, err)
		}
		if h := cold.Health(); h.Reachable || h.Err == nil {
			t.Errorf("round %d: health %+v", round, h)
		}
		server.Start(t)
		eventually(t, "the database is back", func() bool { return s.Health().Reachable && cold.Health().Reachable })
		if err := w.Publish(t.Context()); err != nil {
			t.Errorf("round %d: a writer across the outage: %v", round, err)
		}
		all = append(all, unpublished)
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		for _, f := range all {
			eventually(t, "all is served", func() bool { return holds(t, s, f) == nil && holds(t, cold, f) == nil })
		}
	}
}

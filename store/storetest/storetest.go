// Package storetest is the contract of stores as tests, for every implementation.
package storetest

import (
	"context"
	"testing"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// Run tries a store. open makes an empty one, which the suite closes.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close = %v", err)
				}
			}()
			c.try(&suite{TB: t, store: s, ctx: t.Context(), soon: 10 * time.Second})
		})
	}
}

// check is one promise.
type check struct {
	name string
	try  func(s *suite)
}

// checks are all promises.
var checks = []check{
	{"a new store is empty", empty},
	{"a published field comes back to the last bit", exact},
	{"an unpublished field is not seen", unpublished},
	{"a publication is seen whole", whole},
	{"a writer may publish again and again", again},
	{"a writer that is closed gives up what it has not published", givenUp},
	{"a closed writer takes nothing", closedWriter},
	{"a field that is put is not kept", notKept},
	{"an original comes back byte for byte, and goes with its field", originals},
	{"an original that is put is not kept", originalNotKept},
	{"fields are put from many goroutines", together},
	{"a field of another run is refused", foreign},
	{"a field on another grid is refused", otherGrid},
	{"a field of the wrong length is refused", wrongLength},
	{"a held snapshot does not change", held},
	{"a field that is put again replaces the old one", replaced},
	{"keys that differ in one part name different fields", parts},
	{"keys come model by model, run by run, each once", ordered},
	{"runs are kept apart", apart},
	{"a dropped run is gone, but not from a held snapshot", dropped},
	{"a dropped run may be written anew", rewritten},
	{"the version changes with the content, and only then", version},
	{"the tag of a field changes with its content, and only then", tags},
	{"one writer at a time has a run", oneWriter},
	{"a writer that waits gets the run when it is let go", waiting},
	{"writers who take turns lose nothing of one another", turns},
	{"writers who share a run lose nothing of one another", shared},
	{"writers who share a run publish and give up what is their own", apartTogether},
	{"a run is shared, or one has it alone", aloneOrShared},
	{"changes are told", changes},
	{"a description tells the range of the values", described},
	{"a description tells how finely the source told the values", quantumKept},
	{"levels are means around every second node", pyramid},
	{"windows wrap on a grid around the Earth", wrapping},
	{"windows beyond the edge are missing", beyond},
	{"a grid without rows is read by runs of cells", scattered},
	{"a batch comes in the order of its keys", batch},
	{"a batch with an unknown key is refused", unknown},
	{"a window that can't be is refused", badWindow},
	{"a context that has ended is honoured", ended},
	{"readers are not disturbed by writers", concurrent},
}

// suite is a store that is tried.
type suite struct {
	testing.TB
	store store.Store
	ctx   context.Context
	soon  time.Duration // how long is waited for what should come
}

// must stops the check at an error.
func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// begin takes a run, which is let go when the check ends.
func (s *suite) begin(model string, run field.Time) store.Writer {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, s.soon)
	defer cancel()
	w, err := s.store.Begin(ctx, model, run)
	s.must(err)
	return w
}

// publish puts fields of one run and publishes them.
func (s *suite) publish(fields ...*field.Field) {
	s.Helper()
	w := s.begin(fields[0].Key.Model, fields[0].Key.Run)
	for _, f := range fields {
		s.must(w.Put(s.ctx, f))
	}
	s.must(w.Publish(s.ctx))
	s.must(w.Close())
}

// hold holds the newest state.
func (s *suite) hold() store.Snapshot {
	s.Helper()
	now, err := s.store.Hold(s.ctx)
	s.must(err)
	return now
}

// version is that of the newest state.
func (s *suite) version() string {
	s.Helper()
	now := s.hold()
	defer now.Close()
	return now.Version()
}

// keys are those of a snapshot.
func keys(of store.Snapshot) (list []field.Key) {
	for k := range of.Keys() {
		list = append(list, k)
	}
	return list
}

// read gives a window of one field.
func (s *suite) read(from store.Snapshot, k field.Key, w grid.Window) []float32 {
	s.Helper()
	values := make([]float32, w.NX*w.NY)
	for i := range values {
		values[i] = -12345
	}
	if err := from.Windows(s.ctx, []field.Key{k}, w, [][]float32{values}); err != nil {
		s.Fatalf("window %+v of %+v: %v", w, k, err)
	}
	return values
}

// full is the window of a whole grid.
func full(g grid.Grid) grid.Window {
	nx, ny := g.Shape()
	return grid.Window{NX: nx, NY: ny}
}

// holds checks that a snapshot has a field, to the last bit.
func (s *suite) holds(from store.Snapshot, f *field.Field) {
	s.Helper()
	got := s.read(from, f.Key, full(f.Grid))
	if i := differ(got, f.Values); i >= 0 {
		s.Fatalf("%+v: cell %d is %v, want %v", f.Key, i, got[i], f.Values[i])
	}
}

// lacks checks that a snapshot has no field of a key, whichever way it is asked.
func (s *suite) lacks(from store.Snapshot, k field.Key) {
	s.Helper()
	if _, ok := from.Info(k); ok {
		s.Errorf("%+v is described", k)
	}
	for got := range from.Keys() {
		if got == k {
			s.Errorf("%+v is listed", k)
		}
	}
	s.isError(from.Windows(s.ctx, []field.Key{k}, grid.Window{NX: 1, NY: 1}, [][]float32{make([]float32, 1)}), store.ErrNotFound)
}

package layers

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/models"
	"isobar/store"
	"isobar/styles"
)

// world is a grid of 1 degree.
type world struct{}

func (world) ID() string                                { return "world" }
func (world) Len() int                                  { return 360 * 181 }
func (world) Shape() (nx, ny int)                       { return 360, 181 }
func (world) Weigh(dst []grid.Stencil, at []geo.LonLat) {}
func (world) Places(dst []geo.LonLat, first int)        {}
func (world) Extent() geo.Box                           { return geo.Box{-180, -90.0001, 180, 90} }

// shelf is a store in memory of names without values.
type shelf struct {
	mu      sync.Mutex
	now     *state
	err     error
	changes chan struct{}
	open    atomic.Int64
}

// state is what is published at one time.
type state struct {
	version  string
	keys     []field.Key
	info     map[field.Key]store.Info
	versions map[runName]string
}

var _ store.Store = (*shelf)(nil)

func (s *shelf) Hold(ctx context.Context) (store.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	s.open.Add(1)
	if s.now.versions == nil {
		return &snapshot{state: s.now, open: &s.open}, nil
	}
	return &versionedSnapshot{snapshot{state: s.now, open: &s.open}, 0}, nil
}

func (s *shelf) Changes(ctx context.Context) <-chan struct{} { return s.changes }
func (s *shelf) Close() error                                { return nil }
func (s *shelf) Drop(context.Context, string, field.Time) error {
	return errors.ErrUnsupported
}
func (s *shelf) Begin(context.Context, string, field.Time) (store.Writer, error) {
	return nil, errors.ErrUnsupported
}

// publish makes keys the whole of what there is.
func (s *shelf) publish(version string, keys ...field.Key) {
	info := map[field.Key]store.Info{}
	for _, k := range keys {
		info[k] = store.Info{Grid: world{}, Min: 1, Max: 2, MaxLevel: 2, ETag: "x"}
	}
	s.set(&state{version: version, keys: keys, info: info}, nil)
}

func (s *shelf) set(now *state, err error) {
	s.mu.Lock()
	s.now, s.err = now, err
	s.mu.Unlock()
	if s.changes != nil {
		select {
		case s.changes <- struct{}{}:
		default:
		}
	}
}

type snapshot struct {
	*state
	open   *atomic.Int64
	closed atomic.Bool
}

func (s *snapshot) Version() string           { return s.version }
func (s *snapshot) Keys() iter.Seq[field.Key] { return slices.Values(s.keys) }
func (s *snapshot) Info(k field.Key) (store.Info, bool) {
	i, ok := s.info[k]
	return i, ok
}
func (s *snapshot) Windows(context.Context, []field.Key, grid.Window, [][]float32) error {
	return store.ErrNotFound
}
func (s *snapshot) Close() {
	if s.closed.Swap(true) {
		panic("closed twice")
	}
	s.open.Add(-1)
}

// versionedSnapshot counts what is asked of it.
type versionedSnapshot struct {
	snapshot
	infos int64
}

func (s *versionedSnapshot) RunVersion(model string, run field.Time) string {
	return s.versions[runName{model, run}]
}

func (s *versionedSnapshot) Info(k field.Key) (store.Info, bool) {
	atomic.AddInt64(&s.infos, 1)
	return s.snapshot.Info(k)
}

// rows is elements, models and styles in one.
type rows struct {
	elements map[string]elements.Element
	derived  []elements.Derivation
}

func (r rows) Get(id string) elements.Element {
	if el, ok := r.elements[id]; ok {
		el.ID = id
		return el
	}
	return elements.Element{ID: id, Title: strings.ToUpper(id)}
}

func (r rows) Derive(stored []string) (can []elements.Derivation) {
	for _, d := range r.derived {
		if !slices.ContainsFunc(d.Inputs, func(in string) bool { return !slices.Contains(stored, in) }) {
			can = append(can, d)
		}
	}
	return can
}

func (r rows) For(el elements.Element, min, max float64) []*styles.Style {
	return []*styles.Style{{ID: el.ID + "-default", Stops: []styles.Stop{{Value: min}, {Value: max}}}, {ID: "grey"}}
}

type modelRows struct{}

func (modelRows) Get(id string) models.Model { return models.Model{ID: id, Title: strings.ToUpper(id)} }

// sourceOf makes a source of a store, and closes it after the test.
func sourceOf(t testing.TB, s *shelf, r rows) *Source {
	t.Helper()
	return sourceWith(t, s, r)
}

// sourceWith is sourceOf, for rows that extend these.
func sourceWith(t testing.TB, s *shelf, r interface {
	Elements
	Styles
}) *Source {
	t.Helper()
	source, err := NewSource(t.Context(), s, r, modelRows{}, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		source.Close()
		if n := s.open.Load(); n != 0 {
			t.Errorf("%d snapshots are open after the last was let go, want 0", n)
		}
	})
	return source
}

// layersOf is what a store with these keys shows.
func layersOf(t testing.TB, r rows, keys ...field.Key) *Catalogue {
	t.Helper()
	s := &shelf{}
	s.publish("1", keys...)
	c, release := sourceOf(t, s, r).Hold()
	t.Cleanup(release)
	return c
}

const hour = field.Time(3600)

// run0 is 2026-11-24T00:00:00Z.
const run0 = field.Time(1795478400)

var surface = field.Level{Kind: elements.Surface}

// at names a surface field of model m: run and valid in hours after run0.
func at(element string, run, valid field.Time) field.Key {
	return field.Key{Model: "m", Run: run0 + run*hour, Element: element, Level: surface, Valid: run0 + valid*hour}
}

// over is at, over some hours.
func over(element string, run, valid field.Time, hours field.Seconds) field.Key {
	k := at(element, run, valid)
	k.Span = hours * 3600
	return k
}

// on puts a key on a level.
func on(k field.Key, kind elements.LevelKind, value, to float64) field.Key {
	k.Level = field.Level{Kind: kind, Value: value, To: to}
	return k
}

// member makes a key that of a member.
func member(k field.Key, m int) field.Key {
	k.Member = m
	return k
}

// layer finds a layer.
func layer(t testing.TB, c *Catalogue, name string) *Layer {
	t.Helper()
	l, err := c.Layer(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// names lists all layers.
func names(c *Catalogue) (names []string) {
	for _, l := range c.Layers() {
		names = append(names, l.Name)
	}
	return names
}

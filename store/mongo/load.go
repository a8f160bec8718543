package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"isobar/field"
	"isobar/grid"
	"isobar/internal/mongodb"
	"isobar/store"
	"isobar/store/chunk"
)

// manifest is what is published of a run, a document of its own.
type manifest struct {
	Model    string      `json:"model"`
	Run      field.Time  `json:"run"`
	Home     string      `json:"home"`
	Grid     string      `json:"grid"` // all fields' grid
	NX       int         `json:"nx"`
	NY       int         `json:"ny"`
	MaxLevel int         `json:"maxLevel"`
	Wraps    bool        `json:"wraps"`
	Index    []indexPart `json:"index"` // documents of records; what comes later counts
	Records  int         `json:"records"`
	Fields   int         `json:"fields"`
	Sum      string      `json:"digest"` // sum of the fields' digests

	id     string
	digest chunk.Digest
}

// indexPart is one document of the index.
type indexPart struct {
	ID      string `json:"id"`
	Records int    `json:"records"`
}

// layout is how the run's fields are cut.
func (m *manifest) layout() *chunk.Layout { return chunk.NewLayout(m.NX, m.NY, m.MaxLevel, m.Wraps) }

// parseManifest reads a manifest, and bounds what memory is made from. Errors wrap store.ErrDamaged.
func parseManifest(id string, text []byte) (*manifest, error) {
	m := &manifest{id: id}
	err := json.Unmarshal(text, m)
	if err == nil {
		err = m.digest.UnmarshalText([]byte(m.Sum))
	}
	switch {
	case err != nil:
	case m.NX < 1 || m.NY < 1 || m.NX > grid.MaxCells/m.NY:
		err = fmt.Errorf("a grid of %d x %d cells", m.NX, m.NY)
	case m.MaxLevel < 0 || m.MaxLevel > grid.MaxLevel(m.NX, m.NY, m.Wraps):
		err = fmt.Errorf("a pyramid of %d levels", m.MaxLevel)
	case m.Fields < 0 || m.Records < m.Fields:
		err = fmt.Errorf("%d records of %d fields", m.Records, m.Fields)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: manifest %s: %w", store.ErrDamaged, id, err)
	}
	return m, nil
}

// lookTime bounds how long a look at the state may take.
const lookTime = 2 * time.Second

// look brings the state up to date, and finds out whether the database is there.
func (s *Store) look(ctx context.Context) {
	inner, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	version, err := s.documentVersion(inner)
	if err == nil && version == s.now.Load().document {
		s.seen(nil)
		return
	}
	if err == nil {
		s.seen(nil) // reads may be tried again
		err = s.update(ctx)
	}
	if err != nil && ctx.Err() == nil {
		s.seen(err)
	}
}

// documentVersion reads the state's version alone.
func (s *Store) documentVersion(ctx context.Context) (int64, error) {
	d, err := s.state.Find(ctx, bson.D{{Key: "_id", Value: stateID}},
		options.Find().SetProjection(bson.D{{Key: "version", Value: 1}}))
	if err != nil {
		return 0, err
	}
	var found []struct{ Version int64 }
	if err := d.All(ctx, &found); err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0].Version, nil
}

// seen notes how a look at the database went, and logs when that changes.
func (s *Store) seen(err error) {
	was := s.Health()
	now := Health{Reachable: err == nil, Seen: was.Seen, Err: err}
	if err == nil {
		now.Seen = time.Now()
	}
	if err != nil && !mongodb.Lost(err) && !errors.Is(err, store.ErrUnavailable) { // it is there, and what it says can't be read
		now.Reachable = true
	}
	switch {
	case was.Seen.IsZero():
	case was.Reachable && !now.Reachable:
		s.log.Error("the database is out of reach; what is cached is served", "error", cause(err))
	case !was.Reachable && now.Reachable:
		s.log.Info("the database is back")
	case err != nil && (was.Err == nil || was.Err.Error() != err.Error()) && now.Reachable:
		s.log.Error("what is published can't be read", "error", err)
	}
	s.health.Store(&now)
}

// cause is why a database is out of reach, for logs.
func cause(err error) error {
	var out *outage
	if errors.As(err, &out) {
		return out.cause
	}
	return err
}

// updates is how often the state is read anew whose documents are gone meanwhile.
const updates = 5

// update brings the state up to date.
func (s *Store) update(ctx context.Context) error {
	s.updating.Lock()
	defer s.updating.Unlock()
	for try := 0; ; try++ {
		d, err := s.readState(ctx)
		if err != nil {
			return err
		}
		old := s.now.Load()
		if d.Version == old.document {
			s.seen(nil)
			return nil
		}
		runs, bad, err := s.load(ctx, d, old)
		if errors.Is(err, errGone) && try < updates {
			continue
		}
		if err != nil {
			return err
		}
		for n, err := range bad {
			s.log.Error("what is published can't be read", "run", n.String(), "error", err)
		}
		next := newState(runs, d.Version)
		next.named = d.manifests()
		s.swapIn(old, next)
		s.seen(nil)
		s.remember(d)
		return nil
	}
}

// swapIn makes a state the newest.
func (s *Store) swapIn(old, next *state) {
	s.now.Store(next)
	if next.version != old.version {
		s.changed.Ring()
	}
}

// fresh is a run of the state whose manifest is not known yet.
type fresh struct {
	entry    runEntry
	before   *runState // nil: none
	manifest *manifest
}

// load makes the states of the runs that a document names. Of what old has, nothing is read again: the new manifests come in one request,
// their indexes in another. A run that can't be read stays as it was, and is told in bad.
func (s *Store) load(ctx context.Context, d *stateDocument, old *state) (runs []*runState, bad map[runName]error, err error) {
	var news []*fresh
	var ids []string
	for _, e := range d.Runs {
		switch was := old.run(e.name()); {
		case e.Manifest == "":
		case was != nil && was.manifest.id == e.Manifest:
			runs = append(runs, was)
		default:
			news, ids = append(news, &fresh{entry: e, before: was}), append(ids, e.Manifest)
		}
	}
	texts, err := s.fetch(ctx, s.meta, ids)
	if err != nil {
		return nil, nil, err
	}
	bad = map[runName]error{}
	var parts []string
	for _, f := range news {
		if f.manifest, err = parseManifest(f.entry.Manifest, texts[f.entry.Manifest]); err != nil {
			bad[f.entry.name()] = err
			continue
		}
		for _, p := range f.manifest.Index[f.manifest.known(f.before):] {
			parts = append(parts, p.ID)
		}
	}
	if texts, err = s.fetch(ctx, s.meta, parts); err != nil {
		return nil, nil, err
	}
	for _, f := range news {
		r, err := s.loadFresh(ctx, f, texts)
		if errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
			return nil, nil, err
		}
		if err != nil {
			bad[f.entry.name()] = err
		}
		if r != nil {
			runs = append(runs, r)
		}
	}
	return runs, bad, nil
}

// loadFresh makes a run's state, or gives what was before with the error.
func (s *Store) loadFresh(ctx context.Context, f *fresh, texts map[string][]byte) (*runState, error) {
	m, e := f.manifest, f.entry
	if m == nil {
		return f.before, nil // it is told already
	}
	if m.Model != e.Model || m.Run != e.Run || m.Home != e.Home {
		return f.before, fmt.Errorf("%w: manifest %s is of another run", store.ErrDamaged, m.id)
	}
	r, err := s.loadRun(ctx, m, f.before, texts)
	if err != nil {
		return f.before, err
	}
	return r, nil
}

// known is how many parts of the index an older state of the run has.
func (m *manifest) known(before *runState) int {
	if before == nil || before.home != m.Home || len(before.manifest.Index) > len(m.Index) {
		return 0
	}
	n := len(before.manifest.Index)
	if !slices.Equal(before.manifest.Index, m.Index[:n]) {
		return 0
	}
	return n
}

// loadRun makes a run's state from its manifest and the index's documents.
func (s *Store) loadRun(ctx context.Context, m *manifest, before *runState, texts map[string][]byte) (*runState, error) {
	r := &runState{name: runName{m.Model, m.Run}, home: m.Home, manifest: m, layout: m.layout()}
	r.blocks = newBlocks(r.layout)
	var err error
	if r.grid, err = s.gridOf(ctx, m); err != nil {
		return nil, err
	}
	var sum chunk.Digest
	known := m.known(before)
	if known > 0 {
		r.records, r.sorted, sum = maps.Clone(before.records), before.sorted, before.manifest.digest
	} else {
		r.records = make(map[field.Key]*chunk.Record, m.Fields)
	}
	added := map[field.Key]*chunk.Record{}
	names := map[string]string{m.Model: m.Model}
	bad := false
	for _, p := range m.Index[known:] {
		err := chunk.ParseBlocks(texts[p.ID], names, func(f *chunk.Record) {
			f.ID = s.lastRecord.Add(1)
			if was := r.records[f.Key]; was != nil {
				sum = sum.Minus(was.Digest)
			}
			sum = sum.Plus(f.Digest)
			r.records[f.Key], added[f.Key] = f, f
			bad = bad || f.Key.Model != m.Model || f.Key.Run != m.Run
		})
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", p.ID, err)
		}
	}
	if bad || sum != m.digest || len(r.records) != m.Fields {
		return nil, fmt.Errorf("%w: the index of manifest %s does not hold what that says", store.ErrDamaged, m.id)
	}
	r.sorted = chunk.Merge(r.sorted, slices.SortedFunc(maps.Values(added), chunk.CompareKeys))
	return r, nil
}

// stateFile is where the state last seen lies in Options.CacheDir.
const stateFile = "state.bson"

// remember writes a state aside for a start without the database.
func (s *Store) remember(d *stateDocument) {
	if s.options.CacheDir == "" {
		return
	}
	text, err := bson.Marshal(d)
	if err == nil {
		err = writeAside(filepath.Join(s.options.CacheDir, stateFile), text)
	}
	if err != nil {
		s.log.Warn("what is published can't be kept for an outage", "error", err)
	}
}

// openCached makes the state last seen by this machine the newest.
func (s *Store) openCached(ctx context.Context) error {
	if s.options.CacheDir == "" {
		return errGone
	}
	path := filepath.Join(s.options.CacheDir, stateFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	d := &stateDocument{}
	if err := bson.Unmarshal(text, d); err != nil || d.Format != formatNumber {
		return errors.Join(errGone, err)
	}
	s.health.Store(&Health{Seen: info.ModTime(), Err: store.ErrUnavailable})
	runs, _, err := s.load(ctx, d, s.now.Load())
	if err != nil {
		return err
	}
	s.now.Store(newState(runs, -1)) // so that the first look reads it anew
	return nil
}

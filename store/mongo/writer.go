package mongo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/records"
	"isobar/store"
	"isobar/store/chunk"
)

// maxPause is how long at most a lease is left before it is tried again.
const maxPause = 250 * time.Millisecond

// errLost is the error of a writer whose run another has by now.
var errLost = errors.New("the run has been given to another writer")

// writer is a run held for writing. Put may be called from many goroutines.
type writer struct {
	store   *Store
	name    runName
	lease   *records.Lease
	die     context.CancelFunc // leaves the lease to expire
	holder  string             // in the run's entry
	home    string
	epoch   uint32
	claimed string       // manifest that was there when the run was claimed; "": none
	last    atomic.Int64 // number of the field put last

	writing sync.RWMutex // Put holds it for reading, Publish and Close for writing
	closed  bool

	mu       sync.Mutex // guards what follows
	manifest *manifest  // nil: nothing is published, and nothing put
	layout   *chunk.Layout
	blocks   *blocks
	settled  bool                        // the model's grid
	before   map[field.Key]*chunk.Record // published when the writer began; never changed
	since    map[field.Key]*chunk.Record // published since
	pending  map[field.Key]*chunk.Record // put and not published
	loose    []*chunk.Record             // put and replaced before they were published, or not known to be whole
	parts    int                         // of the index that this writer has written
}

// Begin implements store.Store. The run is taken by a lease, which moves on when a writer dies; and in the state, so that a writer that lost its
// lease without knowing can't publish.
func (s *Store) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	n := runName{model, run}
	living, die := context.WithCancel(context.WithoutCancel(ctx))
	lease, err := s.take(ctx, living, n)
	if err != nil {
		die()
		return nil, err
	}
	w := &writer{
		store: s, name: n, lease: lease, die: die, holder: newName(),
		since: map[field.Key]*chunk.Record{}, pending: map[field.Key]*chunk.Record{},
	}
	if err = w.claim(ctx); err == nil {
		err = s.update(ctx)
	}
	if err == nil {
		err = w.resume(s.now.Load().run(n))
	}
	if err != nil {
		lease.Release()
		die()
		return nil, err
	}
	return w, nil
}

// resume goes on with what is published of the run, if that could be read.
func (w *writer) resume(there *runState) error {
	if w.claimed == "" {
		return nil
	}
	if there == nil || there.manifest.id != w.claimed {
		return fmt.Errorf("%w: what is published of %s can't be read", store.ErrDamaged, w.name)
	}
	m := *there.manifest
	w.manifest, w.layout, w.blocks, w.before = &m, there.layout, there.blocks, there.records
	return nil
}

// take takes a run's lease, and waits for who has it until ctx ends. The lease is renewed while living does not end.
func (s *Store) take(ctx, living context.Context, n runName) (*records.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	leases, err := s.leaseStore(ctx)
	if err != nil {
		return nil, err
	}
	name, busy := leaseName(n), false
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, maxPause) {
		l, err := records.Acquire(living, boundedStore{leases, ctx}, name, newName(), s.options.Lease)
		if err == nil {
			return l, nil
		}
		if errors.Is(err, records.ErrHeld) {
			busy = true
		} else if ctx.Err() == nil {
			return nil, s.fault(ctx, err)
		}
		select {
		case <-ctx.Done():
			if busy {
				return nil, fmt.Errorf("%w: %s: %w", store.ErrBusy, n, ctx.Err())
			}
			return nil, fmt.Errorf("%s: %w", n, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// leaseName is the name of a run's lease.
func leaseName(n runName) string { return fmt.Sprintf("run/%s/%d", n.model, n.run) }

// claim makes the writer the run's holder in the state.
func (w *writer) claim(ctx context.Context) error {
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		if e == nil {
			d.Runs = append(d.Runs, runEntry{Model: w.name.model, Run: w.name.run, Home: newName()})
			e = &d.Runs[len(d.Runs)-1]
		}
		done := e.Holder == w.holder
		if !done {
			e.Dirty = e.Dirty || e.Holder != "" // who had it died
			e.Epoch, e.Holder = e.Epoch+1, w.holder
		}
		if e.Epoch > math.MaxUint32 {
			return false, fmt.Errorf("%s has had too many writers", w.name)
		}
		w.home, w.epoch, w.claimed = e.Home, uint32(e.Epoch), e.Manifest
		return !done, nil
	})
}

// Put implements store.Writer.
func (w *writer) Put(ctx context.Context, f *field.Field) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.writing.RLock()
	defer w.writing.RUnlock()
	if w.closed {
		return errors.New("the writer is closed")
	}
	if err := w.check(ctx, f); err != nil {
		return fmt.Errorf("%s: %w", chunk.Describe(f.Key), err)
	}
	r, pieces, err := w.encode(f)
	if err == nil && pieces != nil {
		err = w.add(ctx, r, pieces)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", chunk.Describe(f.Key), err)
	}
	return nil
}

// encode turns a field to its record and documents; none if it is published already, to the last bit.
func (w *writer) encode(f *field.Field) (*chunk.Record, []piece, error) {
	c := w.store.coders.Get()
	defer w.store.coders.Put(c)
	e := c.Encode(w.layout, f.Values, chunk.ScalingOf(f.Packing), w.store.options.Categories(f.Key.Element))
	var kept []byte
	if f.Original != nil {
		kept = f.Original.Bytes
	}
	if len(e.Bytes) > math.MaxUint32 || len(kept) > math.MaxUint32 {
		return nil, nil, errors.New("too large")
	}
	directory := e.Bytes[:e.Directory]
	r := &chunk.Record{
		Key: f.Key, Min: e.Min, Max: e.Max, Mean: e.Mean, Missing: e.Missing, Scaling: e.Scaling.Told(f.Step()), Sum: chunk.Checksum(directory),
		Span: chunk.FileRange{File: w.epoch, Offset: w.last.Add(1), Bytes: uint32(len(e.Bytes))},
	}
	r.Key.Element, r.Key.Model = strings.Clone(r.Key.Element), w.name.model
	if len(kept) > 0 {
		r.Original = chunk.Original{Format: strings.Clone(f.Original.Format), Bytes: uint32(len(kept)), Sum: chunk.Checksum(kept)}
	}
	r.Seal(f.Grid.ID(), directory)
	if w.same(r) {
		return r, nil, nil
	}
	var pieces []piece
	for i, block := range w.blocks.cut(&e) {
		pieces = append(pieces, piece{blockID(w.home, r, int32(i)), w.home, block})
	}
	for i, id := range originalIDs(w.home, r) {
		pieces = append(pieces, piece{id, w.home, kept[i*originalPart : min((i+1)*originalPart, len(kept))]})
	}
	return r, pieces, nil
}

// same tells that a field is published already, to the last bit; what was put of it since counts no more.
func (w *writer) same(r *chunk.Record) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.published(r.Key)
	if was == nil || was.Digest != r.Digest {
		return false
	}
	w.loosen(r.Key)
	return true
}

// loosen gives up what was put of a key. The caller holds mu.
func (w *writer) loosen(k field.Key) {
	if r := w.pending[k]; r != nil {
		w.loose = append(w.loose, r)
		delete(w.pending, k)
	}
}

// published finds what is published of a key. The caller holds mu.
func (w *writer) published(k field.Key) *chunk.Record {
	if r := w.since[k]; r != nil {
		return r
	}
	return w.before[k]
}

// add writes a field's documents.
func (w *writer) add(ctx context.Context, r *chunk.Record, pieces []piece) error {
	err := w.lost(ctx)
	if err == nil {
		err = w.store.insert(ctx, w.store.chunks, pieces)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.loose = append(w.loose, r)
		return err
	}
	w.loosen(r.Key)
	w.pending[r.Key] = r
	return nil
}

// lost is the error of a writer whose run another has, or nil. If its lease could not be renewed, the state tells.
func (w *writer) lost(ctx context.Context) error {
	if w.lease.Context().Err() == nil {
		return nil
	}
	d, err := w.store.readState(ctx)
	if err != nil {
		return err
	}
	if e := d.entry(w.name); e == nil || e.Holder != w.holder {
		return fmt.Errorf("%w: %w", errLost, context.Cause(w.lease.Context()))
	}
	return nil
}

// check refuses a field that does not belong to the run, and settles the run's grid by its first.
func (w *writer) check(ctx context.Context, f *field.Field) error {
	k := &f.Key
	switch {
	case f.Grid == nil || len(f.Values) != f.Grid.Len():
		return errors.New("the values are not those of the grid")
	case k.Model != w.name.model || k.Run != w.name.run:
		return fmt.Errorf("the field is not of %s", w.name)
	case k.Level.Value != k.Level.Value || k.Level.To != k.Level.To:
		return errors.New("its level is not a number")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	id := f.Grid.ID()
	if w.manifest != nil && w.manifest.Grid != id {
		return otherGrid(w.manifest.Grid, id)
	}
	if !w.settled {
		return w.settle(ctx, f.Grid, id)
	}
	return nil
}

// otherGrid is the error of a field whose grid is not its model's.
func otherGrid(known, id string) error {
	return fmt.Errorf("the model's fields lie on another grid: %s, not %s", known, id)
}

// settle makes a grid the run's, if it is the model's as far as is known; at the publication it is certain.
func (w *writer) settle(ctx context.Context, g grid.Grid, id string) error {
	nx, ny, maxLevel, wraps := chunk.Shape(g)
	if nx < 1 || ny < 1 || nx > grid.MaxCells/ny || nx*ny != g.Len() {
		return fmt.Errorf("a grid of %d x %d cells", nx, ny)
	}
	if known, ok := w.store.now.Load().gridOf(w.name.model); ok && known != id {
		return otherGrid(known, id)
	}
	if err := w.store.keepGrid(ctx, g); err != nil {
		return err
	}
	w.settled = true
	if w.manifest == nil {
		w.manifest = &manifest{
			Model: w.name.model, Run: w.name.run, Home: w.home, Grid: id, NX: nx, NY: ny, MaxLevel: maxLevel, Wraps: wraps,
		}
		w.layout = w.manifest.layout()
		w.blocks = newBlocks(w.layout)
	}
	return nil
}

// Close implements store.Writer. If the database is out of reach, the run is let go by the lease's end.
func (w *writer) Close() error {
	w.writing.Lock()
	defer w.writing.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer w.die()
	defer w.lease.Release()
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.pending {
		w.loosen(k)
	}
	swept := w.giveUp(ctx)
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		if e == nil || e.Holder != w.holder {
			return false, nil
		}
		if e.Manifest == "" && swept == nil && !e.Dirty {
			d.remove(w.name)
			return true, nil
		}
		e.Holder, e.Dirty = "", e.Dirty || swept != nil
		return true, nil
	})
}

// giveUp removes the documents of what was not published.
func (w *writer) giveUp(ctx context.Context) error {
	if len(w.loose) == 0 {
		return nil
	}
	var ids []string
	for _, r := range w.loose {
		ids = append(ids, w.blocks.documentIDs(w.home, r)...)
	}
	w.loose = nil
	return w.store.remove(ctx, w.store.chunks, ids)
}

// boundedStore gives up asking for a lease when a context ends that the lease itself outlives.
type boundedStore struct {
	records.Store
	ctx context.Context
}

// Get implements records.Store.
func (b boundedStore) Get(ctx context.Context, kind, id string) (records.Document, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	return b.Store.Get(inner, kind, id)
}

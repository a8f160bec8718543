package mongo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
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

// maxPause is how long at most a run that others have is left before it is tried again.
const maxPause = 250 * time.Millisecond

// errLost is the error of a writer whose run was given to another; errTaken, of a run that others have.
var (
	errLost  = errors.New("the run has been given to another writer")
	errTaken = errors.New("others have the run")
)

// writer is a run held for writing, alone or with others. Put may be called from many goroutines.
type writer struct {
	store  *Store
	name   runName
	member records.Member
	holder string // in the run's entry
	alone  bool
	home   string
	epoch  uint32
	asked  bool           // to be one of the run's: it may be so, whatever was answered
	others map[int64]bool // epochs of the writers that had the run, too, when it was taken
	last   atomic.Int64   // number of the field put last

	writing sync.RWMutex // Put holds it for reading, Publish and Close for writing
	closed  bool

	mu      sync.Mutex // guards what follows
	shape   *manifest  // nothing but what a manifest says of the grid; nil: nothing is published, and nothing put
	layout  *chunk.Layout
	blocks  *blocks
	settled bool                        // the model's grid
	behind  bool                        // what was published is not in the store's state yet
	pending map[field.Key]*chunk.Record // put and not published
	loose   []*chunk.Record             // put and replaced before they were published, or not known to be whole
	parts   int                         // of the index that this writer has written
	strewn  bool                        // documents of a publication that failed are left
}

// Begin implements store.Store.
func (s *Store) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	w, err := s.enter(ctx, runName{model, run}, true)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Join implements store.Sharing.
func (s *Store) Join(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	w, err := s.enter(ctx, runName{model, run}, false)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// enter takes a run, and waits for who has it until ctx ends. The writer is one of the run's in the state, which is what lets it publish. Those of
// processes whose membership has ended are put out by whoever comes next, so that they can't publish over it.
func (s *Store) enter(ctx context.Context, n runName, alone bool) (*writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	claims, err := s.Claims(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, name: n, holder: newName(), alone: alone, pending: map[field.Key]*chunk.Record{}}
	busy := false
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, maxPause) {
		if err = w.claim(ctx, claims); err == nil {
			break
		}
		if !errors.Is(err, errTaken) {
			if busy && ctx.Err() != nil {
				err = fmt.Errorf("%w: %s: %w", store.ErrBusy, n, err)
			}
			if w.asked {
				err = errors.Join(err, w.Close())
			}
			return nil, err
		}
		busy = true
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %s: %w", store.ErrBusy, n, ctx.Err())
		case <-time.After(pause):
		}
	}
	if err = s.update(ctx); err == nil {
		err = w.resume()
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// claim makes the writer one of the run's in the state. The error is errTaken if it has to wait.
func (w *writer) claim(ctx context.Context, claims *records.Claims) (err error) {
	if w.member, err = claims.Member(ctx); err != nil {
		return w.store.fault(ctx, err)
	}
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		if e == nil {
			d.Runs = append(d.Runs, runEntry{Model: w.name.model, Run: w.name.run, Home: newName()})
			e = &d.Runs[len(d.Runs)-1]
		}
		if e.holds(w.holder) { // it was written, though the answer was lost
			return false, nil
		}
		if err := w.putOut(ctx, e, claims); err != nil {
			return false, err
		}
		if e.Epoch >= math.MaxUint32 {
			return false, fmt.Errorf("%s has had too many writers", w.name)
		}
		w.others = map[int64]bool{}
		for _, h := range e.Writers {
			w.others[h.Epoch] = true
		}
		e.Epoch++
		e.Writers = append(e.Writers, holder{w.holder, w.member.ID, e.Epoch, w.alone})
		w.home, w.epoch, w.asked = e.Home, uint32(e.Epoch), true
		return true, nil
	})
}

// putOut puts out the writers of an entry that died, and those of older programs, which know of no others.
func (w *writer) putOut(ctx context.Context, e *runEntry, claims *records.Claims) error {
	if e.Holder != "" {
		e.Holder = ""
		e.soil()
	}
	var left []holder
	for _, h := range e.Writers {
		living := h.Member == w.member.ID
		if !living {
			var err error
			if living, err = claims.Living(ctx, h.Member); err != nil {
				return w.store.fault(ctx, err)
			}
		}
		switch {
		case !living:
			e.soil()
		case w.alone || h.Alone:
			return errTaken
		default:
			left = append(left, h)
		}
	}
	e.Writers = left
	return nil
}

// resume goes on with what is published of the run, if that could be read.
func (w *writer) resume() error {
	base, err := w.base()
	if err == nil && base != nil {
		w.shape, w.layout, w.blocks = base.manifest, base.layout, base.blocks
	}
	return err
}

// base is what is published of the run as far as is known here, or nil. The error is that of what can't be read.
func (w *writer) base() (*runState, error) {
	now := w.store.now.Load()
	there := now.run(w.name)
	if there != nil && there.home != w.home {
		there = nil
	}
	if id := now.named[w.name]; id != "" && (there == nil || there.manifest.id != id) {
		return nil, fmt.Errorf("%w: what is published of %s can't be read", store.ErrDamaged, w.name)
	}
	return there, nil
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
	base, err := w.base()
	if w.behind || err != nil || base == nil || base.records[r.Key] == nil || base.records[r.Key].Digest != r.Digest {
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

// lost is the error of a writer that was put out, or nil. If the membership could not be renewed, the state tells.
func (w *writer) lost(ctx context.Context) error {
	if w.member.Context.Err() == nil {
		return nil
	}
	d, err := w.store.readState(ctx)
	if err != nil {
		return err
	}
	if !d.entry(w.name).holds(w.holder) {
		return fmt.Errorf("%w: %w", errLost, context.Cause(w.member.Context))
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
	if w.shape != nil && w.shape.Grid != id {
		return otherGrid(w.shape.Grid, id)
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
	if w.shape == nil {
		w.shape = &manifest{
			Model: w.name.model, Run: w.name.run, Home: w.home, Grid: id, NX: nx, NY: ny, MaxLevel: maxLevel, Wraps: wraps,
		}
		w.layout = w.shape.layout()
		w.blocks = newBlocks(w.layout)
	}
	return nil
}

// Close implements store.Writer. If the database is out of reach, the run is let go when the process's membership ends.
func (w *writer) Close() error {
	w.writing.Lock()
	defer w.writing.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.pending {
		w.loosen(k)
	}
	swept := w.giveUp(ctx)
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		if !e.holds(w.holder) {
			return false, nil
		}
		e.Writers = slices.DeleteFunc(e.Writers, func(h holder) bool { return h.ID == w.holder })
		if swept != nil || w.strewn {
			e.soil()
		}
		if e.Manifest == "" && len(e.Writers) == 0 && !e.Dirty {
			d.remove(w.name)
		}
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

package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// segmentBytes is how long a file of fields gets before another is begun.
const segmentBytes = 256 << 20

// alignment is where a publication begins in a file, so that a disk that fails while it writes harms nothing published before.
const alignment = 4096

// writer is a run held for writing. Put may be called from many goroutines.
type writer struct {
	store *Store
	name  runName
	dir   string
	held  *os.File // the lock

	writing sync.RWMutex // Put holds it for reading, Publish and Close for writing
	closed  bool
	broken  error // why nothing can be published any more

	mu       sync.Mutex // guards what follows
	manifest *manifest  // nil: nothing is published, and nothing put
	layout   *chunk.Layout
	claimed  bool                        // the model's grid
	before   map[field.Key]*chunk.Record // published when the writer began; never changed
	since    map[field.Key]*chunk.Record // published since
	pending  map[field.Key]*chunk.Record // put and not published
	live     map[uint32]int              // by file: how many published fields lie in it
	file     *os.File                    // appended to; nil: none yet
	span     fileSpan                    // its, as far as it is written
	dirty    []*os.File                  // files before it with something that is not durable
	spans    []fileSpan                  // of all files, but the one appended to
	created  bool                        // a file whose name is not durable
	was      bool                        // something is published
}

// Begin implements store.Store.
func (s *Store) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	n := runName{model, run}
	dir, held, err := s.lock(ctx, n)
	if err != nil {
		return nil, err
	}
	sweepFiles(dir)
	now := s.hold()
	defer now.release()
	there, err := s.load(n, now.run(n))
	if err != nil {
		held.Close()
		return nil, err
	}
	w := &writer{
		store: s, name: n, dir: dir, held: held,
		since: map[field.Key]*chunk.Record{}, pending: map[field.Key]*chunk.Record{}, live: map[uint32]int{},
	}
	if there != nil {
		defer there.release()
		w.manifest, w.layout, w.before, w.was = there.manifest, there.layout, there.records, true
		for _, r := range there.records {
			w.live[r.Span.File]++
		}
		w.spans = slices.Clone(there.manifest.Files)
	}
	return w, nil
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
	if err := w.check(f); err != nil {
		return fmt.Errorf("%s: %w", chunk.Describe(f.Key), err)
	}
	c := w.store.coders.Get()
	defer w.store.coders.Put(c)
	e := c.Encode(w.layout, f.Values, chunk.ScalingOf(f.Packing), w.store.options.Categories(f.Key.Element))
	kept := []byte(nil)
	if f.Original != nil {
		kept = f.Original.Bytes
	}
	if len(e.Bytes) > math.MaxUint32 || len(kept) > math.MaxUint32 {
		return fmt.Errorf("%s: too large", chunk.Describe(f.Key))
	}
	directory := e.Bytes[:e.Directory]
	r := &chunk.Record{
		Key: f.Key, Min: e.Min, Max: e.Max, Mean: e.Mean, Missing: e.Missing, Scaling: e.Scaling.Told(f.Step()), Sum: chunk.Checksum(directory),
	}
	r.Key.Element, r.Key.Model = strings.Clone(r.Key.Element), w.name.model
	if len(kept) > 0 {
		r.Original = chunk.Original{Format: strings.Clone(f.Original.Format), Bytes: uint32(len(kept)), Sum: chunk.Checksum(kept)}
	}
	r.Seal(f.Grid.ID(), directory)
	if err := w.append(r, e.Bytes, kept); err != nil {
		return fmt.Errorf("%s: %w", chunk.Describe(f.Key), err)
	}
	return nil
}

// check refuses a field that does not belong to the run, and settles the run's grid by its first.
func (w *writer) check(f *field.Field) error {
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
	if !w.claimed {
		return w.settle(f.Grid, id)
	}
	return nil
}

// otherGrid is the error of a field whose grid is not its model's.
func otherGrid(known, id string) error {
	return fmt.Errorf("the model's fields lie on another grid: %s, not %s", known, id)
}

// settle makes a grid the model's, and the run's if it has none yet.
func (w *writer) settle(g grid.Grid, id string) error {
	nx, ny, maxLevel, wraps := chunk.Shape(g)
	if nx < 1 || ny < 1 || nx > grid.MaxCells/ny || nx*ny != g.Len() {
		return fmt.Errorf("a grid of %d x %d cells", nx, ny)
	}
	if err := w.store.claim(w.name.model, id); err != nil {
		return err
	}
	if err := w.store.keep(g); err != nil {
		w.store.claims.release(w.name.model)
		return err
	}
	w.claimed = true
	if w.manifest == nil {
		w.manifest = &manifest{
			Model: w.name.model, Run: w.name.run, Grid: id, NX: nx, NY: ny, MaxLevel: maxLevel, Wraps: wraps,
		}
		w.layout = w.manifest.layout()
	}
	return nil
}

// append writes a stored field behind the others, and its original behind it. One that is published already, to the last bit, is not written again.
func (w *writer) append(r *chunk.Record, bytes, kept []byte) error {
	w.mu.Lock()
	if was := w.published(r.Key); was != nil && was.Digest == r.Digest {
		delete(w.pending, r.Key)
		w.mu.Unlock()
		return nil
	}
	file, err := w.reserve(r, len(bytes), len(kept))
	w.mu.Unlock()
	if err != nil {
		return err
	}
	if err := w.store.disk.writeAt(file, bytes, r.Span.Offset); err != nil {
		return err
	}
	if len(kept) > 0 {
		if err := w.store.disk.writeAt(file, kept, r.Span.Offset+int64(len(bytes))); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending[r.Key] = r
	return nil
}

// published finds what is published of a key.
func (w *writer) published(k field.Key) *chunk.Record {
	if r := w.since[k]; r != nil {
		return r
	}
	return w.before[k]
}

// reserve finds room for a field and its original, in a new file if there is none or the last is long enough.
func (w *writer) reserve(r *chunk.Record, size, original int) (*os.File, error) {
	if w.file != nil && w.span.Bytes >= w.store.segmentBytes {
		w.dirty, w.spans = append(w.dirty, w.file), append(w.spans, w.span)
		w.file, w.span = nil, fileSpan{}
	}
	if w.file == nil {
		if err := w.openFile(); err != nil {
			return nil, err
		}
	}
	r.Span = chunk.FileRange{File: w.span.ID, Offset: w.span.Bytes, Bytes: uint32(size)}
	w.span.Bytes += int64(size) + int64(original)
	return w.file, nil
}

// openFile opens the run's last file behind what is published in it, or begins a new one.
func (w *writer) openFile() (err error) {
	if n := len(w.spans); n > 0 && len(w.dirty) == 0 && w.spans[n-1].Bytes < w.store.segmentBytes {
		last := w.spans[n-1]
		f, err := os.OpenFile(filepath.Join(w.dir, last.Name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := f.Truncate(last.Bytes); err != nil { // what a killed writer left behind it
			f.Close()
			return err
		}
		w.file, w.span, w.spans = f, last, w.spans[:n-1]
		w.align()
		return nil
	}
	id := uint32(1)
	for _, s := range w.spans {
		id = max(id, s.ID+1)
	}
	name := fmt.Sprintf("%s-%d.fields", rand.Text()[:16], id)
	if err := w.store.disk.try("create", name); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	w.file, w.span, w.created = f, fileSpan{ID: id, Name: name}, true
	return nil
}

// align moves on to where a publication may begin.
func (w *writer) align() {
	w.span.Bytes = (w.span.Bytes + alignment - 1) / alignment * alignment
}

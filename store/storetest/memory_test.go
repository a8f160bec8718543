package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// memory is a store that keeps the contract, unless a fault is switched on.
type memory struct {
	fault string

	mu        sync.Mutex
	fields    map[field.Key]*kept
	held      map[runName]bool
	shared    map[runName][]*pen
	listeners map[chan struct{}]bool
}

type runName struct {
	model string
	run   field.Time
}

// kept is a field with its pyramid.
type kept struct {
	*field.Field
	levels [][]float32
}

func newMemory(fault string) *memory {
	return &memory{fault: fault, fields: map[field.Key]*kept{}, held: map[runName]bool{}, shared: map[runName][]*pen{}, listeners: map[chan struct{}]bool{}}
}

func (m *memory) is(fault string) bool { return m.fault == fault }

func (m *memory) Close() error { return nil }

func (m *memory) Hold(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil && !m.is("ignores contexts") {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.is("shows later changes to held snapshots") {
		return &view{m, m.fields}, nil
	}
	return &view{m, maps.Clone(m.fields)}, nil
}

func (m *memory) Changes(ctx context.Context) <-chan struct{} {
	ticks := make(chan struct{}, 1)
	m.mu.Lock()
	m.listeners[ticks] = true
	m.mu.Unlock()
	context.AfterFunc(ctx, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.listeners, ticks)
		if !m.is("leaves the channel open") {
			close(ticks)
		}
	})
	return ticks
}

// set replaces the state. The caller holds mu.
func (m *memory) set(fields map[field.Key]*kept) {
	m.fields = fields
	for l := range m.listeners {
		if m.is("tells no changes") {
			continue
		}
		select {
		case l <- struct{}{}:
		default:
		}
	}
}

func (m *memory) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	return m.take(ctx, runName{model, run}, true)
}

func (m *memory) Join(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	return m.take(ctx, runName{model, run}, false)
}

// free tells that a run may be taken. The caller holds mu.
func (m *memory) free(n runName, alone bool) bool {
	if alone && len(m.shared[n]) > 0 && !m.is("gives alone what others share") {
		return false
	}
	return !m.held[n] || !alone && m.is("shares what one has alone") || alone && m.is("gives a run to two writers")
}

func (m *memory) take(ctx context.Context, n runName, alone bool) (store.Writer, error) {
	for tries := 0; ; tries++ {
		if tries == 1000 && m.is("ignores contexts") {
			return nil, store.ErrBusy
		}
		if err := ctx.Err(); err != nil && !m.is("ignores contexts") {
			return nil, fmt.Errorf("%w: %w", store.ErrBusy, err)
		}
		m.mu.Lock()
		if m.free(n, alone) {
			defer m.mu.Unlock()
			w := &pen{m: m, name: n, alone: alone, put: map[field.Key]*kept{}, base: maps.Clone(m.fields)}
			if alone {
				m.held[n] = true
			} else {
				m.shared[n] = append(m.shared[n], w)
			}
			return w, nil
		}
		m.mu.Unlock()
		if m.is("refuses a busy run at once") {
			return nil, store.ErrBusy
		}
		time.Sleep(time.Millisecond)
	}
}

func (m *memory) Drop(ctx context.Context, model string, run field.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := maps.Clone(m.fields)
	if m.is("forgets a dropped run's held fields") {
		next = m.fields
	}
	maps.DeleteFunc(next, func(k field.Key, f *kept) bool {
		gone := k.Model == model && (k.Run == run || m.is("drops all runs of a model"))
		if gone && m.is("forgets a dropped run's held fields") {
			clear(f.levels)
		}
		return gone && !m.is("drops nothing")
	})
	m.set(next)
	return nil
}

// pen is a writer.
type pen struct {
	m      *memory
	name   runName
	alone  bool
	mu     sync.Mutex
	put    map[field.Key]*kept
	base   map[field.Key]*kept // what was published when the run was taken
	closed bool
}

func (w *pen) Put(ctx context.Context, f *field.Field) error {
	if err := ctx.Err(); err != nil && !w.m.is("ignores contexts") {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed && !w.m.is("writes after Close") {
		return errors.New("closed")
	}
	if (f.Key.Model != w.name.model || f.Key.Run != w.name.run) && !w.m.is("takes fields of any run") {
		return errors.New("another run")
	}
	if len(f.Values) != f.Grid.Len() && !w.m.is("takes any length") {
		return errors.New("wrong length")
	}
	if !w.m.is("takes any grid") {
		w.m.mu.Lock()
		defer w.m.mu.Unlock()
		for k, other := range w.m.fields {
			if k.Model == f.Key.Model && other.Grid.ID() != f.Grid.ID() {
				return errors.New("another grid")
			}
		}
	}
	w.put[w.key(f.Key)] = w.keep(f)
	if w.m.is("publishes early") {
		maps.Copy(w.m.fields, w.put)
	}
	return nil
}

// key is the name that a field is kept by.
func (w *pen) key(k field.Key) field.Key {
	switch {
	case w.m.is("knows no members"):
		k.Member = 0
	case w.m.is("knows no spans"):
		k.Span = 0
	case w.m.is("knows no layers"):
		k.Level.To = k.Level.Value
	case w.m.is("folds case"):
		k.Model, k.Element = strings.ToLower(k.Model), strings.ToLower(k.Element)
	case w.m.is("mixes two runs"):
		k.Run = monday
	}
	return k
}

// keep copies a field and makes its pyramid.
func (w *pen) keep(f *field.Field) *kept {
	mine := *f
	if !w.m.is("keeps what it was given") {
		mine.Values = slices.Clone(f.Values)
	}
	if w.m.is("trusts the packing") && f.Packing != nil {
		for i, v := range mine.Values {
			q := math.Round((float64(v)*math.Pow10(f.Packing.Decimal) - f.Packing.Reference) / math.Ldexp(1, f.Packing.Binary))
			mine.Values[i] = float32((f.Packing.Reference + q*math.Ldexp(1, f.Packing.Binary)) / math.Pow10(f.Packing.Decimal))
		}
	}
	if w.m.is("writes missing values as 0") {
		for i, v := range mine.Values {
			if v != v {
				mine.Values[i] = 0
			}
		}
	}
	if f.Original != nil && !w.m.is("keeps the room of originals") {
		mine.Original = &field.Original{Format: f.Original.Format, Bytes: slices.Clone(f.Original.Bytes)}
	}
	k := &kept{Field: &mine, levels: [][]float32{mine.Values}}
	r, ok := f.Grid.(grid.Raster)
	if !ok {
		return k
	}
	nx, ny := r.Shape()
	values, top := mine.Values, grid.MaxLevel(nx, ny, r.Wraps())
	for range top {
		next, x, y := halved(values, nx, ny, r.Wraps() && !w.m.is("has a seam in its pyramid"))
		if w.m.is("thins instead of averaging") {
			for i := range next {
				next[i] = values[2*(i/x)*nx+2*(i%x)]
			}
		}
		k.levels = append(k.levels, next)
		values, nx, ny = next, x, y
	}
	return k
}

func (w *pen) Publish(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !w.m.is("ignores contexts") {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed && !w.m.is("writes after Close") {
		return errors.New("closed")
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	next := maps.Clone(w.m.fields)
	if w.m.is("shows later changes to held snapshots") {
		next = w.m.fields
	}
	if w.m.is("publishes the last publication only") {
		maps.DeleteFunc(next, func(k field.Key, _ *kept) bool { return k.Model == w.name.model && k.Run == w.name.run })
	}
	if w.m.is("publishes over what others have published since") && !w.alone {
		next = w.base
	}
	if w.m.is("publishes what others have put") {
		for _, other := range w.m.shared[w.name] {
			maps.Copy(next, other.put)
		}
	}
	n := 0
	for k, f := range w.put {
		if n++; n == 1 && w.m.is("loses a key") && len(w.put) > 3 {
			continue
		}
		if _, there := next[k]; there && w.m.is("keeps the first of a key") {
			continue
		}
		if was := next[k]; was != nil && f.Original == nil && w.m.is("keeps originals that were given up") {
			f.Original = was.Original
		}
		next[k] = f
		if w.m.is("publishes field by field") {
			w.m.set(maps.Clone(next))
			w.m.mu.Unlock()
			time.Sleep(time.Millisecond)
			w.m.mu.Lock()
		}
	}
	w.m.set(next)
	clear(w.put)
	return nil
}

func (w *pen) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	if w.m.is("publishes at Close") {
		w.mu.Unlock()
		w.Publish(context.Background())
		w.mu.Lock()
	}
	w.closed = true
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if w.m.is("gives up what others have put") {
		for _, other := range w.m.shared[w.name] {
			clear(other.put)
		}
	}
	if !w.m.is("never lets a run go") {
		if w.alone {
			delete(w.m.held, w.name)
		}
		w.m.shared[w.name] = slices.DeleteFunc(w.m.shared[w.name], func(p *pen) bool { return p == w })
	}
	return nil
}

// view is a snapshot.
type view struct {
	m      *memory
	fields map[field.Key]*kept
}

func (v *view) Close() {}

func (v *view) list() []field.Key {
	return slices.SortedFunc(maps.Keys(v.fields), func(a, b field.Key) int {
		if v.m.is("orders keys by element") {
			return strings.Compare(a.Element, b.Element)
		}
		return strings.Compare(fmt.Sprintf("%s %020d %+v", a.Model, int64(a.Run)+1<<40, a), fmt.Sprintf("%s %020d %+v", b.Model, int64(b.Run)+1<<40, b))
	})
}

func (v *view) Version() string {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	if v.m.is("has one version for ever") {
		return "1"
	}
	if v.m.is("has another version at each look") {
		return fmt.Sprint(time.Now().UnixNano())
	}
	text := ""
	for _, k := range v.list() {
		text += fmt.Sprint(k, hash(v.fields[k]))
	}
	if v.m.is("counts fields as its version") {
		return fmt.Sprint(len(v.fields))
	}
	return text
}

// hash is a number for a field's content.
func hash(f *kept) (h uint64) {
	for _, x := range f.Values {
		h = h*1099511628211 ^ uint64(math.Float32bits(x))
	}
	if f.Original != nil {
		for _, b := range f.Original.Bytes {
			h = h*1099511628211 ^ uint64(b)
		}
	}
	return h
}

func (v *view) Keys() iter.Seq[field.Key] {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	list := v.list()
	if v.m.is("lists a key twice") && len(list) > 1 {
		list = append(list, list[len(list)-1])
	}
	return slices.Values(list)
}

func (v *view) Info(k field.Key) (store.Info, bool) {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	f, ok := v.fields[k]
	if !ok {
		return store.Info{}, v.m.is("knows every key")
	}
	info := store.Info{Grid: f.Grid, MaxLevel: len(f.levels) - 1, Min: math.Inf(1), Max: math.Inf(-1), ETag: fmt.Sprint(k, hash(f))}
	if !v.m.is("forgets the quantum") && (f.Packing == nil || !v.m.is("forgets the quantum of packings")) {
		info.Quantum = f.Step()
	}
	if f.Original != nil {
		info.Original, info.OriginalBytes = f.Original.Format, len(f.Original.Bytes)
	}
	if v.m.is("leaves originals out of tags") {
		bare := *f.Field
		bare.Original = nil
		info.ETag = fmt.Sprint(k, hash(&kept{Field: &bare}))
	}
	if v.m.is("tags fields by name") {
		info.ETag = fmt.Sprint(k)
	}
	sum, n := 0.0, 0
	for _, x := range f.Values {
		if x != x {
			info.Missing++
			continue
		}
		info.Min, info.Max, sum, n = min(info.Min, float64(x)), max(info.Max, float64(x)), sum+float64(x), n+1
	}
	info.Mean = sum / float64(n)
	if v.m.is("counts missing values in the mean") {
		info.Mean = sum / float64(len(f.Values))
	}
	if n == 0 {
		info.Min, info.Max = math.NaN(), math.NaN()
	}
	return info, true
}

func (v *view) Original(ctx context.Context, k field.Key) ([]byte, bool, error) {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	f, ok := v.fields[k]
	if !ok {
		return nil, false, store.ErrNotFound
	}
	if f.Original == nil {
		return nil, false, nil
	}
	if v.m.is("cuts originals") {
		return f.Original.Bytes[:4096], true, nil
	}
	return f.Original.Bytes, true, nil
}

func (v *view) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if err := ctx.Err(); err != nil && !v.m.is("ignores contexts") {
		return err
	}
	if len(dst) != len(keys) && !v.m.is("takes any room") {
		return errors.New("wrong room")
	}
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	for i, k := range keys {
		f, ok := v.fields[k]
		if !ok && v.m.is("leaves out unknown keys") {
			continue
		}
		if !ok {
			return store.ErrNotFound
		}
		if w.Level < 0 || w.Level >= len(f.levels) || i >= len(dst) || w.NX < 0 || len(dst[i]) != w.NX*w.NY {
			return errors.New("wrong window")
		}
		r, ok := f.Grid.(grid.Raster)
		wraps := ok && r.Wraps() && !v.m.is("does not wrap") || v.m.is("wraps every grid")
		nx, ny := f.Grid.Shape()
		nx, ny = grid.LevelShape(nx, ny, w.Level)
		to := dst[i]
		if v.m.is("mixes up a batch") && len(keys) > 2 {
			to = dst[(i+1)%len(keys)]
		}
		for j := range to {
			x, y := w.X0+j%w.NX, w.Y0+j/w.NX
			if v.m.is("repeats the last row") {
				y = min(y, ny-1)
			}
			if f.levels[w.Level] == nil {
				return store.ErrNotFound
			}
			to[j] = cell(f.levels[w.Level], nx, ny, wraps, x, y)
		}
	}
	return nil
}

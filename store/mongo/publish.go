package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"isobar/field"
	"isobar/store"
	"isobar/store/chunk"
)

// partRecords is how many records one document of the index holds: below a megabyte.
const partRecords = 4000

// The index is written anew when it has more records than twice the fields and some, or more documents than this.
const (
	spareRecords = 1024
	maxParts     = 64
)

// Publish implements store.Writer.
func (w *writer) Publish(ctx context.Context) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return errors.New("the writer is closed")
	case ctx.Err() != nil:
		return ctx.Err()
	case len(w.pending) == 0:
		return nil
	}
	if err := w.publish(ctx); err != nil {
		return fmt.Errorf("publishing %s: %w", w.name, err)
	}
	w.behind = true
	if err := w.store.update(ctx); err != nil { // it is published all the same
		w.store.log.Error("what was just published can't be read", "run", w.name.String(), "error", err)
		return nil
	}
	w.behind = false
	return nil
}

// errMoved is the error of a publication over a state that others have published over meanwhile.
var errMoved = errors.New("others have published")

// publish lays what is pending over what is published. If others were faster it is laid over theirs.
func (w *writer) publish(ctx context.Context) error {
	for {
		var l *laid
		base, err := w.base()
		if err == nil {
			l, err = w.publishOver(ctx, base)
		}
		if err == nil {
			w.store.log.Debug("published", "run", w.name.String(), "fields", len(w.pending))
			clear(w.pending)
			return nil
		}
		if !errors.Is(err, errMoved) && !errors.Is(err, store.ErrDamaged) {
			w.strewn = w.strewn || l != nil
			return err
		}
		known := w.store.now.Load()
		if err := w.store.update(ctx); err != nil {
			w.strewn = w.strewn || l != nil
			return err
		}
		if errors.Is(err, store.ErrDamaged) && w.store.now.Load() == known {
			return err
		}
		if l != nil {
			w.withdraw(ctx, l)
		}
	}
}

// withdraw lets the documents of a publication be removed that was not made. Whether it was is not certain, if its answer was lost and others
// have published over it since: then their index names its parts.
func (w *writer) withdraw(ctx context.Context, l *laid) {
	g := garbage{Meta: []string{l.next.id}}
	base, err := w.base()
	for _, p := range l.parts {
		named := err != nil || base != nil && slices.ContainsFunc(base.manifest.Index, func(i indexPart) bool { return i.ID == p.ID })
		if !named {
			g.Meta = append(g.Meta, p.ID)
		}
	}
	if err := w.store.discard(ctx, g); err != nil {
		w.strewn = true
	}
}

// laid is what a publication changes.
type laid struct {
	next     *manifest
	records  map[field.Key]*chunk.Record // that are new
	replaced []*chunk.Record
	parts    []piece // of the index
}

// publishOver writes the records that are pending and a manifest, then names that in the state in the place of the one that is known; base is nil
// if there is none. The error is errMoved if another is named there.
func (w *writer) publishOver(ctx context.Context, base *runState) (*laid, error) {
	l, err := w.lay(base)
	if err != nil || len(l.records) == 0 { // it was published, though the answer was lost
		return nil, err
	}
	text, err := json.Marshal(l.next)
	if err != nil {
		return nil, err
	}
	if err := w.store.insert(ctx, w.store.meta, append(l.parts, piece{l.next.id, w.home, text})); err != nil {
		return l, err
	}
	was := ""
	if base != nil {
		was = base.manifest.id
	}
	if err := w.nameIt(ctx, l.next, was); err != nil {
		return l, err
	}
	if err := w.store.discard(ctx, w.gone(base, l)); err != nil { // the sweep finds it, if the run is looked through
		w.store.log.Warn("what was replaced stays in the database", "run", w.name.String(), "error", err)
		w.strewn = true
	}
	return l, nil
}

// lay makes the next manifest.
func (w *writer) lay(base *runState) (*laid, error) {
	next := *w.shape
	if base != nil {
		if base.manifest.Grid != w.shape.Grid {
			return nil, otherGrid(base.manifest.Grid, w.shape.Grid)
		}
		next = *base.manifest
	} else {
		next.Index, next.Records, next.Fields, next.digest = nil, 0, 0, chunk.Digest{}
	}
	next.id = fmt.Sprintf("%s.%d.m%s", w.home, w.epoch, newName())
	l := &laid{next: &next, records: map[field.Key]*chunk.Record{}}
	for k, r := range w.pending {
		var was *chunk.Record
		if base != nil {
			was = base.records[k]
		}
		if was != nil && was.Span == r.Span { // this very one
			continue
		}
		l.records[k] = r
		if was != nil {
			next.digest = next.digest.Minus(was.Digest)
			l.replaced = append(l.replaced, was)
		} else {
			next.Fields++
		}
		next.digest = next.digest.Plus(r.Digest)
	}
	next.Sum = next.digest.String()
	l.parts = w.index(base, l)
	return l, nil
}

// index adds the records to the index of the next manifest, or writes it anew.
func (w *writer) index(base *runState, l *laid) (parts []piece) {
	next, records := l.next, l.records
	if base != nil && (next.Records+len(records) > 2*next.Fields+spareRecords || len(next.Index) >= maxParts) {
		records = maps.Clone(base.records)
		maps.Copy(records, l.records)
		next.Index, next.Records = nil, 0
	}
	next.Index = slices.Clone(next.Index)
	for part := range slices.Chunk(slices.SortedFunc(maps.Values(records), chunk.CompareKeys), partRecords) {
		w.parts++
		p := piece{fmt.Sprintf("%s.%d.i%d", w.home, w.epoch, w.parts), w.home, chunk.AppendBlock(nil, part)}
		parts = append(parts, p)
		next.Index = append(next.Index, indexPart{p.ID, len(part)})
		next.Records += len(part)
	}
	return parts
}

// nameIt makes a manifest the run's, in the place of the one that was: the publication.
func (w *writer) nameIt(ctx context.Context, next *manifest, was string) error {
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		switch {
		case !e.holds(w.holder):
			return false, errLost
		case e.Manifest == next.id:
			return false, nil
		case e.Manifest != was:
			return false, errMoved
		}
		for i := range d.Runs {
			if o := &d.Runs[i]; o != e && o.Model == e.Model && o.Manifest != "" && o.Grid != next.Grid {
				return false, otherGrid(o.Grid, next.Grid)
			}
		}
		e.Manifest, e.Digest, e.Grid = next.id, next.Sum, next.Grid
		return true, nil
	})
}

// gone is what the next manifest does without.
func (w *writer) gone(base *runState, l *laid) garbage {
	var g garbage
	if base == nil {
		return g
	}
	for _, r := range l.replaced {
		g.Chunks = append(g.Chunks, w.blocks.documentIDs(w.home, r)...)
	}
	g.Meta = append(g.Meta, base.manifest.id)
	kept := map[string]bool{}
	for _, p := range l.next.Index {
		kept[p.ID] = true
	}
	for _, p := range base.manifest.Index {
		if !kept[p.ID] {
			g.Meta = append(g.Meta, p.ID)
		}
	}
	return g
}

// Drop implements store.Store.
func (s *Store) Drop(ctx context.Context, model string, run field.Time) error {
	n := runName{model, run}
	d, err := s.readState(ctx)
	if err != nil || d.entry(n) == nil {
		return err
	}
	w, err := s.enter(ctx, n, true)
	if err != nil {
		return err
	}
	home := ""
	err = s.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(n)
		if !e.holds(w.holder) { // it is gone already, or was given to another meanwhile
			return false, nil
		}
		home = e.Home
		d.remove(n)
		return true, nil
	})
	if err == nil && home != "" {
		err = s.discard(ctx, garbage{Home: home})
	}
	return errors.Join(err, w.Close(), s.update(ctx))
}

// garbage is what may be removed after a time.
type garbage struct {
	ID     string    `bson:"_id"`
	Due    time.Time `bson:"due"`
	Home   string    `bson:"home"` // all of a run, or:
	Chunks []string  `bson:"chunks"`
	Meta   []string  `bson:"meta"`
}

// maxListed bounds the identities in one document.
const maxListed = 20_000

// discard lets documents be removed when no snapshot has them any more.
func (s *Store) discard(ctx context.Context, g garbage) error {
	var all []garbage
	due := time.Now().Add(s.options.Grace)
	for part := range slices.Chunk(g.Chunks, maxListed) {
		all = append(all, garbage{ID: newName(), Due: due, Chunks: part})
	}
	if g.Home != "" || len(g.Meta) > 0 {
		all = append(all, garbage{ID: newName(), Due: due, Home: g.Home, Meta: g.Meta})
	}
	if len(all) == 0 {
		return nil
	}
	_, err := s.garbage.InsertMany(ctx, all)
	return s.fault(ctx, err)
}

var _ store.Writer = (*writer)(nil)

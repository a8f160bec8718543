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
	if err := w.store.update(ctx); err != nil { // it is published all the same
		w.store.log.Error("what was just published can't be read", "run", w.name.String(), "error", err)
	}
	return nil
}

// publish writes the records that are pending and a manifest, then names that in the state.
func (w *writer) publish(ctx context.Context) error {
	next := *w.manifest
	next.id = fmt.Sprintf("%s.%d.m%s", w.home, w.epoch, newName())
	var replaced []*chunk.Record
	for k, r := range w.pending {
		if was := w.published(k); was != nil {
			next.digest = next.digest.Minus(was.Digest)
			replaced = append(replaced, was)
		} else {
			next.Fields++
		}
		next.digest = next.digest.Plus(r.Digest)
	}
	next.Sum = next.digest.String()
	parts := w.index(&next)
	text, err := json.Marshal(&next)
	if err != nil {
		return err
	}
	if err := w.store.insert(ctx, w.store.meta, append(parts, piece{next.id, w.home, text})); err != nil {
		return err
	}
	if err := w.nameIt(ctx, &next); err != nil {
		return err
	}
	w.store.log.Debug("published", "run", w.name.String(), "fields", len(w.pending))
	gone := w.gone(&next, replaced)
	w.manifest = &next
	maps.Copy(w.since, w.pending)
	clear(w.pending)
	if err := w.store.discard(ctx, gone); err != nil { // the sweep finds it, if the run is looked through
		w.store.log.Warn("what was replaced stays in the database", "run", w.name.String(), "error", err)
	}
	return nil
}

// index adds the pending records to the index of the next manifest, or writes it anew.
func (w *writer) index(next *manifest) (parts []piece) {
	records := w.pending
	if next.Records+len(w.pending) > 2*next.Fields+spareRecords || len(next.Index) >= maxParts {
		records = map[field.Key]*chunk.Record{}
		maps.Copy(records, w.before)
		maps.Copy(records, w.since)
		maps.Copy(records, w.pending)
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

// nameIt makes a manifest the run's: the publication.
func (w *writer) nameIt(ctx context.Context, next *manifest) error {
	return w.store.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(w.name)
		if e == nil || e.Holder != w.holder {
			return false, errLost
		}
		if e.Manifest == next.id {
			return false, nil
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
func (w *writer) gone(next *manifest, replaced []*chunk.Record) garbage {
	var g garbage
	for _, r := range replaced {
		g.Chunks = append(g.Chunks, w.blocks.documentIDs(w.home, r)...)
	}
	if w.manifest.id != "" {
		g.Meta = append(g.Meta, w.manifest.id)
	}
	kept := map[string]bool{}
	for _, p := range next.Index {
		kept[p.ID] = true
	}
	for _, p := range w.manifest.Index {
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
	lease, err := s.take(ctx, context.WithoutCancel(ctx), n)
	if err != nil {
		return err
	}
	defer lease.Release()
	home := ""
	err = s.change(ctx, func(d *stateDocument) (bool, error) {
		e := d.entry(n)
		if e == nil {
			return false, nil
		}
		home = e.Home
		d.remove(n)
		return true, nil
	})
	if err == nil && home != "" {
		err = s.discard(ctx, garbage{Home: home})
	}
	return errors.Join(err, s.update(ctx))
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

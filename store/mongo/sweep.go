package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"isobar/records"
)

// How often it is looked for what may be removed; what writers left that died, only once in Options.Grace.
const sweepEvery = time.Minute

// sweepLease is the lease of the process that sweeps.
const sweepLease = "sweep"

// removed is how many documents are removed at once.
const removed = 1000

// sweepAlways sweeps until ctx ends, if no other process does.
func (s *Store) sweepAlways(ctx context.Context) {
	every := min(sweepEvery, max(s.options.Grace, time.Second))
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		if !s.Health().Reachable {
			continue
		}
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, records.ErrHeld) {
			s.log.Warn("the database could not be swept", "error", err)
		}
	}
}

// sweepOnce removes what is due, and what no one names for so long that no snapshot and no writer has it.
func (s *Store) sweepOnce(ctx context.Context) error {
	leases, err := s.leaseStore(ctx)
	if err != nil {
		return err
	}
	lease, err := records.Acquire(ctx, leases, sweepLease, newName(), sweepEvery)
	if err != nil {
		return err
	}
	defer lease.Release()
	ctx = lease.Context()
	if err := s.removeDue(ctx); err != nil {
		return err
	}
	if err := s.removeStray(ctx); err != nil {
		return err
	}
	return s.removeLeft(ctx)
}

// removeDue removes what was discarded and is due.
func (s *Store) removeDue(ctx context.Context) error {
	found, err := s.garbage.Find(ctx, bson.D{{Key: "due", Value: bson.D{{Key: "$lt", Value: time.Now()}}}}, options.Find().SetLimit(100))
	if err != nil {
		return s.fault(ctx, err)
	}
	var due []garbage
	if err := found.All(ctx, &due); err != nil {
		return s.fault(ctx, err)
	}
	for _, g := range due {
		err := errors.Join(s.remove(ctx, s.chunks, g.Chunks), s.remove(ctx, s.meta, g.Meta), s.removeHome(ctx, g.Home))
		if err != nil {
			return err
		}
		if _, err := s.garbage.DeleteOne(ctx, bson.D{{Key: "_id", Value: g.ID}}); err != nil {
			return s.fault(ctx, err)
		}
	}
	return nil
}

// removeHome removes all documents of a run that is dropped.
func (s *Store) removeHome(ctx context.Context, home string) error {
	if home == "" {
		return nil
	}
	for _, c := range []*mongo.Collection{s.chunks, s.meta} {
		if _, err := c.DeleteMany(ctx, bson.D{{Key: "r", Value: home}}); err != nil {
			return s.fault(ctx, err)
		}
	}
	return nil
}

// remove removes documents.
func (s *Store) remove(ctx context.Context, from *mongo.Collection, ids []string) error {
	for some := range slices.Chunk(ids, removed) {
		if _, err := from.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: some}}}}); err != nil {
			return s.fault(ctx, err)
		}
	}
	return nil
}

// ripe tells whether no one has named something for long enough, and remembers it if it is new.
func (s *Store) ripe(name string) bool {
	since, known := s.suspects[name]
	if !known {
		s.suspects[name] = time.Now()
	}
	return known && time.Since(since) > s.options.Grace
}

// removeStray removes the documents of runs that the state does not name. A run's documents come after its entry, so the state is read last.
func (s *Store) removeStray(ctx context.Context) error {
	var homes []string
	for _, c := range []*mongo.Collection{s.chunks, s.meta} {
		var some []string
		if err := s.options.Client.Primary(c).Distinct(ctx, "r", bson.D{}).Decode(&some); err != nil {
			return s.fault(ctx, err)
		}
		homes = append(homes, some...)
	}
	d, err := s.readState(ctx)
	if err != nil {
		return err
	}
	named := map[string]bool{"grid": true}
	for _, e := range d.Runs {
		named[e.Home] = true
	}
	for _, home := range homes {
		if !named[home] && s.ripe(home) {
			if err := s.removeHome(ctx, home); err != nil {
				return err
			}
			delete(s.suspects, home)
		}
	}
	return nil
}

// removeLeft finds runs whose writer died, lets them go, and removes the documents that it left: those that no manifest names, twice, a time
// apart.
func (s *Store) removeLeft(ctx context.Context) error {
	d, err := s.readState(ctx)
	if err != nil {
		return err
	}
	for _, e := range d.Runs {
		if left, err := s.soiled(ctx, &e); err != nil {
			return err
		} else if !left {
			continue
		}
		if err := s.clean(ctx, e.name()); err != nil {
			return fmt.Errorf("%s: %w", e.name(), err)
		}
	}
	return nil
}

// soiled tells that a writer of the run died, or left something behind.
func (s *Store) soiled(ctx context.Context, e *runEntry) (bool, error) {
	if e.Dirty || e.Holder != "" {
		return true, nil
	}
	for _, h := range e.Writers {
		if living, err := s.claims.Living(ctx, h.Member); err != nil || !living {
			return !living, s.fault(ctx, err)
		}
	}
	return false, nil
}

// clean joins a run while it looks through its documents.
func (s *Store) clean(ctx context.Context, n runName) error {
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	w, err := s.enter(short, n, false)
	if err != nil {
		return nil // another has it by now
	}
	left, err := w.left(ctx)
	var ripe []string
	waits := false
	for _, id := range left {
		if s.ripe(id) {
			ripe = append(ripe, id)
			delete(s.suspects, id)
		} else {
			waits = true
		}
	}
	if err == nil {
		err = errors.Join(s.remove(ctx, s.chunks, ripe), s.remove(ctx, s.meta, ripe))
	}
	if err == nil && !waits {
		err = s.change(ctx, func(d *stateDocument) (bool, error) {
			now := d.entry(w.name)
			if !now.holds(w.holder) || !now.Dirty || now.DirtyAt >= int64(w.epoch) { // one has died since
				return false, nil
			}
			now.Dirty = false
			return true, nil
		})
	}
	return errors.Join(err, w.Close())
}

// left finds the run's documents that its manifest does not name, but for those of writers that live.
func (w *writer) left(ctx context.Context) (ids []string, err error) {
	base, err := w.base()
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	if base != nil {
		named[base.manifest.id] = true
		for _, p := range base.manifest.Index {
			named[p.ID] = true
		}
		for _, r := range base.records {
			named[strings.TrimSuffix(fieldID(w.home, r), ".")] = true
		}
	}
	for _, c := range []*mongo.Collection{w.store.chunks, w.store.meta} {
		found, err := w.store.options.Client.Primary(c).Find(ctx, bson.D{{Key: "r", Value: w.home}}, options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return nil, w.store.fault(ctx, err)
		}
		for found.Next(ctx) {
			id, _ := found.Current.Lookup("_id").StringValueOK()
			if field, _, _ := cutLast(id); !named[id] && !(c == w.store.chunks && named[field]) && w.ended(id) {
				ids = append(ids, id)
			}
		}
		if err := found.Err(); err != nil {
			return nil, w.store.fault(ctx, err)
		}
		found.Close(ctx)
	}
	return ids, nil
}

// ended tells that a document is of a writer that had let go or was put out when this one came: what is not named of it never will be.
func (w *writer) ended(id string) bool {
	_, rest, _ := strings.Cut(id, ".")
	text, _, _ := strings.Cut(rest, ".")
	epoch, err := strconv.ParseInt(text, 10, 64)
	return err == nil && epoch < int64(w.epoch) && !w.others[epoch]
}

// cutLast cuts an identity at its last dot.
func cutLast(id string) (before, after string, ok bool) {
	i := strings.LastIndexByte(id, '.')
	if i < 0 {
		return id, "", false
	}
	return id[:i], id[i+1:], true
}

package mongo

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"isobar/field"
	"isobar/store"
	"isobar/store/chunk"
)

// snapshot is a state that is held.
type snapshot struct {
	store *Store
	state *state
}

var (
	_ store.Snapshot  = (*snapshot)(nil)
	_ store.Originals = (*snapshot)(nil)
)

// fieldAt is a field found.
type fieldAt struct {
	run    *runState
	record *chunk.Record
}

// Version implements store.Snapshot. It is made of what the fields are, so any process gives the same.
func (s *snapshot) Version() string { return s.state.version }

// Keys implements store.Snapshot: by model, run, element, level, member, time.
func (s *snapshot) Keys() iter.Seq[field.Key] {
	return func(yield func(field.Key) bool) {
		for _, run := range s.state.runs {
			for _, r := range run.sorted {
				if !yield(r.Key) {
					return
				}
			}
		}
	}
}

// find finds a field.
func (s *snapshot) find(k field.Key) (fieldAt, error) {
	if run := s.state.run(runName{k.Model, k.Run}); run != nil {
		if r := run.records[k]; r != nil {
			return fieldAt{run, r}, nil
		}
	}
	return fieldAt{}, fmt.Errorf("%w: %s", store.ErrNotFound, chunk.Describe(k))
}

// Info implements store.Snapshot.
func (s *snapshot) Info(k field.Key) (store.Info, bool) {
	at, err := s.find(k)
	if err != nil {
		return store.Info{}, false
	}
	r := at.record
	return store.Info{
		Grid: at.run.grid, Min: r.Min, Max: r.Max, Mean: r.Mean, Missing: r.Missing, Quantum: r.Scaling.Quantum(),
		MaxLevel: at.run.manifest.MaxLevel, ETag: r.Digest.String(), Original: r.Original.Format, OriginalBytes: int(r.Original.Bytes),
	}, true
}

// Original implements store.Originals.
func (s *snapshot) Original(ctx context.Context, k field.Key) (message []byte, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	at, err := s.find(k)
	if err != nil || at.record.Original.Format == "" {
		return nil, false, err
	}
	ids := originalIDs(at.run.home, at.record)
	found, err := s.store.fetch(ctx, s.store.chunks, ids)
	if err != nil {
		return nil, false, s.failed(k, err)
	}
	for _, id := range ids {
		message = append(message, found[id]...)
	}
	if o := at.record.Original; len(message) != int(o.Bytes) || chunk.Checksum(message) != o.Sum {
		return nil, false, damaged(k, errors.New("the checksum of its original does not hold"))
	}
	return message, true, nil
}

// RunVersion tells whether a run is as it was in another snapshot: equal versions of a run hold equal fields. "" is no such run.
func (s *snapshot) RunVersion(model string, run field.Time) string {
	if r := s.state.run(runName{model, run}); r != nil {
		return r.manifest.Sum
	}
	return ""
}

// Close implements store.Snapshot.
func (s *snapshot) Close() {}

// failed is the error of a field whose documents could not be read. Those of a state that is not the newest may have been swept.
func (s *snapshot) failed(k field.Key, err error) error {
	if errors.Is(err, errGone) && s.store.now.Load() != s.state {
		return fmt.Errorf("%w: %s was held for too long: %w", store.ErrUnavailable, chunk.Describe(k), err)
	}
	if errors.Is(err, errGone) {
		return damaged(k, err)
	}
	return fmt.Errorf("%s: %w", chunk.Describe(k), err)
}

// damaged is the error of a field whose bytes are not those that were written.
func damaged(k field.Key, err error) error {
	return fmt.Errorf("%w: %s: %w", store.ErrDamaged, chunk.Describe(k), err)
}

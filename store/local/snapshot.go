package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"isobar/field"
	"isobar/store"
	"isobar/store/chunk"
)

// snapshot is a state that is held.
type snapshot struct {
	store  *Store
	state  *state
	closed atomic.Bool
}

var (
	_ store.Snapshot  = (*snapshot)(nil)
	_ store.Originals = (*snapshot)(nil)
)

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

// Info implements store.Snapshot.
func (s *snapshot) Info(k field.Key) (store.Info, bool) {
	run := s.state.run(runName{k.Model, k.Run})
	if run == nil {
		return store.Info{}, false
	}
	r := run.records[k]
	if r == nil {
		return store.Info{}, false
	}
	return store.Info{
		Grid: run.grid, Min: r.Min, Max: r.Max, Mean: r.Mean, Missing: r.Missing, Quantum: r.Scaling.Quantum(),
		MaxLevel: run.manifest.MaxLevel, ETag: r.Digest.String(), Original: r.Original.Format, OriginalBytes: int(r.Original.Bytes),
	}, true
}

// Original implements store.Originals.
func (s *snapshot) Original(ctx context.Context, k field.Key) (message []byte, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	run := s.state.run(runName{k.Model, k.Run})
	if run == nil || run.records[k] == nil {
		return nil, false, fmt.Errorf("%w: %s", store.ErrNotFound, chunk.Describe(k))
	}
	f := fieldAt{run, run.records[k]}
	o := f.record.Original
	if o.Format == "" {
		return nil, false, nil
	}
	message = make([]byte, o.Bytes)
	if err := readAt(f, message, f.record.Span.Offset+int64(f.record.Span.Bytes)); err != nil {
		return nil, false, err
	}
	if chunk.Checksum(message) != o.Sum {
		return nil, false, damaged(f, errors.New("the checksum of its original does not hold"))
	}
	return message, true, nil
}

// RunVersion tells whether a run is as it was in another snapshot: equal versions of a run hold equal fields. "" is no such run.
func (s *snapshot) RunVersion(model string, run field.Time) string {
	if r := s.state.run(runName{model, run}); r != nil {
		return r.manifest.Digest.String()
	}
	return ""
}

// Close implements store.Snapshot.
func (s *snapshot) Close() {
	if !s.closed.Swap(true) {
		s.state.release()
	}
}

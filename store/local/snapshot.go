package local

import (
	"iter"
	"sync/atomic"

	"isobar/field"
	"isobar/store"
)

// snapshot is a state that is held.
type snapshot struct {
	store  *Store
	state  *state
	closed atomic.Bool
}

var _ store.Snapshot = (*snapshot)(nil)

// Version implements store.Snapshot. It is made of what the fields are, so any process gives the same.
func (s *snapshot) Version() string { return s.state.version }

// Keys implements store.Snapshot: by model, run, element, level, member, time.
func (s *snapshot) Keys() iter.Seq[field.Key] {
	return func(yield func(field.Key) bool) {
		for _, run := range s.state.runs {
			for _, r := range run.sorted {
				if !yield(r.key) {
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
		Grid: run.grid, Min: r.min, Max: r.max, Mean: r.mean, Missing: r.missing,
		MaxLevel: run.manifest.MaxLevel, ETag: r.digest.String(),
	}, true
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

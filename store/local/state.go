package local

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"isobar/field"
	"isobar/grid"
	"isobar/store/chunk"
)

// segment is an open file of fields, shared by the states that have it.
type segment struct {
	*os.File
	span fileSpan
	refs atomic.Int64
}

// retain and release count who has it; the last one closes it.
func (f *segment) retain() { f.refs.Add(1) }

func (f *segment) release() {
	if f.refs.Add(-1) == 0 {
		f.Close()
	}
}

// runState is what is published of a run. Immutable, but for the count.
type runState struct {
	name     runName
	text     string // of the manifest
	manifest *manifest
	grid     grid.Grid
	layout   *chunk.Layout
	files    map[uint32]*segment
	records  map[field.Key]*chunk.Record
	sorted   []*chunk.Record // by key
	refs     atomic.Int64
}

func (r *runState) retain() { r.refs.Add(1) }

func (r *runState) release() {
	if r.refs.Add(-1) == 0 {
		for _, f := range r.files {
			f.release()
		}
	}
}

// state is all that is published. Immutable, but for the count of the snapshots that hold it.
type state struct {
	runs    []*runState // by name
	version string
	refs    atomic.Int64
}

// newState makes a state of runs, which it takes over from the caller.
func newState(runs []*runState) *state {
	slices.SortFunc(runs, func(a, b *runState) int { return compareRuns(a.name, b.name) })
	s := &state{runs: runs}
	var sum chunk.Digest
	for _, r := range runs {
		sum = sum.Plus(r.manifest.Digest)
	}
	s.version = sum.String()
	s.refs.Store(1)
	return s
}

// retain counts one more holder, unless the state is gone.
func (s *state) retain() bool {
	for {
		n := s.refs.Load()
		if n == 0 {
			return false
		}
		if s.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *state) release() {
	if s.refs.Add(-1) == 0 {
		for _, r := range s.runs {
			r.release()
		}
	}
}

// run finds a run, or nil.
func (s *state) run(n runName) *runState {
	i, ok := slices.BinarySearchFunc(s.runs, n, func(r *runState, n runName) int { return compareRuns(r.name, n) })
	if !ok {
		return nil
	}
	return s.runs[i]
}

// gridOf finds the grid of a model that has any run.
func (s *state) gridOf(model string) (id string, ok bool) {
	i, _ := slices.BinarySearchFunc(s.runs, model, func(r *runState, model string) int { return strings.Compare(r.name.model, model) })
	if i == len(s.runs) || s.runs[i].name.model != model {
		return "", false
	}
	return s.runs[i].manifest.Grid, true
}

func compareRuns(a, b runName) int {
	return cmp.Or(strings.Compare(a.model, b.model), cmp.Compare(a.run, b.run))
}

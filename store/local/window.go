package local

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// serialChunks is how many chunks are read by one goroutine rather than by several.
const serialChunks = 12

// fieldAt is a field found.
type fieldAt struct {
	run    *runState
	record *chunk.Record
}

// file is where the field lies.
func (f fieldAt) file() *segment { return f.run.files[f.record.Span.File] }

// Windows implements store.Snapshot.
func (s *snapshot) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := chunk.CheckRoom(len(keys), w, dst); err != nil || len(keys) == 0 {
		return err
	}
	first, err := s.find(keys[0])
	if err != nil {
		return err
	}
	if w.Level < 0 || w.Level > first.run.manifest.MaxLevel {
		return fmt.Errorf("%s: level %d of a pyramid up to %d", chunk.Describe(keys[0]), w.Level, first.run.manifest.MaxLevel)
	}
	parts := chunk.Cut(first.run.layout, w)
	if len(keys) == 1 && parts.Chunks <= serialChunks {
		r := s.store.reader()
		defer s.store.readers.Put(r)
		return r.window(ctx, first, &parts, w, dst[0])
	}
	return s.batch(ctx, keys, first, &parts, w, dst)
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

// batch reads the windows of several fields, or a large one, in parallel.
func (s *snapshot) batch(ctx context.Context, keys []field.Key, first fieldAt, parts *chunk.Parts, w grid.Window, dst [][]float32) error {
	found := make([]fieldAt, len(keys))
	for i, k := range keys {
		at, err := s.find(k)
		if err != nil {
			return err
		}
		if at.run != first.run && at.run.manifest.Grid != first.run.manifest.Grid {
			return fmt.Errorf("%s and %s lie on different grids", chunk.Describe(keys[0]), chunk.Describe(k))
		}
		found[i] = at
	}
	rows := max(parts.Rows(), 1)
	jobs := len(keys) * rows
	workers := min(runtime.GOMAXPROCS(0), jobs, max(len(keys)*parts.Chunks/serialChunks, 1))
	var next atomic.Int64
	work := func(ctx context.Context) error {
		r := s.store.reader()
		defer s.store.readers.Put(r)
		for {
			job := int(next.Add(1)) - 1
			if job >= jobs {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			i, row := job/rows, job%rows
			if err := r.row(found[i], parts, row, w, dst[i]); err != nil {
				return err
			}
		}
	}
	if workers == 1 {
		return work(ctx)
	}
	group, inner := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error { return work(inner) })
	}
	err := group.Wait()
	if outer := ctx.Err(); outer != nil && errors.Is(err, context.Canceled) {
		return outer
	}
	return err
}

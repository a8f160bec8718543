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
)

// serialChunks is how many chunks are read by one goroutine rather than by several.
const serialChunks = 12

// fieldAt is a field found.
type fieldAt struct {
	run    *runState
	record *record
}

// Windows implements store.Snapshot.
func (s *snapshot) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(dst) != len(keys) {
		return fmt.Errorf("room for %d windows of %d", len(dst), len(keys))
	}
	if len(keys) == 0 {
		return nil
	}
	if w.NX < 0 || w.NY < 0 || w.NX > 0 && w.NY > grid.MaxCells/w.NX {
		return fmt.Errorf("a window of %d x %d cells", w.NX, w.NY)
	}
	for i := range dst {
		if len(dst[i]) != w.NX*w.NY {
			return fmt.Errorf("room for %d cells of a window of %d x %d", len(dst[i]), w.NX, w.NY)
		}
	}
	first, err := s.find(keys[0])
	if err != nil {
		return err
	}
	if w.Level < 0 || w.Level > first.run.manifest.MaxLevel {
		return fmt.Errorf("%s: level %d of a pyramid up to %d", describe(keys[0]), w.Level, first.run.manifest.MaxLevel)
	}
	parts := cutWindow(first.run.layout, w)
	if len(keys) == 1 && parts.chunks <= serialChunks {
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
	return fieldAt{}, fmt.Errorf("%w: %s", store.ErrNotFound, describe(k))
}

// batch reads the windows of several fields, or a large one, in parallel.
func (s *snapshot) batch(ctx context.Context, keys []field.Key, first fieldAt, parts *parts, w grid.Window, dst [][]float32) error {
	found := make([]fieldAt, len(keys))
	for i, k := range keys {
		at, err := s.find(k)
		if err != nil {
			return err
		}
		if at.run != first.run && at.run.manifest.Grid != first.run.manifest.Grid {
			return fmt.Errorf("%s and %s lie on different grids", describe(keys[0]), describe(k))
		}
		found[i] = at
	}
	rows := max(parts.rows(), 1)
	jobs := len(keys) * rows
	workers := min(runtime.GOMAXPROCS(0), jobs, max(len(keys)*parts.chunks/serialChunks, 1))
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

// parts is how a window lies over a level's chunks.
type parts struct {
	level  *level
	number int // of the level
	spans  []span
	y0, y1 int // rows of the level that the window has
	chunks int // about how many are read
}

// span is neighbouring columns of the level and where they go in the window.
type span struct{ x0, x1, to int }

// cutWindow finds the columns of a window: once round the seam on a grid that wraps, or more.
func cutWindow(l *layout, w grid.Window) parts {
	v := &l.levels[w.Level]
	p := parts{level: v, number: w.Level, y0: max(w.Y0, 0), y1: min(w.Y0+w.NY, v.ny)}
	if !l.wraps {
		if x0, x1 := max(w.X0, 0), min(w.X0+w.NX, v.nx); x0 < x1 {
			p.spans = []span{{x0, x1, x0 - w.X0}}
		}
	} else {
		for to := 0; to < w.NX; {
			x0 := (w.X0%v.nx + v.nx + to) % v.nx
			x1 := min(x0+w.NX-to, v.nx)
			p.spans = append(p.spans, span{x0, x1, to})
			to += x1 - x0
		}
	}
	if p.y0 >= p.y1 {
		p.spans = nil
	}
	for _, s := range p.spans {
		p.chunks += ((s.x1-1)/v.width - s.x0/v.width + 1) * p.rows()
	}
	return p
}

// rows is how many rows of chunks the window lies over.
func (p *parts) rows() int {
	if p.y0 >= p.y1 {
		return 0
	}
	return (p.y1-1)/p.level.height - p.y0/p.level.height + 1
}

// Package sample gives values at places: it plans which cells are needed, reads them once, interpolates, and derives.
//
// A picture and a value asked for at one of its pixels follow the same rules:
//
//   - A cell reaches half its size around its centre. Between the outermost centres of a grid and its edge the value is that
//     of the outermost centre; beyond the edge there is none. A grid around the Earth has no edge, nor a hole at the poles:
//     beyond its last row the value is that of the last row.
//   - Nearest: the value of the cell that holds the place.
//   - Bilinear: where the nearest cell is missing the value is missing, else it is the weighted mean of those of the four
//     cells that are not. So a coast lies where the cells put it, and what is missing never bleeds.
//   - Directions are interpolated as unit vectors: halfway from 350 to 20 degrees is 5.
//   - Derived values are computed from interpolated ones: speed from interpolated u and v, never interpolated speeds.
package sample

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// ErrInput is an input that cannot be sampled: no keys, or several and no expression.
var ErrInput = errors.New("input that cannot be sampled")

// maxViewSide bounds a view's width and height in pixels.
const maxViewSide = 1 << 15

// Fields is what sampling needs of a store's snapshot.
type Fields interface {
	Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error
}

// Input is one element to sample: stored fields of one grid, and how a value is made of them.
type Input struct {
	Grid     grid.Grid
	MaxLevel int                  // coarsest pyramid level of all Keys
	MinLevel int                  // finest level to read; MaxLevel: exactly that one, whatever the view
	Keys     []field.Key          // one, or the inputs of Expr in its order
	Nearest  bool                 // categories: nearest cell; else bilinear
	Circular bool                 // directions in degrees: bilinear as unit vectors, unless Nearest; not of an Expr's inputs
	Expr     *elements.Expression // nil: the value itself
}

// check tells whether the input can be sampled at all.
func (in Input) check() error {
	switch {
	case in.Grid == nil:
		return fmt.Errorf("%w: no grid", ErrInput)
	case len(in.Keys) == 0:
		return fmt.Errorf("%w: no keys", ErrInput)
	case len(in.Keys) > 1 && in.Expr == nil:
		return fmt.Errorf("%w: %d keys and no expression", ErrInput, len(in.Keys))
	}
	return nil
}

// Sampler samples. It keeps plans (which cells, which weights), bounded, because they depend on grid and view alone.
// Safe for concurrent use.
type Sampler struct {
	plans   *planCache
	scratch sync.Pool // *scratch
}

// New makes a sampler that keeps up to planBytes of plans.
func New(planBytes int64) *Sampler { return &Sampler{plans: newPlanCache(planBytes)} }

// View writes the value at each pixel's centre: len(dst) == v.Width*v.Height, NaN outside the grid and where missing. It
// reads the pyramid level whose cells are next finer than the pixels.
func (s *Sampler) View(ctx context.Context, f Fields, in Input, v geo.View, dst []float32) error {
	if len(dst) != v.Width*v.Height {
		return fmt.Errorf("sample: %d values for a view of %d x %d pixels", len(dst), v.Width, v.Height)
	}
	return s.view(ctx, f, in, v, dst, nil)
}

// Bands is View for pictures too large to hold as numbers: it gives the values band by band from the top down, each band
// some whole rows of pixels from row on. The values are valid until emit returns; its error ends the work.
func (s *Sampler) Bands(ctx context.Context, f Fields, in Input, v geo.View, emit func(row int, values []float32) error) error {
	return s.view(ctx, f, in, v, nil, emit)
}

// view samples band by band, into dst or, if that is nil, into scratch.
func (s *Sampler) view(ctx context.Context, f Fields, in Input, v geo.View, dst []float32, emit func(int, []float32) error) error {
	if v.Width < 1 || v.Height < 1 || v.Width > maxViewSide || v.Height > maxViewSide {
		return fmt.Errorf("sample: a view of %d x %d pixels", v.Width, v.Height)
	}
	if err := in.check(); err != nil {
		return err
	}
	sc := s.take()
	defer s.give(sc)
	p, err := s.plan(sc, in, v)
	if err != nil {
		return err
	}
	for row := 0; row < v.Height; row += p.bandRows {
		rows := min(p.bandRows, v.Height-row)
		var out []float32
		if dst != nil {
			out = dst[row*v.Width : (row+rows)*v.Width]
		} else {
			out = resize(&sc.out, rows*v.Width)
		}
		if err := p.band(ctx, f, row, rows, out); err != nil {
			return err
		}
		if emit != nil {
			if err := emit(row, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// take gives scratch memory from the pool.
func (s *Sampler) take() *scratch {
	if sc, ok := s.scratch.Get().(*scratch); ok {
		return sc
	}
	return &scratch{}
}

// give returns scratch memory, unless it has grown large.
func (s *Sampler) give(sc *scratch) {
	if sc.bytes() <= keptScratchBytes {
		sc.forget()
		s.scratch.Put(sc)
	}
}

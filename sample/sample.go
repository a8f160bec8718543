// Package sample gives values at places: it plans which cells are needed, reads them once, interpolates, and derives.
package sample

import (
	"context"
	"errors"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// Fields is what sampling needs of a store's snapshot.
type Fields interface {
	Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error
}

// Input is one element to sample: stored fields of one grid, and how a value is made of them.
type Input struct {
	Grid     grid.Grid
	MaxLevel int                  // coarsest pyramid level of all Keys
	Keys     []field.Key          // one, or the inputs of Expr in its order
	Nearest  bool                 // categories: nearest cell; else bilinear
	Expr     *elements.Expression // nil: the value itself
}

// Sampler samples. It keeps plans (which cells, which weights), bounded, because they depend on grid and view alone.
type Sampler struct{}

// New makes a sampler that keeps up to planBytes of plans.
func New(planBytes int64) *Sampler { return &Sampler{} }

// View writes the value at each pixel's centre: len(dst) == v.Width*v.Height, NaN outside the grid and where missing. It
// reads the pyramid level whose cells are next finer than the pixels.
func (s *Sampler) View(ctx context.Context, f Fields, in Input, v geo.View, dst []float32) error {
	return errors.New("not written")
}

// Places writes the values of several inputs of one grid (an element's times, say) at the same places, at full resolution, in one
// batch of reads: len(dst) == len(ins), len(dst[i]) == len(at). A bilinear value beside a missing cell is NaN.
func (s *Sampler) Places(ctx context.Context, f Fields, ins []Input, at []geo.LonLat, dst [][]float32) error {
	return errors.New("not written")
}

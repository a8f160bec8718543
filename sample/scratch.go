package sample

import (
	"unsafe"

	"isobar/geo"
	"isobar/grid"
)

// keptScratchBytes is how much memory one idle scratch may hold: several tiles' worth.
const keptScratchBytes = 16 << 20

// scratch is the memory that sampling one view needs; the next view uses it again.
type scratch struct {
	plan     plan
	out      []float32   // a band of results
	inputs   []float32   // a band of each input of an expression
	in       [][]float32 // the same, by input
	cells    []float32   // the windows of all keys
	windows  [][]float32 // the same, by key
	lines    []float32   // rows on their way between two interpolations
	gaps     []bool      // by row of a window: is any cell missing
	columns  []int32     // by pixel column: cell left of it
	shares   []float32   // by pixel column: weight of the cell right of it
	x, y     []float64   // positions of an upright view
	at       []geo.XY    // positions of a band, or of nodes
	mapAt    []geo.XY    // places to evaluate, in the view's CRS
	places   []geo.LonLat
	found    []geo.XY
	nodes    []int32
	quads    []quad
	split    []quad
	smooth   []quad
	sizes    []float64
	stencils []grid.Stencil
	sines    []float32 // of a window of directions
	across   []float32 // a band of their sines
}

// bytes is about how much memory the scratch holds.
func (s *scratch) bytes() int {
	return 4*(cap(s.out)+cap(s.inputs)+cap(s.cells)+cap(s.lines)+cap(s.columns)+cap(s.shares)+cap(s.nodes)+cap(s.sines)+cap(s.across)) +
		8*(cap(s.x)+cap(s.y)+cap(s.sizes)) + 16*(cap(s.at)+cap(s.mapAt)+cap(s.places)+cap(s.found)) +
		int(unsafe.Sizeof(quad{}))*(cap(s.quads)+cap(s.split)+cap(s.smooth)) + int(unsafe.Sizeof(grid.Stencil{}))*cap(s.stencils)
}

// forget lets go of what is not the scratch's own: grids, keys, plans that are kept elsewhere.
func (s *scratch) forget() { s.plan = plan{} }

// resize gives n elements, in the memory there is if that is enough. What they hold is not defined.
func resize[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
	return *s
}

// cut gives k slices of n elements each out of one.
func cut(parts *[][]float32, memory *[]float32, k, n int) [][]float32 {
	all, out := resize(memory, k*n), resize(parts, k)
	for i := range out {
		out[i] = all[i*n : (i+1)*n]
	}
	return out
}

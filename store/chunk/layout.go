// Package chunk turns fields to bytes and back: cut into chunks on the levels of a pyramid, each chunk packed to the last bit. It is what
// stores share, wherever they keep the bytes.
package chunk

import "isobar/grid"

// Chunks are squares of cells; of a grid of one row they are runs.
const (
	Side  = 64
	Cells = Side * Side
)

// Layout is how the fields of a run are cut: the levels of the pyramid, from the finest on, into chunks row after row.
type Layout struct {
	Wraps  bool
	Levels []Level
	Chunks int // of all levels
}

// Level is one level of the pyramid.
type Level struct {
	NX, NY        int // nodes
	Width, Height int // of a whole chunk
	Across, Down  int // chunks
	First         int // number of the first chunk
}

// NewLayout cuts grids of a shape. Only a raster has a pyramid.
func NewLayout(nx, ny, maxLevel int, wraps bool) *Layout {
	l := &Layout{Wraps: wraps}
	for n := range maxLevel + 1 {
		lx, ly := grid.LevelShape(nx, ny, n)
		v := Level{NX: lx, NY: ly, Width: Side, Height: Side, First: l.Chunks}
		if ny == 1 {
			v.Width, v.Height = Cells, 1
		}
		v.Across, v.Down = (lx+v.Width-1)/v.Width, (ly+v.Height-1)/v.Height
		l.Chunks += v.Across * v.Down
		l.Levels = append(l.Levels, v)
	}
	return l
}

// Shape is what newLayout wants to know of a grid.
func Shape(g grid.Grid) (nx, ny, maxLevel int, wraps bool) {
	nx, ny = g.Shape()
	if r, ok := g.(grid.Raster); ok {
		wraps = r.Wraps()
		maxLevel = grid.MaxLevel(nx, ny, wraps)
	}
	return nx, ny, maxLevel, wraps
}

// Size is the columns and rows of the chunk in column cx and row cy of chunks.
func (v *Level) Size(cx, cy int) (w, h int) {
	return min(v.Width, v.NX-cx*v.Width), min(v.Height, v.NY-cy*v.Height)
}

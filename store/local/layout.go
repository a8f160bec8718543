package local

import "isobar/grid"

// Chunks are squares of cells; of a grid of one row they are runs.
const (
	chunkSide  = 64
	chunkCells = chunkSide * chunkSide
)

// layout is how the fields of a run are cut: the levels of the pyramid, from the finest on, into chunks row after row.
type layout struct {
	wraps  bool
	levels []level
	chunks int // of all levels
}

// level is one level of the pyramid.
type level struct {
	nx, ny        int // nodes
	width, height int // of a whole chunk
	across, down  int // chunks
	first         int // number of the first chunk
}

// newLayout cuts grids of a shape. Only a raster has a pyramid.
func newLayout(nx, ny, maxLevel int, wraps bool) *layout {
	l := &layout{wraps: wraps}
	for n := range maxLevel + 1 {
		lx, ly := grid.LevelShape(nx, ny, n)
		v := level{nx: lx, ny: ly, width: chunkSide, height: chunkSide, first: l.chunks}
		if ny == 1 {
			v.width, v.height = chunkCells, 1
		}
		v.across, v.down = (lx+v.width-1)/v.width, (ly+v.height-1)/v.height
		l.chunks += v.across * v.down
		l.levels = append(l.levels, v)
	}
	return l
}

// shape is what newLayout wants to know of a grid.
func shape(g grid.Grid) (nx, ny, maxLevel int, wraps bool) {
	nx, ny = g.Shape()
	if r, ok := g.(grid.Raster); ok {
		wraps = r.Wraps()
		maxLevel = grid.MaxLevel(nx, ny, wraps)
	}
	return nx, ny, maxLevel, wraps
}

// size is the columns and rows of the chunk in column cx and row cy of chunks.
func (v *level) size(cx, cy int) (w, h int) {
	return min(v.width, v.nx-cx*v.width), min(v.height, v.ny-cy*v.height)
}

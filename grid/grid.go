// Package grid knows where the numbers of a forecast lie on the Earth.
package grid

import "isobar/geo"

// Grid is a set of places with an order, the same for every field that lies on it. Grids of rows and columns are
// laid out canonically: row 0 is the northernmost (greatest y), column 0 the westernmost (least x), row after row,
// whatever the order in the file was. Grids are immutable and safe for concurrent use.
type Grid interface {
	// ID is the grid's whole definition as one line of text without blanks; Parse(ID) gives an equal grid.
	ID() string
	// Len is the number of cells.
	Len() int
	// Shape is columns and rows; a grid without rows is one row. nx*ny == Len.
	Shape() (nx, ny int)
	// Weigh finds, for each place, the cells around it and their weights (see Stencil). Bilinear.
	Weigh(dst []Stencil, at []geo.LonLat)
	// Places gives the places of len(dst) cells, from cell first on.
	Places(dst []geo.LonLat, first int)
	// Extent is the geographic box of the outermost cell centres: west, south, east, north in degrees,
	// west in [-180, 180), east > west (it may exceed 180). A grid around the Earth has east = west + 360.
	Extent() geo.Box
}

// Stencil is up to four cells and their weights, which sum to 1; unused places have weight 0 and repeat a used cell.
// A place outside the grid has Cell[0] == -1.
type Stencil struct {
	Cell   [4]int32
	Weight [4]float32
}

// Raster is a grid of rows and columns with a continuous index space: cell (i, j) is centred on X = i, Y = j.
type Raster interface {
	Grid
	// Index gives the fractional column and row of places. Inside is -0.5 <= X <= nx-0.5 and -0.5 <= Y <= ny-0.5:
	// a cell reaches half a cell beyond its centre. With Wraps, X lies in [-0.5, nx-0.5). Elsewhere X is NaN.
	Index(dst []geo.XY, at []geo.LonLat)
	// Wraps tells that the column after the last is column 0 (a grid around the Earth).
	Wraps() bool
}

// Separable is a Raster whose column depends on longitude alone and whose row on latitude alone, so that an upright
// view of W x H pixels needs W + H positions instead of W * H.
type Separable interface {
	Raster
	// Column is the fractional column of a longitude in degrees (any turn), NaN outside.
	Column(lonDeg float64) float64
	// Row is the fractional row of a latitude in degrees, NaN outside.
	Row(latDeg float64) float64
}

// Turned is a grid whose y axis does not point north everywhere, so that vectors given relative to it must be turned.
type Turned interface {
	// North gives the angle of the grid's +y axis east of true north, in radians, for len(dst) cells from first on:
	// uTrue = u*cos + v*sin, vTrue = v*cos - u*sin.
	North(dst []float64, first int)
}

// Window is a part of a Raster at a level of its pyramid. At level L node (i, j) is the level-0 cell (i<<L, j<<L), so
// a level-0 position x is x / 2^L there: nothing shifts. X0 may be negative or reach beyond the last column on a grid
// that wraps.
type Window struct {
	Level          int
	X0, Y0, NX, NY int
}

// LevelShape is columns and rows at a level: ceil(n / 2^level). See MaxLevel for how far it may go.
func LevelShape(nx, ny, level int) (int, int) {
	step := 1 << level
	return (nx + step - 1) / step, (ny + step - 1) / step
}

// MaxLevel is the coarsest pyramid level of a raster: while both sides keep 64 nodes or more, and, on a grid that
// wraps, while the number of columns stays even, so that the step over the seam is like any other.
func MaxLevel(nx, ny int, wraps bool) int {
	level := 0
	for {
		x, y := LevelShape(nx, ny, level)
		if x < 128 || y < 128 || wraps && x%2 != 0 {
			return level
		}
		level++
	}
}

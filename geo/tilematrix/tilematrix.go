// Package tilematrix knows how maps are cut into tiles: tile matrix sets (OGC 17-083r4), which are rows of YAML.
package tilematrix

import (
	"math"
	"strconv"

	"isobar/geo"
)

// TileSize is the side of a tile in pixels.
const TileSize = 256

// pixelMetres is the size of the pixel that scale denominators are told by (OGC 17-083r4 6.1.1.1).
const pixelMetres = 0.00028

// degreeMetres is the length of a degree along the equator of WGS 84.
const degreeMetres = math.Pi * 6378137 / 180

// Set is a tile matrix set. Immutable.
type Set struct {
	ID, Title string
	URI       string // in the OGC's register; "" if there is none
	Known     string // well-known scale set; "" if it is none
	Ref       geo.Reference
	Matrices  []Matrix // level 0 first
}

// Matrix is one level of a set.
type Matrix struct {
	ID               string  // the level's number
	Cell             float64 // size of a pixel in the units of the reference system
	ScaleDenominator float64
	Origin           geo.XY // upper left corner, x first
	Width, Height    int    // tiles side by side, and one below the other
}

// Limits are the tiles of a matrix that hold data, ends included.
type Limits struct{ MinRow, MaxRow, MinCol, MaxCol int }

// Matrix finds a level by its ID.
func (s *Set) Matrix(id string) (Matrix, bool) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 0 || n >= len(s.Matrices) || s.Matrices[n].ID != id {
		return Matrix{}, false
	}
	return s.Matrices[n], true
}

// Box is a tile's frame, x first.
func (m Matrix) Box(row, col int) geo.Box {
	side := m.Cell * TileSize
	west, north := m.Origin.X+float64(col)*side, m.Origin.Y-float64(row)*side
	return geo.Box{west, north - side, west + side, north}
}

// View is a tile to draw; size is its side in pixels.
func (s *Set) View(m Matrix, row, col, size int) geo.View {
	return geo.View{Ref: s.Ref, Box: m.Box(row, col), Width: size, Height: size}
}

// Limits are the tiles that a box touches, x first, in the units of the reference system; ok is false if there is none.
func (m Matrix) Limits(box geo.Box) (l Limits, ok bool) {
	side := m.Cell * TileSize
	// A box that ends on a tile's edge, but for rounding, does not touch the next tile.
	const slack = 1e-6
	first := func(v float64) float64 { return math.Floor(v + slack) }
	last := func(v float64) float64 { return math.Ceil(v-slack) - 1 }
	minCol, maxCol := first((box[0]-m.Origin.X)/side), last((box[2]-m.Origin.X)/side)
	minRow, maxRow := first((m.Origin.Y-box[3])/side), last((m.Origin.Y-box[1])/side)
	minCol, maxCol = max(minCol, 0), min(maxCol, float64(m.Width-1))
	minRow, maxRow = max(minRow, 0), min(maxRow, float64(m.Height-1))
	if !(minCol <= maxCol) || !(minRow <= maxRow) {
		return Limits{}, false
	}
	return Limits{int(minRow), int(maxRow), int(minCol), int(maxCol)}, true
}

// quad makes the levels of a set, each with half the cell of the one above.
func quad(r row, ref geo.Reference) []Matrix {
	metres := 1.0
	if ref.Degrees {
		metres = degreeMetres
	}
	matrices := make([]Matrix, r.Levels)
	for i := range matrices {
		cell := math.Ldexp(r.Cell, -i)
		matrices[i] = Matrix{
			ID: strconv.Itoa(i), Cell: cell, ScaleDenominator: cell * metres / pixelMetres, Origin: geo.XY{X: r.Origin[0], Y: r.Origin[1]},
			Width: max(r.Wide, 1) << i, Height: max(r.High, 1) << i,
		}
	}
	return matrices
}

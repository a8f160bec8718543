package probe

import (
	"context"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// Cells are some of a grid's, in its order: by rows from the north, and from west to east.
type Cells struct {
	Grid  grid.Grid
	Index []int
	At    []geo.LonLat
}

// cellsAtOnce is how many places of a grid are looked at at a time.
const cellsAtOnce = 4096

// CellsIn finds the cells of a grid whose centres lie in a region or on its rim. More than limit are a *CostError of "cells"; limit 0
// stands for the usual one. None is no error: see CellNear.
func CellsIn(ctx context.Context, g grid.Grid, r Region, limit int) (Cells, error) {
	if limit <= 0 {
		limit = usualPlaces
	}
	found := Cells{Grid: g}
	box := r.Box()
	first, last := candidates(g, box)
	places := make([]geo.LonLat, cellsAtOnce)
	for at := first; at < last; at += cellsAtOnce {
		if err := ctx.Err(); err != nil {
			return Cells{}, err
		}
		some := places[:min(cellsAtOnce, last-at)]
		g.Places(some, at)
		for i, p := range some {
			if !isPlace(p) {
				continue
			}
			if _, ok := into(box, p); !ok || !r.Has(p) {
				continue
			}
			if len(found.Index) >= limit {
				return Cells{}, &CostError{"cells", Cost{Places: limit + 1}, int64(limit) + 1, int64(limit)}
			}
			found.Index, found.At = append(found.Index, at+i), append(found.At, p)
		}
	}
	return found, nil
}

// candidates are the first and the last cell, that excluded, that may lie in a box.
func candidates(g grid.Grid, box geo.Box) (first, last int) {
	rows, ok := g.(grid.Separable)
	if !ok {
		return 0, g.Len()
	}
	nx, ny := rows.Shape()
	top, bottom := 0, ny-1
	if y := rows.Row(min(box[3]+rim, 90)); y == y {
		top = max(int(math.Floor(y)), 0)
	}
	if y := rows.Row(max(box[1]-rim, -90)); y == y {
		bottom = min(int(math.Ceil(y)), ny-1)
	}
	return top * nx, max((bottom+1)*nx, top*nx)
}

// CellNear is the cell that holds a place, as a choice of one; ok is false outside the grid.
func CellNear(g grid.Grid, at geo.LonLat) (c Cells, ok bool) {
	if !isPlace(at) {
		return c, false
	}
	var s [1]grid.Stencil
	g.Weigh(s[:], []geo.LonLat{at})
	best := -1
	for i, cell := range s[0].Cell {
		if cell >= 0 && (best < 0 || s[0].Weight[i] > s[0].Weight[best]) {
			best = i
		}
	}
	if best < 0 {
		return c, false
	}
	c = Cells{Grid: g, Index: []int{int(s[0].Cell[best])}, At: make([]geo.LonLat, 1)}
	g.Places(c.At, c.Index[0])
	return c, true
}

// Areas are the cells' sizes in square metres: of a raster what lies between half ways to its neighbours, of other grids, whose cells
// are made about alike, an equal share of the Earth for each.
func (c Cells) Areas() []float64 {
	areas := make([]float64, len(c.Index))
	r, ok := c.Grid.(grid.Raster)
	if !ok {
		for i := range areas {
			areas[i] = 4 * math.Pi * earthRadius * earthRadius / float64(c.Grid.Len())
		}
		return areas
	}
	nx, ny := r.Shape()
	if _, ok := c.Grid.(grid.Separable); ok {
		row := -1
		for i, cell := range c.Index {
			if cell/nx == row { // columns are even
				areas[i] = areas[i-1]
				continue
			}
			row = cell / nx
			areas[i] = parallelArea(r, cell, nx, ny)
		}
		return areas
	}
	at := make([]geo.LonLat, 4)
	for i, cell := range c.Index {
		areas[i] = localArea(r, cell, nx, ny, at)
	}
	return areas
}

// parallelArea is the size of a cell between two parallels and two meridians.
func parallelArea(r grid.Raster, cell, nx, ny int) float64 {
	row, column := cell/nx, cell%nx
	var at [4]geo.LonLat // above, below, left, right
	for i, c := range [4]int{max(row-1, 0)*nx + column, min(row+1, ny-1)*nx + column, row*nx + max(column-1, 0), row*nx + min(column+1, nx-1)} {
		r.Places(at[i:i+1], c)
	}
	var own [1]geo.LonLat
	r.Places(own[:], cell)
	lat := own[0].Lat
	up, down := (at[0].Lat-lat)/2, (lat-at[1].Lat)/2
	if row == 0 {
		up = down
	}
	if row == ny-1 {
		down = up
	}
	width := turned(at[3].Lon-at[2].Lon) / float64(max(min(column+1, nx-1)-max(column-1, 0), 1))
	if nx == 1 {
		width = 1
	}
	if ny == 1 {
		up, down = width/2, width/2
	}
	north, south := min(lat+up, 90), max(lat-down, -90)
	return earthRadius * earthRadius * width * degree * (math.Sin(north*degree) - math.Sin(south*degree))
}

// localArea is the size of a cell from where its neighbours lie, for which there is room in at.
func localArea(r grid.Raster, cell, nx, ny int, at []geo.LonLat) float64 {
	row, column := cell/nx, cell%nx
	left, right := max(column-1, 0), min(column+1, nx-1)
	above, below := max(row-1, 0), min(row+1, ny-1)
	for i, c := range [4]int{row*nx + left, row*nx + right, above*nx + column, below*nx + column} {
		r.Places(at[i:i+1], c)
	}
	a, b, c, d := towards(at[0]), towards(at[1]), towards(at[2]), towards(at[3])
	along := direction{b.x - a.x, b.y - a.y, b.z - a.z}
	across := direction{d.x - c.x, d.y - c.y, d.z - c.z}
	steps := float64(max(right-left, 1) * max(below-above, 1))
	if area := along.cross(across).length() / steps * earthRadius * earthRadius; area == area {
		return area
	}
	return 0
}

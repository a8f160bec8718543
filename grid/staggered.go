package grid

import (
	"fmt"
	"math"

	"isobar/geo"
)

// Staggered is every second cell of a raster, as the black fields of a chessboard are: rows whose cells lie halfway between those
// of their neighbours (Arakawa's E grid; GRIB2 flag table 3.4, bits 5 and 6). The raster has the columns of all rows, half a step
// apart. Its first cell is one of the grid, or with odd the second is. Cells are in the raster's order. It is Turned if that is.
func Staggered(base Raster, odd bool) (Grid, error) {
	nx, ny := base.Shape()
	if nx < 2 || base.Wraps() && nx%2 != 0 {
		return nil, invalid("every second cell of %d columns and %d rows", nx, ny)
	}
	first := 0
	if odd {
		first = 1
	}
	g := &staggered{base: base, nx: nx, ny: ny, first: first, id: fmt.Sprintf("staggered:%d:%s", first, base.ID())}
	if turned, ok := base.(Turned); ok {
		return &turnedStaggered{*g, turned}, nil
	}
	return g, nil
}

type staggered struct {
	id     string
	base   Raster
	nx, ny int // of the base
	first  int // column of the northernmost row's first cell
}

// turnedStaggered is one whose rows do not go eastwards everywhere.
type turnedStaggered struct {
	staggered
	turned Turned
}

var (
	_ Grid   = (*staggered)(nil)
	_ Turned = (*turnedStaggered)(nil)
)

func (g *staggered) ID() string          { return g.id }
func (g *staggered) Len() int            { return g.start(g.ny) }
func (g *staggered) Shape() (nx, ny int) { return g.Len(), 1 }
func (g *staggered) Extent() geo.Box     { return g.base.Extent() }

// column is that of a row's first cell.
func (g *staggered) column(row int) int { return (g.first + row) & 1 }

// start is a row's first cell: two rows have as many as the base has columns.
func (g *staggered) start(row int) int {
	n := row / 2 * g.nx
	if row%2 != 0 {
		n += (g.nx + 1 - g.first) / 2
	}
	return n
}

// row is that of a cell.
func (g *staggered) row(cell int) int {
	j := 2 * (cell / g.nx)
	if j+1 < g.ny && cell >= g.start(j+1) {
		j++
	}
	return j
}

// runs gives the base's cells of count cells from first on, row by row: the second is two further, and so on.
func (g *staggered) runs(first, count int, do func(done, n, cell int)) {
	const most = batch / 2
	for done := 0; done < count; {
		at := first + done
		j := g.row(at)
		n := min(count-done, g.start(j+1)-at, most)
		do(done, n, j*g.nx+g.column(j)+2*(at-g.start(j)))
		done += n
	}
}

// Places implements Grid.
func (g *staggered) Places(dst []geo.LonLat, first int) {
	all := make([]geo.LonLat, min(batch, 2*len(dst)))
	g.runs(first, len(dst), func(done, n, cell int) {
		g.base.Places(all[:2*n-1], cell)
		for i := range n {
			dst[done+i] = all[2*i]
		}
	})
}

// North implements Turned.
func (g *turnedStaggered) North(dst []float64, first int) {
	all := make([]float64, min(batch, 2*len(dst)))
	g.runs(first, len(dst), func(done, n, cell int) {
		g.turned.North(all[:2*n-1], cell)
		for i := range n {
			dst[done+i] = all[2*i]
		}
	})
}

// Weigh implements Grid: bilinear between the four cells around a place, which are the corners of a rhomb, or those of them that
// there are on the rim.
func (g *staggered) Weigh(dst []Stencil, at []geo.LonLat) {
	index := make([]geo.XY, min(batch, len(at)))
	for start := 0; start < len(at); start += batch {
		part := at[start:min(start+batch, len(at))]
		g.base.Index(index, part)
		for i, q := range index[:len(part)] {
			dst[start+i] = g.weigh(q)
		}
	}
}

// weigh has axes u and v along the rhombs' sides: a cell's column, counted so that the sum with its row is even, is u+v and its row u-v.
func (g *staggered) weigh(q geo.XY) Stencil {
	outside := Stencil{Cell: [4]int32{-1, -1, -1, -1}}
	if q.X != q.X || q.Y != q.Y {
		return outside
	}
	x := q.X + float64(g.first)
	u, v := (x+q.Y)/2, (x-q.Y)/2
	u0, v0 := math.Floor(u), math.Floor(v)
	right, up := u-u0, v-v0
	var s Stencil
	used, sum := int32(-1), 0.0
	var weights [4]float64
	for k := range s.Cell {
		du, dv := k&1, k>>1
		a, b := int(u0)+du, int(v0)+dv
		i, j := a+b-g.first, a-b
		if g.base.Wraps() {
			i = (i + g.nx) % g.nx
		}
		weight := math.Abs(1-float64(du)-right) * math.Abs(1-float64(dv)-up)
		s.Cell[k] = -1
		if i < 0 || i >= g.nx || j < 0 || j >= g.ny || weight <= 0 {
			continue
		}
		s.Cell[k], weights[k] = int32(g.start(j)+(i-g.column(j))/2), weight
		used, sum = s.Cell[k], sum+weight
	}
	const slight = 1e-9
	if sum < slight {
		return outside
	}
	for k := range s.Cell {
		if s.Cell[k] < 0 {
			s.Cell[k] = used
		}
		s.Weight[k] = float32(weights[k] / sum)
	}
	return s
}

package sample

import (
	"context"

	"isobar/field"
	"isobar/grid"
)

// scattered samples some whole rows of a view of a grid without rows and columns, at full resolution.
func (p *plan) scattered(ctx context.Context, f Fields, row, rows int, out [][]float32) error {
	w := p.view.Width
	places := p.mapPlaces(rows*w, func(i int) (x, y float64) { return float64(i % w), float64(row + i/w) })
	stencils := resize(&p.sc.stencils, len(places))
	p.in.Grid.Weigh(stencils, places)
	return p.sc.weighed(ctx, f, p.in.Grid, p.in.Keys, stencils, func(k, i int, cells, weights [4]float32) {
		out[k][i] = p.in.weigh(cells, weights)
	}, func(i int) {
		for _, o := range out {
			o[i] = missing
		}
	})
}

// blockCells is how many cells of a grid without rows are read together if one of them is needed.
const blockCells = 4096

// weighed reads the cells of stencils and gives them key by key; nowhere is called for those outside the grid. Cells that
// lie near each other in the grid's order are read together, no more than maxWindowCells at a time.
func (s *scratch) weighed(ctx context.Context, f Fields, g grid.Grid, keys []field.Key, stencils []grid.Stencil,
	found func(k, i int, cells, weights [4]float32), nowhere func(i int)) error {
	length := g.Len()
	needed := make([]bool, length/blockCells+1)
	for i := range stencils {
		if stencils[i].Cell[0] < 0 {
			nowhere(i)
			continue
		}
		for _, c := range stencils[i].Cell {
			needed[c/blockCells] = true
		}
	}
	values := resize(&s.lines, 4*len(keys)*len(stencils))
	atMost := max(maxWindowCells/len(keys)/blockCells, 1)
	for b := 0; b < len(needed); b++ {
		if !needed[b] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		end := b + 1
		for end < len(needed) && needed[end] && end-b < atMost {
			end++
		}
		from, to := b*blockCells, min(end*blockCells, length)
		windows := cut(&s.windows, &s.cells, len(keys), to-from)
		if err := f.Windows(ctx, keys, grid.Window{X0: from, NX: to - from, NY: 1}, windows); err != nil {
			return err
		}
		for i := range stencils {
			for j, c := range stencils[i].Cell {
				if at := int(c) - from; at >= 0 && at < to-from {
					for k := range keys {
						values[4*(k*len(stencils)+i)+j] = windows[k][at]
					}
				}
			}
		}
		b = end - 1
	}
	for k := range keys {
		for i := range stencils {
			if stencils[i].Cell[0] >= 0 {
				found(k, i, [4]float32(values[4*(k*len(stencils)+i):]), stencils[i].Weight)
			}
		}
	}
	return nil
}

// weigh is the value at a place whose cells are known.
func weigh(cells, weights [4]float32, nearest bool) float32 {
	best := 0
	for i, w := range weights {
		if w > weights[best] {
			best = i
		}
	}
	if v := cells[best]; nearest || v != v {
		return v
	}
	return mean(cells, weights)
}

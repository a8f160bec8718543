package sample

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// blockSide is the side of the squares of cells within which places are read together.
const blockSide = 64

// slot is one stored field of one input, and where its values at the places go.
type slot struct {
	in  Input
	out []float32
}

// places is what one call of Places works on.
type places struct {
	sc    *scratch
	f     Fields
	grid  grid.Grid
	keys  []field.Key // each once
	slots [][]slot    // by key
}

// Places writes the values of several inputs of one grid (an element's times, say) at the same places, at full resolution, in one
// batch of reads for each group of places near each other: len(dst) == len(ins), len(dst[i]) == len(at). The rules for what
// is missing are those of View: map and value agree.
func (s *Sampler) Places(ctx context.Context, f Fields, ins []Input, at []geo.LonLat, dst [][]float32) error {
	if len(dst) != len(ins) {
		return fmt.Errorf("sample: room for %d inputs of %d", len(dst), len(ins))
	}
	if len(ins) == 0 || len(at) == 0 {
		return nil
	}
	sc := s.take()
	defer s.give(sc)
	p := &places{sc: sc, f: f, grid: ins[0].Grid}
	derived, err := p.prepare(ins, dst, len(at))
	if err != nil {
		return err
	}
	if r, ok := p.grid.(grid.Raster); ok {
		err = p.onRaster(ctx, r, at)
	} else {
		err = p.scattered(ctx, at)
	}
	if err != nil {
		return err
	}
	for i, in := range ins {
		if in.Expr != nil {
			in.Expr.Eval(dst[i], derived[i])
		}
	}
	return nil
}

// prepare lists the fields to read and where their values go; for derived inputs that is memory of their own.
func (p *places) prepare(ins []Input, dst [][]float32, n int) (derived [][][]float32, err error) {
	derived = make([][][]float32, len(ins))
	number := map[field.Key]int{}
	id := ""
	for i, in := range ins {
		if err := in.check(); err != nil {
			return nil, err
		}
		if len(dst[i]) != n {
			return nil, fmt.Errorf("sample: room for %d values of %d", len(dst[i]), n)
		}
		if i == 0 {
			id = in.Grid.ID()
		} else if in.Grid.ID() != id {
			return nil, fmt.Errorf("%w: places on two grids, %s and %s", ErrInput, id, in.Grid.ID())
		}
		for j, k := range in.Keys {
			at, ok := number[k]
			if !ok {
				at = len(p.keys)
				number[k] = at
				p.keys, p.slots = append(p.keys, k), append(p.slots, nil)
			}
			out := dst[i]
			if j > 0 {
				out = make([]float32, n)
			}
			derived[i] = append(derived[i], out)
			p.slots[at] = append(p.slots[at], slot{in, out})
		}
	}
	return derived, nil
}

// nowhere marks a place as missing.
func (p *places) nowhere(i int) {
	for _, slots := range p.slots {
		for _, s := range slots {
			s.out[i] = missing
		}
	}
}

// scattered samples a grid without rows and columns.
func (p *places) scattered(ctx context.Context, at []geo.LonLat) error {
	stencils := resize(&p.sc.stencils, len(at))
	p.grid.Weigh(stencils, at)
	return p.sc.weighed(ctx, p.f, p.grid, p.keys, stencils, func(k, i int, cells, weights [4]float32) {
		for _, s := range p.slots[k] {
			s.out[i] = s.in.weigh(cells, weights)
		}
	}, p.nowhere)
}

// onRaster samples a grid of rows and columns.
func (p *places) onRaster(ctx context.Context, r grid.Raster, at []geo.LonLat) error {
	sc := p.sc
	pl := &sc.plan
	*pl = plan{in: Input{Grid: p.grid, Keys: p.keys}, sc: sc, raster: r, cap: capOf(r)}
	pl.nx, pl.ny = r.Shape()
	copy(resize(&sc.places, len(at)), at)
	found := pl.positions()
	if r.Wraps() {
		intoTurn(found, float64(pl.nx))
	}
	order := sc.nodes[:0]
	for i := range found {
		if found[i].X != found[i].X {
			p.nowhere(i)
			continue
		}
		order = append(order, int32(i))
	}
	sc.nodes = order
	block := func(i int32) (row, column int) { return int(found[i].Y) / blockSide, int(found[i].X) / blockSide }
	slices.SortFunc(order, func(a, b int32) int {
		ay, ax := block(a)
		by, bx := block(b)
		return cmp.Or(cmp.Compare(ay, by), cmp.Compare(ax, bx), cmp.Compare(a, b))
	})
	for len(order) > 0 {
		n := 1
		y, x := block(order[0])
		for n < len(order) {
			if by, bx := block(order[n]); by != y || bx != x {
				break
			}
			n++
		}
		if err := p.group(ctx, pl, found, order[:n]); err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

// group reads one window of every field, and samples it at some places.
func (p *places) group(ctx context.Context, pl *plan, at []geo.XY, group []int32) error {
	xs, ys := none, none
	for _, i := range group {
		xs.add(at[i].X)
		ys.add(at[i].Y)
	}
	w := pl.window(xs, ys, 0)
	batch := max(maxWindowCells/(w.NX*w.NY), 1)
	for from := 0; from < len(p.keys); from += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		keys := p.keys[from:min(from+batch, len(p.keys))]
		windows := cut(&p.sc.windows, &p.sc.cells, len(keys), w.NX*w.NY)
		if err := p.f.Windows(ctx, keys, w.Window, windows); err != nil {
			return err
		}
		for k := range keys {
			for _, s := range p.slots[from+k] {
				w.values(s, at, group, windows[k])
			}
		}
	}
	return nil
}

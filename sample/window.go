package sample

import (
	"context"
	"math"

	"isobar/grid"
)

// maxWindowCells bounds how many cells are read at a time, all inputs together: 16 MiB. A view that needs more is sampled
// in parts.
const maxWindowCells = 4 << 20

// rect is a part of a band: columns x0 to x1, rows y0 to y1, ends excluded.
type rect struct{ x0, y0, x1, y1 int }

// positions are those of a band's pixels at level 0.
type positions interface {
	// span is the range of the columns and rows of a part; ok is false if no pixel of it lies on the grid. On a grid that
	// wraps, columns less than seam count as one turn further.
	span(r rect) (xs, ys interval, seam float64, ok bool)
	// gather samples a part from the window of each input.
	gather(r rect, w window, nearest bool, cells [][]float32, stride int, out [][]float32)
}

// interval is a closed range.
type interval struct{ min, max float64 }

// none is an interval that holds nothing.
var none = interval{math.Inf(1), math.Inf(-1)}

// add widens the interval to hold v; NaN changes nothing.
func (i *interval) add(v float64) {
	if v < i.min {
		i.min = v
	}
	if v > i.max {
		i.max = v
	}
}

// window is what is read for a part, and how positions at level 0 become positions in it.
type window struct {
	grid.Window
	scale      float64 // 1 / 2^level
	seam, turn float64 // columns below seam, at level 0, lie a turn further; turn is 0 on a grid that does not wrap
	maxX, maxY float64 // last column and row of the level, where positions are clamped; maxX is +Inf if it wraps
}

// column is the position of a column in the window.
func (w *window) column(x float64) float64 {
	if x < w.seam {
		x += w.turn
	}
	return min(max(x*w.scale, 0), w.maxX) - float64(w.X0)
}

// row is the position of a row in the window.
func (w *window) row(y float64) float64 { return min(max(y*w.scale, 0), w.maxY) - float64(w.Y0) }

// part samples a part of a band, in smaller parts if it needs many cells.
func (p *plan) part(ctx context.Context, f Fields, at positions, r rect, out [][]float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stride := p.view.Width
	xs, ys, seam, ok := at.span(r)
	if !ok {
		for _, o := range out {
			for y := r.y0; y < r.y1; y++ {
				fillNaN(o[y*stride+r.x0 : y*stride+r.x1])
			}
		}
		return nil
	}
	w := p.window(xs, ys, seam)
	if w.NX*w.NY > maxWindowCells/len(p.in.Keys) {
		if a, b, ok := r.halves(w); ok {
			if err := p.part(ctx, f, at, a, out); err != nil {
				return err
			}
			return p.part(ctx, f, at, b, out)
		}
	}
	cells := cut(&p.sc.windows, &p.sc.cells, len(p.in.Keys), w.NX*w.NY)
	if err := f.Windows(ctx, p.in.Keys, w.Window, cells); err != nil {
		return err
	}
	if p.in.circular() {
		p.gatherAngles(at, r, w, cells[0], stride, out[0])
		return nil
	}
	at.gather(r, w, p.in.Nearest, cells, stride, out)
	return nil
}

// window is the smallest that holds the cells around some positions.
func (p *plan) window(xs, ys interval, seam float64) window {
	nx, ny := grid.LevelShape(p.nx, p.ny, p.level)
	w := window{scale: 1 / float64(int(1)<<p.level), maxX: float64(nx - 1), maxY: float64(ny - 1)}
	w.Level = p.level
	if p.raster.Wraps() {
		w.seam, w.turn, w.maxX = seam, float64(p.nx), math.Inf(1)
	}
	y0, y1 := cells(w.row(ys.min), w.row(ys.max), ny-1)
	w.Y0, w.NY = y0, y1-y0+1
	if !p.raster.Wraps() {
		x0, x1 := cells(w.column(xs.min), w.column(xs.max), nx-1)
		w.X0, w.NX = x0, x1-x0+1
		return w
	}
	x0 := int(xs.min * w.scale) // the interval lies beyond the seam already
	w.X0, w.NX = x0, int(xs.max*w.scale)+2-x0
	return w
}

// cells are the first and the last index that positions from lo to hi need: two at least where there are two.
func cells(lo, hi float64, last int) (int, int) {
	first := min(int(lo), max(last-1, 0))
	return first, min(int(hi)+1, last)
}

// halves cuts a part across the longer side of its window, or of its own where that is one pixel already.
func (r rect) halves(w window) (a, b rect, ok bool) {
	wide, high := r.x1-r.x0, r.y1-r.y0
	a, b = r, r
	switch {
	case high > 1 && (w.NY >= w.NX || wide == 1):
		a.y1 = r.y0 + high/2
		b.y0 = a.y1
	case wide > 1:
		a.x1 = r.x0 + wide/2
		b.x0 = a.x1
	default:
		return a, b, false
	}
	return a, b, true
}

package chunk

import (
	"fmt"

	"isobar/grid"
)

// CheckRoom refuses a window that can't be, and room that is not as large as the windows of so many fields.
func CheckRoom(fields int, w grid.Window, dst [][]float32) error {
	if len(dst) != fields {
		return fmt.Errorf("room for %d windows of %d", len(dst), fields)
	}
	if w.NX < 0 || w.NY < 0 || w.NX > 0 && w.NY > grid.MaxCells/w.NX {
		return fmt.Errorf("a window of %d x %d cells", w.NX, w.NY)
	}
	for i := range dst {
		if len(dst[i]) != w.NX*w.NY {
			return fmt.Errorf("room for %d cells of a window of %d x %d", len(dst[i]), w.NX, w.NY)
		}
	}
	return nil
}

// Parts is how a window lies over a level's chunks.
type Parts struct {
	Level  *Level
	Number int // of the level
	Spans  []Span
	Y0, Y1 int // rows of the level that the window has
	Chunks int // about how many are read
}

// Span is neighbouring columns of the level and where they go in the window.
type Span struct{ X0, X1, To int }

// Cut finds the columns of a window: once round the seam on a grid that wraps, or more.
func Cut(l *Layout, w grid.Window) Parts {
	v := &l.Levels[w.Level]
	p := Parts{Level: v, Number: w.Level, Y0: max(w.Y0, 0), Y1: min(w.Y0+w.NY, v.NY)}
	if !l.Wraps {
		if x0, x1 := max(w.X0, 0), min(w.X0+w.NX, v.NX); x0 < x1 {
			p.Spans = []Span{{x0, x1, x0 - w.X0}}
		}
	} else {
		for to := 0; to < w.NX; {
			x0 := (w.X0%v.NX + v.NX + to) % v.NX
			x1 := min(x0+w.NX-to, v.NX)
			p.Spans = append(p.Spans, Span{x0, x1, to})
			to += x1 - x0
		}
	}
	if p.Y0 >= p.Y1 {
		p.Spans = nil
	}
	for _, s := range p.Spans {
		p.Chunks += ((s.X1-1)/v.Width - s.X0/v.Width + 1) * p.Rows()
	}
	return p
}

// Rows is how many rows of chunks the window lies over.
func (p *Parts) Rows() int {
	if p.Y0 >= p.Y1 {
		return 0
	}
	return (p.Y1-1)/p.Level.Height - p.Y0/p.Level.Height + 1
}

// Beyond makes cells missing that lie beyond the grid.
func (p *Parts) Beyond(w grid.Window, dst []float32) {
	x0, x1 := w.NX, w.NX // columns of the window that are on the grid
	if len(p.Spans) > 0 {
		last := p.Spans[len(p.Spans)-1]
		x0, x1 = p.Spans[0].To, last.To+last.X1-last.X0
	}
	for j := range w.NY {
		line := dst[j*w.NX : (j+1)*w.NX]
		if y := w.Y0 + j; y < p.Y0 || y >= p.Y1 || x0 >= x1 {
			fillWith(line, Missing)
			continue
		}
		fillWith(line[:x0], Missing)
		fillWith(line[x1:], Missing)
	}
}

func fillWith(line []float32, v float32) {
	for i := range line {
		line[i] = v
	}
}

// Copy writes the part of a chunk that lies in the window.
func (p *Parts) Copy(d *Decoded, s Span, cx, cy int, w grid.Window, dst []float32) {
	left, top := cx*p.Level.Width, cy*p.Level.Height
	x0, x1 := max(s.X0, left), min(s.X1, left+d.width)
	y0, y1 := max(p.Y0, top), min(p.Y1, top+p.Level.Height)
	n := x1 - x0
	to := (y0-w.Y0)*w.NX + s.To + x0 - s.X0
	if d.values == nil {
		for range y1 - y0 {
			fillWith(dst[to:to+n], d.constant)
			to += w.NX
		}
		return
	}
	at := (y0-top)*d.width + x0 - left
	for range y1 - y0 {
		copy(dst[to:to+n], d.values[at:at+n])
		at += d.width
		to += w.NX
	}
}

package render

import (
	"math"
)

// label is a number on a line.
type label struct {
	at, along point // its middle, and the unit vector that it is written along
	text      string
	value     float64
	half      point // half its width and height, as much as is kept free
}

// box adds what is kept free of lines.
func (b *label) box(o *outlines) {
	x, y := b.along.times(b.half.x), b.along.left().times(b.half.y)
	o.polygon(b.at.plus(x).plus(y), b.at.minus(x).plus(y), b.at.minus(x).minus(y), b.at.plus(x).minus(y))
}

// What a line must be like where a label stands.
const (
	mostBend    = 0.5 // radians that it may turn along the label
	labelStride = 3.0 // pixels between the places that are looked at
	crowded     = 9.0 // pixels: lines that lie closer are not interrupted
)

// labels places at most one number in each cell of a lattice that all maps of a zoom share, so that every tile that sees a
// line sees it interrupted in the same places: where a line crosses a diagonal of the cell, not near its corners, and is
// straightest.
func (c *contour) labels(l *letters) (found []label) {
	lat, staggered := c.symbols(c.painter.Spacing)
	r := c.reach(lat, c.painter.Size*4)
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			if staggered && (i+j)%2 != 0 {
				continue
			}
			if b, ok := c.best(lat, i, j, staggered, l); ok {
				found = append(found, b)
			}
		}
	}
	return found
}

// best finds the place for a label in a cell.
func (c *contour) best(lat lattice, i, j int, staggered bool, l *letters) (best label, ok bool) {
	middle := c.place(float64(i)*lat.sx, -float64(j)*lat.sy)
	w, h := lat.sx/c.dx*0.32, lat.sy/c.dy*0.32
	if staggered {
		w, h = w*1.4, h*1.4
	}
	least := math.Inf(1)
	for _, d := range []point{{w, h}, {w, -h}} {
		n := int(2 * d.length() / labelStride)
		was := math.NaN()
		for s := 0; s <= n; s++ {
			at := middle.plus(d.times(2*float64(s)/float64(n) - 1))
			k := math.Floor((c.valueAt(at) - c.from) / c.step)
			if k == was || was != was || k != k || math.Abs(k-was) > 1 {
				was = k
				continue
			}
			line := max(k, was)
			was = k
			if b, bend, good := c.candidate(at, int(line), l); good && bend < least {
				best, least, ok = b, bend, true
			}
		}
	}
	return best, ok
}

// valueAt is the value at a place of the map.
func (c *contour) valueAt(at point) float64 {
	x, y := c.index(at)
	return c.nodes.value(x, y)
}

// index is where a place of the map lies among the nodes.
func (c *contour) index(at point) (x, y float64) {
	origin := c.nodes.at(c.pane, 0, 0)
	scale := c.place(c.sx, -c.sy).minus(c.place(0, 0))
	return (at.x - origin.x) / scale.x, (at.y - origin.y) / scale.y
}

// gradient is how fast the value grows, per pixel.
func (c *contour) gradient(at point) point {
	const d = nodePixels / 2
	return point{
		(c.valueAt(at.plus(point{d, 0})) - c.valueAt(at.minus(point{d, 0}))) / (2 * d),
		(c.valueAt(at.plus(point{0, d})) - c.valueAt(at.minus(point{0, d}))) / (2 * d),
	}
}

// onto moves a place onto the line of a value, which is near.
func (c *contour) onto(at point, v float64) point {
	for range 3 {
		g := c.gradient(at)
		q := g.x*g.x + g.y*g.y
		if !(q > 0) {
			return point{math.NaN(), 0}
		}
		d := g.times((v - c.valueAt(at)) / q)
		if l := d.length(); l > nodePixels {
			d = d.times(nodePixels / l)
		}
		at = at.plus(d)
	}
	return at
}

// candidate judges a label on line k near a place: how much the line bends along it, less for thicker lines.
func (c *contour) candidate(at point, k int, l *letters) (b label, bend float64, ok bool) {
	v := c.from + float64(k)*c.step
	b = label{at: c.onto(at, v), text: c.text(v), value: v}
	size := c.painter.Size
	b.half = point{l.width(b.text, size)/2 + 2.5, size * 0.46}
	g := c.gradient(b.at)
	if slope := g.length(); !(slope > 0) || c.step/slope < crowded {
		return b, 0, false
	}
	ahead, turnA := c.walk(b.at, v, b.half.x+2, 1)
	behind, turnB := c.walk(b.at, v, b.half.x+2, -1)
	chord := ahead.minus(behind)
	bend = turnA + turnB
	if !(bend < mostBend) || !(chord.length() > b.half.x) {
		return b, 0, false
	}
	b.along = chord.times(1 / chord.length())
	b.at = ahead.toward(behind, 0.5).toward(b.at, 0.5)
	if b.along.x < 0 || b.along.x == 0 && b.along.y < 0 {
		b.along = b.along.times(-1)
	}
	if c.bold(k) {
		bend -= 0.15
	}
	bend += 0.4 * math.Abs(b.along.y) // level numbers read best
	return b, bend, true
}

// walk goes along a line and tells where it comes to and how much it turns on the way; NaN if it leaves it.
func (c *contour) walk(at point, v, length, sign float64) (end point, turn float64) {
	const stride = 4
	var first point
	for done := 0.0; done < length; done += stride {
		g := c.gradient(at)
		d := g.left().times(sign / g.length())
		if done == 0 {
			first = d
		}
		turn = max(turn, math.Abs(math.Atan2(first.x*d.y-first.y*d.x, first.x*d.x+first.y*d.y)))
		if at = c.onto(at.plus(d.times(min(stride, length-done))), v); at.x != at.x {
			return at, math.NaN()
		}
	}
	return at, turn
}

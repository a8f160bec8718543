package render

import (
	"math"

	"isobar/elements"
	"isobar/sample"
	"isobar/styles"
)

// extremePixels is how far the nodes lie apart among which extremes are looked for.
const extremePixels = 8

// extreme is a place where a field is highest or lowest within a radius.
type extreme struct {
	at    point
	value float64
	high  bool
}

// extremes adds the coats of an extremes painter: a letter at each place whose value is the greatest or least within Spacing
// pixels, and lies a step beyond the mean around it; below it the value.
func (p *pane) extremes(painter *styles.Painter, in sample.Input, unit string, l *letters) error {
	e, ok := painter.For(unit)
	if !ok {
		return nil
	}
	to, ok := elements.Convert(unit, e.Unit)
	if !ok || !(to.Scale > 0) {
		return nil
	}
	lat := p.pixels(extremePixels)
	radius := int(math.Round(painter.Spacing / extremePixels))
	cell := p.cellNodes(in) * nodePixels / extremePixels
	margin := painter.Size*2 + float64(radius+2)*extremePixels + extremePixels*min(smoothingMargin, 1+2*cell)
	raw, err := p.sample(in, lat, p.reach(lat, margin), lineBlock/2, &p.scratch.values)
	if err != nil {
		return err
	}
	smooth := raw
	smooth.v = append(resize(&p.scratch.third, 0), raw.v...)
	p.scratch.third = smooth.v
	smooth.smooth(cell, &p.scratch.other)
	var found []extreme
	shown := p.reach(lat, painter.Size*2)
	for j := shown.j0 - raw.j0; j < shown.j1-raw.j0; j++ {
		for i := shown.i0 - raw.i0; i < shown.i1-raw.i0; i++ {
			for _, high := range []bool{true, false} {
				if smooth.extreme(i, j, radius, high, e.Step/to.Scale) {
					found = append(found, extreme{smooth.at(p, float64(i), float64(j)), raw.most(i, j, high)*to.Scale + to.Offset, high})
				}
			}
		}
	}
	p.mark(painter, found, e, l)
	return nil
}

// mark draws extremes.
func (p *pane) mark(painter *styles.Painter, found []extreme, e styles.Every, l *letters) {
	level := point{1, 0}
	small := math.Max(painter.Size*0.52, 9)
	draw := func(o *outlines, x extreme, wide float64) {
		letter := painter.Low.Letter
		if x.high {
			letter = painter.High.Letter
		}
		at := x.at
		if painter.Labels {
			at.y -= small * 0.45
			below := point{at.x, at.y + painter.Size*capital/2 + small*0.62}
			l.write(o, below, level, small, signed(x.value, decimals(e.Step)), wide)
		}
		l.write(o, at, level, painter.Size, letter, wide)
	}
	if painter.Halo.A > 0 {
		halo := p.scratch.coat(painter.Halo)
		for _, x := range found {
			draw(&halo.shapes, x, haloWidth*1.3)
		}
	}
	begun := len(p.scratch.coats)
	for _, x := range found {
		c := painter.Low.Color
		if x.high {
			c = painter.High.Color
		}
		draw(&p.scratch.coatOf(begun, c).shapes, x, 0)
	}
}

// decimals is how many digits after the point multiples of a step need.
func decimals(step float64) (n int) {
	for n < 6 && math.Abs(step*math.Pow10(n)-math.Round(step*math.Pow10(n))) > 1e-6 {
		n++
	}
	return n
}

// extreme tells whether a node's value is the greatest, or least, within a radius, and beyond the mean along the circle by
// enough. Of equal ones the first is; where values are missing around it nothing is known.
func (n *nodes) extreme(i, j, radius int, high bool, least float64) bool {
	v := n.v[j*n.nx+i]
	if v != v || i < radius || j < radius || i >= n.nx-radius || j >= n.ny-radius {
		return false
	}
	sign := float32(1)
	if !high {
		sign = -1
	}
	for _, d := range [4]int{-1, 1, -n.nx, n.nx} { // most nodes fail here
		if sign*n.v[j*n.nx+i+d] > sign*v {
			return false
		}
	}
	sum, count := 0.0, 0
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			d := x*x + y*y
			if d > radius*radius || d == 0 {
				continue
			}
			w := n.v[(j+y)*n.nx+i+x]
			if w != w || sign*w > sign*v || w == v && (y < 0 || y == 0 && x < 0) {
				return false
			}
			if d > (radius-1)*(radius-1) {
				sum, count = sum+float64(w), count+1
			}
		}
	}
	return count > 0 && float64(sign)*(float64(v)-sum/float64(count)) >= least
}

// most is the greatest or least value at a node and beside it.
func (n *nodes) most(i, j int, high bool) float64 {
	v := float64(n.v[j*n.nx+i])
	for y := -1; y <= 1; y++ {
		for x := -1; x <= 1; x++ {
			if w := float64(n.v[(j+y)*n.nx+i+x]); high && w > v || !high && w < v {
				v = w
			}
		}
	}
	return v
}

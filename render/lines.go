package render

import (
	"image/color"
	"math"
	"strconv"

	"isobar/elements"
	"isobar/sample"
	"isobar/styles"
)

// contour is what a lines painter draws: values at nodes, and which of them have lines.
type contour struct {
	*pane
	nodes
	step, from float64 // in the values' unit: lines at from + k*step
	toPeople   elements.Conversion
	painter    *styles.Painter
	decimals   int
}

// lineBlock is the side of the blocks that lines' values are read in, in nodes.
const lineBlock = 32

// mostLines bounds how many levels one map draws: beyond it values are no field.
const mostLines = 400

// lines adds the coats of a lines painter.
func (p *pane) lines(painter *styles.Painter, in sample.Input, unit string, l *letters) error {
	c := contour{pane: p, painter: painter}
	if !c.levels(unit) {
		return nil
	}
	labelled := painter.Labels
	margin := 3.0*nodePixels + painter.Width*2
	if labelled {
		margin += painter.Size * 6
	}
	cell := p.cellNodes(in)
	r := p.reach(p.pixels(nodePixels), margin+nodePixels*min(smoothingMargin, 1+2*cell))
	var err error
	if c.nodes, err = p.sample(in, p.pixels(nodePixels), r, lineBlock, &p.scratch.values); err != nil {
		return err
	}
	c.smooth(cell, &p.scratch.other)
	return c.draw(labelled, unit, l)
}

// levels finds the steps in the values' unit.
func (c *contour) levels(unit string) bool {
	e, ok := c.painter.For(unit)
	if !ok {
		return false
	}
	step := e.Step
	switch {
	case e.Coarse > 0 && c.degrees >= coarseDegrees:
		step = e.Coarse
	case e.Fine > 0 && c.degrees <= fineDegrees:
		step = e.Fine
	}
	to, ok := elements.Convert(unit, e.Unit)
	if !ok || !(to.Scale > 0) || !(step > 0) {
		return false
	}
	c.toPeople = to
	c.step, c.from = step/to.Scale, (e.From-to.Offset)/to.Scale
	c.decimals = decimals(step)
	return true
}

// How much a pixel spans from which on lines are drawn at coarse steps, and down to which at fine ones.
const (
	coarseDegrees = 0.5
	fineDegrees   = 0.01
)

// draw traces all levels, then places labels.
func (c *contour) draw(labelled bool, unit string, l *letters) error {
	low, high := extent(c.v)
	if !(low <= high) {
		return nil
	}
	first, last := int(math.Ceil((low-c.from)/c.step)), int(math.Floor((high-c.from)/c.step))
	last = min(last, first+mostLines-1)
	ramp, err := rampOf(c.painter, unit)
	if err != nil {
		return err
	}
	begun := len(c.scratch.coats)
	var halo *coat
	if c.painter.Halo.A > 0 {
		halo = c.scratch.coat(c.painter.Halo)
	}
	lines := len(c.scratch.coats)
	t := &c.scratch.tracer
	t.contour = c
	defer func() { t.contour = nil }()
	for k := first; k <= last; k++ {
		v := c.from + float64(k)*c.step
		line := c.scratch.coatOf(lines, colourAt(ramp, c.painter.Color, v))
		half, wide := []float64{c.half(k)}, []float64{c.half(k) + haloWidth}
		t.trace(v, func(points []point, closed bool) {
			line.shapes.stroke(points, half, closed)
			if halo != nil {
				halo.shapes.stroke(points, wide, closed)
			}
		})
	}
	if labelled {
		c.write(c.labels(l), c.scratch.coats[begun:], ramp, l)
	}
	return nil
}

// write interrupts the coats of lines where labels stand, and adds those of the labels.
func (c *contour) write(labels []label, lines []*coat, ramp *styles.Ramp, l *letters) {
	if len(labels) == 0 {
		return
	}
	for _, line := range lines {
		for _, b := range labels {
			b.box(&line.hole)
		}
	}
	if c.painter.Halo.A > 0 {
		halo := c.scratch.coat(c.painter.Halo)
		for _, b := range labels {
			l.write(&halo.shapes, b.at, b.along, c.painter.Size, b.text, haloWidth)
		}
	}
	begun := len(c.scratch.coats)
	for _, b := range labels {
		ink := c.scratch.coatOf(begun, colourAt(ramp, c.painter.Color, b.value))
		l.write(&ink.shapes, b.at, b.along, c.painter.Size, b.text, 0)
	}
}

// haloWidth is how far a halo reaches beyond what it surrounds, in pixels.
const haloWidth = 1.1

// half is half the width of line k.
func (c *contour) half(k int) float64 {
	if c.bold(k) {
		return c.painter.Width * 0.95
	}
	return c.painter.Width / 2
}

// bold tells that line k is one of the thicker ones: those at multiples of Bold steps of what people read.
func (c *contour) bold(k int) bool {
	if c.painter.Bold == 0 {
		return false
	}
	people := (c.from + float64(k)*c.step) * c.toPeople.Scale
	step := c.step * c.toPeople.Scale
	n := math.Round((people + c.toPeople.Offset) / step)
	return math.Mod(n, float64(c.painter.Bold)) == 0
}

// text writes the value of a line.
func (c *contour) text(v float64) string {
	return signed(v*c.toPeople.Scale+c.toPeople.Offset, c.decimals)
}

// signed writes a number as people do: no sign of zero.
func signed(v float64, decimals int) string {
	unit := math.Pow10(decimals)
	if v = math.Round(v*unit) / unit; v == 0 {
		v = 0 // not the negative one
	}
	return minus(strconv.FormatFloat(v, 'f', decimals, 64))
}

// rampOf compiles a painter's colours by value.
func rampOf(p *styles.Painter, unit string) (*styles.Ramp, error) {
	if p.Colors == nil {
		return nil, nil
	}
	return p.Colors.Ramp(unit)
}

// colourAt is the colour of a value.
func colourAt(r *styles.Ramp, fallback color.NRGBA, v float64) color.NRGBA {
	if r == nil {
		return fallback
	}
	var index [1]uint8
	r.Index(index[:], []float32{float32(v)})
	return r.Palette[index[0]]
}

// extent is the least and the greatest value; without any the first is greater.
func extent(of []float32) (low, high float64) {
	lo, hi := float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range of {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	if math.IsInf(float64(lo), 0) || math.IsInf(float64(hi), 0) {
		return 1, 0
	}
	return float64(lo), float64(hi)
}

package render

import (
	"image"
	"image/color"
	"strconv"
	"strings"
)

// Drawing paints lines, areas, wind barbs and arrows over a picture: what charts are drawn with. Places are in pixels, y downwards.
// The zero value is ready. Not safe for concurrent use.
type Drawing struct {
	scratch scratch
}

// Line adds a line of a width whose corners are round.
func (d *Drawing) Line(c color.NRGBA, width float64, places ...[2]float64) {
	shapes := &d.scratch.coat(c).shapes
	line := make([]point, 0, len(places))
	for _, p := range places {
		if at := (point{p[0], p[1]}); len(line) == 0 || line[len(line)-1] != at {
			line = append(line, at)
		}
	}
	if len(line) < 2 {
		return
	}
	shapes.stroke(line, []float64{width / 2}, false)
	for i := 1; i+1 < len(line); i++ {
		before, after := direction(line[i-1], line[i]), direction(line[i], line[i+1])
		if before.x*after.x+before.y*after.y < sharpest { // where a stroke is broken in two
			shapes.circle(line[i], width/2, false)
		}
	}
}

// Area fills a shape.
func (d *Drawing) Area(c color.NRGBA, corners ...[2]float64) {
	shapes := &d.scratch.coat(c).shapes
	for _, p := range corners {
		shapes.add(point{p[0], p[1]})
	}
	shapes.end()
}

// Disc fills a circle.
func (d *Drawing) Disc(c color.NRGBA, x, y, radius float64) {
	d.scratch.coat(c).shapes.circle(point{x, y}, radius, false)
}

// Paint lays what was drawn over a picture, within a part of it, and forgets it.
func (d *Drawing) Paint(img *image.NRGBA, within image.Rectangle) {
	within = within.Intersect(img.Rect)
	if !within.Empty() {
		for _, c := range d.scratch.coats {
			for i, p := range c.shapes.points {
				c.shapes.points[i] = [2]int32{p[0] - int32(within.Min.X)*subPixels, p[1] - int32(within.Min.Y)*subPixels}
			}
			for i, b := range c.shapes.bounds {
				x, y := int32(within.Min.X)*subPixels, int32(within.Min.Y)*subPixels
				c.shapes.bounds[i] = [4]int32{b[0] - x, b[1] - y, b[2] - x, b[3] - y}
			}
		}
		part := img.SubImage(within).(*image.NRGBA)
		part.Rect = part.Rect.Sub(within.Min)
		d.scratch.mask.onColours(part, d.scratch.coats)
	}
	d.scratch.clear()
}

// Barb is the outlines of a wind barb whose tip stands at a place, or of a calm's ring: the wind blows along x and y of the picture
// with a speed in knots, and size is how long the shaft is. Both windings count.
func Barb(at, wind [2]float64, speedKnots float64, south bool, size, width float64) [][][2]float64 {
	var o outlines
	barb(&o, point{at[0], at[1]}, point{wind[0], wind[1]}, speedKnots, south, size, width/2)
	return o.shapes()
}

// Outlines adds shapes of one colour, as Barb gives them.
func (d *Drawing) Outlines(c color.NRGBA, shapes [][][2]float64) {
	o := &d.scratch.coat(c).shapes
	for _, shape := range shapes {
		for _, p := range shape {
			o.add(point{p[0], p[1]})
		}
		o.close()
	}
}

// shapes are the outlines in pixels.
func (o *outlines) shapes() (all [][][2]float64) {
	from := 0
	for _, end := range o.ends {
		shape := make([][2]float64, 0, end-from)
		for _, p := range o.points[from:end] {
			shape = append(shape, [2]float64{float64(p[0]) / subPixels, float64(p[1]) / subPixels})
		}
		all, from = append(all, shape), end
	}
	return all
}

// Pen writes texts in one size, exponents raised. Not safe for concurrent use.
type Pen struct{ pen *pen }

// NewPens makes the pens of a chart: for its labels and for its title, about so many pixels large.
func NewPens(label, title float64) (labels, titles *Pen, err error) {
	l, err := newLetters()
	if err != nil {
		return nil, nil, err
	}
	small, err := l.pen(false, label)
	if err != nil {
		return nil, nil, err
	}
	large, err := l.pen(true, title)
	return &Pen{small}, &Pen{large}, err
}

// Width is how wide a text becomes in pixels.
func (p *Pen) Width(text string) int { return p.pen.width(text) }

// Capital is how high capitals are in pixels.
func (p *Pen) Capital() int { return p.pen.capital }

// Cut shortens a text to a width, with an ellipsis; "" if not even that fits.
func (p *Pen) Cut(text string, width int) string { return p.pen.cut(text, width) }

// Write writes a text whose baseline begins at x, y.
func (p *Pen) Write(img *image.NRGBA, c color.NRGBA, x, y int, text string) {
	p.pen.write(img, c, x, y, text)
}

// Decimal writes a multiple of a step as legends and charts do: with as many digits as the step has, and a minus sign.
func Decimal(v, step float64) string { return decimal(v, step) }

// Power writes a power of ten.
func Power(exponent int) string {
	return strings.TrimPrefix(power("1e"+strconv.Itoa(exponent)), "1·")
}

// Inks are the colours of legends and charts on a light or dark ground.
type Inks struct{ Ground, Text, Soft, Line color.NRGBA }

// InksOn are the inks for a ground.
func InksOn(dark bool) Inks {
	i := onLight
	if dark {
		i = onDark
	}
	return Inks{i.ground, i.text, i.soft, i.line}
}

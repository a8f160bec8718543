package chart

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"isobar/render"
	"isobar/styles"
)

// place is a place on a chart in pixels, y downwards.
type place = [2]float64

// anchor is which part of a text stands at its place.
type anchor int

const (
	begins anchor = iota
	middle
	ends
)

// canvas is what charts are drawn on.
type canvas interface {
	line(c color.NRGBA, width float64, dashed bool, line []place)
	area(c color.NRGBA, corners []place)
	disc(c color.NRGBA, at place, radius float64)
	outlines(c color.NRGBA, shapes [][]place)
	text(c color.NRGBA, title bool, at place, a anchor, text string)
	within(box [4]float64, draw func()) // left, top, right, bottom: what lies beyond is not seen
}

// dash is how long a dash and the gap after it are.
const dash, gap = 6.0, 4.0

// pixels is a canvas of pixels.
type pixels struct {
	img     *image.NRGBA
	drawing render.Drawing
	box     image.Rectangle
	labels  *render.Pen
	titles  *render.Pen
}

func newPixels(p *plan) *pixels {
	x := &pixels{img: image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height)), labels: p.labels, titles: p.titles}
	x.box = x.img.Rect
	for i := 0; i < len(x.img.Pix); i += 4 {
		g := p.inks.Ground
		x.img.Pix[i], x.img.Pix[i+1], x.img.Pix[i+2], x.img.Pix[i+3] = g.R, g.G, g.B, g.A
	}
	return x
}

func (x *pixels) line(c color.NRGBA, width float64, dashed bool, line []place) {
	if dashed {
		for _, piece := range dashes(line) {
			x.drawing.Line(c, width, piece...)
		}
	} else {
		x.drawing.Line(c, width, line...)
	}
	x.drawing.Paint(x.img, x.box)
}

func (x *pixels) area(c color.NRGBA, corners []place) {
	x.drawing.Area(c, corners...)
	x.drawing.Paint(x.img, x.box)
}

func (x *pixels) disc(c color.NRGBA, at place, radius float64) {
	x.drawing.Disc(c, at[0], at[1], radius)
	x.drawing.Paint(x.img, x.box)
}

func (x *pixels) outlines(c color.NRGBA, shapes [][]place) {
	x.drawing.Outlines(c, shapes)
	x.drawing.Paint(x.img, x.box)
}

func (x *pixels) text(c color.NRGBA, title bool, at place, a anchor, text string) {
	pen := x.labels
	if title {
		pen = x.titles
	}
	left := int(math.Round(at[0])) - pen.Width(text)*int(a)/2
	pen.Write(x.img, c, left, int(math.Round(at[1])), text)
}

func (x *pixels) within(box [4]float64, draw func()) {
	before := x.box
	x.box = image.Rect(int(math.Floor(box[0])), int(math.Floor(box[1])), int(math.Ceil(box[2])), int(math.Ceil(box[3]))).Intersect(x.img.Rect)
	draw()
	x.box = before
}

// dashes are the pieces of a dashed line.
func dashes(line []place) (pieces [][]place) {
	var piece []place
	left, on := dash, true
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		if !(length < maxSide*maxSide) {
			continue
		}
		for at := 0.0; at < length; {
			step := math.Min(left, length-at)
			from, to := between(a, b, at/length), between(a, b, (at+step)/length)
			if on {
				if piece == nil {
					piece = []place{from}
				}
				piece = append(piece, to)
			}
			at += step
			if left -= step; left <= 1e-9 {
				if on {
					pieces, piece = append(pieces, piece), nil
				}
				on = !on
				left = gap
				if on {
					left = dash
				}
			}
		}
	}
	if len(piece) > 1 {
		pieces = append(pieces, piece)
	}
	return pieces
}

func between(a, b place, t float64) place {
	return place{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
}

// vectors is a canvas that becomes an SVG document.
type vectors struct {
	plan  *plan
	body  strings.Builder
	clips int
}

func newVectors(p *plan) *vectors { return &vectors{plan: p} }

// document is all that was drawn.
func (v *vectors) document() string {
	var out strings.Builder
	p := v.plan
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="Go, Helvetica, Arial, sans-serif" font-size="%g"><title>`,
		p.Width, p.Height, p.Width, p.Height, labelSize)
	_ = xml.EscapeText(&out, []byte(p.Title)) // a builder takes all
	fmt.Fprintf(&out, `</title><rect width="%d" height="%d" fill="%s"/>`, p.Width, p.Height, styles.Hex(p.inks.Ground))
	out.WriteString(v.body.String())
	out.WriteString("</svg>\n")
	return out.String()
}

// path writes places as a path's data, to a twentieth of a pixel and finer.
func (v *vectors) path(line []place, closed bool) {
	for i, p := range line {
		fmt.Fprintf(&v.body, "%c%.2f %.2f", "ML"[min(i, 1)], p[0], p[1])
	}
	if closed {
		v.body.WriteByte('Z')
	}
}

func (v *vectors) line(c color.NRGBA, width float64, dashed bool, line []place) {
	if len(line) < 2 {
		return
	}
	v.body.WriteString(`<path d="`)
	v.path(line, false)
	fmt.Fprintf(&v.body, `" fill="none" %s stroke-width="%g" stroke-linejoin="round"`, render.SVGPaint("stroke", c), width)
	if dashed {
		fmt.Fprintf(&v.body, ` stroke-dasharray="%g %g"`, dash, gap)
	}
	v.body.WriteString("/>")
}

func (v *vectors) area(c color.NRGBA, corners []place) { v.outlines(c, [][]place{corners}) }

func (v *vectors) disc(c color.NRGBA, at place, radius float64) {
	fmt.Fprintf(&v.body, `<circle cx="%.2f" cy="%.2f" r="%g" %s/>`, at[0], at[1], radius, render.SVGPaint("fill", c))
}

func (v *vectors) outlines(c color.NRGBA, shapes [][]place) {
	if len(shapes) == 0 {
		return
	}
	v.body.WriteString(`<path d="`)
	for _, s := range shapes {
		v.path(s, true)
	}
	fmt.Fprintf(&v.body, `" %s/>`, render.SVGPaint("fill", c))
}

func (v *vectors) text(c color.NRGBA, title bool, at place, a anchor, text string) {
	fmt.Fprintf(&v.body, `<text x="%.1f" y="%.1f" %s`, at[0], at[1], render.SVGPaint("fill", c))
	if a != begins {
		fmt.Fprintf(&v.body, ` text-anchor="%s"`, [...]string{middle: "middle", ends: "end"}[a])
	}
	if title {
		fmt.Fprintf(&v.body, ` font-weight="bold" font-size="%g"`, titleSize)
	}
	v.body.WriteByte('>')
	_ = xml.EscapeText(&v.body, []byte(text))
	v.body.WriteString("</text>")
}

func (v *vectors) within(box [4]float64, draw func()) {
	v.clips++
	fmt.Fprintf(&v.body, `<clipPath id="c%d"><rect x="%.2f" y="%.2f" width="%.2f" height="%.2f"/></clipPath><g clip-path="url(#c%d)">`,
		v.clips, box[0], box[1], box[2]-box[0], box[3]-box[1], v.clips)
	draw()
	v.body.WriteString("</g>")
}

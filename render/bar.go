package render

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/disintegration/imaging"
	"golang.org/x/image/vector"
)

// ink is the colours of a legend.
type ink struct{ ground, text, soft, line, light, dark color.NRGBA }

// The inks for light and dark grounds; light and dark are the squares below colours that are not opaque.
var (
	onLight = ink{
		ground: color.NRGBA{255, 255, 255, 255}, text: color.NRGBA{0x1c, 0x24, 0x2c, 255}, soft: color.NRGBA{0x5a, 0x66, 0x72, 255},
		line: color.NRGBA{0x6d, 0x79, 0x85, 255}, light: color.NRGBA{255, 255, 255, 255}, dark: color.NRGBA{0xd4, 0xda, 0xe0, 255},
	}
	onDark = ink{
		ground: color.NRGBA{0x1b, 0x21, 0x28, 255}, text: color.NRGBA{0xf3, 0xf6, 0xf8, 255}, soft: color.NRGBA{0xb3, 0xbe, 0xc9, 255},
		line: color.NRGBA{0x9a, 0xa6, 0xb2, 255}, light: color.NRGBA{0x49, 0x53, 0x5e, 255}, dark: color.NRGBA{0x2f, 0x37, 0x40, 255},
	}
)

// bar draws the scale of an axis upright, low values at the bottom: a frame one line wide, its ends pointed where values
// go on beyond them. length is without the points, which are as high as tip tells.
type bar struct {
	axis          *axis
	ink           ink
	width, length int
	line          int // width of the frame
}

// tip is the height of a point.
func (b *bar) tip() int { return (b.width*2 + 2) / 3 }

// tips are the heights of the points of the high and the low end, 0 where values do not go on.
func (b *bar) tips() (high, low int) {
	if _, ok := b.axis.over(); ok {
		high = b.tip()
	}
	if _, ok := b.axis.under(); ok {
		low = b.tip()
	}
	return high, low
}

// draw draws the bar with its points: the low end lies at the bottom, below it the point if there is one.
func (b *bar) draw() *image.NRGBA {
	high, low := b.tips()
	top, bottom, height := high, high+b.length, high+b.length+low
	img := imaging.New(b.width, height, color.Transparent)
	frame := outline(b.width, height, top, bottom, 0)
	draw.DrawMask(img, img.Bounds(), image.NewUniform(b.ink.line), image.Point{}, frame, image.Point{}, draw.Over)
	inner := outline(b.width, height, top, bottom, float32(b.line))
	draw.DrawMask(img, img.Bounds(), b.fill(height, top, bottom), image.Point{}, inner, image.Point{}, draw.Over)
	return img
}

// fill is the bar's colours, over squares if some are not opaque.
func (b *bar) fill(height, top, bottom int) *image.NRGBA {
	strip, opaque := image.NewNRGBA(image.Rect(0, 0, 1, height)), true
	for y := range height {
		var c color.NRGBA
		switch {
		case y < top:
			c, _ = b.axis.over()
		case y >= bottom:
			c, _ = b.axis.under()
		default:
			c = b.axis.color((float64(bottom-y) - 0.5) / float64(bottom-top))
		}
		opaque = opaque && c.A == 255
		strip.SetNRGBA(0, y, c)
	}
	wide := imaging.Resize(strip, b.width, height, imaging.NearestNeighbor)
	if opaque {
		return wide
	}
	return imaging.Overlay(b.squares(height), wide, image.Point{}, 1)
}

// squares is a pattern that shows how much of it a colour lets through.
func (b *bar) squares(height int) *image.NRGBA {
	img := imaging.New(b.width, height, b.ink.light)
	side := max(b.width/4, 2)
	for y := 0; y < height; y += side {
		for x := y / side % 2 * side; x < b.width; x += 2 * side {
			draw.Draw(img, image.Rect(x, y, x+side, y+side), image.NewUniform(b.ink.dark), image.Point{}, draw.Src)
		}
	}
	return img
}

// outline is the shape of a bar, pointed where it does not fill its height, by an inset from its edge.
func outline(width, height, top, bottom int, inset float32) *image.Alpha {
	w, middle := float32(width), float32(width)/2
	r := vector.NewRasterizer(width, height)
	r.DrawOp = draw.Src
	if top > 0 {
		r.MoveTo(inset, float32(top))
		r.LineTo(middle, inset*1.7)
		r.LineTo(w-inset, float32(top))
	} else {
		r.MoveTo(inset, float32(top)+inset)
		r.LineTo(w-inset, float32(top)+inset)
	}
	if bottom < height {
		r.LineTo(w-inset, float32(bottom))
		r.LineTo(middle, float32(height)-inset*1.7)
		r.LineTo(inset, float32(bottom))
	} else {
		r.LineTo(w-inset, float32(bottom)-inset)
		r.LineTo(inset, float32(bottom)-inset)
	}
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, width, height))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return mask
}

package render

import (
	"image"
	"image/draw"
	"math"
)

// upright draws a bar from the bottom up, its labels to the right.
func (s *sheet) upright() image.Image {
	pad, b := s.px(6), s.bar(18)
	beside := pad + b.width + s.px(4) + s.px(3) // where labels begin
	if s.Width == 0 {
		s.Width = max(beside+s.widest()+pad, min(s.titles.width(s.Title), s.px(150))+2*pad, s.labels.width(s.unit)+2*pad)
	}
	title, unit, top := s.fitHeading(s.Width-2*pad, pad)
	high, low := b.tips()
	from := top + max(high, s.labels.height/2)
	rest := max(low, s.labels.height/2) + pad // below the bar
	if s.Height == 0 {
		s.Height = min(from+s.length()+rest, maxLegendSide)
	}
	if b.length = s.Height - from - rest; b.length < b.width || s.Width < b.width+2*pad {
		return s.bare(b)
	}
	s.begin(s.Width, s.Height)
	s.heading(pad, pad, title, unit)
	draw.Draw(s.img, image.Rect(pad, from-high, s.Width, s.Height), b.draw(), image.Point{}, draw.Over)
	for _, m := range s.axis.marks(b.length, func(string) int { return s.labels.height }) {
		s.beside(m, b, image.Pt(pad, from), beside)
	}
	return s.img
}

// bare draws a bar alone, where there is no room for anything else.
func (s *sheet) bare(b *bar) image.Image {
	s.begin(s.Width, s.Height)
	along, across := s.Height, s.Width
	if s.Horizontal {
		along, across = across, along
	}
	pad := min(s.px(2), along/8, across/8)
	if b.width = max(min(2*b.width, across-2*pad), 1); b.width < 5*b.line {
		b.line = 0
	}
	high, low := b.tips()
	b.length = max(along-2*pad-high-low, 1)
	img, at := b.draw(), image.Pt((across-b.width)/2, pad)
	if s.Horizontal {
		img, at = lying(img), image.Pt(at.Y, at.X)
	}
	draw.Draw(s.img, img.Bounds().Add(at), img, image.Point{}, draw.Over)
	return s.img
}

// beside writes a label right of a bar whose upper left corner, points apart, is at, if it has room from x on.
func (s *sheet) beside(m mark, b *bar, at image.Point, x int) {
	y := at.Y + b.length - int(math.Round(m.at*float64(b.length)))
	label, room := m.label, s.Width-x-s.px(3)
	if s.labels.width(label) > room {
		if m.tick { // a number is not cut short
			return
		}
		label = s.labels.cut(label, room)
	}
	if m.tick {
		line := min(max(y-b.line/2, at.Y), at.Y+b.length-b.line)
		tick := image.Rect(at.X+b.width, line, at.X+b.width+s.px(4), line+b.line)
		draw.Draw(s.img, tick, image.NewUniform(s.ink.line), image.Point{}, draw.Over)
	}
	s.labels.write(s.img, s.ink.text, x, y+(s.labels.capital+1)/2, label)
}

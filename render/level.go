package render

import (
	"image"
	"image/draw"
	"math"

	"github.com/disintegration/imaging"
)

// lying turns an upright bar so that low values lie on the left.
func lying(bar *image.NRGBA) *image.NRGBA { return imaging.Rotate270(bar) }

// level draws a bar from left to right, its labels below.
func (s *sheet) level() image.Image {
	pad, b := s.px(6), s.bar(14)
	if s.Width == 0 {
		s.Width = min(max(s.px(levelWidth), s.length()+2*pad), maxLegendSide)
	}
	top, labels := pad+s.titles.height+s.px(2), s.px(6)+s.labels.height
	if s.Height == 0 {
		s.Height = top + b.width + labels + pad/2
	}
	title, unit := s.oneLine(s.Width - 2*pad)
	if title == "" || s.Height < top+b.width+labels {
		title, unit, top = "", "", min(pad, s.Height/4)
	}
	if b.width = min(b.width, s.Height-top-labels); b.width < s.px(6) {
		return s.bare(s.bar(14))
	}
	left, right := s.ends(b, pad)
	if b.length = s.Width - left - right; b.length < b.width {
		return s.bare(s.bar(14))
	}
	s.begin(s.Width, s.Height)
	baseline := top - s.px(2) - (s.titles.height-s.titles.capital)/2
	s.titles.write(s.img, s.ink.text, pad, baseline, title)
	s.labels.write(s.img, s.ink.soft, s.Width-pad-s.labels.width(unit), baseline, unit)
	_, low := b.tips()
	draw.Draw(s.img, image.Rect(left-low, top, s.Width, s.Height), lying(b.draw()), image.Point{}, draw.Over)
	for _, m := range s.axis.marks(b.length, s.across) {
		s.below(m, b, left, top+b.width)
	}
	return s.img
}

// across is how much of a level bar a label takes.
func (s *sheet) across(label string) int { return s.labels.width(label) + s.px(7) }

// oneLine is the title and the unit where they share a line of a width; the title is cut before the unit is left out.
func (s *sheet) oneLine(width int) (title, unit string) {
	if s.unit == "" {
		return s.titles.cut(s.Title, width), ""
	}
	if title = s.titles.cut(s.Title, width-s.px(8)-s.labels.width(s.unit)); title == "" {
		return s.titles.cut(s.Title, width), ""
	}
	return title, s.unit
}

// ends is how far a level bar stays from the left and right edges: its points and the outermost labels reach beyond it.
func (s *sheet) ends(b *bar, pad int) (left, right int) {
	high, low := b.tips()
	left, right = pad+max(low, s.px(6)), pad+max(high, s.px(6))
	for _, m := range s.axis.marks(s.Width, s.across) {
		if half := s.labels.width(m.label)/2 + s.px(2); m.at == 0 {
			left = max(left, half)
		} else if m.at == 1 {
			right = max(right, half)
		}
	}
	return left, right
}

// below writes a label under a level bar, if it has room.
func (s *sheet) below(m mark, b *bar, left, y int) {
	x, w := left+int(math.Round(m.at*float64(b.length))), s.labels.width(m.label)
	start := min(max(x-w/2, s.px(2)), s.Width-s.px(2)-w)
	if start < 0 || max(start-(x-w/2), x-w/2-start) > s.px(6) {
		return
	}
	s.labels.write(s.img, s.ink.text, start, y+s.px(4)+s.px(2)+s.labels.capital, m.label)
	if m.tick {
		x = min(max(x-b.line/2, left), left+b.length-b.line)
		draw.Draw(s.img, image.Rect(x, y, x+b.line, y+s.px(4)), image.NewUniform(s.ink.line), image.Point{}, draw.Over)
	}
}

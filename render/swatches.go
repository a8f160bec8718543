package render

import (
	"image"
	"image/draw"

	"isobar/styles"
)

// swatch is one category with its place.
type swatch struct {
	stop styles.Stop
	at   image.Point // upper left corner
	text string
}

// categories draws a box for each category that is painted, its label beside it: in columns from the top down, or in rows
// if the legend is horizontal.
func (s *sheet) categories() image.Image {
	pad := s.px(6)
	var painted []swatch
	widest := 0
	for _, stop := range s.Style.Stops {
		if stop.Color.A == 0 {
			continue
		}
		text := stop.Label
		if text == "" {
			text = s.axis.number(stop.Value)
		}
		widest = max(widest, s.labels.width(text))
		painted = append(painted, swatch{stop: stop, text: text})
	}
	cell := image.Pt(s.px(16)+s.px(6)+widest+s.px(8), max(s.px(17), s.labels.height))
	if s.Width == 0 {
		s.Width = max(cell.X, min(s.titles.width(s.Title), s.px(150))) + 2*pad
		if s.Horizontal {
			s.Width = s.px(levelWidth)
		}
	}
	title, unit, top := s.fitHeading(s.Width-2*pad, pad)
	columns := max((s.Width-2*pad+s.px(8))/cell.X, 1)
	if !s.Horizontal && s.Height == 0 {
		columns = 1
	}
	rows := (len(painted) + columns - 1) / columns
	if s.Height == 0 {
		s.Height = min(top+rows*cell.Y+pad, maxLegendSide)
	}
	s.begin(s.Width, s.Height)
	fits := (s.Height - top - pad/2) / cell.Y
	if !s.Horizontal && fits > 0 { // no more columns than needed
		columns = min(columns, (len(painted)+fits-1)/fits)
		rows = (len(painted) + max(columns, 1) - 1) / max(columns, 1)
	}
	if rows > fits || s.Width < s.px(16)+2*pad {
		s.strip(painted)
		return s.img
	}
	s.heading(pad, pad, title, unit)
	for i := range painted {
		column, row := i/rows, i%rows
		if s.Horizontal {
			column, row = i%columns, i/columns
		}
		painted[i].at = image.Pt(pad+column*cell.X, top+row*cell.Y)
		s.swatch(painted[i], cell.Y)
	}
	return s.img
}

// swatch draws one box and its label.
func (s *sheet) swatch(w swatch, height int) {
	side, line := s.px(13), s.px(1)
	box := image.Rect(0, 0, s.px(16), side).Add(w.at).Add(image.Pt(0, (height-side)/2))
	draw.Draw(s.img, box, image.NewUniform(s.ink.line), image.Point{}, draw.Over)
	draw.Draw(s.img, box.Inset(line), image.NewUniform(w.stop.Color), image.Point{}, draw.Src)
	x := box.Max.X + s.px(6)
	text := s.labels.cut(w.text, s.Width-x-s.px(2))
	s.labels.write(s.img, s.ink.text, x, w.at.Y+(height+s.labels.capital+1)/2, text)
}

// strip draws the colours alone, where there is no room for labels.
func (s *sheet) strip(painted []swatch) {
	n := len(painted)
	for i, w := range painted {
		box := image.Rect(s.Width*i/n, 0, s.Width*(i+1)/n, s.Height)
		if !s.Horizontal {
			box = image.Rect(0, s.Height*i/n, s.Width, s.Height*(i+1)/n)
		}
		draw.Draw(s.img, box, image.NewUniform(w.stop.Color), image.Point{}, draw.Src)
	}
}

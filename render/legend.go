package render

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/disintegration/imaging"

	"isobar/elements"
	"isobar/styles"
)

// Legend is a colour scale to draw.
type Legend struct {
	Style         *styles.Style
	Title         string // of the layer; "": the style's
	Unit          string // to show; "": the style's
	Width, Height int    // 0: as needed
	Horizontal    bool
	Transparent   bool
	Dark          bool // for a dark background
}

// maxLegendSide bounds a legend's width and height in pixels.
const maxLegendSide = 4096

// The sizes that a legend is drawn at with letters of the usual size; twice the size has letters twice as large, for
// screens of high resolution.
const (
	uprightWidth, uprightHeight = 110, 320
	levelWidth, levelHeight     = 320, 64
)

// The scales of letters and lines: below the least they could not be read.
const leastScale, mostScale = 0.75, 16

// Legend draws a legend: the title, the unit as people write it, and the scale with labels at round values, thinned out
// until they have room. Where there is too little room for title or labels they are left out.
func (r *Renderer) Legend(l Legend) (image.Image, error) {
	if l.Width < 0 || l.Height < 0 || l.Width > maxLegendSide || l.Height > maxLegendSide {
		return nil, fmt.Errorf("legend: %w: %d x %d", ErrSize, l.Width, l.Height)
	}
	if l.Style == nil {
		return nil, errors.New("legend: no style")
	}
	if l.Unit == "" {
		l.Unit = l.Style.Unit
	}
	if l.Title == "" {
		l.Title = l.Style.Title
	}
	if len(l.Style.Paint) > 0 {
		return r.keyed(l)
	}
	a, err := newAxis(l.Style, l.Unit)
	if err != nil {
		return nil, err
	}
	s, err := r.newSheet(l, a)
	if err != nil {
		return nil, err
	}
	switch {
	case l.Style.Kind == styles.Categories:
		return s.categories(), nil
	case l.Horizontal:
		return s.level(), nil
	}
	return s.upright(), nil
}

// sheet is a legend being drawn.
type sheet struct {
	Legend
	axis   *axis
	ink    ink
	scale  float64
	labels *pen
	titles *pen
	unit   string // as people write it
	img    *image.NRGBA
}

// newSheet chooses the scale and the pens.
func (r *Renderer) newSheet(l Legend, a *axis) (*sheet, error) {
	s := &sheet{Legend: l, axis: a, ink: onLight, scale: 1, unit: elements.UnitLabel(l.Unit)}
	if l.Dark {
		s.ink = onDark
	}
	if a != nil && a.labelled() {
		s.unit = ""
	}
	usual := image.Pt(uprightWidth, uprightHeight)
	if l.Horizontal {
		usual = image.Pt(levelWidth, levelHeight)
	}
	fit := math.Inf(1)
	if l.Width > 0 {
		fit = float64(l.Width) / float64(usual.X)
	}
	if l.Height > 0 {
		fit = min(fit, float64(l.Height)/float64(usual.Y))
	}
	if !math.IsInf(fit, 1) {
		s.scale = min(max(fit, leastScale), mostScale)
	}
	var err error
	if s.labels, err = r.letters.pen(false, 11.5*s.scale); err != nil {
		return nil, err
	}
	s.titles, err = r.letters.pen(true, 12*s.scale)
	return s, err
}

// px is a length of the usual scale in pixels, at least one.
func (s *sheet) px(length float64) int { return max(int(math.Round(length*s.scale)), 1) }

// begin makes the picture.
func (s *sheet) begin(w, h int) {
	s.Width, s.Height = min(max(w, 1), maxLegendSide), min(max(h, 1), maxLegendSide)
	ground := s.ink.ground
	if s.Transparent {
		ground = color.NRGBA{}
	}
	s.img = imaging.New(s.Width, s.Height, ground)
}

// heading writes lines of a title and the unit from y on and gives where they end.
func (s *sheet) heading(x, y int, title []string, unit string) int {
	for _, line := range title {
		y += s.titles.height
		s.titles.write(s.img, s.ink.text, x, y-(s.titles.height-s.titles.capital)/2, line)
	}
	if unit != "" {
		y += s.labels.height
		s.labels.write(s.img, s.ink.soft, x, y-(s.labels.height-s.labels.capital)/2, unit)
	}
	return y
}

// bar is the legend's bar, not yet as long as it is to be.
func (s *sheet) bar(width float64) *bar {
	return &bar{axis: s.axis, ink: s.ink, width: s.px(width), line: s.px(1)}
}

// longestBar is how long a bar grows by itself.
const longestBar = 420

// length is how long a bar is that is as long as needed.
func (s *sheet) length() int {
	if s.Style.Kind == styles.Smooth {
		return s.px(220)
	}
	return min(max(len(s.Style.Stops)*s.px(17), s.px(60)), s.px(longestBar))
}

// widest is the width of the widest label.
func (s *sheet) widest() int {
	w := 0
	for _, m := range s.axis.marks(s.length(), func(string) int { return s.labels.height }) {
		w = max(w, s.labels.width(m.label))
	}
	return w
}

// fitHeading wraps the title to a width and drops what would take more than two fifths of the height. It tells where the
// heading ends.
func (s *sheet) fitHeading(width, pad int) (title []string, unit string, end int) {
	unit = s.unit
	if s.labels.width(unit) > width {
		unit = ""
	}
	for lines := 3; ; lines-- {
		title = s.titles.wrap(s.Title, width, lines)
		end = pad + len(title)*s.titles.height + s.px(4)
		if unit != "" {
			end += s.labels.height
		}
		if s.Height == 0 || end <= s.Height*2/5 {
			return title, unit, end
		}
		if lines == 0 {
			return nil, "", pad
		}
	}
}

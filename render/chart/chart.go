// Package chart draws values along time, height or distance: panels one below another over one axis, as PNG or SVG.
package chart

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
)

// Figure is a chart. Its panels share the axis across unless they have one of their own.
type Figure struct {
	Title, Subtitle string
	Width, Height   int // in pixels; 0: as usual for what is in it
	Theme           Theme
	Across          Axis
	Panels          []Panel
	Shades          [][2]float64 // parts of the axis across that lie in shade: nights
}

// Theme is what a chart is drawn on.
type Theme int

// The themes.
const (
	Light Theme = iota
	Dark
)

// Panel is a part of a chart with scales of its own.
type Panel struct {
	Title  string  // before the names of its series
	Across *Axis   // its own; nil: the figure's
	Up     Axis    // left of it
	Right  *Axis   // right of it; nil: none
	Weight float64 // its share of the height; 0: 1, or as much as symbols need where it holds nothing else
	Series []Series
}

// Axis is a scale. From and To are its ends; where they are equal the data tell them.
type Axis struct {
	Title    string // of what; may be empty
	Unit     string // as people write it; may be empty
	Time     bool   // values are seconds since 1970, UTC
	From, To float64
	Zero     bool      // 0 is in sight
	Least    float64   // how much it spans at least
	Round    bool      // its ends lie at labels; those of axes up always do, and the figure's and the panels' across only then
	Reversed bool      // it falls: pressure as height
	Log      bool      // its decades are alike; values must be above 0
	Ticks    []float64 // where to label it, as many as have room; nil: at round values
}

// Kind is how a series is drawn.
type Kind int

// The kinds of series.
const (
	Line   Kind = iota
	Bars        // from 0, or the low end of the axis, to Y
	Filled      // the area between Low, or 0 or the low end of the axis, and Y
	Points      // a dot for each value
	Barbs       // wind barbs from U and V; without Y they stand in a row
	Arrows      // arrows that point where the wind blows
)

// Series is values in one panel. A NaN is a gap.
type Series struct {
	Name   string // in the legend; "": not there
	Kind   Kind
	X      []float64 // along the axis across
	Y      []float64 // along the axis up
	Low    []float64 // Filled: the lower edge; nil: 0 or the axis' low end
	U, V   []float64 // Barbs, Arrows: the wind towards east and north in m/s
	South  bool      // Barbs: south of the equator, where feathers point the other way
	Before float64   // Bars: how far a bar reaches back from X: the span of a sum; 0: it stands around X
	Right  bool      // its scale is the one on the right
	Dashed bool
	Dots   bool        // Line: a dot at each value
	Color  color.NRGBA // transparent: one of its own
}

// The bounds of a chart.
const (
	maxSide   = 4096
	leastSide = 96
	maxPanels = 32
	maxSeries = 64
	maxPoints = 1 << 20 // of all series
)

// ErrFigure is a chart that cannot be drawn.
var ErrFigure = errors.New("no such chart")

// SVG writes a chart as SVG 1.1.
func SVG(w io.Writer, f Figure) error {
	p, err := newPlan(f)
	if err != nil {
		return err
	}
	v := newVectors(p)
	p.draw(v)
	_, err = io.WriteString(w, v.document())
	return err
}

// PNG writes a chart as PNG.
func PNG(w io.Writer, f Figure) error {
	img, err := Draw(f)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(w, img)
}

// Draw draws a chart, to be written in any format.
func Draw(f Figure) (image.Image, error) {
	p, err := newPlan(f)
	if err != nil {
		return nil, err
	}
	x := newPixels(p)
	p.draw(x)
	return x.img, nil
}

// check refuses what is too large or does not fit together.
func (f *Figure) check() error {
	for _, side := range []int{f.Width, f.Height} {
		if side != 0 && (side < leastSide || side > maxSide) {
			return fmt.Errorf("%w: %d x %d pixels, not %d to %d", ErrFigure, f.Width, f.Height, leastSide, maxSide)
		}
	}
	if len(f.Panels) == 0 || len(f.Panels) > maxPanels {
		return fmt.Errorf("%w: %d panels, not 1 to %d", ErrFigure, len(f.Panels), maxPanels)
	}
	n := 0
	for i := range f.Panels {
		if k := len(f.Panels[i].Series); k > maxSeries {
			return fmt.Errorf("%w: %d series in a panel, more than %d", ErrFigure, k, maxSeries)
		}
		for k := range f.Panels[i].Series {
			s := &f.Panels[i].Series[k]
			if err := s.check(); err != nil {
				return err
			}
			n += len(s.X)
		}
	}
	if n > maxPoints {
		return fmt.Errorf("%w: %d values, more than %d", ErrFigure, n, maxPoints)
	}
	return nil
}

// check refuses a series whose values are not as many as its places.
func (s *Series) check() error {
	n, wind := len(s.X), s.Kind == Barbs || s.Kind == Arrows
	switch {
	case wind && (len(s.U) != n || len(s.V) != n || s.Y != nil && len(s.Y) != n),
		!wind && len(s.Y) != n,
		s.Low != nil && len(s.Low) != n:
		return fmt.Errorf("%w: %q has %d places, and not as many values", ErrFigure, s.Name, n)
	case s.Kind < Line || s.Kind > Arrows:
		return fmt.Errorf("%w: %q is of kind %d", ErrFigure, s.Name, s.Kind)
	}
	return nil
}

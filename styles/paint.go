package styles

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
)

// Painting is what a painter draws.
type Painting string

// The paintings. Fill and bands cover an area, the others are drawn over what lies below them.
const (
	Fill     Painting = "fill"     // the values' colours
	Bands    Painting = "bands"    // the same in classes: one colour from each line that a lines painter would draw to the next
	Lines    Painting = "lines"    // lines of equal value
	Barbs    Painting = "barbs"    // wind barbs of 5, 10 and 50 kt
	Arrows   Painting = "arrows"   // arrows along the wind, longer where it is stronger
	Streams  Painting = "streams"  // streamlines
	Extremes Painting = "extremes" // letters and values where the field is highest and lowest
)

// paintings lists them, for messages.
var paintings = []Painting{Fill, Bands, Lines, Barbs, Arrows, Streams, Extremes}

// vector tells that a painter draws a pair of components.
func (p Painting) vector() bool { return p == Barbs || p == Arrows || p == Streams }

// Wind is the element of a painter that stands for two: the components towards east and north that belong to the layer's
// element. A painter of numbers takes the wind for its speed.
const Wind = "wind"

// Painter is one of the things that a style paints. Lengths are in pixels. Immutable.
type Painter struct {
	Kind    Painting
	Element string      // whose values: "" is the layer's own, Wind, or the ID of another element of the model
	Title   string      // for legends; "": none
	Colors  *Style      // fill and bands: the colours; others: colours by value, nil for Color alone
	Color   color.NRGBA // of lines, letters and symbols
	Halo    color.NRGBA // around them; transparent: none
	Width   float64     // of lines
	Spacing float64     // about how far symbols lie apart; extremes: how far around they are the highest or lowest
	Size    float64     // barbs, arrows: length; letters: height
	Labels  bool        // lines: numbers on them; extremes: the value below the letter
	Bold    int         // lines: every n-th is thicker, counted from zero or from where the steps begin; 0: none
	Every   []Every     // lines, bands, extremes: the first whose unit the values convert to counts; none: by the range
	Unit    string      // arrows, streams: of Full
	Full    float64     // arrows, streams: the speed from which on they are at their largest
	High    Mark        // extremes
	Low     Mark

	classes *Style // of bands
}

// Every is the steps of lines: From + n*Step. For extremes Step is how far the value must lie above or below those around.
type Every struct {
	Step   float64 `yaml:"step"`
	Coarse float64 `yaml:"coarse"` // where a pixel spans half a degree or more; 0: Step
	Fine   float64 `yaml:"fine"`   // where a pixel spans a hundredth of a degree or less; 0: Step
	From   float64 `yaml:"from"`
	Unit   string  `yaml:"unit"`
}

// Mark is how one kind of extreme is marked.
type Mark struct {
	Letter string
	Color  color.NRGBA
}

// For finds the steps for values of a unit; ok is false if there are none.
func (p *Painter) For(unit string) (e Every, ok bool) {
	for _, e := range p.Every {
		if _, err := convert(e.Unit, unit); err == nil {
			return e, true
		}
	}
	return Every{}, false
}

// digest writes all that the painter paints with.
func (p *Painter) digest(w io.Writer) {
	plain := *p
	plain.Colors, plain.classes = nil, nil
	fmt.Fprintf(w, " %+v", plain)
	if p.Colors != nil {
		fmt.Fprint(w, " ", p.Colors.Digest())
	}
}

// paintable tells whether the layer's own values can be read by all painters that are of them.
func (f *fitting) paintable(s *Style) bool {
	for i := range s.Paint {
		p := &s.Paint[i]
		if p.Element != "" {
			continue
		}
		if p.Colors != nil && !f.convertible(p.Colors) {
			return false
		}
		if _, ok := p.For(f.el.Unit); len(p.Every) > 0 && !ok {
			return false
		}
	}
	return true
}

// painted is a style whose painters are fitted to the element; one without painters stays as it is.
func (f *fitting) painted(s *Style) *Style {
	if len(s.Paint) == 0 {
		return s
	}
	to := *s
	to.Paint = slices.Clone(s.Paint)
	for i := range to.Paint {
		p := &to.Paint[i]
		if p.Element != "" {
			continue
		}
		if p.Kind == Lines || p.Kind == Bands || p.Kind == Extremes {
			p.Every = []Every{f.steps(p)}
		}
		if p.Colors != nil {
			p.Colors = f.fitted(p.Colors)
		}
	}
	to.sum()
	return &to
}

// lines is about how many lines are drawn over a range that no row has steps for.
const linesOfRange = 15

// steps are the steps of a painter for the element.
func (f *fitting) steps(p *Painter) Every {
	if e, ok := p.For(f.el.Unit); ok {
		return e
	}
	unit := f.unit()
	low, high, ok := f.rangeIn(unit)
	if !ok || !(high > low) {
		low, high = 0, 1
	}
	return Every{Step: Step((high - low) / linesOfRange), Unit: unit}
}

// sum makes the style's kind, unit and stops those of its first fill.
func (s *Style) sum() {
	s.Kind, s.Stops, s.Under, s.Over = Symbols, nil, nil, nil
	for i := range s.Paint {
		if p := &s.Paint[i]; p.Kind == Bands {
			p.classes = p.banded()
		}
	}
	for i := range s.Paint {
		p := &s.Paint[i]
		if p.Kind == Fill || p.Kind == Bands {
			c := p.Fill()
			s.Kind, s.Unit, s.Stops, s.Under, s.Over = c.Kind, c.Unit, c.Stops, c.Under, c.Over
			return
		}
	}
	for i := range s.Paint {
		if e := s.Paint[i].Every; s.Unit == "" && len(e) == 1 {
			s.Unit = e[0].Unit
		}
	}
}

// Fill is the style that a fill or bands painter fills with.
func (p *Painter) Fill() *Style {
	if p.classes != nil {
		return p.classes
	}
	return p.Colors
}

// banded is the style of bands: a class for each step over the stops of their colours.
func (p *Painter) banded() *Style {
	if p.Colors == nil || p.Colors.Kind != Smooth {
		return p.Colors
	}
	e, ok := p.For(p.Colors.Unit)
	if !ok {
		return p.Colors
	}
	c, err := convert(e.Unit, p.Colors.Unit)
	if err != nil {
		return p.Colors
	}
	to := *p.Colors
	to.Kind, to.Unit, to.Stops = Classes, e.Unit, nil
	stops := p.Colors.Stops
	first := (stops[0].Value - c.Offset) / c.Scale
	last := (stops[len(stops)-1].Value - c.Offset) / c.Scale
	n := int(math.Ceil((last - first) / e.Step))
	from := e.From + math.Floor((first-e.From)/e.Step+1e-9)*e.Step
	for i := 0; i <= min(n, maxStops-1); i++ {
		v := tidy(from + float64(i)*e.Step)
		to.Stops = append(to.Stops, Stop{Value: v, Color: at(stops, min(max((v+e.Step/2)*c.Scale+c.Offset, stops[0].Value), stops[len(stops)-1].Value))})
	}
	return &to
}

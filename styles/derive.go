package styles

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
)

// ErrChange is a change that a style cannot take.
var ErrChange = errors.New("style that cannot be changed so")

// Change is how a request wants a style to be otherwise. The zero value leaves it as it is.
type Change struct {
	Instead   *Style       // colours in place of the style's own; with Unit "" they are for values in the element's unit
	Unit      string       // of Low and High; "": the style's
	Low, High float64      // the range that the colours are spread over, if Low < High
	Auto      bool         // the range is that of the field's values
	Log       bool         // the colours are spread over the logarithm
	Bands     int          // so many classes of colour; 0: as the style has them
	Below     *color.NRGBA // the colour below the range; nil: the style's own
	Above     *color.NRGBA // the colour beyond it
	Extend    [2]bool      // below and beyond the range the colours of its ends go on
	Fade      float64      // 0 to 1: how much more transparent the colours are
}

// MaxBands bounds the classes of a change.
const MaxBands = 250

// logStops is how many stops a smooth style has whose colours are spread over the logarithm: between them they are spread evenly.
const logStops = 64

// Derive is the style as a change wants it; low and high are the range of the field's values in the style's unit, for Auto. A
// style of painters changes the colours it fills with, and fades as a whole. The error wraps ErrChange or ErrUnit.
func (s *Style) Derive(c Change, low, high float64) (*Style, error) {
	if c.Bands < 0 || c.Bands > MaxBands || !(c.Fade >= 0 && c.Fade <= 1) {
		return nil, fmt.Errorf("%w: %d bands, of at most %d", ErrChange, c.Bands, MaxBands)
	}
	if len(s.Paint) == 0 {
		return s.recoloured(c, low, high)
	}
	to := *s
	to.Paint = slices.Clone(s.Paint)
	for i := range to.Paint {
		p := &to.Paint[i]
		p.Color, p.Halo = faded(p.Color, c.Fade), faded(p.Halo, c.Fade)
		p.High.Color, p.Low.Color = faded(p.High.Color, c.Fade), faded(p.Low.Color, c.Fade)
		if p.Colors == nil {
			continue
		}
		change := c
		if p.Element != "" || p.Kind != Fill && p.Kind != Bands {
			change = Change{Fade: c.Fade}
		}
		colours, err := p.Colors.recoloured(change, low, high)
		if err != nil {
			return nil, err
		}
		p.Colors = colours
	}
	to.sum()
	return &to, nil
}

// recoloured is a style without painters, changed.
func (s *Style) recoloured(c Change, low, high float64) (*Style, error) {
	to := *s
	if c.Instead != nil {
		to.Kind, to.Unit, to.Stops, to.Under, to.Over = c.Instead.Kind, c.Instead.Unit, c.Instead.Stops, c.Instead.Under, c.Instead.Over
	}
	ranged := c.Auto || c.Low < c.High
	if to.Kind == Categories && (ranged || c.Log || c.Bands > 0) {
		return nil, fmt.Errorf("%w: %s is by category and has no range", ErrChange, s.ID)
	}
	if to.Kind != Smooth && to.Kind != Classes && c.Instead == nil { // nothing is filled
		return &to, nil
	}
	if ranged || c.Log || c.Bands > 0 {
		from, until, err := to.span(c, low, high)
		if err != nil {
			return nil, err
		}
		to.spread(c, from, until)
	}
	to.beyond(c)
	to.fade(c.Fade)
	if err := to.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChange, err)
	}
	return &to, nil
}

// span is the range that the colours are spread over, in the style's unit.
func (s *Style) span(c Change, low, high float64) (from, until float64, err error) {
	from, until = s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value
	switch {
	case c.Auto:
		from, until = low, high
	case c.Low < c.High:
		unit := c.Unit
		if unit == "" {
			unit = s.Unit
		}
		to, err := convert(unit, s.Unit)
		if err != nil {
			return 0, 0, err
		}
		from, until = tidy(c.Low*to.Scale+to.Offset), tidy(c.High*to.Scale+to.Offset)
	}
	if !(from < until) { // one value, or none
		from, until, _ = round(from, from, breaks)
	}
	if math.IsNaN(from) || math.Abs(from) > most || math.Abs(until) > most || !(until-from > math.Max(math.Abs(from), math.Abs(until))*narrowest/100) {
		return 0, 0, fmt.Errorf("%w: %g to %g is no range for colours", ErrChange, from, until)
	}
	if c.Log && !(from > 0) {
		return 0, 0, fmt.Errorf("%w: a range from %g has no logarithm", ErrChange, from)
	}
	return from, until, nil
}

// spread lays the style's colours over a range, as classes or smooth.
func (s *Style) spread(c Change, from, until float64) {
	old, kind := s.Stops, s.Kind
	if len(old) == 1 {
		old = []Stop{old[0], {Value: old[0].Value + 1, Color: old[0].Color}}
	}
	place := func(t float64) float64 { return tidy(from + (until-from)*t) }
	if c.Log {
		place = func(t float64) float64 { return tidy(from * math.Pow(until/from, t)) }
	}
	first, last := old[0].Value, old[len(old)-1].Value
	s.Stops = nil
	switch {
	case c.Bands > 0 || kind == Classes:
		n := c.Bands
		if n == 0 {
			n = len(old)
		}
		s.Kind = Classes
		for i := range n {
			t := 0.5
			if n > 1 {
				t = float64(i) / float64(n-1)
			}
			colour := old[int(t*float64(len(old)-1)+0.5)].Color
			if kind == Smooth && len(old) > 1 {
				colour = at(old, first+(last-first)*t)
			}
			s.Stops = append(s.Stops, Stop{Value: place(float64(i) / float64(n)), Color: colour})
		}
		s.Stops = append(s.Stops, Stop{Value: place(1), Color: s.Stops[n-1].Color}) // where Over begins
	case c.Log:
		for i := range logStops + 1 {
			t := float64(i) / logStops
			s.Stops = append(s.Stops, Stop{Value: place(t), Color: at(old, first+(last-first)*t)})
		}
	default:
		for _, stop := range old {
			s.Stops = append(s.Stops, Stop{Value: place((stop.Value - first) / (last - first)), Color: stop.Color})
		}
	}
	s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value = from, until
	s.relative = false
}

// beyond sets the colours outside the range.
func (s *Style) beyond(c Change) {
	if c.Extend[0] {
		s.Under = nil
	} else if c.Below != nil {
		s.Under = c.Below
	}
	if c.Extend[1] {
		s.Over = nil
	} else if c.Above != nil {
		s.Over = c.Above
	}
}

// fade makes all colours more transparent.
func (s *Style) fade(by float64) {
	if by == 0 {
		return
	}
	s.Stops = slices.Clone(s.Stops)
	for i := range s.Stops {
		s.Stops[i].Color = faded(s.Stops[i].Color, by)
	}
	for _, c := range []**color.NRGBA{&s.Under, &s.Over} {
		if *c != nil {
			one := faded(**c, by)
			*c = &one
		}
	}
}

// faded is a colour made more transparent.
func faded(c color.NRGBA, by float64) color.NRGBA {
	c.A = uint8(math.Round(float64(c.A) * (1 - by)))
	return c
}

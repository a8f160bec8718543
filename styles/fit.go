package styles

import (
	"math"
	"path"
	"slices"

	"isobar/elements"
)

// names tells whether a style is meant for an element by its default style, its ID or its standard name.
func (f fits) names(el elements.Element) bool {
	return slices.Contains(f.Styles, el.Style) || f.matches(el.ID) || el.StandardName != "" && slices.Contains(f.Standard, el.StandardName)
}

// anything tells that the row does not say which elements it fits.
func (f fits) anything() bool {
	return len(f.Styles) == 0 && len(f.Elements) == 0 && len(f.Standard) == 0 && !f.Unit
}

// matches tells whether an element's ID is like one of the patterns.
func (f fits) matches(id string) bool {
	for _, pattern := range f.Elements {
		if ok, err := path.Match(pattern, id); ok && err == nil {
			return true
		}
	}
	return false
}

// fitting finds the styles of one element.
type fitting struct {
	c        *Catalogue
	el       elements.Element
	min, max float64 // in the element's unit
	list     []*Style
	seen     map[string]bool
}

// add puts a style into the list, once.
func (f *fitting) add(s *Style) {
	if !f.seen[s.ID] {
		f.seen[s.ID] = true
		f.list = append(f.list, s)
	}
}

// convertible tells whether the element's values can be read in a style's unit.
func (f *fitting) convertible(s *Style) bool {
	if len(s.Paint) > 0 {
		return f.paintable(s)
	}
	_, err := convert(s.Unit, f.el.Unit)
	return err == nil || s.relative
}

// sameZero tells that a style counts from where people read the element from: differences of temperature, read in kelvins, are
// no temperatures.
func (f *fitting) sameZero(s *Style) bool {
	c, err := convert(s.Unit, f.unit())
	return err == nil && c.Offset == 0
}

// named finds the style whose row claims the element by its ID. One of several painters is never a default by chance.
func (f *fitting) named() *Style {
	for _, s := range f.c.styles {
		if len(s.Paint) == 0 && s.fits.matches(f.el.ID) && f.convertible(s) {
			return s
		}
	}
	return nil
}

// The bounds of ranges that styles are made for: what float32 tells ten breaks apart in, whatever the unit.
const (
	narrowest = 1e-4 // of the larger end
	least     = 1e-30
	most      = 1e30
)

// rangeIn is the range of values in a unit; ok is false if there is none, or none to make a style for.
func (f *fitting) rangeIn(unit string) (low, high float64, ok bool) {
	c, err := convert(f.el.Unit, unit)
	if err != nil || !(f.min <= f.max) || f.min < -most || f.max > most {
		return 0, 0, false
	}
	low, high = f.min, f.max
	if wide := math.Max(math.Max(math.Abs(low), math.Abs(high))*narrowest, least); high > low && high-low < wide {
		low, high = low-wide/2, high+wide/2
	}
	return low*c.Scale + c.Offset, high*c.Scale + c.Offset, true
}

// fitted is a style in the unit that people read the element in, or its colours stretched over the range where that lies three quarters outside a smooth style's
// stops. A side with a colour of its own for what lies beyond is meant to be left; so the range there counts as inside.
func (f *fitting) fitted(s *Style) *Style {
	if len(s.Paint) > 0 {
		return f.painted(s)
	}
	if s.relative {
		return f.stretched(s)
	}
	low, high, ok := f.rangeIn(s.Unit)
	if s.Kind != Smooth {
		return s
	}
	if !ok {
		return f.read(s)
	}
	first, last := s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value
	if s.Under != nil {
		first = math.Inf(-1)
	}
	if s.Over != nil {
		last = math.Inf(1)
	}
	inside := math.Min(high, last) - math.Max(low, first)
	if inside > 0 && inside >= (high-low)/4 || inside == 0 && low == high {
		return f.read(s)
	}
	unit := f.unit()
	low, high, _ = f.rangeIn(unit)
	return stretch(s, unit, low, high)
}

// read is a smooth style with its stops in the unit that people read the element in: a potential temperature has the
// colours of temperature, but is read in kelvins.
func (f *fitting) read(s *Style) *Style {
	c, err := convert(s.Unit, f.unit())
	if s.Unit == f.unit() || err != nil || slices.ContainsFunc(s.Stops, func(stop Stop) bool { return stop.Label != "" }) {
		return s
	}
	to := *s
	to.Unit, to.Stops = f.unit(), slices.Clone(s.Stops)
	for i := range to.Stops {
		to.Stops[i].Value = tidy(to.Stops[i].Value*c.Scale + c.Offset)
	}
	return &to
}

// stretched is a relative style over the range of the element's values, in the unit that people read.
func (f *fitting) stretched(s *Style) *Style {
	unit := f.unit()
	low, high, ok := f.rangeIn(unit)
	if !ok {
		low, high = 0, 1
	}
	return stretch(s, unit, low, high)
}

// unit is what people read the element in.
func (f *fitting) unit() string {
	if f.el.DisplayUnit != "" {
		if _, err := convert(f.el.Unit, f.el.DisplayUnit); err == nil {
			return f.el.DisplayUnit
		}
	}
	return f.el.Unit
}

package styles

import (
	"fmt"
	"image/color"
	"math"
	"path"
	"slices"

	"isobar/elements"
)

// autoID is the ID of a style made for a range.
const autoID = "auto"

// breaks is about how many round steps a range is cut into.
const breaks = 8

// names tells whether a style is meant for an element by its default style or its ID.
func (f fits) names(el elements.Element) bool {
	return slices.Contains(f.Styles, el.Style) || f.matches(el.ID)
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
	_, err := convert(s.Unit, f.el.Unit)
	return err == nil || s.relative
}

// named finds the style whose row claims the element by its ID.
func (f *fitting) named() *Style {
	for _, s := range f.c.styles {
		if !s.relative && s.fits.matches(f.el.ID) && f.convertible(s) {
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

// fitted is a style, or its colours stretched over the range where that lies three quarters outside a smooth style's
// stops. A side with a colour of its own for what lies beyond is meant to be left; so the range there counts as inside.
func (f *fitting) fitted(s *Style) *Style {
	if s.relative {
		return f.stretched(s)
	}
	low, high, ok := f.rangeIn(s.Unit)
	if s.Kind != Smooth || !ok {
		return s
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
		return s
	}
	return stretch(s, s.Unit, low, high)
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

// stretch moves a smooth style's stops to a range, widened to round numbers.
func stretch(s *Style, unit string, low, high float64) *Style {
	low, high, _ = round(low, high, 2*breaks)
	first, last := s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value
	to := *s
	to.Unit, to.relative, to.Stops = unit, false, slices.Clone(s.Stops)
	for i := range to.Stops {
		at := (s.Stops[i].Value - first) / (last - first)
		to.Stops[i].Value, to.Stops[i].Label = low+at*(high-low), ""
	}
	to.Stops[len(to.Stops)-1].Value = high
	return &to
}

// round widens a range to multiples of a step of 1, 2 or 5 times a power of ten, about n of them.
func round(low, high, n float64) (float64, float64, float64) {
	if !(high > low) {
		span := math.Abs(low) / 10
		if span < least {
			span = 1
		}
		low, high = low-span, high+span
	}
	step := Step((high - low) / n)
	return math.Floor(low/step) * step, math.Ceil(high/step) * step, step
}

// Step is the smallest of 1, 2 and 5 times the powers of ten that is not below least.
func Step(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= least*(1-1e-9) {
			return n * power
		}
	}
	return 10 * power
}

// auto makes a style for the range: diverging from zero where that lies well within, classes by number for categories.
func (f *fitting) auto() *Style {
	unit := f.unit()
	low, high, ok := f.rangeIn(unit)
	if !ok {
		low, high = 0, 1
	}
	s := &Style{ID: autoID, Title: "By range", Abstract: "Colours over the range of this layer's values.", Unit: unit, Kind: Smooth}
	if n := high - low; f.el.Interpolation == elements.Nearest && n < float64(len(qualitative)) && low == math.Trunc(low) && high == math.Trunc(high) {
		s.Kind = Classes
		for v := low; v <= high; v++ {
			s.Stops = append(s.Stops, Stop{v, qualitative[int(v-low)], fmt.Sprint(v)})
		}
		return s
	}
	id := "sequential"
	if end := math.Max(-low, high); low < 0 && high > 0 && math.Min(-low, high) >= end/10 {
		id, low, high = "diverging", -end, end
	}
	low, high, step := round(low, high, breaks)
	colours := f.c.relative(id)
	n := int(math.Round((high - low) / step))
	for i := range n + 1 {
		s.Stops = append(s.Stops, Stop{Value: (math.Round(low/step) + float64(i)) * step, Color: at(colours, float64(i)/float64(n))})
	}
	return s
}

// relative finds the stops of a relative row, or a plain scale of greys where the rows have none.
func (c *Catalogue) relative(id string) []Stop {
	if s, ok := c.byID[id]; ok && s.relative {
		return s.Stops
	}
	return []Stop{{Value: 0, Color: color.NRGBA{235, 235, 235, 255}}, {Value: 1, Color: color.NRGBA{30, 30, 30, 255}}}
}

// at is the colour of smooth stops at a value.
func at(stops []Stop, v float64) color.NRGBA {
	for i := 1; i < len(stops); i++ {
		if a, b := stops[i-1], stops[i]; v <= b.Value {
			return blend(toLab(a.Color), toLab(b.Color), math.Max(0, (v-a.Value)/(b.Value-a.Value))).color()
		}
	}
	return stops[len(stops)-1].Color
}

// qualitative are colours that are told apart and rank equal, for categories no row knows.
var qualitative = []color.NRGBA{
	{0xe3, 0xe7, 0xeb, 255}, {0x4e, 0x8f, 0xd0, 255}, {0xe0, 0x8a, 0x3c, 255}, {0x5a, 0xab, 0x61, 255}, {0xcb, 0x58, 0x5a, 255},
	{0x93, 0x74, 0xc0, 255}, {0x9c, 0x7a, 0x5b, 255}, {0xd9, 0x86, 0xbd, 255}, {0xb9, 0xb1, 0x4a, 255}, {0x49, 0xb3, 0xc0, 255},
	{0x2f, 0x5f, 0x9e, 255}, {0xb0, 0x61, 0x1d, 255}, {0x34, 0x7a, 0x45, 255}, {0x97, 0x2f, 0x3a, 255}, {0x66, 0x45, 0x96, 255},
	{0x6d, 0x53, 0x3c, 255}, {0xac, 0x4f, 0x8e, 255}, {0x85, 0x7f, 0x25, 255}, {0x23, 0x80, 0x8d, 255}, {0x55, 0x5d, 0x66, 255},
}

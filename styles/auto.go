package styles

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"isobar/elements"
)

// autoID is the ID of a style made for a range.
const autoID = "auto"

// mostCategories bounds how many numbers are taken for categories rather than quantities.
const mostCategories = 128

// breaks is about how many round steps a range is cut into.
const breaks = 8

// stretch moves a smooth style's stops to a range, widened to round numbers.
func stretch(s *Style, unit string, low, high float64) *Style {
	low, high, _ = round(low, high, 2*breaks)
	first, last := s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value
	to := *s
	to.Unit, to.relative, to.Stops = unit, false, slices.Clone(s.Stops)
	for i := range to.Stops {
		at := (s.Stops[i].Value - first) / (last - first)
		to.Stops[i].Value, to.Stops[i].Label = tidy(low+at*(high-low)), ""
	}
	to.Stops[len(to.Stops)-1].Value = high
	return &to
}

// tidy is a number without what reckoning leaves beyond fifteen digits: 0.3 rather than 0.30000000000000004.
func tidy(v float64) float64 {
	if round, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		return round
	}
	return v
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
	if f.el.Interpolation == elements.Nearest && high-low < mostCategories && low == math.Trunc(low) && high == math.Trunc(high) {
		s.Kind, s.Stops = Classes, numbered(low, high)
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
		s.Stops = append(s.Stops, Stop{Value: tidy((math.Round(low/step) + float64(i)) * step), Color: at(colours, float64(i)/float64(n))})
	}
	return s
}

// numbered makes a class of each whole number. Each number has its colour whatever the range; zero, which means no, is
// not painted.
func numbered(low, high float64) (stops []Stop) {
	for v := low; v <= high; v++ {
		stop := Stop{Value: v, Label: fmt.Sprint(v)}
		if n := len(qualitative); v != 0 {
			stop.Color = qualitative[((int(v)-1)%n+n)%n]
		}
		stops = append(stops, stop)
	}
	return stops
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

// qualitative are colours that are told apart by every eye and rank equal, for categories no row knows.
var qualitative = []color.NRGBA{
	{0x49, 0x93, 0xd8, 255}, {0xd7, 0x87, 0x41, 255}, {0x5b, 0xab, 0x62, 255}, {0xc6, 0x5c, 0x69, 255}, {0x90, 0x73, 0xbd, 255},
	{0x9d, 0x79, 0x53, 255}, {0xd8, 0x87, 0xbb, 255}, {0xb9, 0xb2, 0x48, 255}, {0x49, 0xb4, 0xc0, 255}, {0x24, 0x61, 0xa9, 255},
	{0xb4, 0x61, 0x12, 255}, {0x35, 0x79, 0x45, 255}, {0x99, 0x2e, 0x38, 255}, {0x69, 0x46, 0x8f, 255}, {0x6c, 0x53, 0x41, 255},
	{0xad, 0x51, 0x93, 255}, {0x87, 0x7e, 0x33, 255}, {0x28, 0x7f, 0x7f, 255}, {0xbb, 0xc5, 0xcd, 255}, {0x53, 0x5d, 0x66, 255},
}

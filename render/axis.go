package render

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/styles"
)

// unevenly is how many times the smallest distance of stops their whole range is, from where on a legend gives each stop
// the same room instead of each value.
const unevenly = 40

// axis tells where values lie along a legend's bar, from 0 at its low end to 1.
type axis struct {
	style *styles.Style
	ramp  *styles.Ramp
	show  elements.Conversion // from the style's unit to the one shown
	even  bool                // smooth, each value has the same room
	named bool                // smooth, stops have labels
}

// mark is a label at a place of the bar.
type mark struct {
	at    float64
	label string
	tick  bool // at an edge; else in the middle of a class
}

// newAxis makes the axis of a style, whose values are shown in a unit.
func newAxis(s *styles.Style, unit string) (*axis, error) {
	show, ok := elements.Convert(s.Unit, unit)
	if s.Unit == unit {
		show, ok = elements.Conversion{Scale: 1}, true
	}
	if !ok {
		return nil, fmt.Errorf("legend of %s: %w: %q, %q", s.ID, styles.ErrUnit, s.Unit, unit)
	}
	ramp, err := s.Ramp(s.Unit)
	if err != nil {
		return nil, err
	}
	a := &axis{style: s, ramp: ramp, show: show}
	if s.Kind == styles.Smooth && len(s.Stops) > 1 {
		a.named = slices.ContainsFunc(s.Stops, func(stop styles.Stop) bool { return stop.Label != "" })
		smallest := math.Inf(1)
		for i := 1; i < len(s.Stops); i++ {
			smallest = min(smallest, s.Stops[i].Value-s.Stops[i-1].Value)
		}
		a.even = a.last()-a.first() < unevenly*smallest
	}
	return a, nil
}

func (a *axis) first() float64 { return a.style.Stops[0].Value }
func (a *axis) last() float64  { return a.style.Stops[len(a.style.Stops)-1].Value }

// color is the colour at a place of the bar.
func (a *axis) color(at float64) color.NRGBA {
	n := len(a.style.Stops)
	if a.style.Kind != styles.Smooth || n == 1 {
		return a.style.Stops[min(max(int(at*float64(n)), 0), n-1)].Color
	}
	v := a.first() + at*(a.last()-a.first())
	if !a.even {
		at *= float64(n - 1)
		i := min(max(int(at), 0), n-2)
		low, high := a.style.Stops[i].Value, a.style.Stops[i+1].Value
		v = low + (at-float64(i))*(high-low)
	}
	var index [1]uint8
	a.ramp.Index(index[:], []float32{float32(v)})
	return a.ramp.Palette[index[0]]
}

// under and over are the colours beyond the ends, if they are colours of their own.
func (a *axis) under() (c color.NRGBA, ok bool) { return beyond(a.style.Under) }
func (a *axis) over() (c color.NRGBA, ok bool)  { return beyond(a.style.Over) }

func beyond(c *color.NRGBA) (color.NRGBA, bool) {
	if c == nil || c.A == 0 {
		return color.NRGBA{}, false
	}
	return *c, true
}

// labelled tells that no label is a number, so that a unit would mislead.
func (a *axis) labelled() bool {
	return !slices.ContainsFunc(a.style.Stops, func(stop styles.Stop) bool { return stop.Label == "" })
}

// marks are the labels that find room on a bar of a length in pixels; room is how much of it a label takes.
func (a *axis) marks(length int, room func(label string) int) []mark {
	if a.even && !a.named {
		return a.roundMarks(length, room)
	}
	var all []mark
	n := float64(len(a.style.Stops))
	for i, stop := range a.style.Stops {
		m := mark{label: stop.Label}
		switch {
		case a.even:
			m.at, m.tick = (stop.Value-a.first())/(a.last()-a.first()), true
		case a.style.Kind == styles.Smooth && n > 1:
			m.at, m.tick = float64(i)/(n-1), true
		case a.style.Kind == styles.Classes && stop.Label == "":
			m.at, m.tick = float64(i)/n, true
		default:
			m.at = (float64(i) + 0.5) / n
		}
		if m.label == "" {
			m.label = a.number(stop.Value)
		}
		all = append(all, m)
	}
	return thin(all, length, room)
}

// roundMarks are at round values of the unit shown.
func (a *axis) roundMarks(length int, room func(string) int) []mark {
	low, high := a.first()*a.show.Scale+a.show.Offset, a.last()*a.show.Scale+a.show.Offset
	for step := styles.Step((high - low) / math.Max(float64(length)/float64(room("0")), 1)); ; step = styles.Step(step * 1.5) {
		marks, fits := []mark{}, true
		end := math.Inf(-1)
		for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
			m := mark{at: (i*step - low) / (high - low), label: decimal(i*step, step), tick: true}
			place, half := m.at*float64(length), float64(room(m.label))/2
			fits = fits && place-half >= end
			end = place + half
			marks = append(marks, m)
		}
		if fits || len(marks) < 2 {
			return marks
		}
	}
}

// thin takes every second, third ... mark, as few as need be left out for the rest to have room.
func thin(all []mark, length int, room func(string) int) []mark {
	for every := 1; every < len(all); every++ {
		var kept []mark
		fits, end := true, math.Inf(-1)
		for i := 0; i < len(all) && fits; i += every {
			place, half := all[i].at*float64(length), float64(room(all[i].label))/2
			fits, end = place-half >= end-0.5, place+half
			kept = append(kept, all[i])
		}
		if fits {
			return kept
		}
	}
	return all[:min(len(all), 1)]
}

// number writes a stop's value in the unit shown: as it is in the style's own unit, else to a few digits.
func (a *axis) number(v float64) string {
	digits := 7
	if a.show.Scale != 1 || a.show.Offset != 0 {
		v = v*a.show.Scale + a.show.Offset
		digits = max(2, 2+int(math.Floor(math.Log10(math.Max(math.Abs(v), 1)))))
	}
	text := strconv.FormatFloat(v, 'g', digits, 64)
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		v = x
	}
	if size := math.Abs(v); v != 0 && (size < 1e-4 || size >= 1e7) {
		return power(strconv.FormatFloat(v, 'g', -1, 64))
	}
	return minus(strconv.FormatFloat(v, 'f', -1, 64))
}

// decimal writes a multiple of a step.
func decimal(v, step float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	if step < 1e-4 || step >= 1e6 {
		return power(strconv.FormatFloat(v, 'g', 3, 64))
	}
	return minus(strconv.FormatFloat(v, 'f', max(0, -int(math.Floor(math.Log10(step)+1e-9))), 64))
}

// power writes a number that has an exponent as people do.
func power(text string) string {
	mantissa, exponent, ok := strings.Cut(text, "e")
	n, err := strconv.Atoi(exponent)
	if !ok || err != nil {
		return minus(text)
	}
	above := []rune(superscripts)
	raised := strings.Map(func(r rune) rune {
		if r == '-' {
			return '⁻'
		}
		return above[r-'0']
	}, strconv.Itoa(n))
	return minus(mantissa) + "·10" + raised
}

// minus writes a negative number with a minus sign rather than a hyphen.
func minus(text string) string { return strings.Replace(text, "-", "−", 1) }

package styles

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"isobar/elements"
)

// ErrUnit is a unit that a style's values cannot be read in.
var ErrUnit = errors.New("units that measure different things")

// errStyle is a style that cannot be painted with; rows are checked when they are loaded.
var errStyle = errors.New("style that cannot be painted with")

// maxColours is how many colours a palette holds: an index is a byte.
const maxColours = 256

// maxStops is how many stops a style may have: beside them there are transparent, under, over, and one index more than a
// quantiser can tell.
const maxStops = maxColours - 4

// Ramp is a style compiled for values of one unit. Index 0 of the palette is transparent: missing values, and whatever
// the style leaves unpainted below its first stop. The rest ascends with the values. Immutable, safe for concurrent use.
type Ramp struct {
	Palette []color.NRGBA // at most 256
	quantiser
	categories []float32 // ascending; nil: not by category
	indices    []uint8   // of categories
}

// Ramp compiles s for values in the given unit. An error wraps ErrUnit if the style's unit does not convert to it.
func (s *Style) Ramp(unit string) (*Ramp, error) {
	scale, err := convert(s.Unit, unit)
	if err != nil {
		return nil, fmt.Errorf("style %s: %w", s.ID, err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	stops := make([]float32, len(s.Stops))
	for i, stop := range s.Stops {
		stops[i] = float32(stop.Value*scale.Scale + scale.Offset)
	}
	r := &Ramp{Palette: []color.NRGBA{{}}}
	if s.Kind == Categories {
		r.byCategory(s, stops)
		return r, nil
	}
	if i := notAscending(stops); i > 0 {
		return nil, fmt.Errorf("style %s: %w: stops %d and %d are the same in %q", s.ID, errStyle, i-1, i, unit)
	}
	b := builder{ramp: r}
	b.under(s)
	if s.Kind == Classes {
		b.classes(s, stops)
	} else {
		b.smooth(s, stops)
	}
	r.quantiser = quantise(b.edges, b.first)
	return r, nil
}

// check bounds what a style may be made of, whoever made it.
func (s *Style) check() error {
	switch {
	case len(s.Stops) == 0:
		return fmt.Errorf("style %s: %w: no stops", s.ID, errStyle)
	case len(s.Stops) > maxStops:
		return fmt.Errorf("style %s: %w: %d stops, at most %d", s.ID, errStyle, len(s.Stops), maxStops)
	}
	for i, stop := range s.Stops {
		if math.IsNaN(stop.Value) || math.IsInf(stop.Value, 0) || i > 0 && stop.Value <= s.Stops[i-1].Value {
			return fmt.Errorf("style %s: %w: stop %d, %g, does not ascend", s.ID, errStyle, i, stop.Value)
		}
	}
	return nil
}

// notAscending finds the first stop that is not above the one before it, or 0.
func notAscending(stops []float32) int {
	for i := 1; i < len(stops); i++ {
		if !(stops[i] > stops[i-1]) {
			return i
		}
	}
	return 0
}

// convert finds how values of one unit become those of another; a unit is always itself.
func convert(from, to string) (elements.Conversion, error) {
	if from == to {
		return elements.Conversion{Scale: 1}, nil
	}
	c, ok := elements.Convert(from, to)
	if !ok || !(c.Scale > 0) {
		return c, fmt.Errorf("%w: %q, %q", ErrUnit, from, to)
	}
	return c, nil
}

// builder collects a palette and the values where its colours change.
type builder struct {
	ramp  *Ramp
	first uint8     // index of what lies below all edges
	edges []float32 // ascending: from edges[i] on the index is first+i+1
}

// under decides what lies below the first stop: nothing if the style says transparent, else a colour.
func (b *builder) under(s *Style) {
	below := s.Stops[0].Color
	if s.Under != nil {
		below = *s.Under
	}
	if below.A > 0 {
		b.first = 1
		b.ramp.Palette = append(b.ramp.Palette, below)
	}
}

// colour begins a new colour at a value.
func (b *builder) colour(from float32, c color.NRGBA) {
	if p := b.ramp.Palette; len(b.edges) == 0 && p[len(p)-1] == c {
		return // what lies below goes on
	}
	b.edges = append(b.edges, from)
	b.ramp.Palette = append(b.ramp.Palette, c)
}

// classes gives each stop its colour.
func (b *builder) classes(s *Style, stops []float32) {
	for i, from := range stops {
		b.colour(from, s.Stops[i].Color)
	}
	b.over(s, stops)
}

// over begins the colour of what lies beyond the last stop.
func (b *builder) over(s *Style, stops []float32) {
	if s.Over != nil {
		b.colour(math.Nextafter32(stops[len(stops)-1], math.MaxFloat32), *s.Over)
	}
}

// smooth spreads as many colours as there are over the stops, so that neighbours look about equally alike.
func (b *builder) smooth(s *Style, stops []float32) {
	if len(stops) == 1 {
		b.colour(stops[0], s.Stops[0].Color)
		b.over(s, stops)
		return
	}
	room := maxColours - len(b.ramp.Palette) - 2
	if s.Over == nil {
		room++
	}
	counts := share(s.Stops, room)
	for i, n := range counts {
		from, to := toLab(s.Stops[i].Color), toLab(s.Stops[i+1].Color)
		low, high := float64(stops[i]), float64(stops[i+1])
		for k := range n {
			edge := stops[i] // exact where a segment begins
			if k > 0 {
				edge = float32(low + (high-low)*float64(k)/float64(n))
			}
			if m := len(b.edges); m > 0 && edge <= b.edges[m-1] {
				continue // closer than float32 tells apart
			}
			b.colour(edge, blend(from, to, (float64(k)+0.5)/float64(n)).color())
		}
	}
	b.over(s, stops)
}

// share tells how many of room colours each segment between stops gets: by how far its ends look apart, at least one.
func share(stops []Stop, room int) []int {
	n := len(stops) - 1
	lengths, total := make([]float64, n), 0.0
	for i := range lengths {
		lengths[i] = distance(toLab(stops[i].Color), toLab(stops[i+1].Color))
		total += lengths[i]
	}
	counts := make([]int, n)
	for i := range counts {
		counts[i] = 1
		if total > 0 {
			counts[i] += int(float64(room-n) * lengths[i] / total)
		}
	}
	return counts
}

// byCategory notes which colour each category has.
func (r *Ramp) byCategory(s *Style, values []float32) {
	for i, v := range values {
		if len(r.categories) > 0 && v == r.categories[len(r.categories)-1] {
			continue
		}
		index := uint8(0)
		if s.Stops[i].Color.A > 0 {
			index = uint8(len(r.Palette))
			r.Palette = append(r.Palette, s.Stops[i].Color)
		}
		r.categories, r.indices = append(r.categories, v), append(r.indices, index)
	}
	r.Palette = slices.Clip(r.Palette)
}

// Index writes the palette index of each value: 0 for NaN. A value on a break belongs to the class above it. dst and
// values have the same length.
func (r *Ramp) Index(dst []uint8, values []float32) {
	if r.categories == nil {
		r.quantiser.index(dst, values)
		return
	}
	last, index := float32(math.NaN()), uint8(0)
	for i, v := range values {
		if v != last { // neighbours are mostly alike
			last, index = v, 0
			if at, ok := slices.BinarySearch(r.categories, v); ok {
				index = r.indices[at]
			}
		}
		dst[i] = index
	}
}

package probe

import (
	"errors"
	"math"
	"slices"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/layers"
	"isobar/sample"
)

// reading is a column at one time: one field, or two that it lies between.
type reading struct {
	layers.Pick
	after   layers.Pick // of between
	share   float32     // weight of after
	between bool
	quantum float64 // of a request that is told: how finely the values are, in the element's unit
}

// plan is a column resolved: what is read for it, and what is made of that.
type plan struct {
	column     Column
	unit       string
	conversion elements.Conversion
	same       bool // the conversion changes nothing
	direction  bool // degrees around a circle
	readings   []reading
	gaps       []Gap
}

// resolveAll resolves all columns. It is an error if none of them has a value.
func resolveAll(r Request, now time.Time) ([]plan, error) {
	if len(r.Bearings) > 0 && len(r.Bearings) != len(r.At) {
		return nil, wrong("bearings", "%d are given for %d places", len(r.Bearings), len(r.At))
	}
	if n := len(r.Times.List); n > maxListed {
		return nil, &CostError{"times", Cost{Places: len(r.At), Columns: len(r.Columns), Times: n}, int64(n), maxListed}
	}
	times := slices.Compact(slices.Sorted(slices.Values(r.Times.List)))
	plans := make([]plan, len(r.Columns))
	any := false
	var first error
	for i, c := range r.Columns {
		p, err := planOf(c, len(r.Bearings) > 0, r.Space)
		if err != nil {
			return nil, err
		}
		if err = p.resolve(r, times, now); err != nil {
			var none *layers.DimensionError
			if !errors.As(err, &none) || none.Dimension != "time" {
				return nil, err
			}
			if first == nil {
				first = err
			}
		}
		for j := range p.readings {
			p.readings[j].spaced(r.Space, p.column.Layer)
		}
		any = any || len(p.readings) > 0
		plans[i] = p
	}
	if !any && len(plans) > 0 {
		return nil, first
	}
	return plans, nil
}

// planOf checks a column by itself.
func planOf(c Column, bearings bool, space Space) (p plan, err error) {
	if c.Layer == nil {
		return p, wrong("columns", "a column without a layer")
	}
	el := c.Layer.Element
	p = plan{column: c, unit: el.Unit, conversion: elements.Conversion{Scale: 1}, same: true, direction: isDirection(el)}
	if p.column.Relative = c.Relative && p.direction; p.column.Relative && !bearings {
		return p, wrong("bearings", "none are given that %s could be relative to", c.Layer.Name)
	}
	if c.Unit != "" && c.Unit != el.Unit {
		unit := c.Unit
		conversion, ok := elements.Convert(el.Unit, unit)
		if !ok {
			unit = elements.ReadUnit(c.Unit)
			conversion, ok = elements.Convert(el.Unit, unit)
		}
		if !ok {
			return p, wrong("units", "%s in %q can't be given in %q", c.Layer.Name, el.Unit, c.Unit)
		}
		p.unit, p.conversion, p.same = unit, conversion, conversion == elements.Conversion{Scale: 1}
	}
	return p, nil
}

// isDirection tells that values go round a circle.
func isDirection(el elements.Element) bool { return el.Unit == "deg" }

// isCategory tells that values are codes, of which there is no mean.
func isCategory(el elements.Element) bool {
	return el.Interpolation == elements.Nearest && el.Unit == ""
}

// spaced makes a reading's fields sampled as asked for.
func (r *reading) spaced(space Space, l *layers.Layer) {
	if space == Usual {
		return
	}
	nearest := space == Nearest || isCategory(l.Element)
	r.Input.Nearest, r.after.Input.Nearest = nearest, nearest
}

// resolve finds the fields of the times asked for. Errors are *layers.DimensionError; of a column without any value "time"'s.
func (p *plan) resolve(r Request, times []field.Time, now time.Time) error {
	l := p.column.Layer
	s := layers.Selection{Run: r.Run, Level: p.column.Level, Member: p.column.Member}
	switch {
	case r.Times.Interval:
		choice := layers.TimeChoice{Start: math.MinInt64, End: math.MaxInt64}
		if r.Times.Start != nil {
			choice.Start = *r.Times.Start
		}
		if r.Times.End != nil {
			choice.End = *r.Times.End
		}
		s.Time, s.Interval = &choice, true
		picks, err := l.Series(s, now, math.MaxInt)
		if err != nil {
			return err
		}
		p.readings = make([]reading, len(picks))
		for i, pick := range picks {
			p.readings[i].Pick = pick
		}
		return nil
	case r.Times.Current, len(times) == 0:
		if r.Times.Current {
			s.Time = &layers.TimeChoice{Current: true}
		}
		pick, err := l.Pick(s, now)
		if err != nil {
			return err
		}
		p.readings = []reading{{Pick: pick}}
		return nil
	}
	return p.list(s, times, r.Linear, now)
}

// list finds the fields of listed times.
func (p *plan) list(s layers.Selection, times []field.Time, linear bool, now time.Time) (first error) {
	p.readings = make([]reading, 0, len(times))
	for _, t := range times {
		got, err := instant(p.column.Layer, s, t, linear, now)
		if err == nil {
			p.readings = append(p.readings, got)
			continue
		}
		var none *layers.DimensionError
		if !errors.As(err, &none) || none.Dimension != "time" {
			return err
		}
		if first == nil {
			first = err
		}
		why := "there is no field at this time"
		if linear {
			why = whyNotBetween(p.column.Layer, s, t)
		}
		p.gaps = append(p.gaps, Gap{Time: t, Why: why})
	}
	if len(p.readings) > 0 {
		return nil
	}
	return first
}

// instant finds the field of a time, or if allowed the two around it.
func instant(l *layers.Layer, s layers.Selection, t field.Time, linear bool, now time.Time) (reading, error) {
	s.Time = &layers.TimeChoice{Start: t, End: t}
	pick, err := l.Pick(s, now)
	if err == nil || !linear {
		return reading{Pick: pick}, err
	}
	before, after, ok := l.Around(s, t)
	if !ok || cannotBlend(l, before, after) != "" {
		return reading{}, err
	}
	share := float32(float64(t-before.Valid) / float64(after.Valid-before.Valid))
	before.Valid = t
	before.Pinned = s.Run != nil && before.Pinned && after.Pinned
	return reading{Pick: before, after: after, share: share, between: true}, nil
}

// cannotBlend says why there is nothing between two fields, or "".
func cannotBlend(l *layers.Layer, before, after layers.Pick) string {
	for _, pick := range []*layers.Pick{&before, &after} {
		for i := range pick.Input.Keys {
			if pick.Input.Keys[i].Span != 0 {
				return "sums, means and extremes over a span of time are not interpolated"
			}
		}
	}
	if isCategory(l.Element) {
		return "categories are not interpolated"
	}
	if before.Input.Grid.ID() != after.Input.Grid.ID() {
		return "the fields before and after lie on different grids"
	}
	return ""
}

// whyNotBetween says why there is no value at a time although it may be interpolated.
func whyNotBetween(l *layers.Layer, s layers.Selection, t field.Time) string {
	before, after, ok := l.Around(s, t)
	if !ok {
		return "no run has fields before and after this time"
	}
	return cannotBlend(l, before, after)
}

// inputs are what is sampled for a reading: the field, or the stored ones around it, those before first.
func (r *reading) inputs() []sample.Input {
	if !r.between {
		return []sample.Input{r.Input}
	}
	var ins []sample.Input
	for _, in := range []sample.Input{r.Input, r.after.Input} {
		for i := range in.Keys {
			one := in
			one.Keys, one.Expr = in.Keys[i:i+1:i+1], nil
			ins = append(ins, one)
		}
	}
	return ins
}

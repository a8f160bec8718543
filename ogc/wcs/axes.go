package wcs

import (
	"math"
	"slices"
	"strconv"

	"isobar/coverage"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// subsets reads SUBSET. An axis may be named once (OGC 09-110r4, requirement 31).
func (a *asked) subsets(q *request) error {
	list, err := parseSubsets(q.Query["subset"])
	if err != nil {
		return err
	}
	for _, s := range list {
		kind, ok := axisOf(s.axis)
		if !ok || !a.has(kind) {
			return notThere(invalidAxisLabel, s.axis, "coverage %s has no axis %q", a.id, ogc.Clip(s.axis))
		}
		if other, twice := a.axes[kind]; twice {
			return notThere(invalidAxisLabel, s.axis, "the axis %q is named twice, as %q before", ogc.Clip(s.axis), ogc.Clip(other))
		}
		a.axes[kind] = s.axis
		if err := a.subset(q, kind, s); err != nil {
			return err
		}
	}
	return nil
}

// has tells that a coverage has an axis, or takes subsets of one.
func (a *asked) has(kind axis) bool {
	some := func(f func(l *layers.Layer) bool) bool { return slices.ContainsFunc(a.layers, f) }
	switch kind {
	case axisElevation:
		return some(func(l *layers.Layer) bool {
			_, ok := ogc.LevelUnit(l)
			return ok
		})
	case axisMember:
		return some(func(l *layers.Layer) bool { return len(l.Members) > 1 })
	}
	return true
}

// subset applies one subset.
func (a *asked) subset(q *request, kind axis, s subset) error {
	switch kind {
	case axisTime:
		return a.times(q, s)
	case axisRun:
		if !s.slice {
			return notThere(invalidSubsetting, s.axis, "%s takes one run, as a slice", s.axis)
		}
		run, err := ogc.ParseTime(s.low, q.now)
		if err != nil {
			return notThere(invalidSubsetting, s.axis, "%s %q %v", s.axis, ogc.Clip(s.low), err)
		}
		a.Run = &run.Start
		return nil
	}
	in, err := interval(s)
	if err != nil {
		return err
	}
	switch kind {
	case axisElevation:
		a.Level = &in
	case axisMember:
		a.Member = &in
	default:
		return a.spatial(kind, s, in)
	}
	return nil
}

// spatial cuts x or y.
func (a *asked) spatial(kind axis, s subset, in coverage.Interval) error {
	if s.crs != "" {
		ref, err := geo.Lookup(simple(s.crs))
		if err != nil || a.Cut.In != nil && a.Cut.In.Code != ref.Code {
			return notThere(subsettingCRSNotSupported, ogc.Clip(s.crs), "subset in %q: that system is not offered, or differs from that of another subset", ogc.Clip(s.crs))
		}
		a.Cut.In = &ref
	}
	if kind == axisX {
		a.Cut.X = in
	} else {
		a.Cut.Y = in
	}
	return nil
}

// times cuts or slices time.
func (a *asked) times(q *request, s subset) error {
	choice := always
	for _, end := range []struct {
		text string
		last bool
	}{{s.low, false}, {s.high, true}} {
		if end.text == "" {
			continue
		}
		t, err := ogc.ParseTime(end.text, q.now)
		if err != nil {
			return notThere(invalidSubsetting, s.axis, "%s %q %v", s.axis, ogc.Clip(end.text), err)
		}
		switch {
		case s.slice:
			choice = t
		case end.last:
			choice.End = t.End
		default:
			choice.Start = t.Start
		}
	}
	if choice.End < choice.Start {
		return notThere(invalidSubsetting, s.axis, "%s ends before it begins", s.axis)
	}
	a.Time, a.SliceTime = &choice, s.slice
	if s.slice {
		a.narrow()
	}
	return nil
}

// narrow makes one time of a day, a month or an interval that slices: the first that there is within.
func (a *asked) narrow() {
	if a.Time == nil || a.Time.Current || a.Time.Start == a.Time.End {
		return
	}
	times := a.layers[0].Times
	if i, _ := slices.BinarySearch(times, a.Time.Start); i < len(times) && times[i] <= a.Time.End {
		a.Time = &layers.TimeChoice{Start: times[i], End: times[i]}
	}
}

// interval is a subset in numbers.
func interval(s subset) (in coverage.Interval, err error) {
	in = coverage.Interval{Low: math.Inf(-1), High: math.Inf(1), Slice: s.slice}
	for _, end := range []struct {
		text string
		to   *float64
	}{{s.low, &in.Low}, {s.high, &in.High}} {
		if end.text == "" {
			continue
		}
		v, err := strconv.ParseFloat(end.text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return in, notThere(invalidSubsetting, s.axis, "%s %q is no number", s.axis, ogc.Clip(end.text))
		}
		*end.to = v
	}
	if s.slice {
		in.High = in.Low
	}
	return in, nil
}

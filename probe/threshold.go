package probe

import (
	"context"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// ThresholdRequest asks when a condition is true at places. The expression's names are elements of Model, or whole names of layers.
type ThresholdRequest struct {
	Condition *Condition
	Model     string
	Columns   map[string]Column // by name: the level, member or unit that it means, or its layer if that has another name
	Run       *field.Time
	Times     Times
	At        []geo.LonLat
	Space     Space
	// Linear: where a comparison of values of an instant turns between two times, it turns when the difference of its sides, taken
	// as linear, is zero; else at the times that there are values at.
	Linear bool
}

// While is a time during which a condition is true, ends included.
type While struct{ Start, End field.Time }

// Truth is when a condition is true at a place. Where it is of sums over a span of time it is true during that span.
type Truth struct {
	Intervals []While       // ascending, none meets another
	Total     field.Seconds // of all intervals; one time alone that has no span is 0 long
	Known     int           // times at which the condition has a value here
	True      int           // times at which it is true
}

// Truths are those of all places, and the times that were looked at: those that all columns have.
type Truths struct {
	Times  []field.Time
	Places []Truth
	Pinned bool
}

// Threshold tells when a condition is true at places. Errors are those of Probe and of Condition.Columns.
func (e *Engine) Threshold(ctx context.Context, c *layers.Catalogue, now time.Time, r ThresholdRequest) (Truths, error) {
	if r.Condition == nil {
		return Truths{}, wrong("expression", "none is given")
	}
	columns, err := r.Condition.Columns(c, r.Model, r.Columns)
	if err != nil {
		return Truths{}, err
	}
	got, err := e.Probe(ctx, c, now, Request{Columns: columns, Run: r.Run, Times: r.Times, At: r.At, Space: r.Space})
	if err != nil {
		return Truths{}, err
	}
	t := r.Condition.Over(got, r.Linear)
	t.Pinned = got.Pinned
	return t, nil
}

// Over tells when the condition is true, given the values of its names' columns, in their order: see Names.
func (c *Condition) Over(values Result, linear bool) Truths {
	steps, times := common(values.Series)
	t := Truths{Times: times, Places: make([]Truth, values.Places)}
	n := values.Places
	linear = linear && c.left != nil
	instants := true
	var memory [3][]float32 // whether it is true, now; the difference of the sides, before and now
	for i := range memory {
		memory[i] = make([]float32, n)
	}
	is, before, now := memory[0], memory[1], memory[2]
	side := make([]float32, n)
	open := make([]bool, n)
	for k, step := range steps {
		in := make([][]float32, len(values.Series))
		span := field.Seconds(0)
		for i := range in {
			in[i] = values.Series[i].At(step[i], n)
			span = max(span, values.Series[i].Spans[step[i]])
		}
		c.expr.Eval(is, in)
		instants = instants && span == 0
		if linear && instants {
			before, now = now, before
			c.difference(now, side, in)
		}
		for p := range n {
			known := is[p] == is[p]
			holds := known && is[p] != 0
			place := &t.Places[p]
			var cross *field.Time
			if linear && instants && k > 0 && holds != open[p] {
				cross = crossing(times[k-1], times[k], before[p], now[p])
			}
			if known {
				place.Known++
			}
			if holds {
				place.True++
			}
			place.step(open[p], holds, times, k, span, cross)
			open[p] = holds
		}
	}
	for p := range t.Places {
		for _, w := range t.Places[p].Intervals {
			t.Places[p].Total += field.Seconds(w.End - w.Start)
		}
	}
	return t
}

// difference is that of a comparison's sides. A side may be a number.
func (c *Condition) difference(dst, side []float32, in [][]float32) {
	evaluate(dst, c.left, c.Names(), in)
	evaluate(side, c.right, c.Names(), in)
	for i := range dst {
		dst[i] -= side[i]
	}
}

// evaluate computes an expression whose inputs are some of those that have names.
func evaluate(dst []float32, e *elements.Expression, names []string, in [][]float32) {
	own := make([][]float32, 0, len(e.Inputs()))
	for _, name := range e.Inputs() {
		for i := range names {
			if names[i] == name {
				own = append(own, in[i])
			}
		}
	}
	e.Eval(dst, own)
}

// step goes on to the next time. cross is when the condition turned since the last, if that is known.
func (t *Truth) step(was, is bool, times []field.Time, k int, span field.Seconds, cross *field.Time) {
	last := len(t.Intervals) - 1
	switch {
	case is && was:
		t.Intervals[last].End = times[k]
	case is:
		start := times[k] - field.Time(span)
		if cross != nil {
			start = *cross
		}
		if last >= 0 && start <= t.Intervals[last].End && span > 0 { // spans that overlap
			t.Intervals[last].End = times[k]
			return
		}
		t.Intervals = append(t.Intervals, While{start, times[k]})
	case was && cross != nil:
		t.Intervals[last].End = *cross
	}
}

// crossing is when a difference that is linear between two times is zero; nil if it is not between.
func crossing(t0, t1 field.Time, before, now float32) *field.Time {
	share := float64(before) / (float64(before) - float64(now))
	if !(share >= 0 && share <= 1) {
		return nil
	}
	at := t0 + field.Time(share*float64(t1-t0)+0.5)
	return &at
}

// common are the times that all series have, and where each has them.
func common(series []Series) (steps [][]int, times []field.Time) {
	if len(series) == 0 {
		return nil, nil
	}
	at := make([]int, len(series))
next:
	for i, t := range series[0].Times {
		at[0] = i
		for k := 1; k < len(series); k++ {
			for at[k] < len(series[k].Times) && series[k].Times[at[k]] < t {
				at[k]++
			}
			if at[k] == len(series[k].Times) || series[k].Times[at[k]] != t {
				continue next
			}
		}
		steps = append(steps, append([]int(nil), at...))
		times = append(times, t)
	}
	return steps, times
}

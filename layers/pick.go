package layers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/sample"
)

// runPart is a layer's fields of one run.
type runPart struct {
	run  field.Time
	grid grid.Grid
	*part
}

// row is the fields that differ by time alone: of one level and member, in one run or in all.
type row struct {
	parts  []runPart // ascending by run
	level  field.Level
	member int
	named  bool // run, level and member are what the request said, or there is no choice
}

// DefaultTime is the time of a map that names none: the one nearest to now where now lies within the layer's times,
// else the first of the newest run.
func (l *Layer) DefaultTime(now time.Time) field.Time {
	n := len(l.Times)
	if n == 0 {
		return 0
	}
	t := field.At(now)
	if t < l.Times[0] || t > l.Times[n-1] {
		if last := len(l.parts) - 1; last >= 0 {
			return l.parts[last].valids[0]
		}
		return l.Times[0]
	}
	i, found := slices.BinarySearch(l.Times, t)
	if found {
		return t
	}
	return nearer(l.Times[i-1], l.Times[i], t)
}

// nearer is which of two times lies nearer to a third between them; the earlier one if both do.
func nearer(before, after, t field.Time) field.Time {
	if after-t < t-before {
		return after
	}
	return before
}

// Pick resolves a selection to one field; errors are *DimensionError. An interval gives the first time within it. An instant
// must be one of the layer's times (WMS 1.3.0 C.4.2: no nearest value is announced), a run one of its runs, a level and a member
// theirs; of those that a layer does not have at all, what is asked for is ignored, as it is meant for other layers of the map.
func (l *Layer) Pick(s Selection, now time.Time) (Pick, error) {
	r, err := l.row(s)
	if err != nil {
		return Pick{}, err
	}
	t, ok := l.time(r, s.Time, now)
	if !ok {
		return Pick{}, l.none("time", timeText(s.Time))
	}
	p, ok := r.pick(t)
	if !ok {
		return Pick{}, l.none("time", timeText(s.Time))
	}
	p.Pinned = r.named && s.Run != nil && s.Time != nil && !s.Time.Current && s.Time.Start == s.Time.End
	return p, nil
}

// Series resolves a selection to all times within its interval (all times if none is given), ascending. More than limit are an
// error that wraps ErrTooMany; other errors are *DimensionError.
func (l *Layer) Series(s Selection, now time.Time, limit int) ([]Pick, error) {
	r, err := l.row(s)
	if err != nil {
		return nil, err
	}
	first, last := field.Time(math.MinInt64), field.Time(math.MaxInt64)
	switch {
	case s.Time == nil:
	case s.Time.Current:
		p, err := l.Pick(s, now)
		if err != nil {
			return nil, err
		}
		return []Pick{p}, nil
	default:
		first, last = s.Time.Start, s.Time.End
	}
	var picks []Pick
	for t, ok := r.next(first); ok && t <= last; t, ok = r.next(t + 1) {
		if len(picks) >= limit {
			return nil, fmt.Errorf("%w: layer %s has more than %d there", ErrTooMany, l.Name, limit)
		}
		if p, ok := r.pick(t); ok {
			picks = append(picks, p)
		}
		if t == last {
			break
		}
	}
	if len(picks) == 0 {
		return nil, l.none("time", timeText(s.Time))
	}
	return picks, nil
}

// Around finds the last field before a time and the first after it, both of the freshest run that has fields on both sides of it;
// times that are chosen do not count. ok is false where there is no such run.
func (l *Layer) Around(s Selection, t field.Time) (before, after Pick, ok bool) {
	r, err := l.row(s)
	if err != nil {
		return before, after, false
	}
	parts := r.parts
	for n := len(parts) - 1; n >= 0; n-- {
		earlier, has := parts[n].last(r.level, r.member, t-1)
		later, also := parts[n].next(r.level, r.member, t+1)
		if !has || !also {
			continue
		}
		r.parts = parts[n : n+1]
		before, _ = r.pick(earlier)
		after, _ = r.pick(later)
		before.Pinned = r.named && s.Run != nil
		after.Pinned = before.Pinned
		return before, after, true
	}
	return before, after, false
}

// Nearest finds the field whose time is nearest to one that lies between the first and the last of the selection's; times that are
// chosen do not count. ok is false outside.
func (l *Layer) Nearest(s Selection, t field.Time) (p Pick, ok bool) {
	r, err := l.row(s)
	if err != nil {
		return p, false
	}
	before, begun := r.last(t)
	after, goesOn := r.next(t)
	if !begun || !goesOn {
		return p, false
	}
	return r.pick(nearer(before, after, t))
}

// row resolves run, level and member.
func (l *Layer) row(s Selection) (r row, err error) {
	r = row{parts: l.parts, level: l.DefaultLevel(), named: true}
	if s.Run != nil {
		i, ok := slices.BinarySearchFunc(l.parts, *s.Run, func(p runPart, t field.Time) int { return int(min(max(p.run-t, -1), 1)) })
		if !ok {
			return r, l.none("reference_time", s.Run.String())
		}
		r.parts = l.parts[i : i+1]
	}
	switch {
	case s.Level != nil && l.leveled():
		var ok bool
		if r.level, ok = l.level(*s.Level); !ok {
			return r, l.none("elevation", strconv.FormatFloat(*s.Level, 'f', -1, 64))
		}
	case len(l.Levels) > 1:
		r.named = false
	}
	if len(l.Members) > 0 {
		r.member = l.Members[0]
	}
	switch {
	case s.Member != nil && len(l.Members) > 1:
		if r.member = *s.Member; !slices.Contains(l.Members, r.member) {
			return r, l.none("member", strconv.Itoa(r.member))
		}
	case len(l.Members) > 1:
		r.named = false
	}
	return r, nil
}

// time resolves a time among those of a row.
func (l *Layer) time(r row, choice *TimeChoice, now time.Time) (field.Time, bool) {
	switch {
	case choice == nil:
		if len(r.parts) == len(l.parts) {
			t := l.DefaultTime(now)
			if _, _, ok := r.at(t); ok {
				return t, true
			}
		}
		return r.usual(field.At(now))
	case choice.Current:
		return r.nearest(field.At(now))
	}
	t, ok := r.next(choice.Start)
	return t, ok && t <= choice.End
}

// usual is DefaultTime among the times of a row.
func (r row) usual(now field.Time) (field.Time, bool) {
	_, begun := r.last(now)
	_, goesOn := r.next(now)
	if begun && goesOn {
		return r.nearest(now)
	}
	for i := len(r.parts) - 1; i >= 0; i-- {
		if t, ok := r.parts[i].next(r.level, r.member, math.MinInt64); ok {
			return t, true
		}
	}
	return 0, false
}

// nearest is the time nearest to one.
func (r row) nearest(t field.Time) (field.Time, bool) {
	before, ok := r.last(t)
	after, also := r.next(t)
	switch {
	case ok && also:
		return nearer(before, after, t), true
	case ok:
		return before, true
	}
	return after, also
}

// next is the first time at or after one, of any run.
func (r row) next(t field.Time) (found field.Time, ok bool) {
	for _, p := range r.parts {
		if v, has := p.next(r.level, r.member, t); has && (!ok || v < found) {
			found, ok = v, true
		}
	}
	return found, ok
}

// last is the last time at or before one, of any run.
func (r row) last(t field.Time) (found field.Time, ok bool) {
	for _, p := range r.parts {
		if v, has := p.last(r.level, r.member, t); has && (!ok || v > found) {
			found, ok = v, true
		}
	}
	return found, ok
}

// at finds the field of a time in the freshest run that has it.
func (r row) at(t field.Time) (p runPart, i int, ok bool) {
	for n := len(r.parts) - 1; n >= 0; n-- {
		p = r.parts[n]
		if i, ok = p.at(r.level, r.member, t); ok {
			return p, i, true
		}
	}
	return p, 0, false
}

// pick describes the field of a time. It takes no memory.
func (r row) pick(t field.Time) (Pick, bool) {
	p, i, ok := r.at(t)
	if !ok {
		return Pick{}, false
	}
	from, to, expr := i*p.stride, (i+1)*p.stride, p.expr
	span := p.keys[from].Span
	if p.recipes != nil {
		made := &p.recipes[i]
		to, expr, span = from+made.terms, made.expr, made.span
	}
	keys := p.keys[from:to:to]
	return Pick{
		Input: sample.Input{Grid: p.grid, MaxLevel: p.maxLevel, Keys: keys, Nearest: p.nearest, Circular: p.circular, Expr: expr},
		Run:   p.run, Valid: t, Span: span, Level: keys[0].Level, Member: r.member,
	}, true
}

// none is the error of a value that the layer does not have.
func (l *Layer) none(dimension, value string) error {
	return &DimensionError{Dimension: dimension, Layer: l.Name, Value: value}
}

// timeText writes a choice of time.
func timeText(c *TimeChoice) string {
	switch {
	case c == nil:
		return ""
	case c.Current:
		return "current"
	case c.Start == c.End:
		return c.Start.String()
	}
	return c.Start.String() + "/" + c.End.String()
}

package api

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"isobar/field"
	"isobar/ogc"
	"isobar/probe"
)

// MaxList bounds the values that a list or a repeating interval names.
const MaxList = 1000

// ReadTimes reads datetime: an instant; start/end, of which either may be open (".." or nothing); a list with commas; a repeating
// interval Rn/start/period, which is n times; or "now" (OGC API EDR 1.2, /req/core/rc-time-response). Nothing is all times.
func ReadTimes(text string, now time.Time) (t probe.Times, err error) {
	switch {
	case text == "" || text == "..":
		return probe.Times{Interval: true}, nil
	case strings.HasPrefix(text, "R") || strings.HasPrefix(text, "r"):
		return repeated(text, now)
	}
	items := strings.Split(text, ",")
	if len(items) > MaxList {
		return t, ogc.Invalid("datetime", "datetime has %d values, more than %d", len(items), MaxList)
	}
	if len(items) > 1 {
		for _, item := range items {
			at, err := instant(item, now)
			if err != nil {
				return t, err
			}
			t.List = append(t.List, at)
		}
		return t, nil
	}
	first, last, interval := strings.Cut(text, "/")
	if !interval {
		return span(text, now)
	}
	last, period, stepped := strings.Cut(last, "/")
	t.Interval = true
	if t.Start, err = end(first, now, false); err != nil {
		return t, err
	}
	if t.End, err = end(last, now, true); err != nil {
		return t, err
	}
	if t.Start != nil && t.End != nil && *t.End < *t.Start {
		return t, ogc.Invalid("datetime", "datetime %q ends before it begins", ogc.Clip(text))
	}
	if stepped {
		return steps(t, period, text)
	}
	return t, nil
}

// span is one value: an instant, or a day, month or year, which is all times within it.
func span(text string, now time.Time) (t probe.Times, err error) {
	choice, err := ogc.ParseTime(text, now)
	if err != nil {
		return t, ogc.Invalid("datetime", "datetime %q %v", ogc.Clip(text), err)
	}
	switch {
	case choice.Current:
		t.Current = true
	case choice.Start == choice.End:
		t.List = []field.Time{choice.Start}
	default:
		t.Interval, t.Start, t.End = true, &choice.Start, &choice.End
	}
	return t, nil
}

// instant is one time of a list.
func instant(text string, now time.Time) (field.Time, error) {
	choice, err := ogc.ParseTime(text, now)
	if err != nil || choice.Start != choice.End || strings.Contains(text, "/") {
		return 0, ogc.Invalid("datetime", "datetime: %q is no instant, as those of a list are", ogc.Clip(text))
	}
	return choice.Start, nil
}

// end is an end of an interval; nil: it is open.
func end(text string, now time.Time, last bool) (*field.Time, error) {
	if text = strings.TrimSpace(text); text == "" || text == ".." {
		return nil, nil
	}
	choice, err := ogc.ParseTime(text, now)
	if err != nil {
		return nil, ogc.Invalid("datetime", "datetime: %q %v", ogc.Clip(text), err)
	}
	if last {
		return &choice.End, nil
	}
	return &choice.Start, nil
}

// repeated is a repeating interval.
func repeated(text string, now time.Time) (t probe.Times, err error) {
	count, rest, ok := strings.Cut(text[1:], "/")
	start, period, also := strings.Cut(rest, "/")
	n, bad := strconv.Atoi(count)
	if !ok || !also || bad != nil || n < 1 || n > MaxList {
		return t, ogc.Invalid("datetime", "datetime %q is not of the form Rn/start/period with n of 1 to %d", ogc.Clip(text), MaxList)
	}
	first, err := instant(start, now)
	if err != nil {
		return t, err
	}
	step, err := duration(period)
	if err != nil {
		return t, err
	}
	for i := range n {
		t.List = append(t.List, step.after(first, i))
	}
	return t, nil
}

// steps is start/end/period as the times that it names.
func steps(t probe.Times, period, text string) (probe.Times, error) {
	step, err := duration(period)
	if err != nil {
		return t, err
	}
	if t.Start == nil || t.End == nil {
		return t, ogc.Invalid("datetime", "datetime %q has a period and an open end", ogc.Clip(text))
	}
	list := probe.Times{}
	for i := 0; step.after(*t.Start, i) <= *t.End; i++ {
		if i == MaxList {
			return t, ogc.Invalid("datetime", "datetime %q has more than %d values", ogc.Clip(text), MaxList)
		}
		list.List = append(list.List, step.after(*t.Start, i))
	}
	return list, nil
}

// period is a length of time of the calendar (ISO 8601 duration).
type period struct {
	months  int
	seconds field.Time
}

func (p period) after(t field.Time, times int) field.Time {
	if p.months == 0 {
		return t + p.seconds*field.Time(times)
	}
	return field.At(t.UTC().AddDate(0, p.months*times, 0)) + p.seconds*field.Time(times)
}

var durationForm = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$`)

// duration reads a period above nothing.
func duration(text string) (p period, err error) {
	m := durationForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(text)))
	if m == nil {
		return p, ogc.Invalid("datetime", "datetime: %q is no period as PT3H is one", ogc.Clip(text))
	}
	var n [8]int
	for i := 1; i < len(m); i++ {
		n[i], _ = strconv.Atoi(m[i]) // digits, or nothing
	}
	p.months = 12*n[1] + n[2]
	p.seconds = field.Time(((n[3]*7+n[4])*24+n[5])*3600 + n[6]*60 + n[7])
	if p.months == 0 && p.seconds == 0 {
		return p, ogc.Invalid("datetime", "datetime: the period %q is nothing", ogc.Clip(text))
	}
	return p, nil
}

// Numbers are the values of an axis that are wanted: a list, or all of an interval. Nil: all.
type Numbers struct {
	List      []float64
	Repeated  bool // the list is of a repeating interval: what there is of it is wanted
	Low, High float64
}

// ReadNumbers reads values of an axis: one, min/max with open ends (".."), a list with commas, or Rn/min/step, which is n values (OGC
// API EDR 1.2, /req/edr/z-response). Nothing, and "*", are all: nil.
func ReadNumbers(parameter, text string) (*Numbers, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "*" || text == ".." {
		return nil, nil
	}
	wrong := func() error {
		return ogc.Invalid(parameter, "%s %q is none of a number, a list of them, min/max and Rn/min/step", parameter, ogc.Clip(text))
	}
	if rest, ok := strings.CutPrefix(strings.ToUpper(text), "R"); ok {
		parts := strings.Split(rest, "/")
		if len(parts) != 3 {
			return nil, wrong()
		}
		n, bad := strconv.Atoi(parts[0])
		first, bad1 := finite(parts[1])
		step, bad2 := finite(parts[2])
		if bad != nil || bad1 || bad2 || n < 1 || n > MaxList {
			return nil, wrong()
		}
		all := &Numbers{Repeated: true}
		for i := range n {
			all.List = append(all.List, first+float64(i)*step)
		}
		return all, nil
	}
	if low, high, ok := strings.Cut(text, "/"); ok {
		in := &Numbers{Low: math.Inf(-1), High: math.Inf(1)}
		for _, e := range []struct {
			text string
			to   *float64
		}{{low, &in.Low}, {high, &in.High}} {
			if e.text = strings.TrimSpace(e.text); e.text == "" || e.text == ".." {
				continue
			}
			v, bad := finite(e.text)
			if bad {
				return nil, wrong()
			}
			*e.to = v
		}
		if in.Low > in.High { // of pressures the lower one may be meant, or the greater
			in.Low, in.High = in.High, in.Low
		}
		return in, nil
	}
	items := strings.Split(text, ",")
	if len(items) > MaxList {
		return nil, ogc.Invalid(parameter, "%s has %d values, more than %d", parameter, len(items), MaxList)
	}
	all := &Numbers{}
	for _, item := range items {
		v, bad := finite(item)
		if bad {
			return nil, wrong()
		}
		all.List = append(all.List, v)
	}
	return all, nil
}

// finite reads a number.
func finite(text string) (v float64, bad bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return v, err != nil || math.IsNaN(v) || math.IsInf(v, 0)
}

// sameNumber is how far apart, relative to their size, numbers may lie that went through text in different programs.
const sameNumber = 1e-6

// Has tells that a value is wanted; nil has all.
func (n *Numbers) Has(v float64) bool {
	if n == nil {
		return true
	}
	slack := sameNumber * max(math.Abs(v), 1e-9)
	if n.List != nil {
		return slices.ContainsFunc(n.List, func(w float64) bool { return math.Abs(w-v) <= slack })
	}
	return v >= n.Low-slack && v <= n.High+slack
}

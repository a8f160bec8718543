package cql2

import (
	"time"

	"isobar/feature"
	"isobar/field"
)

// instant is a point in time, or a day, which is as long as it is.
type instant struct {
	feature.Interval
	day bool
}

// moment reads a date or a timestamp (RFC 3339).
func moment(day bool, text string) instant {
	if day {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			refuse("DATE('%s') is no day of the form 2026-11-24", clip(text))
		}
		from := field.At(t)
		return instant{feature.Interval{Start: from, End: from + 86399}, true}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		refuse("TIMESTAMP('%s') is no time of the form 2026-11-24T06:00:00Z", clip(text))
	}
	return instant{feature.Interval{Start: field.At(t), End: field.At(t)}, false}
}

// timeOf reads a text as either, for properties and interval's ends.
func timeOf(text string) (feature.Interval, bool) {
	if len(text) > 40 {
		return feature.Interval{}, false
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return feature.Interval{Start: field.At(t), End: field.At(t)}, true
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return feature.Interval{Start: field.At(t), End: field.At(t) + 86399}, true
	}
	return feature.Interval{}, false
}

// relations are the temporal operators (OGC 21-065r2 table 9): a against b, in closed seconds.
var relations = map[string]func(a, b feature.Interval) bool{
	"t_after":        func(a, b feature.Interval) bool { return a.Start > b.End },
	"t_before":       func(a, b feature.Interval) bool { return a.End < b.Start },
	"t_disjoint":     func(a, b feature.Interval) bool { return a.Start > b.End || a.End < b.Start },
	"t_intersects":   func(a, b feature.Interval) bool { return a.Start <= b.End && a.End >= b.Start },
	"t_equals":       func(a, b feature.Interval) bool { return a == b },
	"t_contains":     func(a, b feature.Interval) bool { return a.Start < b.Start && a.End > b.End },
	"t_during":       func(a, b feature.Interval) bool { return a.Start > b.Start && a.End < b.End },
	"t_finishedby":   func(a, b feature.Interval) bool { return a.Start < b.Start && a.End == b.End },
	"t_finishes":     func(a, b feature.Interval) bool { return a.Start > b.Start && a.End == b.End },
	"t_meets":        func(a, b feature.Interval) bool { return a.End == b.Start },
	"t_metby":        func(a, b feature.Interval) bool { return a.Start == b.End },
	"t_overlappedby": func(a, b feature.Interval) bool { return a.Start > b.Start && a.Start < b.End && a.End > b.End },
	"t_overlaps":     func(a, b feature.Interval) bool { return a.Start < b.Start && a.End > b.Start && a.End < b.End },
	"t_startedby":    func(a, b feature.Interval) bool { return a.Start == b.Start && a.End > b.End },
	"t_starts":       func(a, b feature.Interval) bool { return a.Start == b.Start && a.End < b.End },
}

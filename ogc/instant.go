package ogc

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"isobar/field"
	"isobar/layers"
)

// errTime is a text that is no time.
var errTime = errors.New("is no time of the form 2026-11-24T06:00:00Z")

// maxTimeText bounds the length of one time or interval.
const maxTimeText = 128

// moments are the ways to write an instant; fractions of a second are read with any of those that have seconds. Without a zone
// it is UTC.
var moments = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02T15Z07:00", "2006-01-02T15", "20060102T150405Z07:00", "20060102T150405", "20060102T1504Z07:00", "20060102T1504",
}

// spans are the ways to write a day, a month or a year, and how long each is in years, months and days.
var spans = []struct {
	layout              string
	years, months, days int
}{
	{"2006-01-02", 0, 0, 1}, {"20060102", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0},
}

// period matches the resolution of an interval (ISO 8601 duration).
var period = regexp.MustCompile(`^P(\d+(\.\d+)?[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$`)

// ParseTime reads the value of a time dimension (WMS 1.3.0 D.2): an instant, with or without seconds, fractions and zone; a
// day, month or year, which is the interval it covers; start/end or start/end/period; "current", which may end an interval,
// too. Of a list the first counts: one map shows one time. Fractions of a second are dropped.
func ParseTime(text string, now time.Time) (layers.TimeChoice, error) {
	text, _, _ = strings.Cut(text, ",")
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) > maxTimeText {
		return layers.TimeChoice{}, errTime
	}
	parts := strings.Split(text, "/")
	if len(parts) == 3 && period.MatchString(parts[2]) && len(parts[2]) > 1 {
		parts = parts[:2]
	}
	switch len(parts) {
	case 1:
		return moment(parts[0], now)
	case 2:
		first, err := moment(parts[0], now)
		if err != nil {
			return first, err
		}
		last, err := moment(parts[1], now)
		if err != nil {
			return last, err
		}
		if last.End < first.Start {
			return first, fmt.Errorf("ends before it begins")
		}
		return layers.TimeChoice{Start: first.Start, End: last.End}, nil
	}
	return layers.TimeChoice{}, errTime
}

// IsInterval tells that a time was written as an interval, from one instant to another.
func IsInterval(text string) bool {
	first, _, _ := strings.Cut(text, ",")
	return strings.Contains(first, "/")
}

// moment reads one time, in capitals.
func moment(text string, now time.Time) (layers.TimeChoice, error) {
	text = strings.TrimSpace(text)
	switch text {
	case "CURRENT", "NOW", "PRESENT":
		return layers.TimeChoice{Start: field.At(now), End: field.At(now), Current: true}, nil
	}
	// A plus that was not encoded comes as a blank; else a blank stands between date and time.
	if day, rest, found := strings.Cut(text, "T"); found {
		text = day + "T" + strings.ReplaceAll(rest, " ", "+")
	} else {
		text = strings.Replace(text, " ", "T", 1)
	}
	for _, layout := range moments {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return layers.TimeChoice{Start: field.At(t), End: field.At(t)}, nil
		}
	}
	for _, s := range spans {
		if t, err := time.Parse(s.layout, strings.TrimSuffix(text, "Z")); err == nil && t.Year() > 0 {
			return layers.TimeChoice{Start: field.At(t), End: field.At(t.AddDate(s.years, s.months, s.days)) - 1}, nil
		}
	}
	return layers.TimeChoice{}, errTime
}

package grib

import (
	"fmt"
	"time"
)

// date is a time as headers spell it. A second of 60 is a leap second, and the next minute begins in its place.
func date(year, month, day, hour, minute, second int) (time.Time, error) {
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 60 || second > 60 {
		return time.Time{}, fmt.Errorf("%w: date %04d-%02d-%02d %02d:%02d:%02d", ErrInvalid, year, month, day, hour, minute, second)
	}
	return t, nil
}

// unit is a unit of time: months, or seconds.
type unit struct{ months, seconds int }

// minuteSeconds and the like are what units are multiples of.
const (
	minuteSeconds = 60
	hourSeconds   = 3600
	daySeconds    = 86400
)

// commonUnits are the units of code table 4.4 that edition 1's code table 4 has as well.
var commonUnits = map[int]unit{
	0: {seconds: minuteSeconds}, 1: {seconds: hourSeconds}, 2: {seconds: daySeconds}, 3: {months: 1}, 4: {months: 12}, 5: {months: 120},
	6: {months: 360}, 7: {months: 1200}, 10: {seconds: 3 * hourSeconds}, 11: {seconds: 6 * hourSeconds}, 12: {seconds: 12 * hourSeconds},
}

// maxMonths bounds a length of time: no forecast reaches ten thousand years.
const maxMonths = 120000

// unitOf finds a unit by its code and the file's edition.
func unitOf(code, edition int) (unit, error) {
	if u, ok := commonUnits[code]; ok {
		return u, nil
	}
	switch {
	case edition == 2 && code == 13, edition == 1 && code == 254:
		return unit{seconds: 1}, nil
	case edition == 1 && code == 13:
		return unit{seconds: 15 * minuteSeconds}, nil
	case edition == 1 && code == 14:
		return unit{seconds: 30 * minuteSeconds}, nil
	}
	return unit{}, fmt.Errorf("%w: unit of time %d", ErrUnsupported, code)
}

// after is t and n units.
func (u unit) after(t time.Time, n int) (time.Time, error) {
	if u.months != 0 {
		if n > maxMonths/u.months || n < -maxMonths/u.months {
			return t, fmt.Errorf("%w: step of %d x %d months", ErrInvalid, n, u.months)
		}
		return t.AddDate(0, n*u.months, 0), nil
	}
	seconds := int64(n) * int64(u.seconds)
	if limit := int64(maxMonths) * 31 * daySeconds; seconds > limit || seconds < -limit {
		return t, fmt.Errorf("%w: step of %d x %d s", ErrInvalid, n, u.seconds)
	}
	return time.Unix(t.Unix()+seconds, 0).UTC(), nil
}

// maxInterval bounds the length of an interval, which must fit a time.Duration.
const maxInterval = 290 * 365 * daySeconds * time.Second

// between is the length from a to b, 0 where b is not after a or centuries are.
func between(a, b time.Time) time.Duration {
	seconds := b.Unix() - a.Unix()
	if seconds <= 0 || seconds > int64(maxInterval/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

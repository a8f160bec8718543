package cf

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"isobar/field"
)

// units are those of a time coordinate: "hours since 1900-01-01 00:00:00".
type units struct {
	seconds float64 // of one
	from    int64   // seconds since 1970, of the reference
	noLeap  bool    // years have 365 days
}

// maxSeconds bounds times: 4000 years.
const maxSeconds = 1 << 37

// reference date of a unit; the time zone is hours and minutes east.
var since = regexp.MustCompile(
	`^([A-Za-z]+)\s+since\s+([+-]?\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d*)?)?)?)?\s*(?:Z|UTC|GMT|([+-])(\d{1,2}):?(\d{2})?)?$`)

// seconds of the units of time that have as many always.
var timeUnits = map[string]float64{
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600, "hrs": 3600,
	"hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "week": 604800, "weeks": 604800, "msec": 0.001, "milliseconds": 0.001,
}

// readUnits reads a unit of time and its calendar (CF 4.4).
func readUnits(text, calendar string) (*units, error) {
	const most = 200
	at := since.FindStringSubmatch(strings.TrimSpace(text[:min(len(text), most)]))
	if at == nil {
		return nil, fmt.Errorf("%w: units %.60q are none of time since a date", ErrTime, text)
	}
	u := &units{seconds: timeUnits[strings.ToLower(at[1])]}
	if u.seconds == 0 {
		return nil, fmt.Errorf("%w: the unit %.40q", ErrTime, at[1])
	}
	var v [6]int
	for i, digits := range at[2:8] {
		v[i], _ = strconv.Atoi(digits)
	}
	if v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 24 || v[4] > 59 || v[5] > 60 {
		return nil, fmt.Errorf("%w: the date in %.60q", ErrTime, text)
	}
	day := time.Date(v[0], time.Month(v[1]), v[2], 0, 0, 0, 0, time.UTC).Unix() / 86400
	switch strings.ToLower(calendar) {
	case "", "standard", "gregorian":
		if v[0] < 1582 || v[0] == 1582 && (v[1] < 10 || v[1] == 10 && v[2] < 15) {
			day = julian(v[0], v[1], v[2])
		}
	case "proleptic_gregorian":
	case "noleap", "365_day":
		u.noLeap = true
		day = int64(v[0]-1970)*365 + int64(dayOfYear(v[1], v[2]))
	default:
		return nil, fmt.Errorf("%w: the calendar %.40q", ErrTime, calendar)
	}
	u.from = day*86400 + int64(v[3])*3600 + int64(v[4])*60 + int64(v[5])
	if at[8] != "" {
		hours, _ := strconv.Atoi(at[9])
		minutes, _ := strconv.Atoi(at[10])
		zone := int64(hours*3600 + minutes*60)
		if at[8] == "-" {
			zone = -zone
		}
		u.from -= zone
	}
	return u, nil
}

// julian is the day since 1970 of a date of the Julian calendar, in which dates before 15 October 1582 are.
func julian(y, m, d int) int64 {
	a := (14 - m) / 12
	yy, mm := int64(y+4800-a), int64(m+12*a-3)
	const epoch = 2440588 // Julian day number of 1970-01-01
	return int64(d) + (153*mm+2)/5 + 365*yy + floorDiv(yy, 4) - 32083 - epoch
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// dayOfYear counts from 0, in a year of 365 days.
func dayOfYear(m, d int) int {
	return time.Date(1970, time.Month(m), min(d, 28), 0, 0, 0, 0, time.UTC).YearDay() - 1 + d - min(d, 28)
}

// time is a coordinate's.
func (u *units) time(x float64) (field.Time, error) {
	s := math.Round(x * u.seconds)
	if !(math.Abs(s) < maxSeconds) {
		return 0, fmt.Errorf("%w: %v is no time", ErrTime, x)
	}
	t := u.from + int64(s)
	if !u.noLeap {
		return field.Time(t), nil
	}
	day := floorDiv(t, 86400)
	year := floorDiv(day, 365)
	rest := int(day - year*365) // day of the year, leap days left out
	date := time.Date(1970, 1, 1+rest, 0, 0, 0, 0, time.UTC)
	date = time.Date(1970+int(year), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
	return field.Time(date.Unix() + t - day*86400), nil
}

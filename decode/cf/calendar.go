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
	seconds float64 // of one; 0: months, or written as dates
	months  float64 // that one is, where they are not all as long
	from    int64   // seconds since 1970, of the reference, in days of the calendar
	years   calendar
	written string // how dates are written, "%Y%m%d.%f"; "": as numbers since a date
}

// calendar is how days make months and years. Its days count from its own 1 January 1970.
type calendar int

const (
	gregorian  calendar = iota
	mixed               // Julian until 4 October 1582, then Gregorian
	julianOnly          // every fourth year is a leap year
	noLeap              // years have 365 days
	allLeap             // 366
	days360             // twelve months of 30 days
)

// calendars are by CF's names for them (4.4.1).
var calendars = map[string]calendar{
	"": mixed, "standard": mixed, "gregorian": mixed, "proleptic_gregorian": gregorian, "julian": julianOnly, "noleap": noLeap, "365_day": noLeap,
	"all_leap": allLeap, "366_day": allLeap, "360_day": days360,
}

// day is the number of a date's day.
func (c calendar) day(y, m, d int) int64 {
	switch c {
	case julianOnly:
		return julian(y, m, d) - julian(1970, 1, 1)
	case noLeap:
		return int64(y-1970)*365 + int64(dayOfYear(m, d))
	case allLeap:
		return int64(y-1970)*366 + int64(time.Date(1972, time.Month(m), d, 0, 0, 0, 0, time.UTC).YearDay()-1)
	case days360:
		return int64(y-1970)*360 + int64(m-1)*30 + int64(d-1)
	case mixed:
		if y < 1582 || y == 1582 && (m < 10 || m == 10 && d < 15) {
			return julian(y, m, d)
		}
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// date is that of a day's number. One that our calendar does not have, as 30 February, is the last of the month.
func (c calendar) date(day int64) (y, m, d int) {
	switch c {
	case julianOnly:
		return julianDate(day + julian(1970, 1, 1))
	case noLeap:
		year := floorDiv(day, 365)
		t := time.Date(1970, 1, 1+int(day-year*365), 0, 0, 0, 0, time.UTC)
		return 1970 + int(year), int(t.Month()), t.Day()
	case allLeap:
		year := floorDiv(day, 366)
		t := time.Date(1972, 1, 1+int(day-year*366), 0, 0, 0, 0, time.UTC)
		return 1970 + int(year), int(t.Month()), t.Day()
	case days360:
		year := floorDiv(day, 360)
		rest := int(day - year*360)
		return 1970 + int(year), rest/30 + 1, rest%30 + 1
	}
	t := time.Unix(day*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

// own tells that dates are ours: days need no turning.
func (c calendar) own() bool { return c == gregorian || c == mixed }

// maxSeconds bounds times: 4000 years.
const maxSeconds = 1 << 37

// reference date of a unit; the time zone is hours and minutes east.
var since = regexp.MustCompile(
	`^([A-Za-z]+)\s+since\s+([+-]?\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d*)?)?)?)?\s*(?:Z|UTC|GMT|([+-]?)(\d{1,2}):?(\d{2})?)?$`)

// seconds of the units of time that have as many always.
var timeUnits = map[string]float64{
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600, "hrs": 3600,
	"hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "week": 604800, "weeks": 604800, "msec": 0.001, "millisecond": 0.001, "milliseconds": 0.001,
	"microsecond": 1e-6, "microseconds": 1e-6, "nanoseconds": 1e-9, "ns": 1e-9, "us": 1e-6, "ms": 0.001,
}

// monthUnits are units of time that are not always as long, in months. UDUNITS has a year of 365.2425 days, which nobody means; files that
// count months or years mean those of the calendar.
var monthUnits = map[string]float64{
	"month": 1, "months": 1, "mon": 1, "year": 12, "years": 12, "yr": 12, "yrs": 12, "common_year": 12, "common_years": 12,
}

// dated are the ways in which CDO writes a coordinate as a date.
var dated = map[string]bool{"%Y%m%d.%f": true, "%Y%m.%f": true, "%Y.%f": true}

// readUnits reads a unit of time and its calendar (CF 4.4).
func readUnits(text, calendar string) (*units, error) {
	const most = 200
	years, ok := calendars[strings.ToLower(strings.TrimSpace(calendar))]
	if !ok {
		return nil, fmt.Errorf("%w: the calendar %.40q", ErrTime, calendar)
	}
	if _, format, ok := strings.Cut(text, " as "); ok && dated[strings.TrimSpace(format)] {
		return &units{years: years, written: strings.TrimSpace(format)}, nil
	}
	at := since.FindStringSubmatch(strings.TrimSpace(text[:min(len(text), most)]))
	if at == nil {
		return nil, fmt.Errorf("%w: units %.60q are none of time since a date", ErrTime, text)
	}
	unit := strings.ToLower(at[1])
	u := &units{seconds: timeUnits[unit], months: monthUnits[unit], years: years}
	if u.seconds == 0 && u.months == 0 {
		return nil, fmt.Errorf("%w: the unit %.40q", ErrTime, at[1])
	}
	var v [6]int
	for i, digits := range at[2:8] {
		v[i], _ = strconv.Atoi(digits)
	}
	if v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 24 || v[4] > 59 || v[5] > 60 {
		return nil, fmt.Errorf("%w: the date in %.60q", ErrTime, text)
	}
	day := years.day(v[0], v[1], v[2])
	u.from = day*86400 + int64(v[3])*3600 + int64(v[4])*60 + int64(v[5])
	if at[9] != "" {
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
	if u.written != "" {
		return u.dated(x)
	}
	s := math.Round(x * u.seconds)
	if !(math.Abs(s) < maxSeconds) || !(math.Abs(x*u.months) < maxMonths) {
		return 0, fmt.Errorf("%w: %v is no time", ErrTime, x)
	}
	t := u.from + int64(s)
	if u.seconds == 0 {
		t = u.later(x * u.months)
	}
	if u.years.own() {
		return field.Time(t), nil
	}
	day := floorDiv(t, 86400)
	y, m, d := u.years.date(day)
	if last := time.Date(y, time.Month(m+1), 0, 0, 0, 0, 0, time.UTC).Day(); d > last {
		d = last
	}
	return field.Time(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() + t - day*86400), nil
}

// maxMonths bounds times: 4000 years.
const maxMonths = 48000

// later is so many months after the reference, in seconds of the calendar; what is left of a month counts as a part of it.
func (u *units) later(months float64) int64 {
	day := floorDiv(u.from, 86400)
	y, m, d := u.years.date(day)
	after := func(n int) int64 {
		k := 12*y + m - 1 + n
		year, month := int(floorDiv(int64(k), 12)), int(((k%12)+12)%12)+1
		first := u.years.day(year, month, 1)
		next := u.years.day(year+month/12, month%12+1, 1)
		return min(first+int64(d)-1, next-1)
	}
	n := math.Floor(months)
	from := after(int(n))
	part := math.Round((months - n) * float64(after(int(n)+1)-from) * 86400)
	return from*86400 + int64(part) + u.from - day*86400
}

// dated reads a coordinate that is a date: 20240102.125 is 3 o'clock on 2 January.
func (u *units) dated(x float64) (field.Time, error) {
	const most = 1e8
	if !(x > 0 && x < most) {
		return 0, fmt.Errorf("%w: %v is no date", ErrTime, x)
	}
	whole, part := math.Modf(x)
	n, m, d := int(whole), 1, 1
	switch u.written {
	case "%Y%m%d.%f":
		n, m, d = n/10000, n/100%100, n%100
	case "%Y%m.%f":
		n, m, part = n/100, n%100, 0
	default:
		part = 0
	}
	if m < 1 || m > 12 || d < 1 || d > 31 || n > 9999 {
		return 0, fmt.Errorf("%w: %v is no date", ErrTime, x)
	}
	seconds := math.Round(part*1440) * 60 // the digits of a double are good for minutes
	return field.Time(time.Date(n, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() + int64(seconds)), nil
}

// julianDate is the date of the Julian calendar of a day since 1970 (the inverse of julian; Richards, Explanatory Supplement to the Astronomical
// Almanac, 15.11.3).
func julianDate(day int64) (y, m, d int) {
	f := day + 2440588 + 1401
	e := 4*f + 3
	g := floorDiv(e-1461*floorDiv(e, 1461), 4)
	h := 5*g + 2
	d = int(h%153/5) + 1
	m = int((h/153+2)%12) + 1
	return int(floorDiv(e, 1461)) - 4716 + (12+2-m)/12, m, d
}

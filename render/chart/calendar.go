package chart

import (
	"math"
	"time"
)

const hour, day = 3600.0, 86400.0

// clock are the steps of a time axis below a day, in seconds, and calendar those of days.
var (
	clock    = []float64{1, 5, 15, 30, 60, 300, 900, 1800, hour, 3 * hour, 6 * hour, 12 * hour}
	calendar = []float64{1, 2, 5, 10}
	months   = []int{1, 2, 3, 6, 12, 24, 60, 120, 600, 1200}
)

// times are the labels of a time axis. days, the second row, name the days where the first row tells hours.
func (s *scale) times(room func(string) float64) (ticks, days []tick) {
	if s.empty {
		return nil, nil
	}
	perPixel := (s.high - s.low) / math.Max(s.length(), 1)
	hours := room("00:00") * perPixel
	for _, step := range clock {
		if step >= hours {
			layout := "15:04"
			if step < 60 {
				layout = "15:04:05"
				if step < room("00:00:00")*perPixel {
					continue
				}
			}
			return s.every(step, layout), s.days(room)
		}
	}
	for _, n := range calendar {
		if n*day >= room("30 Sep")*perPixel {
			return s.every(n*day, "2 Jan"), s.years(room)
		}
	}
	for _, n := range months {
		if float64(n)*28*day >= room("Sep 2000")*perPixel {
			return s.monthly(n), nil
		}
	}
	return nil, nil
}

// utc is the time of so many seconds since 1970.
func utc(seconds float64) time.Time { return time.Unix(int64(math.Round(seconds)), 0).UTC() }

// every labels multiples of a step.
func (s *scale) every(step float64, layout string) (all []tick) {
	for t := math.Ceil(s.low/step-1e-9) * step; t <= s.high+1e-6 && len(all) < maxSide; t += step {
		all = append(all, tick{at: s.place(t), label: utc(t).Format(layout), strong: step < day && math.Mod(t, day) == 0})
	}
	return all
}

// monthly labels the first day of each n-th month.
func (s *scale) monthly(n int) (all []tick) {
	from := utc(s.low)
	year := from.Year()
	if n >= 12 {
		year -= year % (n / 12)
	}
	for m := 1; len(all) < maxSide; m += n {
		t := time.Date(year, time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		at := float64(t.Unix())
		if at > s.high {
			return all
		}
		if layout := "Jan 2006"; at >= s.low {
			if n >= 12 {
				layout = "2006"
			}
			all = append(all, tick{at: s.place(at), label: t.Format(layout), strong: t.Month() == 1})
		}
	}
	return all
}

// dayNames are how a day is named, the first with its year.
var dayNames = []string{"Mon 2 Jan 2006", "Mon 2 Jan", "2 Jan", "Mon"}

// days names each day in the middle of its part of the axis, as long as that has room; the year is told if there are few.
func (s *scale) days(room func(string) float64) (all []tick) {
	names := dayNames
	if s.high-s.low > 3*day {
		names = names[1:]
	}
	for from := math.Floor(s.low/day) * day; from < s.high && len(all) < maxSide; from += day {
		a, b := math.Max(from, s.low), math.Min(from+day, s.high)
		for _, layout := range names {
			if label := utc(from).Format(layout); math.Abs(s.place(b)-s.place(a)) >= room(label) {
				all = append(all, tick{at: (s.place(a) + s.place(b)) / 2, label: label})
				break
			}
		}
	}
	return all
}

// years names each year in the middle of its part of the axis.
func (s *scale) years(room func(string) float64) (all []tick) {
	for y := utc(s.low).Year(); y <= utc(s.high).Year(); y++ {
		start := func(y int) float64 { return float64(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Unix()) }
		a, b := math.Max(start(y), s.low), math.Min(start(y+1), s.high)
		if label := utc(start(y)).Format("2006"); math.Abs(s.place(b)-s.place(a)) >= room(label) {
			all = append(all, tick{at: (s.place(a) + s.place(b)) / 2, label: label})
		}
	}
	return all
}

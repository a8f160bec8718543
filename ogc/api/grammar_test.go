package api_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"isobar/field"
	"isobar/ogc/api"
	"isobar/probe"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestTimesAreRead(t *testing.T) {
	at := func(hours int) field.Time { return field.At(noon) + field.Time(hours)*3600 }
	end := func(hours int) *field.Time { v := at(hours); return &v }
	day := field.At(noon) + 12*3600 - 1
	for text, want := range map[string]probe.Times{
		"":                     {Interval: true},
		"..":                   {Interval: true},
		"../..":                {Interval: true},
		"now":                  {Current: true},
		"2026-11-24T12:00:00Z": {List: []field.Time{at(0)}},
		"2026-11-24T12Z":       {List: []field.Time{at(0)}},
		"2026-11-24":           {Interval: true, Start: end(-12), End: &day},
		"2026-11-24T12:00:00Z/2026-11-24T15:00:00Z":      {Interval: true, Start: end(0), End: end(3)},
		"../2026-11-24T15:00:00Z":                        {Interval: true, End: end(3)},
		"/2026-11-24T15:00:00Z":                          {Interval: true, End: end(3)},
		"2026-11-24T12:00:00Z/..":                        {Interval: true, Start: end(0)},
		"2026-11-24T12:00:00Z,2026-11-24T13:00:00Z":      {List: []field.Time{at(0), at(1)}},
		"R3/2026-11-24T12:00:00Z/PT3H":                   {List: []field.Time{at(0), at(3), at(6)}},
		"R2/2026-11-24T12:00:00Z/P1D":                    {List: []field.Time{at(0), at(24)}},
		"R2/2026-11-24T12:00:00Z/P1M":                    {List: []field.Time{at(0), at(30 * 24)}},
		"2026-11-24T12:00:00Z/2026-11-24T15:00:00Z/PT1H": {List: []field.Time{at(0), at(1), at(2), at(3)}},
	} {
		if got, err := api.ReadTimes(text, noon); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"x", "2026-13-01", "a/b", "R/2026-11-24T12:00:00Z/PT1H", "R9999999/2026-11-24T12:00:00Z/PT1H", "R2/2026-11-24/PT1H", "R2/2026-11-24T12:00:00Z/1H",
		"R2/2026-11-24T12:00:00Z/PT0S", "2026-11-24/2026-11-25,2026-11-26", "2026-11-24T12:00:00Z/../PT1H", "1900-01-01/2100-01-01/PT1S",
	} {
		if got, err := api.ReadTimes(text, noon); err == nil {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

func TestNumbersAreRead(t *testing.T) {
	inf := math.Inf(1)
	for text, want := range map[string]*api.Numbers{
		"": nil, "*": nil, "..": nil,
		"850": {List: []float64{850}}, "10,80, 200": {List: []float64{10, 80, 200}}, "100/550": {Low: 100, High: 550}, "550/100": {Low: 100, High: 550},
		"../850": {Low: -inf, High: 850}, "500/..": {Low: 500, High: inf}, "R3/100/50": {List: []float64{100, 150, 200}, Repeated: true}, "R2/1000/-50": {List: []float64{1000, 950}, Repeated: true},
	} {
		if got, err := api.ReadNumbers("z", text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"x", "1,", "NaN", "1/x", "R2/1", "R0/1/1", "R1001/1/1", "Rx/1/1", "1e999"} {
		if got, err := api.ReadNumbers("z", text); err == nil {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

func FuzzGrammar(f *testing.F) {
	for _, text := range []string{"R3/2026-11-24T12:00:00Z/PT3H", "2026-11-24/..", "../850", "1,2,3", "R2/1000/-50", "2026-11-24T12:00:00Z/2026-11-24T15:00:00Z/P1Y2M3W4DT5H6M7S"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		times, err := api.ReadTimes(text, noon)
		if err == nil && len(times.List) > api.MaxList {
			t.Errorf("%d times", len(times.List))
		}
		n, err := api.ReadNumbers("z", text)
		if err == nil && n != nil && len(n.List) > api.MaxList {
			t.Errorf("%d numbers", len(n.List))
		}
	})
}

package ogc

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/field"
	"isobar/layers"
)

// The names of the dimensions, as they are announced and as layers.DimensionError spells them.
const (
	Time          = "time"
	ReferenceTime = "reference_time"
	Elevation     = "elevation"
	Member        = "member"
)

// The parameters that choose a run and a member. WMS 1.3.0 C.3.2 wants the prefix, many clients leave it out.
var (
	runNames    = []string{"dim_reference_time", "reference_time", "dim_run", "run"}
	memberNames = []string{"dim_member", "member"}
)

// Selection reads which fields of a layer a request wants: TIME, ELEVATION, DIM_REFERENCE_TIME and DIM_MEMBER with their other
// names. Of lists the first counts. The error is a *Fault.
func (q Query) Selection(now time.Time) (s layers.Selection, err error) {
	if v := q.Get(Time); v != "" {
		choice, err := ParseTime(v, now)
		if err != nil {
			return s, unfit(Time, v, err.Error())
		}
		s.Time, s.Interval = &choice, IsInterval(v)
	}
	if name, v := q.First(runNames...); v != "" && !newest(v) {
		choice, err := ParseTime(v, now)
		if err != nil {
			return s, unfit(name, v, err.Error())
		}
		s.Run = new(field.Time)
		*s.Run = choice.Start
	}
	if v := q.Get(Elevation); v != "" {
		level, err := strconv.ParseFloat(first(v), 64)
		if err != nil || math.IsNaN(level) || math.IsInf(level, 0) {
			return s, unfit(Elevation, v, "is no number")
		}
		s.Level = &level
	}
	if name, v := q.First(memberNames...); v != "" {
		member, err := strconv.Atoi(first(v))
		if err != nil || member < 0 {
			return s, unfit(name, v, "is no member's number")
		}
		s.Member = &member
	}
	return s, nil
}

// newest tells that a run was asked for by its freshness, which is what naming none means: "best" is for each time the freshest run
// that has it.
func newest(run string) bool {
	switch strings.ToLower(run) {
	case "best", "latest", "current", "newest", "default":
		return true
	}
	return false
}

// first is the first of a list.
func first(list string) string {
	v, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(v)
}

func unfit(parameter, value, why string) *Fault {
	return &Fault{Status: http.StatusBadRequest, Code: InvalidDimensionValue, Locator: parameter, Text: parameter + " " + strconv.Quote(Clip(value)) + " " + why}
}

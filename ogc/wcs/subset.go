package wcs

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/layers"
	"isobar/ogc"
)

// axis is what an axis label means, whatever a client calls it.
type axis string

const (
	axisX      axis = "x"
	axisY      axis = "y"
	axisTime   axis = "time"
	axisLevel  axis = "elevation"
	axisMember axis = "member"
	axisRun    axis = "reference_time"
)

// labels are the names of axes: those of DescribeCoverage, and others that are met.
var labels = map[string]axis{
	"x": axisX, "lon": axisX, "long": axisX, "longitude": axisX, "e": axisX, "i": axisX, "rlon": axisX,
	"y": axisY, "lat": axisY, "latitude": axisY, "n": axisY, "j": axisY, "rlat": axisY,
	"time": axisTime, "ansi": axisTime, "unix": axisTime, "t": axisTime, "phenomenontime": axisTime, "date": axisTime,
	"elevation": axisLevel, "z": axisLevel, "level": axisLevel, "height": axisLevel, "pressure": axisLevel, "h": axisLevel,
	"member": axisMember, "realization": axisMember, "number": axisMember,
	"reference_time": axisRun, "run": axisRun, "forecast_reference_time": axisRun,
}

// maxSubset bounds the text of one subset.
const maxSubset = 512

// subset is axis[,crs](low[,high]) taken apart (OGC 09-147r3, 7.2); high is "" for a slice.
type subset struct {
	label, crs, low, high string
	axis                  axis
	slice                 bool
}

// parseSubset reads a subset. The error is a *Fault.
func parseSubset(text string) (s subset, err error) {
	text = strings.TrimSpace(text)
	open := strings.IndexByte(text, '(')
	if open < 1 || !strings.HasSuffix(text, ")") || len(text) > maxSubset {
		return s, subsetting("", "subset %q is not of the form axis(low,high)", clip(text))
	}
	name, crs, _ := strings.Cut(text[:open], ",")
	s.label, s.crs = strings.TrimSpace(name), strings.TrimSpace(crs)
	if s.axis = labels[strings.ToLower(s.label)]; s.axis == "" {
		return s, &ogc.Fault{Status: http.StatusNotFound, Code: "InvalidAxisLabel", Locator: s.label, Text: "there is no axis " + clip(s.label)}
	}
	parts := strings.Split(text[open+1:len(text)-1], ",")
	for i := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(parts[i]), `"'`)
	}
	switch {
	case len(parts) == 1 && parts[0] != "" && parts[0] != "*":
		s.low, s.slice = parts[0], true
	case len(parts) == 2 && parts[0] != "" && parts[1] != "":
		s.low, s.high = parts[0], parts[1]
	default:
		return s, subsetting(s.label, "subset %q has neither one position nor two", clip(text))
	}
	return s, nil
}

// subsetting is the fault of a subset that will not do.
func subsetting(label, format string, args ...any) *ogc.Fault {
	f := ogc.Invalid(label, format, args...)
	f.Status, f.Code = http.StatusNotFound, "InvalidSubsetting"
	return f
}

func clip(text string) string {
	const longest = 80
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return text
}

// interval is a subset by numbers.
func (s *subset) interval() (coverage.Interval, error) {
	end := func(text string, open float64) (float64, error) {
		if text == "*" {
			return open, nil
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, subsetting(s.label, "%s: %q is no number", s.label, clip(text))
		}
		return v, nil
	}
	low, err := end(s.low, math.Inf(-1))
	if err != nil {
		return coverage.Interval{}, err
	}
	if s.slice {
		return coverage.At(low), nil
	}
	high, err := end(s.high, math.Inf(1))
	return coverage.Interval{Low: low, High: high}, err
}

// time is a subset by times.
func (s *subset) time(q *request) (layers.TimeChoice, error) {
	choice := layers.TimeChoice{Start: math.MinInt64, End: math.MaxInt64}
	if s.low != "*" {
		t, err := ogc.ParseTime(s.low, q.now)
		if err != nil {
			return choice, subsetting(s.label, "%s: %q %v", s.label, clip(s.low), err)
		}
		if s.slice {
			return t, nil
		}
		choice.Start = t.Start
	}
	if s.high != "*" {
		t, err := ogc.ParseTime(s.high, q.now)
		if err != nil {
			return choice, subsetting(s.label, "%s: %q %v", s.label, clip(s.high), err)
		}
		choice.End = t.End
	}
	if choice.End < choice.Start {
		return choice, subsetting(s.label, "%s ends before it begins", s.label)
	}
	return choice, nil
}

// subsets reads all subsets into a request. An axis may be named once; GDAL repeats what its user wrote as SUBSET0, which is passed over.
func (q *request) subsets(r *answer.CoverageRequest) error {
	seen := map[axis]bool{}
	for _, name := range []string{"subset", "subset0", "subset1"} {
		for _, text := range q.Query[name] {
			s, err := parseSubset(text)
			if err != nil {
				return err
			}
			if seen[s.axis] {
				if name != "subset" {
					continue
				}
				return &ogc.Fault{Status: http.StatusNotFound, Code: "InvalidAxisLabel", Locator: s.label, Text: "axis " + s.label + " is named twice"}
			}
			seen[s.axis] = true
			if err := q.apply(&s, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply puts a subset into a request.
func (q *request) apply(s *subset, r *answer.CoverageRequest) error {
	switch s.axis {
	case axisTime:
		choice, err := s.time(q)
		r.Time, r.SliceTime = &choice, s.slice
		return err
	case axisRun:
		choice, err := s.time(q)
		if err == nil {
			run := choice.Start
			r.Run = &run
		}
		return err
	}
	in, err := s.interval()
	if err != nil {
		return err
	}
	switch s.axis {
	case axisX:
		r.Cut.X = in
	case axisY:
		r.Cut.Y = in
	case axisLevel:
		r.Level = &in
	case axisMember:
		r.Member = &in
	}
	if in.Low > in.High && s.axis != axisX {
		return subsetting(s.label, "%s ends before it begins", s.label)
	}
	return nil
}

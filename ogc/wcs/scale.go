package wcs

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/geo"
	"isobar/ogc"
)

// axisValues reads Lat(0.5),Long(2) and Lat(0:99) (OGC 12-039).
func axisValues(name, text string) (map[axis]string, error) {
	out := map[axis]string{}
	for part := range strings.SplitSeq(text, ",") {
		label, rest, ok := strings.Cut(strings.TrimSpace(part), "(")
		value, closed := strings.CutSuffix(rest, ")")
		if !ok || !closed {
			return nil, ogc.Invalid(name, "%s %q is not of the form axis(value)", name, clip(text))
		}
		a := labels[strings.ToLower(strings.TrimSpace(label))]
		if a == "" {
			return nil, &ogc.Fault{Status: http.StatusNotFound, Code: "ScaleAxisUndefined", Locator: label, Text: "there is no axis " + clip(label)}
		}
		if _, twice := out[a]; twice {
			return nil, ogc.Invalid(name, "%s names axis %s twice", name, label)
		}
		out[a] = strings.TrimSpace(value)
	}
	return out, nil
}

// factor reads a scale factor.
func factor(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0) || math.IsInf(v, 1) {
		return 0, &ogc.Fault{Status: http.StatusNotFound, Code: "InvalidScaleFactor", Locator: clip(text), Text: "scale factor " + clip(text) + " is no number above 0"}
	}
	return v, nil
}

func invalidExtent(text string) error {
	return &ogc.Fault{Status: http.StatusNotFound, Code: "InvalidExtent", Locator: clip(text), Text: clip(text) + " is no number of cells"}
}

// cells reads a number of cells, or the first and the last of them.
func cells(text string) (int, error) {
	low, high, extent := strings.Cut(text, ":")
	first, err := strconv.Atoi(strings.TrimSpace(low))
	if err != nil {
		return 0, invalidExtent(text)
	}
	n := first
	if extent {
		last, err := strconv.Atoi(strings.TrimSpace(high))
		if err != nil || last < first {
			return 0, invalidExtent(text)
		}
		n = last - first + 1
	}
	if n < 1 || n > 1<<24 {
		return 0, invalidExtent(text)
	}
	return n, nil
}

// scaling reads the scaling extension's parameters, of which one may be there.
func (q *request) scaling(r *answer.CoverageRequest) error {
	given := ""
	for _, name := range []string{"scalefactor", "scaleaxes", "scalesize", "scaleextent"} {
		text := q.Get(name)
		if text == "" {
			continue
		}
		if given != "" {
			return ogc.Invalid(name, "%s and %s can't both be given", given, name)
		}
		given = name
		if name == "scalefactor" {
			v, err := factor(text)
			if err != nil {
				return err
			}
			r.Cut.ScaleX, r.Cut.ScaleY = v, v
			continue
		}
		values, err := axisValues(name, text)
		if err != nil {
			return err
		}
		for a, value := range values {
			if err := scaleAxis(r, name, a, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// scaleAxis sets one axis. Time and level are not scaled.
func scaleAxis(r *answer.CoverageRequest, name string, a axis, value string) error {
	if a != axisX && a != axisY {
		return &ogc.Fault{Status: http.StatusNotFound, Code: "ScaleAxisUndefined", Locator: string(a), Text: "axis " + string(a) + " can't be scaled"}
	}
	if name == "scaleaxes" {
		v, err := factor(value)
		if err == nil && a == axisX {
			r.Cut.ScaleX = v
		} else if err == nil {
			r.Cut.ScaleY = v
		}
		return err
	}
	n, err := cells(value)
	if err == nil && a == axisX {
		r.Cut.Width = n
	} else if err == nil {
		r.Cut.Height = n
	}
	return err
}

// systems reads SUBSETTINGCRS and OUTPUTCRS (OGC 11-053r1). Without the latter the answer is in the former.
func (q *request) systems(r *answer.CoverageRequest) error {
	for _, p := range []struct {
		name, code string
		to         **geo.Reference
	}{{"subsettingcrs", "SubsettingCrs-NotSupported", &r.Cut.In}, {"outputcrs", "OutputCrs-NotSupported", &r.Cut.Out}} {
		text := q.Get(p.name)
		if text == "" {
			continue
		}
		ref, err := geo.Lookup(text)
		if err != nil {
			return &ogc.Fault{Status: http.StatusNotFound, Code: p.code, Locator: clip(text), Text: err.Error()}
		}
		*p.to = &ref
	}
	if r.Cut.Out == nil {
		r.Cut.Out = r.Cut.In
	}
	return nil
}

// interpolations are the methods offered, by the end of their URIs.
var interpolations = []struct {
	name   string
	method coverage.Interpolation
}{{"nearest-neighbor", coverage.Nearest}, {"linear", coverage.Linear}, {"average", coverage.Average}}

const interpolationURI = "http://www.opengis.net/def/interpolation/OGC/1.0/"

// interpolation reads INTERPOLATION (OGC 12-049).
func (q *request) interpolation(r *answer.CoverageRequest) error {
	text := q.Get("interpolation")
	if text == "" {
		return nil
	}
	short := text[strings.LastIndexByte(text, '/')+1:]
	for _, i := range interpolations {
		if strings.EqualFold(short, i.name) {
			r.Cut.Interpolation = i.method
			return nil
		}
	}
	return &ogc.Fault{Status: http.StatusNotFound, Code: "InterpolationMethodNotSupported", Locator: clip(text), Text: "interpolation " + clip(text) + " is not offered"}
}

package wcs

import (
	"math"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/ogc"
)

// scale reads the scaling extension's parameters (OGC 12-039), of which one may be given.
func (a *asked) scale(q *request) error {
	given := ""
	for _, name := range []string{"scalefactor", "scaleaxes", "scalesize", "scaleextent"} {
		if _, ok := q.Query[name]; !ok {
			continue
		}
		if given != "" {
			return ogc.Invalid(name, "%s and %s exclude each other", given, name)
		}
		given = name
	}
	switch given {
	case "":
		return nil
	case "scalefactor":
		f, err := factor(q.Get(given))
		a.Cut.ScaleX, a.Cut.ScaleY = f, f
		return err
	}
	list, err := pairs(given, q.Query[given])
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ogc.Missing(given)
	}
	seen := map[axis]bool{}
	for _, p := range list {
		kind, ok := axisOf(p[0])
		if !ok || kind > axisY || seen[kind] {
			return notThere(scaleAxisUndefined, p[0], "%s: there is no axis %q to scale, or it is named twice", given, ogc.Clip(p[0]))
		}
		seen[kind] = true
		if err := a.scaleAxis(given, kind, p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}

// scaleAxis scales one axis.
func (a *asked) scaleAxis(parameter string, kind axis, label, value string) error {
	size, by := &a.Cut.Width, &a.Cut.ScaleX
	if kind == axisY {
		size, by = &a.Cut.Height, &a.Cut.ScaleY
	}
	if parameter == "scaleaxes" {
		f, err := factor(value)
		*by = f
		return err
	}
	low, high := "1", value
	if parameter == "scaleextent" {
		low, high, _ = strings.Cut(value, ":")
	}
	from, err := strconv.Atoi(strings.TrimSpace(low))
	to, alsoErr := strconv.Atoi(strings.TrimSpace(high))
	if err != nil || alsoErr != nil || to < from || from < -math.MaxInt32 || to > math.MaxInt32 {
		return notThere(invalidExtent, label, "%s: %q is no size of %s", parameter, ogc.Clip(value), ogc.Clip(label))
	}
	*size = to - from + 1
	return nil
}

// factor reads a scale factor.
func factor(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(f > 0) || math.IsInf(f, 1) {
		return 0, notThere(invalidScaleFactor, ogc.Clip(text), "%q is no factor to scale by", ogc.Clip(text))
	}
	return f, nil
}

// interpolationRoot is what the names of interpolations begin with (OGC 12-049; the register has both spellings).
const interpolationRoot = "http://www.opengis.net/def/interpolation/OGC/1/"

// interpolations are the methods, the default last. The OGC's register has no name for the mean over a new cell.
var interpolations = []struct {
	name   string
	method coverage.Interpolation
}{
	{"nearest-neighbor", coverage.Nearest}, {"linear", coverage.Linear}, {"average", coverage.Average},
}

// spellings are other names of methods.
var spellings = map[string]string{
	"nearest": "nearest-neighbor", "nearest neighbor": "nearest-neighbor", "nearestneighbor": "nearest-neighbor", "nearest_neighbor": "nearest-neighbor",
	"nearest-neighbour": "nearest-neighbor", "bilinear": "linear", "mean": "average", "average": "average",
}

// method is an interpolation by any of its names.
func method(name string) (coverage.Interpolation, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if i := strings.LastIndexAny(name, "/:"); i >= 0 {
		name = name[i+1:]
	}
	if other, ok := spellings[name]; ok {
		name = other
	}
	for _, m := range interpolations {
		if m.name == name {
			return m.method, true
		}
	}
	return "", false
}

// interpolation reads INTERPOLATION and INTERPOLATIONPERAXIS, which exclude each other (OGC 12-049, requirement 12). As both spatial
// axes are interpolated at once, they must have one method.
func (a *asked) interpolation(q *request) error {
	_, all := q.Query["interpolation"]
	_, each := q.Query["interpolationperaxis"]
	if all && each {
		return ogc.Invalid("interpolation", "interpolation and interpolationPerAxis exclude each other")
	}
	names := []string{q.Get("interpolation")}
	if each {
		names = nil
		parts := strings.Split(strings.Join(q.Query["interpolationperaxis"], ","), ",")
		if len(parts)%2 != 0 {
			return syntax("interpolationperaxis", "interpolationPerAxis is axis,method,...")
		}
		for i := 0; i < len(parts); i += 2 {
			kind, ok := axisOf(strings.TrimSpace(parts[i]))
			if !ok || !a.has(kind) {
				return notThere(noSuchAxis, parts[i], "there is no axis %q", ogc.Clip(parts[i]))
			}
			names = append(names, parts[i+1])
		}
	}
	if !all && !each {
		return nil
	}
	for i, name := range names {
		m, ok := method(name)
		if !ok || i > 0 && m != a.Cut.Interpolation {
			return notThere(interpolationMethodNotSupported, ogc.Clip(name), "the interpolation %q is not offered here", ogc.Clip(name))
		}
		a.Cut.Interpolation = m
	}
	return nil
}

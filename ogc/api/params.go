package api

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// DateTime and Subset are the parameters that choose a field.
var (
	DateTime = Param{Name: "datetime", Description: "Valid time: an instant, or an interval, of which the first time is shown", Schema: text}
	Subset   = Param{Name: "subset", Description: `Other dimensions: reference_time("2026-11-24T00:00:00Z"), elevation(85000), member(3), time("...")`, Schema: text}
	Crs      = Param{Name: "crs", Description: "Reference system of the answer, as a URI or a safe CURIE: [EPSG:3857]", Schema: text}
	BoxParam = Param{Name: "bbox", Description: "Box: west, south, east, north; in bbox-crs", Schema: map[string]any{"type": "array", "items": map[string]any{"type": "number"}, "minItems": 4, "maxItems": 6}}
	BoxCRS   = Param{Name: "bbox-crs", Description: "Reference system of bbox; CRS84 if left out", Schema: text}

	text = map[string]any{"type": "string"}
)

// WholeParam is a parameter that is a whole number from 1 to most.
func WholeParam(name, description string, most int) Param {
	return Param{Name: name, Description: description, Schema: map[string]any{"type": "integer", "minimum": 1, "maximum": most}}
}

// TextParam is a parameter of any text.
func TextParam(name, description string) Param {
	return Param{Name: name, Description: description, Schema: text}
}

// BoolParam is a parameter that is true or false.
func BoolParam(name, description string) Param {
	return Param{Name: name, Description: description, Schema: map[string]any{"type": "boolean"}}
}

// Interval is a part of an axis; a point has Low == High. Texts of times stand as they were written.
type Interval struct{ Low, High string }

// subsetItem matches one axis of a subset: name(low:high) or name("low":"high"), where * is the axis' own end.
var subsetItem = regexp.MustCompile(`^\s*([A-Za-z_][\w.-]*)\s*\(\s*` + subsetValue + `\s*(?::\s*` + subsetValue + `\s*)?\)\s*(?:,|$)`)

// subsetValue matches a text in quotes, a time without them, or a number.
const subsetValue = `("[^"]*"|\d[\d-]*T[\d:.]+Z?|[^":()]+)`

// maxSubset bounds the length of a subset and maxAxes how many axes it may have.
const (
	maxSubset = 1024
	maxAxes   = 8
)

// ReadSubset reads the parameter subset, with the names of axes in lower case. It may be repeated. The error is a *ogc.Fault.
func ReadSubset(q ogc.Query) (map[string]Interval, error) {
	axes := map[string]Interval{}
	for _, all := range q["subset"] {
		if len(all) > maxSubset {
			return nil, ogc.Invalid("subset", "subset is longer than %d characters", maxSubset)
		}
		for rest := all; strings.TrimSpace(rest) != ""; {
			m := subsetItem.FindStringSubmatch(rest)
			if m == nil {
				return nil, ogc.Invalid("subset", "subset %q is not of the form axis(value) or axis(low:high)", ogc.Clip(rest))
			}
			name, low, high := strings.ToLower(m[1]), strings.TrimSpace(strings.Trim(m[2], `"`)), strings.TrimSpace(strings.Trim(m[3], `"`))
			if m[3] == "" {
				high = low
			}
			if _, twice := axes[name]; twice || len(axes) == maxAxes {
				return nil, ogc.Invalid("subset", "subset: axis %s is there twice, or there are more than %d axes", name, maxAxes)
			}
			axes[name] = Interval{low, high}
			rest = rest[len(m[0]):]
		}
	}
	return axes, nil
}

// dimensionAxes are the axes of a subset that are a layer's dimensions, and the parameters that say the same.
var dimensionAxes = map[string]string{
	"time": "time", "datetime": "time", "reference_time": "reference_time", "run": "reference_time", "elevation": "elevation", "pressure": "elevation",
	"height": "elevation", "z": "elevation", "member": "member", "realization": "member",
}

// Selection reads which field is wanted: datetime and subset. What subset has besides dimensions is left in axes.
func (c *Call) Selection() (s layers.Selection, axes map[string]Interval, err error) {
	if axes, err = ReadSubset(c.Query); err != nil {
		return s, nil, err
	}
	q := ogc.Query{}
	if v := c.Query.Get("datetime"); v != "" {
		q["time"] = []string{openEnded(v)}
	}
	for axis, interval := range axes {
		name, ok := dimensionAxes[axis]
		if !ok {
			continue
		}
		if _, twice := q[name]; twice {
			return s, nil, ogc.Invalid("subset", "%s is chosen twice", axis)
		}
		if name != "time" && interval.Low == "*" { // an interval, which is no choice of one
			delete(axes, axis)
			continue
		}
		v := interval.Low
		if interval.High != interval.Low && name == "time" {
			v += "/" + interval.High
		}
		q[name] = []string{openEnded(strings.ReplaceAll(v, "*", ".."))}
		delete(axes, axis)
	}
	if s, err = q.Selection(c.Now); err != nil {
		return s, nil, err
	}
	return s, axes, nil
}

// openEnded fills in the open ends of an interval: "../2026", "2026/..", "..", and with nothing instead of two points.
func openEnded(v string) string {
	first, last, interval := strings.Cut(v, "/")
	if !interval {
		if v == ".." {
			return "0001-01-01T00:00:00Z/9999-12-31T23:59:59Z"
		}
		return v
	}
	if first == "" || first == ".." {
		first = "0001-01-01T00:00:00Z"
	}
	if last == "" || last == ".." {
		last = "9999-12-31T23:59:59Z"
	}
	return first + "/" + last
}

// Reference reads a reference system from a parameter; missing is fallback.
func (c *Call) Reference(name, fallback string) (geo.Reference, error) {
	v := c.Query.Get(name)
	if v == "" {
		v = fallback
	}
	ref, err := geo.Lookup(strings.TrimSuffix(strings.TrimPrefix(v, "["), "]"))
	if err != nil {
		return ref, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidCRS, Locator: name, Text: name + ": " + err.Error()}
	}
	return ref, nil
}

// Box reads bbox in bbox-crs, x first; ok is false if there is none. A box whose west is east of its east crosses 180 degrees. Of six
// numbers the heights are left out.
func (c *Call) Box(ref geo.Reference) (box geo.Box, ok bool, err error) {
	list := c.Query.List("bbox")
	if len(list) == 0 {
		return box, false, nil
	}
	numbers := make([]float64, len(list))
	for i, s := range list {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e10 {
			return box, false, ogc.Invalid("bbox", "bbox: %q is not a number that a map can have", ogc.Clip(s))
		}
		numbers[i] = n
	}
	switch len(numbers) {
	case 4:
	case 6:
		numbers = []float64{numbers[0], numbers[1], numbers[3], numbers[4]}
	default:
		return box, false, ogc.Invalid("bbox", "bbox has %d numbers, not 4", len(numbers))
	}
	box = geo.Box{numbers[0], numbers[1], numbers[2], numbers[3]}
	if ref.NorthFirst {
		box = geo.Box{box[1], box[0], box[3], box[2]}
	}
	if ref.Degrees && box[0] > box[2] {
		box[2] += 360
	}
	if box[0] >= box[2] || box[1] >= box[3] {
		return box, false, ogc.Invalid("bbox", "bbox is empty: its lower corner is not below and left of its upper corner")
	}
	return box, true, nil
}

// Part reads limit and offset, which part of a list is wanted: usual is the limit if there is none, and a limit beyond most means most
// (OGC 17-069r4 7.15.2, OGC 19-086r6 /req/edr/REQ_rc-limit-response).
func (c *Call) Part(usual, most int) (limit, offset int, err error) {
	if limit, err = c.Query.Whole("limit", usual, 1, math.MaxInt); err != nil {
		return 0, 0, err
	}
	offset, err = c.Query.Whole("offset", 0, 0, math.MaxInt32)
	return min(limit, most), offset, err
}

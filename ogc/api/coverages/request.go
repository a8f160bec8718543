package coverages

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// maxSide bounds width and height as they are announced; what is too much is found by the cells of all fields.
const maxSide = 1 << 15

// params are the parameters of a coverage. Those of earlier drafts have two spellings.
var params = []api.Param{
	api.BoxParam, api.BoxCRS, api.Crs, api.DateTime, api.Subset, api.TextParam("subset-crs", "Reference system of the spatial axes of subset; CRS84 if left out"),
	api.WholeParam("width", "Columns of the answer", maxSide), api.WholeParam("height", "Rows of the answer", maxSide),
	api.TextParam("resolution", "Steps of the answer: Lon(0.5),Lat(0.5)"),
	api.TextParam("scale-factor", "How many times fewer cells along each axis"), api.TextParam("scaleFactor", "The same as scale-factor"),
	api.TextParam("scale-axes", "How many times fewer cells along an axis: Lon(2),Lat(2)"), api.TextParam("scaleAxes", "The same as scale-axes"),
	api.TextParam("scale-size", "Cells along an axis: Lon(144),Lat(73)"), api.TextParam("scaleSize", "The same as scale-size"),
	fieldNames, otherFields, interpolation,
}

// The parameters of a coverage and of its tiles.
var (
	fieldNames    = api.TextParam("properties", "Fields, with commas; all if left out")
	otherFields   = api.TextParam("exclude-properties", "Fields that are left out")
	interpolation = api.TextParam("interpolation", "nearest, linear or average")
)

// The names of spatial axes, in lower case.
var (
	namesX = []string{"lon", "long", "longitude", "x", "e", "easting"}
	namesY = []string{"lat", "latitude", "y", "n", "northing"}
)

// request reads what part of a collection is wanted. Errors are *ogc.Fault, and those of Describe.
func (s *service) request(c *api.Call, of ogc.Collection) (answer.CoverageRequest, error) {
	r, axes, err := fields(c, of)
	if err != nil {
		return r, err
	}
	if err := place(c, axes, &r.Cut); err != nil {
		return r, err
	}
	if r.Cut.In == nil && r.Cut.Out == nil {
		r.Cut.X = allX(of.Layers[0])
	}
	return r, s.scale(c, &r)
}

// fields reads which fields of a collection are wanted, and how they are interpolated; axes are the spatial ones of subset.
func fields(c *api.Call, of ogc.Collection) (r answer.CoverageRequest, axes map[string]api.Interval, err error) {
	selection, axes, err := c.Selection()
	if err != nil {
		return r, nil, err
	}
	r = answer.CoverageRequest{Time: selection.Time, Run: selection.Run, Cut: coverage.Cut{X: coverage.All, Y: coverage.All}}
	if r.Level, err = ranged(c, selection.Level, "elevation", "pressure", "height", "z"); err != nil {
		return r, nil, err
	}
	var member *float64
	if selection.Member != nil {
		m := float64(*selection.Member)
		member = &m
	}
	if r.Member, err = ranged(c, member, "member", "realization"); err != nil {
		return r, nil, err
	}
	if r.Layers, err = properties(c, of); err != nil {
		return r, nil, err
	}
	switch v := strings.ToLower(c.Query.Get("interpolation")); v {
	case "":
	case string(coverage.Nearest), string(coverage.Linear), string(coverage.Average):
		r.Cut.Interpolation = coverage.Interpolation(v)
	default:
		return r, nil, ogc.Invalid("interpolation", "interpolation is nearest, linear or average")
	}
	return r, axes, nil
}

// allX is all columns. Those around the Earth begin at 180 degrees west, wherever the grid does.
func allX(l *layers.Layer) coverage.Interval {
	if n, ok := grid.NativeOf(l.Grid); ok && (!n.Degrees || n.Turn != 360) || l.Extent.MaxX()-l.Extent.MinX() < 360 {
		return coverage.All
	}
	return coverage.Interval{Low: -180, High: 180}
}

// ranged is one value of a dimension, or, where subset has an interval of it, that.
func ranged(c *api.Call, value *float64, names ...string) (*coverage.Interval, error) {
	axes, err := api.ReadSubset(c.Query)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		given, ok := axes[name]
		if !ok || given.High == given.Low && given.Low != "*" {
			continue
		}
		in, err := interval(name, given)
		return &in, err
	}
	if value == nil {
		return nil, nil
	}
	in := coverage.At(*value)
	return &in, nil
}

// interval is a part of an axis in numbers.
func interval(name string, given api.Interval) (in coverage.Interval, err error) {
	in = coverage.Interval{Low: math.Inf(-1), High: math.Inf(1), Slice: given.Low == given.High && given.Low != "*"}
	for _, end := range []struct {
		text string
		to   *float64
	}{{given.Low, &in.Low}, {given.High, &in.High}} {
		if end.text == "*" {
			continue
		}
		v, err := strconv.ParseFloat(end.text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return in, ogc.Invalid("subset", "subset: %s %q is no number", name, end.text)
		}
		*end.to = v
	}
	return in, nil
}

// properties are the layers that a request names as fields, in its order; all of the collection's grid if it names none.
func properties(c *api.Call, of ogc.Collection) (chosen []string, err error) {
	fields := of.OneGrid()
	find := func(parameter, name string) (string, error) {
		for _, l := range fields {
			if name == fieldName(l) || name == l.Name {
				return l.Name, nil
			}
		}
		return "", ogc.Invalid(parameter, "%s: there is no field %q", parameter, name)
	}
	for _, name := range c.Query.List("properties") {
		if name == "*" {
			chosen = nil
			break
		}
		found, err := find("properties", name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(chosen, found) {
			chosen = append(chosen, found)
		}
	}
	if chosen == nil {
		for _, l := range fields {
			chosen = append(chosen, l.Name)
		}
	}
	for _, name := range c.Query.List("exclude-properties") {
		found, err := find("exclude-properties", name)
		if err != nil {
			return nil, err
		}
		chosen = slices.DeleteFunc(chosen, func(name string) bool { return name == found })
	}
	if len(chosen) == 0 {
		return nil, ogc.Invalid("exclude-properties", "exclude-properties leaves no field")
	}
	return chosen, nil
}

// fieldName is a layer's name within its model.
func fieldName(l *layers.Layer) string { return strings.TrimPrefix(l.Name, l.Model.ID+".") }

// place reads bbox or the spatial axes of subset, and crs.
func place(c *api.Call, axes map[string]api.Interval, cut *coverage.Cut) error {
	ref, err := c.Reference("bbox-crs", "CRS:84")
	if err != nil {
		return err
	}
	box, given, err := c.Box(ref)
	switch {
	case err != nil:
		return err
	case given && len(axes) > 0:
		return ogc.Invalid("subset", "bbox and the spatial axes of subset say the same: give one of them")
	case given:
		cut.In, cut.X, cut.Y = &ref, coverage.Interval{Low: box[0], High: box[2]}, coverage.Interval{Low: box[1], High: box[3]}
	case len(axes) > 0:
		if ref, err = c.Reference("subset-crs", "CRS:84"); err != nil {
			return err
		}
		cut.In = &ref
	}
	for name, given := range axes {
		in, err := interval(name, given)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(namesX, name):
			cut.X = in
		case slices.Contains(namesY, name):
			cut.Y = in
		default:
			return ogc.Invalid("subset", "subset: there is no axis %q", name)
		}
	}
	if c.Query.Get("crs") == "" {
		return nil
	}
	out := new(geo.Reference)
	*out, err = c.Reference("crs", "CRS:84")
	cut.Out = out
	return err
}

package features

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// asked is a request for items, read.
type asked struct {
	query      feature.Query
	ref        geo.Reference
	order      []sortKey // none: the collection's own
	properties []string  // nil: all
	noGeometry bool
}

// ask reads a query of a collection.
func ask(c *api.Call, about feature.About) (a asked, err error) {
	if a.ref, err = system(c, about, "crs"); err != nil {
		return a, err
	}
	if a.query.Limit, a.query.Offset, err = c.Part(defaultLimit, maxLimit); err != nil {
		return a, err
	}
	if a.query.Time, err = datetime(c); err != nil {
		return a, err
	}
	var filters []func(*feature.Feature) bool
	if err := box(c, about, &a.query, &filters); err != nil {
		return a, err
	}
	filter, err := filterOf(c, about)
	if err != nil {
		return a, err
	}
	if filter != nil {
		filters = append(filters, filter)
	}
	equal, err := equals(c, about)
	if err != nil {
		return a, err
	}
	a.query.Filter = all(append(filters, equal...))
	if a.order, err = sortBy(c.Query, about); err != nil {
		return a, err
	}
	a.properties = c.Query.List("properties")
	switch v := c.Query.Get("skipgeometry"); strings.ToLower(v) {
	case "", "false":
	case "true":
		a.noGeometry = true
	default:
		return a, ogc.Invalid("skipGeometry", "skipGeometry %q is neither true nor false", ogc.Clip(v))
	}
	return a, nil
}

// system reads a reference system that a collection's features are offered in (OGC 18-058r1 6.3).
func system(c *api.Call, about feature.About, name string) (geo.Reference, error) {
	ref, err := c.Reference(name, crs84)
	if err != nil {
		return ref, err
	}
	if !slices.ContainsFunc(systems(about), func(r geo.Reference) bool { return r.Code == ref.Code }) {
		return ref, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidCRS, Locator: name, Text: name + ": " + about.ID + " is not offered in " + ref.Code}
	}
	return ref, nil
}

// box reads bbox. One in degrees the collection looks for; for another each feature is brought into its system.
func box(c *api.Call, about feature.About, q *feature.Query, filters *[]func(*feature.Feature) bool) error {
	ref, err := system(c, about, "bbox-crs")
	if err != nil {
		return err
	}
	frame, ok, err := c.Box(ref)
	switch {
	case err != nil || !ok:
		return err
	case ref.Degrees:
		q.Box = &frame
		return nil
	}
	shape := feature.ShapeOf(frame)
	plain := ref
	plain.NorthFirst = false // Call.Box has put x first
	*filters = append(*filters, func(f *feature.Feature) bool {
		return f.Geometry != nil && feature.ShapeOf(feature.Project(f.Geometry, plain)).Intersects(shape)
	})
	return nil
}

// datetime reads an instant or an interval (OGC 17-069r4 7.15.4).
func datetime(c *api.Call) (*feature.Interval, error) {
	v := c.Query.Get("datetime")
	if v == "" {
		return nil, nil
	}
	from, to, interval := strings.Cut(v, "/")
	if !interval {
		to = from
	}
	t := feature.Interval{Start: feature.Earliest, End: feature.Latest}
	open := func(end string) bool { return interval && (end == "" || end == "..") }
	if !open(from) {
		first, err := ogc.ParseTime(from, c.Now)
		if err != nil {
			return nil, ogc.Invalid("datetime", "datetime: %q %v", ogc.Clip(from), err)
		}
		t.Start = first.Start
	}
	if !open(to) {
		last, err := ogc.ParseTime(to, c.Now)
		if err != nil {
			return nil, ogc.Invalid("datetime", "datetime: %q %v", ogc.Clip(to), err)
		}
		t.End = last.End
	}
	if t.End < t.Start {
		return nil, ogc.Invalid("datetime", "datetime %q ends before it begins", ogc.Clip(v))
	}
	return &t, nil
}

// page asks the collection, and sorts.
func (a asked) page(c *api.Call, from feature.Collection) (feature.Page, error) {
	if len(a.order) == 0 {
		p, err := from.Query(c.Context(), a.query)
		return p, explain(err)
	}
	q := a.query
	q.Offset, q.Limit = 0, maxSorted
	p, err := from.Query(c.Context(), q)
	if err != nil {
		return p, explain(err)
	}
	if p.Matched > len(p.Features) {
		return p, ogc.Invalid("sortby", "%d features are more than the %d that are sorted", p.Matched, maxSorted)
	}
	all := sorted(p.Features, a.order)
	first := min(a.query.Offset, len(all))
	return feature.Page{Features: all[first:min(len(all), first+a.query.Limit)], Matched: p.Matched}, nil
}

// geometry is a feature's in the system that is asked for; what has no image there has none.
func (a asked) geometry(g geom.Geometry) geom.Geometry { return projected(g, a.ref) }

func projected(g geom.Geometry, ref geo.Reference) geom.Geometry {
	if g == nil || ref.Degrees && !ref.NorthFirst {
		return g
	}
	moved := feature.Project(g, ref)
	box, ok := feature.Bounds(moved)
	if sum := box[0] + box[1] + box[2] + box[3]; !ok || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil
	}
	return moved
}

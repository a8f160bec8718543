package features

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/feature/cql2"
	"isobar/field"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

const cql2Geometry = cql2.Geometry

// asked is a request for items, read.
type asked struct {
	query      feature.Query
	ref        geo.Reference
	order      []sortKey // none: the collection's own
	properties []string  // nil: all
	noGeometry bool
}

// maxSorted bounds how many features one request sorts.
const maxSorted = 200_000

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

// all joins filters.
func all(filters []func(*feature.Feature) bool) func(*feature.Feature) bool {
	switch len(filters) {
	case 0:
		return nil
	case 1:
		return filters[0]
	}
	return func(f *feature.Feature) bool {
		return !slices.ContainsFunc(filters, func(keep func(*feature.Feature) bool) bool { return !keep(f) })
	}
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

// filter reads filter, filter-lang and filter-crs (OGC 19-079r2 clause 7).
func filterOf(c *api.Call, about feature.About) (func(*feature.Feature) bool, error) {
	ref, err := system(c, about, "filter-crs")
	if err != nil {
		return nil, err
	}
	in := cql2.Context{Queryables: about.Queryables}
	if ref.Code != crs84 {
		in.Reference = &ref
	}
	lang, text := strings.ToLower(c.Query.Get("filter-lang")), c.Query.Get("filter")
	if lang != "" && lang != "cql2-text" && lang != "cql2-json" {
		return nil, ogc.Invalid("filter-lang", "filter-lang %q is neither cql2-text nor cql2-json", ogc.Clip(lang))
	}
	if text == "" {
		return nil, nil
	}
	read := func() (func(*feature.Feature) bool, error) { return cql2.ParseText(text, in) }
	if lang == "cql2-json" {
		read = func() (func(*feature.Feature) bool, error) { return cql2.ParseJSON([]byte(text), in) }
	}
	keep, err := read()
	return keep, explain(err)
}

// named finds the property of a parameter, whose name has lost its case.
func named(about feature.About, parameter string) (feature.Queryable, bool) {
	for _, q := range about.Queryables {
		if strings.EqualFold(q.Name, parameter) {
			return q, true
		}
	}
	return feature.Queryable{}, false
}

// isProperty tells that a parameter is a property of the collection.
func (s *service) isProperty(c *api.Call, name string) bool {
	_, about, err := s.opened(c)
	if err != nil {
		return true // and Handle says why
	}
	_, ok := named(about, name)
	return ok
}

// reserved are the parameters that are no properties.
var reserved = []string{"f", "bbox", "bbox-crs", "limit", "datetime", "offset", "crs", "filter", "filter-lang", "filter-crs", "sortby", "properties", "skipgeometry"}

// equals reads parameters that are properties (OGC 17-069r4 7.15.5).
func equals(c *api.Call, about feature.About) (filters []func(*feature.Feature) bool, err error) {
	for name, values := range c.Query {
		q, ok := named(about, name)
		if !ok || slices.Contains(reserved, name) || len(values) == 0 {
			continue
		}
		v := values[len(values)-1]
		literal := "'" + strings.ReplaceAll(v, "'", "''") + "'"
		switch q.Type {
		case "number", "integer":
			n, err := strconv.ParseFloat(v, 64)
			if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
				return nil, ogc.Invalid(q.Name, "%s: %q is no number", q.Name, ogc.Clip(v))
			}
			literal = strconv.FormatFloat(n, 'g', -1, 64)
		case "boolean":
			if v != "true" && v != "false" {
				return nil, ogc.Invalid(q.Name, "%s: %q is neither true nor false", q.Name, ogc.Clip(v))
			}
			literal = v
		}
		keep, err := cql2.ParseText(`"`+strings.ReplaceAll(q.Name, `"`, `""`)+`" = `+literal, cql2.Context{Queryables: about.Queryables})
		if err != nil {
			return nil, ogc.Invalid(q.Name, "%s: %v", q.Name, err)
		}
		filters = append(filters, keep)
	}
	return filters, nil
}

// sortBy reads sortby: a name, with - before it for descending; a + before it has come as a blank.
func sortBy(q ogc.Query, about feature.About) (keys []sortKey, err error) {
	for _, text := range q.List("sortby") {
		k := sortKey{strings.TrimLeft(text, "+- "), 1}
		if strings.HasPrefix(text, "-") {
			k.sign = -1
		}
		if !slices.ContainsFunc(about.Queryables, func(q feature.Queryable) bool { return q.Name == k.name }) && k.name != cql2.ID {
			return nil, ogc.Invalid("sortby", "sortby: there is no property %q", ogc.Clip(k.name))
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// sortKey is a property to sort by, and 1 or, for descending, -1.
type sortKey struct {
	name string
	sign int
}

// sorted puts features in order: their values are looked up once.
func sorted(features []feature.Feature, keys []sortKey) []feature.Feature {
	values, order := make([]any, 0, len(features)*len(keys)), make([]int, len(features))
	for i := range features {
		order[i] = i
		for _, k := range keys {
			values = append(values, sortable(&features[i], k.name))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for n, k := range keys {
			if o := compare(values[a*len(keys)+n], values[b*len(keys)+n]); o != 0 {
				return o * k.sign
			}
		}
		return 0
	})
	all := make([]feature.Feature, len(features))
	for i, from := range order {
		all[i] = features[from]
	}
	return all
}

func sortable(f *feature.Feature, name string) any {
	if name == cql2.ID {
		return f.ID
	}
	v, _ := f.Property(name)
	return v
}

// compare orders values; what is null or of another kind comes last.
func compare(a, b any) int {
	if x, ok := numberOf(a); ok {
		if y, ok := numberOf(b); ok {
			return cmp.Compare(x, y)
		}
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	}
	return cmp.Compare(rank(a), rank(b))
}

func rank(v any) int {
	switch v := v.(type) {
	case nil:
		return 3
	case string:
		return 1
	case bool:
		if v {
			return 2
		}
		return 1
	}
	return 0
}

func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case field.Time:
		return float64(v), true
	}
	return 0, false
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

package features

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/feature"
	"isobar/feature/cql2"
	"isobar/ogc"
	"isobar/ogc/api"
)

const cql2Geometry = cql2.Geometry

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

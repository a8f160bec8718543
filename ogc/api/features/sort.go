package features

import (
	"cmp"
	"slices"
	"strings"

	"isobar/feature"
	"isobar/feature/cql2"
	"isobar/field"
	"isobar/ogc"
)

// maxSorted bounds how many features one request sorts.
const maxSorted = 200_000

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
			if o := k.compare(values[a*len(keys)+n], values[b*len(keys)+n]); o != 0 {
				return o
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
	if n, ok := numberOf(v); ok && n != n {
		return nil
	}
	return v
}

// compare orders values in the key's direction; in both what is null comes last.
func (k sortKey) compare(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(a), rank(b))
	}
	return compare(a, b) * k.sign
}

// compare orders values, ascending: by kind if they are of several.
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

package cql2

import (
	"reflect"
	"slices"
	"strings"

	"isobar/feature"
)

// spatials are the spatial operators that are right here: in the plane of degrees.
var spatials = map[string]func(a, b *feature.Shape) bool{
	"s_intersects": func(a, b *feature.Shape) bool { return a.Intersects(b) },
	"s_disjoint":   func(a, b *feature.Shape) bool { return !a.Intersects(b) },
	"s_within":     func(a, b *feature.Shape) bool { return a.Within(b) },
	"s_contains":   func(a, b *feature.Shape) bool { return b.Within(a) },
	"s_equals":     func(a, b *feature.Shape) bool { return a.Equals(b) },
}

func (c *compiler) spatial(n node) condition {
	relation, ok := spatials[n.op]
	if !ok {
		refuse("%s is not offered; S_INTERSECTS, S_DISJOINT, S_WITHIN, S_CONTAINS and S_EQUALS are", strings.ToUpper(n.op))
	}
	a, b := c.of(n, 0, spatial), c.of(n, 1, spatial)
	return func(f *feature.Feature) tri {
		x, ok := a(f).(*feature.Shape)
		y, ok2 := b(f).(*feature.Shape)
		if !ok || !ok2 {
			return unknown
		}
		return truthOf(relation(x, y))
	}
}

func (c *compiler) temporal(n node) condition {
	relation, ok := relations[n.op]
	if !ok {
		refuse("there is no %s", clip(strings.ToUpper(n.op)))
	}
	a, b := c.of(n, 0, temporal), c.of(n, 1, temporal)
	return func(f *feature.Feature) tri {
		x, ok := a(f).(feature.Interval)
		y, ok2 := b(f).(feature.Interval)
		if !ok || !ok2 {
			return unknown
		}
		return truthOf(relation(x, y))
	}
}

// arrays are the operators on lists as sets.
var arrays = map[string]func(a, b []any) bool{
	"a_contains":    func(a, b []any) bool { return subset(b, a) },
	"a_containedby": subset,
	"a_equals":      func(a, b []any) bool { return subset(a, b) && subset(b, a) },
	"a_overlaps":    func(a, b []any) bool { return slices.ContainsFunc(a, func(v any) bool { return has(b, v) }) },
}

func subset(a, b []any) bool {
	return !slices.ContainsFunc(a, func(v any) bool { return !has(b, v) })
}

func has(list []any, v any) bool {
	return slices.ContainsFunc(list, func(o any) bool { return reflect.DeepEqual(o, v) })
}

func (c *compiler) array(n node) condition {
	relation, ok := arrays[n.op]
	if !ok {
		refuse("there is no %s", clip(strings.ToUpper(n.op)))
	}
	a, b := c.of(n, 0, array), c.of(n, 1, array)
	return func(f *feature.Feature) tri {
		x, ok := a(f).([]any)
		y, ok2 := b(f).([]any)
		if !ok || !ok2 {
			return unknown
		}
		return truthOf(relation(x, y))
	}
}

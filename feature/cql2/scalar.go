package cql2

import (
	"math"
	"slices"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/field"
)

// operand is a compiled expression that gives a value: nil, bool, float64, string, feature.Interval, *feature.Shape or []any.
type operand func(*feature.Feature) any

func always(v any) operand { return func(*feature.Feature) any { return v } }

// scalar compiles what gives a value.
func (c *compiler) scalar(n node) (operand, kind) {
	check(n)
	switch n.op {
	case "":
		return c.literal(n)
	case "property":
		return c.property(n.name)
	case "()":
		return c.scalar(n.args[0])
	case "casei", "accenti":
		inner := c.of(n, 0, text)
		change := casei
		if n.op == "accenti" {
			change = accenti
		}
		return func(f *feature.Feature) any {
			if s, ok := inner(f).(string); ok {
				return change(s)
			}
			return nil
		}, text
	case "+", "-", "*", "/", "%", "div", "^":
		return c.arithmetic(n)
	case "interval":
		return c.interval(n), temporal
	case "function":
		return c.function(n)
	}
	test := c.truth(n)
	return func(f *feature.Feature) any {
		switch test(f) {
		case yes:
			return true
		case no:
			return false
		}
		return nil
	}, boolean
}

// of compiles an argument of a kind.
func (c *compiler) of(n node, i int, want kind) operand {
	value, k := c.scalar(n.args[i])
	if k == text && want == temporal {
		return timed(n.args[i])
	}
	if k != want && k != anything {
		refuse("%s takes a %s where %s (%s) is given", strings.ToUpper(n.op+n.name), want, describe(n.args[i]), k)
	}
	return value
}

func (c *compiler) literal(n node) (operand, kind) {
	switch v := n.value.(type) {
	case nil:
		return always(nil), anything
	case bool:
		return always(v), boolean
	case float64:
		return always(v), numeric
	case string:
		return always(v), text
	case instant:
		return always(v.Interval), temporal
	case []node:
		return c.list(v), array
	}
	return always(c.shape(n.value)), spatial
}

// list compiles the values of a list.
func (c *compiler) list(all []node) operand {
	values := make([]operand, len(all))
	for i, n := range all {
		values[i], _ = c.scalar(n)
	}
	return func(f *feature.Feature) any {
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v(f)
		}
		return list
	}
}

// shape is a literal geometry, in degrees. A box may cross the antimeridian.
func (c *compiler) shape(g geom.Geometry) *feature.Shape {
	if ref := c.in.Reference; ref != nil {
		g = feature.Unproject(g, *ref)
	}
	if b, ok := g.(geom.Extent); ok && b[0] > b[2] {
		west, east := geom.Extent{b[0], b[1], 180, b[3]}, geom.Extent{-180, b[1], b[2], b[3]}
		return feature.ShapeOf(geom.Collection{west, east})
	}
	return feature.ShapeOf(g)
}

// property compiles a property's value.
func (c *compiler) property(name string) (operand, kind) {
	k, ok := c.kinds[name]
	if !ok {
		refuse("there is no property %q here; there are %s", clip(name), clip(strings.Join(c.names(), ", ")))
	}
	switch name {
	case Geometry:
		return func(f *feature.Feature) any {
			if f.Geometry == nil {
				return nil
			}
			return feature.ShapeOf(f.Geometry)
		}, spatial
	case ID:
		return func(f *feature.Feature) any { return f.ID }, text
	case Time:
		if !slices.ContainsFunc(c.in.Queryables, func(q feature.Queryable) bool { return q.Name == Time }) {
			return func(f *feature.Feature) any {
				if f.Time == nil {
					return nil
				}
				return *f.Time
			}, temporal
		}
	}
	return func(f *feature.Feature) any {
		v, _ := f.Property(name)
		return valueOf(v, k)
	}, k
}

func (c *compiler) names() (all []string) {
	for name := range c.kinds {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// valueOf is a property's value as expressions have it.
func valueOf(v any, k kind) any {
	switch v := v.(type) {
	case float32:
		return number32(v)
	case float64:
		if math.IsNaN(v) {
			return nil
		}
		return v
	case int64:
		return float64(v)
	case int:
		return float64(v)
	case field.Time:
		return feature.Interval{Start: v, End: v}
	case string:
		if k == temporal {
			if t, ok := timeOf(v); ok {
				return t
			}
			return nil
		}
		return v
	case bool:
		return v
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = valueOf(e, anything)
		}
		return list
	}
	return nil
}

// number32 is the number that a float32 is written as: 280.13, not 280.1300048828125, so that it equals what a client has read.
func number32(v float32) any {
	if v != v {
		return nil
	}
	return decimal(v)
}

// arithmetic compiles + - * / % div ^. What has no value, such as a division by nought, is null.
func (c *compiler) arithmetic(n node) (operand, kind) {
	a, b := c.of(n, 0, numeric), c.of(n, 1, numeric)
	work := arithmetics[n.op]
	return func(f *feature.Feature) any {
		x, ok := a(f).(float64)
		y, ok2 := b(f).(float64)
		if !ok || !ok2 {
			return nil
		}
		v := work(x, y)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}, numeric
}

var arithmetics = map[string]func(x, y float64) float64{
	"+": func(x, y float64) float64 { return x + y }, "-": func(x, y float64) float64 { return x - y },
	"*": func(x, y float64) float64 { return x * y }, "/": func(x, y float64) float64 { return x / y },
	"%": math.Mod, "div": func(x, y float64) float64 { return math.Trunc(x / y) }, "^": math.Pow,
}

// interval compiles INTERVAL(from, to): texts with a time or "..", times, or properties.
func (c *compiler) interval(n node) operand {
	ends := [2]operand{}
	for i, a := range n.args {
		if s, ok := a.value.(string); ok {
			if s == ".." {
				ends[i] = always(feature.Interval{Start: feature.Earliest, End: feature.Latest})
				continue
			}
			ends[i] = timed(a)
			continue
		}
		ends[i] = c.of(n, i, temporal)
	}
	return func(f *feature.Feature) any {
		from, ok := ends[0](f).(feature.Interval)
		to, ok2 := ends[1](f).(feature.Interval)
		if !ok || !ok2 || from.Start > to.End {
			return nil
		}
		return feature.Interval{Start: from.Start, End: to.End}
	}
}

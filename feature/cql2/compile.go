package cql2

import (
	"strings"

	"isobar/feature"
)

// tri is a truth value as SQL has it.
type tri int8

const (
	unknown tri = iota
	yes
	no
)

func truthOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

// kind is what an expression gives.
type kind string

const (
	anything kind = "null" // null, or of a type that isn't told
	text     kind = "text"
	numeric  kind = "number"
	boolean  kind = "boolean"
	temporal kind = "time"
	spatial  kind = "geometry"
	array    kind = "list"
)

// kindOf is the kind of a queryable's type.
func kindOf(t string) kind {
	switch t {
	case "string":
		return text
	case "number", "integer":
		return numeric
	case "boolean":
		return boolean
	case "date-time", "date":
		return temporal
	case "array":
		return array
	}
	return anything
}

// condition is a compiled expression that is true, false or unknown.
type condition func(*feature.Feature) tri

// operators are those that are written without a letter before them, and how many arguments they take; -1: any number from 1 on.
var operators = map[string]int{
	"and": -1, "or": -1, "not": 1, "=": 2, "<>": 2, "<": 2, ">": 2, "<=": 2, ">=": 2, "like": 2, "between": 3, "in": 2, "isnull": 1,
	"+": 2, "-": 2, "*": 2, "/": 2, "%": 2, "div": 2, "^": 2, "casei": 1, "accenti": 1, "()": 1, "interval": 2,
}

// compiler makes functions of expressions.
type compiler struct {
	in    Context
	kinds map[string]kind
}

// check refuses a wrong number of arguments.
func check(n node) {
	want, ok := operators[n.op]
	if !ok && n.op != "function" && n.op != "property" && n.op != "" {
		want = 2 // S_, T_ and A_
	}
	if want > 0 && len(n.args) != want || want < 0 && len(n.args) == 0 {
		refuse("%s takes %d arguments, not %d", strings.ToUpper(n.op), max(want, 1), len(n.args))
	}
}

// truth compiles what must be true or false.
func (c *compiler) truth(n node) condition {
	check(n)
	switch n.op {
	case "and", "or":
		return c.junction(n)
	case "not":
		inner := c.truth(n.args[0])
		return func(f *feature.Feature) tri {
			switch inner(f) {
			case yes:
				return no
			case no:
				return yes
			}
			return unknown
		}
	case "()":
		return c.truth(n.args[0])
	case "=", "<>", "<", ">", "<=", ">=":
		return c.comparison(n.op, n.args[0], n.args[1])
	case "between":
		low, high := c.comparison(">=", n.args[0], n.args[1]), c.comparison("<=", n.args[0], n.args[2])
		return func(f *feature.Feature) tri { return both(low(f), high(f)) }
	case "in":
		return c.in_(n)
	case "like":
		return c.like(n)
	case "isnull":
		value, _ := c.scalar(n.args[0])
		return func(f *feature.Feature) tri { return truthOf(value(f) == nil) }
	}
	if len(n.op) > 2 && n.op[1] == '_' {
		switch n.op[0] {
		case 's':
			return c.spatial(n)
		case 't':
			return c.temporal(n)
		case 'a':
			return c.array(n)
		}
	}
	value, k := c.scalar(n)
	if k != boolean && k != anything {
		refuse("%s is neither true nor false", describe(n))
	}
	return func(f *feature.Feature) tri {
		if b, ok := value(f).(bool); ok {
			return truthOf(b)
		}
		return unknown
	}
}

func both(a, b tri) tri {
	switch {
	case a == no || b == no:
		return no
	case a == yes && b == yes:
		return yes
	}
	return unknown
}

// junction compiles AND and OR: what decides ends it.
func (c *compiler) junction(n node) condition {
	all := make([]condition, len(n.args))
	for i, a := range n.args {
		all[i] = c.truth(a)
	}
	decides, else_ := no, yes
	if n.op == "or" {
		decides, else_ = yes, no
	}
	return func(f *feature.Feature) tri {
		result := else_
		for _, one := range all {
			switch one(f) {
			case decides:
				return decides
			case unknown:
				result = unknown
			}
		}
		return result
	}
}

// describe names an expression in an error.
func describe(n node) string {
	switch n.op {
	case "property", "function":
		return n.name
	case "":
		if s, ok := n.value.(string); ok {
			return "'" + clip(s) + "'"
		}
		return "a literal"
	}
	return strings.ToUpper(n.op)
}

// comparison compiles a sign between two values of one kind.
func (c *compiler) comparison(op string, left, right node) condition {
	a, ka := c.scalar(left)
	b, kb := c.scalar(right)
	a, ka, b, kb = reconcile(left, right, a, ka, b, kb)
	if ka != kb && ka != anything && kb != anything {
		refuse("%s (%s) can't be compared with %s (%s)", describe(left), ka, describe(right), kb)
	}
	if ka == spatial || ka == array || (ka == boolean || kb == boolean) && op != "=" && op != "<>" {
		refuse("%s (%s) can't be compared by %s", describe(left), ka, op)
	}
	holds := orders[op]
	return func(f *feature.Feature) tri {
		order, ok := compare(a(f), b(f))
		if !ok {
			return unknown
		}
		return truthOf(holds(order))
	}
}

// reconcile reads a text as a time where it is compared with one.
func reconcile(left, right node, a operand, ka kind, b operand, kb kind) (operand, kind, operand, kind) {
	if ka == temporal && kb == text {
		b, kb = timed(right), temporal
	} else if kb == temporal && ka == text {
		a, ka = timed(left), temporal
	}
	return a, ka, b, kb
}

func timed(n node) operand {
	s, _ := n.value.(string)
	t, ok := timeOf(s)
	if !ok {
		refuse("%s is no time", describe(n))
	}
	return func(*feature.Feature) any { return t }
}

var orders = map[string]func(order int) bool{
	"=": func(o int) bool { return o == 0 }, "<>": func(o int) bool { return o != 0 },
	"<": func(o int) bool { return o < 0 }, "<=": func(o int) bool { return o <= 0 },
	">": func(o int) bool { return o > 0 }, ">=": func(o int) bool { return o >= 0 },
}

// compare orders two values; ok is false if one is null or they are of different kinds. Times that overlap are equal: a day holds its
// hours.
func compare(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case float64:
		if b, same := b.(float64); same {
			switch {
			case a < b:
				return -1, true
			case a > b:
				return 1, true
			}
			return 0, a == b
		}
	case string:
		if b, same := b.(string); same {
			return strings.Compare(a, b), true
		}
	case bool:
		if b, same := b.(bool); same {
			if a == b {
				return 0, true
			}
			return 1, true
		}
	case feature.Interval:
		if b, same := b.(feature.Interval); same {
			switch {
			case a.End < b.Start:
				return -1, true
			case a.Start > b.End:
				return 1, true
			}
			return 0, true
		}
	}
	return 0, false
}

// in_ compiles IN.
func (c *compiler) in_(n node) condition {
	list, ok := n.args[1].value.([]node)
	if !ok {
		refuse("IN has no list")
	}
	all := make([]condition, len(list))
	for i, v := range list {
		all[i] = c.comparison("=", n.args[0], v)
	}
	return func(f *feature.Feature) tri {
		result := no
		for _, one := range all {
			switch one(f) {
			case yes:
				return yes
			case unknown:
				result = unknown
			}
		}
		return result
	}
}

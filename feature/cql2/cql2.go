// Package cql2 reads filters in the Common Query Language (OGC 21-065r2), as text and as JSON, and makes functions of them.
package cql2

import (
	"errors"
	"fmt"

	"isobar/feature"
	"isobar/geo"
)

// ErrInvalid says that a filter can't be read or asked, by wrapping.
var ErrInvalid = errors.New("invalid filter")

// What one filter may hold.
const (
	MaxBytes = 64 << 10
	maxDepth = 32   // of nested expressions
	maxNodes = 5000 // expressions in all
	maxList  = 1000 // values of one list
	maxLike  = 1000 // characters of a pattern
)

// Context is what a filter is read for.
type Context struct {
	Queryables []feature.Queryable
	// Reference is the system of coordinates in the filter; nil: degrees, longitude first.
	Reference *geo.Reference
}

// Geometry and ID are names of properties that every feature has; Time stands for when it holds.
const (
	Geometry = "geometry"
	ID       = "id"
	Time     = "time"
)

// ParseText reads CQL2 Text. The error wraps ErrInvalid, and names the property that isn't there, what doesn't fit, or where the text
// is wrong. What is null or missing makes comparisons neither true nor false, as in SQL; only what is true passes.
//
// Supported are: AND, OR, NOT; =, <>, <, >, <=, >=; BETWEEN, IN, LIKE, IS NULL; CASEI, ACCENTI; + - * / % div ^; S_INTERSECTS, S_DISJOINT,
// S_WITHIN, S_CONTAINS, S_EQUALS, in the plane of degrees; T_ with all of table 9's names; A_CONTAINS, A_CONTAINEDBY, A_EQUALS,
// A_OVERLAPS; and the functions of Functions. S_TOUCHES, S_CROSSES and S_OVERLAPS are refused by name.
func ParseText(text string, in Context) (func(*feature.Feature) bool, error) {
	return parse(in, func() node { return readText(text) })
}

// ParseJSON reads CQL2 JSON, as ParseText does text.
func ParseJSON(text []byte, in Context) (func(*feature.Feature) bool, error) {
	return parse(in, func() node { return readJSON(text) })
}

// fault is a reader's way out, caught in parse.
type fault struct{ err error }

func refuse(format string, args ...any) {
	panic(fault{fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))})
}

func parse(in Context, read func() node) (keep func(*feature.Feature) bool, err error) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case fault:
			keep, err = nil, f.err
		default:
			panic(f)
		}
	}()
	c := &compiler{in: in, kinds: map[string]kind{ID: text, Geometry: spatial, Time: temporal}}
	for _, q := range in.Queryables {
		c.kinds[q.Name] = kindOf(q.Type)
	}
	test := c.truth(read())
	return func(f *feature.Feature) bool { return test(f) == yes }, nil
}

// node is an expression: an operation with arguments, a property, or a literal.
type node struct {
	op    string // in lower case: "and", "=", "s_intersects"; "" for a literal
	args  []node
	name  string // of a property (op "property") or a function (op "function")
	value any    // literal: nil, bool, float64, string, instant, interval, geom.Geometry, []node (a list)
}

// counter bounds what is read.
type counter struct{ depth, nodes int }

func (c *counter) enter() {
	c.depth++
	c.nodes++
	if c.depth > maxDepth {
		refuse("nested deeper than %d", maxDepth)
	}
	if c.nodes > maxNodes {
		refuse("more than %d expressions", maxNodes)
	}
}

func (c *counter) leave() { c.depth-- }

func clip(s string) string {
	runes := []rune(s[:min(len(s), 400)])
	if len(runes) > 80 {
		return string(runes[:80]) + "..."
	}
	return s
}

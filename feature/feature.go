// Package feature is things with a place: an identity, a geometry, properties and a time.
package feature

import (
	"context"
	"errors"

	"github.com/go-spatial/geom"

	"isobar/field"
	"isobar/geo"
)

// Feature is one thing. Immutable once it is given out.
type Feature struct {
	ID         string
	Geometry   geom.Geometry // degrees, WGS 84, longitude first (RFC 7946); nil: none
	Properties []Property    // in the order they are written
	Time       *Interval     // when it holds; nil: always
}

// Property is a named value: nil, bool, float32 or float64 (written with the digits that it holds), int64, string, []any or
// map[string]any of these, field.Time, []float32, or json.RawMessage, which is written as it stands.
type Property struct {
	Name  string
	Value any
}

// Interval is from Start to End, both included; an instant has both equal.
type Interval struct{ Start, End field.Time }

// Property finds a property's value.
func (f *Feature) Property(name string) (any, bool) {
	for i := range f.Properties {
		if f.Properties[i].Name == name {
			return f.Properties[i].Value, true
		}
	}
	return nil, false
}

// About tells of a collection.
type About struct {
	ID, Title, Description string
	Extent                 geo.Box   // degrees; the world if it is not known
	Time                   *Interval // nil: features have no time
	Queryables             []Queryable
	Attribution, License   string
}

// Queryable is a property that filters may name, its type as JSON Schema names it ("number", "string", "boolean"; "date-time"
// stands for a string of that format), and its unit (UCUM) or "".
type Queryable struct{ Name, Title, Type, Unit string }

// Query says which features of a collection are wanted. The zero value means all, up to the collection's own limit.
type Query struct {
	Box           *geo.Box  // degrees; west > east crosses the antimeridian
	Time          *Interval // those whose time meets it, and those without a time
	IDs           []string
	Filter        func(*Feature) bool // nil: all
	Offset, Limit int                 // Limit 0: no limit of the query's own
}

// Page is a part of the features that a query matches.
type Page struct {
	Features []Feature
	Matched  int // how many there are in all; -1: not counted
}

// Collection is features that can be asked for. Implementations are safe for concurrent use.
type Collection interface {
	About(ctx context.Context) (About, error)
	Query(ctx context.Context, q Query) (Page, error)
	// Feature gives one feature; the error wraps ErrNotFound.
	Feature(ctx context.Context, id string) (Feature, error)
}

// Editable is a collection that can be written (OGC API Features Part 4).
type Editable interface {
	Collection
	// Create adds a feature and gives its identity: the feature's own, or a new one. The error wraps ErrExists.
	Create(ctx context.Context, f Feature) (id string, err error)
	// Replace and Delete wrap ErrNotFound.
	Replace(ctx context.Context, f Feature) error
	Delete(ctx context.Context, id string) error
}

// Catalogue is a source of collections.
type Catalogue interface {
	Collections(ctx context.Context) ([]Collection, error)
	// Collection finds one by identity; the error wraps ErrNotFound.
	Collection(ctx context.Context, id string) (Collection, error)
}

// ErrNotFound and ErrExists say that there is no such thing, or one already, by wrapping.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
)

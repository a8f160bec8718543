package coveragetest

import (
	"testing"

	"isobar/coverage"
	"isobar/elements"
	"isobar/geo"
	"isobar/grid"
	"isobar/sample"
)

// All cuts nothing off.
var All = coverage.Cut{X: coverage.All, Y: coverage.All}

// Rows are the elements that ship with the program.
func Rows(t testing.TB) *elements.Catalogue {
	t.Helper()
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Source is a part of a cube of fields, of Temperature if no elements are given.
func Source(t testing.TB, shape Shape, cut coverage.Cut, els ...Element) *coverage.Source {
	t.Helper()
	if len(els) == 0 {
		els = []Element{Temperature()}
	}
	cube, fields := Cube(shape, els...)
	s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Places are those of all cells of a grid.
func Places(g grid.Grid) []geo.LonLat {
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	return places
}

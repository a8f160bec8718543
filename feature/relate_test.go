package feature

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/go-spatial/geom"

	"isobar/field"
	"isobar/geo"
)

var (
	square = geom.Polygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{4, 4}, {6, 4}, {6, 6}, {4, 6}}} // with a hole
	inner  = geom.Polygon{{{1, 1}, {3, 1}, {3, 3}, {1, 3}}}
	inHole = geom.Polygon{{{4.5, 4.5}, {5.5, 4.5}, {5, 5.5}}}
	across = geom.LineString{{-5, 5}, {15, 5}}
)

func TestShapesMeetAndLieWithin(t *testing.T) {
	for _, c := range []struct {
		name               string
		a, b               geom.Geometry
		intersects, within bool // a within b
	}{
		{"a point inside", geom.Point{2, 2}, square, true, true},
		{"a point in a hole", geom.Point{5, 5}, square, false, false},
		{"a point on the edge", geom.Point{0, 5}, square, true, false},
		{"a point on a hole's edge", geom.Point{4, 5}, square, true, false},
		{"a point at a corner", geom.Point{10, 10}, square, true, false},
		{"a point outside", geom.Point{11, 5}, square, false, false},
		{"points, one outside", geom.MultiPoint{{2, 2}, {11, 5}}, square, true, false},
		{"points inside and on the edge", geom.MultiPoint{{2, 2}, {0, 5}}, square, true, true},
		{"the same point", geom.Point{1, 1}, geom.Point{1, 1}, true, true},
		{"a point on a line", geom.Point{0, 5}, across, true, true},
		{"a point at a line's end", geom.Point{-5, 5}, across, true, false},
		{"a line across", across, square, true, false},
		{"a line inside", geom.LineString{{1, 1}, {3, 3}}, square, true, true},
		{"a line over the hole", geom.LineString{{3, 5}, {7, 5}}, square, true, false},
		{"a line along the edge", geom.LineString{{0, 1}, {0, 9}}, square, true, false},
		{"a line in the hole", geom.LineString{{4.5, 5}, {5.5, 5}}, square, false, false},
		{"a part of a line", geom.LineString{{0, 5}, {3, 5}}, across, true, true},
		{"crossing lines", geom.LineString{{0, 0}, {0, 9}}, across, true, false},
		{"lines apart", geom.LineString{{0, 6}, {3, 6}}, across, false, false},
		{"an area inside", inner, square, true, true},
		{"an area around the hole", geom.Polygon{{{3, 3}, {7, 3}, {7, 7}, {3, 7}}}, square, true, false},
		{"an area in the hole", inHole, square, false, false},
		{"the area itself", square, square, true, true},
		{"an area around all", geom.Polygon{{{-1, -1}, {11, -1}, {11, 11}, {-1, 11}}}, square, true, false},
		{"areas side by side", geom.Polygon{{{10, 0}, {12, 0}, {12, 10}, {10, 10}}}, square, true, false},
		{"an area with the same hole", geom.Polygon{{{3, 3}, {7, 3}, {7, 7}, {3, 7}}, {{4, 4}, {6, 4}, {6, 6}, {4, 6}}}, square, true, true},
		{"one of several areas", inner, geom.MultiPolygon{{{{20, 20}, {21, 20}, {21, 21}}}, {{{0, 0}, {9, 0}, {9, 9}, {0, 9}}}}, true, true},
		{"a collection", geom.Collection{geom.Point{2, 2}, geom.LineString{{1, 1}, {3, 3}}}, square, true, true},
		{"nothing", geom.Collection{}, square, false, false},
		{"heights don't count", geom.PointZ{2, 2, 1e6}, square, true, true},
	} {
		a, b := ShapeOf(c.a), ShapeOf(c.b)
		if got := a.Intersects(b); got != c.intersects || b.Intersects(a) != got {
			t.Errorf("%s: intersects %v, the other way %v; want %v", c.name, got, b.Intersects(a), c.intersects)
		}
		if got := a.Within(b); got != c.within {
			t.Errorf("%s: within %v, want %v", c.name, got, c.within)
		}
	}
	turned := geom.Polygon{{{10, 10}, {0, 10}, {0, 0}, {10, 0}, {10, 5}}, {{6, 6}, {4, 6}, {4, 4}, {6, 4}}}
	if !ShapeOf(square).Equals(ShapeOf(turned)) || ShapeOf(square).Equals(ShapeOf(square[:1])) || ShapeOf(inner).Equals(ShapeOf(square)) {
		t.Error("equality")
	}
}

func TestWindowsCrossTheAntimeridian(t *testing.T) {
	for _, c := range []struct {
		box  geo.Box
		g    geom.Geometry
		want bool
	}{
		{geo.Box{0, 0, 10, 10}, geom.Point{10, 10}, true},
		{geo.Box{0, 0, 10, 10}, geom.Point{10.001, 10}, false},
		{geo.Box{0, 0, 10, 10}, geom.Point{365, 5}, true},
		{geo.Box{170, -10, -170, 10}, geom.Point{180, 0}, true},
		{geo.Box{170, -10, -170, 10}, geom.Point{-175, 0}, true},
		{geo.Box{170, -10, -170, 10}, geom.Point{185, 0}, true},
		{geo.Box{170, -10, -170, 10}, geom.Point{0, 0}, false},
		{geo.Box{170, -10, 190, 10}, geom.Point{-175, 0}, true},
		{geo.Box{180, -10, 190, 10}, geom.Point{180, 0}, true},
		{geo.Box{-180, -90, 180, 90}, geom.Point{181, 0}, true},
		{geo.Box{0, 0, 360, 10}, geom.Point{-5, 5}, true},
		{geo.Box{4.5, 4.5, 5.5, 5.5}, square, false}, // in the hole
		{geo.Box{4.5, 4.5, 6.5, 5.5}, square, true},
		{geo.Box{2, 2, 3, 3}, square, true},
		{geo.Box{2, 2, 2, 2}, square, true},
		{geo.Box{5, 5, 5, 5}, square, false},
		{geo.Box{6, 7, 8, 9}, geom.LineString{{0, 0}, {10, 10}}, true},
		{geo.Box{6, 8, 7, 9}, geom.LineString{{0, 0}, {10, 10}}, false},
		{geo.Box{0, 0, 1, 1}, nil, false},
	} {
		if got := NewWindow(c.box).Holds(c.g); got != c.want {
			t.Errorf("%v holds %v: %v, want %v", c.box, c.g, got, c.want)
		}
	}
}

func TestDistancesAreAlongGreatCircles(t *testing.T) {
	for _, c := range []struct {
		a, b geo.LonLat
		want float64
	}{
		{geo.LonLat{}, geo.LonLat{Lon: 180}, math.Pi * earthRadius}, {geo.LonLat{Lat: 90}, geo.LonLat{Lon: 77, Lat: -90}, math.Pi * earthRadius},
		{geo.LonLat{Lon: 359, Lat: 0}, geo.LonLat{Lon: 0}, math.Pi * earthRadius / 180}, {geo.LonLat{Lon: 5, Lat: 5}, geo.LonLat{Lon: 5, Lat: 5}, 0},
	} {
		if got := Distance(c.a, c.b); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("Distance(%v, %v) = %g, want %g", c.a, c.b, got, c.want)
		}
	}
}

func stations(t testing.TB, n int) *Static {
	t.Helper()
	all := make([]Feature, n)
	for i := range all {
		at := field.Time(i * 3600)
		all[i] = Feature{ID: fmt.Sprint("s", i), Geometry: geom.Point{float64(i%360) - 180, float64(i/360%180) - 89.5}, Time: &Interval{at, at}, Properties: []Property{{"n", int64(i)}, {"v", 0.5}}}
	}
	s, err := NewStatic(About{ID: "stations"}, all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStaticCollectionsAnswerQueries(t *testing.T) {
	s, ctx := stations(t, 1000), context.Background()
	odd := func(f *Feature) bool { n, _ := f.Property("n"); return n.(int64)%2 == 1 }
	for _, c := range []struct {
		name         string
		q            Query
		matched, len int
		first        string
	}{
		{"all", Query{}, 1000, 1000, "s0"},
		{"a page", Query{Offset: 10, Limit: 5}, 1000, 5, "s10"},
		{"beyond the end", Query{Offset: 2000, Limit: 5}, 1000, 0, ""},
		{"a box", Query{Box: &geo.Box{-180, -90, -171, -89}, Limit: 3}, 10, 3, "s0"},
		{"over the antimeridian", Query{Box: &geo.Box{178, -90, -178, -89}}, 5, 5, "s0"},
		{"times", Query{Time: &Interval{3600, 7200}}, 2, 2, "s1"},
		{"identities", Query{IDs: []string{"s7", "nope", "s3", "s7"}}, 2, 2, "s3"},
		{"a filter", Query{Filter: odd, Offset: 2, Limit: 1}, 500, 1, "s5"},
	} {
		p, err := s.Query(ctx, c.q)
		if err != nil || p.Matched != c.matched || len(p.Features) != c.len || c.len > 0 && p.Features[0].ID != c.first {
			t.Errorf("%s: %d of %d, %v", c.name, len(p.Features), p.Matched, err)
		}
	}
	about, _ := s.About(ctx)
	if about.Extent != (geo.Box{-180, -89.5, 179, -87.5}) || *about.Time != (Interval{0, 999 * 3600}) || len(about.Queryables) != 2 || about.Queryables[0] != (Queryable{Name: "n", Type: "integer"}) {
		t.Errorf("about is %+v", about)
	}
	if _, err := s.Feature(ctx, "nope"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no feature: %v", err)
	}
	if _, err := NewStatic(About{}, []Feature{{ID: "a"}, {ID: "a"}}); !errors.Is(err, ErrExists) {
		t.Errorf("two of one identity: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Query(ended, Query{Filter: odd}); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
}

func BenchmarkQueryBox(b *testing.B) {
	s := stations(b, 60_000)
	for b.Loop() {
		_, _ = s.Query(context.Background(), Query{Box: &geo.Box{0, 0, 10, 10}, Limit: 10})
	}
}

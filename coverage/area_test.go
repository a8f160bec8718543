package coverage_test

import (
	"context"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/geo"
	"isobar/sample"
)

func TestCellsOutsideAnAreaHaveNoValue(t *testing.T) {
	e := coveragetest.Temperature()
	e.Value = func(at geo.LonLat, _, _, _ int) float64 { return at.Lat }
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50"), Times: 2}, e)
	for _, c := range []struct {
		name  string
		holds func(geo.LonLat) bool
		want  int
	}{
		{"a half", func(p geo.LonLat) bool { return p.Lat > 45.5 }, 5 * 21},
		{"nothing: the cell next to its middle", func(geo.LonLat) bool { return false }, 1},
	} {
		cut := coverage.Cut{X: coverage.All, Y: coverage.All, Area: &coverage.Area{Name: c.name, Middle: geo.LonLat{Lon: 3.2, Lat: 44.8}, Holds: func(at []geo.LonLat, in []bool) {
			for i, p := range at {
				in[i] = c.holds(p)
			}
		}}}
		s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float32, 2*21*11)
		if err := s.Read(context.Background(), 0, 0, 2, 0, 11, values); err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, v := range values {
			if v == v {
				n++
				if at := s.Y[i/21%11]; float64(v) != at {
					t.Errorf("%s: value %d is %v, want %v", c.name, i, v, at)
				}
			}
		}
		if n != 2*c.want {
			t.Errorf("%s: %d values, want %d", c.name, n, 2*c.want)
		}
	}
}

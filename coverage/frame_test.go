package coverage_test

import (
	"math"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
)

func TestAFrameIsExactlyItsBox(t *testing.T) {
	const mercator = 20037508.342789244
	for _, c := range []struct {
		name  string
		grid  string
		box   [4]float64 // x, x, y, y
		code  string     // of the box and the answer; "": the grid's own
		w, h  int
		exact bool
		tol   float64
	}{
		{"edges of cells", world, [4]float64{-1.25, 21.25, 38.75, 51.25}, "CRS:84", 9, 5, true, 0},
		{"edges of cells, scaled", world, [4]float64{-1.25, 21.25, 38.75, 51.25}, "EPSG:4326", 18, 10, false, 0.2},
		{"edges of cells in another turn", world, [4]float64{358.75, 381.25, 38.75, 51.25}, "CRS:84", 9, 5, true, 0},
		{"between cells", world, [4]float64{3, 13, 41, 51}, "CRS:84", 10, 10, false, 0.2},
		{"less than a cell", world, [4]float64{3, 3.5, 41, 41.25}, "CRS:84", 4, 2, false, 0.2},
		{"less than a cell, one pixel", world, [4]float64{3, 3.5, 41, 41.25}, "EPSG:4326", 1, 1, false, 0.2},
		{"over the seam", world, [4]float64{175, 185, 41, 51}, "CRS:84", 10, 10, false, 0.2},
		{"less than a cell of a map", world, [4]float64{1e6, 1.01e6, 5e6, 5.01e6}, "EPSG:3857", 3, 3, false, 0.2},
		{"a tile", "latlon:1440x721:-180,-90,179.75,90", [4]float64{0, mercator / 4, 0, mercator / 4}, "EPSG:3857", 64, 64, false, 0.2},
		{"a Lambert grid's own cells", "lambert:61x41:-400000,300000,20000,20000:10,48,48:6371229", [4]float64{-110000, 110000, -90000, 90000}, "", 11, 9, true, 0},
		{"between a Lambert grid's cells", "lambert:61x41:-400000,300000,20000,20000:10,48,48:6371229", [4]float64{-100500, 100500, -90100, 90100}, "", 10, 9, false, 0.2},
		{"a part of a Lambert grid in degrees", "lambert:161x121:-1600000,1200000,20000,20000:-60,48,48:6371229", [4]float64{-61, -60, 47, 48}, "CRS:84", 7, 5, false, 0.2},
	} {
		cut := coverage.Cut{X: to(c.box[0], c.box[1]), Y: to(c.box[2], c.box[3]), Width: c.w, Height: c.h, Frame: true}
		if c.code != "" {
			cut.In, cut.Out = ref(t, c.code), ref(t, c.code)
		}
		s := source(t, coveragetest.Grid(c.grid), cut)
		want := [4]float64{c.box[0], c.box[2], c.box[1], c.box[3]}
		for i := range want {
			if math.Abs(s.Box[i]-want[i]) > 1e-6*math.Abs(want[i])+1e-6 {
				t.Errorf("%s: got box %v, want %v", c.name, s.Box, want)
				break
			}
		}
		if s.Width() != c.w || s.Height() != c.h || s.Exact != c.exact {
			t.Errorf("%s: got %d x %d, exact %v, want %d x %d, %v", c.name, s.Width(), s.Height(), s.Exact, c.w, c.h, c.exact)
		}
		checkPlaces(t, c.name, s, c.tol)
	}
}

func TestASmallGridIsFoundInALargeFrame(t *testing.T) {
	const mercator = 20037508.342789244
	cut := coverage.Cut{X: to(-mercator, mercator), Y: to(-mercator, mercator), In: ref(t, "EPSG:3857"), Out: ref(t, "EPSG:3857"), Width: 256, Height: 256, Frame: true}
	values := 0
	for _, v := range read(t, source(t, coveragetest.Grid("latlon:41x41:10,40,14,44"), cut)) {
		if v == v {
			values++
		}
	}
	if values < 6 || values > 20 { // of 3 by 4 pixels or so
		t.Errorf("got %d values", values)
	}
}

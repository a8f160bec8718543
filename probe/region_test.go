package probe

import (
	"errors"
	"math"
	"testing"

	"github.com/go-spatial/geom"

	"isobar/geo"
	"isobar/grid"
)

// region makes one, or fails.
func region(t testing.TB, r Region, err error) Region {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// square is a ring of a box.
func square(west, south, east, north float64) [][2]float64 {
	return [][2]float64{{west, south}, {east, south}, {east, north}, {west, north}}
}

func TestWhatLiesInARegion(t *testing.T) {
	holed, err := Polygons(geom.Polygon{square(0, 0, 10, 10), square(4, 4, 6, 6)})
	holed = region(t, holed, err)
	closed, err := Polygons(geom.Polygon{append(square(170, -10, 190, 10), [2]float64{170, -10})})
	closed = region(t, closed, err)
	two, err := Polygons(geom.Polygon{square(170, 0, 180, 10)}, geom.Polygon{square(-180, 0, -170, 10)})
	two = region(t, two, err)
	world, err := Polygons(geom.Polygon{square(-180, -90, 180, 90)})
	world = region(t, world, err)
	seam, err := Polygons(geom.Polygon{square(170, -5, 190, 5)})
	seam = region(t, seam, err)
	for _, c := range []struct {
		name     string
		r        Region
		lon, lat float64
		want     bool
	}{
		{"inside", holed, 2, 5, true}, {"on the rim", holed, 10, 5, true}, {"at a corner", holed, 0, 0, true}, {"another turn", holed, 362, 5, true},
		{"in the hole", holed, 5, 5, false}, {"on the hole's rim", holed, 4, 5, true}, {"beside", holed, 11, 5, false}, {"above", holed, 5, 11, false},
		{"over the seam, east of it", closed, -175, 0, true}, {"over the seam, west of it", closed, 175, 0, true}, {"over the seam, beside", closed, 0, 0, false},
		{"in the second of two", two, -172, 5, true}, {"in the first of two", two, 172, 5, true}, {"in neither", two, 0, 5, false},
		{"the world's own seam", world, 180, 0, true}, {"a turn further", world, 540, 0, true}, {"the pole", world, 33, 90, true},
		{"a box over the seam", seam, -171, 0, true}, {"beside that", seam, -169, 0, false},
	} {
		if got := c.r.Has(geo.LonLat{Lon: c.lon, Lat: c.lat}); got != c.want {
			t.Errorf("%s: %v, %v is in: %v, want %v", c.name, c.lon, c.lat, got, c.want)
		}
		if _, in := into(c.r.Box(), geo.LonLat{Lon: c.lon, Lat: c.lat}); c.want && !in {
			t.Errorf("%s: %v, %v is not in the region's box %v", c.name, c.lon, c.lat, c.r.Box())
		}
	}
}

func TestRegionsThatAreNone(t *testing.T) {
	nan := math.NaN()
	for name, make := range map[string]func() (Region, error){
		"no polygon":       func() (Region, error) { return Polygons() },
		"two corners":      func() (Region, error) { return Polygons(geom.Polygon{{{0, 0}, {1, 1}}}) },
		"a corner of NaN":  func() (Region, error) { return Polygons(geom.Polygon{{{0, 0}, {1, nan}, {2, 2}}}) },
		"beyond the pole":  func() (Region, error) { return Polygons(geom.Polygon{square(0, 0, 10, 91)}) },
		"more than a turn": func() (Region, error) { return Polygons(geom.Polygon{square(-200, 0, 200, 10)}) },
		"too many corners": func() (Region, error) {
			return Polygons(geom.Polygon{square(0, 0, 1, 1), make([][2]float64, maxVertices)})
		},
	} {
		var wrong *ParameterError
		if _, err := make(); !errors.As(err, &wrong) {
			t.Errorf("%s: error %v, want a *ParameterError", name, err)
		}
	}
}

func TestCellsOfARegion(t *testing.T) {
	g := globe(t)
	for _, c := range []struct {
		name string
		box  geo.Box
		want int
	}{
		{"a box with its rim", geo.Box{0, 0, 20, 10}, 6},
		{"over the seam of the grid", geo.Box{-10, 0, 10, 0}, 3},
		{"between the nodes", geo.Box{1, 1, 9, 9}, 0},
		{"the world", geo.Box{-180, -90, 180, 90}, 36 * 19},
		{"the pole", geo.Box{0, 85, 20, 90}, 3},
	} {
		r, err := Polygons(geom.Polygon{square(c.box[0], c.box[1], c.box[2], c.box[3])})
		cells, err2 := CellsIn(t.Context(), g, region(t, r, err), 0)
		if err2 != nil || len(cells.Index) != c.want || len(cells.At) != c.want {
			t.Errorf("%s has %d cells (%v), want %d", c.name, len(cells.Index), err2, c.want)
		}
	}
	r, err := Polygons(geom.Polygon{square(-180, -90, 180, 90)})
	if _, err := CellsIn(t.Context(), g, region(t, r, err), 100); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many cells give %v", err)
	}
	if c, ok := CellNear(g, geo.LonLat{Lon: -4, Lat: 44}); !ok || c.At[0] != (geo.LonLat{Lon: 0, Lat: 40}) {
		t.Errorf("the cell near 4 W 44 N lies at %v", c.At)
	}
}

func TestTheCellsOfTheWorldAreAsLargeAsIt(t *testing.T) {
	lambert, err := grid.Projected(grid.LambertAzimuthal(geo.Sphere(earthRadius), 10, 50), grid.Cells{NX: 40, NY: 30, DX: 50e3, DY: 50e3, First: geo.LonLat{Lon: 0, Lat: 45}})
	if err != nil {
		t.Fatal(err)
	}
	whole := 4 * math.Pi * earthRadius * earthRadius
	for _, c := range []struct {
		name string
		g    grid.Grid
		want float64
	}{
		{"degrees", globe(t), whole},
		{"an equal area projection", lambert, 40 * 30 * 50e3 * 50e3},
	} {
		r, err := Polygons(geom.Polygon{square(-180, -90, 180, 90)})
		cells, err2 := CellsIn(t.Context(), c.g, region(t, r, err), 0)
		if err2 != nil || len(cells.Index) != c.g.Len() {
			t.Fatalf("%s: %d cells of %d, %v", c.name, len(cells.Index), c.g.Len(), err2)
		}
		sum := 0.0
		for _, v := range cells.Areas() {
			sum += v
		}
		if math.Abs(sum/c.want-1) > 1e-3 {
			t.Errorf("%s: cells of %v m2 in all, want %v", c.name, sum, c.want)
		}
	}
}

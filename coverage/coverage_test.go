package coverage_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/geo"
	"isobar/grid"
	"isobar/sample"
)

// all is a cut of everything.
var all = coverage.Cut{X: coverage.All, Y: coverage.All}

func to(low, high float64) coverage.Interval { return coverage.Interval{Low: low, High: high} }

func ref(t *testing.T, code string) *geo.Reference {
	t.Helper()
	r, err := geo.Lookup(code)
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

// source resolves a cut of one temperature.
func source(t *testing.T, g grid.Grid, c coverage.Cut) *coverage.Source {
	t.Helper()
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: g}, coveragetest.Temperature())
	s, err := coverage.New(fields, sample.New(1<<20), cube, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, s *coverage.Source) []float32 {
	t.Helper()
	dst := make([]float32, s.Width()*s.Height())
	if err := s.Read(context.Background(), 0, 0, 1, 0, s.Height(), dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

const world = "latlon:144x73:-180,-90,177.5,90"

func TestABoxHoldsTheCellsWhoseCentresAreInIt(t *testing.T) {
	for _, c := range []struct {
		name string
		grid string
		x, y coverage.Interval
		w, h int
		x0   float64
		y0   float64
	}{
		{"everything", world, coverage.All, coverage.All, 144, 73, -180, 90},
		{"the edges of all cells", world, to(-181.25, 178.75), to(-91.25, 91.25), 144, 73, -180, 90},
		{"edges of some cells", world, to(-1.25, 21.25), to(38.75, 51.25), 9, 5, 0, 50},
		{"centres", world, to(0, 20), to(40, 50), 9, 5, 0, 50},
		{"another turn", world, to(0, 357.5), to(-90, 90), 144, 73, 0, 90},
		{"a whole turn with both ends", world, to(0, 360), coverage.All, 144, 73, 0, 90},
		{"over the seam", world, to(170, 190), coverage.All, 9, 73, 170, 90},
		{"over the seam, written backwards", world, to(170, -170), coverage.All, 9, 73, 170, 90},
		{"turns away", world, to(370, 380), coverage.All, 5, 73, 370, 90},
		{"less than a cell", world, to(1.3, 1.4), to(1.3, 1.4), 1, 1, 2.5, 2.5},
		{"a point", world, coverage.At(10.9), coverage.At(50.9), 1, 1, 10, 50},
		{"open ends", world, to(0, math.Inf(1)), to(math.Inf(-1), 0), 72, 37, 0, 0},
		{"a region", "latlon:21x11:-10,40,10,50", to(-5, 100), to(0, 45), 16, 6, -5, 45},
		{"a region in another turn", "latlon:21x11:-10,40,10,50", to(355, 365), to(40, 41), 11, 2, 355, 41},
		{"Gaussian rows", "gaussian:16:64x32+0:-180,174.375", to(0, 10), to(0, 10), 2, 2, 0, 8.306702856518797},
	} {
		s := source(t, coveragetest.Grid(c.grid), coverage.Cut{X: c.x, Y: c.y})
		if s.Width() != c.w || s.Height() != c.h || math.Abs(s.X[0]-c.x0) > 1e-6 || math.Abs(s.Y[0]-c.y0) > 1e-6 || !s.Exact {
			t.Errorf("%s: got %d x %d from %v %v, exact %v, want %d x %d from %v %v", c.name, s.Width(), s.Height(), s.X[0], s.Y[0], s.Exact, c.w, c.h, c.x0, c.y0)
			continue
		}
		checkPlaces(t, c.name, s, 0)
	}
}

// checkPlaces compares all values with what the fake says of the places.
func checkPlaces(t *testing.T, name string, s *coverage.Source, tolerance float64) {
	t.Helper()
	value := coveragetest.Temperature().Value
	got, at := read(t, s), make([]geo.LonLat, 1)
	bad := 0
	for k, v := range got {
		i, j := k%s.Width(), k/s.Width()
		s.Ref.Inverse(at, []geo.XY{{X: s.X[i], Y: s.Y[j]}})
		want := value(at[0], 0, 0, 0)
		if math.IsNaN(want) != (v != v) && tolerance == 0 || math.Abs(float64(v)-want) > tolerance {
			if bad++; bad < 3 {
				t.Errorf("%s: value %v at column %d, row %d (%v), want %v", name, v, i, j, at[0], want)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%s: %d of %d values are wrong", name, bad, len(got))
	}
}

func TestNativeGridsComeOutOnTheirOwnCells(t *testing.T) {
	for _, id := range []string{
		world, "gaussian:16:64x32+0:-180,174.375", "rotated:41x31:-10,-8,10,7:10,-40,0",
		"lambert:61x41:-400000,300000,20000,20000:10,48,48:6371229", "polar:91x91:-5850000,5850000,130000,130000:0,10,60:6371229",
		"mercator:61x41:-500000,7000000,50000,50000:20:6371200", "azimuthal:61x45:-500000,700000,50000,50000:10,52:wgs84",
	} {
		g := coveragetest.Grid(id)
		s := source(t, g, all)
		if nx, ny := g.Shape(); s.Width() != nx || s.Height() != ny || !s.Exact {
			t.Errorf("%s: got %d x %d, exact %v", id, s.Width(), s.Height(), s.Exact)
		}
		checkPlaces(t, id, s, 0)
		// A geographic box on the grid's own cells.
		s = source(t, g, coverage.Cut{X: to(8, 12), Y: to(46, 50), In: ref(t, "CRS:84")})
		if !s.Exact || s.Width() > 44 {
			t.Errorf("%s: a box of degrees is %d x %d cells, exact %v", id, s.Width(), s.Height(), s.Exact)
		}
		checkPlaces(t, id+" in part", s, 0)
	}
}

func TestABoxOfMetresIsFoundOnAMapAroundTheEarth(t *testing.T) {
	const id = "mercator:36x18:-19480910.889,9444444.444,1113194.907933,1111111.111:0:6378137"
	for _, c := range []struct {
		x     coverage.Interval
		first float64
		width int
	}{
		{to(5e6, 1e7), 5009377.086, 5}, {to(-1.5e7, -1e7), -1.391493635e7, 4}, {to(1.9e7, 2.15e7), 1.948091089e7, 2}, {to(4.5e7, 5e7), 4.5084393771e7, 5},
	} {
		s := source(t, coveragetest.Grid(id), coverage.Cut{X: c.x, Y: coverage.All})
		if !s.Exact || s.Width() != c.width || math.Abs(s.X[0]-c.first) > 1 {
			t.Errorf("%g to %g m: got %d columns from %g on, want %d from %g on", c.x.Low, c.x.High, s.Width(), s.X[0], c.width, c.first)
		}
		checkPlaces(t, id, s, 0)
	}
}

func TestScalingAndReprojectionKeepPlaces(t *testing.T) {
	fine := "latlon:1440x721:-180,-90,179.75,90"
	lambert := "lambert:161x121:-1600000,1200000,20000,20000:-60,48,48:6371229"
	for _, c := range []struct {
		name string
		grid string
		cut  coverage.Cut
		tol  float64
		w, h int // 0: not looked at
	}{
		{"larger cells", fine, coverage.Cut{X: to(20.125, 60.125), Y: to(-20.125, 20.125), Width: 40, Height: 40}, 0.3, 40, 40},
		{"a factor", fine, coverage.Cut{X: to(20, 59.75), Y: to(-19.75, 20), ScaleX: 0.5, ScaleY: 0.25}, 0.3, 80, 40},
		{"smaller cells", world, coverage.Cut{X: to(20, 60), Y: to(-20, 20), ScaleX: 3, ScaleY: 3}, 0.3, 51, 51},
		{"web map", fine, coverage.Cut{X: to(3e6, 4e6), Y: to(-1e6, 1e6), In: ref(t, "EPSG:3857"), Out: ref(t, "EPSG:3857")}, 0.1, 0, 0},
		{"box in degrees, map in metres", fine, coverage.Cut{X: to(20, 30), Y: to(50, 60), In: ref(t, "CRS:84"), Out: ref(t, "EPSG:3035")}, 0.1, 0, 0},
		{"nearest", fine, coverage.Cut{X: to(20, 30), Y: to(50, 60), In: ref(t, "CRS:84"), Out: ref(t, "EPSG:3857"), Width: 7, Height: 9, Interpolation: coverage.Nearest}, 0.3, 7, 9},
		{"all of a Lambert grid in degrees", lambert, coverage.Cut{X: to(-65, -55), Y: to(44, 50), In: ref(t, "CRS:84"), Out: ref(t, "CRS:84")}, 0.1, 0, 0},
	} {
		s := source(t, coveragetest.Grid(c.grid), c.cut)
		if s.Exact || c.w > 0 && (s.Width() != c.w || s.Height() != c.h) {
			t.Errorf("%s: got %d x %d, exact %v, want %d x %d", c.name, s.Width(), s.Height(), s.Exact, c.w, c.h)
		}
		checkPlaces(t, c.name, s, c.tol)
	}
}

func TestReprojectionKeepsTheSizeOfCells(t *testing.T) {
	s := source(t, coveragetest.Grid("lambert:161x121:-1600000,1200000,20000,20000:-60,48,48:6371229"), coverage.Cut{X: coverage.All, Y: coverage.All, Out: ref(t, "EPSG:4326")})
	n := 161 * 121
	if got := s.Width() * s.Height(); got < n || got > 3*n {
		t.Errorf("%d x %d cells of %v by %v, want about as many as %d and a margin", s.Width(), s.Height(), s.DX, s.DY, n)
	}
	if s.Ref.Code != "EPSG:4326" || s.Native != nil {
		t.Errorf("the system is %q", s.Ref.Code)
	}
	// Part of a world, seen from above the pole.
	s = source(t, coveragetest.Grid(world), coverage.Cut{X: coverage.All, Y: coverage.All, Out: ref(t, "EPSG:3413")})
	if s.Width() < 10 || s.Width() > 200 {
		t.Errorf("the Arctic is %d x %d cells", s.Width(), s.Height())
	}
}

func TestMeansAreTakenOverWholeCells(t *testing.T) {
	g := coveragetest.Grid("latlon:8x8:0.5,0.5,7.5,7.5")
	e := coveragetest.Temperature()
	e.Value = func(at geo.LonLat, _, _, _ int) float64 { return math.Floor(at.Lon) + 10*math.Floor(at.Lat) }
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: g}, e)
	s, err := coverage.New(fields, sample.New(1<<20), cube, coverage.Cut{X: coverage.All, Y: coverage.All, Width: 2, Height: 2})
	if err != nil {
		t.Fatal(err)
	}
	got, want := read(t, s), []float32{1.5 + 55, 5.5 + 55, 1.5 + 15, 5.5 + 15}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-3 {
			t.Errorf("got %v, want %v", got, want)
			break
		}
	}
	e.Interpolation = elements.Nearest
	cube, fields = coveragetest.Cube(coveragetest.Shape{Grid: g}, e)
	s, err = coverage.New(fields, sample.New(1<<20), cube, coverage.Cut{X: coverage.All, Y: coverage.All, Width: 2, Height: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range read(t, s) {
		if v != float32(math.Trunc(float64(v))) {
			t.Errorf("categories are %v", read(t, s))
			break
		}
	}
}

func TestBlocksAreTheWholeInParts(t *testing.T) {
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(world), Times: 3, Members: 2}, coveragetest.Temperature())
	cube.Variables[0].Picks[2].Input.Keys = nil
	for _, cut := range []coverage.Cut{all, {X: to(0, 50), Y: to(0, 50)}, {X: to(0, 50), Y: to(0, 50), Width: 11, Height: 50}} {
		s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
		if err != nil {
			t.Fatal(err)
		}
		size := s.Width() * s.Height()
		whole, part := make([]float32, 6*size), make([]float32, s.Width())
		if err := s.Read(context.Background(), 0, 0, 6, 0, s.Height(), whole); err != nil {
			t.Fatal(err)
		}
		for plane := range 6 {
			for row := range s.Height() {
				if err := s.Read(context.Background(), 0, plane, 1, row, 1, part); err != nil {
					t.Fatal(err)
				}
				for i, v := range part {
					w := whole[plane*size+row*s.Width()+i]
					if math.Abs(float64(v-w)) > 1e-4 || (v != v) != (w != w) {
						t.Fatalf("plane %d row %d column %d is %v alone and %v together", plane, row, i, v, w)
					}
					if plane == 2 && v == v {
						t.Fatalf("plane 2 is not published and has the value %v", v)
					}
				}
			}
		}
	}
}

func TestWhatCantBeIsRefusedByAxis(t *testing.T) {
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50")}, coveragetest.Temperature())
	for _, c := range []struct {
		name string
		cut  coverage.Cut
		want error
		axis string
	}{
		{"east of it", coverage.Cut{X: to(50, 60), Y: coverage.All}, coverage.ErrOutside, coverage.AxisX},
		{"south of it", coverage.Cut{X: coverage.All, Y: to(-60, -50)}, coverage.ErrOutside, coverage.AxisY},
		{"upside down", coverage.Cut{X: coverage.All, Y: to(50, 40)}, coverage.ErrReversed, coverage.AxisY},
		{"no factor", coverage.Cut{X: coverage.All, Y: coverage.All, ScaleX: -1}, coverage.ErrScale, coverage.AxisX},
		{"no number", coverage.Cut{X: coverage.All, Y: coverage.All, ScaleY: math.NaN()}, coverage.ErrScale, coverage.AxisY},
		{"a negative size", coverage.Cut{X: coverage.All, Y: coverage.All, Height: -5}, coverage.ErrScale, coverage.AxisY},
		{"too many", coverage.Cut{X: coverage.All, Y: coverage.All, Height: 1 << 30}, coverage.ErrScale, coverage.AxisY},
		{"far away on another map", coverage.Cut{X: to(1e7, 1.1e7), Y: to(1e6, 2e6), In: ref(t, "EPSG:3857"), Out: ref(t, "EPSG:3857")}, coverage.ErrOutside, coverage.AxisX},
	} {
		_, err := coverage.New(fields, sample.New(1<<20), cube, c.cut)
		var axis *coverage.AxisError
		if !errors.Is(err, c.want) || !errors.As(err, &axis) || axis.Axis != c.axis {
			t.Errorf("%s: got %v, want %v of axis %s", c.name, err, c.want, c.axis)
		}
	}
	around, whole := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(world)}, coveragetest.Temperature())
	for _, x := range []coverage.Interval{to(1e300, 1e301), to(-1e301, -1e300), {Low: 1e10, High: 1e10, Slice: true}} {
		if _, err := coverage.New(whole, sample.New(1<<20), around, coverage.Cut{X: x, Y: coverage.All}); !errors.Is(err, coverage.ErrOutside) {
			t.Errorf("%g to %g around the Earth: got %v, want %v", x.Low, x.High, err, coverage.ErrOutside)
		}
	}
	if _, err := coverage.New(fields, sample.New(1<<20), coverage.Cube{}, all); !errors.Is(err, coverage.ErrEmpty) {
		t.Errorf("nothing: %v", err)
	}
}

// FuzzCut tries that no cut panics or takes memory without bound.
func FuzzCut(f *testing.F) {
	f.Add(0.0, 10.0, 40.0, 50.0, 0, 0, 0.5, uint8(0))
	f.Add(-1e300, math.Inf(1), math.NaN(), 1e-320, 1<<30, -1, 1e300, uint8(7))
	grids := []string{world, "latlon:21x11:-10,40,10,50", "rotated:11x9:-5,-4,5,4:10,-40,0", "polar:21x21:-400000,400000,40000,40000:0,-105,60:6371229", "reducedgaussian:4:8+0:-180,360:8+4*4~"}
	codes := []string{"", "CRS:84", "EPSG:3857", "EPSG:3413"}
	f.Fuzz(func(t *testing.T, x0, x1, y0, y1 float64, w, h int, scale float64, pick uint8) {
		g, err := grid.Parse(grids[int(pick)%len(grids)])
		if err != nil {
			t.Fatal(err)
		}
		cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: g}, coveragetest.Temperature())
		c := coverage.Cut{X: to(x0, x1), Y: to(y0, y1), Width: w, Height: h, ScaleX: scale, ScaleY: scale}
		if code := codes[int(pick/8)%4]; code != "" {
			c.In = ref(t, code)
		}
		if code := codes[int(pick/32)%4]; code != "" {
			c.Out = ref(t, code)
		}
		s, err := coverage.New(fields, sample.New(1<<20), cube, c)
		if err != nil {
			return
		}
		if s.Width() < 1 || s.Height() < 1 {
			t.Fatalf("%+v gives %d x %d cells", c, s.Width(), s.Height())
		}
		if s.Cells() < 1<<16 {
			read(t, s)
		}
	})
}

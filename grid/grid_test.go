package grid

import (
	"math"
	"math/rand/v2"
	"testing"

	"isobar/geo"
)

func TestLatLonColumns(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		nx     int
		w, e   float64
		wraps  bool
		extent [2]float64
		at     map[float64]float64
	}{
		{"a grid around the Earth wraps", 360, 0, 359, true, [2]float64{0, 360},
			map[float64]float64{0: 0, 359: 359, 359.4: 359.4, 359.6: -0.4, -0.5: -0.5, 720.25: 0.25, -180: 180}},
		{"from -180", 1440, -180, 179.75, true, [2]float64{-180, 180},
			map[float64]float64{-180: 0, 180: 0, 179.8: 1439.2, 179.9: -0.4}},
		{"a rounded step", 4320, 0, 359.9167, true, [2]float64{0, 360}, map[float64]float64{180: 2160, 359.95: 4319.4}},
		{"a step added up from a rounded one", 2160, 0, 359.833376, true, [2]float64{0, 360}, map[float64]float64{180: 1080}},
		{"half a cell to the east", 8, 22.5, 337.5, true, [2]float64{22.5, 382.5}, map[float64]float64{0: -0.5, 359.9: 7.5 - 0.1/45}},
		{"both 0 and 360 do not wrap", 361, 0, 360, false, [2]float64{0, 360}, map[float64]float64{0: 0, 359.75: 359.75, -0.25: 359.75, 360: 0}},
		{"a part of the Earth", 85, -30, 12, false, [2]float64{-30, 12},
			map[float64]float64{-30: 0, 330: 0, 12: 84, 372: 84, 12.25: 84.5, 12.26: nan, -30.25: -0.5, -30.3: nan, 170: nan}},
		{"over the antimeridian", 41, 170, -150, false, [2]float64{170, 210}, map[float64]float64{170: 0, -170: 20, 190: 20, 0: nan}},
		{"a single column", 1, 10, 10, false, [2]float64{10, 10}, map[float64]float64{10: 0, 10.4: 0.4, 11: nan}},
	} {
		g, err := LatLon(c.nx, 181, geo.Box{c.w, -90, c.e, 90})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if box := g.Extent(); g.Wraps() != c.wraps || box[0] != c.extent[0] || math.Abs(box[2]-c.extent[1]) > 1e-9 {
			t.Errorf("%s: wraps is %v, extent %v, want %v, %v", c.name, g.Wraps(), box, c.wraps, c.extent)
		}
		for lon, want := range c.at {
			if got := g.Column(lon); !(math.Abs(got-want) < 2e-6) && !(got != got && want != want) {
				t.Errorf("%s: column of %v is %v, want %v", c.name, lon, got, want)
			}
		}
		if again, err := Parse(g.ID()); err != nil || again.(Separable).Wraps() != c.wraps {
			t.Errorf("%s: %q parses as %v, %v", c.name, g.ID(), again, err)
		}
	}
}

func TestGaussianRowsReachThePoles(t *testing.T) {
	whole := must(t)(Gaussian(80, 320, 160, geo.Box{0, -89.142, 358.875, 89.142})).(Separable)
	part := must(t)(Gaussian(80, 320, 20, geo.Box{0, 60.2, 358.875, 81.5})).(Separable)
	for _, c := range []struct {
		g         Separable
		lat, want float64
	}{
		{whole, 90, -0.5}, {whole, -90, 159.5}, {whole, 0, 79.5}, {whole, 89.141519427, 0}, {part, 90, math.NaN()}, {part, 0, math.NaN()},
	} {
		if got := c.g.Row(c.lat); !(math.Abs(got-c.want) < 1e-6) && !(got != got && c.want != c.want) {
			t.Errorf("%s: row of %v is %v, want %v", c.g.ID(), c.lat, got, c.want)
		}
	}
	for lat := -90.0; lat < 90; lat += 0.01 {
		if a, b := whole.Row(lat), whole.Row(lat+0.01); !(b < a) {
			t.Fatalf("rows of %v and %v are %v and %v, want fewer in the north", lat, lat+0.01, a, b)
		}
	}
}

func TestExtents(t *testing.T) {
	for _, c := range []struct {
		name string
		g    Grid
		want geo.Box
	}{
		{"around the north pole", must(t)(ProjectedAt(PolarStereographic(geo.WGS84, false, 0, 70), Cells{NX: 101, NY: 101, DX: 20000, DY: -20000}, geo.XY{X: -1e6, Y: 1e6})),
			geo.Box{-180, 77.057, 180, 90}},
		{"around the south pole", must(t)(ProjectedAt(PolarStereographic(geo.WGS84, true, 0, 70), Cells{NX: 101, NY: 101, DX: 20000, DY: -20000}, geo.XY{X: -1e6, Y: 1e6})),
			geo.Box{-180, -90, 180, -77.057}},
		{"over the antimeridian", must(t)(Projected(Lambert(geo.Sphere(6371229), 180, 50, 50), Cells{NX: 101, NY: 101, DX: 10000, DY: 10000, First: geo.LonLat{Lon: 175, Lat: 48}})),
			geo.Box{173.907, 47.794, 190.245, 57.085}},
		{"a rotated world", must(t)(Rotated(18, 9, geo.Box{0, -80, 340, 80}, geo.LonLat{Lon: -40, Lat: -20}, 0)), geo.Box{-180, -90, 180, 90}},
		{"a disk seen from space", must(t)(ProjectedAt(Geostationary(geo.WGS84, 0, 35785831), Cells{NX: 1001, NY: 1001, DX: 11000, DY: -11000}, geo.XY{X: -5.5e6, Y: 5.5e6})),
			geo.Box{-75, -77, 75, 77}},
		{"Mercator's world", must(t)(ProjectedAt(Mercator(geo.Sphere(6378137), 0), Cells{NX: 36, NY: 20, DX: 2 * math.Pi * 6378137 / 36, DY: -1e6}, geo.XY{X: -math.Pi * 6378137, Y: 9.5e6})),
			geo.Box{-180, -64.6, 180, 64.6}},
	} {
		got := c.g.Extent()
		for i := range got {
			tolerance := 0.1
			if c.name == "a disk seen from space" {
				tolerance = 6 // of the cells looked at, few are near the limb
			}
			if !(math.Abs(got[i]-c.want[i]) <= tolerance) {
				t.Errorf("%s: %s has the extent %v, want %v", c.name, c.g.ID(), got, c.want)
				break
			}
		}
	}
}

// Weights sum to 1, and cells that are looked at lie around the place.

func TestWeightsSumToOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, f := range append(files(t), fileGrid{name: "nested HEALPix", grid: must(t)(HEALPix(16, true, 45))},
		fileGrid{name: "unstructured", grid: must(t)(Unstructured(spiral(5000)))}) {
		box := f.grid.Extent()
		inside := 0
		for range 3000 {
			at := geo.LonLat{Lon: box[0] + random.Float64()*(box[2]-box[0]), Lat: box[1] + random.Float64()*(box[3]-box[1])}
			var s [1]Stencil
			f.grid.Weigh(s[:], []geo.LonLat{at})
			if s[0].Cell[0] < 0 {
				continue
			}
			inside++
			sum := float32(0)
			for i, w := range s[0].Weight {
				sum += w
				if w < 0 || int(s[0].Cell[i]) >= f.grid.Len() || s[0].Cell[i] < 0 {
					t.Fatalf("%s: stencil of %v is %v", f.name, at, s[0])
				}
			}
			if math.Abs(float64(sum)-1) > 1e-6 {
				t.Fatalf("%s: weights of %v sum to %v: %v", f.name, at, sum, s[0])
			}
		}
		if inside < 1000 {
			t.Errorf("%s: only %d of 3000 places in the extent %v are inside", f.name, inside, box)
		}
	}
}

// What is linear in space comes back: sin(lat) of cells, weighed, is about sin(lat) of the place; so is cos(lat) cos(lon).

func TestWeightsAreLinear(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	fields := []func(geo.LonLat) float64{
		func(p geo.LonLat) float64 { return math.Sin(p.Lat * math.Pi / 180) },
		func(p geo.LonLat) float64 { return math.Cos(p.Lat*math.Pi/180) * math.Cos(p.Lon*math.Pi/180) },
	}
	counts := make([]int, 64)
	for j := range counts {
		counts[j] = 20 + 4*min(j, 63-j)
	}
	for _, c := range []struct {
		name string
		g    Grid
		most float64
	}{
		{"lat-lon", must(t)(LatLon(180, 91, geo.Box{0, -90, 358, 90})), 1e-3},
		{"O32", must(t)(ReducedGaussian(32, counts, geo.Box{0, -87.863799, 357.5, 87.863799})), 3e-3},
		{"HEALPix, rings", must(t)(HEALPix(32, false, 45)), 8e-3},
		{"HEALPix, nested", must(t)(HEALPix(32, true, 45)), 8e-3},
		{"HEALPix of three", must(t)(HEALPix(3, false, 45)), 0.2},
		{"unstructured", must(t)(Unstructured(spiral(20000))), 1e-2},
		{"a rotated world", must(t)(Rotated(180, 91, geo.Box{0, -90, 358, 90}, geo.LonLat{Lon: 10, Lat: -40}, 30)), 1e-3},
	} {
		places := make([]geo.LonLat, c.g.Len())
		c.g.Places(places, 0)
		for range 5000 {
			at := geo.LonLat{Lon: random.Float64()*720 - 360, Lat: math.Asin(random.Float64()*2-1) * 180 / math.Pi}
			var s [1]Stencil
			c.g.Weigh(s[:], []geo.LonLat{at})
			if s[0].Cell[0] < 0 {
				t.Fatalf("%s: %v is outside", c.name, at)
			}
			for k, f := range fields {
				got := 0.0
				for i, cell := range s[0].Cell {
					got += float64(s[0].Weight[i]) * f(places[cell])
				}
				if d := math.Abs(got - f(at)); !(d <= c.most) {
					t.Fatalf("%s: field %d at %v is %v, want %v: %v", c.name, k, at, got, f(at), s[0])
				}
			}
		}
	}
}

// spiral is places spread evenly over the Earth.

// The index finds what looking at all places finds.

func TestRotatedAboutTheSouth(t *testing.T) {
	for _, lat := range []float64{54, 0, -30, -80} {
		centre := geo.LonLat{Lon: 25, Lat: lat}
		g := must(t)(RotatedAbout(centre, Cells{NX: 3, NY: 3, DX: 1, DY: -1, First: place(t, centre, 1, -1)}))
		var at [1]geo.LonLat
		g.Places(at[:], 4)
		if d := apart(at[0], centre); d > 1e-5 {
			t.Errorf("the middle cell is at %v, want %v", at[0], centre)
		}
		var north [1]float64
		g.(Turned).North(north[:], 4)
		if math.Abs(north[0]) > 1e-6 {
			t.Errorf("about %v, north is %v, want up", centre, north[0])
		}
	}
}

// place is where the upper left cell of three by three lies.

func place(t *testing.T, centre geo.LonLat, dx, dy float64) geo.LonLat {
	t.Helper()
	var at [1]geo.LonLat
	geo.RotatedPole(geo.LonLat{Lon: centre.Lon, Lat: centre.Lat - 90}, 0).Inverse(at[:], []geo.XY{{X: -dx, Y: -dy}})
	return at[0]
}

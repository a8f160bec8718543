package grid

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"isobar/geo"
)

func TestFilesOfOneGridHaveOneID(t *testing.T) {
	for _, c := range [][2]Grid{
		{must(t)(LatLon(2160, 406, geo.Box{0, -15, 359.833, 52.5})), must(t)(LatLon(2160, 406, geo.Box{-360, -15, -0.166624, 52.5}))},
		{must(t)(LatLon(720, 361, geo.Box{0, -90, 359.5, 90})), must(t)(LatLon(720, 361, geo.Box{0, -90, -0.5, 90.0000001}))},
		{must(t)(Gaussian(80, 320, 160, geo.Box{0, -89.142, 358.875, 89.142})), must(t)(Gaussian(80, 320, 160, geo.Box{0, -89.141519, 358.875, 89.141519}))},
		{
			must(t)(Projected(Lambert(geo.Sphere(6371229), 262.5, 25, 60), Cells{NX: 10, NY: 10, DX: 3000, DY: 3000, First: geo.LonLat{Lon: -100, Lat: 40}})),
			must(t)(Projected(Lambert(geo.Sphere(6371229), -97.5, 60, 25), Cells{NX: 10, NY: 10, DX: 3000, DY: 3000, First: geo.LonLat{Lon: 260, Lat: 40}})),
		},
		{
			must(t)(ProjectedAt(LambertAzimuthal(geo.Ellipsoid{Major: 6378137, Minor: 6356752.314}, 10, 52), Cells{NX: 3, NY: 4, DX: 1000, DY: -1000}, geo.XY{})),
			must(t)(ProjectedAt(LambertAzimuthal(geo.WGS84, 370, 52), Cells{NX: 3, NY: 4, DX: -1000, DY: 1000}, geo.XY{X: 2000, Y: -3000})),
		},
	} {
		if c[0].ID() != c[1].ID() {
			t.Errorf("one grid is %q and %q", c[0].ID(), c[1].ID())
		}
	}
}

func TestPlacesAreLoadedByTheirHash(t *testing.T) {
	places := spiral(100)
	g := must(t)(Unstructured(places))
	if _, err := Parse(g.ID()); !errors.Is(err, ErrPlaces) {
		t.Errorf("Parse(%q): %v, want ErrPlaces", g.ID(), err)
	}
	again, err := ParseWith(g.ID(), func(string) ([]geo.LonLat, error) { return places, nil })
	if err != nil || again.ID() != g.ID() {
		t.Errorf("ParseWith(%q) = %v, %v", g.ID(), again, err)
	}
	if _, err := ParseWith(g.ID(), func(string) ([]geo.LonLat, error) { return spiral(99), nil }); !errors.Is(err, ErrInvalid) {
		t.Errorf("ParseWith(%q) of other places: %v, want ErrInvalid", g.ID(), err)
	}
	lost := errors.New("lost")
	if _, err := ParseWith(g.ID(), func(string) ([]geo.LonLat, error) { return nil, lost }); !errors.Is(err, ErrPlaces) || !errors.Is(err, lost) {
		t.Errorf("ParseWith(%q) of lost places: %v", g.ID(), err)
	}
}

func TestCountsAreWrittenAsRuns(t *testing.T) {
	for want, counts := range map[string][]int{
		"20+4*3~":         {20, 24, 28, 28, 24, 20},
		"18*2,25,36~":     {18, 18, 25, 36, 36, 25, 18, 18},
		"2,3,5,6,8,9,11":  {2, 3, 5, 6, 8, 9, 11},
		"0*3,10,12*2,9*3": {0, 0, 0, 10, 12, 12, 9, 9, 9},
		"30-4*3,7":        {30, 26, 22, 7},
		"7":               {7},
	} {
		if got := writeCounts(counts); got != want {
			t.Errorf("%v is written %q, want %q", counts, got, want)
		}
		if got, err := readCounts(want); err != nil || fmt.Sprint(got) != fmt.Sprint(counts) {
			t.Errorf("%q is read as %v, %v, want %v", want, got, err, counts)
		}
	}
	octahedral := make([]int, 2*1280)
	for j := range octahedral {
		octahedral[j] = 20 + 4*min(j, len(octahedral)-1-j)
	}
	if g := must(t)(ReducedGaussian(1280, octahedral, geo.Box{0, -89.946, 359.93, 89.946})); len(g.ID()) > 60 {
		t.Errorf("O1280 is %q, want it short", g.ID())
	}
}

func TestWhatMakesNoGridIsRefused(t *testing.T) {
	e := geo.Sphere(6371229)
	box := geo.Box{0, 0, 10, 10}
	cells := Cells{NX: 10, NY: 10, DX: 1000, DY: 1000, First: geo.LonLat{}}
	for name, made := range map[string]func() (any, error){
		"no cells":               func() (any, error) { return LatLon(0, 10, box) },
		"too many cells":         func() (any, error) { return LatLon(1<<20, 1<<20, box) },
		"beyond the pole":        func() (any, error) { return LatLon(10, 10, geo.Box{0, 0, 10, 91}) },
		"south above north":      func() (any, error) { return LatLon(10, 10, geo.Box{0, 10, 10, 0}) },
		"no number":              func() (any, error) { return LatLon(10, 10, geo.Box{0, 0, math.NaN(), 10}) },
		"too many Gaussian rows": func() (any, error) { return Gaussian(1<<20, 10, 10, box) },
		"rows beyond the last":   func() (any, error) { return Gaussian(4, 10, 5, geo.Box{0, -90, 10, -50}) },
		"too many counts":        func() (any, error) { return ReducedGaussian(4, make([]int, 1<<20), box) },
		"negative counts":        func() (any, error) { return ReducedGaussian(4, []int{-1, 3}, box) },
		"empty counts":           func() (any, error) { return ReducedLatLon([]int{0, 0}, box) },
		"no cone":                func() (any, error) { return Projected(Lambert(e, 0, 30, -30), cells) },
		"no Earth":               func() (any, error) { return Projected(Lambert(geo.Sphere(1), 0, 30, 30), cells) },
		"an Earth of nothing":    func() (any, error) { return Projected(Mercator(geo.Ellipsoid{}, 0), cells) },
		"no steps": func() (any, error) {
			return Projected(Mercator(e, 0), Cells{NX: 10, NY: 10, DX: 0, DY: 1, First: geo.LonLat{}})
		},
		"begins without an image": func() (any, error) {
			return Projected(Mercator(e, 0), Cells{NX: 10, NY: 10, DX: 1, DY: 1, First: geo.LonLat{Lat: 90}})
		},
		"no view": func() (any, error) {
			return SpaceView(View{Earth: e, EarthRadii: 0.5, NX: 2, NY: 2, DiameterX: 1, DiameterY: 1})
		},
		"an odd nest":             func() (any, error) { return HEALPix(6, true, 45) },
		"no places":               func() (any, error) { return Unstructured(nil) },
		"a place beyond the pole": func() (any, error) { return Unstructured([]geo.LonLat{{Lat: 91}}) },
	} {
		if g, err := made(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: made %v, %v, want ErrInvalid", name, g, err)
		}
	}
}

func TestForeignIDsAreRefused(t *testing.T) {
	for _, id := range []string{
		"", "latlon", "latlon:", "latlon:10x10:0,0,10,10:more", "latlon:10x10:0,0,10.0,10", "latlon:9999999x9999999:0,0,1,1", "round:10x10:0,0,1,1",
		"gaussian:80:320x160:0,358.875", "gaussian:80:320x160+1:0,358.875", "lambert:10x10:0,0,1,1:0,30:6371229", "lambert:10x10:0,0,1,1:0,30,30:moon",
		"healpix:8:spiral:45", "reducedgaussian:2:4+0:0,360:1*99999999", "reducedlatlon:0,0,360,90:5*-1", "places:1:00", strings.Repeat("x", 1<<20),
	} {
		if g, err := Parse(id); err == nil {
			t.Errorf("Parse(%.60q) = %v, want an error", id, g)
		} else if len(err.Error()) > 1000 {
			t.Errorf("Parse(%.60q): an error of %d characters", id, len(err.Error()))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range []string{
		"latlon:1440x721:-180,-90,179.75,90", "gaussian:8:32x16+0:0,348.75", "reducedgaussian:2:4+0:0,360:20+4*2~", "reducedlatlon:0,0,90,90:2,3,5,6",
		"rotated:421x461:-5,-5,5.5,6.5:10,-40,0", "lambert:17x10:-2697520.143,1588193.847,3000,3000:-97.5,38.5,38.5:6371229",
		"polar:11x11:-1000,1000,200,200:0,0,70:wgs84", "mercator:36x20:-20037508.343,9500000,1113194.907933,1000000:0:6378137",
		"geostationary:11x11:-5500000,5500000,1100000,1100000:0,35785831:wgs84", "healpix:8:nested:45", "places:1:00", "icosahedral:12:160:0", "staggered:1:latlon:8x4:0,-40,7,-37", "gaussian:1:0x00+0:0,0",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		g, err := Parse(id)
		if err != nil {
			return
		}
		if g.ID() != id {
			t.Errorf("%q parses as %q", id, g.ID())
		}
		if g.Len() > 1<<16 {
			return
		}
		places, stencils := make([]geo.LonLat, g.Len()), make([]Stencil, g.Len())
		g.Places(places, 0)
		g.Weigh(stencils, places)
		for i, s := range stencils {
			for _, cell := range s.Cell {
				if int(cell) >= g.Len() || cell < -1 {
					t.Fatalf("%q: stencil %v of cell %d", id, s, i)
				}
			}
		}
	})
}

// TestViewsSweepAboutEitherAxis: one picture as Meteosat and as GOES-R would see it; the place is PROJ's, with +sweep=x.
func TestViewsSweepAboutEitherAxis(t *testing.T) {
	grs80 := geo.Ellipsoid{Major: 6378137, Minor: 6356752.314140}
	cells, first := Cells{NX: 2, NY: 2, DX: 1000, DY: -1000}, geo.XY{X: -1384660.292, Y: 3073407.134}
	x := must(t)(ProjectedAt(GeostationaryX(grs80, -75, 35786023), cells, first))
	y := must(t)(ProjectedAt(Geostationary(grs80, -75, 35786023), cells, first))
	if x.ID() == y.ID() {
		t.Errorf("both are %s", x.ID())
	}
	var got [1]geo.LonLat
	if x.Places(got[:], 0); math.Hypot(got[0].Lon+90, got[0].Lat-30) > 1e-7 {
		t.Errorf("sweeping about x: %v, want -90, 30", got[0])
	}
	again, err := Parse(x.ID())
	if err != nil || again.ID() != x.ID() {
		t.Errorf("Parse(%q) = %v, %v", x.ID(), again, err)
	}
}

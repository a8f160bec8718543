package grib

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"isobar/geo"
)

// sphere is octets 15 to 30 of section 3: the Earth of 6371229 m.
var sphere = append([]byte{6}, missing(15)...)

// section3 is section 3 with a template.
func section3(template, points int, list []byte, body ...[]byte) *octets {
	head := slices.Concat([]byte{0}, be(points), []byte{0, 0, byte(template >> 8), byte(template)})
	if list != nil {
		head[5], head[6] = 2, 1
	}
	return &octets{b: section2(3, slices.Concat(head, slices.Concat(body...), list)...)}
}

func testWalk() *walk { return &walk{maxPoints: DefaultMaxPoints} }

// angles is what the lat-lon templates have behind the Earth's figure.
func angles(ni, nj, la1, lo1, la2, lo2, di, dj int, mode byte) []byte {
	return slices.Concat(be(ni, nj, 0), missing(4), be(la1, lo1), []byte{0x30}, be(la2, lo2, di, dj), []byte{mode})
}

func TestGridTemplates(t *testing.T) {
	lambert := slices.Concat(be(4, 3, 21138000, 237280000), []byte{8}, be(38500000, 262500000, 3000000, 3000000), []byte{0, 0x40})
	for _, c := range []struct {
		name     string
		o        *octets
		kind     string
		ni, nj   int
		first    geo.LonLat // of the file's first point
		last     geo.LonLat // of its last, where it is told
		relative bool
	}{
		{"regular", section3(0, 12, nil, sphere, angles(4, 3, 50000000, 350000000, 48000000, 5000000, 5000000, 1000000, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 50}, geo.LonLat{Lon: 5, Lat: 48}, false},
		{"regular, from the south", section3(0, 12, nil, sphere, angles(4, 3, 48000000, 350000000, 50000000, 5000000, 5000000, 1000000, 0x40)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 48}, geo.LonLat{Lon: 5, Lat: 50}, false},
		{"regular, mode and latitudes disagree", section3(0, 12, nil, sphere, angles(4, 3, 48000000, 350000000, 50000000, 5000000, 5000000, 1000000, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 48}, geo.LonLat{Lon: 5, Lat: 50}, false},
		{"increments missing", section3(0, 12, nil, sphere, angles(4, 3, 50000000, 350000000, 48000000, 5000000, -0x7fffffff, -0x7fffffff, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 50}, geo.LonLat{Lon: 5, Lat: 48}, false},
		{"increments wrong", section3(0, 12, nil, sphere, angles(4, 3, 50000000, 350000000, 48000000, 5000000, 1000000, 9000000, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 50}, geo.LonLat{Lon: 5, Lat: 48}, false},
		{"last point missing", section3(0, 12, nil, sphere, angles(4, 3, 50000000, 350000000, -0x7fffffff, -0x7fffffff, 5000000, 1000000, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 50}, geo.LonLat{Lon: 5, Lat: 48}, false},
		{"around the Earth, last column told as 360", section3(0, 12, nil, sphere, angles(4, 3, 50000000, 0, 48000000, 360000000, 90000000, 1000000, 0)), regularLL, 4, 3,
			geo.LonLat{Lon: 0, Lat: 50}, geo.LonLat{Lon: 270, Lat: 48}, false},
		{"an angle of its own", section3(0, 12, nil, sphere, be(4, 3, 1, 1000, 50000, 350000), []byte{0x30}, be(48000, 5000, 5000, 1000), []byte{0}), regularLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 50}, geo.LonLat{Lon: 5, Lat: 48}, false},
		{"rotated by nothing", section3(1, 12, nil, sphere, angles(4, 3, 10000000, 350000000, 8000000, 5000000, 5000000, 1000000, 0), be(-90000000, 0), be(0)), rotatedLL, 4, 3,
			geo.LonLat{Lon: -10, Lat: 10}, geo.LonLat{Lon: 5, Lat: 8}, false},
		{"Mercator", section3(10, 12, nil, sphere, be(4, 3, -10000000, 100000000), []byte{0}, be(0, 10000000, 130000000), []byte{0x40}, be(0, 1111950797, 1117475430)), mercator, 4, 3,
			geo.LonLat{Lon: 100, Lat: -10}, geo.LonLat{}, false},
		{"Mercator without steps", section3(10, 12, nil, sphere, be(4, 3, -10000000, 100000000), []byte{0}, be(0, 10000000, 130000000), []byte{0x40}, be(0, 0, 0)), mercator, 4, 3,
			geo.LonLat{Lon: 100, Lat: -10}, geo.LonLat{Lon: 130, Lat: 10}, false},
		{"polar stereographic", section3(20, 12, nil, sphere, be(4, 3, 40000000, 280000000), []byte{8}, be(60000000, 255000000, 90000000, 90000000), []byte{0, 0x40}), polar, 4, 3,
			geo.LonLat{Lon: -80, Lat: 40}, geo.LonLat{}, true},
		{"Lambert", section3(30, 12, nil, sphere, lambert, be(38500000, 38500000, -90000000, 0)), "lambert", 4, 3, geo.LonLat{Lon: -122.72, Lat: 21.138}, geo.LonLat{}, true},
		{"Albers", section3(31, 12, nil, sphere, lambert, be(38500000, 38500000, -90000000, 0)), albers, 4, 3, geo.LonLat{Lon: -122.72, Lat: 21.138}, geo.LonLat{}, true},
		{"Gaussian", section3(40, 128*64, nil, sphere, angles(128, 64, 87864000, 0, -87864000, 357188000, 2813000, 32, 0)), regularGG, 128, 64,
			geo.LonLat{Lon: 0, Lat: 87.8637989}, geo.LonLat{Lon: 357.1875, Lat: -87.8637989}, false},
		{"azimuthal", section3(140, 12, nil, sphere, be(4, 3, 40000000, 0, 52000000, 10000000), []byte{8}, be(10000000, 10000000), []byte{0x40}), azimuthal, 4, 3,
			geo.LonLat{Lon: 0, Lat: 40}, geo.LonLat{}, true},
		{"HEALPix", section3(150, 48, nil, sphere, []byte{0x30}, be(2, 45000000), []byte{4, 0, 0}), healpix, 0, 0, geo.LonLat{Lon: 45, Lat: 66.4435}, geo.LonLat{Lon: -45, Lat: -66.4435}, false},
		{"turned about its centre", section3(32769, 15, nil, sphere, angles(5, 3, -1000000, 358000000, 0, 0, 1000000, 1000000, 0x40), be(1000000, 2000000)), ncepTurned, 5, 3,
			geo.LonLat{Lon: -2, Lat: -1}, geo.LonLat{Lon: 2, Lat: 1}, false},
		{"thinned", section3(0, 9, []byte{0, 4, 0, 3, 0, 2}, sphere, angles(0xffffffff&-1, 3, 0, 330000000, 90000000, 60000000, -0x7fffffff, 45000000, 0x40)), reducedLL, 0, 3,
			geo.LonLat{Lon: -30, Lat: 0}, geo.LonLat{Lon: 60, Lat: 90}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := testWalk()
			p, err := w.grid2(c.o)
			if err != nil {
				t.Fatal(err)
			}
			if p.kind != c.kind || p.ni != c.ni || p.nj != c.nj || p.relative != c.relative {
				t.Errorf("%s %d x %d, relative %v", p.kind, p.ni, p.nj, p.relative)
			}
			var got [2]geo.LonLat
			p.grid.Places(got[:1], p.layout.canonical(0))
			p.grid.Places(got[1:], p.layout.canonical(p.points-1))
			if !near(got[0], c.first, 1e-4) || c.last != (geo.LonLat{}) && !near(got[1], c.last, 1e-4) {
				t.Errorf("from %v to %v, want %v to %v", got[0], got[1], c.first, c.last)
			}
			short := &octets{b: c.o.b[:len(c.o.b)-18]} // conic grids end with 16 octets that are not needed
			if _, err := testWalk().grid2(short); err == nil {
				t.Error("no error where octets are missing")
			}
		})
	}
}

func TestViewsOfSatellitesGoTheScanningModesWay(t *testing.T) {
	for _, c := range []struct {
		mode                byte
		xo, yo              int // of the first point, as the mode counts; the sub-satellite point is 11, 11
		north, reckonsNorth bool
	}{
		{0x00, 10, 9, true, true},
		{0x40, 10, 12, false, true},
		{0x80, 11, 9, true, true},
		{0xc0, 11, 12, false, true},
	} {
		o := section3(90, 6, nil, sphere, be(3, 2, 0, 0), []byte{0}, be(8, 8, 11000, 11000), []byte{c.mode}, be(0, 6610674, c.xo, c.yo))
		p, err := spaceView2(testWalk(), o)
		if err != nil {
			t.Fatalf("mode %#x: %v", c.mode, err)
		}
		m := &Message{GridType: p.kind, Grid: p.grid, Points: p.points, NI: p.ni, NJ: p.nj, layout: p.layout}
		var at [1]geo.LonLat
		m.Grid.Places(at[:], m.Canonical(0))
		if north := at[0].Lat > placeOf(m, 3).Lat; north != c.north || at[0].Lon >= placeOf(m, 2).Lon {
			t.Errorf("mode %#x: first at %v, second row at %v, third column at %v", c.mode, at[0], placeOf(m, 3), placeOf(m, 2))
		}
		first, ok := m.Reckoned(0)
		second, _ := m.Reckoned(3)
		if ok && first.Lat > second.Lat != c.reckonsNorth {
			t.Errorf("mode %#x: reckoned at %v, second row at %v", c.mode, first, second)
		}
	}
}

// placeOf is the place of a field's i-th point in the order of the file.
func placeOf(m *Message, i int) geo.LonLat {
	var at [1]geo.LonLat
	m.Grid.Places(at[:], m.Canonical(i))
	return at[0]
}

func TestReducedGridsOfBothDirections(t *testing.T) {
	counts := []byte{0, 20, 0, 24, 0, 28, 0, 28, 0, 24, 0, 20}
	// The octahedral grid of three rows between pole and equator: Gaussian latitudes of 6.
	down := section3(40, 144, counts, sphere, angles(-0x7fffffff, 6, 68823000, 0, -68823000, 347143000, -0x7fffffff, 3, 0))
	up := section3(40, 144, counts, sphere, angles(-0x7fffffff, 6, -68823000, 0, 68823000, 347143000, -0x7fffffff, 3, 0x40))
	w := testWalk()
	a, err := w.grid2(down)
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.grid2(up)
	if err != nil {
		t.Fatal(err)
	}
	if a.grid.ID() != b.grid.ID() || a.kind != reducedGG || a.points != 144 || a.nj != 6 {
		t.Errorf("%+v and %+v", a, b)
	}
	if !a.layout.inOrder() || b.layout.inOrder() || b.layout.canonical(0) != 124 {
		t.Errorf("the first point from the south is %d, want 124", b.layout.canonical(0))
	}
}

func TestGridsThatAreNotReadAreNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		o    *octets
		is   error
		want string
	}{
		{"spectral Mercator", section3(61, 10, nil, be(7, 7, 7)), ErrUnsupported, "3.61 (spectral Mercator)"},
		{"rotated harmonics, cut short", section3(51, 72, nil, be(7, 7, 7)), ErrInvalid, "3.51"},
		{"a pentagon of harmonics", section3(50, 10, nil, be(7, 7, 6)), ErrUnsupported, "truncation 7, 7, 6"},
		{"endless harmonics", section3(50, 10, nil, be(1<<20, 1<<20, 1<<20)), ErrUnsupported, "truncation"},
		{"other counts of harmonics", section3(50, 71, nil, be(7, 7, 7), []byte{1, 1}), ErrInvalid, "72 points, section 3 says 71"},
		{"unknown", section3(4711, 10, nil), ErrUnsupported, "3.4711 (unknown)"},
		{"azimuth and range", section3(120, 10, nil), ErrUnsupported, "azimuth and range"},
		{"stretched a million times", section3(2, 12, nil, sphere, angles(4, 3, 50000000, 350000000, 48000000, 5000000, 5000000, 1000000, 0), be(90000000, 0, 1<<31-1)), ErrInvalid, "stretched"},
		{"too many points", section3(0, 1<<31-1, nil, sphere, angles(1<<16, 1<<15, 0, 0, 1, 1, 1, 1, 0)), ErrInvalid, "points"},
		{"other counts", section3(0, 13, nil, sphere, angles(4, 3, 50000000, 350000000, 48000000, 5000000, 5000000, 1000000, 0)), ErrInvalid, "12 points, section 3 says 13"},
		{"no points", section3(0, 0, nil, sphere, angles(4, 3, 0, 0, 0, 0, 0, 0, 0)), ErrInvalid, "0 points"},
		{"cut short", section3(0, 12, nil, sphere), ErrInvalid, "3.0"},
		{"a list without end", section3(0, 12, []byte{0, 4}, sphere, angles(-0x7fffffff, 1<<20, 0, 0, 0, 0, 0, 0, 0)), ErrInvalid, "list"},
		{"bipolar", section3(20, 12, nil, sphere, be(4, 3, 40000000, 280000000), []byte{8}, be(60000000, 255000000, 90000000, 90000000), []byte{0x40, 0x40}), ErrUnsupported, "bipolar"},
		{"a Sun", section3(10, 12, nil, []byte{11}, missing(15), be(4, 3, 0, 0), []byte{0}, be(0, 0, 0), []byte{0}, be(0, 1, 1)), ErrUnsupported, "shape of the Earth 11"},
		{"HEALPix without end", section3(150, 48, nil, sphere, []byte{0x30}, be(1<<30, 45000000), []byte{4, 0, 0}), ErrInvalid, "side"},
	} {
		_, err := testWalk().grid2(c.o)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.is, c.want)
		}
	}
}

func TestUnstructuredFieldsHaveNoGrid(t *testing.T) {
	p, err := testWalk().grid2(section3(101, 2949120, nil, []byte{6}, threeOctets(26), []byte{1}, make([]byte, 16)))
	if err != nil || p.grid != nil || p.points != 2949120 || p.kind != unplaced || p.name != "" {
		t.Errorf("%+v, %v", p, err)
	}
	uuid := []byte{0xa2, 0x7b, 0x8d, 0xe6, 0x18, 0xc4, 0x11, 0xe4, 0x82, 0x0a, 0xb5, 0xb0, 0x98, 0xc6, 0xa5, 0xc0}
	p, err = testWalk().grid2(section3(101, 2949120, nil, []byte{6}, threeOctets(26), []byte{1}, uuid))
	if err != nil || p.name != "a27b8de618c411e4820ab5b098c6a5c0-1" {
		t.Errorf("grid %q, %v", p.name, err)
	}
}

func TestFiguresOfTheEarth(t *testing.T) {
	axes := func(shape byte, scale byte, radius, major, minor int) *octets {
		o := section3(0, 1, nil, []byte{shape, scale}, be(radius), []byte{scale}, be(major), []byte{scale}, be(minor))
		return o
	}
	for _, c := range []struct {
		name string
		o    *octets
		want geo.Ellipsoid
	}{
		{"sphere", axes(0, 0, 0, 0, 0), geo.Sphere(6367470)},
		{"sphere of a radius", axes(1, 0, 6371200, 0, 0), geo.Sphere(6371200)},
		{"sphere of a radius in kilometres", axes(1, 0, 6371, 0, 0), geo.Sphere(6371000)},
		{"sphere of no radius", axes(1, 255, 0, 0, 0), geo.Sphere(6371229)},
		{"IAU 1965", axes(2, 0, 0, 0, 0), geo.Ellipsoid{Major: 6378160, Minor: 6356775}},
		{"axes in kilometres", axes(3, 4, 0, 63781370, 63567523), geo.Ellipsoid{Major: 6378137, Minor: 6356752.3}},
		{"axes in metres that should be kilometres", axes(3, 1, 0, 63781370, 63567523), geo.Ellipsoid{Major: 6378137, Minor: 6356752.3}},
		{"WGS84", axes(5, 0, 0, 0, 0), geo.WGS84},
		{"sphere of models", axes(6, 0, 0, 0, 0), geo.Sphere(6371229)},
		{"axes in metres", axes(7, 2, 0, 637739716, 635607896), geo.Ellipsoid{Major: 6377397.16, Minor: 6356078.96}},
		{"no axes", axes(7, 255, 0, 0, 0), geo.Sphere(6371229)},
		{"sphere on WGS84", axes(8, 0, 0, 0, 0), geo.Sphere(6371200)},
	} {
		got, err := earth2(c.o)
		if err != nil || math.Abs(got.Major-c.want.Major) > 1e-3 || math.Abs(got.Minor-c.want.Minor) > 1e-3 {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
	if _, err := earth2(axes(3, 0, 0, 12, 12)); err == nil {
		t.Error("no error for an Earth of 12 km")
	}
}

func TestGridsOfEdition1(t *testing.T) {
	gds := func(kind byte, vertical, list byte, body ...[]byte) *octets {
		b := slices.Concat(body...)
		return &octets{b: slices.Concat(threeOctets(6+len(b)), []byte{vertical, list, kind}, b)}
	}
	reserved := make([]byte, 4)
	for _, c := range []struct {
		name   string
		o      *octets
		kind   string
		ni, nj int
		first  geo.LonLat
	}{
		{"regular", &octets{b: latLon1Section()}, regularLL, 3, 2, geo.LonLat{Lon: 0, Lat: 50}},
		{"rotated by nothing", gds(10, 0, 255, []byte{0, 3, 0, 2}, threeOctets(10000, 0), []byte{0x80}, threeOctets(9000, 2000), []byte{3, 232, 3, 232, 0}, reserved, threeOctets(-90000, 0), be(0)),
			rotatedLL, 3, 2, geo.LonLat{Lon: 0, Lat: 10}},
		{"Mercator", gds(1, 0, 255, []byte{0, 4, 0, 3}, threeOctets(-10000, 100000), []byte{0x80}, threeOctets(10000, 130000, 0), []byte{0, 0x40}, threeOctets(1111000, 1111000), make([]byte, 8)),
			mercator, 4, 3, geo.LonLat{Lon: 100, Lat: -10}},
		{"Lambert", gds(3, 0, 255, []byte{0, 4, 0, 3}, threeOctets(21138, -122720), []byte{8}, threeOctets(-97500, 3000, 3000), []byte{0, 0x40}, threeOctets(38500, 38500, -90000, 0), []byte{0, 0}),
			lambert, 4, 3, geo.LonLat{Lon: -122.72, Lat: 21.138}},
		{"polar stereographic", gds(5, 0, 255, []byte{0, 4, 0, 3}, threeOctets(40000, -80000), []byte{8}, threeOctets(-105000, 90000, 90000), []byte{0, 0x40}, reserved),
			polar, 4, 3, geo.LonLat{Lon: -80, Lat: 40}},
		{"Gaussian", gds(4, 0, 255, []byte{0, 128, 0, 64}, threeOctets(87864, 0), []byte{0x80}, threeOctets(-87864, 357188), []byte{0x0a, 0xfc, 0, 32, 0}, reserved),
			regularGG, 128, 64, geo.LonLat{Lon: 0, Lat: 87.8637989}},
		{"reduced Gaussian behind a vertical coordinate", gds(4, 2, 33, []byte{255, 255, 0, 6}, threeOctets(68823, 0), []byte{0}, threeOctets(-68823, 347143), []byte{255, 255, 0, 3, 0}, reserved,
			make([]byte, 8), []byte{0, 20, 0, 24, 0, 28, 0, 28, 0, 24, 0, 20}), reducedGG, 0, 6, geo.LonLat{Lon: 0, Lat: 68.8231}},
		{"turned about its centre", gds(205, 0, 255, []byte{0, 5, 0, 3}, threeOctets(-1000, -2000), []byte{0}, threeOctets(0, 0), []byte{3, 232, 3, 232, 0x40}, reserved),
			ncepTurned, 5, 3, geo.LonLat{Lon: -2, Lat: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := testWalk().grid1(c.o)
			if err != nil {
				t.Fatal(err)
			}
			var got [1]geo.LonLat
			p.grid.Places(got[:], p.layout.canonical(0))
			if p.kind != c.kind || p.ni != c.ni || p.nj != c.nj || !near(got[0], c.first, 1e-4) {
				t.Errorf("%s %d x %d from %v", p.kind, p.ni, p.nj, got[0])
			}
		})
	}
	for _, kind := range []byte{60, 13, 99} {
		if _, err := testWalk().grid1(gds(kind, 0, 255)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("type %d: %v", kind, err)
		}
	}
}

func TestGridsWithoutASection2(t *testing.T) {
	for _, c := range []struct {
		centre, number, points, stored int
		first                          geo.LonLat
	}{
		{7, 2, 144 * 73, 144 * 73, geo.LonLat{Lon: 0, Lat: 90}},
		{7, 3, 360 * 181, 360 * 181, geo.LonLat{Lon: 0, Lat: 90}},
		{98, 21, 37 * 37, 1333, geo.LonLat{Lon: 0, Lat: 0}},
		{98, 24, 37 * 37, 1333, geo.LonLat{Lon: -180, Lat: -90}},
		{98, 26, 72 * 19, 1297, geo.LonLat{Lon: 0, Lat: -90}},
		{98, 61, 91 * 46, 4096, geo.LonLat{Lon: 0, Lat: 0}},
		{7, 211, 93 * 65, 93 * 65, geo.LonLat{Lon: -133.459, Lat: 12.19}},
		{7, 104, 147 * 110, 147 * 110, geo.LonLat{Lon: -139.475, Lat: -0.268}},
	} {
		p, err := testWalk().numbered1(c.centre, c.number)
		if err != nil {
			t.Errorf("grid %d: %v", c.number, err)
			continue
		}
		var got [1]geo.LonLat
		p.grid.Places(got[:], p.layout.canonical(0))
		if p.points != c.points || p.layout.stored(p.points) != c.stored || !near(got[0], c.first, 1e-4) {
			t.Errorf("grid %d: %d points, %d stored, from %v; want %d, %d, %v", c.number, p.points, p.layout.stored(p.points), got[0], c.points, c.stored, c.first)
		}
	}
	for number, pole := range map[int]geo.XY{5: {X: 27, Y: 49}, 101: {X: 58, Y: 91}, 104: {X: 75, Y: 109}} { // near it: I and J from 1, Office Note 388
		p, err := testWalk().numbered1(7, number)
		if err != nil {
			t.Fatal(err)
		}
		var at [1]geo.LonLat
		p.grid.Places(at[:], p.layout.canonical((int(pole.Y)-1)*p.ni+int(pole.X)-1))
		if at[0].Lat < 88 {
			t.Errorf("grid %d: %v beside the pole", number, at[0])
		}
	}
	for _, number := range []int{211, 212, 215} {
		p, err := testWalk().numbered1(7, number)
		if err != nil {
			t.Fatal(err)
		}
		var last [1]geo.LonLat
		p.grid.Places(last[:], p.layout.canonical(p.points-1))
		if want := (geo.LonLat{Lon: -49.385, Lat: 57.29}); !near(last[0], want, 1e-3) {
			t.Errorf("grid %d ends at %v, want %v", number, last[0], want)
		}
	}
	if _, err := testWalk().numbered1(98, 211); !errors.Is(err, ErrUnsupported) {
		t.Errorf("NCEP's grid of another centre: %v", err)
	}
	m := one(t, message1(product1Section(map[int]byte{7: 26, 8: 0}), constant1()))
	if v := unpacked(t, m); len(v) != 72*19 || slices.ContainsFunc(v, func(x float32) bool { return x != 1 }) {
		t.Errorf("%d values of a grid with one point at the pole", len(v))
	}
}

// constant1 is section 4 of edition 1: a field that is 1 throughout.
func constant1() []byte {
	return slices.Concat(threeOctets(12), []byte{8, 0, 0, 0x41, 0x10, 0, 0, 0, 0})
}

// TestEveryNumberedGridIsMade looks for slips in the rows: grids have the points that they say, and their places are on the Earth.
func TestEveryNumberedGridIsMade(t *testing.T) {
	made := 0
	for number := range 256 {
		p, err := testWalk().numbered1(centreNCEP, number)
		if errors.Is(err, ErrUnsupported) {
			continue
		}
		if err != nil {
			t.Errorf("grid %d: %v", number, err)
			continue
		}
		made++
		for _, k := range []int{0, p.points / 2, p.points - 1} {
			var at [1]geo.LonLat
			if p.grid.Places(at[:], k); !(math.Abs(at[0].Lat) <= 90 && math.Abs(at[0].Lon) <= 720) {
				t.Errorf("grid %d: point %d lies at %v", number, k, at[0])
			}
		}
	}
	if made < 160 {
		t.Errorf("%d grids", made)
	}
	for number, row := range mercatorRows { // steps lead from the first point to the last
		p, err := testWalk().numbered1(centreNCEP, number)
		if err != nil {
			t.Fatal(err)
		}
		var last [1]geo.LonLat
		p.grid.Places(last[:], p.layout.canonical(p.points-1))
		if d := math.Hypot(math.Remainder(last[0].Lon-row.lon2, 360), last[0].Lat-row.lat2); d > 1.5*row.step/111e3 {
			t.Errorf("grid %d ends at %v, want %v, %v", number, last[0], row.lon2, row.lat2)
		}
	}
}

func TestThinnedGridsWithoutASection2(t *testing.T) {
	for number, want := range map[int]geo.LonLat{37: {Lon: -30}, 40: {Lon: -120}, 41: {Lon: -30, Lat: -90}, 44: {Lon: -120, Lat: -90}} {
		p, err := testWalk().numbered1(74, number)
		if err != nil || p.points != 3447 {
			t.Errorf("grid %d: %v", number, err)
			continue
		}
		var got [1]geo.LonLat
		if p.grid.Places(got[:], p.layout.canonical(0)); !near(got[0], want, 1e-6) {
			t.Errorf("grid %d begins at %v, want %v", number, got[0], want)
		}
	}
}

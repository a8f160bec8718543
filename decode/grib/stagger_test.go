package grib

import (
	"math"
	"slices"
	"testing"

	"isobar/geo"
)

// staggeredSection is section 3 of a lat-lon grid of 4 x 3 points from 10N 20E on, 2 degrees apart along i and 1 along j. Places of
// edge points come from wgrib2's rules: offsets count in the direction of scanning.
func staggeredSection(points int, mode byte) []byte {
	return section2(3, slices.Concat([]byte{0}, be(points), []byte{0, 0, 0, 0, 6}, missing(15), be(4, 3, 0), []byte{255, 255, 255, 255},
		be(10000000, 20000000), []byte{0x30}, be(10000000, 20000000, 2000000, 1000000), []byte{mode})...)
}

// wantStaggered reckons the place of each point of that grid, in the order of the file, as flag table 3.4 has it.
func wantStaggered(mode byte) (want []geo.LonLat) {
	east, north := 1.0, -1.0
	if mode&scanWestwards != 0 {
		east = -1
	}
	if mode&scanNorthwards != 0 {
		north = 1
	}
	rows, down := 3, 0.0
	if mode&scanDownOffset != 0 {
		if down = 0.5; mode&scanFewer != 0 {
			rows--
		}
	}
	row := func(j int) (places []geo.LonLat) {
		flag, offset, n := byte(scanOddOffset), 0.0, 4
		if j%2 == 1 { // the first is an odd one
			flag = scanEvenOffset
		}
		if mode&flag != 0 {
			if offset = 0.5; mode&scanFewer != 0 {
				n--
			}
		}
		for i := range n {
			places = append(places, geo.LonLat{Lon: 20 + east*2*(float64(i)+offset), Lat: 10 + north*(float64(j)+down)})
		}
		if mode&scanAlternating != 0 && j%2 == 1 {
			slices.Reverse(places)
		}
		return places
	}
	if mode&scanColumnwise == 0 {
		for j := range rows {
			want = append(want, row(j)...)
		}
		return want
	}
	for i := range row(0) {
		for j := range rows {
			want = append(want, row(j)[i])
		}
	}
	return want
}

func TestPointsThatAreOffsetLieHalfAStepFurther(t *testing.T) {
	for offsets := byte(1); offsets <= scanStaggered; offsets++ {
		for _, order := range []byte{0, scanWestwards, scanNorthwards, scanWestwards | scanNorthwards, scanAlternating, scanColumnwise | scanNorthwards} {
			mode := order | offsets
			alternate := (mode&scanOddOffset != 0) != (mode&scanEvenOffset != 0)
			if order&scanColumnwise != 0 && alternate && mode&scanFewer != 0 {
				continue // refused
			}
			want := wantStaggered(mode)
			numbers := make([]byte, len(want))
			for i := range numbers {
				numbers[i] = byte(i)
			}
			five, seven := octetsPacked(numbers...)
			m := one(t, message2(0, identity(), staggeredSection(len(want), mode), productSection(6), five, noBitmap(), seven))
			got, values := make([]geo.LonLat, m.Points), unpacked(t, m)
			m.Grid.Places(got, 0)
			for i, p := range want {
				k := m.Canonical(i)
				if !near(got[k], p, 1e-6) || values[k] != float32(i) {
					t.Errorf("mode %#02x: point %d is %v at %v, want %d at %v", mode, i, values[k], got[k], i, p)
					break
				}
			}
			if _, ok := m.Reckoned(0); ok && offsets != scanFewer {
				t.Errorf("mode %#02x: ecCodes is said to reckon offsets", mode)
			}
		}
	}
}

func TestOffsetsThatCannotBeReadAreRefused(t *testing.T) {
	five, seven := octetsPacked(make([]byte, 11)...)
	for _, section := range [][]byte{
		staggeredSection(11, scanEvenOffset|scanFewer|scanColumnwise),
		staggeredSection(12, scanEvenOffset|scanFewer), // has 11
		section2(3, slices.Concat([]byte{0}, be(10), []byte{0, 0, 0, 0, 6, 0, 2}, missing(15), be(-0x7fffffff, 2, 0), missing(4), be(1000000, 0), []byte{0x30},
			be(0, 4000000), missing(4), be(1000000), []byte{scanEvenOffset, 0, 5, 0, 5})...), // rows of different lengths
	} {
		if _, errs := read(t, message2(0, identity(), section, productSection(6), five, noBitmap(), seven)); len(errs) != 1 {
			t.Errorf("errors %v, want one", errs)
		}
	}
}

// turnedTo is where a place lies on the Earth whose coordinates, turned about a centre, are x and y.
func turnedTo(centre geo.LonLat, x, y float64) geo.LonLat {
	var at [1]geo.LonLat
	geo.RotatedPole(geo.LonLat{Lon: centre.Lon, Lat: centre.Lat - 90}, 0).Inverse(at[:], []geo.XY{{X: x, Y: y}})
	return at[0]
}

// milliDegrees rounds as edition 1 does.
func milliDegrees(deg float64) int { return int(math.Round(deg * 1000)) }

// eGridSection is section 2 of edition 1: one of NCEP's types, steps of 577 and 571 thousandths.
func eGridSection(kind byte, ni, nj, lat, lon, a, b int) []byte {
	body := slices.Concat([]byte{0, 255, kind, byte(ni >> 8), byte(ni), byte(nj >> 8), byte(nj)}, threeOctets(lat, lon), []byte{0x88},
		threeOctets(a, b), []byte{577 >> 8, 577 & 0xff, 571 >> 8, 571 & 0xff, scanNorthwards, 0, 0, 0, 0})
	return slices.Concat(threeOctets(3+len(body)), body)
}

// TestArakawaEGrids lays grids as NCEP's Eta model had them: mass points of the first row at its ends, steps that are rounded.
func TestArakawaEGrids(t *testing.T) {
	centre := geo.LonLat{Lon: -111, Lat: 52}
	const ni, nj = 92, 141 // NCEP's grid 90 of old
	const dx, dy = 105.0 / 182, 80.0 / 140
	first := turnedTo(centre, -(ni-1)*dx, -(nj-1)/2*dy)
	point := func(row, i int) geo.LonLat {
		return turnedTo(centre, (-(ni-1)+2*float64(i)+float64(row%2))*dx, (float64(row)-(nj-1)/2)*dy)
	}
	section := func(kind byte, ni, nj, a, b int) *octets {
		return &octets{b: eGridSection(kind, ni, nj, milliDegrees(first.Lat), milliDegrees(first.Lon), a, b)}
	}
	second := func() *octets { // template 3.32768 with the step between mass points
		b := section2(3, slices.Concat([]byte{0}, be(ni*nj), []byte{0, 0, 0x80, 0, 6}, missing(15), be(ni, nj, 0, 0),
			be(int(first.Lat*1e6), int(first.Lon*1e6)), []byte{0x38}, be(52000000, -111000000, 2*576923, 571429), []byte{scanNorthwards | scanEvenOffset})...)
		return &octets{b: b}
	}
	for _, c := range []struct {
		name    string
		o       *octets
		edition int
		fewer   int // points in even rows
		loose   float64
	}{
		{"type 203", section(203, ni, nj, 52000, -111000), 1, 0, 2e-3},
		{"type 201", section(201, ni*nj-nj/2, 1, ni, nj), 1, 1, 0.1},
		{"template 3.32768", second(), 2, 0, 1e-5},
	} {
		var p *place
		var err error
		if c.edition == 1 {
			p, err = testWalk().grid1(c.o)
		} else {
			p, err = testWalk().grid2(c.o)
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		places := make([]geo.LonLat, p.points)
		p.grid.Places(places, 0)
		k := 0
		for row := range nj {
			for i := range ni - row%2*c.fewer {
				got, want := places[p.layout.canonical(k)], point(row, i)
				if d := math.Hypot(math.Remainder(got.Lon-want.Lon, 360)*math.Cos(want.Lat*math.Pi/180), got.Lat-want.Lat); d > c.loose {
					t.Fatalf("%s: point %d of row %d lies at %v, want %v", c.name, i, row, got, want)
				}
				k++
			}
		}
		if k != p.points || p.kind != ncepStaggered || !p.relative {
			t.Errorf("%s: %d points of %s, want %d", c.name, p.points, p.kind, k)
		}
	}
	p, err := testWalk().grid1(section(202, (2*ni-1)*nj, 1, 2*ni-1, nj))
	if err != nil {
		t.Fatal(err)
	}
	var last [1]geo.LonLat
	p.grid.Places(last[:], p.layout.canonical(p.points-1))
	if want := turnedTo(centre, (ni-1)*dx, (nj-1)/2*dy); !near(last[0], want, 0.1) || p.ni != 2*ni-1 {
		t.Errorf("type 202: %d columns to %v, want %d to %v", p.ni, last[0], 2*ni-1, want)
	}
}

// icosahedralSection is section 3 of template 3.100, and icosahedral1Section section 2 of type 192: sides of 12 = 2^2 3^1 intervals.
func icosahedralSection(mode byte) []byte {
	return section2(3, slices.Concat([]byte{0}, be(10*13*13), []byte{0, 0, 0, 100, 2, 1, 0, 12, 10}, be(90000000, 0, 0), []byte{0, 0x80, mode}, be(10*13*13))...)
}

func icosahedral1Section() []byte {
	return slices.Concat(threeOctets(32), []byte{0, 255, 192, 0, 2, 0, 1, 0, 0, 10, 0, 0, 12, 0x80}, be(90000, 0, 0), []byte{0, 0, 0})
}

func TestGridsOfAnIcosahedron(t *testing.T) {
	const points = 10 * 13 * 13
	edition1, edition2 := &octets{b: icosahedral1Section()}, func(mode byte) *octets { return &octets{b: icosahedralSection(mode)} }
	for _, c := range []struct {
		name  string
		read  func() (*place, error)
		first geo.LonLat
	}{
		{"type 192", func() (*place, error) { return testWalk().grid1(edition1) }, geo.LonLat{Lon: -36, Lat: 90}},
		{"template 3.100", func() (*place, error) { return testWalk().grid2(edition2(0)) }, geo.LonLat{Lon: -36, Lat: 90}},
		{"from the equator", func() (*place, error) { return testWalk().grid2(edition2(0x80)) }, geo.LonLat{Lon: -36, Lat: 26.565051}},
	} {
		p, err := c.read()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got [1]geo.LonLat
		p.grid.Places(got[:], p.layout.canonical(0))
		if p.points != points || p.kind != triangular || math.Abs(got[0].Lat-c.first.Lat) > 1e-5 || c.first.Lat < 89 && !near(got[0], c.first, 1e-5) {
			t.Errorf("%s: %d points from %v, want %d from %v", c.name, p.points, got[0], points, c.first)
		}
	}
	for n, v := range map[int]byte{19: 5, 16: 0, 32: 1, 20: 10} { // diamonds, exponent, position, pole
		o := edition2(0)
		o.b[n-1] = v
		if p, err := testWalk().grid2(o); err == nil {
			t.Errorf("octet %d of %d makes a grid of %d points", n, v, p.points)
		}
	}
}

package grib

import (
	"math"
	"slices"
	"testing"

	"isobar/geo"
)

// TestGridsThatAreTurnedAndStretched looks at the pole of a grid of their own: it lies at the pole of stretching, in the turned system.
func TestGridsThatAreTurnedAndStretched(t *testing.T) {
	var (
		latLon   = slices.Concat(sphere, angles(4, 3, 90000000, 0, -90000000, 270000000, 90000000, 90000000, 0))
		gaussian = slices.Concat(sphere, angles(8, 4, 59444000, 0, -59444000, 315000000, 45000000, 2, 0))
		reduced  = slices.Concat(sphere, angles(-0x7fffffff, 4, 59444000, 0, -59444000, 330000000, 0, 2, 0))
		rows     = []byte{0, 8, 0, 12, 0, 12, 0, 8}
		turned   = be(-50000000, 10000000, 0) // the north pole lies at 170 W, 50 N
		stretch  = be(46500000, 2500000, 2400000)
		upright  = be(90000000, 0, 2400000)
		harmonic = slices.Concat(be(3, 3, 3), []byte{1, 1})
	)
	franceLon, turnedLon := geo.LonLat{Lon: 2.5, Lat: 46.5}, geo.LonLat{Lon: -170, Lat: 50}
	for _, c := range []struct {
		template, points int
		list             []byte
		body             []byte
		kind             string
		pole             geo.LonLat // of the grid
	}{
		{2, 12, nil, slices.Concat(latLon, stretch), "stretched_ll", franceLon},
		{3, 12, nil, slices.Concat(latLon, turned, upright), "stretched_rotated_ll", turnedLon},
		{41, 32, nil, slices.Concat(gaussian, turned), "rotated_gg", turnedLon},
		{41, 40, rows, slices.Concat(reduced, turned), "reduced_rotated_gg", turnedLon},
		{42, 32, nil, slices.Concat(gaussian, stretch), "stretched_gg", franceLon},
		{43, 32, nil, slices.Concat(gaussian, turned, upright), "stretched_rotated_gg", turnedLon},
		{43, 40, rows, slices.Concat(reduced, turned, upright), "reduced_stretched_rotated_gg", turnedLon},
		{51, 20, nil, slices.Concat(harmonic, turned), "rotated_sh", turnedLon},
		{52, 20, nil, slices.Concat(harmonic, stretch), "stretched_sh", franceLon},
		{53, 20, nil, slices.Concat(harmonic, turned, upright), "stretched_rotated_sh", turnedLon},
	} {
		p, err := testWalk().grid2(section3(c.template, c.points, c.list, c.body))
		if err != nil {
			t.Errorf("3.%d: %v", c.template, err)
			continue
		}
		if got := firstRowsMiddle(p, c.pole); p.kind != c.kind || !got {
			t.Errorf("3.%d is %s, its first row is not around %v", c.template, p.kind, c.pole)
		}
	}
}

// firstRowsMiddle tells that the cells of the first row are all as far from a place as each other, and nearer than others.
func firstRowsMiddle(p *place, middle geo.LonLat) bool {
	at := make([]geo.LonLat, p.grid.Len())
	p.grid.Places(at, 0)
	first := distance(at[0], middle)
	second := distance(at[1], middle)
	last := distance(at[len(at)-1], middle)
	return first < 31 && first-second < 1e-4 && second-first < 1e-4 && last > 90
}

func TestGridsOfEdition1ThatAreTurnedAndStretched(t *testing.T) {
	gds := func(kind byte, body ...[]byte) *octets {
		b := slices.Concat(body...)
		return &octets{b: slices.Concat(threeOctets(6+len(b)), []byte{0, 255, kind}, b)}
	}
	latLon := slices.Concat([]byte{0, 4, 0, 3}, threeOctets(90000, 0), []byte{0x80}, threeOctets(-90000, 270000), []byte{255, 255, 255, 255, 0}, make([]byte, 4))
	gaussian := slices.Concat([]byte{0, 8, 0, 4}, threeOctets(59444, 0), []byte{0x80}, threeOctets(-59444, 315000), []byte{255, 255, 0, 2, 0}, make([]byte, 4))
	harmonic := slices.Concat([]byte{0, 3, 0, 3, 0, 3, 1, 1}, make([]byte, 18))
	turned, none := slices.Concat(threeOctets(-50000, 10000), be(0)), []byte{0x41, 0x10, 0, 0} // 1.0
	stretch := slices.Concat(threeOctets(46500, 2500), []byte{0x41, 0x26, 0x66, 0x66})         // 2.4
	for _, c := range []struct {
		o    *octets
		kind string
		pole geo.LonLat
	}{
		{gds(14, gaussian, turned), "rotated_gg", geo.LonLat{Lon: -170, Lat: 50}},
		{gds(20, latLon, stretch), "stretched_ll", geo.LonLat{Lon: 2.5, Lat: 46.5}},
		{gds(24, gaussian, stretch), "stretched_gg", geo.LonLat{Lon: 2.5, Lat: 46.5}},
		{gds(30, latLon, turned, threeOctets(90000, 0), none), "stretched_rotated_ll", geo.LonLat{Lon: -170, Lat: 50}},
		{gds(34, gaussian, turned, threeOctets(90000, 0), none), "stretched_rotated_gg", geo.LonLat{Lon: -170, Lat: 50}},
		{gds(60, harmonic, turned), "rotated_sh", geo.LonLat{Lon: -170, Lat: 50}},
		{gds(70, harmonic, stretch), "stretched_sh", geo.LonLat{Lon: 2.5, Lat: 46.5}},
		{gds(80, harmonic, turned, threeOctets(90000, 0), none), "stretched_rotated_sh", geo.LonLat{Lon: -170, Lat: 50}},
	} {
		p, err := testWalk().grid1(c.o)
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
			continue
		}
		if p.kind != c.kind || !firstRowsMiddle(p, c.pole) {
			t.Errorf("%s is %s, its first row is not around %v", c.kind, p.kind, c.pole)
		}
	}
}

// distance is that between two places, in degrees.
func distance(a, b geo.LonLat) float64 {
	const rad = math.Pi / 180
	sinA, cosA := math.Sincos(a.Lat * rad)
	sinB, cosB := math.Sincos(b.Lat * rad)
	return math.Acos(max(-1, min(1, sinA*sinB+cosA*cosB*math.Cos((a.Lon-b.Lon)*rad)))) / rad
}

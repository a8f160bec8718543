package grib

import (
	"errors"
	"math"
	"slices"
	"testing"

	"isobar/geo"
)

// variableSection is section 3 of template 3.4, or 3.5 with a rotation.
func variableSection(template byte, mode byte, rotation []byte, lons, lats []int) []byte {
	return section2(3, slices.Concat([]byte{0}, be(len(lons)*len(lats)), []byte{0, 0, 0, template, 6}, missing(15), be(len(lons), len(lats), 0),
		missing(4), []byte{0x30, mode}, rotation, be(lons...), be(lats...))...)
}

func TestColumnsAndRowsAtAnyDistance(t *testing.T) {
	lons, lats := []int{0, 1000000, 3000000}, []int{50000000, 49000000}
	five, seven := octetsPacked(0, 1, 2, 3, 4, 5)
	upright, tilted := be(-90000000, 0, 0), be(-40000000, 10000000, 0)
	for _, c := range []struct {
		name    string
		section []byte
		south   geo.LonLat
		mode    byte
	}{
		{"listed", variableSection(4, 0, nil, lons, lats), geo.LonLat{Lat: -90}, 0},
		{"from the south", variableSection(4, scanNorthwards, nil, lons, []int{49000000, 50000000}), geo.LonLat{Lat: -90}, scanNorthwards},
		{"turned by nothing", variableSection(5, 0, upright, lons, lats), geo.LonLat{Lat: -90}, 0},
		{"turned", variableSection(5, 0, tilted, lons, lats), geo.LonLat{Lon: 10, Lat: -40}, 0},
	} {
		m := one(t, message2(0, identity(), c.section, productSection(6), five, noBitmap(), seven))
		places, values := make([]geo.LonLat, 6), unpacked(t, m)
		m.Grid.Places(places, 0)
		for k := range 6 {
			j := k / 3
			if c.mode != 0 {
				j = 1 - j
			}
			want := [1]geo.LonLat{}
			geo.RotatedPole(c.south, 0).Inverse(want[:], []geo.XY{{X: float64(lons[k%3]) / 1e6, Y: float64(lats[j]) / 1e6}})
			if at := m.Canonical(k); values[at] != float32(k) || !near(places[at], want[0], 1e-9) {
				t.Errorf("%s: point %d is %v at %v, want %v", c.name, k, values[at], places[at], want[0])
			}
		}
	}
	for _, short := range [][]byte{variableSection(4, 0, nil, lons, lats)[:60], variableSection(5, 0, missing(12), lons, lats), variableSection(4, scanEvenOffset, nil, lons, lats)} {
		short[3] = byte(len(short))
		if p, err := testWalk().grid2(&octets{b: short}); err == nil {
			t.Errorf("%d octets make a grid of %d points", len(short), p.points)
		}
	}
}

func TestDistancesFromTheMiddleAreTrue(t *testing.T) {
	section := func(steps int) *octets {
		return &octets{b: section2(3, slices.Concat([]byte{0}, be(15), []byte{0, 0, 0, 110, 6}, missing(15), be(5, 3, 10000000, 20000000), []byte{0x30},
			be(steps, 200000000), []byte{0, scanNorthwards})...)}
	}
	p, err := testWalk().grid2(section(100000000))
	if err != nil {
		t.Fatal(err)
	}
	places := make([]geo.LonLat, 15)
	p.grid.Places(places, 0)
	for k, at := range places {
		const radius, radians = 6371229, math.Pi / 180
		i, j := float64(k%5-2), float64(1-k/5)
		middle := math.Sin(10*radians)*math.Sin(at.Lat*radians) + math.Cos(10*radians)*math.Cos(at.Lat*radians)*math.Cos((at.Lon-20)*radians)
		if far, want := radius*math.Acos(min(1, middle)), math.Hypot(i*1e5, j*2e5); math.Abs(far-want) > 1 {
			t.Errorf("cell %d at %v is %v m from the middle, want %v", k, at, far, want)
		}
	}
	if places[9].Lon <= 20 || places[2].Lat <= 10 {
		t.Errorf("the eastern cell lies at %v, the northern at %v", places[9], places[2])
	}
	if _, err := testWalk().grid2(section(0)); !errors.Is(err, ErrInvalid) {
		t.Errorf("steps of nothing: %v", err)
	}
}

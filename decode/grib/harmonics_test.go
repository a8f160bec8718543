package grib

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isobar/geo"
)

// TestHarmonicsAreSummed has a field of truncation 2: 288 and a wave along the meridian, one along the equator.
func TestHarmonicsAreSummed(t *testing.T) {
	// Coefficients by order: (0,0) in the header, then octets: imaginary part of (0,0); (1,0) (2,0); (1,1) (2,1); (2,2).
	packed := []byte{0, 10, 0, 0, 0, 8, 4, 0, 0, 0, 0}
	five := section2(5, slices.Concat(be(12), []byte{0, 50}, be(0), []byte{0, 0, 0, 0, 8}, be(int(math.Float32bits(288))))...)
	m := only(t, message2(0, identity(), section3(50, 12, nil, be(2, 2, 2), []byte{1, 1}).b, productSection(6), five, noBitmap(), section2(7, packed...)))
	if m.GridType != "sh" || m.NI != 8 || m.NJ != 4 || m.Points != 32 || m.Packing != nil {
		t.Fatalf("%s of %d x %d points, packing %v", m.GridType, m.NI, m.NJ, m.Packing)
	}
	places := make([]geo.LonLat, m.Points)
	m.Grid.Places(places, 0)
	for i, got := range unpacked(t, m) {
		lon, lat := places[i].Lon*math.Pi/180, places[i].Lat*math.Pi/180
		// P(1,0) = sqrt(3) sin, P(1,1) = sqrt(3/2) cos
		want := 288 + 10*math.Sqrt(3)*math.Sin(lat) + 2*math.Sqrt(1.5)*math.Cos(lat)*(8*math.Cos(lon)-4*math.Sin(lon))
		if math.Abs(float64(got)-want) > 1e-4 {
			t.Errorf("value %d at %v is %v, want %v", i, places[i], got, want)
		}
	}
}

// TestHarmonicsOfTheCorpus sums the temperature of a forecast: its mean is the first coefficient.
func TestHarmonicsOfTheCorpus(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(shared, "ecmwf", "ifs_20080206_T_spectral.grib1"))
	if os.IsNotExist(err) {
		t.Skip("no " + shared)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := only(t, data)
	values, places := unpacked(t, m), make([]geo.LonLat, m.Points)
	m.Grid.Places(places, 0)
	sum, area := 0.0, 0.0
	for i, v := range values {
		if v < 210 || v > 320 {
			t.Fatalf("%v K at %v", v, places[i])
		}
		w := math.Cos(places[i].Lat * math.Pi / 180)
		sum, area = sum+w*float64(v), area+w
	}
	if mean := sum / area; math.Abs(mean-286.559) > 0.05 || m.NI != 128 || m.NJ != 64 {
		t.Errorf("a mean of %v K on %d x %d points, want 286.559 on 128 x 64", mean, m.NI, m.NJ)
	}
}

// only reads a file of one field.
func only(t *testing.T, file []byte) *Message {
	t.Helper()
	fields, errs := read(t, file)
	if len(fields) != 1 || len(errs) != 0 {
		t.Fatalf("%d fields, errors %v", len(fields), errs)
	}
	return fields[0]
}

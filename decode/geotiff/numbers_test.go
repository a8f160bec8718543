package geotiff

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"isobar/geo"
)

// Numbers of all sizes, three in each of two rows, which begin at octets.
func TestNumbersOfEverySizeAreRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields map[tag]any
		pixels []byte
		want   string // of all bands
	}{
		{"1 bit", map[tag]any{tagBits: 1}, []byte{0b10100000, 0b01000000}, "[1 0 1 0 1 0]"},
		{"1 bit, the lowest first", map[tag]any{tagBits: 1, tagFillOrder: 2}, []byte{0b101, 0b010}, "[1 0 1 0 1 0]"},
		{"2 bits", map[tag]any{tagBits: 2}, []byte{0b11100100, 0b00011000}, "[3 2 1 0 1 2]"},
		{"4 bits", map[tag]any{tagBits: 4}, []byte{0x12, 0x30, 0xfe, 0xd0}, "[1 2 3 15 14 13]"},
		{"4 bits with a sign", map[tag]any{tagBits: 4, tagSampleFormat: 2}, []byte{0x12, 0x30, 0xfe, 0x80}, "[1 2 3 -1 -2 -8]"},
		{"12 bits", map[tag]any{tagBits: 12}, []byte{0x12, 0x3f, 0xff, 0x00, 0x10, 0, 1, 0, 0x20, 3}, "[291 4095 1 0 256 512]"},
		{"24 bits", map[tag]any{tagBits: 24}, []byte{0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 2, 0, 0, 3, 0, 0, 4}, "[1 256 65536 2 3 4]"},
		{"half precision", map[tag]any{tagBits: 16, tagSampleFormat: 3}, []byte{0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0, 0x7e, 0xff, 0x7b}, "[1 -2 5.9604645e-08 +Inf NaN 65504]"},
		{
			"24 bits of floating point", map[tag]any{tagBits: 24, tagSampleFormat: 3},
			[]byte{0, 0, 0x3f, 0, 0, 0xc0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0x7f, 1, 0, 0x7f}, "[1 -2 1.5 0 +Inf NaN]",
		},
		{
			"bands of different types", map[tag]any{tagSamples: 2, tagBits: []uint16{8, 16}, tagSampleFormat: []uint16{1, 2}},
			[]byte{1, 255, 255, 2, 254, 255, 3, 253, 255, 4, 0, 1, 5, 1, 1, 6, 2, 1}, "[1 2 3 4 5 6 -1 -2 -3 256 257 258]",
		},
		{
			"bands that do not begin at octets", map[tag]any{tagSamples: 2, tagBits: []uint16{4, 8}},
			[]byte{0x10, 0x12, 0x02, 0x30, 0x30, 0x40, 0x45, 0x05, 0x60, 0x60}, "[1 2 3 4 5 6 1 2 3 4 5 6]",
		},
	} {
		fields := plain()
		for t, v := range c.fields {
			fields[t] = v
		}
		fields[tagStripBytes] = len(c.pixels)
		file := made(fields, c.pixels)
		images, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var all []float32
		for _, b := range images[0].Bands {
			values := make([]float32, 6)
			if err := b.Values(values); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			all = append(all, values...)
		}
		if got := fmt.Sprint(all); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPredictorsOfUnequalNumbersAreRefused(t *testing.T) {
	for _, f := range []map[tag]any{
		{tagBits: 12}, {tagBits: []uint16{8, 16}, tagSamples: 2}, {tagBits: 24, tagSampleFormat: 3},
	} {
		fields := plain()
		fields[tagPredictor] = 2
		for t, v := range f {
			fields[t] = v
		}
		file := made(fields, make([]byte, 40))
		if _, err := Open(bytes.NewReader(file), int64(len(file))); err == nil {
			t.Errorf("%v: no error", f)
		}
	}
}

// A picture turned by a quarter: columns go south, rows go east.
func TestPicturesThatAreTurnedHaveTheirPlaces(t *testing.T) {
	fields := plain()
	delete(fields, tagPixelScale)
	delete(fields, tagTiepoint)
	fields[tagTransformation] = []float64{0, 2, 0, 10, -1, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 1}
	file := made(fields, []byte{1, 2, 3, 4, 5, 6})
	images, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil || images[0].GridErr != nil {
		t.Fatal(err, images[0].GridErr)
	}
	places, values := make([]geo.LonLat, 6), make([]float32, 6)
	images[0].Grid.Places(places, 0)
	if err := images[0].Bands[0].Values(values); err != nil {
		t.Fatal(err)
	}
	for i, p := range places {
		want := geo.LonLat{Lon: 11 + 2*float64(i/3), Lat: 49.5 - float64(i%3)}
		if math.Hypot(p.Lon-want.Lon, p.Lat-want.Lat) > 1e-9 || values[i] != float32(i+1) {
			t.Errorf("pixel %d is %v at %v, want %d at %v", i, values[i], p, i+1, want)
		}
	}
}

// GDAL writes a system that keys have no words for as a text of ESRI's.
func TestSystemsMayBeWellKnownTexts(t *testing.T) {
	fields := plain()
	fields[tagGeoKeys] = []uint16{1, 1, 0, 1, uint16(keyModel), 0, 1, userDefined}
	fields[tagGeoText] = `x|ESRI PE String = PROJCS["unknown",GEOGCS["g",DATUM["d",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],` +
		`UNIT["Degree",0.0174532925199433]],PROJECTION["Geostationary_Satellite"],PARAMETER["Longitude_Of_Center",9.5],PARAMETER["Height",35785831.0],UNIT["Meter",1.0]]|`
	file := made(fields, []byte{1, 2, 3, 4, 5, 6})
	images, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil || images[0].GridErr != nil || images[0].GridType != "space_view" {
		t.Fatal(err, images[0].GridErr, images[0].GridType)
	}
}

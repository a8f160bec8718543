package grib

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"isobar/geo"
)

// bitmap1Section is section 3 of edition 1: the number of a predefined bitmap, 0 for none, and the octets of one.
func bitmap1Section(unused byte, number int, bits ...byte) []byte {
	return slices.Concat(threeOctets(6+len(bits)), []byte{unused, byte(number >> 8), byte(number)}, bits)
}

// masked1 is a message of edition 1 of 3 x 2 points and a bitmap.
func masked1(number int, bits []byte, values ...byte) []byte {
	return message1(product1Section(map[int]byte{8: flagGrid | flagBitmap}), latLon1Section(), bitmap1Section(2, number, bits...), data1Section(values...))
}

// masked2 is the same of edition 2; a second field repeats the bitmap of the first.
func masked2(number byte, bits []byte, values ...byte) []byte {
	grid := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0)
	five, seven := octetsPacked(values...)
	return message2(0, identity(), grid, productSection(0), five, section2(6, append([]byte{number}, bits...)...), seven,
		productSection(3), five, section2(6, 254), seven)
}

// TestPredefinedBitmaps: 110101 is the bitmap.
func TestPredefinedBitmaps(t *testing.T) {
	const bits = 0xd4
	known := func(centre int) func(Predefined) []byte {
		return func(p Predefined) []byte {
			if p.Centre != centre || p.Number != 5 || p.Points != 6 {
				return nil
			}
			return []byte{bits | 3} // what lies behind the last point does not count
		}
	}
	want := []float32{1, 2, nan, 3, nan, 4}
	for _, c := range []struct {
		what    string
		file    []byte
		bitmaps func(Predefined) []byte
		needed  bool
		named   bool
	}{
		{"one of edition 1 that is known", masked1(5, nil, 1, 2, 3, 4), known(7), false, true},
		{"one of edition 1 that is not", masked1(5, nil, 1, 2, 3, 4), nil, true, true},
		{"another centre's", masked1(5, nil, 1, 2, 3, 4), known(98), true, true},
		{"another number", masked1(261, nil, 1, 2, 3, 4), known(7), true, true},
		{"one that the message carries", masked1(5, []byte{bits, 0}, 1, 2, 3, 4), nil, false, true},
		{"a bitmap without a number", masked1(0, []byte{bits, 0}, 1, 2, 3, 4), nil, false, false},
		{"one of edition 2 that is known", masked2(5, nil, 1, 2, 3, 4), known(98), false, true},
		{"one of edition 2 that is not", masked2(5, nil, 1, 2, 3, 4), known(7), true, true},
		{"one that a message of edition 2 carries", masked2(5, []byte{bits}, 1, 2, 3, 4), nil, false, true},
	} {
		for m, err := range (Reader{Bitmaps: c.bitmaps}).Messages(bytes.NewReader(c.file), int64(len(c.file))) {
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
				continue
			}
			p, named, needed := m.Predefined()
			if named != c.named || needed != c.needed || named && (p.Points != 6 || p.Edition != m.Edition || p.Centre != m.Centre) {
				t.Errorf("%s: %v, named %v, needed %v", c.what, p, named, needed)
			}
			values := make([]float32, 6)
			if err := m.Values(values); errors.Is(err, ErrUnsupported) != c.needed {
				t.Errorf("%s: %v", c.what, err)
			}
			if err := m.SetBitmap([]byte{bits, 0}); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: given 16 bits: %v", c.what, err)
			}
			if err := m.SetBitmap([]byte{bits}); named != (err == nil) {
				t.Errorf("%s: given its bitmap: %v", c.what, err)
			}
			if err := m.Values(values); err != nil || !alike(values, want) {
				t.Errorf("%s: %v, %v; want %v", c.what, values, err, want)
			}
		}
	}
}

func TestABitmapOfTheWrongLengthIsRefused(t *testing.T) {
	for _, file := range [][]byte{masked1(5, nil, 1, 2, 3, 4), masked2(5, nil, 1, 2, 3, 4)} {
		r := Reader{Bitmaps: func(Predefined) []byte { return make([]byte, 7) }}
		for m, err := range r.Messages(bytes.NewReader(file), int64(len(file))) {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v, %v", m, err)
			}
		}
	}
}

func TestBitmapGivesWhatTheFileHas(t *testing.T) {
	for _, c := range []struct {
		file []byte
		want []byte
	}{
		{masked1(5, []byte{0xd7, 0}, 1, 2, 3, 4), []byte{9, 0xd4}},
		{masked1(5, nil, 1, 2, 3, 4), []byte{9}},
		{small1(), []byte{9}},
	} {
		if got, err := one(t, c.file).Bitmap([]byte{9}); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("bitmap %x, %v; want %x", got, err, c.want)
		}
	}
}

// TestTheSteppedGridHasItsOwnShape: the WMO's grid 50 has 964 points of 36 x 33: rows of 22 in the south, of 36 in the north.
func TestTheSteppedGridHasItsOwnShape(t *testing.T) {
	octets := make([]byte, 964)
	for i := range octets {
		octets[i] = byte(i / 4)
	}
	m := one(t, message1(product1Section(map[int]byte{7: 50, 8: 0}), data1Section(octets...)))
	if m.NI != 36 || m.NJ != 33 || m.Points != 1188 {
		t.Fatalf("%d x %d, %d points", m.NI, m.NJ, m.Points)
	}
	values, next := unpacked(t, m), 0
	for k := range m.Points {
		row, column := k/36, k%36
		short := []int{7, 6, 5, 4, 3, 2, 1, 0, 0}[row/4]
		c := m.Canonical(k)
		var at [1]geo.LonLat
		m.Grid.Places(at[:], c)
		if where := (geo.LonLat{Lon: -140 + 2.5*float64(column), Lat: 20 + 1.25*float64(row)}); !near(at[0], where, 1e-9) {
			t.Fatalf("point %d lies at %v, want %v", k, at[0], where)
		}
		if column < short || column >= 36-short {
			if values[c] == values[c] {
				t.Fatalf("row %d, column %d is %v, want nothing", row, column, values[c])
			}
			continue
		}
		if values[c] != float32(next/4) {
			t.Fatalf("row %d, column %d is %v, want %d", row, column, values[c], next/4)
		}
		next++
	}
	if next != 964 {
		t.Errorf("%d values", next)
	}
}

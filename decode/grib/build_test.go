package grib

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// section2 is a section of edition 2: its length and number, then the octets from 6 on.
func section2(number byte, octets ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(octets)+5))
	return append(append(b, number), octets...)
}

// message2 puts sections between sections 0 and 8.
func message2(discipline byte, sections ...[]byte) []byte {
	body := slices.Concat(sections...)
	b := append([]byte("GRIB\x00\x00"), discipline, 2)
	b = binary.BigEndian.AppendUint64(b, uint64(16+len(body)+4))
	return append(append(b, body...), "7777"...)
}

// identity is section 1: 2026-11-24 06 UTC.
func identity() []byte {
	return section2(1, 0, 98, 0, 0, 28, 0, 1, 0x07, 0xea, 11, 24, 6, 0, 0, 0, 1)
}

// be writes numbers of four octets, negative ones with a sign bit.
func be(values ...int) (b []byte) {
	for _, v := range values {
		if v < 0 {
			v = -v | 1<<31
		}
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// latLonSection is section 3: a regular grid of ni x nj points, by first and last point and steps in millionths.
func latLonSection(ni, nj, la1, lo1, la2, lo2, di, dj int, mode byte) []byte {
	return section2(3, slices.Concat([]byte{0}, be(ni*nj), []byte{0, 0, 0, 0, 6}, missing(15), be(ni, nj, 0), []byte{255, 255, 255, 255},
		be(la1, lo1), []byte{0x30}, be(la2, lo2, di, dj), []byte{mode})...)
}

// missing is n octets of all bits set.
func missing(n int) []byte { return bytes.Repeat([]byte{255}, n) }

// productSection is section 4 of template 4.0: temperature 2 m above ground, hours ahead.
func productSection(hours int) []byte {
	return section2(4, slices.Concat([]byte{0, 0, 0, 0, 0, 0, 2, 0, 96, 0, 0, 0, 1}, be(hours), []byte{103, 0}, be(2), []byte{255}, missing(5))...)
}

// octetsPacked is sections 5 and 7 of values that are octets: simple packing of 8 bits, R = 0, E = D = 0.
func octetsPacked(values ...byte) (five, seven []byte) {
	five = section2(5, slices.Concat(be(len(values)), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0})...)
	return five, section2(7, values...)
}

// noBitmap is section 6 without a bitmap.
func noBitmap() []byte { return section2(6, 255) }

// small is a message of 3 x 2 points with the values 1 to 6 in the file's order.
func small(mode byte) []byte {
	la1, la2 := 50000000, 49000000
	if mode&scanNorthwards != 0 {
		la1, la2 = la2, la1
	}
	lo1, lo2 := 0, 2000000
	if mode&scanWestwards != 0 {
		lo1, lo2 = lo2, lo1
	}
	five, seven := octetsPacked(1, 2, 3, 4, 5, 6)
	return message2(0, identity(), latLonSection(3, 2, la1, lo1, la2, lo2, 1000000, 1000000, mode), productSection(6), five, noBitmap(), seven)
}

// threeOctets writes numbers of three octets, negative ones with a sign bit.
func threeOctets(values ...int) (b []byte) {
	for _, v := range values {
		if v < 0 {
			v = -v | 1<<23
		}
		b = append(b, byte(v>>16), byte(v>>8), byte(v))
	}
	return b
}

// product1Section is section 1 of edition 1, with what tests change filled in by edit (octets count from 1).
func product1Section(edit map[int]byte, local ...byte) []byte {
	b := slices.Concat(threeOctets(28+len(local)), []byte{2, 7, 96, 255, 0x80, 11, 105, 0, 2, 13, 2, 14, 6, 0, 1, 12, 0, 0, 0, 0, 0, 21, 0, 0, 0}, local)
	for n, v := range edit {
		b[n-1] = v
	}
	return b
}

// latLon1Section is section 2 of edition 1: 3 x 2 points from 50N 0E to 49N 2E.
func latLon1Section() []byte {
	return slices.Concat(threeOctets(32), []byte{0, 255, 0, 0, 3, 0, 2}, threeOctets(50000, 0), []byte{0x80}, threeOctets(49000, 2000),
		[]byte{3, 232, 3, 232, 0, 0, 0, 0, 0})
}

// data1Section is section 4 of edition 1: octets as values.
func data1Section(values ...byte) []byte {
	pad := (len(values) + 11) % 2
	return slices.Concat(threeOctets(11+len(values)+pad), []byte{byte(8 * pad), 0, 0, 0, 0, 0, 0, 8}, values, make([]byte, pad))
}

// message1 puts sections between sections 0 and 5.
func message1(sections ...[]byte) []byte {
	body := slices.Concat(sections...)
	return slices.Concat([]byte("GRIB"), threeOctets(8+len(body)+4), []byte{1}, body, []byte("7777"))
}

func small1() []byte {
	return message1(product1Section(nil), latLon1Section(), data1Section(1, 2, 3, 4, 5, 6))
}

// read gives all fields and errors of a file.
func read(t *testing.T, data []byte) (fields []*Message, errs []error) {
	t.Helper()
	for m, err := range Messages(bytes.NewReader(data), int64(len(data))) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fields = append(fields, m)
	}
	return fields, errs
}

// one is the only field of a file.
func one(t *testing.T, data []byte) *Message {
	t.Helper()
	fields, errs := read(t, data)
	if len(errs) != 0 || len(fields) != 1 {
		t.Fatalf("%d fields, errors %v; want one field", len(fields), errs)
	}
	return fields[0]
}

// unpacked is a field's values.
func unpacked(t *testing.T, m *Message) []float32 {
	t.Helper()
	v := make([]float32, m.Points)
	if err := m.Values(v); err != nil {
		t.Fatal(err)
	}
	return v
}

// alike compares values, NaN being like NaN.
func alike(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return x == y || x != x && y != y })
}

var nan = float32(math.NaN())

package packing_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/decode/packing"
)

// untouched fills a buffer, so that a value that nobody wrote shows: a NaN of a kind that no unpacking makes.
var untouched = math.Float32frombits(0x7fc0dead)

// checkUnpack runs an unpacking: it must end with an error of a kind, or have written all values.
func checkUnpack(t *testing.T, count int, unpack func([]float32) error) {
	t.Helper()
	dst := make([]float32, count)
	for i := range dst {
		dst[i] = untouched
	}
	switch err := unpack(dst); {
	case err != nil && !errors.Is(err, packing.ErrBroken) && !errors.Is(err, packing.ErrUnsupported):
		t.Fatalf("error of no kind: %v", err)
	case err == nil:
		for i, v := range dst {
			if math.Float32bits(v) == math.Float32bits(untouched) {
				t.Fatalf("value %d of %d was not written", i, count)
			}
		}
	}
}

func FuzzUnpack(f *testing.F) {
	for _, s := range samples(f) {
		if s.edition == 2 {
			f.Add(uint16(s.number), s.header, s.data, uint16(len(s.want)), uint8(18))
		}
	}
	r := rand.New(rand.NewPCG(5, 7))
	for management := range 3 {
		for order := range 3 {
			p := groupPacker{linear: packing.Linear{Bits: 13}, lengths: []int{30, 20, 40, 10}, management: management, order: order, descriptors: 2, byRow: order == 1}
			v := p.pack(wave(r, 100, management))
			f.Add(uint16(v.Template), v.Header, v.Data, uint16(100), uint8(25))
		}
	}
	f.Add(uint16(200), levelHeader(8, 3, 10, 20, 30), []byte{2, 7, 1}, uint16(5), uint8(5))
	for _, k := range pngKinds {
		rows := filtered([][]byte{make([]byte, k.bits), make([]byte, k.bits)}, (k.bits+7)/8)
		f.Add(uint16(41), head(packing.Linear{Bits: k.bits}), pngFile(8, 2, k.depth, k.kind, 0, rows), uint16(16), uint8(8))
	}
	f.Add(uint16(50), append(head(packing.Linear{Bits: 8}), 1, 2, 3, 4), []byte{1, 2, 3, 4, 5}, uint16(6), uint8(1))
	f.Add(uint16(51), append(head(packing.Linear{Bits: 8}), 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 6, 1), make([]byte, 30), uint16(12), uint8(2))
	f.Fuzz(func(t *testing.T, template uint16, header, data []byte, count uint16, columns uint8) {
		v := packing.Values{
			Template: int(template), Header: header, Data: data, Count: int(count), Truncation: int(columns),
			Rows: func() []int { return rowsOf(int(count), int(columns)) },
		}
		v.Linear()
		checkUnpack(t, v.Count, v.Unpack)
	})
}

func FuzzUnpackEdition1(f *testing.F) {
	for _, s := range samples(f) {
		if s.edition == 1 {
			f.Add(int8(s.number), s.header, uint16(len(s.want)), uint8(18))
		}
	}
	rows := [][]uint64{{1, 2, 3, 9}, {4, 4, 4, 4}, {7, 6, 5, 0}}
	for _, flags := range []byte{0, manyWidths, secondaryBitmap, secondaryBitmap | manyWidths | boustrophedon} {
		f.Add(int8(1), secondOrder(packing.Linear{Bits: 8}, flags, rows, func(i int) bool { return i%3 == 0 }), uint16(12), uint8(4))
	}
	s := append(section1(0xc0, packing.Linear{Bits: 8}), 0, 0, 0x07, 0xd0, 1, 1, 1)
	f.Add(int8(0), append(s, make([]byte, 30)...), uint16(12), uint8(2))
	f.Add(int8(0), append(binary.BigEndian.AppendUint32(section1(0x80, packing.Linear{Bits: 8}), ibm(288)), 1, 2, 3, 4, 5), uint16(6), uint8(1))
	f.Fuzz(func(t *testing.T, decimal int8, section []byte, count uint16, columns uint8) {
		v := packing.Values1{
			Section: section, Decimal: int(decimal), Count: int(count), Truncation: int(columns),
			Rows: func() []int { return rowsOf(int(count), int(columns)) },
		}
		v.Linear()
		v.Boustrophedonic()
		checkUnpack(t, v.Count, v.Unpack)
	})
}

// rowsOf cuts a count into rows.
func rowsOf(count, columns int) (rows []int) {
	for count > 0 && columns > 0 {
		rows = append(rows, min(columns, count))
		count -= columns
	}
	return rows
}

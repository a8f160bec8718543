package packing_test

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"isobar/decode/packing"
)

// Flags of octet 14.
const (
	secondaryBitmap = 0x20
	manyWidths      = 0x10
	generalExtended = 0x08
	boustrophedon   = 0x04
)

// secondOrder packs rows of integers with the flags of octet 14; groups begin where begins says, or with each row.
func secondOrder(l packing.Linear, flags byte, rows [][]uint64, begins func(i int) bool) []byte {
	var groups [][]uint64
	bitmap := packer{}
	i := 0
	for _, row := range rows {
		for x, n := range row {
			begin := x == 0 && flags&secondaryBitmap == 0 || flags&secondaryBitmap != 0 && (i == 0 || begins(i))
			if begin {
				groups = append(groups, nil)
			}
			bitmap.put(map[bool]uint64{true: 1}[begin], 1)
			groups[len(groups)-1] = append(groups[len(groups)-1], n)
			i++
		}
	}
	var first []uint64
	widest := 0
	for _, g := range groups {
		first = append(first, slices.Min(g))
		widest = max(widest, bits.Len64(slices.Max(g)-slices.Min(g)))
	}
	s := append(section1(0x50, l), 0, 0, flags, 0, 0)
	s = binary.BigEndian.AppendUint16(s, uint16(len(groups)))
	s = append(s, 0, 0, byte(len(groups)>>16))
	body := packer{}
	for i, g := range groups {
		width := widest
		if flags&manyWidths != 0 {
			width = bits.Len64(slices.Max(g) - first[i])
		}
		if flags&manyWidths != 0 || i == 0 {
			s = append(s, byte(width))
		}
		for _, n := range g {
			body.put(n-first[i], width)
		}
	}
	if flags&secondaryBitmap != 0 {
		s = append(s, bitmap.data...)
	}
	return append(append(s, pack(first, l.Bits)...), body.data...)
}

func TestSecondOrderGivesWhatWasPacked(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	l := packing.Linear{Reference: 250, Binary: -4, Decimal: 1, Bits: 12}
	for _, flags := range []byte{0, manyWidths, secondaryBitmap, secondaryBitmap | manyWidths} {
		for _, backwards := range []byte{0, boustrophedon} {
			for _, columns := range []int{1, 5, 70} {
				var rows, packed [][]uint64
				for y := range 40 {
					row := make([]uint64, columns+y%3) // rows of a reduced grid
					for x := range row {
						row[x] = uint64(100*(y%5)) + r.Uint64N(uint64(1+y%9))
					}
					rows, packed = append(rows, row), append(packed, slices.Clone(row))
					if backwards != 0 && y%2 == 1 {
						slices.Reverse(packed[y])
					}
				}
				want := slices.Concat(rows...)
				v := packing.Values1{
					Section: secondOrder(l, flags|backwards, packed, func(i int) bool { return i%7 == 0 || i%11 == 3 }),
					Decimal: 1, Count: len(want),
					Rows: func() (n []int) {
						for _, row := range rows {
							n = append(n, len(row))
						}
						return n
					},
				}
				name := fmt.Sprintf("flags %#02x, %d columns", flags|backwards, columns)
				got := make([]float32, len(want))
				if err := v.Unpack(got); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				for i, n := range want {
					if want := exact(l, n); got[i] != want {
						t.Fatalf("%s: value %d is %v, want %v", name, i, got[i], want)
					}
				}
				if got := v.Boustrophedonic(); got != (backwards != 0) {
					t.Errorf("%s: Boustrophedonic() = %v", name, got)
				}
			}
		}
	}
}

func TestSecondOrderRefusals(t *testing.T) {
	l := packing.Linear{Bits: 12}
	rows := [][]uint64{{1, 2, 3}, {4, 5, 6}}
	good := secondOrder(l, manyWidths, rows, nil)
	for _, c := range []struct {
		what   string
		change func(s []byte) []byte
		rows   func() []int
		want   error
	}{
		{"rows of an unknown grid", func(s []byte) []byte { return s }, nil, packing.ErrUnsupported},
		{"another number of rows", func(s []byte) []byte { return s }, func() []int { return []int{6} }, packing.ErrBroken},
		{"rows that are too long", func(s []byte) []byte { return s }, func() []int { return []int{3, 4} }, packing.ErrBroken},
		{"rows of negative length", func(s []byte) []byte { return s }, func() []int { return []int{7, -1} }, packing.ErrBroken},
		{"data cut short", func(s []byte) []byte { return s[:len(s)-1] }, func() []int { return []int{3, 3} }, packing.ErrBroken},
		{"a matrix", func(s []byte) []byte { s[13] |= 0x40; return s }, nil, packing.ErrUnsupported},
		{"a secondary bitmap that isn't there", func(s []byte) []byte { s[13] |= secondaryBitmap; return s[:22] }, nil, packing.ErrBroken},
		{"sixteen million groups", func(s []byte) []byte { s[20] = 255; return s }, nil, packing.ErrUnsupported},
		{"general packing cut short", func(s []byte) []byte { s[13] |= generalExtended; return s[:24] }, nil, packing.ErrBroken},
		{"general packing of nothing", func(s []byte) []byte { s[13] |= generalExtended; return s }, nil, packing.ErrBroken},
	} {
		v := packing.Values1{Section: c.change(slices.Clone(good)), Count: 6, Rows: c.rows}
		refused(t, c.what, v.Unpack(make([]float32, 6)), c.want)
	}
}

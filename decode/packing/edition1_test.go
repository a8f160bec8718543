package packing_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/decode/packing"
)

// ibm is a float of IBM's System/360.
func ibm(x float64) uint32 {
	if x == 0 {
		return 0
	}
	sign, exponent := uint32(0), uint32(64)
	if x < 0 {
		sign, x = 1<<31, -x
	}
	for ; x >= 1; x /= 16 {
		exponent++
	}
	for ; x < 1./16; x *= 16 {
		exponent--
	}
	return sign | exponent<<24 | uint32(math.Round(x*(1<<24)))
}

// section1 is the first 11 octets of section 4 of edition 1.
func section1(flags byte, l packing.Linear) []byte {
	s := []byte{0, 0, 0, flags}
	s = binary.BigEndian.AppendUint16(s, signed16(l.Binary))
	s = binary.BigEndian.AppendUint32(s, ibm(l.Reference))
	return append(s, byte(l.Bits))
}

func TestEdition1SimpleIsRight(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, reference := range []float64{0, 1, -1, 0.0625, 273.125, -1e5, 65504} {
		for bits := range 33 {
			l := packing.Linear{Reference: reference, Binary: -3, Decimal: 2, Bits: bits}
			q, got := random(r, 40, bits), make([]float32, 40)
			v := packing.Values1{Section: append(section1(0, l), pack(q, bits)...), Decimal: 2, Count: 40}
			if err := v.Unpack(got); err != nil {
				t.Fatalf("%+v: %v", l, err)
			}
			if back, ok := v.Linear(); !ok || back != l {
				t.Fatalf("Linear() = %+v, %v, want %+v", back, ok, l)
			}
			for i, n := range q {
				if want := exact(l, n); got[i] != want {
					t.Fatalf("%+v: q = %d gives %v, want %v", l, n, got[i], want)
				}
			}
		}
	}
}

func TestEdition1WithoutAnyValueIsMissing(t *testing.T) {
	v := packing.Values1{Section: section1(0, packing.Linear{Binary: -0x7fff}), Count: 2}
	got := make([]float32, 2)
	if err := v.Unpack(got); err != nil || got[0] == got[0] || got[1] == got[1] {
		t.Errorf("%v, error %v, want no numbers", got, err)
	}
	if l, ok := v.Linear(); ok {
		t.Errorf("Linear() = %+v, want none", l)
	}
}

func TestEdition1MoreFlagsWithOneValueAPoint(t *testing.T) {
	s := section1(0x10, packing.Linear{Bits: 8})
	s = append(s, make([]byte, 13)...) // octets 12-24
	s[19], s[21] = 1, 2                // three coefficients
	s = append(append(s, make([]byte, 12)...), 7, 8)
	got := make([]float32, 2)
	if err := (packing.Values1{Section: s, Count: 2}).Unpack(got); err != nil || got[0] != 7 || got[1] != 8 {
		t.Errorf("%v, error %v, want 7 8", got, err)
	}
	s[13] = 0x40
	refused(t, "a matrix", packing.Values1{Section: s, Count: 2}.Unpack(got), packing.ErrUnsupported)
}

func TestEdition1Refusals(t *testing.T) {
	eight := packing.Linear{Bits: 8}
	for _, c := range []struct {
		what    string
		section []byte
		want    error
	}{
		{"no header", make([]byte, 10), packing.ErrBroken},
		{"too few values", append(section1(0, eight), 1), packing.ErrBroken},
		{"floats without a precision", section1(0x30, eight), packing.ErrBroken},
		{"flags of nothing", section1(0x90, eight), packing.ErrUnsupported},
		{"coefficients of a matrix cut short", append(section1(0x10, eight), 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0), packing.ErrBroken},
		{"second order cut short", section1(0x50, eight), packing.ErrBroken},
		{"spherical harmonics cut short", section1(0xc0, eight), packing.ErrBroken},
	} {
		refused(t, c.what, packing.Values1{Section: c.section, Count: 2}.Unpack(make([]float32, 2)), c.want)
	}
}

package packing_test

import (
	"encoding/binary"
	"math"
	"testing"

	"isobar/decode/packing"
)

// A truncation of 2 with a subset of 1: orders 0, 1, 2 have total wave numbers 0 1 2, 1 2, 2. Those with n = 2 are packed.
const (
	spectralJ     = 2
	spectralCount = (spectralJ + 1) * (spectralJ + 2)
)

// spectralWant is what the packed coefficients 1 to 6, of scale 1, mean after a division by (n(n+1))^2 = 36, with 10 to 15
// in the subset. Coefficients of order 0 are real.
var spectralWant = []float32{10, 11, 12, 13, 1. / 36, 0, 14, 15, 3. / 36, 4. / 36, 5. / 36, 6. / 36}

func checkSpectral(t *testing.T, got []float32, err error, want []float32) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("coefficient %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestSpectralComplexMultipliesBack(t *testing.T) {
	for _, precision := range []byte{1, 2} {
		h := binary.BigEndian.AppendUint32(head(packing.Linear{Bits: 8}), 2e6)
		h = append(h, 0, 1, 0, 1, 0, 1, 0, 0, 0, 6, precision)
		var data []byte
		for i := range 6 {
			if precision == 1 {
				data = binary.BigEndian.AppendUint32(data, math.Float32bits(float32(10+i)))
			} else {
				data = binary.BigEndian.AppendUint64(data, math.Float64bits(float64(10+i)))
			}
		}
		data = append(data, 1, 2, 3, 4, 5, 6)
		got := make([]float32, spectralCount)
		v := packing.Values{Template: 51, Header: h, Data: data, Count: spectralCount, Truncation: spectralJ}
		checkSpectral(t, got, v.Unpack(got), spectralWant)
	}
}

func TestSpectralSimpleHasTheFirstInItsHeader(t *testing.T) {
	h := binary.BigEndian.AppendUint32(head(packing.Linear{Bits: 8}), math.Float32bits(288))
	got := make([]float32, 6)
	v := packing.Values{Template: 50, Header: h, Data: []byte{0, 1, 2, 3, 4}, Count: 6, Truncation: 1}
	checkSpectral(t, got, v.Unpack(got), []float32{288, 0, 1, 2, 3, 4})
}

// TestSpectralComplexOfEdition1 has coefficients of the subset's last n multiplied, too: n(n+1) = 2 to the power of 2.
func TestSpectralComplexOfEdition1(t *testing.T) {
	s := append(section1(0xc0, packing.Linear{Bits: 8}), 0, 0, 0x07, 0xd0, 1, 1, 1)
	for i := range 6 {
		s = binary.BigEndian.AppendUint32(s, ibm(float64(10+i)))
	}
	s = append(s, 1, 2, 3, 4, 5, 6)
	want := append([]float32{}, spectralWant...)
	for _, i := range []int{2, 3, 6, 7} { // n = 1
		want[i] /= 4
	}
	got := make([]float32, spectralCount)
	checkSpectral(t, got, packing.Values1{Section: s, Count: spectralCount, Truncation: spectralJ}.Unpack(got), want)
}

func TestSpectralSimpleOfEdition1(t *testing.T) {
	s := binary.BigEndian.AppendUint32(section1(0x80, packing.Linear{Bits: 8}), ibm(288))
	got := make([]float32, 6)
	v := packing.Values1{Section: append(s, 0, 1, 2, 3, 4), Count: 6, Truncation: 1}
	checkSpectral(t, got, v.Unpack(got), []float32{288, 0, 1, 2, 3, 4})
}

func TestSpectralRefusals(t *testing.T) {
	h := binary.BigEndian.AppendUint32(head(packing.Linear{Bits: 8}), 2e6)
	h = append(h, 0, 1, 0, 1, 0, 1, 0, 0, 0, 6, 1)
	data := make([]byte, 30)
	for _, c := range []struct {
		what       string
		at         int
		to         byte
		truncation int
		octets     int
		want       error
	}{
		{"another truncation", 14, 1, 3, 30, packing.ErrBroken},
		{"data cut short", 14, 1, 2, 29, packing.ErrBroken},
		{"a subset that is larger than all", 14, 3, 2, 30, packing.ErrUnsupported},
		{"a subset of precision 3", 23, 3, 2, 30, packing.ErrUnsupported},
	} {
		changed := append([]byte{}, h...)
		changed[c.at] = c.to
		v := packing.Values{Template: 51, Header: changed, Data: data[:c.octets], Count: spectralCount, Truncation: c.truncation}
		refused(t, c.what, v.Unpack(make([]float32, spectralCount)), c.want)
	}
}

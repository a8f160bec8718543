package packing_test

import (
	"encoding/binary"
	"math"
	"testing"

	"isobar/decode/packing"
)

func TestIEEEReadsBothPrecisions(t *testing.T) {
	for count := range 20 {
		var data32, data64 []byte
		want := make([]float32, count)
		for i := range want {
			want[i] = float32(math.Exp(float64(i)) - 7)
			data32 = binary.BigEndian.AppendUint32(data32, math.Float32bits(want[i]))
			data64 = binary.BigEndian.AppendUint64(data64, math.Float64bits(float64(want[i])))
		}
		for precision, data := range map[byte][]byte{1: data32, 2: data64} {
			got := make([]float32, count)
			if err := (packing.Values{Template: 4, Header: []byte{precision}, Data: data, Count: count}).Unpack(got); err != nil {
				t.Fatalf("%d values, precision %d: %v", count, precision, err)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("precision %d: value %d of %d is %v, want %v", precision, i, count, got[i], want[i])
				}
			}
		}
	}
}

func TestIEEERefusals(t *testing.T) {
	for _, c := range []struct {
		what      string
		precision byte
		octets    int
		want      error
	}{
		{"floats cut short", 1, 7, packing.ErrBroken},
		{"doubles cut short", 2, 15, packing.ErrBroken},
		{"floats of 128 bits", 3, 32, packing.ErrUnsupported},
		{"an unknown precision", 0, 32, packing.ErrBroken},
	} {
		v := packing.Values{Template: 4, Header: []byte{c.precision}, Data: make([]byte, c.octets), Count: 2}
		refused(t, c.what, v.Unpack(make([]float32, 2)), c.want)
	}
}

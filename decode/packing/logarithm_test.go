package packing_test

import (
	"encoding/binary"
	"math"
	"testing"

	"isobar/decode/packing"
)

func TestLogarithmIsUndone(t *testing.T) {
	for _, c := range []struct {
		l     packing.Linear
		added float32
		q     uint64
	}{
		{packing.Linear{Reference: -3, Binary: -4, Bits: 8}, 1, 77},
		{packing.Linear{Reference: 0.5, Binary: -10, Decimal: 1, Bits: 16}, 0, 40000},
		{packing.Linear{Reference: 2}, 0.25, 0},
	} {
		h := binary.BigEndian.AppendUint32(head(c.l), math.Float32bits(c.added))
		got := []float32{0}
		if err := (packing.Values{Template: 61, Header: h, Data: pack([]uint64{c.q}, c.l.Bits), Count: 1}).Unpack(got); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		y := (c.l.Reference + float64(c.q)*math.Ldexp(1, c.l.Binary)) / math.Pow10(c.l.Decimal)
		if want := float32(math.Exp(y) - float64(c.added)); math.Abs(float64(got[0]-want)) > 1e-6*math.Abs(float64(want)) {
			t.Errorf("%+v: %v, want %v", c, got[0], want)
		}
	}
}

func TestLogarithmRefusals(t *testing.T) {
	h := binary.BigEndian.AppendUint32(head(packing.Linear{Bits: 8}), math.Float32bits(float32(math.Inf(1))))
	refused(t, "an infinite parameter", packing.Values{Template: 61, Header: h, Data: []byte{1}, Count: 1}.Unpack(make([]float32, 1)), packing.ErrBroken)
	refused(t, "a short header", packing.Values{Template: 61, Header: h[:12], Count: 1}.Unpack(make([]float32, 1)), packing.ErrBroken)
}

package packing_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"isobar/decode/packing"
)

// packer writes bits, the highest first.
type packer struct {
	data []byte
	used int // bits
}

func (w *packer) put(n uint64, width int) {
	for i := width - 1; i >= 0; i-- {
		if w.used&7 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.used>>3] |= byte(n>>i&1) << (7 - w.used&7)
		w.used++
	}
}

// pack writes integers of one width.
func pack(q []uint64, width int) []byte {
	w := packer{}
	for _, n := range q {
		w.put(n, width)
	}
	return w.data
}

// signed16 is sign and magnitude in two octets.
func signed16(n int) uint16 {
	if n < 0 {
		return 1<<15 | uint16(-n)
	}
	return uint16(n)
}

// head is the octets that most templates begin with.
func head(l packing.Linear, more ...byte) []byte {
	h := binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(l.Reference)))
	h = binary.BigEndian.AppendUint16(h, signed16(l.Binary))
	h = binary.BigEndian.AppendUint16(h, signed16(l.Decimal))
	return append(append(h, byte(l.Bits)), more...)
}

// exact is the float32 nearest to the value of q.
func exact(l packing.Linear, q uint64) float32 {
	x := new(big.Float).SetPrec(2000).SetInt(new(big.Int).SetUint64(q))
	x.SetMantExp(x, l.Binary)
	x.Add(x, big.NewFloat(l.Reference))
	power := new(big.Float).SetPrec(2000).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(l.Decimal, -l.Decimal))), nil))
	if l.Decimal < 0 {
		x.Mul(x, power)
	} else {
		x.Quo(x, power)
	}
	f, _ := x.Float32()
	return f
}

// random gives integers of a width.
func random(r *rand.Rand, count, width int) []uint64 {
	q := make([]uint64, count)
	for i := range q {
		if width > 0 {
			q[i] = r.Uint64() >> (64 - width)
		}
	}
	return q
}

// refused checks that an error is of a kind.
func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

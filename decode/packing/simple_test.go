package packing_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"isobar/decode/packing"
)

func TestSimpleReadsEveryWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for bits := 1; bits <= 57; bits++ {
		for _, count := range []int{0, 1, 2, 7, 8, 9, 63, 64, 65, 2047, 2048, 2049, 4099} {
			q, got := random(r, count, bits), make([]float32, count)
			l := packing.Linear{Bits: bits}
			if err := (packing.Values{Header: head(l, 0), Data: pack(q, bits), Count: count}).Unpack(got); err != nil {
				t.Fatalf("%d values of %d bits: %v", count, bits, err)
			}
			for i, n := range q {
				if want := float32(n); got[i] != want {
					t.Fatalf("%d values of %d bits: value %d is %v, want %v", count, bits, i, got[i], want)
				}
			}
		}
	}
}

func TestSimpleIsRightToHalfAUnitOfTheLastPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for range 300 {
		l := packing.Linear{
			Reference: float64(float32(r.NormFloat64() * math.Pow(10, float64(r.IntN(7)-1)))),
			Binary:    r.IntN(21) - 14, Decimal: r.IntN(12) - 5, Bits: 1 + r.IntN(24),
		}
		q, got := random(r, 50, l.Bits), make([]float32, 50)
		if n := -l.Reference / math.Ldexp(1, l.Binary); n >= 0 && n < math.Ldexp(1, l.Bits) {
			q[0] = uint64(n) // where reference and q nearly cancel
		}
		v := packing.Values{Header: head(l, 0), Data: pack(q, l.Bits), Count: 50}
		if err := v.Unpack(got); err != nil {
			t.Fatalf("%+v: %v", l, err)
		}
		if back, ok := v.Linear(); !ok || back != l {
			t.Fatalf("Linear() = %+v, %v, want %+v", back, ok, l)
		}
		for i, n := range q {
			if want := exact(l, n); got[i] != want {
				t.Errorf("%+v: q = %d gives %v, want %v", l, n, got[i], want)
			}
		}
	}
}

func TestSimpleWithoutBitsIsTheScaledReference(t *testing.T) {
	for _, template := range []int{0, 40, 41, 42} {
		got := make([]float32, 3)
		h := head(packing.Linear{Reference: 42, Decimal: 2}, 0, 14, 32, 0, 128)
		if err := (packing.Values{Template: template, Header: h, Count: 3}).Unpack(got); err != nil {
			t.Fatal(err)
		}
		for _, v := range got {
			if v != 0.42 {
				t.Errorf("template 5.%d: %v, want 0.42", template, v)
			}
		}
	}
}

func TestSimpleRefusals(t *testing.T) {
	one := packing.Linear{Bits: 8}
	for _, c := range []struct {
		what string
		v    packing.Values
		want error
	}{
		{"too few values", packing.Values{Header: head(one, 0), Data: []byte{1}, Count: 2}, packing.ErrBroken},
		{"a header cut short", packing.Values{Header: head(one, 0)[:8], Data: []byte{1}, Count: 1}, packing.ErrBroken},
		{"a reference that is no number", packing.Values{Header: head(packing.Linear{Reference: math.NaN(), Bits: 8}), Data: []byte{1}, Count: 1}, packing.ErrBroken},
		{"a scale beyond all numbers", packing.Values{Header: head(packing.Linear{Binary: 2000, Bits: 8}), Data: []byte{1}, Count: 1}, packing.ErrBroken},
		{"values of 64 bits", packing.Values{Header: head(packing.Linear{Bits: 64}), Data: make([]byte, 8), Count: 1}, packing.ErrUnsupported},
		{"a matrix", packing.Values{Template: 1, Count: 1}, packing.ErrUnsupported},
		{"bi-Fourier coefficients", packing.Values{Template: 53, Count: 1}, packing.ErrUnsupported},
		{"an unknown template", packing.Values{Template: 999, Count: 1}, packing.ErrUnsupported},
	} {
		refused(t, c.what, c.v.Unpack(make([]float32, c.v.Count)), c.want)
	}
	refused(t, "a buffer of another size", packing.Values{Header: head(one), Count: 1}.Unpack(make([]float32, 2)), packing.ErrBroken)
}

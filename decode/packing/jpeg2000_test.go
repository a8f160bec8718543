package packing_test

import (
	"slices"
	"testing"

	"isobar/decode/packing"
)

// jpeg2000Sample is the codestream of 18 by 9 samples among what ecCodes packed.
func jpeg2000Sample(t testing.TB) sample {
	t.Helper()
	all := samples(t)
	return all[slices.IndexFunc(all, func(s sample) bool { return s.name == "jpeg" })]
}

func TestJPEG2000HasNumbersOfItsTrial(t *testing.T) {
	s := jpeg2000Sample(t)
	got := make([]float32, len(s.want))
	if err := (packing.Values{Template: 40000, Header: s.header, Data: s.data, Count: len(got)}).Unpack(got); err != nil || got[7] != float32(s.want[7]) {
		t.Errorf("template 5.40000: error %v, value 7 is %v, want %v", err, got[7], s.want[7])
	}
}

func TestJPEG2000Refusals(t *testing.T) {
	s := jpeg2000Sample(t)
	for _, c := range []struct {
		what  string
		data  []byte
		count int
	}{
		{"another count", s.data, 161},
		{"no codestream", []byte("no codestream"), 162},
		{"nothing", nil, 162},
		{"a header alone", s.data[:60], 162},
	} {
		v := packing.Values{Template: 40, Header: s.header, Data: c.data, Count: c.count}
		refused(t, c.what, v.Unpack(make([]float32, c.count)), packing.ErrBroken)
	}
}

// BenchmarkJPEG2000 reads a small field; package jpeg2000 measures large ones.
func BenchmarkJPEG2000(b *testing.B) {
	s := jpeg2000Sample(b)
	dst := make([]float32, len(s.want))
	b.SetBytes(int64(4 * len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.unpack(dst); err != nil {
			b.Fatal(err)
		}
	}
}

package aec_test

import (
	"errors"
	"testing"

	"isobar/decode/packing/aec"
)

func TestOptionsThatNoStreamHasAreRefused(t *testing.T) {
	good := aec.Options{Bits: 8, Block: 8, Interval: 1}
	for name, change := range map[string]func(o *aec.Options){
		"no bits":              func(o *aec.Options) { o.Bits = 0 },
		"33 bits":              func(o *aec.Options) { o.Bits = 33 },
		"blocks of nothing":    func(o *aec.Options) { o.Block = 0 },
		"blocks of 65":         func(o *aec.Options) { o.Block = 65 },
		"intervals of nothing": func(o *aec.Options) { o.Interval = 0 },
	} {
		o := good
		change(&o)
		if _, err := aec.NewReader(nil, o); !errors.Is(err, aec.ErrBroken) {
			t.Errorf("%s: error %v, want %v", name, err, aec.ErrBroken)
		}
	}
}

func TestBrokenStreamsAreRefused(t *testing.T) {
	plain := aec.Options{Bits: 8, Block: 8, Interval: 4}
	for _, c := range []struct {
		what   string
		stream []byte
	}{
		{"nothing", nil},
		{"a code without an end", []byte{0b010_00000, 0, 0}},
		{"a run of zero blocks beyond the interval", []byte{0b000_0_0000, 0b00000010}},
		{"a pair's code that is too large", append([]byte{0b000_1_0000, 0}, make([]byte, 20)...)},
		{"uncoded samples cut short", []byte{0b111_00000, 1, 2, 3}},
	} {
		r, err := aec.NewReader(c.stream, plain)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Read(make([]int64, 64)); !errors.Is(err, aec.ErrBroken) {
			t.Errorf("%s: error %v, want %v", c.what, err, aec.ErrBroken)
		}
	}
}

// FuzzReader must not panic, nor give samples that no bits stand for: a run of zero blocks is the shortest code there is.
func FuzzReader(f *testing.F) {
	for _, g := range goldens(f, "testdata/libaec.txt") {
		var flags byte
		for i, set := range []bool{g.o.Signed, g.o.Preprocess, g.o.Restricted, g.o.Pad} {
			if set {
				flags |= 1 << i
			}
		}
		f.Add(byte(g.o.Bits), byte(g.o.Block), uint16(g.o.Interval), flags, g.stream)
	}
	f.Fuzz(func(t *testing.T, bits, block byte, interval uint16, flags byte, stream []byte) {
		o := aec.Options{
			Bits: int(bits), Block: int(block), Interval: int(interval),
			Signed: flags&1 != 0, Preprocess: flags&2 != 0, Restricted: flags&4 != 0, Pad: flags&8 != 0,
		}
		r, err := aec.NewReader(stream, o)
		if err != nil {
			return
		}
		samples := 0
		for part := make([]int64, 999); samples < 1<<20; samples += len(part) {
			if err := r.Read(part); err != nil {
				if !errors.Is(err, aec.ErrBroken) {
					t.Fatalf("%+v: error %v of no kind", o, err)
				}
				return
			}
		}
		if most := (len(stream)*8 + 1) * o.Block * max(64, o.Interval); samples > most+999 {
			t.Fatalf("%+v: %d samples from %d octets", o, samples, len(stream))
		}
	})
}

func BenchmarkReader(b *testing.B) {
	for _, g := range goldens(b, "testdata/libaec.txt") {
		if g.o.Bits != 12 || g.o.Block != 32 {
			continue
		}
		dst := make([]int64, g.count)
		b.SetBytes(int64(8 * g.count))
		for b.Loop() {
			r, _ := aec.NewReader(g.stream, g.o)
			if err := r.Read(dst); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
}

package packing_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"isobar/decode/packing"
)

// ccsds is the template of samples of 8 bits in blocks.
func ccsds(flags, block byte, interval uint16) []byte {
	return binary.BigEndian.AppendUint16(head(packing.Linear{Bits: 8}, 0, flags, block), interval)
}

// TestCCSDSReadsUncodedBlocks tries what surrounds the coding; package aec tries the coding itself.
func TestCCSDSReadsUncodedBlocks(t *testing.T) {
	for _, c := range []struct {
		what  string
		flags byte
		want  []float32
	}{
		{"unsigned", 0, []float32{1, 2, 254, 255, 5, 6, 7, 8, 9}},
		{"signed", 1, []float32{1, 2, -2, -1, 5, 6, 7, 8, 9}},
		{"how a decoder lays samples out doesn't matter", 2 | 4, []float32{1, 2, 254, 255, 5, 6, 7, 8, 9}},
	} {
		w := packer{}
		for i := range 16 { // two blocks, the last of them filled up
			if i%8 == 0 {
				w.put(7, 3) // no coding
			}
			if i < len(c.want) {
				w.put(uint64(byte(int(c.want[i]))), 8)
			} else {
				w.put(0, 8)
			}
		}
		got := make([]float32, len(c.want))
		if err := (packing.Values{Template: 42, Header: ccsds(c.flags, 8, 128), Data: w.data, Count: len(got)}).Unpack(got); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		for i, want := range c.want {
			if got[i] != want {
				t.Errorf("%s: value %d is %v, want %v", c.what, i, got[i], want)
			}
		}
	}
}

func TestCCSDSRefusals(t *testing.T) {
	for _, c := range []struct {
		what   string
		header []byte
	}{
		{"blocks of nothing", ccsds(0, 0, 128)},
		{"blocks of 65", ccsds(0, 65, 128)},
		{"intervals of nothing", ccsds(0, 8, 0)},
		{"data cut short", ccsds(0, 8, 128)},
		{"a header cut short", ccsds(0, 8, 128)[:13]},
	} {
		v := packing.Values{Template: 42, Header: c.header, Data: []byte{0xff}, Count: 8}
		refused(t, c.what, v.Unpack(make([]float32, 8)), packing.ErrBroken)
	}
}

// BenchmarkCCSDS reads a small field; BenchmarkDecode of package grib measures large ones.
func BenchmarkCCSDS(b *testing.B) {
	all := samples(b)
	s := all[slices.IndexFunc(all, func(s sample) bool { return s.name == "ccsds" })]
	dst := make([]float32, len(s.want))
	b.SetBytes(int64(4 * len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.unpack(dst); err != nil {
			b.Fatal(err)
		}
	}
}

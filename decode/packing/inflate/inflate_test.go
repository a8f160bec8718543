package inflate_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"isobar/decode/packing/inflate"
)

// deflate compresses at a level, in blocks that end after the parts.
func deflate(t testing.TB, level int, parts ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		w.Write(p)
		w.Flush()
	}
	w.Close()
	return out.Bytes()
}

// texts are octets of several kinds: none, few, noise of some values, runs, words.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(9, 9))
	noise, skewed := make([]byte, 100000), make([]byte, 200000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for i := range skewed { // rare octets get codes of 12 bits and more
		skewed[i] = byte(r.ExpFloat64() * 12)
	}
	return map[string][]byte{
		"nothing": {}, "one octet": {7}, "noise": noise, "skewed": skewed, "zeros": make([]byte, 70000),
		"words": []byte(strings.Repeat("the quick brown fox jumps over the lazy dog, ", 3000)),
		"mixed": append(bytes.Repeat([]byte{1, 2, 3}, 5000), noise[:40000]...),
	}
}

func TestExpandGivesWhatWasDeflated(t *testing.T) {
	for name, text := range texts() {
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, 6, flate.BestCompression, flate.HuffmanOnly} {
			half := len(text) / 2
			got := make([]byte, len(text))
			if err := inflate.Expand(got, deflate(t, level, text[:half], text[half:])); err != nil {
				t.Errorf("%s, level %d: %v", name, level, err)
			} else if !bytes.Equal(got, text) {
				t.Errorf("%s, level %d: other octets", name, level)
			}
		}
	}
}

func TestExpandStopsWhereTheBufferEnds(t *testing.T) {
	for name, text := range texts() {
		for _, level := range []int{flate.NoCompression, 6, flate.HuffmanOnly} {
			got := make([]byte, len(text)/3)
			if err := inflate.Expand(got, deflate(t, level, text)); err != nil || !bytes.Equal(got, text[:len(got)]) {
				t.Errorf("%s, level %d: error %v, or other octets", name, level, err)
			}
		}
	}
}

func TestExpandRefusesWhatEndsEarly(t *testing.T) {
	text := texts()["mixed"]
	for _, level := range []int{flate.NoCompression, 6, flate.HuffmanOnly} {
		data := deflate(t, level, text)
		for _, keep := range []int{0, 1, 2, 100, len(data) / 2, len(data) - 20} {
			if err := inflate.Expand(make([]byte, len(text)), data[:keep]); !errors.Is(err, inflate.ErrBroken) {
				t.Errorf("level %d, %d of %d octets: error %v, want %v", level, keep, len(data), err, inflate.ErrBroken)
			}
		}
		if err := inflate.Expand(make([]byte, len(text)+1), data); !errors.Is(err, inflate.ErrBroken) {
			t.Errorf("level %d, one octet more: error %v, want %v", level, err, inflate.ErrBroken)
		}
	}
}

func TestExpandRefusesEndlessEmptyBlocks(t *testing.T) {
	empty := bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 1<<20)
	if err := inflate.Expand(make([]byte, 1), empty); !errors.Is(err, inflate.ErrBroken) {
		t.Errorf("error %v, want %v", err, inflate.ErrBroken)
	}
}

// FuzzExpand compares with the standard library. That one reads as many bits ahead as the end of a block takes, so it is
// given some more of them where it should have read as much.
func FuzzExpand(f *testing.F) {
	for _, text := range texts() {
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, flate.HuffmanOnly} {
			f.Add(deflate(f, level, text[:min(len(text), 300)]), uint16(300))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		got := make([]byte, size)
		if err := inflate.Expand(got, data); err != nil {
			if n := standard(got, data); n == len(got) && n > 0 {
				t.Fatalf("%v: the standard library reads it", err)
			}
			return
		}
		want := make([]byte, size)
		if n := standard(want, append(data, 0, 0)); n < len(want) || !bytes.Equal(got, want) {
			t.Fatalf("the standard library reads %d of %d octets, or others", n, size)
		}
	})
}

// standard is Expand by the standard library; it says how much it has read.
func standard(dst, data []byte) int {
	n, _ := io.ReadFull(flate.NewReader(bytes.NewReader(data)), dst)
	return n
}

func BenchmarkExpand(b *testing.B) {
	for name, text := range texts() {
		data, got := deflate(b, 6, text), make([]byte, len(text))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if err := inflate.Expand(got, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

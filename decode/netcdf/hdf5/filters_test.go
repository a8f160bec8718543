package hdf5

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// filtered are files by h5py 3.16 and netCDF-C 4.10: a dataset of 20 by 30 values each way, named by filter and type.
var filtered = []struct {
	name string
	want func(i int) int // the i-th value; a quarter of it for floating point
}{
	{"testdata/filters.h5.gz", func(i int) int { return i }},
	{"testdata/blosc.h5.gz", func(i int) int { return i / 30 * 30 }},
}

func TestEveryFilterGivesTheSameValues(t *testing.T) {
	seen := 0
	for _, file := range filtered {
		packed, err := os.ReadFile(file.name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(bytes.NewReader(content), int64(len(content)))
		if err != nil || len(f.Broken) > 0 {
			t.Fatal(err, f.Broken)
		}
		for _, d := range f.Datasets {
			if len(d.Shape) != 2 {
				continue // dimensions
			}
			seen++
			wrong := 0
			err := d.Read([]int{0, 0}, d.Shape, func(i int, x float64) {
				want := float64(file.want(i))
				switch {
				case strings.HasPrefix(d.Name, "constant"):
					want = 7
				case d.Type.Size == 1:
					want = float64(file.want(i) % 100)
				case d.Type.Class == Real:
					want /= 4
				}
				if x != want {
					wrong++
				}
			})
			if err != nil || wrong > 0 {
				t.Errorf("%s: %d of 600 values are wrong, error %v", d.Name, wrong, err)
			}
		}
	}
	if seen < 50 {
		t.Errorf("%d datasets", seen)
	}
}

// unpackers are what filters hand broken bytes to.
var unpackers = []struct {
	name string
	undo func(b []byte) ([]byte, error)
}{
	{"szip", func(b []byte) ([]byte, error) { return szip([]uint64{32 | 4, 8, 16, 30}, b, 480) }},
	{"scale-offset", func(b []byte) ([]byte, error) { return scaleOffset([]uint64{2, 0, 240, 0, 2, 1, 0, 1, 9}, b, 480) }},
	{"lzf", func(b []byte) ([]byte, error) { return lzf(b, 480) }},
	{"lz4", func(b []byte) ([]byte, error) { return lz4Blocks(b, 480) }},
	{"blosc", func(b []byte) ([]byte, error) { return blosc(b, 480) }},
	{"bitshuffle", func(b []byte) ([]byte, error) { return bitShuffled([]uint64{0, 0, 2, 0, 2}, b, 480, 2) }},
	{"bitshuffle, not packed", func(b []byte) ([]byte, error) { return bitShuffled(nil, b, 480, 2) }},
}

func TestBrokenChunksAreRefusedWithoutHarm(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, u := range unpackers {
		for n := range 3000 {
			b := make([]byte, n%200)
			for i := range b {
				b[i] = byte(rng.Uint32() >> (rng.IntN(4) * 8))
			}
			if got, err := u.undo(b); err == nil && len(got) > 480 {
				t.Fatalf("%s: %d bytes of %x", u.name, len(got), b)
			}
		}
	}
}

func FuzzFilters(f *testing.F) {
	f.Add(0, []byte{0, 1, 0, 0, 1, 2, 3, 4})
	f.Add(4, []byte{2, 1, 0x21, 2, 8, 0, 0, 0, 8, 0, 0, 0, 24, 0, 0, 0, 20, 0, 0, 0})
	f.Fuzz(func(t *testing.T, which int, b []byte) {
		u := unpackers[((which%len(unpackers))+len(unpackers))%len(unpackers)]
		if got, err := u.undo(b); err == nil && len(got) > 480 && !strings.HasSuffix(u.name, "not packed") {
			t.Fatalf("%s: %d bytes", u.name, len(got))
		}
	})
}

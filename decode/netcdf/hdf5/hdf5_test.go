package hdf5

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"
)

func openFile(t testing.TB, name string) (*File, error) {
	t.Helper()
	content, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return Open(bytes.NewReader(content), int64(len(content)))
}

func TestSuperblocksAreFoundWhereTheyMayBe(t *testing.T) {
	content, err := os.ReadFile("../testdata/wide4.nc")
	if err != nil {
		t.Fatal(err)
	}
	for _, before := range []int{0, 512, 1024, 2048} {
		file := append(bytes.Repeat([]byte{7}, before), content...)
		if !Detect(file[:min(len(file), 4096)]) {
			t.Errorf("behind %d bytes it is not detected", before)
		}
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil || len(f.Datasets) != 6 {
			t.Errorf("behind %d bytes: error %v", before, err)
			continue
		}
		for _, d := range f.Datasets {
			if d.Name != "a" {
				continue
			}
			var got [3]float64
			if err := d.Read([]int{0}, []int{3}, func(i int, x float64) { got[i] = x }); err != nil || got != [3]float64{1, 128, 255} {
				t.Errorf("behind %d bytes: values %v, error %v", before, got, err)
			}
		}
	}
	if _, err := Open(bytes.NewReader(content[1:]), int64(len(content)-1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("a file without a superblock: error %v", err)
	}
}

func TestFiltersAreUndone(t *testing.T) {
	if got, want := fmt.Sprint(unshuffle([]byte{1, 2, 3, 4, 5, 6, 9}, 2)), "[1 4 2 5 3 6 9]"; got != want {
		t.Errorf("unshuffled: %s, want %s", got, want)
	}
	// The sum of "abcde" by words of two bytes: 6162, 6364 and 6500 follow each other.
	low := uint32(0x6162 + 0x6364 + 0x6500)
	high := uint32(0x6162*3 + 0x6364*2 + 0x6500)
	low, high = low&0xffff+low>>16, high&0xffff+high>>16
	if got, want := fletcher32([]byte("abcde")), high<<16|low; got != want {
		t.Errorf("checksum %08x, want %08x", got, want)
	}
	if _, err := checked([]byte{1, 2, 3, 4, 0, 0, 0, 0}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a wrong checksum: error %v", err)
	}
	if _, err := undo([]filter{{id: filterDeflate}}, 0, []byte("no stream"), 10, 1); !errors.Is(err, ErrInvalid) {
		t.Errorf("a torn stream: error %v", err)
	}
	if b, err := undo([]filter{{id: filterDeflate}}, 1, []byte("as it is"), 8, 1); err != nil || string(b) != "as it is" {
		t.Errorf("a filter that was left out: %q, error %v", b, err)
	}
}

func TestUnknownFiltersAreNamed(t *testing.T) {
	f := &file{offsetSize: 8, lengthSize: 8}
	if _, err := f.pipeline([]byte{2, 1, 5, 0, 0, 0, 0, 0}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("n-bit: error %v", err)
	}
	if _, err := f.pipeline([]byte{2, 200}); !errors.Is(err, ErrInvalid) {
		t.Errorf("200 filters: error %v", err)
	}
}

// A chunk may not become more than its filters can make of it: memory is taken after that is known.
func TestChunksThatCanNotBeAreRefused(t *testing.T) {
	d := &Dataset{Name: "d", f: &file{size: 1 << 20}, storage: storage{dims: []int64{1 << 20, 8}}, filters: []filter{{id: filterDeflate}}}
	if _, err := d.load(0, chunk{at: 0, size: 100}); !errors.Is(err, ErrInvalid) {
		t.Errorf("8 MiB in 100 bytes: error %v", err)
	}
	d.Shape, d.Type.Size = []int{1 << 40}, 8
	d.storage.dims = []int64{1 << 40, 8}
	if err := d.checkChunks(); !errors.Is(err, ErrInvalid) {
		t.Errorf("a chunk of 8 TiB: error %v", err)
	}
}

func TestChunksAreKeptUpToALimit(t *testing.T) {
	var c cache
	d := &Dataset{}
	for n := range int64(10) {
		c.put(d, n, make([]byte, cacheBytes/4))
	}
	if c.bytes > cacheBytes || c.get(d, 9) == nil || c.get(d, 0) != nil {
		t.Errorf("%d bytes are kept of %d", c.bytes, cacheBytes)
	}
	c.put(d, 10, make([]byte, cacheBytes+1))
	if c.get(d, 10) != nil {
		t.Error("a chunk that is larger than all is kept")
	}
}

func TestNumbersAreAsWideAsTheirLimit(t *testing.T) {
	for limit, want := range map[uint64]int{0: 1, 1: 1, 255: 1, 256: 2, 65535: 2, 65536: 3} {
		if got := width(limit); got != want {
			t.Errorf("%d takes %d bytes, want %d", limit, got, want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	f, err := openFile(b, "bigz.nc")
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range f.Datasets {
		if d.Name != "e" {
			continue
		}
		b.SetBytes(4 * 9 * 11)
		b.ReportAllocs()
		sum := 0.0
		for n := 0; b.Loop(); n++ {
			if err := d.Read([]int{n % 50, 0, 0}, []int{1, 9, 11}, func(_ int, x float64) { sum += x }); err != nil {
				b.Fatal(err)
			}
		}
	}
}

package aec_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"testing"

	"isobar/decode/packing/aec"
)

// Flags of libaec.
const (
	flagSigned     = 1
	flagPreprocess = 8
	flagRestricted = 16
	flagPad        = 32
)

// golden is a stream that libaec 1.0.6 wrote of samples of a kind.
type golden struct {
	o           aec.Options
	kind, count int
	stream      []byte
}

func goldens(t testing.TB, path string) []golden {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []golden
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		g, flags, stream := golden{}, 0, ""
		if _, err := fmt.Sscan(lines.Text(), &g.o.Bits, &g.o.Block, &g.o.Interval, &flags, &g.kind, &g.count, &stream); err != nil {
			t.Fatal(err)
		}
		g.o.Signed, g.o.Preprocess = flags&flagSigned != 0, flags&flagPreprocess != 0
		g.o.Restricted, g.o.Pad = flags&flagRestricted != 0, flags&flagPad != 0
		if g.stream, err = hex.DecodeString(stream); err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	return all
}

// samples makes the samples that the streams in testdata were written of: noise, steps, a random walk, rare events, and
// long runs of zeros between small numbers.
func (g golden) samples() []int64 {
	state := uint32(g.o.Bits*1000 + g.o.Block*10 + g.o.Interval + g.kind)
	random := func() uint64 {
		state = state*1664525 + 1013904223
		return uint64(state >> 8)
	}
	lo, hi := int64(0), int64(1)<<g.o.Bits-1
	if g.o.Signed {
		lo = -1 << (g.o.Bits - 1)
		hi += lo
	}
	width := hi - lo
	walk := lo + width/2
	x := make([]int64, g.count)
	for i := range x {
		switch g.kind {
		case 0:
			high := random() << 24
			x[i] = lo + int64((high^random())%uint64(width+1))
		case 1:
			x[i] = lo + int64(i/100%3)%(width+1)
		case 2:
			walk = min(hi, max(lo, walk+int64(random()%9)-4))
			x[i] = walk
		case 3:
			if x[i] = lo; random()%40 == 0 {
				x[i] = hi
			}
		case 4:
			if x[i] = lo; i/777%2 != 0 && random()%2 == 0 && width > 0 {
				x[i]++
			}
		}
	}
	return x
}

func TestReaderGivesWhatLibaecWrote(t *testing.T) {
	path := "testdata/libaec.txt"
	if other := os.Getenv("AEC_STREAMS"); other != "" {
		path = other
	}
	for _, g := range goldens(t, path) {
		want := g.samples()
		for _, part := range []int{g.count, 1000 / g.o.Block * g.o.Block, 7} {
			r, err := aec.NewReader(g.stream, g.o)
			if err != nil {
				t.Fatalf("%+v: %v", g.o, err)
			}
			got := make([]int64, g.count)
			for rest := got; len(rest) > 0; {
				n := min(part, len(rest))
				if err = r.Read(rest[:n]); err != nil {
					break
				}
				rest = rest[n:]
			}
			if i := differ(got, want); err != nil || i >= 0 {
				t.Errorf("%+v, kind %d, read in parts of %d: error %v, first difference at %d of %d", g.o, g.kind, part, err, i, g.count)
			}
		}
	}
}

func differ(got, want []int64) int {
	for i := range want {
		if got[i] != want[i] {
			return i
		}
	}
	return -1
}

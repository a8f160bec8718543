package mongo

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"isobar/store"
	"isobar/store/chunk"
)

func TestEveryChunkLiesInOneBlock(t *testing.T) {
	for _, c := range []struct {
		nx, ny, levels int
		wraps          bool
		blocks         int
	}{
		{1440, 721, 3, true, 72 + 18 + 6 + 1}, {70, 66, 0, false, 1}, {9000, 1, 0, false, 1}, {1, 1, 0, false, 1}, {100_000, 1, 0, false, 7},
		{3600, 1801, 5, true, 29*15 + 15*8 + 8*4 + 4*2 + 1},
	} {
		l := chunk.NewLayout(c.nx, c.ny, c.levels, c.wraps)
		b := newBlocks(l)
		if len(b.chunks) != c.blocks {
			t.Errorf("%d x %d has %d blocks, want %d", c.nx, c.ny, len(b.chunks), c.blocks)
		}
		seen := 0
		for block, members := range b.chunks {
			if len(members) > coarse {
				t.Errorf("%d x %d: block %d has %d chunks", c.nx, c.ny, block, len(members))
			}
			for place, number := range members {
				seen++
				if int(b.of[number]) != block || int(b.place[number]) != place {
					t.Fatalf("%d x %d: chunk %d is said to be in block %d, is in %d", c.nx, c.ny, number, b.of[number], block)
				}
			}
		}
		if seen != l.Chunks {
			t.Errorf("%d x %d: %d chunks in blocks, of %d", c.nx, c.ny, seen, l.Chunks)
		}
	}
}

func TestChunksAreFoundInTheirBlocks(t *testing.T) {
	l := chunk.NewLayout(700, 400, 2, true)
	b := newBlocks(l)
	values := make([]float32, 700*400)
	for i := range values {
		values[i] = rand.Float32()
	}
	var coder chunk.Coder
	e := coder.Encode(l, values, chunk.Scaling{}, false)
	all := b.cut(&e)
	for number := range l.Chunks {
		begin, end := rangeOf(e.Bytes[:e.Directory], number)
		raw, sum, err := b.find(all[b.of[number]], number)
		if want := e.Bytes[e.Directory:][begin:end]; err != nil || !bytes.Equal(raw, want) || sum != chunk.Checksum(want) {
			t.Fatalf("chunk %d: %d bytes, %v, want %d", number, len(raw), err, len(want))
		}
	}
	for _, bad := range [][]byte{nil, all[0][:100], all[0][:len(all[0])-1], bytes.Repeat([]byte{255}, 4000)} {
		if _, _, err := b.find(bad, int(b.chunks[0][len(b.chunks[0])-1])); err == nil {
			t.Errorf("a block of %d bytes is taken", len(bad))
		}
	}
}

func TestTheBlockCacheKeepsToItsSizeAndWhatIsUsed(t *testing.T) {
	dir := t.TempDir()
	c, err := newBlockCache(10*(1000+blockOverhead), dir, 20*1004)
	if err != nil {
		t.Fatal(err)
	}
	data := func(n int) []byte { return padded(bytes.Repeat([]byte{byte(n)}, 1000)) }
	for n := range 100 {
		c.put(fmt.Sprint(n), data(n))
		if n%5 == 0 && c.get("0") == nil {
			t.Fatalf("what is used all the time is gone after %d others", n)
		}
	}
	if c.memory.held > c.memory.limit || c.disk.held > c.disk.limit {
		t.Errorf("%d bytes are held in memory of %d, %d on disk of %d", c.memory.held, c.memory.limit, c.disk.held, c.disk.limit)
	}
	again, err := newBlockCache(0, dir, 20*1004)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for n := range 100 {
		if got := again.get(fmt.Sprint(n)); got != nil {
			found++
			if !bytes.Equal(got, data(n)) || cap(got) < len(got)+chunk.SpareBytes {
				t.Errorf("document %d comes back otherwise", n)
			}
		}
	}
	if found != 20 {
		t.Errorf("%d documents are on disk, want 20", found)
	}
	path := again.path(fileName("99"))
	if err := os.WriteFile(path, []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if again.get("99") != nil {
		t.Error("a damaged file is taken")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a damaged file stays")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) != 19 {
		t.Errorf("%d files, want 19", len(left))
	}
	if c, _ := newBlockCache(-1, "", 0); c.get("a") != nil {
		t.Error("a cache of no size has something")
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"model":"m","run":0,"home":"h","grid":"g","nx":3,"ny":2,"maxLevel":0,"fields":1,"records":2,"digest":"00000000000000010000000000000002"}`))
	f.Add([]byte(`{"nx":99999999999,"ny":99999999999}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest("id", text)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("error is %v", err)
			}
			return
		}
		newBlocks(m.layout())
	})
}

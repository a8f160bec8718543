package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"isobar/field"
	"isobar/store"
)

func BenchmarkEncode1440x721(b *testing.B) {
	l := NewLayout(1440, 721, 3, true)
	for _, c := range []struct {
		name string
		p    *field.Packing
	}{{"tenths", tenths}, {"hundredths", hundredths}, {"floats", nil}} {
		values := smooth(1440, 721, c.p)
		b.Run(c.name, func(b *testing.B) {
			var coder Coder
			b.SetBytes(int64(4 * len(values)))
			var e Encoded
			for b.Loop() {
				e = coder.Encode(l, values, ScalingOf(c.p), false)
			}
			b.ReportMetric(float64(4*len(values))/float64(len(e.Bytes)), "x")
			b.ReportMetric(b2f(e.Scaling.Quantised), "quantised")
		})
	}
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestPackedNumbersComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		numbers := make([]uint32, 1+random.IntN(300))
		for i := range numbers {
			numbers[i] = random.Uint32() >> random.IntN(33)
			if n%3 == 0 {
				numbers[i] = uint32(n)
			}
		}
		packed := pack(nil, numbers)
		got := make([]uint32, len(numbers))
		if !unpack(got, padded(packed)) || !slices.Equal(got, numbers) {
			t.Fatalf("%d numbers become %d bytes, and those %v, want %v", len(numbers), len(packed), got, numbers)
		}
		if unpack(got, padded(packed[:len(packed)-1])) || unpack(got, padded(append(packed, 0))) {
			t.Fatalf("%d bytes are taken where %d belong", len(packed), len(packed)-1)
		}
	}
}

func TestDifferencesAlongRowsAndTheFirstColumnAreUndone(t *testing.T) {
	numbers := []uint32{7, 9, 0, math.MaxUint32, 5, 6}
	got := slices.Clone(numbers)
	if base := deltas(got, 3); base != 7 || got[0] != 0 {
		t.Errorf("base %d, first difference %d", base, got[0])
	}
	if want := []uint32{0, 4, 17, 15, 12, 2}; !slices.Equal(got, want) {
		t.Errorf("differences %v, want %v", got, want)
	}
}

func TestOrderedBitsKeepTheOrderOfFloats(t *testing.T) {
	values := []float32{float32(math.Inf(-1)), -math.MaxFloat32, -2, -1, -1e-40, float32(math.Copysign(0, -1)), 0, 1e-45, 1, 2, 3e38, float32(math.Inf(1))}
	for i, v := range values {
		b := math.Float32bits(v)
		if got := unordered(ordered(b, 0), 0); got != b {
			t.Errorf("%v comes back as %v", v, math.Float32frombits(got))
		}
		if i > 0 && int32(ordered(b, 0)) <= int32(ordered(math.Float32bits(values[i-1]), 0)) {
			t.Errorf("%v does not come after %v", v, values[i-1])
		}
	}
	for _, v := range []float32{-2, 1, 0, -1024} {
		b := math.Float32bits(v)
		if got := unordered(ordered(b, 20), 20); got != b {
			t.Errorf("%v less 20 bits comes back as %v", v, math.Float32frombits(got))
		}
	}
}

// chunks are fields of one chunk, each of a kind of its own.
func chunks() map[string][]float32 {
	noise := rand.New(rand.NewPCG(5, 6))
	make := func(value func(i int) float32) []float32 {
		values := make([]float32, Cells)
		for i := range values {
			values[i] = value(i)
		}
		return values
	}
	gap := func(of []float32, at func(i int) bool) []float32 {
		of = slices.Clone(of)
		for i := range of {
			if at(i) {
				of[i] = Missing
			}
		}
		return of
	}
	zero := float32(0)
	quantised := smooth(64, 64, tenths)
	floats := smooth(64, 64, nil)
	return map[string][]float32{
		"quantised": quantised, "floats": floats,
		"constant":  make(func(int) float32 { return 1.5 }),
		"zeros":     make(func(i int) float32 { return []float32{zero, -zero}[i&1] }),
		"two zeros": make(func(i int) float32 { return float32(math.Copysign(0, float64(i&1)-0.5)) }),
		"none":      make(func(int) float32 { return Missing }),
		"any bits": make(func(int) float32 {
			if v := math.Float32frombits(noise.Uint32()); v == v {
				return v
			}
			return Missing
		}),
		"infinite":   make(func(i int) float32 { return float32(math.Inf(i&1*2 - 1)) }),
		"holes":      gap(quantised, func(i int) bool { return i%3 == 1 }),
		"one value":  gap(quantised, func(i int) bool { return i != 4000 }),
		"no corner":  gap(floats, func(i int) bool { return i%64 < 32 && i < 2048 }),
		"one hole":   gap(make(func(int) float32 { return 1.5 }), func(i int) bool { return i == 0 }),
		"categories": make(func(i int) float32 { return float32(i / 100 % 7) }),
	}
}

func TestChunksComeBackToTheLastBit(t *testing.T) {
	for name, values := range chunks() {
		for _, p := range []*field.Packing{nil, tenths, hundredths, {Decimal: 3}, {Reference: math.NaN()}, {Binary: 1 << 20}} {
			for _, width := range []int{64, 4096, 1, 13} {
				n := len(values) / width * width
				var c chunkCoder
				copy(c.values[:], values)
				var r *Rule
				if s := ScalingOf(p); s.Quantised {
					ready := s.Rule(0)
					r = &ready
				}
				raw, _ := c.encode(nil, n, width, r, false)
				got, numbers := make([]float32, n), new(scratch)
				constant, value, err := decodeChunk(got, padded(raw), width, r, numbers)
				if err != nil {
					t.Fatalf("%s, packing %+v, width %d: %v", name, p, width, err)
				}
				for i := range got {
					if constant {
						got[i] = value
					}
					if math.Float32bits(got[i]) != math.Float32bits(values[i]) {
						t.Fatalf("%s, packing %+v, width %d: cell %d is %v, want %v", name, p, width, i, got[i], values[i])
					}
				}
			}
		}
	}
}

func TestSimpleChunksAreSmall(t *testing.T) {
	for name, most := range map[string]int{"constant": 5, "none": 1, "quantised": 5000, "one hole": 600, "categories": 3000} {
		var c chunkCoder
		copy(c.values[:], chunks()[name])
		ready := ScalingOf(tenths).Rule(0)
		if raw, _ := c.encode(nil, Cells, Side, &ready, false); len(raw) > most {
			t.Errorf("%s takes %d bytes, want at most %d", name, len(raw), most)
		}
	}
}

// padded is bytes with spareBytes behind them.
func padded(b []byte) []byte { return append(slices.Clone(b), make([]byte, SpareBytes)...)[:len(b)] }

func FuzzDecodeChunk(f *testing.F) {
	ready := ScalingOf(tenths).Rule(0)
	for _, values := range chunks() {
		for _, r := range []*Rule{&ready, nil} {
			var c chunkCoder
			copy(c.values[:], values)
			raw, _ := c.encode(nil, 16*16, 16, r, false)
			f.Add(raw, uint8(16), uint8(16), r != nil)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, width, height uint8, quantised bool) {
		w, h := int(width)%64+1, int(height)%64+1
		var r *Rule
		if quantised {
			r = &ready
		}
		dst := make([]float32, w*h)
		constant, _, err := decodeChunk(dst, padded(raw), w, r, new(scratch))
		if err != nil || constant {
			return
		}
		// What can be read can be written: it comes back the same.
		var c chunkCoder
		copy(c.values[:], dst)
		again, _ := c.encode(nil, w*h, w, r, false)
		got := make([]float32, w*h)
		constant, value, err := decodeChunk(got, padded(again), w, r, new(scratch))
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if constant {
				got[i] = value
			}
		}
		if i := differ(got, dst); i >= 0 {
			t.Fatalf("cell %d is %v, want %v", i, got[i], dst[i])
		}
	})
}

func FuzzParseIndex(f *testing.F) {
	r := &Record{Key: benchKey(1), Min: 1, Max: 2, Mean: 1.5, Missing: 7, Scaling: ScalingOf(tenths), Span: FileRange{3, 4096, 99}, Sum: 5}
	r.Seal("grid", []byte("directory"))
	f.Add(AppendBlock(nil, []*Record{r, r})[blockHead:], uint32(2))
	f.Fuzz(func(t *testing.T, body []byte, count uint32) {
		// The head is made to fit, so that the records themselves are tried.
		block := make([]byte, blockHead, blockHead+len(body))
		binary.LittleEndian.PutUint32(block, uint32(len(body)))
		binary.LittleEndian.PutUint32(block[4:], count)
		binary.LittleEndian.PutUint32(block[8:], Checksum(body)^Checksum(block[:8]))
		var got []*Record
		err := ParseBlocks(append(block, body...), map[string]string{}, func(r *Record) { got = append(got, r) })
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("error is %v", err)
			}
			return
		}
		var again []*Record
		if err := ParseBlocks(AppendBlock(nil, got), map[string]string{}, func(r *Record) { again = append(again, r) }); err != nil || len(again) != len(got) {
			t.Errorf("%d records come back as %d, %v", len(got), len(again), err)
		}
	})
}

func TestRecordsComeBack(t *testing.T) {
	one := &Record{Key: benchKey(1), Min: -1, Max: 2, Mean: 1.5, Missing: 7, Scaling: ScalingOf(tenths), Span: FileRange{3, 1 << 40, math.MaxUint32}, Sum: 5}
	one.Key.Issue, one.Key.Member, one.Key.Span, one.Key.Level.To = 2, -3, 3600, 1e9
	one.Seal("grid", []byte("directory"))
	two := &Record{Key: field.Key{}, Min: math.NaN(), Max: math.NaN(), Mean: math.NaN()}
	two.Seal("", nil)
	three := &Record{Key: benchKey(2), Min: 0, Max: 1, Mean: 0.5, Scaling: Scaling{}.Told(0.036)}
	three.Seal("grid", nil)
	block := AppendBlock(AppendBlock(nil, []*Record{one}), []*Record{two, one, three})
	var got []*Record
	if err := ParseBlocks(block, map[string]string{}, func(r *Record) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	for i, want := range []*Record{one, two, one, three} {
		if fmt.Sprintf("%+v", *got[i]) != fmt.Sprintf("%+v", *want) {
			t.Errorf("record %d is %+v, want %+v", i, *got[i], *want)
		}
	}
	for at := range block {
		bad := slices.Clone(block)
		bad[at] ^= 4
		if err := ParseBlocks(bad, map[string]string{}, func(*Record) {}); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("with byte %d changed the error is %v", at, err)
		}
	}
}

func TestTheCacheKeepsToItsSizeAndWhatIsUsed(t *testing.T) {
	const limit = 1 << 20
	c := NewCache(limit)
	chunk := func() *Decoded { return &Decoded{values: make([]float32, Cells)} }
	c.Put(1, chunk())
	for n := range 1000 {
		if c.Get(1) == nil {
			t.Fatalf("what is used all the time is gone after %d others", n)
		}
		c.Put(uint64(n+2), chunk())
		held := int64(0)
		for i := range c.shards {
			for _, s := range c.shards[i].slots {
				if s.chunk != nil {
					held += s.chunk.bytes()
				}
			}
		}
		if held > limit || n > 100 && held < limit/2 {
			t.Fatalf("%d bytes are held, of %d", held, limit)
		}
	}
	c.Put(5000, &Decoded{values: make([]float32, limit)})
	if c.Get(5000) != nil {
		t.Error("what is larger than the cache is kept")
	}
	NewCache(0).Put(1, chunk())
	if NewCache(0).Get(1) != nil {
		t.Error("a cache of no size keeps something")
	}
}

package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/store"
)

// smooth is a field like temperature: waves and some noise, quantised as a packing says.
func smooth(nx, ny int, p *field.Packing) []float32 {
	noise := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, nx*ny)
	for j := range ny {
		for i := range nx {
			x, y := 2*math.Pi*float64(i)/float64(nx), math.Pi*float64(j)/float64(ny)
			v := 280 - 30*math.Cos(2*y) + 8*math.Sin(5*x)*math.Sin(3*y) + 3*math.Sin(31*x+9*y) + math.Cos(97*x)*math.Sin(53*y) + 0.15*noise.NormFloat64()
			values[j*nx+i] = float32(v)
			if p != nil {
				pow := math.Pow10(p.Decimal)
				q := math.Round((v*pow - p.Reference) / math.Ldexp(1, p.Binary))
				values[j*nx+i] = float32((p.Reference + q*math.Ldexp(1, p.Binary)) / pow)
			}
		}
	}
	return values
}

var tenths = &field.Packing{Reference: 2200, Binary: -1, Decimal: 1, Bits: 12}
var hundredths = &field.Packing{Reference: 22000, Binary: 0, Decimal: 2, Bits: 16}

func BenchmarkEncode1440x721(b *testing.B) {
	l := newLayout(1440, 721, 3, true)
	for _, c := range []struct {
		name string
		p    *field.Packing
	}{{"tenths", tenths}, {"hundredths", hundredths}, {"floats", nil}} {
		values := smooth(1440, 721, c.p)
		b.Run(c.name, func(b *testing.B) {
			var coder coder
			b.SetBytes(int64(4 * len(values)))
			var e encoded
			for b.Loop() {
				e = coder.encode(l, values, scalingOf(c.p), false)
			}
			b.ReportMetric(float64(4*len(values))/float64(len(e.bytes)), "x")
			b.ReportMetric(b2f(e.scaling.quantised), "quantised")
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
		values := make([]float32, chunkCells)
		for i := range values {
			values[i] = value(i)
		}
		return values
	}
	gap := func(of []float32, at func(i int) bool) []float32 {
		of = slices.Clone(of)
		for i := range of {
			if at(i) {
				of[i] = missing
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
		"none":      make(func(int) float32 { return missing }),
		"any bits": make(func(int) float32 {
			if v := math.Float32frombits(noise.Uint32()); v == v {
				return v
			}
			return missing
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
				var r *rule
				if s := scalingOf(p); s.quantised {
					ready := s.rule(0)
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
		ready := scalingOf(tenths).rule(0)
		if raw, _ := c.encode(nil, chunkCells, chunkSide, &ready, false); len(raw) > most {
			t.Errorf("%s takes %d bytes, want at most %d", name, len(raw), most)
		}
	}
}

// padded is bytes with spareBytes behind them.
func padded(b []byte) []byte { return append(slices.Clone(b), make([]byte, spareBytes)...)[:len(b)] }

func FuzzDecodeChunk(f *testing.F) {
	ready := scalingOf(tenths).rule(0)
	for _, values := range chunks() {
		for _, r := range []*rule{&ready, nil} {
			var c chunkCoder
			copy(c.values[:], values)
			raw, _ := c.encode(nil, 16*16, 16, r, false)
			f.Add(raw, uint8(16), uint8(16), r != nil)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, width, height uint8, quantised bool) {
		w, h := int(width)%64+1, int(height)%64+1
		var r *rule
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

func FuzzParseManifest(f *testing.F) {
	m := manifest{Version: 3, Model: "m", Grid: "g", NX: 3, NY: 2, Index: "i", IndexBytes: 9, Files: []fileSpan{{1, "a", 5}}, Digest: digest{1, 2}}
	f.Add(m.text())
	f.Add([]byte("isobar-run 2 00000000\n"))
	f.Add([]byte("isobar-run 1 00000000\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseManifest(text)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrFormat) {
				t.Errorf("error is %v", err)
			}
			return
		}
		again, err := parseManifest(got.text())
		if err != nil || again.Digest != got.Digest || len(again.Files) != len(got.Files) {
			t.Errorf("%+v comes back as %+v, %v", got, again, err)
		}
		got.layout()
	})
}

func FuzzParseIndex(f *testing.F) {
	r := &record{key: benchKey(1), min: 1, max: 2, mean: 1.5, missing: 7, scaling: scalingOf(tenths), span: fileRange{3, 4096, 99}, sum: 5}
	r.seal("grid", []byte("directory"))
	f.Add(appendBlock(nil, []*record{r, r})[blockHead:], uint32(2))
	f.Fuzz(func(t *testing.T, body []byte, count uint32) {
		// The head is made to fit, so that the records themselves are tried.
		block := make([]byte, blockHead, blockHead+len(body))
		binary.LittleEndian.PutUint32(block, uint32(len(body)))
		binary.LittleEndian.PutUint32(block[4:], count)
		binary.LittleEndian.PutUint32(block[8:], checksum(body)^checksum(block[:8]))
		var got []*record
		err := parseBlocks(append(block, body...), map[string]string{}, func(r *record) { got = append(got, r) })
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("error is %v", err)
			}
			return
		}
		var again []*record
		if err := parseBlocks(appendBlock(nil, got), map[string]string{}, func(r *record) { again = append(again, r) }); err != nil || len(again) != len(got) {
			t.Errorf("%d records come back as %d, %v", len(got), len(again), err)
		}
	})
}

func TestRecordsComeBack(t *testing.T) {
	one := &record{key: benchKey(1), min: -1, max: 2, mean: 1.5, missing: 7, scaling: scalingOf(tenths), span: fileRange{3, 1 << 40, math.MaxUint32}, sum: 5}
	one.key.Issue, one.key.Member, one.key.Span, one.key.Level.To = 2, -3, 3600, 1e9
	one.seal("grid", []byte("directory"))
	two := &record{key: field.Key{}, min: math.NaN(), max: math.NaN(), mean: math.NaN()}
	two.seal("", nil)
	block := appendBlock(appendBlock(nil, []*record{one}), []*record{two, one})
	var got []*record
	if err := parseBlocks(block, map[string]string{}, func(r *record) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	for i, want := range []*record{one, two, one} {
		if fmt.Sprintf("%+v", *got[i]) != fmt.Sprintf("%+v", *want) {
			t.Errorf("record %d is %+v, want %+v", i, *got[i], *want)
		}
	}
	for at := range block {
		bad := slices.Clone(block)
		bad[at] ^= 4
		if err := parseBlocks(bad, map[string]string{}, func(*record) {}); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("with byte %d changed the error is %v", at, err)
		}
	}
}

func TestCategoriesTakeTheMostFrequentValue(t *testing.T) {
	s := opened(t, t.TempDir(), Options{Categories: func(element string) bool { return element == "kind" }})
	f := &field.Field{Key: benchKey(0), Grid: globe(t), Values: make([]float32, 1440*721), Packing: &field.Packing{Bits: 3}}
	f.Key.Element = "kind"
	random := rand.New(rand.NewPCG(8, 9))
	for i := range f.Values {
		f.Values[i] = float32(i / 3 % 5)
		if random.IntN(20) == 0 {
			f.Values[i] = missing
		}
	}
	publish(t, s, f)
	below, nx, ny := f.Values, 1440, 721
	for level := 1; level <= 3; level++ {
		got, err := readAll(t, s, f.Key, level)
		if err != nil {
			t.Fatal(err)
		}
		hx, hy := grid.LevelShape(nx, ny, 1)
		for i, v := range got {
			own := below[2*(i/hx)*nx+2*(i%hx)]
			if own != own {
				if v == v {
					t.Fatalf("level %d, node %d is %v, want it missing", level, i, v)
				}
				continue
			}
			count := map[float32]int{}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if y := 2*(i/hx) + dy; y >= 0 && y < ny {
						count[below[y*nx+(2*(i%hx)+dx+nx)%nx]]++ // NaN is never found again
					}
				}
			}
			for other, n := range count {
				if other == other && (n > count[v] || n == count[v] && v != own && (other == own || other < v)) {
					t.Fatalf("level %d, node %d is %v, want %v of %v", level, i, v, other, count)
				}
			}
		}
		below, nx, ny = got, hx, hy
	}
}

func TestTheCacheKeepsToItsSizeAndWhatIsUsed(t *testing.T) {
	const limit = 1 << 20
	c := newCache(limit)
	chunk := func() *decoded { return &decoded{values: make([]float32, chunkCells)} }
	c.put(1, chunk())
	for n := range 1000 {
		if c.get(1) == nil {
			t.Fatalf("what is used all the time is gone after %d others", n)
		}
		c.put(uint64(n+2), chunk())
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
	c.put(5000, &decoded{values: make([]float32, limit)})
	if c.get(5000) != nil {
		t.Error("what is larger than the cache is kept")
	}
	newCache(0).put(1, chunk())
	if newCache(0).get(1) != nil {
		t.Error("a cache of no size keeps something")
	}
}

func BenchmarkOpen100000Fields(b *testing.B) {
	dir := b.TempDir()
	s := opened(b, dir, Options{})
	g, err := grid.LatLon(2, 2, geo.Box{0, 0, 1, 1})
	if err != nil {
		b.Fatal(err)
	}
	for run := range 10 {
		w, err := s.Begin(b.Context(), "m", field.Time(run)*3600)
		if err != nil {
			b.Fatal(err)
		}
		for n := range 10_000 {
			f := &field.Field{Key: benchKey(n / 100), Grid: g, Values: []float32{1, 2, 3, float32(n)}}
			f.Key.Model, f.Key.Run, f.Key.Element = "m", field.Time(run)*3600, fmt.Sprint("element", n%100)
			if err := w.Put(b.Context(), f); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Publish(b.Context()); err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
	for b.Loop() {
		again, err := Open(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		again.Close()
	}
}

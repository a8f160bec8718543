package grib

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// fuzzPoints bounds the fields of fuzzed sections, mutilatedPoints those of mutilated files.
const (
	fuzzPoints      = 1 << 14
	mutilatedPoints = 1 << 20
)

// readAll reads all that is in a file, for its effects. It gives the number of points that were unpacked.
func readAll(data []byte, dst []float32) (points int) {
	bitmaps := func(p Predefined) []byte { return bytes.Repeat([]byte{0xb5}, p.bytes()) }
	for m, err := range (Reader{MaxPoints: len(dst), Bitmaps: bitmaps}).Messages(bytes.NewReader(data), int64(len(data))) {
		if err != nil {
			continue
		}
		if m.Points < 1 || m.Points > len(dst) || m.Grid != nil && m.Grid.Len() != m.Points {
			panic("a field of other points than its grid's")
		}
		if err := m.Values(dst[:m.Points]); err == nil {
			points += m.Points
		}
		if bits, err := m.Bitmap(nil); err == nil && bits != nil && len(bits) > (m.Points+7)/8 {
			panic("a bitmap longer than the field")
		}
		for _, i := range []int{0, m.Points / 2, m.Points - 1} {
			if k := m.Canonical(i); k < 0 || k >= m.Points {
				panic("a point outside the grid")
			}
			m.Reckoned(i)
		}
	}
	return points
}

// smallFiles are the files of testdata.
func smallFiles(tb testing.TB) (files [][]byte) {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.grib*")
	if err != nil || len(names) < 5 {
		tb.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		files = append(files, data)
	}
	return files
}

// TestMutilatedFilesDoNoHarm cuts, flips and splices real files: no panic, and no more memory than they can justify.
func TestMutilatedFilesDoNoHarm(t *testing.T) {
	const (
		rounds      = 150
		memoryBytes = 64 << 20
	)
	files := smallFiles(t)
	dst := make([]float32, mutilatedPoints)
	rng := rand.New(rand.NewPCG(4, 11))
	var before, after runtime.MemStats
	for round := range rounds {
		for k, file := range files {
			data := mutilated(rng, file, files[rng.IntN(len(files))])
			runtime.ReadMemStats(&before)
			readAll(data, dst)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > memoryBytes {
				t.Errorf("round %d: file %d asks for %d MiB", round, k, n>>20)
			}
		}
	}
}

// mutilated is a file that something happened to.
func mutilated(rng *rand.Rand, file, other []byte) []byte {
	data := slices.Clone(file)
	switch rng.IntN(4) {
	case 0:
		return data[:rng.IntN(len(data))]
	case 1: // headers
		for range 1 + rng.IntN(3) {
			data[rng.IntN(min(len(data), 200))] = byte(rng.Uint32())
		}
	case 2: // anywhere
		for range 1 + rng.IntN(8) {
			data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		}
	case 3:
		return append(data[:rng.IntN(len(data))], other[rng.IntN(len(other)):]...)
	}
	return data
}

func FuzzMessages(f *testing.F) {
	for _, data := range smallFiles(f) {
		if len(data) < 4000 { // large ones leave no time for trying
			f.Add(data)
		}
	}
	f.Add(small(0x30))
	f.Add(small1())
	f.Add(masked1(5, nil, 1, 2, 3, 4))
	f.Add(masked2(5, []byte{0xd4}, 1, 2, 3, 4))
	f.Add(message1(product1Section(map[int]byte{7: 50, 8: 0}), data1Section(make([]byte, 964)...)))
	dst := make([]float32, fuzzPoints)
	f.Fuzz(func(t *testing.T, data []byte) { readAll(data, dst) })
}

func FuzzSection3(f *testing.F) {
	for _, data := range smallFiles(f) {
		if i := bytes.Index(data, []byte{3, 0, 0}); data[7] == 2 && i > 4 {
			f.Add(data[i-4 : min(len(data), i+90)])
		}
	}
	f.Add(latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0))
	f.Add(staggeredSection(11, scanEvenOffset|scanFewer))
	f.Add(variableSection(5, 0, be(-40000000, 10000000, 0), []int{0, 1000000}, []int{50000000, 49000000}))
	f.Add(icosahedralSection(0))
	f.Fuzz(func(t *testing.T, section []byte) {
		w := &walk{maxPoints: fuzzPoints}
		tryPlace(t, func() (p *place, err error) {
			defer caught(&err)
			return w.grid2(&octets{b: section})
		})
	})
}

func FuzzSection2OfEdition1(f *testing.F) {
	f.Add(latLon1Section())
	f.Add(icosahedral1Section())
	for _, kind := range []byte{201, 202, 203, 205} {
		f.Add(eGridSection(kind, 20, 21, 50000, -100000, 5, 4))
	}
	f.Fuzz(func(t *testing.T, section []byte) {
		w := &walk{maxPoints: fuzzPoints}
		tryPlace(t, func() (p *place, err error) {
			defer caught(&err)
			return w.grid1(&octets{b: section})
		})
	})
}

// tryPlace holds what was read to its own numbers.
func tryPlace(t *testing.T, read func() (*place, error)) {
	p, err := read()
	if err != nil {
		return
	}
	if p.grid != nil && p.grid.Len() != p.points {
		t.Fatalf("%d points in a grid of %d", p.points, p.grid.Len())
	}
	if p.points > fuzzPoints {
		t.Fatalf("%d points", p.points)
	}
	for _, k := range []int{0, p.points / 3, p.points - 1} {
		if c := p.layout.canonical(k); c < 0 || c >= p.points {
			t.Fatalf("point %d of %d is %d", k, p.points, c)
		}
	}
}

func FuzzSection4(f *testing.F) {
	for template := range products {
		f.Add(productOctets(template, slices.Concat(partBase, partMember, partInterval, make([]byte, 60))).b)
	}
	f.Fuzz(func(t *testing.T, section []byte) {
		m := &Message{Reference: ref}
		if err := product2(m, &octets{b: section}); err == nil && m.Interval < 0 {
			t.Fatalf("interval of %v", m.Interval)
		}
	})
}

func FuzzSection1OfEdition1(f *testing.F) {
	f.Add(product1Section(nil))
	f.Fuzz(func(t *testing.T, section []byte) {
		m := &Message{}
		if err := product1(m, &octets{b: section}); err == nil && m.Interval < 0 {
			t.Fatalf("interval of %v", m.Interval)
		}
	})
}

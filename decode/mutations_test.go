package decode

import (
	"bytes"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

var mutations = flag.Int("mutations", 100, "how many mutations of the corpus are tried")

// What a call on a broken file may cost.
const (
	mutatedBytes = 64 << 20        // above the declared size of the field
	mutatedTime  = 2 * time.Second // on a machine that has other things to do as well
)

// specimen is what is mutated: a message of a GRIB file with what follows it, or a file of another format.
type specimen struct {
	name   string
	format Format
	data   []byte
}

// specimens are those of each file of the corpus.
func specimens(t *testing.T) (files [][]specimen) {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the corpus is not here: %s", corpus)
	}
	formats := []Format{GRIB(), GeoTIFF(), NetCDF()}
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, f := range formats {
			if f.Detect(data[:min(len(data), 4096)]) {
				files = append(files, split(filepath.Base(path), f, data))
				break
			}
		}
		return nil
	})
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

// split cuts a GRIB file before its messages.
func split(name string, f Format, data []byte) (list []specimen) {
	const most = 50 // a file of more has its first ones
	if f.Name != GRIB().Name {
		return []specimen{{name, f, data}}
	}
	var at []int
	for m, err := range f.Messages(bytes.NewReader(data), int64(len(data))) {
		if err == nil && (len(at) == 0 || int(m.Offset) != at[len(at)-1]) {
			if at = append(at, int(m.Offset)); len(at) > most {
				break
			}
		}
	}
	if len(at) < 2 {
		return []specimen{{name, f, data}}
	}
	for k := range len(at) - 1 {
		list = append(list, specimen{name, f, data[at[k]:at[k+1]]})
	}
	return list
}

// mutated is a specimen that something happened to.
func mutated(rng *rand.Rand, s, other specimen) []byte {
	data := slices.Clone(s.data)
	switch rng.IntN(5) {
	case 0: // cut
		return data[:rng.IntN(len(data))]
	case 1: // headers
		for range 1 + rng.IntN(3) {
			data[rng.IntN(min(len(data), 250))] = byte(rng.Uint32())
		}
	case 2: // one bit of a header
		data[rng.IntN(min(len(data), 250))] ^= 1 << rng.IntN(8)
	case 3: // anywhere
		for range 1 + rng.IntN(8) {
			data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		}
	case 4: // spliced
		return append(data[:rng.IntN(len(data))], other.data[rng.IntN(len(other.data)):]...)
	}
	return data
}

// TestMutationsOfTheCorpusDoNoHarm cuts, flips and splices real files: no panic, no more memory than 64 MiB above the declared
// size of a field, no call over 2 s.
func TestMutationsOfTheCorpusDoNoHarm(t *testing.T) {
	files := specimens(t)
	rng := rand.New(rand.NewPCG(20, 24))
	pick := func() specimen {
		file := files[rng.IntN(len(files))]
		return file[rng.IntN(len(file))]
	}
	var c cost
	for round := range *mutations {
		s := pick()
		data := mutated(rng, s, pick())
		if !c.read(t, s, data) {
			t.Logf("round %d: %s, %d bytes", round, s.name, len(data))
		}
		if t.Failed() && c.faults > 20 {
			break
		}
	}
	t.Logf("%d mutations: %d messages, %d refused; at most %v a call, %d KiB above the field", *mutations, c.messages, c.refused, c.longest, c.most>>10)
}

// cost is what calls took at most.
type cost struct {
	values            []float32
	messages, refused int
	faults            int
	longest           time.Duration
	most              int64
}

// read reads all messages of a file, and tells whether that did no harm.
func (c *cost) read(t *testing.T, s specimen, data []byte) (harmless bool) {
	t.Helper()
	defer func() {
		if caught := recover(); caught != nil {
			t.Errorf("panic: %v", caught)
			c.faults, harmless = c.faults+1, false
		}
	}()
	harmless = true
	stop := c.measure()
	for m, err := range s.format.Messages(bytes.NewReader(data), int64(len(data))) {
		points := 0
		if m != nil {
			points = m.Headers.Points
		}
		harmless = stop(t, "headers", points) && harmless
		if err != nil {
			c.refused++
		} else {
			c.messages++
			harmless = c.unpack(t, m) && harmless
		}
		stop = c.measure()
	}
	return stop(t, "the end", 0) && harmless
}

// unpack unpacks a message.
func (c *cost) unpack(t *testing.T, m *Message) bool {
	t.Helper()
	n := m.Headers.Points
	if m.Grid != nil && m.Grid.Len() != n {
		t.Errorf("%d points on a grid of %d", n, m.Grid.Len())
	}
	if len(c.values) < n {
		c.values = make([]float32, n)
	}
	stop := c.measure()
	err := m.Unpack(c.values[:n])
	if err != nil {
		c.refused++
	}
	return stop(t, "values", n)
}

// measure begins a call, and what it returns ends it.
func (c *cost) measure() func(t *testing.T, what string, points int) bool {
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	return func(t *testing.T, what string, points int) bool {
		t.Helper()
		took := time.Since(began)
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		above := int64(after.TotalAlloc-before.TotalAlloc) - 4*int64(points)
		c.longest, c.most = max(c.longest, took), max(c.most, above)
		if took > mutatedTime || above > mutatedBytes {
			t.Errorf("%s of %d points: %v, %d KiB above the field", what, points, took, above>>10)
			c.faults++
			return false
		}
		return true
	}
}

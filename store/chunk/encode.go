package chunk

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"sync"
)

// castagnoli is the polynomial of all checksums: processors compute it themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum is that of chunks, directories, indexes and manifests.
func Checksum(of []byte) uint32 { return crc32.Checksum(of, castagnoli) }

// EntryBytes is the size of a chunk's entry in the directory that a stored field begins with: where the chunk ends, counted from
// the end of the directory, and its checksum.
const EntryBytes = 8

// keptCoderBytes is the largest memory of a coder that goes back to the pool: enough for a grid of 2879 x 1441.
const keptCoderBytes = 64 << 20

// Coder turns fields to bytes. It is scratch memory for one field after another.
type Coder struct {
	chunk  chunkCoder
	levels [2][]float32 // of the pyramid: the one made last, and the next
	sums   []float64
	out    []byte
}

// Coders keeps what one field leaves for the next.
type Coders struct{ pool sync.Pool }

// Get gives a coder, which Put takes back.
func (c *Coders) Get() *Coder {
	if held, ok := c.pool.Get().(*Coder); ok {
		return held
	}
	return &Coder{}
}

// Put keeps a coder for the next field, unless it is large.
func (c *Coders) Put(used *Coder) {
	if cap(used.out)+4*cap(used.levels[0])+4*cap(used.levels[1]) <= keptCoderBytes {
		c.pool.Put(used)
	}
}

// Encoded is a field as bytes: directory, then chunks level by level, row by row.
type Encoded struct {
	Bytes          []byte // the coder's, until its next field
	Directory      int    // length
	Scaling        Scaling
	Min, Max, Mean float64
	Missing        int
}

// Encode turns values of a layout to bytes. s is how the source quantised them; it is used as far as it gives them back exactly.
func (c *Coder) Encode(l *Layout, values []float32, s Scaling, category bool) Encoded {
	e := Encoded{Directory: l.Chunks * EntryBytes, Min: math.Inf(1), Max: math.Inf(-1), Scaling: s}
	c.out = slices.Grow(c.out[:0], e.Directory+2*len(values)+1<<12)[:e.Directory]
	plain, quantised, sum := 0, 0, 0.0
	c.level(l, 0, values, s, false, func(found summary) {
		if found.plain {
			plain++
		}
		if found.quantised {
			quantised++
		}
		sum += found.sum
		e.Missing += found.missing
		e.Min, e.Max = min(e.Min, float64(found.min)), max(e.Max, float64(found.max))
	})
	e.Mean = sum / float64(len(values)-e.Missing)
	if e.Missing == len(values) {
		e.Min, e.Max, e.Mean = math.NaN(), math.NaN(), math.NaN()
	}
	if quantised == 0 {
		e.Scaling = Scaling{}
	}
	// Where the packing does not hold for most of a field, its step says nothing about the precision of means.
	if plain > 0 && quantised*8 < plain*7 || plain == 0 {
		s = Scaling{}
	}
	below := values
	for n := 1; n < len(l.Levels); n++ {
		from, to := l.Levels[n-1], l.Levels[n]
		above := room(&c.levels[n&1], to.NX*to.NY)
		if category {
			halveCategories(above, below, from, to, l.Wraps)
		} else {
			halve(above, below, from, to, l.Wraps, &c.sums)
		}
		c.level(l, n, above, s, !category, func(summary) {})
		below = above
	}
	e.Bytes = c.out
	return e
}

// level appends the chunks of a level and their entries.
func (c *Coder) level(l *Layout, n int, values []float32, s Scaling, means bool, tell func(summary)) {
	v := &l.Levels[n]
	var r *Rule
	if s.Quantised {
		ready := s.Rule(n)
		r = &ready
	}
	number := v.First
	for cy := range v.Down {
		for cx := range v.Across {
			w, h := v.Size(cx, cy)
			for y := range h {
				at := (cy*v.Height+y)*v.NX + cx*v.Width
				copy(c.chunk.values[y*w:(y+1)*w], values[at:at+w])
			}
			begin := len(c.out)
			var found summary
			c.out, found = c.chunk.encode(c.out, w*h, w, r, means)
			entry := c.out[number*EntryBytes:]
			binary.LittleEndian.PutUint32(entry, uint32(len(c.out)-l.Chunks*EntryBytes))
			binary.LittleEndian.PutUint32(entry[4:], Checksum(c.out[begin:]))
			number++
			tell(found)
		}
	}
}

// room is n values of memory that is used again and again.
func room(held *[]float32, n int) []float32 {
	if cap(*held) < n {
		*held = make([]float32, n)
	}
	return (*held)[:n]
}

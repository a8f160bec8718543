package local

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"sync"
)

// castagnoli is the polynomial of all checksums: processors compute it themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is that of chunks, directories, indexes and manifests.
func checksum(of []byte) uint32 { return crc32.Checksum(of, castagnoli) }

// entryBytes is the size of a chunk's entry in the directory that a stored field begins with: where the chunk ends, counted from
// the end of the directory, and its checksum.
const entryBytes = 8

// keptCoderBytes is the largest memory of a coder that goes back to the pool: enough for a grid of 2879 x 1441.
const keptCoderBytes = 64 << 20

// coder turns fields to bytes. It is scratch memory for one field after another.
type coder struct {
	chunk  chunkCoder
	levels [2][]float32 // of the pyramid: the one made last, and the next
	sums   []float64
	out    []byte
}

// coders keeps what one field leaves for the next.
type coders struct{ pool sync.Pool }

func (c *coders) get() *coder {
	if held, ok := c.pool.Get().(*coder); ok {
		return held
	}
	return &coder{}
}

func (c *coders) put(used *coder) {
	if cap(used.out)+4*cap(used.levels[0])+4*cap(used.levels[1]) <= keptCoderBytes {
		c.pool.Put(used)
	}
}

// encoded is a field as bytes: directory, then chunks level by level, row by row.
type encoded struct {
	bytes          []byte // the coder's, until its next field
	directory      int    // length
	scaling        scaling
	min, max, mean float64
	missing        int
}

// encode turns values of a layout to bytes. s is how the source quantised them; it is used as far as it gives them back exactly.
func (c *coder) encode(l *layout, values []float32, s scaling, category bool) encoded {
	e := encoded{directory: l.chunks * entryBytes, min: math.Inf(1), max: math.Inf(-1), scaling: s}
	c.out = slices.Grow(c.out[:0], e.directory+2*len(values)+1<<12)[:e.directory]
	plain, quantised, sum := 0, 0, 0.0
	c.level(l, 0, values, s, false, func(found summary) {
		if found.plain {
			plain++
		}
		if found.quantised {
			quantised++
		}
		sum += found.sum
		e.missing += found.missing
		e.min, e.max = min(e.min, float64(found.min)), max(e.max, float64(found.max))
	})
	e.mean = sum / float64(len(values)-e.missing)
	if e.missing == len(values) {
		e.min, e.max, e.mean = math.NaN(), math.NaN(), math.NaN()
	}
	if quantised == 0 {
		e.scaling = scaling{}
	}
	// Where the packing does not hold for most of a field, its step says nothing about the precision of means.
	if plain > 0 && quantised*8 < plain*7 || plain == 0 {
		s = scaling{}
	}
	below := values
	for n := 1; n < len(l.levels); n++ {
		from, to := l.levels[n-1], l.levels[n]
		above := room(&c.levels[n&1], to.nx*to.ny)
		if category {
			halveCategories(above, below, from, to, l.wraps)
		} else {
			halve(above, below, from, to, l.wraps, &c.sums)
		}
		c.level(l, n, above, s, !category, func(summary) {})
		below = above
	}
	e.bytes = c.out
	return e
}

// level appends the chunks of a level and their entries.
func (c *coder) level(l *layout, n int, values []float32, s scaling, means bool, tell func(summary)) {
	v := &l.levels[n]
	var r *rule
	if s.quantised {
		ready := s.rule(n)
		r = &ready
	}
	number := v.first
	for cy := range v.down {
		for cx := range v.across {
			w, h := v.size(cx, cy)
			for y := range h {
				at := (cy*v.height+y)*v.nx + cx*v.width
				copy(c.chunk.values[y*w:(y+1)*w], values[at:at+w])
			}
			begin := len(c.out)
			var found summary
			c.out, found = c.chunk.encode(c.out, w*h, w, r, means)
			entry := c.out[number*entryBytes:]
			binary.LittleEndian.PutUint32(entry, uint32(len(c.out)-l.chunks*entryBytes))
			binary.LittleEndian.PutUint32(entry[4:], checksum(c.out[begin:]))
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

package hdf5

import (
	"slices"
	"sync"
)

// chunk is a box of values as it is stored.
type chunk struct {
	at, size int64
	mask     uint64 // filters that were left out
}

// grid is how many chunks there are along each dimension.
func (d *Dataset) grid() []int64 {
	g := make([]int64, len(d.Shape))
	for k, n := range d.Shape {
		g[k] = (int64(n) + d.storage.dims[k] - 1) / d.storage.dims[k]
	}
	return g
}

// index reads where the chunks are, once: by their number, row by row.
func (d *Dataset) index() (map[int64]chunk, error) {
	d.once.Do(func() {
		d.chunks = map[int64]chunk{}
		if d.storage.at == undefined {
			return
		}
		if d.err = d.readIndex(); d.err != nil {
			d.chunks = nil
		}
	})
	return d.chunks, d.err
}

// readIndex fills the table of chunks.
func (d *Dataset) readIndex() error {
	if d.storage.index.kind != indexTree {
		return d.readIndex4()
	}
	rank := len(d.Shape)
	w := walk{f: d.f, keySize: 8 + 8*(rank+1), kind: 1}
	return w.node(d.storage.at, -1, func(key []byte, at int64) error {
		c := &cursor{f: d.f, b: key}
		one := chunk{at: at, size: int64(c.uint(4)), mask: c.uint(4)}
		origin := make([]int64, rank)
		for k := range origin {
			origin[k] = c.signed(8)
		}
		if c.err != nil {
			return c.err
		}
		for k, o := range origin {
			origin[k] = o / d.storage.dims[k]
		}
		return d.enter(origin, one)
	})
}

// enter adds a chunk by its place among chunks. One outside the shape, as is left when a dataset shrinks, is of no interest.
func (d *Dataset) enter(place []int64, one chunk) error {
	n := int64(0)
	for k, g := range d.grid() {
		if place[k] < 0 || place[k] >= g {
			return nil
		}
		n = n*g + place[k]
	}
	if len(d.chunks) >= maxNodes*64 {
		return invalid("too many chunks")
	}
	d.chunks[n] = one
	return nil
}

// readChunks reads a part chunk by chunk.
func (d *Dataset) readChunks(start, count []int, put func(i int, x float64)) error {
	all, err := d.index()
	if err != nil {
		return err
	}
	rank := len(d.Shape)
	g, dims := d.grid(), d.storage.dims
	first, last := make([]int64, rank), make([]int64, rank)
	for k := range rank {
		first[k], last[k] = int64(start[k])/dims[k], int64(start[k]+count[k]-1)/dims[k]
	}
	for at := slices.Clone(first); ; {
		n := int64(0)
		for k := range rank {
			n = n*g[k] + at[k]
		}
		var data []byte
		if one, ok := all[n]; ok {
			if data, err = d.load(n, one); err != nil {
				return err
			}
		}
		d.give(at, data, start, count, put)
		k := rank - 1
		for ; k >= 0; k-- {
			if at[k]++; at[k] <= last[k] {
				break
			}
			at[k] = first[k]
		}
		if k < 0 {
			return nil
		}
	}
}

// give hands on what a chunk has of a part; without data, what is not stored.
func (d *Dataset) give(at []int64, data []byte, start, count []int, put func(i int, x float64)) {
	rank, dims := len(d.Shape), d.storage.dims
	low, n := make([]int64, rank), make([]int, rank) // of the overlap, in values of the dataset
	inside, outside := make([]int64, rank), make([]int64, rank)
	from, to := int64(0), int64(0)
	stepIn, stepOut := int64(1), int64(1)
	for k := rank - 1; k >= 0; k-- {
		begin := at[k] * dims[k]
		low[k] = max(begin, int64(start[k]))
		n[k] = int(min(begin+dims[k], int64(start[k]+count[k])) - low[k])
		inside[k], outside[k] = stepIn, stepOut
		from += (low[k] - begin) * stepIn
		to += (low[k] - int64(start[k])) * stepOut
		stepIn, stepOut = stepIn*dims[k], stepOut*int64(count[k])
	}
	size, missing := int64(d.Type.Size), d.missing()
	row := 1
	if rank > 0 {
		row = n[rank-1]
	}
	index, index2 := make([]int, max(rank-1, 0)), make([]int, max(rank-1, 0))
	for {
		for i := range int64(row) {
			x := missing
			if data != nil {
				x = d.Type.number(data[(from+i)*size:])
			}
			put(int(to+i), x)
		}
		advance(index2, n, outside, &to)
		if !advance(index, n, inside, &from) {
			return
		}
	}
}

// load reads a chunk and takes its filters off.
func (d *Dataset) load(n int64, one chunk) ([]byte, error) {
	f, want := d.f, d.chunkBytes()
	if data := f.cache.get(d, n); data != nil {
		return data, nil
	}
	if one.size > f.size || one.mask == 0 && grown(d.filters, one.size) < want || one.mask != 0 && one.size < want && len(d.filters) < 2 {
		return nil, invalid("%s: a chunk of %d bytes in %d", d.Name, want, one.size)
	}
	b, err := f.block(one.at, one.size)
	if err != nil {
		return nil, err
	}
	if b, err = undo(d.filters, one.mask, b, want, d.Type.Size); err != nil {
		return nil, err
	}
	if int64(len(b)) < want {
		return nil, invalid("%s: a chunk of %d bytes, not %d", d.Name, len(b), want)
	}
	f.cache.put(d, n, b)
	return b, nil
}

// cacheBytes is how much of unpacked chunks is kept: fields that follow each other in time may share them.
const cacheBytes = 32 << 20

// cache keeps the chunks that were read lately.
type cache struct {
	mu    sync.Mutex
	held  []cached // the newest last
	bytes int
}

type cached struct {
	of   *Dataset
	n    int64
	data []byte
}

func (c *cache) get(of *Dataset, n int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.held) - 1; i >= 0; i-- {
		if e := c.held[i]; e.of == of && e.n == n {
			c.held = append(append(c.held[:i], c.held[i+1:]...), e)
			return e.data
		}
	}
	return nil
}

func (c *cache) put(of *Dataset, n int64, data []byte) {
	const most = 1 << 10 // chunks: the list is gone through
	if len(data) > cacheBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held, c.bytes = append(c.held, cached{of, n, data}), c.bytes+len(data)
	for c.bytes > cacheBytes || len(c.held) > most {
		c.bytes -= len(c.held[0].data)
		c.held = append(c.held[:0], c.held[1:]...)
	}
}

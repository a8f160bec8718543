package hdf5

// The ways of version 4 in which chunks are found (IV.A.2.i).
const (
	indexTree       = 0 // of version 1: layouts before
	indexSingle     = 1
	indexImplicit   = 2
	indexFixed      = 3
	indexExtensible = 4
	indexTree2      = 5
)

// index is how chunks are found.
type index struct {
	kind int
	size int64 // of a single chunk with filters
	mask uint64
}

// readChunkIndex reads the layout of chunks and how they are found.
func (d *Dataset) readChunkIndex(c *cursor) {
	s := &d.storage
	flags := c.uint(1)
	rank, width := int(c.uint(1)), int(c.uint(1))
	for range min(rank, maxRank+1) {
		s.dims = append(s.dims, c.signed(width))
	}
	s.index.kind = int(c.uint(1))
	switch s.index.kind {
	case indexSingle:
		if flags&2 != 0 {
			s.index.size, s.index.mask = c.length(), c.uint(4)
		}
	case indexFixed:
		c.skip(1)
	case indexExtensible:
		c.skip(5)
	case indexTree2:
		c.skip(6)
	}
	s.at = c.offset()
	if flags&1 != 0 && c.err == nil {
		c.err = unsupported("chunks at the rim without filters")
	}
}

// readIndex4 fills the table of chunks from an index of version 4.
func (d *Dataset) readIndex4() error {
	s := &d.storage
	place := make([]int64, len(d.Shape))
	switch s.index.kind {
	case indexSingle:
		one := chunk{at: s.at, size: s.index.size, mask: s.index.mask}
		if one.size == 0 {
			one.size = d.chunkBytes()
		}
		return d.enter(place, one)
	case indexImplicit:
		total, size := d.total(), d.chunkBytes()
		if total > d.f.size/size+1 {
			return invalid("%d chunks of %d bytes in a file of %d", total, size, d.f.size)
		}
		for n := range total {
			d.chunks[n] = chunk{at: s.at + n*size, size: size}
		}
		return nil
	case indexFixed:
		return d.fixedArray()
	case indexExtensible:
		return d.extensibleArray()
	case indexTree2:
		return d.chunkTree()
	}
	return unsupported("the chunk index %d", s.index.kind)
}

// total is how many chunks there may be.
func (d *Dataset) total() int64 {
	n := int64(1)
	for _, g := range d.grid() {
		n *= g
	}
	return n
}

// chunkTree reads records of types 10 and 11: address, with filters size and mask, and place among chunks.
func (d *Dataset) chunkTree() error {
	rank := len(d.Shape)
	return d.f.tree2(d.storage.at, func(record []byte) error {
		one, c := d.element(record, len(record)-8*rank)
		place := make([]int64, rank)
		for k := range place {
			place[k] = c.signed(8)
		}
		if c.err != nil {
			return c.err
		}
		return d.enter(place, one)
	})
}

// element reads a chunk of an index: its address and, if there are filters, its size and its mask in what is left of size bytes.
func (d *Dataset) element(b []byte, size int) (chunk, *cursor) {
	c := &cursor{f: d.f, b: b}
	one := chunk{at: c.offset(), size: d.chunkBytes()}
	if more := size - d.f.offsetSize; more > 4 {
		one.size, one.mask = c.signed(more-4), c.uint(4)
	} else if more != 0 {
		c.err = invalid("an entry of %d bytes", size)
	}
	return one, c
}

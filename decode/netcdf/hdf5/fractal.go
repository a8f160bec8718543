package hdf5

import "math/bits"

// fractal is a heap of objects in blocks that double in size (III.G).
type fractal struct {
	f           *file
	idLength    int
	offsetWidth int
	lengthWidth int
	checked     bool // direct blocks have checksums
	width       int64
	start       int64 // size of the smallest blocks
	maxDirect   int64
	root        int64
	rows        int // of the root block; 0: it is a direct block
}

// fractalHeap reads a heap's header.
func (f *file) fractalHeap(at int64) (*fractal, error) {
	b, err := f.upTo(at, 256)
	if err != nil {
		return nil, err
	}
	c := &cursor{f: f, b: b}
	h := &fractal{f: f}
	c.magic("FRHP")
	c.skip(1)
	h.idLength = int(c.uint(2))
	filters := c.uint(2)
	h.checked = c.uint(1)&2 != 0
	maxObject := c.uint(4)
	c.skip(f.lengthSize + f.offsetSize)
	c.skip(f.lengthSize + f.offsetSize)
	c.skip(8 * f.lengthSize)
	h.width = int64(c.uint(2))
	h.start, h.maxDirect = c.length(), c.length()
	heapBits := c.uint(2)
	c.skip(2)
	h.root = c.offset()
	h.rows = int(c.uint(2))
	if c.err != nil {
		return nil, c.err
	}
	if filters != 0 {
		return nil, unsupported("a heap with filters")
	}
	power := func(n int64) bool { return n > 0 && n&(n-1) == 0 && n <= 1<<40 }
	if !power(h.width) || !power(h.start) || !power(h.maxDirect) || h.maxDirect < h.start || heapBits < 8 || heapBits > 64 || h.rows > 64 || maxObject == 0 {
		return nil, invalid("a heap of blocks of %d to %d bytes in %d rows", h.start, h.maxDirect, h.rows)
	}
	h.offsetWidth = int(heapBits+7) / 8
	h.lengthWidth = min((bits.Len64(uint64(h.maxDirect))-1+7)/8, (bits.Len64(maxObject)-1)/8+1)
	return h, nil
}

// object reads an object by its ID.
func (h *fractal) object(id []byte) ([]byte, error) {
	c := &cursor{f: h.f, b: id}
	switch kind := c.uint(1); kind >> 4 & 3 {
	case 0:
		at, n := c.signed(h.offsetWidth), int64(c.uint(h.lengthWidth))
		if c.err != nil {
			return nil, c.err
		}
		place, left, err := h.locate(h.root, h.rows, 0, at, 0)
		if err != nil {
			return nil, err
		}
		if n > left {
			return nil, invalid("an object of %d bytes where a block has %d", n, left)
		}
		return h.f.block(place, n)
	case 2:
		return c.bytes(int(kind&15) + 1), c.err
	}
	return nil, unsupported("a huge object in a heap")
}

// locate finds where in the file a place of the heap is, and how much its block has from there on. The block at an address has
// so many rows, none if it is a direct one, and begins at a place of the heap.
func (h *fractal) locate(block int64, rows int, begin, at int64, depth int) (place, left int64, err error) {
	if block == undefined || depth > 16 {
		return 0, 0, invalid("a block of a heap that is not there")
	}
	if rows == 0 {
		size := h.start
		if depth > 0 {
			return 0, 0, invalid("a heap's block without rows")
		}
		return h.direct(block, begin, at, size)
	}
	directRows := bits.Len64(uint64(h.maxDirect/h.start)) + 1
	in := at - begin
	row := 0
	size := h.start
	if line := h.width * h.start; in >= line {
		row = bits.Len64(uint64(in / line))
		in -= line << (row - 1)
		size = h.start << (row - 1)
	}
	if row >= rows || in < 0 {
		return 0, 0, invalid("place %d of a heap of %d rows", at, rows)
	}
	n := int64(row)*h.width + in/size
	f := h.f
	b, err := f.block(block, int64(5+f.offsetSize+h.offsetWidth)+(n+1)*int64(f.offsetSize))
	if err != nil {
		return 0, 0, err
	}
	c := &cursor{f: f, b: b}
	c.magic("FHIB")
	c.b = b[len(b)-f.offsetSize:]
	child := c.offset()
	if c.err != nil {
		return 0, 0, c.err
	}
	begin = at - in%size
	if row < directRows {
		if child == undefined {
			return 0, 0, invalid("a block of a heap that is not there")
		}
		return h.direct(child, begin, at, size)
	}
	inner := bits.Len64(uint64(size)) - bits.Len64(uint64(h.start*h.width)) + 1
	return h.locate(child, inner, begin, at, depth+1)
}

// direct is a place in a block that holds objects: its head counts.
func (h *fractal) direct(block, begin, at, size int64) (place, left int64, err error) {
	head := int64(5 + h.f.offsetSize + h.offsetWidth)
	if h.checked {
		head += 4
	}
	in := at - begin
	if in < head || in > size {
		return 0, 0, invalid("place %d of a block of %d bytes", in, size)
	}
	return block + in, size - in, nil
}

// dense visits the objects of a heap by the records of its tree, in which their IDs stand behind so many bytes; what follows an
// ID is given, too.
func (f *file) dense(heap, tree int64, skip int, visit func(object, rest []byte) error) error {
	h, err := f.fractalHeap(heap)
	if err != nil {
		return err
	}
	return f.tree2(tree, func(record []byte) error {
		if skip+h.idLength > len(record) {
			return invalid("a record of %d bytes", len(record))
		}
		b, err := h.object(record[skip : skip+h.idLength])
		if err != nil {
			return err
		}
		return visit(b, record[skip+h.idLength:])
	})
}

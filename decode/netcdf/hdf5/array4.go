package hdf5

import "math/bits"

// array is an index of elements in the order of chunks, of which those of one dimension may come first.
type array struct {
	d       *Dataset
	size    int // of an element
	order   []int
	page    int64 // elements of a page
	next    int64 // element that is read next
	total   int64
	offsets int // bytes of a block's place
}

// put enters elements that lie together.
func (a *array) put(b []byte, n int64) error {
	g := a.d.grid()
	for ; n > 0 && a.next < a.total; n-- {
		if len(b) < a.size {
			return invalid("an index of chunks that ends early")
		}
		one, c := a.d.element(b[:a.size], a.size)
		if c.err != nil {
			return c.err
		}
		place, rest := make([]int64, len(g)), a.next
		for i := len(a.order) - 1; i >= 0; i-- {
			k := a.order[i]
			place[k] = rest % g[k]
			rest /= g[k]
		}
		if one.at != undefined {
			if err := a.d.enter(place, one); err != nil {
				return err
			}
		}
		b, a.next = b[a.size:], a.next+1
	}
	return nil
}

// paged reads n elements that lie in pages with a checksum each; all of them are written, pages without chunks as well.
func (a *array) paged(at, n int64) error {
	for n > 0 && a.next < a.total {
		k := min(n, a.page)
		b, err := a.d.f.block(at, k*int64(a.size))
		if err != nil {
			return err
		}
		if err := a.put(b, k); err != nil {
			return err
		}
		at, n = at+a.page*int64(a.size)+4, n-k
	}
	return nil
}

// open reads what heads of arrays have in common.
func (d *Dataset) open(magic string) (*array, *cursor, error) {
	b, err := d.f.upTo(d.storage.at, 128)
	if err != nil {
		return nil, nil, err
	}
	c := &cursor{f: d.f, b: b}
	c.magic(magic)
	c.skip(2)
	a := &array{d: d, size: int(c.uint(1)), total: d.total()}
	if c.err == nil && (a.size < d.f.offsetSize || a.total > maxNodes*64) {
		c.err = invalid("%d entries of %d bytes", a.total, a.size)
	}
	return a, c, c.err
}

// fixedArray reads an index of a size that does not change (III.C, "Fixed Array Index").
func (d *Dataset) fixedArray() error {
	a, c, err := d.open("FAHD")
	if err != nil {
		return err
	}
	for k := range d.Shape {
		a.order = append(a.order, k)
	}
	pageBits := c.uint(1)
	n, block := c.length(), c.offset()
	if c.err != nil || pageBits > 30 {
		return invalid("a fixed array of pages of 2^%d", pageBits)
	}
	if block == undefined {
		return nil
	}
	if n < a.total {
		return invalid("%d entries for %d chunks", n, a.total)
	}
	b, err := d.f.upTo(block, 8)
	if err != nil {
		return err
	}
	c = &cursor{f: d.f, b: b}
	if c.magic("FADB"); c.err != nil {
		return c.err
	}
	block += int64(6 + d.f.offsetSize)
	if a.page = 1 << pageBits; n > a.page {
		return a.paged(block+(((n-1)/a.page+1)+7)/8+4, n)
	}
	if b, err = d.f.block(block, a.total*int64(a.size)); err != nil {
		return err
	}
	return a.put(b, a.total)
}

// extensibleArray reads an index that grows along one dimension (III.C, "Extensible Array Index"): first elements in the index
// block, then data blocks whose addresses stand there, then data blocks of secondary blocks.
func (d *Dataset) extensibleArray() error {
	a, c, err := d.open("EAHD")
	if err != nil {
		return err
	}
	a.order = d.growing()
	maxBits, elements := int(c.uint(1)), int64(c.uint(1))
	minElements, minPointers, pageBits := int64(c.uint(1)), int64(c.uint(1)), c.uint(1)
	c.skip(6 * d.f.lengthSize)
	block := c.offset()
	if c.err != nil {
		return c.err
	}
	power := func(n int64) bool { return n > 0 && n&(n-1) == 0 }
	if maxBits > 64 || !power(minElements) || !power(minPointers) || pageBits > 30 || minPointers < 2 {
		return invalid("an extensible array of blocks of %d and %d", minElements, minPointers)
	}
	if block == undefined {
		return nil
	}
	a.page, a.offsets = 1<<pageBits, (maxBits+7)/8
	o := int64(d.f.offsetSize)
	direct := 2 * (minPointers - 1)
	directLevels := 2 * (bits.Len64(uint64(minPointers)) - 1)
	levels := 1 + maxBits - (bits.Len64(uint64(minElements)) - 1)
	n := 6 + o + elements*int64(a.size) + (direct+int64(max(0, levels-directLevels)))*o
	b, err := d.f.block(block, n)
	if err != nil {
		return err
	}
	c = &cursor{f: d.f, b: b}
	c.magic("EAIB")
	c.skip(2 + d.f.offsetSize)
	if err := a.put(c.bytes(int(elements)*a.size), elements); err != nil {
		return err
	}
	for level := 0; level < levels && a.next < a.total && c.err == nil; level++ {
		blocks, each := int64(1)<<(level/2), minElements<<((level+1)/2)
		pointers := c
		if level >= directLevels {
			if pointers, err = a.secondary(c.offset(), blocks, each); err != nil {
				return err
			}
		}
		for ; blocks > 0 && a.next < a.total; blocks-- {
			at := int64(undefined)
			if pointers != nil {
				at = pointers.offset()
			}
			if err := a.block(at, each); err != nil {
				return err
			}
		}
	}
	return c.err
}

// growing is the order of dimensions: the one that grows first. Its number of chunks does not matter then.
func (d *Dataset) growing() []int {
	first := 0
	for k, n := range d.limit {
		if n == undefined {
			first = k
		}
	}
	order := []int{first}
	for k := range d.Shape {
		if k != first {
			order = append(order, k)
		}
	}
	return order
}

// secondary gives the addresses of the data blocks of a secondary block; nil if there is none.
func (a *array) secondary(at, blocks, each int64) (*cursor, error) {
	if at == undefined {
		return nil, nil
	}
	f := a.d.f
	head := int64(6 + f.offsetSize + a.offsets)
	if each > a.page {
		head += blocks * ((each/a.page + 7) / 8)
	}
	b, err := f.block(at, head+blocks*int64(f.offsetSize))
	if err != nil {
		return nil, err
	}
	c := &cursor{f: f, b: b}
	c.magic("EASB")
	c.b = b[head:]
	return c, c.err
}

// block reads a data block, or passes over one that is not there.
func (a *array) block(at, n int64) error {
	if at == undefined {
		a.next += n
		return nil
	}
	f := a.d.f
	head := int64(6 + f.offsetSize + a.offsets)
	b, err := f.upTo(at, 4)
	if err != nil {
		return err
	}
	c := &cursor{f: f, b: b}
	if c.magic("EADB"); c.err != nil {
		return c.err
	}
	if n > a.page {
		return a.paged(at+head+4, n)
	}
	k := min(n, a.total-a.next)
	if b, err = f.block(at+head, k*int64(a.size)); err != nil {
		return err
	}
	return a.put(b, k)
}

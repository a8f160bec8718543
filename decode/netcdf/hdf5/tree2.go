package hdf5

import "math/bits"

// tree2 is a B-tree of version 2 (III.A.2).
type tree2 struct {
	f          *file
	kind       uint64
	nodeSize   int64
	recordSize int64
	counts     []int // bytes of the number of a subtree's records, by depth
	countWidth int   // bytes of the number of a node's records
	visited    int
	visit      func(record []byte) error
}

// width is the bytes that a number up to a limit takes.
func width(limit uint64) int { return (max(bits.Len64(limit), 1)-1)/8 + 1 }

// tree2 visits the records of a tree in their order.
func (f *file) tree2(at int64, visit func(record []byte) error) error {
	b, err := f.upTo(at, 64)
	if err != nil {
		return err
	}
	c := &cursor{f: f, b: b}
	t := &tree2{f: f, visit: visit}
	c.magic("BTHD")
	c.skip(1)
	t.kind, t.nodeSize, t.recordSize = c.uint(1), int64(c.uint(4)), int64(c.uint(2))
	depth := int(c.uint(2))
	c.skip(2)
	root, n := c.offset(), int64(c.uint(2))
	if c.err != nil {
		return c.err
	}
	const overhead, maxDepth = 10, 16
	if t.recordSize < 1 || t.nodeSize > maxHeader || t.nodeSize < overhead+t.recordSize || depth > maxDepth {
		return invalid("a tree of nodes of %d bytes, records of %d, depth %d", t.nodeSize, t.recordSize, depth)
	}
	if root == undefined {
		return nil
	}
	most := uint64((t.nodeSize - overhead) / t.recordSize)
	t.countWidth, t.counts = width(most), []int{0}
	all := most
	for d := 1; d <= depth; d++ {
		pointer := int64(f.offsetSize + t.countWidth + t.counts[d-1])
		own := uint64(max(0, t.nodeSize-overhead-pointer) / (t.recordSize + pointer))
		if all = (own+1)*all + own; all > 1<<48 {
			all = 1 << 48
		}
		t.counts = append(t.counts, width(all))
	}
	return t.node(root, n, depth)
}

// node visits the records of a node and of what is below it.
func (t *tree2) node(at, n int64, depth int) error {
	if t.visited++; t.visited > maxNodes {
		return invalid("a tree without an end")
	}
	f := t.f
	pointer := int64(0)
	magic := "BTLF"
	if depth > 0 {
		pointer, magic = int64(f.offsetSize+t.countWidth+t.counts[depth-1]), "BTIN"
	}
	size := 6 + n*t.recordSize
	if depth > 0 {
		size += (n + 1) * pointer
	}
	if size > t.nodeSize {
		return invalid("%d records in a node of %d bytes", n, t.nodeSize)
	}
	b, err := f.block(at, size)
	if err != nil {
		return err
	}
	c := &cursor{f: f, b: b}
	c.magic(magic)
	c.skip(1)
	if kind := c.uint(1); c.err == nil && kind != t.kind {
		c.err = invalid("a node of type %d in a tree of type %d", kind, t.kind)
	}
	records := c.bytes(int(n * t.recordSize))
	for i := int64(0); c.err == nil && i <= n; i++ {
		if depth > 0 {
			child, count := c.offset(), int64(c.uint(t.countWidth))
			c.skip(t.counts[depth-1])
			if c.err != nil {
				break
			}
			if err := t.node(child, count, depth-1); err != nil {
				return err
			}
		}
		if i < n {
			if err := t.visit(records[i*t.recordSize : (i+1)*t.recordSize]); err != nil {
				return err
			}
		}
	}
	return c.err
}

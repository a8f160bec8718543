package hdf5

// link is a name in a group.
type link struct {
	name  string
	at    int64 // of the object header
	order int64 // of creation
}

// links lists the objects of a group that are in this file.
func (f *file) links(h header) (all []link, err error) {
	add := func(b, _ []byte) error {
		l, ok, err := f.link(b)
		if ok && err == nil {
			all = append(all, l)
		}
		return err
	}
	for _, m := range h {
		switch m.kind {
		case msgLink:
			err = add(m.body, nil)
		case msgLinkInfo:
			c := &cursor{f: f, b: m.body}
			c.skip(1)
			if flags := c.uint(1); flags&1 != 0 {
				c.skip(8)
			}
			heap, tree := c.offset(), c.offset()
			if err = c.err; err == nil && heap != undefined {
				err = f.dense(heap, tree, 4, add) // records of type 5: hash and ID
			}
		case msgSymbolTable:
			c := &cursor{f: f, b: m.body}
			tree, heap := c.offset(), c.offset()
			if err = c.err; err == nil {
				all, err = f.symbols(tree, heap)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// link reads a link message (IV.A.2.g). Soft and external links are not followed.
func (f *file) link(b []byte) (l link, ok bool, err error) {
	c := &cursor{f: f, b: b}
	c.skip(1)
	flags := c.uint(1)
	kind := uint64(0)
	if flags&8 != 0 {
		kind = c.uint(1)
	}
	if flags&4 != 0 {
		l.order = c.signed(8)
	}
	if flags&16 != 0 {
		c.skip(1)
	}
	l.name = string(c.bytes(int(min(c.uint(1<<(flags&3)), maxHeader))))
	if kind != 0 {
		return l, false, c.err
	}
	l.at = c.offset()
	return l, true, c.err
}

// symbols reads an old group: names in a local heap, in the order of names.
func (f *file) symbols(tree, heap int64) (all []link, err error) {
	names, err := f.localHeap(heap)
	if err != nil {
		return nil, err
	}
	w := walk{f: f, keySize: f.lengthSize, kind: 0}
	err = w.node(tree, -1, func(_ []byte, at int64) error {
		b, err := f.upTo(at, 8)
		if err != nil {
			return err
		}
		c := &cursor{f: f, b: b}
		c.magic("SNOD")
		c.skip(2)
		n := c.uint(2)
		if c.err != nil {
			return c.err
		}
		entry := int64(2*f.offsetSize + 24)
		if b, err = f.block(at+8, int64(n)*entry); err != nil {
			return err
		}
		for c = (&cursor{f: f, b: b}); n > 0; n-- {
			name, object := c.offset(), c.offset()
			c.skip(24)
			if name >= int64(len(names)) || object == undefined {
				return invalid("a name at %d of a heap of %d", name, len(names))
			}
			if len(all) == maxDatasets {
				return invalid("too many objects in a group")
			}
			all = append(all, link{name: text(names[name:]), at: object, order: int64(len(all))})
		}
		return c.err
	})
	return all, err
}

// localHeap is the data of a heap of names (III.D).
func (f *file) localHeap(at int64) ([]byte, error) {
	b, err := f.upTo(at, 64)
	if err != nil {
		return nil, err
	}
	c := &cursor{f: f, b: b}
	c.magic("HEAP")
	c.skip(4)
	n := c.length()
	c.length()
	data := c.offset()
	if c.err != nil {
		return nil, c.err
	}
	if n > maxHeader {
		return nil, invalid("a heap of %d bytes", n)
	}
	return f.block(data, n)
}

// text is characters up to the first NUL.
func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// walk goes through a B-tree of version 1 (III.A.1).
type walk struct {
	f       *file
	keySize int
	kind    uint64
	seen    int
}

// maxNodes bounds the nodes of a tree: each holds one entry or more, and 64 M chunks are enough.
const maxNodes = 1 << 20

// node visits a node's children, leaves' with their keys. level is the node's, or -1 for the root's, which it tells itself.
func (w *walk) node(at int64, level int, visit func(key []byte, child int64) error) error {
	f := w.f
	if w.seen++; w.seen > maxNodes {
		return invalid("a tree without an end")
	}
	b, err := f.upTo(at, int64(8+2*f.offsetSize))
	if err != nil {
		return err
	}
	c := &cursor{f: f, b: b}
	c.magic("TREE")
	kind, own, n := c.uint(1), int(c.uint(1)), int64(c.uint(2))
	if c.err != nil {
		return c.err
	}
	if kind != w.kind || level >= 0 && own != level {
		return invalid("a node of type %d and level %d in a tree of type %d at level %d", kind, own, w.kind, level)
	}
	if b, err = f.block(at+int64(len(b)), n*int64(w.keySize+f.offsetSize)); err != nil {
		return err
	}
	for c = (&cursor{f: f, b: b}); n > 0; n-- {
		key, child := c.bytes(w.keySize), c.offset()
		if own > 0 {
			err = w.node(child, own-1, visit)
		} else {
			err = visit(key, child)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

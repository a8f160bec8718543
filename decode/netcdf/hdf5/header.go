package hdf5

// The messages of object headers that are read (IV.A.2).
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgOldFill      = 0x04
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
	msgAttrInfo     = 0x15
)

// Bounds of an object header.
const (
	maxMessages = 1 << 16
	maxBlocks   = 1 << 10
	maxHeader   = 1 << 24 // bytes of one block
)

// message is one of an object header.
type message struct {
	kind   int
	shared bool // what it says stands elsewhere
	body   []byte
}

// header is an object's messages.
type header []message

// find gives the first message of a kind.
func (h header) find(kind int) (message, bool) {
	for _, m := range h {
		if m.kind == kind {
			return m, true
		}
	}
	return message{}, false
}

// extent is a block of messages.
type extent struct{ at, n int64 }

// header reads an object header and its continuations.
func (f *file) header(at int64) (h header, err error) {
	start, err := f.upTo(at, 64)
	if err != nil {
		return nil, err
	}
	c := &cursor{f: f, b: start}
	if len(start) >= 4 && string(start[:4]) == "OHDR" {
		return f.header2(at, c)
	}
	if version := c.uint(1); version != 1 && c.err == nil {
		return nil, invalid("object header of version %d", version)
	}
	c.skip(7)
	n := int64(c.uint(4))
	if c.err != nil {
		return nil, c.err
	}
	return f.collect(extent{at + 16, n}, func(b []byte, next *[]extent) (header, error) {
		var h header
		c := &cursor{f: f, b: b}
		for len(c.b) >= 8 {
			kind, size, flags := int(c.uint(2)), int(c.uint(2)), c.uint(1)
			c.skip(3)
			m := message{kind: kind, shared: flags&2 != 0, body: c.bytes(size)}
			if c.err != nil {
				return h, c.err
			}
			h = f.enter(h, m, next)
		}
		return h, nil
	})
}

// header2 reads a header of version 2; c stands at its beginning.
func (f *file) header2(at int64, c *cursor) (header, error) {
	c.skip(4)
	if version := c.uint(1); version != 2 && c.err == nil {
		return nil, invalid("object header of version %d", version)
	}
	flags := c.uint(1)
	skip := 0
	if flags&0x20 != 0 {
		skip += 16
	}
	if flags&0x10 != 0 {
		skip += 4
	}
	c.skip(skip)
	width := 1 << (flags & 3)
	n := c.signed(width)
	if c.err != nil {
		return nil, c.err
	}
	first := extent{at + int64(6+skip+width), n}
	least := 4 // bytes before a message
	if flags&4 != 0 {
		least = 6
	}
	return f.collect(first, func(b []byte, next *[]extent) (header, error) {
		var h header
		c := &cursor{f: f, b: b}
		if len(b) >= 8 && string(b[:4]) == "OCHK" {
			c.skip(4)
			c.b = c.b[:len(c.b)-4] // checksum
		}
		for len(c.b) >= least {
			kind, size, mflags := int(c.uint(1)), int(c.uint(2)), c.uint(1)
			if flags&4 != 0 {
				c.skip(2)
			}
			if size > len(c.b) { // a gap that is too small for a message
				break
			}
			h = f.enter(h, message{kind: kind, shared: mflags&2 != 0, body: c.bytes(size)}, next)
		}
		return h, c.err
	})
}

// collect reads the blocks of a header.
func (f *file) collect(first extent, read func(b []byte, next *[]extent) (header, error)) (h header, err error) {
	todo, seen := []extent{first}, map[int64]bool{}
	for len(todo) > 0 {
		e := todo[0]
		todo = todo[1:]
		if seen[e.at] || len(seen) == maxBlocks || e.n > maxHeader {
			return nil, invalid("an object header without an end")
		}
		seen[e.at] = true
		b, err := f.block(e.at, e.n)
		if err != nil {
			return nil, err
		}
		more, err := read(b, &todo)
		if err != nil {
			return nil, err
		}
		if h = append(h, more...); len(h) > maxMessages {
			return nil, invalid("an object header of %d messages", len(h))
		}
	}
	return h, nil
}

// enter adds a message, or notes where the header goes on.
func (f *file) enter(h header, m message, next *[]extent) header {
	if m.kind != msgContinuation {
		return append(h, m)
	}
	c := &cursor{f: f, b: m.body}
	e := extent{c.offset(), c.length()}
	if c.err == nil {
		*next = append(*next, e)
	}
	return h
}

// resolve gives what a message says, from where it stands if it is shared.
func (f *file) resolve(m message) ([]byte, error) {
	if !m.shared {
		return m.body, nil
	}
	c := &cursor{f: f, b: m.body}
	version, kind := c.uint(1), c.uint(1)
	if version == 1 {
		c.skip(6)
	}
	if version == 3 && kind != 2 {
		return nil, unsupported("messages that are shared in a heap")
	}
	at := c.offset()
	if c.err != nil {
		return nil, c.err
	}
	h, err := f.header(at)
	if err != nil {
		return nil, err
	}
	if other, ok := h.find(m.kind); ok && !other.shared {
		return other.body, nil
	}
	return nil, invalid("a shared message that is not there")
}

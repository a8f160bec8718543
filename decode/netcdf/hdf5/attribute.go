package hdf5

import (
	"cmp"
	"slices"
	"strings"
)

// Attr is an attribute: text, numbers or addresses of objects.
type Attr struct {
	Name    string
	Type    Type
	Text    string // of several texts the first
	Texts   int    // how many there are
	Numbers []float64
	// References are addresses of datasets, for each element those of its sequence.
	References [][]int64

	order uint64 // of creation
}

// Bounds of attributes.
const (
	maxAttrs     = 1 << 14 // of one object
	maxAttrBytes = 1 << 22 // of an attribute's values
)

// attributes reads an object's attributes. Those of types that are not read are left out.
func (f *file) attributes(h header) (all []Attr, err error) {
	add := func(b, rest []byte) error {
		if len(all) == maxAttrs {
			return invalid("too many attributes")
		}
		a, ok, err := f.attribute(b)
		if ok {
			a.order = uint64(len(all))
			if len(rest) >= 5 {
				a.order = (&cursor{f: f, b: rest[1:]}).uint(4)
			}
			all = append(all, a)
		}
		return err
	}
	for _, m := range h {
		switch {
		case m.kind == msgAttribute && !m.shared:
			err = add(m.body, nil)
		case m.kind == msgAttrInfo:
			c := &cursor{f: f, b: m.body}
			c.skip(1)
			if flags := c.uint(1); flags&1 != 0 {
				c.skip(2)
			}
			heap, tree := c.offset(), c.offset()
			if err = c.err; err == nil && heap != undefined {
				err = f.dense(heap, tree, 0, add) // records of type 8: ID, flags, order, hash
			}
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b Attr) int { return cmp.Compare(a.order, b.order) })
	return all, nil
}

// attribute reads an attribute message (IV.A.2.m).
func (f *file) attribute(b []byte) (a Attr, ok bool, err error) {
	c := &cursor{f: f, b: b}
	version, flags := c.uint(1), c.uint(1)
	nameSize, typeSize, spaceSize := int(c.uint(2)), int(c.uint(2)), int(c.uint(2))
	pad := func(n int) int { return n }
	switch version {
	case 1:
		pad, flags = func(n int) int { return (n + 7) &^ 7 }, 0
	case 2:
	case 3:
		c.skip(1)
	default:
		if c.err == nil {
			return a, false, invalid("an attribute of version %d", version)
		}
	}
	a.Name = text(c.bytes(pad(nameSize)))
	typeBytes, spaceBytes := c.bytes(pad(typeSize)), c.bytes(pad(spaceSize))
	if c.err != nil {
		return a, false, c.err
	}
	if typeBytes, err = f.resolve(message{msgDatatype, flags&1 != 0, typeBytes}); err != nil {
		return a, false, err
	}
	if spaceBytes, err = f.resolve(message{msgDataspace, flags&2 != 0, spaceBytes}); err != nil {
		return a, false, err
	}
	if a.Type, err = f.datatype(typeBytes, 0); err != nil {
		return a, false, err
	}
	shape, _, null, err := f.dataspace(spaceBytes)
	if err != nil {
		return a, false, err
	}
	n := 1
	for _, k := range shape {
		if n *= k; n > maxAttrBytes {
			return a, false, invalid("attribute %.60q of %d values", a.Name, n)
		}
	}
	if null {
		n = 0
	}
	if n*a.Type.Size > len(c.b) {
		return a, false, invalid("attribute %.60q of %d values in %d bytes", a.Name, n, len(c.b))
	}
	return a, true, a.fill(f, c.b, n)
}

// fill reads an attribute's values.
func (a *Attr) fill(f *file, b []byte, n int) error {
	size := a.Type.Size
	for i := range n {
		value := b[i*size : (i+1)*size]
		switch t := &a.Type; {
		case t.Class == Integer || t.Class == Real:
			a.Numbers = append(a.Numbers, t.number(value))
		case t.Class == Text && t.several == nil:
			a.add(text(value))
		case t.several != nil:
			content, count, err := f.sequence(value, t.several.Size)
			if err != nil {
				return err
			}
			if t.Class == Text {
				a.add(text(content))
				continue
			}
			var to []int64
			for k := range count {
				c := &cursor{f: f, b: content[k*t.several.Size:]}
				if t.several.Class == Reference {
					to = append(to, c.offset())
				}
			}
			a.References = append(a.References, to)
		}
	}
	return nil
}

// add notes a text.
func (a *Attr) add(s string) {
	if a.Texts++; a.Texts == 1 {
		a.Text = strings.TrimRight(s, "\x00")
	}
}

// heaps are collections of values of variable length that were read lately.
type heaps struct {
	at   int64
	data []byte
}

// sequence reads a value of variable length: it stands in a global heap (III.E).
func (f *file) sequence(b []byte, size int) (content []byte, n int, err error) {
	c := &cursor{f: f, b: b}
	n = int(min(c.uint(4), maxAttrBytes))
	at, index := c.offset(), c.uint(4)
	if c.err != nil {
		return nil, 0, c.err
	}
	if n == 0 || at == undefined {
		return nil, 0, nil
	}
	if n > maxAttrBytes/size {
		return nil, 0, invalid("a sequence of %d values", n)
	}
	object, err := f.globalObject(at, index)
	if err != nil {
		return nil, 0, err
	}
	if n*size > len(object) {
		return nil, 0, invalid("a sequence of %d values in %d bytes", n, len(object))
	}
	return object[:n*size], n, nil
}

// globalObject finds an object of a collection.
func (f *file) globalObject(at int64, index uint64) ([]byte, error) {
	if f.heaps.data == nil || f.heaps.at != at {
		b, err := f.upTo(at, 16)
		if err != nil {
			return nil, err
		}
		c := &cursor{f: f, b: b}
		c.magic("GCOL")
		c.skip(4)
		n := c.length()
		if c.err != nil {
			return nil, c.err
		}
		if n > maxHeader {
			return nil, invalid("a global heap of %d bytes", n)
		}
		if f.heaps.data, err = f.block(at, n); err != nil {
			f.heaps.data = nil
			return nil, err
		}
		f.heaps.at = at
	}
	c := &cursor{f: f, b: f.heaps.data}
	c.skip(8 + f.lengthSize)
	for len(c.b) >= 8+f.lengthSize {
		own := c.uint(2)
		c.skip(6)
		n := c.length()
		if own == 0 || c.err != nil {
			break
		}
		if own == index {
			return c.bytes(int(min(n, maxHeader))), c.err
		}
		c.skip(int(min((n+7)&^7, maxHeader)))
	}
	return nil, invalid("object %d of a global heap is not there", index)
}

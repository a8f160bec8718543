package hdf5

import (
	"sync"
)

// Dataset is numbers or texts with a shape. It is read on demand, safe for concurrent use.
type Dataset struct {
	Name    string
	Address int64 // that others refer to it by
	Order   int64 // of creation
	Shape   []int
	Type    Type
	Attrs   []Attr

	f       *file
	limit   []int64 // how far dimensions may grow
	storage storage
	fill    []byte // of a value that is not stored; nil: zero
	filters []filter

	once   sync.Once
	chunks map[int64]chunk
	err    error
}

// The ways in which values lie.
const (
	compact    = 0
	contiguous = 1
	chunked    = 2
)

// storage is where a dataset's values are.
type storage struct {
	class int
	at    int64
	size  int64  // contiguous
	data  []byte // compact
	dims  []int64
	index index
}

// dataset reads what stands at a link; nil if that is no dataset.
func (f *file) dataset(l link) (*Dataset, error) {
	h, err := f.header(l.at)
	if err != nil {
		return nil, err
	}
	layout, hasLayout := h.find(msgLayout)
	space, hasSpace := h.find(msgDataspace)
	kind, hasType := h.find(msgDatatype)
	if !hasLayout || !hasSpace || !hasType {
		return nil, nil
	}
	d := &Dataset{Name: l.name, Address: l.at, Order: l.order, f: f}
	b, err := f.resolve(space)
	if err != nil {
		return nil, err
	}
	null := false
	if d.Shape, d.limit, null, err = f.dataspace(b); err != nil {
		return nil, err
	}
	if null {
		d.Shape = []int{0}
	}
	if b, err = f.resolve(kind); err != nil {
		return nil, err
	}
	if d.Type, err = f.datatype(b, 0); err != nil {
		return nil, err
	}
	if _, external := h.find(msgExternal); external {
		return nil, unsupported("values in other files")
	}
	if err := d.readLayout(layout.body); err != nil {
		return nil, err
	}
	if m, ok := h.find(msgFilters); ok {
		if b, err = f.resolve(m); err != nil {
			return nil, err
		}
		if d.filters, err = f.pipeline(b); err != nil {
			return nil, err
		}
	}
	d.readFill(h)
	d.Attrs, err = f.attributes(h)
	return d, err
}

// readFill reads the value of what is not stored (IV.A.2.e, f).
func (d *Dataset) readFill(h header) {
	if m, ok := h.find(msgFill); ok && !m.shared {
		c := &cursor{f: d.f, b: m.body}
		switch version := c.uint(1); version {
		case 1, 2:
			c.skip(2)
			if c.uint(1) != 0 || version == 1 {
				d.fill = c.bytes(int(c.uint(4)))
			}
		case 3:
			if c.uint(1)&0x20 != 0 {
				d.fill = c.bytes(int(c.uint(4)))
			}
		}
	} else if m, ok := h.find(msgOldFill); ok && !m.shared {
		c := &cursor{f: d.f, b: m.body}
		d.fill = c.bytes(int(c.uint(4)))
	}
	if len(d.fill) != d.Type.Size {
		d.fill = nil
	}
}

// readLayout reads where values lie (IV.A.2.i).
func (d *Dataset) readLayout(b []byte) error {
	c, s := &cursor{f: d.f, b: b}, &d.storage
	version := c.uint(1)
	switch version {
	case 1, 2:
		rank := int(c.uint(1))
		s.class = int(c.uint(1))
		c.skip(5)
		if s.class != compact {
			s.at = c.offset()
		}
		sizes := []int64{}
		for range min(rank, maxRank+1) {
			sizes = append(sizes, int64(c.uint(4)))
		}
		switch s.class {
		case compact:
			s.data = c.bytes(int(c.uint(4)))
		case contiguous:
			s.size = undefined
		case chunked:
			s.dims = sizes
		}
	case 3, 4, 5: // 5, of HDF5 2.0, has wider sizes of chunks in their indexes
		s.class = int(c.uint(1))
		switch s.class {
		case compact:
			s.data = c.bytes(int(c.uint(2)))
		case contiguous:
			s.at, s.size = c.offset(), c.length()
		case chunked:
			if version >= 4 {
				d.readChunkIndex(c)
				break
			}
			rank := int(c.uint(1))
			s.at = c.offset()
			for range min(rank, maxRank+1) {
				s.dims = append(s.dims, int64(c.uint(4)))
			}
		}
	default:
		if c.err == nil {
			return unsupported("layout of version %d", version)
		}
	}
	if c.err != nil {
		return c.err
	}
	switch s.class {
	case compact, contiguous:
		return nil
	case chunked:
		return d.checkChunks()
	}
	return unsupported("layout class %d", s.class)
}

// maxChunk bounds the bytes of a chunk when unpacked.
const maxChunk = 1 << 29

// checkChunks looks at the size of chunks: one more than there are dimensions, the last being the size of a value.
func (d *Dataset) checkChunks() error {
	s := &d.storage
	if len(s.dims) != len(d.Shape)+1 || s.dims[len(s.dims)-1] != int64(d.Type.Size) {
		return invalid("chunks of %v for %d dimensions of %d bytes", s.dims, len(d.Shape), d.Type.Size)
	}
	n := int64(1)
	for _, k := range s.dims {
		if k < 1 || n > maxChunk/k {
			return invalid("chunks of %v", s.dims)
		}
		n *= k
	}
	return nil
}

// chunkBytes is the size of an unpacked chunk.
func (d *Dataset) chunkBytes() int64 {
	n := int64(1)
	for _, k := range d.storage.dims {
		n *= k
	}
	return n
}

// Stored bounds how many bytes of values there can be, given what the file holds.
func (d *Dataset) Stored() int64 {
	switch d.storage.class {
	case compact:
		return int64(len(d.storage.data))
	case contiguous:
		return d.f.size
	}
	all, err := d.index()
	if err != nil {
		return 0
	}
	n := int64(0)
	for range all {
		if n += d.chunkBytes(); n > maxValues {
			break
		}
	}
	return n
}

// Read gives count values from start on along each dimension to put, with their index in that part, in any order; each once.
// The part must lie within the shape.
func (d *Dataset) Read(start, count []int, put func(i int, x float64)) error {
	if d.Type.Class != Integer && d.Type.Class != Real || d.Type.several != nil {
		return unsupported("%s: values that are no numbers", d.Name)
	}
	switch s := &d.storage; s.class {
	case compact:
		return d.strided(start, count, put, func(at, n int64) ([]byte, error) {
			if at > int64(len(s.data)) || n > int64(len(s.data))-at {
				return nil, invalid("%d bytes at %d of %d", n, at, len(s.data))
			}
			return s.data[at : at+n], nil
		})
	case contiguous:
		if s.at == undefined {
			return d.blank(count, put)
		}
		return d.strided(start, count, put, func(at, n int64) ([]byte, error) {
			if at > s.size || n > s.size-at || s.at > d.f.size-at {
				return nil, invalid("%d bytes at %d of %d", n, at, s.size)
			}
			return d.f.block(s.at+at, n)
		})
	}
	return d.readChunks(start, count, put)
}

// blank gives values that are not stored.
func (d *Dataset) blank(count []int, put func(i int, x float64)) error {
	n := 1
	for _, k := range count {
		n *= k
	}
	x := d.missing()
	for i := range n {
		put(i, x)
	}
	return nil
}

func (d *Dataset) missing() float64 {
	if d.fill == nil {
		return 0
	}
	return d.Type.number(d.fill)
}

// piece is how many values are read at a time.
const piece = 1 << 14

// strided reads values that lie one after the other, row by row of the last dimensions.
func (d *Dataset) strided(start, count []int, put func(i int, x float64), get func(at, n int64) ([]byte, error)) error {
	size := int64(d.Type.Size)
	rank := len(d.Shape)
	strides := make([]int64, rank)
	run, inner, step, whole := int64(1), rank, int64(1), true
	at := int64(0)
	for k := rank - 1; k >= 0; k-- {
		strides[k] = step
		at += int64(start[k]) * step
		step *= int64(d.Shape[k])
		if whole {
			run, inner, whole = run*int64(count[k]), k, count[k] == d.Shape[k]
		}
	}
	index := make([]int, inner)
	for done := int64(0); ; done += run {
		for got := int64(0); got < run; {
			n := min(run-got, piece)
			b, err := get((at+got)*size, n*size)
			if err != nil {
				return err
			}
			for i := range n {
				put(int(done+got+i), d.Type.number(b[i*size:]))
			}
			got += n
		}
		if !advance(index, count, strides, &at) {
			return nil
		}
	}
}

// advance turns an index like a counter, and a place with it. It tells whether there is a next.
func advance(index, count []int, strides []int64, at *int64) bool {
	for k := len(index) - 1; k >= 0; k-- {
		if index[k]++; index[k] < count[k] {
			*at += strides[k]
			return true
		}
		*at -= int64(count[k]-1) * strides[k]
		index[k] = 0
	}
	return false
}

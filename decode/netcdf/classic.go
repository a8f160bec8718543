package netcdf

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"strings"
)

// Tags of the lists of a classic header (NetCDF User's Guide, file format specification).
const (
	listDims  = 10
	listVars  = 11
	listAttrs = 12
)

// Bounds of what a header may hold.
const (
	maxDims       = 1 << 12
	maxVars       = 1 << 14
	maxAttrs      = 1 << 14 // of one variable
	maxNameLen    = 1 << 12
	maxAttrValues = 1 << 20
	maxRank       = 32
)

// typeSize is the bytes of a value of a type.
var typeSize = [...]int{Byte: 1, Char: 1, Short: 2, Int: 4, Float: 4, Double: 8, UByte: 1, UShort: 2, UInt: 4, Int64: 8, UInt64: 8, String: 0}

// classic is a header on its way in.
type classic struct {
	r       io.ReaderAt
	in      *bufio.Reader
	left    int64 // bytes of the file that are not read yet
	size    int64
	version byte
	err     error

	file    *File
	records int   // of the unlimited dimension
	record  int   // which dimension that is, or -1
	stride  int64 // from a record to the next
}

// openClassic reads a header of CDF-1, CDF-2 or CDF-5.
func openClassic(r io.ReaderAt, size int64) (*File, error) {
	c := &classic{r: r, in: bufio.NewReader(io.NewSectionReader(r, 0, size)), left: size, size: size, record: -1, file: &File{}}
	magic := c.bytes(4)
	if c.err != nil {
		return nil, c.err
	}
	c.version = magic[3]
	c.file.Format = map[byte]string{1: "classic", 2: "64-bit offset", 5: "64-bit data"}[c.version]
	if c.file.Format == "" {
		return nil, invalid("version %d", c.version)
	}
	streaming := false
	if n := c.count(math.MaxInt64); c.version == 5 && n < 0 || c.version != 5 && n == math.MaxUint32 {
		streaming = true
	} else {
		c.records = int(n)
	}
	c.dims()
	c.file.Attrs = c.attrs()
	layouts := c.vars()
	if c.err != nil {
		return nil, c.err
	}
	c.lay(layouts, streaming)
	return c.file, c.err
}

func (c *classic) fail(format string, args ...any) {
	if c.err == nil {
		c.err = invalid(format, args...)
	}
}

// bytes reads the next n bytes; after an error they are zeros.
func (c *classic) bytes(n int64) []byte {
	if c.err == nil && (n < 0 || n > c.left) {
		c.fail("%d bytes of the header, where %d are left", n, c.left)
	}
	if c.err != nil {
		return make([]byte, 8)
	}
	b := make([]byte, max(n, 8))
	if _, err := io.ReadFull(c.in, b[:n]); err != nil {
		c.err = err
	}
	c.left -= n
	return b
}

func (c *classic) uint32() uint32 { return binary.BigEndian.Uint32(c.bytes(4)) }

// count reads a number of things, of which there may be as many as are allowed. After an error it is 0.
func (c *classic) count(most int64) int64 {
	var n int64
	if c.version == 5 {
		n = int64(binary.BigEndian.Uint64(c.bytes(8)))
	} else {
		n = int64(c.uint32())
	}
	if most < math.MaxInt64 && (n < 0 || n > most) {
		c.fail("a count of %d; at most %d are read", n, most)
	}
	if c.err != nil {
		return 0
	}
	return n
}

// list begins a list of a kind and tells its length.
func (c *classic) list(tag uint32, most int64) int {
	got := c.uint32()
	n := c.count(most)
	if got != tag && (got != 0 || n != 0) {
		c.fail("a list of kind %d, not %d", got, tag)
		return 0
	}
	return int(n)
}

// padded reads bytes that are filled up to four.
func (c *classic) padded(n int64) []byte { return c.bytes((n + 3) &^ 3) }

func (c *classic) name() string {
	n := c.count(maxNameLen)
	b := c.padded(n)
	if c.err != nil {
		return ""
	}
	return string(b[:n])
}

func (c *classic) dims() {
	for i := range c.list(listDims, maxDims) {
		name := c.name()
		n := c.count(math.MaxInt64)
		if n < 0 || n > maxValues {
			c.fail("dimension %s of %d", name, n)
		}
		if c.err != nil {
			return
		}
		if n == 0 {
			c.record = i
		}
		c.file.Dims = append(c.file.Dims, Dim{Name: name, Len: int(n)})
	}
}

func (c *classic) attrs() (all Attrs) {
	for range c.list(listAttrs, maxAttrs) {
		a := Attr{Name: c.name(), Type: c.kind()}
		n := c.count(maxAttrValues)
		if c.err != nil {
			return all
		}
		size := typeSize[a.Type]
		b := c.padded(n * int64(size))
		if c.err != nil {
			return all
		}
		if a.Type == Char {
			a.Text = strings.TrimRight(string(b[:n]), "\x00")
		} else {
			a.Numbers = make([]float64, n)
			for i := range a.Numbers {
				a.Numbers[i] = number(b[i*size:], a.Type, binary.BigEndian)
			}
		}
		all = append(all, a)
	}
	return all
}

// kind reads a type.
func (c *classic) kind() Type {
	t := Type(c.uint32())
	last := Double
	if c.version == 5 {
		last = UInt64
	}
	if t < Byte || t > last {
		c.fail("the type %d", t)
		return Byte
	}
	return t
}

// layout is where a variable's values are.
type layout struct {
	v      *Var
	dims   []int
	begin  int64
	record bool
}

func (c *classic) vars() (all []layout) {
	for range c.list(listVars, maxVars) {
		l := layout{v: &Var{Name: c.name()}}
		for range c.count(maxRank) {
			d := c.count(math.MaxInt64)
			if d < 0 || d >= int64(len(c.file.Dims)) {
				c.fail("%s: dimension %d of %d", l.v.Name, d, len(c.file.Dims))
				return all
			}
			if int(d) == c.record {
				if len(l.dims) > 0 {
					c.fail("%s: records inside records", l.v.Name)
				}
				l.record = true
			}
			l.dims = append(l.dims, int(d))
		}
		l.v.Attrs, l.v.Type = c.attrs(), c.kind()
		c.count(math.MaxInt64) // the size, which follows from the shape; in old formats it may not hold it
		if c.version == 1 {
			l.begin = int64(c.uint32())
		} else {
			l.begin = int64(binary.BigEndian.Uint64(c.bytes(8)))
		}
		if c.err != nil {
			return all
		}
		all = append(all, l)
	}
	return all
}

// lay finds the records' size and gives the variables their shapes.
func (c *classic) lay(all []layout, streaming bool) {
	inRecords, first := 0, int64(math.MaxInt64)
	for _, l := range all {
		if !l.record {
			continue
		}
		n := c.recordBytes(l)
		if inRecords++; n > maxValues {
			c.fail("%s: records of %d bytes", l.v.Name, n)
			return
		}
		c.stride += (n + 3) &^ 3
		first = min(first, l.begin)
	}
	if inRecords == 1 { // not filled up if there is but one
		for _, l := range all {
			if l.record {
				c.stride = c.recordBytes(l)
			}
		}
	}
	if fit := c.size - first; c.stride > 0 && (streaming || int64(c.records) > fit/c.stride+1) {
		c.records = int(max(0, fit) / c.stride)
	}
	if c.record >= 0 {
		c.file.Dims[c.record].Len = c.records
	}
	for _, l := range all {
		for _, d := range l.dims {
			l.v.Dims, l.v.Shape = append(l.v.Dims, c.file.Dims[d].Name), append(l.v.Shape, c.file.Dims[d].Len)
		}
		if l.v.Len() < 0 {
			c.fail("%s: a shape of %v", l.v.Name, l.v.Shape)
			return
		}
		c.reader(l)
		c.file.Vars = append(c.file.Vars, l.v)
	}
}

// recordBytes is the size of a variable's values of one record.
func (c *classic) recordBytes(l layout) int64 {
	n := int64(typeSize[l.v.Type])
	for _, d := range l.dims[1:] {
		k := int64(c.file.Dims[d].Len)
		if k > 0 && n > maxValues/k {
			return maxValues + 1
		}
		n *= k
	}
	return n
}

// reader makes what reads a variable.
func (c *classic) reader(l layout) {
	s := slab{r: c.r, size: c.size, begin: l.begin, kind: l.v.Type, order: binary.BigEndian, shape: l.v.Shape}
	if l.record {
		s.stride = c.stride
	}
	l.v.read = s.read
}

package hdf5

import (
	"encoding/binary"
	"math"
)

// Class is what kind of values there are.
type Class int

// The classes that are told apart.
const (
	Integer Class = iota
	Real
	Text // of fixed or variable length
	Reference
	Other // compounds, opaque data and the like
)

// Type is what a dataset's or attribute's values are.
type Type struct {
	Class  Class
	Size   int // bytes of a stored value
	Signed bool

	big     bool  // the high byte first
	form    form  // of numbers
	several *Type // of the elements, where values are sequences of any length
}

// form is how the bits of a number lie in its bytes.
type form struct {
	usual             bool // all of them, as the machine's own numbers have them
	offset, precision int
	// Floating point: the sign, the exponent and the fraction by their lowest bits and sizes.
	sign, exponent, exponentBits, fraction, fractionBits int
	bias                                                 int
	implied                                              bool // the fraction has a first 1 that is not stored
}

// maxTypeDepth bounds types of types.
const maxTypeDepth = 8

// datatype reads a datatype message (IV.A.2.d).
func (f *file) datatype(b []byte, depth int) (t Type, err error) {
	c := &cursor{f: f, b: b}
	class := c.uint(1)
	flags := c.uint(3)
	t.Size = int(c.uint(4))
	if c.err != nil {
		return t, c.err
	}
	if t.Size < 1 || t.Size > 1<<20 || depth > maxTypeDepth {
		return t, invalid("values of %d bytes", t.Size)
	}
	t.big = flags&1 != 0
	t.Class = Other
	switch class & 15 {
	case 0:
		t.Signed = flags&8 != 0
		p := form{offset: int(c.uint(2)), precision: int(c.uint(2))}
		p.usual = p.offset == 0 && p.precision == 8*t.Size && (t.Size == 1 || t.Size == 2 || t.Size == 4 || t.Size == 8)
		if t.form = p; c.err == nil && t.Size <= 8 && p.precision > 0 && p.offset+p.precision <= 8*t.Size {
			t.Class = Integer
		}
	case 1:
		p := form{sign: int(flags >> 8 & 0xff), implied: flags>>4&3 == 2, offset: int(c.uint(2)), precision: int(c.uint(2))}
		p.exponent, p.exponentBits, p.fraction, p.fractionBits = int(c.uint(1)), int(c.uint(1)), int(c.uint(1)), int(c.uint(1))
		p.bias = int(c.uint(4))
		if t.form = p; c.err == nil && flags&0x40 == 0 && t.Size <= 8 && p.fits(8*t.Size) {
			t.form.usual = p == single && t.Size == 4 || p == double && t.Size == 8
			t.Class = Real
		}
	case 3:
		t.Class = Text
	case 7:
		if flags&15 == 0 {
			t.Class = Reference
		}
	case 8: // an enumeration of whole numbers
		return f.datatype(c.b, depth+1)
	case 9:
		inner, err := f.datatype(c.b, depth+1)
		if err != nil {
			return t, err
		}
		t.several = &inner
		if flags&15 == 1 {
			t.Class = Text
		}
	}
	return t, c.err
}

// The forms of IEEE 754.
var (
	single = form{sign: 31, precision: 32, exponent: 23, exponentBits: 8, fractionBits: 23, bias: 127, implied: true}
	double = form{sign: 63, precision: 64, exponent: 52, exponentBits: 11, fractionBits: 52, bias: 1023, implied: true}
)

// fits tells that all parts of a number in floating point lie in so many bits.
func (p *form) fits(bits int) bool {
	return p.sign < bits && p.exponentBits > 0 && p.exponentBits <= 15 && p.fractionBits > 0 && p.fractionBits <= 52 &&
		p.exponent+p.exponentBits <= bits && p.fraction+p.fractionBits <= bits && p.bias < 1<<15
}

// some are bits of a number's, from the lowest on.
func some(u uint64, from, n int) uint64 { return u >> from & (1<<n - 1) }

// float reads a number in floating point of another form than the machine's: of half precision, for one.
func (p *form) float(u uint64) float64 {
	exponent, fraction := int(some(u, p.exponent, p.exponentBits)), some(u, p.fraction, p.fractionBits)
	var x float64
	switch {
	case exponent == 1<<p.exponentBits-1 && fraction == 0:
		x = math.Inf(1)
	case exponent == 1<<p.exponentBits-1:
		return math.NaN()
	case exponent == 0:
		x = math.Ldexp(float64(fraction), 1-p.bias-p.fractionBits)
	case p.implied:
		x = math.Ldexp(float64(fraction|1<<p.fractionBits), exponent-p.bias-p.fractionBits)
	default:
		x = math.Ldexp(float64(fraction), exponent-p.bias-p.fractionBits+1)
	}
	if some(u, p.sign, 1) != 0 {
		return -x
	}
	return x
}

// unusual reads a number of any form.
func (t *Type) unusual(b []byte) float64 {
	var u uint64
	for k := range t.Size {
		if t.big {
			u = u<<8 | uint64(b[k])
		} else {
			u |= uint64(b[k]) << (8 * k)
		}
	}
	if t.Class == Real {
		return t.form.float(u)
	}
	u >>= t.form.offset
	shift := 64 - t.form.precision
	if t.Signed {
		return float64(int64(u<<shift) >> shift)
	}
	return float64(u << shift >> shift)
}

// number is a stored value as one. Classes that are no numbers give 0.
func (t *Type) number(b []byte) float64 {
	if len(b) < t.Size || t.several != nil {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if t.big {
		order = binary.BigEndian
	}
	switch {
	case t.Class != Integer && t.Class != Real:
		return 0
	case !t.form.usual:
		return t.unusual(b)
	case t.Class == Real && t.Size == 4:
		return float64(math.Float32frombits(order.Uint32(b)))
	case t.Class == Real:
		return math.Float64frombits(order.Uint64(b))
	}
	var u uint64
	switch t.Size {
	case 1:
		u = uint64(b[0])
	case 2:
		u = uint64(order.Uint16(b))
	case 4:
		u = uint64(order.Uint32(b))
	case 8:
		u = order.Uint64(b)
	}
	if t.Signed {
		shift := 64 - 8*t.Size
		return float64(int64(u<<shift) >> shift)
	}
	return float64(u)
}

// maxRank bounds the dimensions of a dataspace.
const maxRank = 32

// maxValues bounds the values of a dataset.
const maxValues = 1 << 48

// dataspace reads a shape (IV.A.2.b) and how far it may grow, undefined where there is no limit; null is one without values.
func (f *file) dataspace(b []byte) (shape []int, limit []int64, null bool, err error) {
	c := &cursor{f: f, b: b}
	version, rank, flags := c.uint(1), int(c.uint(1)), c.uint(1)
	switch version {
	case 1:
		c.skip(5)
	case 2:
		null = c.uint(1) == 2
	default:
		if c.err == nil {
			c.err = invalid("a dataspace of version %d", version)
		}
	}
	if rank > maxRank {
		return nil, nil, false, invalid("%d dimensions", rank)
	}
	n := 1
	for range rank {
		k := c.length()
		if c.err == nil && (k > maxValues || k > 0 && n > maxValues/int(k)) {
			c.err = invalid("a dimension of %d", k)
		}
		if c.err != nil {
			return nil, nil, false, c.err
		}
		n *= max(int(k), 1)
		shape = append(shape, int(k))
	}
	for range rank {
		if flags&1 != 0 {
			limit = append(limit, c.length())
		}
	}
	return shape, limit, null, c.err
}

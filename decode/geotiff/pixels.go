package geotiff

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// maxBlock bounds a block when unpacked.
const maxBlock = 1 << 30

// Values writes Width*Height values in the grid's canonical order, scaled, with NaN where there are none. Where there is no
// grid, the order is the image's.
func (b *Band) Values(dst []float32) error {
	l := &b.Image.layout
	if len(dst) != l.width*l.height {
		return fmt.Errorf("geotiff: room for %d values, not %d", len(dst), l.width*l.height)
	}
	if err := b.reachable(); err != nil {
		return err
	}
	plane := 0
	if !l.chunky {
		plane = b.Number - 1
	}
	take, t := b.taker(), b.translation()
	var block, packed, spare []byte
	for row := range l.down {
		for column := range l.across {
			n := (plane*l.down+row)*l.across + column
			if l.offsets[n] == 0 || l.sizes[n] == 0 { // GDAL leaves out blocks without data
				b.blank(dst, row, column)
				continue
			}
			var err error
			if packed, err = b.Image.file.reuse(packed, l.offsets[n], l.sizes[n]); err != nil {
				return fmt.Errorf("block %d: %w", n, err)
			}
			if l.reversed {
				reverseBits(packed)
			}
			block = sized(block, int(l.blockBytes(row, plane)))
			if err := codecs[l.compression].unpack(block, packed); err != nil {
				return fmt.Errorf("block %d: %w", n, err)
			}
			spare = l.undo(block, spare, b.Image.file.order)
			b.spread(dst, block, row, column, take, t)
		}
	}
	return nil
}

// reachable tells whether the blocks of the band are in the file, and hold enough to become what they should.
func (b *Band) reachable() error {
	l := &b.Image.layout
	first, n := 0, l.across*l.down
	if !l.chunky {
		first = (b.Number - 1) * n
	}
	ratio := codecs[l.compression].ratio
	for i := first; i < first+n; i++ {
		at, size := l.offsets[i], l.sizes[i]
		if at == 0 || size == 0 {
			continue
		}
		if file := uint64(b.Image.file.size); at > file || size > file-at {
			return invalid("block %d: %d bytes at byte %d of a file of %d", i, size, at, file)
		}
		if want := l.blockBytes((i-first)/l.across, first/n); want > maxBlock || want/ratio > int64(size) {
			return invalid("block %d: %d bytes in %d", i, want, size)
		}
	}
	return nil
}

// reuse reads a part of the file into a buffer.
func (f *file) reuse(buffer []byte, at, size uint64) ([]byte, error) {
	buffer = sized(buffer, int(size)) // no more than the file: see reachable
	if n, err := f.r.ReadAt(buffer, int64(at)); n < len(buffer) {
		return buffer, fmt.Errorf("%d bytes of %d are there: %w", n, len(buffer), err)
	}
	return buffer, nil
}

// sized is a buffer of n bytes, the same one where it is large enough.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// translation turns stored numbers into values.
type translation struct {
	scale, offset float64
	hasNoData     bool
	noData        float64
}

func (b *Band) translation() translation {
	t := translation{b.Scale, b.Offset, b.HasNoData, b.NoData}
	if s := b.sample(); s.kind == 3 && s.bits == 32 && t.hasNoData {
		t.noData = float64(float32(t.noData)) // a decimal number for what is stored with less precision
	}
	return t
}

func (t *translation) value(stored float64) float32 {
	if t.hasNoData && stored == t.noData {
		return float32(math.NaN())
	}
	return float32(stored*t.scale + t.offset)
}

// sample is the type of the band's numbers.
func (b *Band) sample() sample { return b.Image.layout.types[b.Number-1] }

// taker gives the band's number of the i-th pixel of a line.
func (b *Band) taker() func(line []byte, i int) float64 {
	l, s := &b.Image.layout, b.sample()
	step, first := l.pixelBits(b.Number-1), 0
	if l.chunky {
		first = l.bitsBefore(b.Number - 1)
	}
	if !s.whole() || step%8 != 0 || first%8 != 0 {
		return func(line []byte, i int) float64 { return bitsAt(line, first+i*step, s) }
	}
	read := reader(s, b.Image.file.order)
	step, first = step/8, first/8
	return func(line []byte, i int) float64 { return read(line[first+i*step:]) }
}

// spread writes what a block holds of the band.
func (b *Band) spread(dst []float32, block []byte, row, column int, take func([]byte, int) float64, t translation) {
	l := &b.Image.layout
	lineBytes := len(block) / l.blockRows(row)
	x, y := column*l.blockWidth, row*l.blockHeight
	wide, high := min(l.blockWidth, l.width-x), min(l.blockHeight, l.height-y)
	for j := range high {
		line := block[j*lineBytes:]
		first, way := b.Image.place.cell(l, x, y+j)
		for i := range wide {
			dst[first+i*way] = t.value(take(line, i))
		}
	}
}

// blank writes a block that is not there.
func (b *Band) blank(dst []float32, row, column int) {
	l := &b.Image.layout
	value := float32(math.NaN())
	if !b.HasNoData {
		value = float32(b.Offset)
	}
	x, y := column*l.blockWidth, row*l.blockHeight
	for j := range min(l.blockHeight, l.height-y) {
		first, way := b.Image.place.cell(l, x, y+j)
		for i := range min(l.blockWidth, l.width-x) {
			dst[first+i*way] = value
		}
	}
}

// reader reads a number of a type.
func reader(s sample, order binary.ByteOrder) func([]byte) float64 {
	switch s {
	case sample{8, 1}:
		return func(b []byte) float64 { return float64(b[0]) }
	case sample{8, 2}:
		return func(b []byte) float64 { return float64(int8(b[0])) }
	case sample{16, 1}:
		return func(b []byte) float64 { return float64(order.Uint16(b)) }
	case sample{16, 2}:
		return func(b []byte) float64 { return float64(int16(order.Uint16(b))) }
	case sample{32, 1}:
		return func(b []byte) float64 { return float64(order.Uint32(b)) }
	case sample{32, 2}:
		return func(b []byte) float64 { return float64(int32(order.Uint32(b))) }
	case sample{64, 1}:
		return func(b []byte) float64 { return float64(order.Uint64(b)) }
	case sample{64, 2}:
		return func(b []byte) float64 { return float64(int64(order.Uint64(b))) }
	case sample{16, 3}:
		return func(b []byte) float64 { return shortFloat(uint32(order.Uint16(b)), 5, 10) }
	case sample{24, 3}:
		little := order == binary.ByteOrder(binary.LittleEndian)
		return func(b []byte) float64 {
			if little {
				return shortFloat(uint32(b[0])|uint32(b[1])<<8|uint32(b[2])<<16, 7, 16)
			}
			return shortFloat(uint32(b[2])|uint32(b[1])<<8|uint32(b[0])<<16, 7, 16)
		}
	case sample{32, 3}:
		return func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }
	}
	return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }
}

// shortFloat reads a number of the form of IEEE 754, of fewer bits: a sign, exponent and fraction.
func shortFloat(v uint32, exponentBits, fractionBits int) float64 {
	most := uint32(1)<<exponentBits - 1
	exponent, fraction := v>>fractionBits&most, v&(1<<fractionBits-1)
	bias, f := int(most)/2, 0.0
	switch {
	case exponent == most && fraction != 0:
		return math.NaN()
	case exponent == most:
		f = math.Inf(1)
	case exponent == 0:
		f = math.Ldexp(float64(fraction), 1-bias-fractionBits)
	default:
		f = math.Ldexp(float64(fraction|1<<fractionBits), int(exponent)-bias-fractionBits)
	}
	if v>>(exponentBits+fractionBits)&1 != 0 {
		return -f
	}
	return f
}

// bitsAt reads a whole number of any number of bits, the highest first, as GDAL has them in files of both byte orders.
func bitsAt(line []byte, bit int, s sample) float64 {
	var v uint64
	for n := s.bits; n > 0; {
		take := min(8-bit%8, n)
		v = v<<take | uint64(line[bit/8])>>(8-bit%8-take)&(1<<take-1)
		bit, n = bit+take, n-take
	}
	if s.kind == 2 {
		return float64(int64(v<<(64-s.bits)) >> (64 - s.bits))
	}
	return float64(v)
}

// reverseBits turns octets round that begin with their lowest bit (TIFF 6.0, FillOrder 2).
func reverseBits(packed []byte) {
	for i, b := range packed {
		packed[i] = bits.Reverse8(b)
	}
}

package geotiff

import (
	"encoding/binary"
	"fmt"
	"math"
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
	plane, within := 0, b.Number-1
	if !l.chunky {
		plane, within = (b.Number-1)*l.across*l.down, 0
	}
	t := b.translation()
	var block, packed, spare []byte
	for row := range l.down {
		for column := range l.across {
			n := plane + row*l.across + column
			if l.offsets[n] == 0 || l.sizes[n] == 0 { // GDAL leaves out blocks without data
				b.blank(dst, row, column)
				continue
			}
			var err error
			if packed, err = b.Image.file.reuse(packed, l.offsets[n], l.sizes[n]); err != nil {
				return fmt.Errorf("block %d: %w", n, err)
			}
			block = sized(block, int(l.blockBytes(row)))
			if err := codecs[l.compression].unpack(block, packed); err != nil {
				return fmt.Errorf("block %d: %w", n, err)
			}
			spare = l.undo(block, spare, b.Image.file.order)
			b.spread(dst, block, row, column, within, t)
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
		if want := l.blockBytes((i - first) / l.across); want > maxBlock || want/ratio > int64(size) {
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
	if s := b.Image.layout.sample; s.kind == 3 && s.bits == 32 && t.hasNoData {
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

// spread writes what a block holds of the band.
func (b *Band) spread(dst []float32, block []byte, row, column, within int, t translation) {
	l := &b.Image.layout
	size, step := l.sample.bits/8, l.pixelBytes()
	read := reader(l.sample, b.Image.file.order)
	x, y := column*l.blockWidth, row*l.blockHeight
	wide, high := min(l.blockWidth, l.width-x), min(l.blockHeight, l.height-y)
	for j := range high {
		line := block[j*l.blockWidth*step+within*size:]
		first, way := b.Image.place.cell(l, x, y+j)
		for i := range wide {
			dst[first+i*way] = t.value(read(line[i*step:]))
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
	case sample{32, 3}:
		return func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }
	}
	return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }
}

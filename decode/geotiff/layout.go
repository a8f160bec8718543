package geotiff

import (
	"math"

	"isobar/grid"
)

// layout is how an image's pixels lie in the file: in blocks, which are tiles or strips.
type layout struct {
	width, height           int
	samples                 int
	types                   []sample // of the bands
	compression, predictor  int
	blockWidth, blockHeight int
	across, down            int // blocks along a row and a column
	chunky, tiled           bool
	reversed                bool     // the first pixel of an octet is its lowest bit
	offsets, sizes          []uint64 // of blocks; those of a plane stand together if planes are separate
}

// sample is the type of a stored number.
type sample struct {
	bits int
	kind int // 1 unsigned, 2 signed, 3 IEEE 754, also of 16 bits and, with an exponent of seven, 24
}

// whole tells that numbers begin at octets, and are in the file's byte order.
func (s sample) whole() bool {
	return s.kind == 3 || s.bits == 8 || s.bits == 16 || s.bits == 32 || s.bits == 64
}

// read takes the layout from a directory, and checks that memory for a block is justified by what the file holds.
func (l *layout) read(f *file, d directory) error {
	var err error
	get := func(t tag, other uint64) int {
		v, e := f.uint(d, t, other)
		if err == nil {
			err = e
		}
		return int(min(v, math.MaxInt32))
	}
	l.width, l.height, l.samples = get(tagWidth, 0), get(tagHeight, 0), get(tagSamples, 1)
	l.compression, l.predictor = get(tagCompression, 1), get(tagPredictor, 1)
	l.chunky = get(tagPlanar, planarChunky) != planarSeparate
	l.reversed = get(tagFillOrder, 1) == 2
	if err != nil {
		return err
	}
	if l.width < 1 || l.height < 1 || l.width > grid.MaxCells/l.height {
		return invalid("an image of %d by %d pixels", l.width, l.height)
	}
	if l.samples < 1 || l.samples > maxBands {
		return invalid("%d bands", l.samples)
	}
	if l.types, err = typesOf(f, d, l.samples); err != nil {
		return err
	}
	if _, ok := codecs[l.compression]; !ok {
		return unsupported("compression %d", l.compression)
	}
	if err := l.checkPredictor(); err != nil {
		return err
	}
	return l.blocks(f, d, get)
}

// typesOf are the types of the bands. What is told of the first ones only holds for the others too.
func typesOf(f *file, d directory, samples int) ([]sample, error) {
	bits, err := f.uints(d, tagBits)
	if err != nil {
		return nil, err
	}
	kinds, err := f.uints(d, tagSampleFormat)
	if err != nil {
		return nil, err
	}
	types := make([]sample, samples)
	for i := range types {
		s := sample{bits: 1, kind: 1}
		if len(bits) > 0 {
			s.bits = int(min(bits[min(i, len(bits)-1)], 1<<16))
		}
		if len(kinds) > 0 {
			s.kind = int(min(kinds[min(i, len(kinds)-1)], 1<<16))
		}
		if s.kind == 4 { // undefined: as if nothing were said
			s.kind = 1
		}
		switch {
		case s.kind == 3 && (s.bits == 16 || s.bits == 24 || s.bits == 32 || s.bits == 64):
		case (s.kind == 1 || s.kind == 2) && s.bits >= 1 && s.bits <= 64:
		default:
			return nil, unsupported("numbers of %d bits, sample format %d", s.bits, s.kind)
		}
		types[i] = s
	}
	return types, nil
}

// checkPredictor finds the differences that can be undone: of numbers that begin at octets, and are of one type.
func (l *layout) checkPredictor() error {
	if l.predictor == 1 {
		return nil
	}
	for _, s := range l.types {
		switch {
		case l.predictor > 3:
			return unsupported("predictor %d", l.predictor)
		case l.predictor == 3 && s.kind != 3:
			return invalid("predictor 3 of whole numbers")
		case s != l.types[0], !s.whole(), l.predictor == 2 && s.bits == 24:
			return unsupported("predictor %d of numbers of %d bits, beside others", l.predictor, s.bits)
		}
	}
	return nil
}

// maxBlockSide bounds a block, which may be larger than the image.
const maxBlockSide = 1 << 20

// blocks reads where the blocks are.
func (l *layout) blocks(f *file, d directory, get func(tag, uint64) int) (err error) {
	offsets, sizes := tagStripOffsets, tagStripBytes
	l.blockWidth, l.blockHeight = l.width, get(tagRowsPerStrip, math.MaxInt32)
	if _, l.tiled = d[tagTileWidth]; l.tiled {
		offsets, sizes = tagTileOffsets, tagTileBytes
		l.blockWidth, l.blockHeight = get(tagTileWidth, 0), get(tagTileHeight, 0)
	} else {
		l.blockHeight = min(l.blockHeight, l.height)
	}
	if l.blockWidth < 1 || l.blockHeight < 1 || l.blockWidth > maxBlockSide || l.blockHeight > maxBlockSide {
		return invalid("blocks of %d by %d pixels", l.blockWidth, l.blockHeight)
	}
	l.across, l.down = (l.width-1)/l.blockWidth+1, (l.height-1)/l.blockHeight+1
	n := l.across * l.down
	if !l.chunky {
		n *= l.samples
	}
	if l.offsets, err = f.uints(d, offsets); err != nil {
		return err
	}
	if l.sizes, err = f.uints(d, sizes); err != nil {
		return err
	}
	if len(l.offsets) < n {
		return invalid("%d blocks, not %d", len(l.offsets), n)
	}
	if l.sizes == nil && l.compression == compressionNone { // some writers leave them out
		l.sizes = make([]uint64, n)
		for i := range l.sizes {
			l.sizes[i] = uint64(l.blockBytes(i/l.across%l.down, i/(l.across*l.down)))
		}
	}
	if len(l.sizes) < n {
		return invalid("the sizes of %d blocks, not %d", len(l.sizes), n)
	}
	return nil
}

// blockBytes is the size of a block of a row of blocks when unpacked: the last strip is cut, tiles are not. The plane is that of the band
// where each has its own.
func (l *layout) blockBytes(row, plane int) int64 {
	return int64(l.blockRows(row)) * int64(l.lineBytes(plane))
}

// blockRows is how many rows the blocks of a row of blocks have.
func (l *layout) blockRows(row int) int {
	if l.tiled {
		return l.blockHeight
	}
	return min(l.blockHeight, l.height-row*l.blockHeight)
}

// lineBytes is the size of a row of a block: rows begin at octets.
func (l *layout) lineBytes(plane int) int { return (l.blockWidth*l.pixelBits(plane) + 7) / 8 }

// pixelBits is the size of what a block holds of one pixel.
func (l *layout) pixelBits(plane int) int {
	if !l.chunky {
		return l.types[plane].bits
	}
	return l.bitsBefore(l.samples)
}

// bitsBefore is where in a pixel a band begins, if all bands are in one block.
func (l *layout) bitsBefore(band int) (bits int) {
	for _, s := range l.types[:band] {
		bits += s.bits
	}
	return bits
}

// blockSamples is how many bands a block holds.
func (l *layout) blockSamples() int {
	if l.chunky {
		return l.samples
	}
	return 1
}

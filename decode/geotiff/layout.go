package geotiff

import (
	"math"

	"isobar/grid"
)

// layout is how an image's pixels lie in the file: in blocks, which are tiles or strips.
type layout struct {
	width, height           int
	samples                 int
	sample                  sample
	compression, predictor  int
	blockWidth, blockHeight int
	across, down            int // blocks along a row and a column
	chunky, tiled           bool
	offsets, sizes          []uint64 // of blocks; those of a plane stand together if planes are separate
}

// sample is the type of a stored number.
type sample struct {
	bits int
	kind int // 1 unsigned, 2 signed, 3 IEEE 754
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
	fill := get(tagFillOrder, 1)
	if err != nil {
		return err
	}
	if l.width < 1 || l.height < 1 || l.width > grid.MaxCells/l.height {
		return invalid("an image of %d by %d pixels", l.width, l.height)
	}
	if l.samples < 1 || l.samples > maxBands {
		return invalid("%d bands", l.samples)
	}
	if fill != 1 {
		return unsupported("fill order %d", fill)
	}
	if l.sample, err = sampleOf(f, d, l.samples); err != nil {
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

// sampleOf is the type that all bands have.
func sampleOf(f *file, d directory, samples int) (s sample, err error) {
	s = sample{bits: 1, kind: 1}
	bits, err := f.uints(d, tagBits)
	if err != nil {
		return s, err
	}
	kinds, err := f.uints(d, tagSampleFormat)
	if err != nil {
		return s, err
	}
	for i := range min(samples, max(len(bits), len(kinds))) {
		next := sample{bits: 1, kind: 1}
		if len(bits) > 0 {
			next.bits = int(min(bits[min(i, len(bits)-1)], 1<<16))
		}
		if len(kinds) > 0 {
			next.kind = int(min(kinds[min(i, len(kinds)-1)], 1<<16))
		}
		if i > 0 && next != s {
			return s, unsupported("bands of different types")
		}
		s = next
	}
	if s.kind == 4 { // undefined: as if nothing were said
		s.kind = 1
	}
	switch {
	case s.kind == 3 && (s.bits == 32 || s.bits == 64):
	case (s.kind == 1 || s.kind == 2) && (s.bits == 8 || s.bits == 16 || s.bits == 32 || s.bits == 64):
	default:
		return s, unsupported("numbers of %d bits, sample format %d", s.bits, s.kind)
	}
	return s, nil
}

func (l *layout) checkPredictor() error {
	switch l.predictor {
	case 1, 2:
		return nil
	case 3:
		if l.sample.kind != 3 {
			return invalid("predictor 3 of whole numbers")
		}
		return nil
	}
	return unsupported("predictor %d", l.predictor)
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
			l.sizes[i] = uint64(l.blockBytes(i / l.across % l.down))
		}
	}
	if len(l.sizes) < n {
		return invalid("the sizes of %d blocks, not %d", len(l.sizes), n)
	}
	return nil
}

// blockBytes is the size of a block of a row of blocks when unpacked: the last strip is cut, tiles are not.
func (l *layout) blockBytes(row int) int64 {
	rows := l.blockHeight
	if !l.tiled {
		rows = min(rows, l.height-row*l.blockHeight)
	}
	return int64(l.blockWidth) * int64(rows) * int64(l.pixelBytes())
}

// pixelBytes is the size of what a block holds of one pixel.
func (l *layout) pixelBytes() int { return l.blockSamples() * l.sample.bits / 8 }

// blockSamples is how many bands a block holds.
func (l *layout) blockSamples() int {
	if l.chunky {
		return l.samples
	}
	return 1
}

// Package jpeg2000 reads JPEG 2000 codestreams of one component, as GRIB 2 template 5.40 holds them.
package jpeg2000

import (
	"errors"
	"fmt"
)

// What can be wrong with a codestream; errors of this package wrap one of these.
var (
	ErrCorrupt     = errors.New("jpeg2000: corrupt codestream")
	ErrTruncated   = errors.New("jpeg2000: truncated codestream")
	ErrUnsupported = errors.New("jpeg2000: unsupported codestream")
	ErrSize        = errors.New("jpeg2000: wrong number of samples")
)

// Bounds on what a codestream may ask for. Beyond them, memory is bounded by the image (which the caller sizes) and by
// the bytes that describe it: every precinct costs at least one byte of a packet header.
const (
	maxDepth       = 32        // bits of a sample; ISO/IEC 15444-1 table A.11 allows 38
	maxComponents  = 4         // of which the first is read
	maxTiles       = 65535     // ISO/IEC 15444-1 table A.2
	maxLevels      = 32        // of decomposition
	maxChanges     = 32        // of the progression order, a tile
	maxBlocks      = 1 << 22   // code-blocks of a tile
	maxBlockSize   = 4096      // samples of a code-block
	maxCodedPlanes = 62        // bit-planes of a code-block, regions of interest included
	maxLength      = 1<<31 - 1 // bytes of a codestream
)

// Header describes a codestream without decoding it.
type Header struct {
	Width, Height int
	BitDepth      int  // of a sample, 1 to 32
	Signed        bool // samples are two's complement
	Reversible    bool // the 5/3 wavelet: samples may come back exactly
}

// ReadHeader reads the main header of a raw codestream or of the first one in a JP2 file.
func ReadHeader(data []byte) (Header, error) {
	c, err := readCodestream(data)
	if err != nil {
		return Header{}, err
	}
	first := c.size.comps[0]
	return Header{
		Width: c.size.x1 - c.size.x0, Height: c.size.y1 - c.size.y0,
		BitDepth: first.depth, Signed: first.signed, Reversible: c.main.comps[0].reversible,
	}, nil
}

// Decode writes the samples row after row: len(dst) must be Width*Height. Unsigned samples of 32 bits come as their bit
// pattern. On an error dst holds nothing of use.
func Decode(dst []int32, data []byte) error {
	var d Decoder
	return d.Decode(dst, data)
}

// Decoder decodes one codestream after another and keeps its working memory in between. The zero value is ready; it is
// not for several goroutines at once.
type Decoder struct {
	tile   tile
	block  blockDecoder
	ints   plane[int32]
	wide   plane[int64]
	floats plane[float32]
}

// Decode is what the function Decode does.
func (d *Decoder) Decode(dst []int32, data []byte) error {
	c, err := readCodestream(data)
	if err != nil {
		return err
	}
	w, h := c.size.x1-c.size.x0, c.size.y1-c.size.y0
	if w > len(dst) || h > len(dst) || w*h != len(dst) {
		return fmt.Errorf("%w: %d for an image of %d x %d", ErrSize, len(dst), w, h)
	}
	parts, err := c.tileParts()
	if err != nil {
		return err
	}
	for len(parts) > 0 {
		n := 1
		for n < len(parts) && parts[n].tile == parts[0].tile {
			n++
		}
		if err := d.decodeTile(dst, c, parts[:n]); err != nil {
			return fmt.Errorf("tile %d: %w", parts[0].tile, err)
		}
		parts = parts[n:]
	}
	return nil
}

package geotiff

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// level of deflate: on forecasts whose bytes are in planes harder ones save a fiftieth, for several times the work.
const level = 1

// packer turns tiles into bytes; it holds the memory for one at a time.
type packer struct {
	tile []float32
	raw  []byte
	out  bytes.Buffer
	zlib *zlib.Writer
}

// newPackers keeps packers from one file to the next: a compressor is a quarter of a megabyte.
func newPackers() *sync.Pool { return &sync.Pool{New: func() any { return &packer{} }} }

// pack gives the bytes of a tile, valid until the packer is used again.
func (p *packer) pack(tile []float32, width int, o Options) ([]byte, error) {
	if cap(p.raw) < 4*len(tile) {
		p.raw = make([]byte, 4*len(tile))
	}
	p.raw = p.raw[:4*len(tile)]
	switch o.Predictor {
	case 3:
		for row := 0; row < len(tile); row += width {
			floating(p.raw[4*row:4*(row+width)], tile[row:row+width])
		}
	case 2:
		for row := 0; row < len(tile); row += width {
			horizontal(p.raw[4*row:4*(row+width)], tile[row:row+width])
		}
	default:
		for i, v := range tile {
			binary.LittleEndian.PutUint32(p.raw[4*i:], math.Float32bits(v))
		}
	}
	if o.Plain {
		return p.raw, nil
	}
	p.out.Reset()
	if p.zlib == nil {
		var err error
		if p.zlib, err = zlib.NewWriterLevel(io.Discard, level); err != nil {
			return nil, err
		}
	}
	p.zlib.Reset(&p.out)
	if _, err := p.zlib.Write(p.raw); err != nil {
		return nil, err
	}
	if err := p.zlib.Close(); err != nil {
		return nil, err
	}
	return p.out.Bytes(), nil
}

// floating writes a row byte plane by byte plane, the highest first, then as differences (Adobe Photoshop TIFF technical note 3).
func floating(dst []byte, row []float32) {
	n := len(row)
	a, b, c, d := dst[:n], dst[n:2*n], dst[2*n:3*n], dst[3*n:4*n]
	last := uint32(0)
	for i, v := range row {
		u := math.Float32bits(v)
		diff := bytewise(u, last)
		last = u
		a[i], b[i], c[i], d[i] = byte(diff>>24), byte(diff>>16), byte(diff>>8), byte(diff)
	}
	// Planes go on from each other: the first of one is a difference to the last of the one before.
	first := math.Float32bits(row[0])
	b[0] = byte(first>>16) - byte(last>>24)
	c[0] = byte(first>>8) - byte(last>>16)
	d[0] = byte(first) - byte(last>>8)
}

// bytewise subtracts each byte of y from that of x.
func bytewise(x, y uint32) uint32 {
	const high = 0x80808080
	return ((x | high) - (y &^ high)) ^ ((x ^ ^y) & high)
}

// horizontal writes a row as differences of 32 bit integers (TIFF 6 section 14).
func horizontal(dst []byte, row []float32) {
	last := uint32(0)
	for i, v := range row {
		u := math.Float32bits(v)
		binary.LittleEndian.PutUint32(dst[4*i:], u-last)
		last = u
	}
}

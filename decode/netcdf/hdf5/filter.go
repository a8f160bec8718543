package hdf5

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// filter is a step that chunks went through.
type filter struct {
	id     int
	client []uint64
}

// The filters that are undone (IV.A.2.l; registered ones have five digits).
const (
	filterDeflate     = 1
	filterShuffle     = 2
	filterFletcher32  = 3
	filterSzip        = 4
	filterScaleOffset = 6
	filterBzip2       = 307
	filterLZF         = 32000
	filterBlosc       = 32001
	filterLZ4         = 32004
	filterBitshuffle  = 32008
	filterZstandard   = 32015
	maxFilters        = 32
)

// growth bounds how many bytes a stored one can become.
var growth = map[int]int64{
	filterDeflate: 1040, filterShuffle: 1, filterFletcher32: 1, filterZstandard: 1 << 16,
	filterSzip: 1 << 13, filterScaleOffset: 1 << 22, filterBzip2: 1 << 16, filterLZF: 128, filterBlosc: 1 << 16, filterLZ4: 256, filterBitshuffle: 1 << 16,
}

// pipeline reads the filters of a dataset, in the order in which they were applied.
func (f *file) pipeline(b []byte) (all []filter, err error) {
	c := &cursor{f: f, b: b}
	version, n := c.uint(1), c.uint(1)
	if version == 1 {
		c.skip(6)
	}
	if n > maxFilters {
		return nil, invalid("%d filters", n)
	}
	for range n {
		one := filter{id: int(c.uint(2))}
		nameSize := 0
		if version == 1 || one.id >= 256 {
			nameSize = int(c.uint(2))
		}
		c.skip(2)
		values := int(c.uint(2))
		if version == 1 {
			nameSize = (nameSize + 7) &^ 7
		}
		c.skip(nameSize)
		for range values {
			if c.err != nil {
				break
			}
			one.client = append(one.client, c.uint(4))
		}
		if version == 1 && values%2 == 1 {
			c.skip(4)
		}
		if c.err != nil {
			return nil, c.err
		}
		if growth[one.id] == 0 {
			return nil, unsupported("the filter %d", one.id)
		}
		all = append(all, one)
	}
	return all, nil
}

// grown bounds what n stored bytes can become.
func grown(filters []filter, n int64) int64 {
	for _, one := range filters {
		if g := growth[one.id]; n <= maxChunk {
			n *= g
		}
	}
	return n
}

// undo takes the filters off a chunk, the last one first; those whose bit is set in mask were left out. The chunk will have want
// bytes.
func undo(filters []filter, mask uint64, b []byte, want int64, size int) (_ []byte, err error) {
	for i := len(filters) - 1; i >= 0; i-- {
		if mask>>i&1 != 0 {
			continue
		}
		switch one := filters[i]; one.id {
		case filterDeflate:
			b, err = inflate(b, want+4*int64(i)) // checksums may be inside
		case filterZstandard:
			b, err = zstandard(b, want+4*int64(i))
		case filterShuffle:
			if len(one.client) > 0 && one.client[0] > 0 && one.client[0] <= uint64(size) {
				size = int(one.client[0])
			}
			b = unshuffle(b, size)
		case filterFletcher32:
			b, err = checked(b)
		case filterSzip:
			b, err = szip(one.client, b, want+4*int64(i))
		case filterScaleOffset:
			b, err = scaleOffset(one.client, b, want+4*int64(i))
		case filterBzip2:
			b, err = upTo(bzip2.NewReader(bytes.NewReader(b)), want+4*int64(i), "bzip2")
		case filterLZF:
			b, err = lzf(b, want+4*int64(i))
		case filterBlosc:
			b, err = blosc(b, want+4*int64(i))
		case filterLZ4:
			b, err = lz4Blocks(b, want+4*int64(i))
		case filterBitshuffle:
			b, err = bitShuffled(one.client, b, want+4*int64(i), size)
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

func inflate(b []byte, most int64) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, invalid("deflate: %v", err)
	}
	defer r.Close()
	return upTo(r, most, "deflate")
}

func zstandard(b []byte, most int64) ([]byte, error) {
	const window = 1 << 25
	r, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, invalid("zstd: %v", err)
	}
	defer r.Close()
	return upTo(r, most, "zstd")
}

// upTo reads what there is, at most so many bytes.
func upTo(r io.Reader, most int64, name string) ([]byte, error) {
	out := make([]byte, most)
	n, err := io.ReadFull(r, out)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, invalid("%s: %v", name, err)
	}
	return out[:n], nil
}

// unshuffle puts the bytes of values together: first come all first bytes, then all second ones; what is left over stays behind.
func unshuffle(b []byte, size int) []byte {
	n := len(b) / size
	if size == 1 || n < 2 {
		return b
	}
	out := make([]byte, len(b))
	for k := range size {
		for i, v := range b[k*n : (k+1)*n] {
			out[i*size+k] = v
		}
	}
	copy(out[n*size:], b[n*size:])
	return out
}

// checked takes a checksum off.
func checked(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, invalid("a chunk of %d bytes without its checksum", len(b))
	}
	data := b[:len(b)-4]
	want := binary.LittleEndian.Uint32(b[len(b)-4:])
	if got := fletcher32(data); got != want && got != want<<16|want>>16 {
		return nil, invalid("checksum %08x of a chunk, not %08x", got, want)
	}
	return data, nil
}

// fletcher32 is HDF5's form of the checksum: of words of two bytes, the high one first.
func fletcher32(b []byte) uint32 {
	var low, high uint32
	for len(b) >= 2 {
		n := min(len(b)/2, 360) // sums do not overflow before
		for ; n > 0; n-- {
			low += uint32(b[0])<<8 | uint32(b[1])
			high += low
			b = b[2:]
		}
		low, high = low&0xffff+low>>16, high&0xffff+high>>16
	}
	if len(b) == 1 {
		low += uint32(b[0]) << 8
		high += low
		low, high = low&0xffff+low>>16, high&0xffff+high>>16
	}
	low, high = low&0xffff+low>>16, high&0xffff+high>>16
	return high<<16 | low
}

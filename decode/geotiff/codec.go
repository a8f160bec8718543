package geotiff

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// compressionNone is that of blocks as they are.
const compressionNone = 1

// codec unpacks blocks.
type codec struct {
	name string
	// ratio bounds how many bytes one can become: memory is taken for no more.
	ratio  int64
	unpack func(dst, src []byte) error // fills dst, or says why not; what src holds beyond that does not count
}

// codecs are the compressions that are read, by their numbers in TIFF.
var codecs = map[int]codec{
	compressionNone: {"none", 1, unpackNone},
	5:               {"lzw", 4096, unpackLZW},
	8:               {"deflate", 1040, unpackDeflate},
	32773:           {"packbits", 64, unpackPackBits},
	32946:           {"deflate", 1040, unpackDeflate},
	50000:           {"zstd", 1 << 16, unpackZstandard},
}

func errShort(dst []byte, got int) error {
	return invalid("a block of %d bytes, not %d", got, len(dst))
}

func unpackNone(dst, src []byte) error {
	if n := copy(dst, src); n < len(dst) {
		return errShort(dst, n)
	}
	return nil
}

func unpackDeflate(dst, src []byte) error {
	r, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return invalid("deflate: %v", err)
	}
	defer r.Close()
	return fill(dst, r, "deflate")
}

// windowLimit bounds what Zstandard's window may take.
const windowLimit = 1 << 25

func unpackZstandard(dst, src []byte) error {
	r, err := zstd.NewReader(bytes.NewReader(src), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowLimit), zstd.WithDecoderLowmem(true))
	if err != nil {
		return invalid("zstd: %v", err)
	}
	defer r.Close()
	return fill(dst, r, "zstd")
}

// fill reads until dst is full.
func fill(dst []byte, r io.Reader, name string) error {
	n, err := io.ReadFull(r, dst)
	if n == len(dst) {
		return nil
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errShort(dst, n)
	}
	return invalid("%s: %v", name, err)
}

// unpackPackBits reads runs (TIFF 6.0 section 9).
func unpackPackBits(dst, src []byte) error {
	out := 0
	for out < len(dst) && len(src) > 0 {
		n := int(int8(src[0]))
		src = src[1:]
		switch {
		case n >= 0: // n + 1 bytes as they are
			if n+1 > len(src) {
				return errShort(dst, out)
			}
			out += copy(dst[out:], src[:n+1])
			src = src[n+1:]
		case n > -128 && len(src) > 0: // the next byte 1 - n times
			run := dst[out:min(out+1-n, len(dst))]
			for i := range run {
				run[i] = src[0]
			}
			out, src = out+len(run), src[1:]
		}
	}
	if out < len(dst) {
		return errShort(dst, out)
	}
	return nil
}

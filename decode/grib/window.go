package grib

import (
	"bytes"
	"fmt"
	"io"
)

const (
	// windowBytes is how much is read at once while headers are looked for.
	windowBytes = 16 << 10
	// maxHeaderBytes bounds a section other than bitmap and data: the longest have an entry for each row of a grid.
	maxHeaderBytes = 1 << 22
)

// window reads short ranges of a file through a buffer.
type window struct {
	file io.ReaderAt
	size int64
	buf  []byte
	at   int64 // offset of buf
}

// bytes gives n bytes from off on. They are valid until the next call.
func (w *window) bytes(off int64, n int) ([]byte, error) {
	if off < 0 || n < 0 || n > maxHeaderBytes {
		return nil, fmt.Errorf("%w: header of %d octets", ErrInvalid, n)
	}
	if off > w.size-int64(n) {
		return nil, fmt.Errorf("%w: the file ends at %d", ErrTruncated, w.size)
	}
	if off < w.at || off+int64(n) > w.at+int64(len(w.buf)) {
		if err := w.fill(off, max(n, windowBytes)); err != nil {
			return nil, err
		}
	}
	start := int(off - w.at)
	return w.buf[start : start+n], nil
}

// fill reads up to n bytes from off on into the buffer.
func (w *window) fill(off int64, n int) error {
	n = int(min(int64(n), w.size-off))
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.buf, w.at = w.buf[:n], off
	if err := readFull(w.file, w.buf, off); err != nil {
		w.buf = w.buf[:0]
		return err
	}
	return nil
}

// readFull reads len(dst) bytes from off on.
func readFull(file io.ReaderAt, dst []byte, off int64) error {
	n, err := file.ReadAt(dst, off)
	if n == len(dst) {
		return nil
	}
	if err == nil || err == io.EOF {
		return fmt.Errorf("%w: the file ends at %d", ErrTruncated, off+int64(n))
	}
	return err
}

// magic is what every message begins with.
var magic = []byte("GRIB")

// find gives the offset of the next "GRIB" from off on, or -1.
func (w *window) find(off int64) (int64, error) {
	for off <= w.size-int64(len(magic)) {
		n := int(min(windowBytes, w.size-off))
		b, err := w.bytes(off, n)
		if err != nil {
			return -1, err
		}
		if i := bytes.Index(b, magic); i >= 0 {
			return off + int64(i), nil
		}
		off += int64(n - len(magic) + 1)
	}
	return -1, nil
}

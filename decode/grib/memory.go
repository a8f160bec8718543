package grib

import (
	"bytes"
	"fmt"
	"io"
)

// Octets is a file in memory. Packed values are read where they stand, without a copy.
type Octets []byte

var _ io.ReaderAt = Octets(nil)

// ReadAt copies octets from an offset on (io.ReaderAt).
func (o Octets) ReadAt(dst []byte, offset int64) (int, error) {
	return bytes.NewReader(o).ReadAt(dst, offset)
}

// borrow gives a section's octets, which nobody may change, and what gives them back.
func (v *values) borrow(s section) (octets []byte, release func(), err error) {
	file, inMemory := v.file.(Octets)
	if !inMemory {
		return v.read(s)
	}
	if s.offset < 0 || s.length < 0 || s.offset > int64(len(file))-s.length {
		return nil, nil, fmt.Errorf("%w: the file ends at %d", ErrTruncated, len(file))
	}
	return file[s.offset : s.offset+s.length : s.offset+s.length], func() {}, nil
}

package grib

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// original is where a field lies in the file, as octets.
type original struct {
	file io.ReaderAt
	// head is section 0, to be given the length that the parts have, and an end; of no length: parts are a whole message.
	head  section
	parts []section // one after the other
}

// maxOriginalBytes bounds a message that is copied whole.
const maxOriginalBytes = 1 << 30

// Original appends the field to dst as a message of its own, in the octets of the file. Where the file's message holds other fields
// too, it is the sections that are in force for this one (GRIB2 regulation 92.1.4), with the bitmap itself where section 6 repeats an
// earlier one (code table 6.0, 254), and the length in section 0 that they have.
func (m *Message) Original(dst []byte) ([]byte, error) {
	o := &m.original
	const end = "7777"
	total := o.head.length
	for _, p := range o.parts {
		total += p.length
	}
	if o.head.length > 0 {
		total += int64(len(end))
	}
	if o.file == nil || total < int64(len(magic)+len(end)) || total > maxOriginalBytes {
		return dst, fmt.Errorf("%w: a message of %d octets", ErrInvalid, total)
	}
	begin := len(dst)
	dst = slices.Grow(dst, int(total))
	for _, p := range append([]section{o.head}, o.parts...) {
		at := len(dst)
		dst = dst[:at+int(p.length)]
		if err := readFull(o.file, dst[at:], p.offset); err != nil {
			return dst[:begin], err
		}
	}
	if o.head.length > 0 {
		binary.BigEndian.PutUint64(dst[begin+8:], uint64(total))
		dst = append(dst, end...)
	}
	return dst, nil
}

// several tells that a message holds more than one field.
func several(sections []section) bool {
	n := 0
	for _, s := range sections {
		if s.number == 7 {
			n++
		}
	}
	return n > 1
}

// part notes a section that is in force from now on; in place of a section 6 that repeats an earlier bitmap, the one with the bitmap.
func (f *fields2) part(s section) {
	const repeated = 254 // code table 6.0
	switch s.number {
	case 3:
		clear(f.parts[3:])
	case 6:
		head, err := f.bytes(s.offset, int(min(s.length, 6)))
		if err == nil && len(head) == 6 && head[5] == repeated {
			s = f.repeats
		}
	}
	f.parts[s.number] = s
}

// original is where the field lies that has just become whole.
func (f *fields2) original() original {
	const headBytes = 16 // section 0
	o := original{file: f.file}
	if head, err := f.bytes(f.offset, headBytes); err == nil && !f.several && binary.BigEndian.Uint64(head[8:]) == uint64(f.end-f.offset) {
		o.parts = []section{{offset: f.offset, length: f.end - f.offset}}
		return o
	}
	o.head = section{offset: f.offset, length: headBytes}
	for _, s := range f.parts {
		if s.length > 0 {
			o.parts = append(o.parts, s)
		}
	}
	return o
}

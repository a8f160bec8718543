// Package geotiff reads rasters with places: TIFF 6.0 and BigTIFF files with the tags of GeoTIFF 1.1 and of GDAL.
package geotiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrInvalid is a file that breaks the rules of its format; ErrUnsupported one that keeps to rules that are not read here.
// Errors wrap one of them and say what is at fault.
var (
	ErrInvalid     = errors.New("invalid TIFF")
	ErrUnsupported = errors.New("not supported")
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrUnsupported)
}

const (
	maxDirectories = 1024    // images of a file, overviews among them
	maxFields      = 4096    // of a directory: the registry of tags knows some 200
	maxValues      = 1 << 26 // bytes of a field's values; offsets of 8 M blocks
)

// Detect tells from the first bytes of a file whether it is a TIFF or BigTIFF.
func Detect(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	switch string(head[:4]) {
	case "II*\x00", "MM\x00*", "II+\x00", "MM\x00+":
		return true
	}
	return false
}

// file is what directories are read from.
type file struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	big   bool // BigTIFF: counts and offsets have eight bytes
}

// tag numbers a field of a directory.
type tag uint16

// field is an entry of a directory whose values are not read yet.
type field struct {
	kind   uint16
	count  uint64
	inline []byte // where values fit into the entry
	offset int64
}

// directory is one image's fields.
type directory map[tag]field

// kindSize is the bytes of a value of a field's type (TIFF 6.0 page 15, BigTIFF's 16 to 18).
var kindSize = [19]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8}

// open reads a file's head and gives the place of the first directory.
func open(r io.ReaderAt, size int64) (*file, int64, error) {
	f := &file{r: r, size: size, order: binary.LittleEndian}
	head := make([]byte, 16)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, 0, err
	}
	if head = head[:n]; !Detect(head) {
		return nil, 0, invalid("no head")
	}
	if head[0] == 'M' {
		f.order = binary.BigEndian
	}
	if f.order.Uint16(head[2:]) == 42 {
		return f, int64(f.order.Uint32(head[4:])), nil
	}
	f.big = true
	if n < 16 || f.order.Uint16(head[4:]) != 8 || f.order.Uint16(head[6:]) != 0 {
		return nil, 0, invalid("a BigTIFF head of %d bytes", n)
	}
	at := f.order.Uint64(head[8:])
	return f, int64(min(at, math.MaxInt64)), nil
}

// bytes reads a part of the file.
func (f *file) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > f.size || n > f.size-at {
		return nil, invalid("%d bytes at byte %d of a file of %d", n, at, f.size)
	}
	b := make([]byte, n)
	if got, err := f.r.ReadAt(b, at); int64(got) < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}

// directories reads all directories of the chain.
func (f *file) directories(at int64) (all []directory, err error) {
	seen := map[int64]bool{}
	for at != 0 {
		if seen[at] || len(all) == maxDirectories {
			return all, invalid("directories without an end")
		}
		seen[at] = true
		d, next, err := f.directory(at)
		if err != nil {
			return all, err
		}
		all, at = append(all, d), next
	}
	if len(all) == 0 {
		return nil, invalid("no image")
	}
	return all, nil
}

// directory reads one and where the next is.
func (f *file) directory(at int64) (directory, int64, error) {
	countSize, entrySize, offsetSize := int64(2), int64(12), int64(4)
	if f.big {
		countSize, entrySize, offsetSize = 8, 20, 8
	}
	head, err := f.bytes(at, countSize)
	if err != nil {
		return nil, 0, fmt.Errorf("directory: %w", err)
	}
	n := uint64(f.order.Uint16(head))
	if f.big {
		n = f.order.Uint64(head)
	}
	if n == 0 || n > maxFields {
		return nil, 0, invalid("a directory of %d fields", n)
	}
	b, err := f.bytes(at+countSize, int64(n)*entrySize+offsetSize)
	if err != nil {
		return nil, 0, fmt.Errorf("directory: %w", err)
	}
	d := directory{}
	for ; n > 0; n-- {
		e := field{kind: f.order.Uint16(b[2:]), count: f.offset(b[4:])}
		value := b[entrySize-offsetSize : entrySize]
		if int(e.kind) < len(kindSize) && kindSize[e.kind] > 0 {
			if e.count <= uint64(offsetSize/kindSize[e.kind]) {
				e.inline = value[:int64(e.count)*kindSize[e.kind]]
			}
			e.offset = int64(min(f.offset(value), math.MaxInt64))
			d[tag(f.order.Uint16(b))] = e
		}
		b = b[entrySize:]
	}
	return d, int64(min(f.offset(b), math.MaxInt64)), nil
}

// offset reads a number of the size that offsets have.
func (f *file) offset(b []byte) uint64 {
	if f.big {
		return f.order.Uint64(b)
	}
	return uint64(f.order.Uint32(b))
}

// content is the bytes of a field's values.
func (f *file) content(e field) ([]byte, error) {
	if e.inline != nil {
		return e.inline, nil
	}
	if e.count > uint64(maxValues/kindSize[e.kind]) {
		return nil, invalid("a field of %d values", e.count)
	}
	return f.bytes(e.offset, int64(e.count)*kindSize[e.kind])
}

// uints reads whole numbers; a field that is not there gives none.
func (f *file) uints(d directory, t tag) ([]uint64, error) {
	e, ok := d[t]
	if !ok {
		return nil, nil
	}
	b, err := f.content(e)
	if err != nil {
		return nil, fmt.Errorf("tag %d: %w", t, err)
	}
	size := int(kindSize[e.kind])
	values := make([]uint64, len(b)/size)
	for i := range values {
		switch p := b[i*size:]; e.kind {
		case 1:
			values[i] = uint64(p[0])
		case 3:
			values[i] = uint64(f.order.Uint16(p))
		case 4, 13:
			values[i] = uint64(f.order.Uint32(p))
		case 16, 18:
			values[i] = f.order.Uint64(p)
		default:
			return nil, invalid("tag %d: values of type %d", t, e.kind)
		}
	}
	return values, nil
}

// uint reads one whole number, or gives another.
func (f *file) uint(d directory, t tag, other uint64) (uint64, error) {
	values, err := f.uints(d, t)
	if err != nil || len(values) == 0 {
		return other, err
	}
	return values[0], nil
}

// doubles reads numbers of type DOUBLE.
func (f *file) doubles(d directory, t tag) ([]float64, error) {
	e, ok := d[t]
	if !ok {
		return nil, nil
	}
	if e.kind != 12 {
		return nil, invalid("tag %d: values of type %d", t, e.kind)
	}
	b, err := f.content(e)
	if err != nil {
		return nil, fmt.Errorf("tag %d: %w", t, err)
	}
	values := make([]float64, len(b)/8)
	for i := range values {
		values[i] = math.Float64frombits(f.order.Uint64(b[8*i:]))
	}
	return values, nil
}

// text reads characters up to the first that is NUL.
func (f *file) text(d directory, t tag) string {
	e, ok := d[t]
	if !ok || e.kind != 1 && e.kind != 2 {
		return ""
	}
	b, err := f.content(e)
	if err != nil {
		return ""
	}
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return string(b)
}

// Package hdf5 reads what NetCDF-4 files use of HDF5: the datasets of groups, their attributes, filters and chunks (HDF5 File
// Format Specification, version 3.0).
package hdf5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrInvalid is a file that breaks the rules of its format; ErrUnsupported one that keeps to rules that are not read here.
// Errors wrap one of them and say what is at fault.
var (
	ErrInvalid     = errors.New("invalid HDF5")
	ErrUnsupported = errors.New("not supported")
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrUnsupported)
}

// signature begins a superblock.
var signature = []byte("\x89HDF\r\n\x1a\n")

// places are where a superblock may be: others' data may stand before it.
var places = []int64{0, 512, 1024, 2048}

// Detect tells from the first bytes of a file whether it is HDF5.
func Detect(head []byte) bool {
	for _, at := range places {
		if at < int64(len(head)) && bytes.HasPrefix(head[at:], signature) {
			return true
		}
	}
	return false
}

// File is the root group, or one below. The slices are not to be changed.
type File struct {
	Name     string     // of a group below the root
	Datasets []*Dataset // in the order of their creation, as far as it is told
	Attrs    []Attr
	Broken   []error // datasets and groups that can't be read, by name
	Groups   []*File // in it
}

// file is what is read from.
type file struct {
	r          io.ReaderAt
	size       int64
	base       int64
	offsetSize int
	lengthSize int
	cache      cache
	heaps      heaps
}

// maxDatasets bounds the objects of a file, maxGroups how deep groups lie.
const (
	maxDatasets = 1 << 14
	maxGroups   = 16
)

// Open reads the groups of a file.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &file{r: r, size: size}
	root, err := f.superblock()
	if err != nil {
		return nil, err
	}
	h, err := f.header(root)
	if err == nil {
		t := tree{file: f, seen: map[int64]bool{root: true}}
		var out *File
		if out, err = t.group(h, 0); err == nil {
			return out, nil
		}
	}
	return nil, fmt.Errorf("root group: %w", err)
}

// tree is the walk through the groups of a file.
type tree struct {
	*file
	objects int            // so far
	seen    map[int64]bool // groups, which may be linked to twice
}

// group reads a group and those in it.
func (t *tree) group(h header, depth int) (out *File, err error) {
	links, err := t.links(h)
	if err != nil {
		return nil, err
	}
	if t.objects += len(links); t.objects > maxDatasets {
		return nil, invalid("more than %d objects", maxDatasets)
	}
	out = &File{}
	if out.Attrs, err = t.attributes(h); err != nil {
		return nil, err
	}
	for _, l := range links {
		d, err := t.dataset(l)
		if err == nil && d == nil {
			err = t.below(out, l, depth)
		}
		if err != nil {
			out.Broken = append(out.Broken, fmt.Errorf("%s: %w", l.name, err))
		} else if d != nil {
			out.Datasets = append(out.Datasets, d)
		}
	}
	return out, nil
}

// below adds the group at a link, if it is one.
func (t *tree) below(out *File, l link, depth int) error {
	h, err := t.header(l.at)
	if err != nil || t.seen[l.at] || !h.isGroup() {
		return err
	}
	if t.seen[l.at] = true; depth == maxGroups {
		return invalid("groups in groups in groups")
	}
	g, err := t.group(h, depth+1)
	if err != nil {
		return err
	}
	g.Name = l.name
	out.Groups = append(out.Groups, g)
	return nil
}

// isGroup tells that an object has links.
func (h header) isGroup() bool {
	for _, kind := range []int{msgLink, msgLinkInfo, msgSymbolTable} {
		if _, ok := h.find(kind); ok {
			return true
		}
	}
	return false
}

// superblock reads the head of the file (II.A) and gives the address of the root group's header.
func (f *file) superblock() (root int64, err error) {
	head := make([]byte, 96)
	for _, at := range places {
		n, err := f.r.ReadAt(head, at)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if n < 9 || !bytes.HasPrefix(head[:n], signature) {
			continue
		}
		f.base = at
		f.offsetSize, f.lengthSize = 8, 8
		c := &cursor{f: f, b: head[8:n]}
		version := c.uint(1)
		switch version {
		case 0, 1:
			c.skip(4)
			f.offsetSize, f.lengthSize = int(c.uint(1)), int(c.uint(1))
			c.skip(9)
			if version == 1 {
				c.skip(4)
			}
		case 2, 3:
			f.offsetSize, f.lengthSize = int(c.uint(1)), int(c.uint(1))
			c.skip(1)
		default:
			return 0, unsupported("superblock of version %d", version)
		}
		if !widths(f.offsetSize) || !widths(f.lengthSize) {
			return 0, invalid("offsets of %d bytes, lengths of %d", f.offsetSize, f.lengthSize)
		}
		c.offset() // base address: where the superblock is, or else the file was put behind something
		c.skip(2 * f.offsetSize)
		if version < 2 {
			c.skip(2 * f.offsetSize) // of the driver, and of the root's name
			root = c.offset()
		} else {
			root = c.offset()
		}
		return root, c.err
	}
	return 0, invalid("no superblock")
}

func widths(n int) bool { return n == 4 || n == 8 }

// undefined is an address that there is none.
const undefined = math.MaxInt64

// block reads a part of the file.
func (f *file) block(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > f.size-f.base || n > f.size-f.base-at {
		return nil, invalid("%d bytes at address %d of a file of %d", n, at, f.size)
	}
	b := make([]byte, n)
	if got, err := f.r.ReadAt(b, f.base+at); int64(got) < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}

// upTo reads up to n bytes, fewer at the file's end.
func (f *file) upTo(at, n int64) ([]byte, error) {
	if at < 0 || at > f.size-f.base {
		return nil, invalid("address %d of a file of %d", at, f.size)
	}
	return f.block(at, min(n, f.size-f.base-at))
}

// cursor reads fields one after the other, low byte first, and keeps the first error.
type cursor struct {
	f   *file
	b   []byte
	err error
}

func (c *cursor) bytes(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(c.b) {
		c.err = invalid("%d bytes where %d are left", n, len(c.b))
		return nil
	}
	b := c.b[:n:n]
	c.b = c.b[n:]
	return b
}

func (c *cursor) skip(n int) { c.bytes(n) }

// uint reads a number of up to eight bytes.
func (c *cursor) uint(n int) (v uint64) {
	for i, b := range c.bytes(n) {
		if i < 8 {
			v |= uint64(b) << (8 * i)
		}
	}
	return v
}

// signed is a number that int64 can hold; what can't is undefined.
func (c *cursor) signed(n int) int64 {
	v := c.uint(n)
	if n < 8 && v == 1<<(8*n)-1 || v > math.MaxInt64 {
		return undefined
	}
	return int64(v)
}

// offset reads an address, undefined where all bits are set.
func (c *cursor) offset() int64 { return c.signed(c.f.offsetSize) }

func (c *cursor) length() int64 { return c.signed(c.f.lengthSize) }

// magic reads four letters.
func (c *cursor) magic(want string) {
	if got := c.bytes(4); c.err == nil && string(got) != want {
		c.err = invalid("%q where %q should be", got, want)
	}
}

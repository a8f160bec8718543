package grib

import "fmt"

// Predefined names a bitmap by the number that its centre has given it (GRIB1 section 3, octets 5-6; GRIB2 code table 6.0, 1 to 253).
// Which points have values then is known to those who have the centre's list. None is published.
type Predefined struct {
	Edition int
	Centre  int // WMO common code table C-11
	Number  int
	Points  int // of the grid, as the file has them: one bit each
}

// String is the name in words.
func (p Predefined) String() string {
	return fmt.Sprintf("bitmap %d predefined by centre %d for %d points", p.Number, p.Centre, p.Points)
}

// bytes is how long the bitmap is.
func (p Predefined) bytes() int { return (p.Points + 7) / 8 }

// Predefined tells by which number the field's bitmap is named, if it is, and whether the values still need to be given it.
func (m *Message) Predefined() (name Predefined, named, needed bool) {
	if p := m.values.predefined; p != nil {
		return *p, true, m.values.bits.length == 0 && m.values.given == nil
	}
	return Predefined{}, false, false
}

// SetBitmap gives the field the bits of its predefined bitmap: one for each point in the order of the file, the first one in the highest
// bit of the first octet, set where there is a value. They are not copied. It must not be called while the values are read.
func (m *Message) SetBitmap(bits []byte) error {
	p := m.values.predefined
	switch {
	case p == nil:
		return fmt.Errorf("%w: the field does not name a bitmap", ErrInvalid)
	case len(bits) != p.bytes():
		return fmt.Errorf("%w: %v, and one of %d octets", ErrInvalid, *p, len(bits))
	case m.values.bits.length == 0:
		m.values.given = bits
	}
	return nil
}

// Bitmap appends the bits of the bitmap that the file has for the field to dst, as SetBitmap takes them; nothing where it has none. A
// message that names a bitmap by number and carries its bits all the same can so serve as the list of those that only name it.
func (m *Message) Bitmap(dst []byte) (bits []byte, err error) {
	defer caught(&err)
	if m.values.bits.length == 0 {
		return dst, nil
	}
	mask, release, err := m.values.bitmap()
	if err != nil {
		return dst, err
	}
	defer release()
	return append(dst, mask...), nil
}

// predefine notes that a field's bitmap is named by a number. What follows its head may be the bits all the same.
func (w *walk) predefine(v *values, p Predefined, rest section) error {
	v.predefined, v.given = &p, nil
	if rest.length >= int64(p.bytes()) {
		v.bits = rest
		return nil
	}
	if w.bitmaps == nil {
		return nil
	}
	bits := w.bitmaps(p)
	if bits != nil && len(bits) != p.bytes() {
		return fmt.Errorf("%w: %v, and one of %d octets", ErrInvalid, p, len(bits))
	}
	v.given = bits
	return nil
}

// lacking is an error where the bitmap was not given.
func (v *values) lacking() error {
	if v.predefined != nil && v.given == nil && v.bits.length == 0 {
		return fmt.Errorf("%w: %v, which was not given", ErrUnsupported, *v.predefined)
	}
	return nil
}

package grib

import (
	"cmp"
	"fmt"
)

// maxSections bounds the sections of a message: 200,000 fields.
const maxSections = 1 << 20

// edition2 yields the fields of a message of edition 2 and gives its end.
func (w *walk) edition2(offset int64) (end int64, goOn bool, err error) {
	sections, end, err := w.sections2(offset)
	if err != nil {
		return 0, false, err
	}
	f := &fields2{walk: w, offset: offset, end: end, several: several(sections)}
	if err := f.identify(sections[0]); err != nil {
		return 0, false, err
	}
	for _, s := range sections[1:] {
		if !f.section(s) {
			return end, false, nil
		}
	}
	if f.number == 0 {
		return end, w.fail(offset, fmt.Errorf("%w: no section 7", ErrInvalid)), nil
	}
	return end, true, nil
}

// sections2 lists a message's sections from the lengths that they begin with. Their chain must lead to "7777": a message that
// lost an octet on its way would give wrong values otherwise. Its length in section 0 is not needed then.
func (w *walk) sections2(offset int64) (list []section, end int64, err error) {
	const first = 16 // length of section 0
	at := offset + first
	for !w.isEnd(at) {
		head, err := w.bytes(at, 5)
		if err != nil {
			return nil, 0, w.cut(offset, err)
		}
		o := octets{b: head}
		s := section{number: o.u8(5), offset: at, length: int64(o.u32(1))}
		switch {
		case s.number < 1 || s.number > 7 || s.length < 5 || len(list) == 0 != (s.number == 1):
			return nil, 0, w.cut(offset, fmt.Errorf("%w: no section or end at byte %d", ErrInvalid, at))
		case s.length > w.size-at:
			return nil, 0, fmt.Errorf("%w: section %d of %d octets at byte %d of %d", ErrTruncated, s.number, s.length, at, w.size)
		case len(list) == maxSections:
			return nil, 0, fmt.Errorf("%w: more than %d sections", ErrInvalid, maxSections)
		}
		list = append(list, s)
		at += s.length
	}
	if len(list) == 0 {
		return nil, 0, fmt.Errorf("%w: no section 1", ErrInvalid)
	}
	return list, at + 4, nil
}

// cut says of a message whose sections do not lead to its end whether the file ends in it.
func (w *walk) cut(offset int64, why error) error {
	head, err := w.bytes(offset, 16)
	if err != nil {
		return err
	}
	o := octets{b: head}
	if length := int64(o.u32(9))<<32 | int64(o.u32(13)); length < 0 || length > w.size-offset {
		return fmt.Errorf("%w: %d octets, of which the file has %d", ErrTruncated, uint64(length), w.size-offset)
	}
	return why
}

// fields2 collects the sections of a message until section 7 completes a field.
type fields2 struct {
	*walk
	offset int64
	number int // of fields so far
	shared Message

	grid    *place // nil: none yet, or gridErr
	gridErr error
	product *octets
	data    *octets
	bitmap  bitmap2 // of the field
	headErr error   // of the latest sections 4 to 6
	last    bitmap2 // the latest bitmap that was given or named, for indicator 254
	hasLast bool

	end     int64      // of the message
	several bool       // fields in it, not one
	parts   [8]section // in force, by number
	repeats section    // section 6 of the latest bitmap
}

// bitmap2 is what section 6 tells: the bits alone, and the number of a predefined bitmap. No length and 0: there is none.
type bitmap2 struct {
	bits   section
	number int
}

// identify reads sections 0 and 1.
func (f *fields2) identify(s section) error {
	head, err := f.bytes(f.offset, 8)
	if err != nil {
		return err
	}
	f.part(s)
	m := &f.shared
	m.Offset, m.Edition, m.Discipline = f.offset, 2, int(head[6])
	o, err := f.body(s)
	if err != nil {
		return err
	}
	m.Centre, m.SubCentre, m.Tables, m.LocalTables = o.u16(6), o.u16(8), o.u8(10), o.u8(11)
	m.Reference, err = date(o.u16(13), o.u8(15), o.u8(16), o.u8(17), o.u8(18), o.u8(19))
	if err != nil {
		return fmt.Errorf("reference time: %w", err)
	}
	return o.check("section 1")
}

// section takes in a section; section 7 yields a field.
func (f *fields2) section(s section) (goOn bool) {
	var err error
	f.part(s)
	switch s.number {
	case 3:
		f.grid, f.gridErr = f.place2(s)
		f.product, f.data, f.bitmap, f.headErr = nil, nil, bitmap2{}, nil
	case 4:
		f.product, f.headErr = f.body(s)
	case 5:
		f.data, err = f.body(s)
	case 6:
		err = f.bitmap2(s)
	case 7:
		return f.field(s)
	}
	f.headErr = cmp.Or(f.headErr, err)
	return true
}

// bitmap2 reads section 6's indicator (code table 6.0).
func (f *fields2) bitmap2(s section) error {
	f.bitmap = bitmap2{}
	head, err := f.bytes(s.offset, int(min(s.length, 6)))
	if err != nil {
		return err
	}
	o := octets{b: head}
	switch indicator := o.u8(6); {
	case o.short:
		return fmt.Errorf("%w: section 6 of %d octets", ErrInvalid, s.length)
	case indicator < 254:
		f.bitmap = bitmap2{section{number: 6, offset: s.offset + 6, length: s.length - 6}, indicator}
		f.last, f.hasLast = f.bitmap, true
		f.repeats = s
		if indicator == 0 && s.length == 6 {
			return fmt.Errorf("%w: empty bitmap", ErrInvalid)
		}
	case indicator == 254 && !f.hasLast:
		return fmt.Errorf("%w: no bitmap before the one that repeats it", ErrInvalid)
	case indicator == 254:
		f.bitmap = f.last
	}
	return nil
}

// field yields the field that a section 7 completes.
func (f *fields2) field(data section) bool {
	f.number++
	m, err := f.assemble(data)
	if err != nil {
		return f.fail(f.offset, err)
	}
	f.walk.number++
	m.Number = f.walk.number
	return f.yield(m, nil)
}

// assemble makes a message of the sections that are in force.
func (f *fields2) assemble(data section) (m *Message, err error) {
	defer caught(&err)
	switch {
	case f.gridErr != nil:
		return nil, f.gridErr
	case f.grid == nil:
		return nil, fmt.Errorf("%w: no section 3", ErrInvalid)
	case f.headErr != nil:
		return nil, f.headErr
	case f.product == nil || f.data == nil:
		return nil, fmt.Errorf("%w: no section 4 or 5", ErrInvalid)
	}
	all := f.shared
	m = &all
	f.grid.describe(m)
	if err := product2(m, f.product); err != nil {
		return nil, err
	}
	m.DataTemplate = f.data.u16(10)
	m.values = values{
		file: f.file, points: m.layout.stored(m.Points), data: data, edition: 2,
		count: f.data.u32(6), template: m.DataTemplate, header: f.data.b[min(len(f.data.b), 11):],
		spectrum: f.grid.spectrum,
	}
	if f.bitmap.number == 0 {
		m.values.bits = f.bitmap.bits
	} else if err := f.predefine(&m.values, Predefined{2, m.Centre, f.bitmap.number, m.values.points}, f.bitmap.bits); err != nil {
		return nil, err
	}
	m.original = f.original()
	if err := f.data.check("section 5"); err != nil {
		return nil, err
	}
	if m.values.count > m.values.points {
		return nil, fmt.Errorf("%w: %d values for %d points", ErrInvalid, m.values.count, m.values.points)
	}
	m.Packing = m.values.linear(nil)
	return m, nil
}

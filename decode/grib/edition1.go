package grib

import "fmt"

// Flags of edition 1's section 1, octet 8.
const (
	flagGrid   = 0x80
	flagBitmap = 0x40
)

const (
	// largeUnit is what the lengths of messages of 8 MiB and more count in, where their first bit is set: a convention of ECMWF.
	largeUnit = 120
	largeFlag = 1 << 23
	// head1 is the length of edition 1's section 0.
	head1 = 8
	// dataHeadBytes is enough of section 4 to know the packing.
	dataHeadBytes = 32
)

// parts1 is where the sections of a message of edition 1 lie.
type parts1 struct {
	product, grid, bitmap, data section
	end                         int64
}

// edition1 yields the field of a message of edition 1 and gives its end.
func (w *walk) edition1(offset int64) (end int64, goOn bool, err error) {
	parts, err := w.sections1(offset)
	if err != nil {
		return 0, false, err
	}
	m, err := w.field1(offset, parts)
	if err != nil {
		return parts.end, w.fail(offset, err), nil
	}
	w.number++
	m.Number = w.number
	return parts.end, w.yield(m, nil), nil
}

// sections1 finds the sections by their lengths, and the end of the message.
func (w *walk) sections1(offset int64) (p parts1, err error) {
	head, err := w.bytes(offset, head1+8)
	if err != nil {
		return p, err
	}
	o := octets{b: head}
	total, flags := int64(o.u24(5)), o.u8(head1+8)
	if !large(total) && total > w.size-offset {
		return p, fmt.Errorf("%w: %d octets, of which the file has %d", ErrTruncated, total, w.size-offset)
	}
	at := offset + head1
	for _, s := range []struct {
		to      *section
		number  int
		present bool
	}{{&p.product, 1, true}, {&p.grid, 2, flags&flagGrid != 0}, {&p.bitmap, 3, flags&flagBitmap != 0}, {&p.data, 4, true}} {
		if !s.present {
			continue
		}
		head, err := w.bytes(at, 3)
		if err != nil {
			return p, err
		}
		o := octets{b: head}
		*s.to = section{number: s.number, offset: at, length: int64(o.u24(1))}
		if s.number == 4 && large(total) && s.to.length < largeUnit {
			total = (total-largeFlag)*largeUnit - s.to.length + 4
			s.to.length = total - (at - offset) - 4
		}
		if s.to.length < 3 || s.to.length > w.size-at {
			return p, fmt.Errorf("%w: section %d of %d octets at byte %d", ErrTruncated, s.number, s.to.length, at)
		}
		at += s.to.length
	}
	switch {
	case offset+total >= at+4 && w.isEnd(offset+total-4):
		p.end = offset + total
	case w.isEnd(at): // a wrong length, with sections that lead to the end all the same
		p.end = at + 4
	default:
		return p, fmt.Errorf("%w: no end at byte %d", ErrInvalid, at)
	}
	return p, nil
}

func large(total int64) bool { return total&largeFlag != 0 }

// field1 makes a message of its sections.
func (w *walk) field1(offset int64, parts parts1) (m *Message, err error) {
	defer caught(&err)
	o, err := w.body(parts.product)
	if err != nil {
		return nil, err
	}
	m = &Message{
		original: original{file: w.file, parts: []section{{offset: offset, length: parts.end - offset}}},
		Offset:   offset, Edition: 1, Tables: o.u8(4), Centre: o.u8(5), GeneratingProcess: o.u8(6), Parameter: o.u8(9),
		SubCentre: o.u8(26), DataTemplate: Missing, ProductTemplate: Missing, Discipline: Missing, Category: Missing,
	}
	if err := product1(m, o); err != nil {
		return nil, err
	}
	place, err := w.place1(parts.grid, m.Centre, o.u8(7))
	if err != nil {
		return nil, err
	}
	place.describe(m)
	m.GridTemplate = Missing
	m.values = values{file: w.file, points: m.layout.stored(m.Points), data: parts.data, edition: 1, decimal: o.i16(27), spectrum: place.spectrum, given: place.bitmap}
	if err := w.bitmap1(&m.values, parts.bitmap, m.Centre); err != nil {
		return nil, err
	}
	head, err := w.bytes(parts.data.offset, int(min(parts.data.length, dataHeadBytes)))
	if err != nil {
		return nil, err
	}
	m.Packing = m.values.linear(append([]byte(nil), head...))
	return m, o.check("section 1")
}

// bitmap1 reads the head of section 3.
func (w *walk) bitmap1(v *values, s section, centre int) error {
	if s.length == 0 {
		return nil
	}
	head, err := w.bytes(s.offset, int(min(s.length, 6)))
	if err != nil {
		return err
	}
	o := octets{b: head}
	rest := section{number: 3, offset: s.offset + 6, length: s.length - 6}
	if number := o.u16(5); number != 0 && !o.short {
		return w.predefine(v, Predefined{Edition: 1, Centre: centre, Number: number, Points: v.points}, rest)
	}
	v.bits = rest
	if v.bits.length < 1 {
		return fmt.Errorf("%w: empty bitmap", ErrInvalid)
	}
	return o.check("section 3")
}

package packing

// groupReader walks the groups of a data section (GRIB2 template 7.2): all references, all widths, all lengths, then the
// values themselves. The three lists are read side by side, so that none is kept.
type groupReader struct {
	groups
	references, widths, lengths, values cursor
	end8                                int   // where the values end, in bits
	rows                                []int // lengths of the groups, if they are rows
	expect                              int   // values that are still to come in groups not begun
	begun                               int   // groups
	left                                int   // values of the group that the cursor is in
	width                               int   // of these
	reference                           int64
}

// newGroupReader finds the lists in the data, and checks that they are whole.
func newGroupReader(g groups, data []byte, count int) (*groupReader, error) {
	r := &groupReader{groups: g, expect: count, end8: len(data) * 8}
	at := 0
	for _, list := range []struct {
		cursor *cursor
		bits   int
	}{{&r.references, g.linear.Bits}, {&r.widths, g.widthBits}, {&r.lengths, g.lengthBits}} {
		*list.cursor = cursor{data: data, pos: at * 8}
		at += (g.count*list.bits + 7) / 8
	}
	r.values = cursor{data: data, pos: at * 8}
	if at > len(data) {
		return nil, broken("%d groups described by %d octets in %d", g.count, at, len(data))
	}
	return r, nil
}

// read gives the next integers, absent where missing.
func (r *groupReader) read(q []int64) error {
	for len(q) > 0 {
		for r.left == 0 {
			if err := r.begin(); err != nil {
				return err
			}
		}
		n := min(r.left, len(q))
		if r.missing == missingNone {
			integers(q[:n], r.values.data, r.values.pos, r.width, r.reference)
		} else {
			r.readPresent(q[:n])
		}
		r.values.pos += n * r.width
		r.left -= n
		q = q[n:]
	}
	return nil
}

// begin reads the description of the next group, and checks that its values are there.
func (r *groupReader) begin() error {
	if r.begun == r.count {
		return broken("%d groups hold %d values too few", r.count, r.expect)
	}
	r.reference = r.references.next(r.linear.Bits)
	r.width = r.widthBase + int(r.widths.next(r.widthBits))
	r.left = r.lengthBase + r.lengthUnit*int(r.lengths.next(r.lengthBits))
	r.begun++
	switch {
	case r.rows != nil:
		r.left = r.rows[r.begun-1]
	case r.begun == r.count:
		r.left = r.lastLength
	}
	switch {
	case r.left < 0 || r.left > r.expect:
		return broken("group %d of %d values where %d are left", r.begun, r.left, r.expect)
	case r.width > maxWidth:
		return broken("group %d of width %d", r.begun, r.width)
	case r.left*r.width > r.end8-r.values.pos:
		return broken("group %d of %d values of %d bits in %d", r.begun, r.left, r.width, r.end8-r.values.pos)
	}
	r.expect -= r.left
	return nil
}

// end checks that no group is left over.
func (r *groupReader) end() error {
	for r.begun < r.count {
		if err := r.begin(); err != nil {
			return err
		}
	}
	return nil
}

// readPresent reads integers of a group under missing value management: the highest integer of the group's width, or of
// the references' width where the group has no bits, is a missing value; with secondary ones, so is the second highest.
func (r *groupReader) readPresent(q []int64) {
	if r.width == 0 {
		base := r.reference
		if isMissing(base, r.linear.Bits, r.missing) {
			base = absent
		}
		integers(q, nil, 0, 0, base)
		return
	}
	integers(q, r.values.data, r.values.pos, r.width, 0)
	for i, n := range q {
		if isMissing(n, r.width, r.missing) {
			q[i] = absent
		} else {
			q[i] = n + r.reference
		}
	}
}

// isMissing tells the integers of a width that stand for missing values.
func isMissing(n int64, width, management int) bool {
	highest := int64(1)<<width - 1
	return n == highest || management == missingSecondary && n == highest-1
}

package packing

// list is integers of one width in a row.
type list struct {
	cursor
	width int
}

func (l *list) next() int64 { return l.cursor.next(l.width) }

// groupReader walks values that are split into groups, each with a reference value and a width of its own. What describes
// the groups lies in lists that are read side by side, so that none of it is kept.
type groupReader struct {
	count                       int // of groups
	references, widths, lengths list
	widthBase                   int
	lengthBase, lengthUnit      int
	lastLength                  int        // of the last group; negative: as the list has it
	lengthOf                    func() int // gives the groups' lengths in order, where no list does
	missing                     int        // missing value management
	values                      cursor

	expect    int // values that are still to come in groups not begun
	begun     int // groups
	left      int // values of the group that the cursor is in
	width     int // of these
	reference int64
}

// maxEmpty is how many groups more than values there may be: empty ones take time and no room.
const maxEmpty = 1 << 16

// place puts lists one after the other from an octet on, each from an octet of its own, and the values behind them.
func (r *groupReader) place(data []byte, at int, lists ...*list) error {
	if r.count-r.expect > maxEmpty {
		return broken("%d groups of %d values", r.count, r.expect)
	}
	for _, l := range lists {
		l.cursor = cursor{data: data, pos: at * 8}
		at += (r.count*l.width + 7) / 8
	}
	r.values = cursor{data: data, pos: at * 8}
	if at > len(data) {
		return broken("%d groups described by %d octets in %d", r.count, at, len(data))
	}
	return nil
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
	r.reference = r.references.next()
	r.width = r.widthBase + int(r.widths.next())
	r.begun++
	switch {
	case r.lengthOf != nil:
		r.left = r.lengthOf()
	case r.begun == r.count && r.lastLength >= 0:
		r.left = r.lastLength
	default:
		r.left = r.lengthBase + r.lengthUnit*int(r.lengths.next())
	}
	bits := len(r.values.data)*8 - r.values.pos
	switch {
	case r.left < 0 || r.left > r.expect:
		return broken("group %d of %d values where %d are left", r.begun, r.left, r.expect)
	case r.width > maxWidth:
		return broken("group %d of width %d", r.begun, r.width)
	case r.left*r.width > bits:
		return broken("group %d of %d values of %d bits in %d", r.begun, r.left, r.width, bits)
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
		if isMissing(base, r.references.width, r.missing) {
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

// inOrder gives lengths one after the other.
func inOrder(lengths []int) func() int {
	i := -1
	return func() int {
		i++
		return lengths[i]
	}
}

package packing

// differences undoes spatial differencing (GRIB2 template 7.3, notes 1 and 2): the values hold differences less their
// minimum, the first values come apart. Order 0 leaves the integers alone.
type differences struct {
	order   int
	first   [2]int64 // the values that come apart
	minimum int64
	seen    int   // values that were already put in place, up to order
	value   int64 // the last value
	slope   int64 // the last first-order difference
}

// newDifferences reads the descriptors, and gives the data that follows them.
func newDifferences(g groups, data []byte) (*differences, []byte, error) {
	d := &differences{order: g.order}
	if g.order == 0 {
		return d, data, nil
	}
	size := g.descriptorsOctets
	if (g.order+1)*size > len(data) {
		return nil, nil, broken("%d descriptors of %d octets in %d", g.order+1, size, len(data))
	}
	for i := range g.order {
		for _, b := range data[i*size : (i+1)*size] {
			d.first[i] = d.first[i]<<8 | int64(b)
		}
	}
	d.minimum = int64(signMagnitude(data[g.order*size : (g.order+1)*size]))
	return d, data[(g.order+1)*size:], nil
}

// put places the next of the values that come apart.
func (d *differences) put() int64 {
	last := d.value
	d.value = d.first[d.seen]
	d.slope = d.value - last
	d.seen++
	return d.value
}

// sum turns differences into values, in place.
func (d *differences) sum(q []int64) {
	for len(q) > 0 && d.seen < d.order {
		q[0] = d.put()
		q = q[1:]
	}
	value, slope, minimum := d.value, d.slope, d.minimum
	switch d.order {
	case 1:
		for i, n := range q {
			value += n + minimum
			q[i] = value
		}
	case 2:
		for i, n := range q {
			slope += n + minimum
			value += slope
			q[i] = value
		}
	}
	d.value, d.slope = value, slope
}

// sumPresent is sum for integers some of which are absent: differences are taken between values that are present.
func (d *differences) sumPresent(q []int64) {
	if d.order == 0 {
		return
	}
	for i, n := range q {
		switch {
		case n == absent:
			continue
		case d.seen < d.order:
			d.put()
		case d.order == 1:
			d.value += n + d.minimum
		default:
			d.slope += n + d.minimum
			d.value += d.slope
		}
		q[i] = d.value
	}
}

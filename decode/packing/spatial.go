package packing

// maxOrder is the highest order of spatial differencing (GRIB1; GRIB2 has two).
const maxOrder = 3

// differences undoes spatial differencing (GRIB2 template 7.3, notes 1 and 2): the values hold differences less their
// minimum, the first values are told apart. Order 0 leaves the integers alone.
type differences struct {
	order   int
	first   [maxOrder]int64 // the values that are told apart
	apart   bool            // these have no place of their own among the groups' values
	minimum int64

	seen  int   // of the first values that were already put in place
	value int64 // the last value
	slope int64 // the last difference of first order
	curve int64 // the last one of second order
}

// header reads GRIB2 template 5.3's octets 48-49 and the descriptors at the begin of the data; it says where these end.
func (d *differences) header(v Values) (int, error) {
	size := int(v.Header[37])
	d.order = int(v.Header[36])
	switch {
	case d.order == 0: // of no use, but written: the integers as they are, and no descriptors
		return 0, nil
	case d.order > 2:
		return 0, unsupported("spatial differencing of order %d", d.order)
	case size > 8 || (d.order+1)*size > len(v.Data):
		return 0, broken("%d descriptors of %d octets in %d", d.order+1, size, len(v.Data))
	}
	for i := range d.order {
		for _, b := range v.Data[i*size : (i+1)*size] {
			d.first[i] = d.first[i]<<8 | int64(b)
		}
	}
	end := (d.order + 1) * size
	d.minimum = int64(signMagnitude(v.Data[d.order*size : end]))
	return end, nil
}

// put places the next of the values that come apart.
func (d *differences) put() int64 {
	slope := d.first[d.seen] - d.value
	d.value, d.curve, d.slope = d.first[d.seen], slope-d.slope, slope
	d.seen++
	return d.value
}

// sum turns differences into values, in place.
func (d *differences) sum(q []int64) {
	for len(q) > 0 && d.seen < d.order {
		q[0] = d.put()
		q = q[1:]
	}
	value, slope, curve, minimum := d.value, d.slope, d.curve, d.minimum
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
	case 3:
		for i, n := range q {
			curve += n + minimum
			slope += curve
			value += slope
			q[i] = value
		}
	}
	d.value, d.slope, d.curve = value, slope, curve
}

// sumPresent is sum for integers some of which are absent: differences are taken between values that are present. It
// knows the orders of GRIB2.
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

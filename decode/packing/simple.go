package packing

// unpackSimple reads GRIB2 template 5.0, simple packing: integers of one width, one after the other.
func unpackSimple(v Values, dst []float32) error {
	return simple(dst, v.Data, linearOf(v.Header))
}

// simple unpacks integers of one width.
func simple(dst []float32, data []byte, l Linear) error {
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if l.Bits == 0 {
		s.fill(dst)
		return nil
	}
	return eachChunk(len(dst), data, l.Bits, func(i int, q []int64) { s.apply(dst[i:i+len(q)], q) })
}

// unpackWith is simple for values that are another function of the integers.
func unpackWith(dst []float32, data []byte, l Linear, value func(s scale, q int64) float32) error {
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if l.Bits == 0 {
		x := value(s, 0)
		for i := range dst {
			dst[i] = x
		}
		return nil
	}
	return eachChunk(len(dst), data, l.Bits, func(i int, q []int64) {
		for j, n := range q {
			dst[i+j] = value(s, n)
		}
	})
}

// eachChunk reads count integers of one width, and hands them on from the i-th on.
func eachChunk(count int, data []byte, bits int, use func(i int, q []int64)) error {
	if bits > maxWidth {
		return unsupported("values of %d bits", bits)
	}
	if have := len(data) * 8 / bits; have < count {
		return broken("%d values of %d bits in %d octets", count, bits, len(data))
	}
	var q [chunk]int64
	for i := 0; i < count; i += chunk {
		n := min(chunk, count-i)
		integers(q[:n], data, i*bits, bits, 0)
		use(i, q[:n])
	}
	return nil
}

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
	if l.Bits > maxWidth {
		return unsupported("values of %d bits", l.Bits)
	}
	if have := len(data) * 8 / l.Bits; have < len(dst) {
		return broken("%d values of %d bits in %d octets", len(dst), l.Bits, len(data))
	}
	var q [chunk]int64
	for pos := 0; len(dst) > 0; {
		n := min(chunk, len(dst))
		integers(q[:n], data, pos, l.Bits, 0)
		s.apply(dst[:n], q[:n])
		dst, pos = dst[n:], pos+n*l.Bits
	}
	return nil
}

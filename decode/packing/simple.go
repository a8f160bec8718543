package packing

import "encoding/binary"

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
	if err := checkBits(len(dst), data, l.Bits); err != nil {
		return err
	}
	var q [chunk]int64
	s.packed(dst, data, l.Bits, q[:])
	return nil
}

// checkBits checks that integers of one width are there.
func checkBits(count int, data []byte, bits int) error {
	if bits > maxWidth {
		return unsupported("values of %d bits", bits)
	}
	if have := len(data) * 8 / bits; have < count {
		return broken("%d values of %d bits in %d octets", count, bits, len(data))
	}
	return nil
}

// packed writes the values of integers of one width that the data begin with. What the quickest way leaves goes through q.
func (s scale) packed(dst []float32, data []byte, width int, q []int64) {
	if width <= 16 {
		n := s.eights(dst, data, width)
		dst, data = dst[n:], data[n/8*width:]
	}
	for pos := 0; len(dst) > 0; {
		n := min(len(q), len(dst))
		integers(q[:n], data, pos, width, 0)
		s.apply(dst[:n], q[:n])
		dst, pos = dst[n:], pos+n*width
	}
}

// eights writes the values of integers of 16 bits or fewer: eight of them are as many octets as each has bits. It says how
// many it has written; what is near the end of the data is left.
func (s scale) eights(dst []float32, data []byte, width int) int {
	mask := uint64(1)<<width - 1
	half := width / 2                                  // where the fifth begins, in octets;
	down4, down8 := 64-4*width, 64-4*width-4*(width&1) // it may begin in the middle of one
	n := 0
	for ; len(dst) >= 8 && len(data) >= half+8; dst, data, n = dst[8:], data[width:], n+8 {
		v := binary.BigEndian.Uint64(data) >> (down4 & 63)
		w := binary.BigEndian.Uint64(data[half:]) >> (down8 & 63)
		to := (*[8]float32)(dst)
		to[3] = s.of(float64(int64(v & mask)))
		to[7] = s.of(float64(int64(w & mask)))
		v, w = v>>(width&63), w>>(width&63)
		to[2] = s.of(float64(int64(v & mask)))
		to[6] = s.of(float64(int64(w & mask)))
		v, w = v>>(width&63), w>>(width&63)
		to[1] = s.of(float64(int64(v & mask)))
		to[5] = s.of(float64(int64(w & mask)))
		v, w = v>>(width&63), w>>(width&63)
		to[0] = s.of(float64(int64(v & mask)))
		to[4] = s.of(float64(int64(w & mask)))
	}
	return n
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
	if err := checkBits(len(dst), data, l.Bits); err != nil {
		return err
	}
	var q [chunk]int64
	for i := 0; i < len(dst); i += chunk {
		n := min(chunk, len(dst)-i)
		integers(q[:n], data, i*l.Bits, l.Bits, 0)
		for j, m := range q[:n] {
			dst[i+j] = value(s, m)
		}
	}
	return nil
}

package jpeg2000

// tables are the contexts by neighbourhood, ISO/IEC 15444-1 tables D.1 to D.3.
type tables struct {
	// zero holds the contexts of significance: nine bits of significance around a sample, for each orientation.
	zero [4][512]uint8
	// sign holds the contexts of the sign, and what to flip it by in bit 7. Bits 1, 3, 5 and 7 of the index tell what is
	// significant to the north, west, east and south, the bits below them what is negative there.
	sign [256]uint8
	// refine holds the contexts of refinement: bit 1 of the index tells whether it is not the first, bit 0 whether there is
	// anything significant around.
	refine [4]uint8
}

func (t *tables) prepare() {
	t.refine = [4]uint8{contextRefine, contextRefine + 1, contextRefine + 2, contextRefine + 2}
	for i := range 512 {
		bit := func(n int) int { return i >> n & 1 }
		h, v, d := bit(3)+bit(5), bit(1)+bit(7), bit(0)+bit(2)+bit(6)+bit(8)
		t.zero[orientLL][i] = zeroContext(h, v, d)
		t.zero[orientLH][i] = zeroContext(h, v, d)
		t.zero[orientHL][i] = zeroContext(v, h, d)
		t.zero[orientHH][i] = diagonalContext(h+v, d)
	}
	for i := range 256 {
		side := func(n int) int { return (i >> (n + 1) & 1) * (1 - 2*(i>>n&1)) }
		h := min(1, max(-1, side(2)+side(4)))
		v := min(1, max(-1, side(0)+side(6)))
		flip := uint8(0)
		if h < 0 || h == 0 && v < 0 {
			h, v, flip = -h, -v, 0x80
		}
		context := contextSign + uint8(v) // h is 0
		if h == 1 {
			context = contextSign + 3 + uint8(v)
		}
		t.sign[i] = context | flip
	}
}

// zeroContext is table D.1 for LL and LH.
func zeroContext(h, v, d int) uint8 {
	switch {
	case h == 2:
		return 8
	case h == 1 && v > 0:
		return 7
	case h == 1 && d > 0:
		return 6
	case h == 1:
		return 5
	case v > 0:
		return uint8(2 + v)
	}
	return uint8(min(d, 2))
}

// diagonalContext is table D.1 for HH.
func diagonalContext(hv, d int) uint8 {
	switch {
	case d >= 3:
		return 8
	case d == 2:
		return uint8(6 + min(hv, 1))
	case d == 1:
		return uint8(3 + min(hv, 2))
	}
	return uint8(min(hv, 2))
}

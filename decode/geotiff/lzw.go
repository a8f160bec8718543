package geotiff

// Codes of TIFF's LZW (TIFF 6.0 section 13): 9 to 12 bits from the high bit on, widened one code before it is needed.
const (
	lzwClear = 256
	lzwEnd   = 257
	lzwFirst = 258
	lzwWidth = 12
)

// unpackLZW reads strings that are named by codes. A string is the one before it in the output and the byte behind that, so the
// table holds where in the output strings are.
func unpackLZW(dst, src []byte) error {
	if len(src) > 1 && src[0] == 0 && src[1]&1 == 1 {
		return unsupported("LZW from the low bit on, of before TIFF 5.0")
	}
	var begin, end [1 << lzwWidth]int
	var held uint32 // bits not used yet
	bits, width := 0, 9
	next, previous, out := lzwFirst, -1, 0 // previous is where the string before this begins
	for out < len(dst) {
		for bits < width {
			if len(src) == 0 {
				return errShort(dst, out)
			}
			held, bits, src = held<<8|uint32(src[0]), bits+8, src[1:]
		}
		bits -= width
		code := int(held >> bits & (1<<width - 1))
		if code == lzwClear {
			next, width, previous = lzwFirst, 9, -1
			continue
		}
		if code == lzwEnd {
			return errShort(dst, out)
		}
		if previous >= 0 && next < len(end) {
			begin[next], end[next] = previous, out+1
			next++
		}
		if code >= next {
			return invalid("LZW code %d", code)
		}
		previous = out
		if code < lzwClear {
			dst[out] = byte(code)
			out++
		} else {
			for from := begin[code]; from < end[code] && out < len(dst); from++ { // it may be the one that begins here
				dst[out] = dst[from]
				out++
			}
		}
		if next >= 1<<width-1 && width < lzwWidth {
			width++
		}
	}
	return nil
}

package inflate

import "fmt"

// longest is what one length and distance may write.
const longest = 258

// find gives the meaning of the next bits, of which a second table's first bits are taken.
func find(table []entry, first int, in *input) entry {
	e := table[in.held&(1<<first-1)]
	if e&second != 0 {
		in.take(int(e & 63))
		width := e >> extraAt & 31
		e = table[int(e>>valueAt)<<width+int(in.held&(1<<width-1))]
	}
	return e
}

// expand writes one block. It ends where dst does, too.
func (t *tables) expand(dst []byte, out int, in *input) (int, error) {
	for {
		in.more()
		e := find(t.literals[:], literalBits, in)
		in.take(int(e & 63))
		if e&literal != 0 { // 41 bits or more are left: two more literals fit
			if out == len(dst) {
				return out, nil
			}
			dst[out] = byte(e >> valueAt)
			out++
			e = find(t.literals[:], literalBits, in)
			in.take(int(e & 63))
			if e&literal != 0 && out < len(dst) {
				dst[out] = byte(e >> valueAt)
				out++
				continue
			}
			in.more()
		}
		if e&(literal|end) != 0 || e == 0 || out == len(dst) || in.ended() {
			if e&end == 0 && out < len(dst) {
				return out, fmt.Errorf("%w: no code, or the end, after %d octets", ErrBroken, out)
			}
			return out, nil
		}
		length := int(e>>valueAt) + in.take(int(e>>extraAt&31))
		e = find(t.offsets[:], offsetBits, in)
		in.take(int(e & 63))
		in.more()
		distance := int(e>>valueAt) + in.take(int(e>>extraAt&31))
		if e == 0 || distance > out {
			return out, fmt.Errorf("%w: repeats what is %d octets before %d", ErrBroken, distance, out)
		}
		out = repeat(dst, out, length, distance)
	}
}

// repeat copies what was written a distance before, as far as dst goes.
func repeat(dst []byte, out, length, distance int) int {
	stop := min(out+length, len(dst))
	for from := out - distance; out < stop; {
		out += copy(dst[out:stop], dst[from:out])
	}
	return out
}

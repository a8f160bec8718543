package inflate

import "fmt"

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

// expand writes one block, of which there must be more to write. It ends where dst does, too.
func (t *tables) expand(dst []byte, out int, in *input) (int, error) {
	for {
		in.more()
		e := find(t.literals[:], literalBits, in)
		in.take(int(e & 63))
		if e&literal != 0 {
			dst[out] = byte(e >> valueAt)
			if out++; out == len(dst) {
				return out, nil
			}
			e = find(t.literals[:], literalBits, in) // 41 bits or more are left: another code fits
			in.take(int(e & 63))
			if e&literal != 0 {
				dst[out] = byte(e >> valueAt)
				if out++; out == len(dst) {
					return out, nil
				}
				continue
			}
			in.more()
		}
		if e&end != 0 {
			return out, nil
		}
		if e == 0 || in.ended() {
			return out, fmt.Errorf("%w: no code after %d octets", ErrBroken, out)
		}
		length := int(e>>valueAt) + in.take(int(e>>extraAt&31))
		e = find(t.offsets[:], offsetBits, in)
		in.take(int(e & 63))
		in.more()
		distance := int(e>>valueAt) + in.take(int(e>>extraAt&31))
		if e == 0 || distance > out {
			return out, fmt.Errorf("%w: repeats what is %d octets before %d", ErrBroken, distance, out)
		}
		if out = repeat(dst, out, length, distance); out == len(dst) {
			return out, nil
		}
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

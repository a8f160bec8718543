package inflate

import (
	"fmt"
	"math/bits"
)

// Limits of RFC 1951 3.2.5 and 3.2.7.
const (
	maxCode      = 15  // bits of a code
	literalCodes = 288 // of which the last two mean nothing, as
	offsetCodes  = 32  // the last two of these
	usedLiterals = 286
	usedOffsets  = 30
	endOfBlock   = 256
)

// Bits of a code that the first look-up takes; longer codes need a second one.
const (
	literalBits = 11
	offsetBits  = 9
	lengthBits  = 7 // codes of code lengths, which are no longer than that
)

// An entry is what the next bits mean: from its lowest bit on, how many bits the code has (6 bits), how many extra bits
// follow (5 bits), one of the kinds, and the literal, the base of a length or distance, or a second table's place
// (16 bits). The entry 0 is no code.
type entry = uint32

const (
	extraAt       = 6
	literal entry = 1 << 12
	end     entry = 1 << 13
	second  entry = 1 << 14 // extra: how many bits choose from the second table
	valueAt       = 16
)

// Bases and extra bits of lengths and distances (3.2.5).
var (
	lengthBases = [...]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
		131, 163, 195, 227, 258}
	lengthExtra = [...]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	offsetBases = [...]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
		2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	offsetExtra = [...]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12,
		13, 13}
	// lengthOrder is the order in which the lengths of the codes for code lengths are given.
	lengthOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// tables holds the codes of one block. Second tables stand behind the first, not more of them than there are codes.
type tables struct {
	literals [1<<literalBits + literalCodes<<(maxCode-literalBits)]entry
	offsets  [1<<offsetBits + offsetCodes<<(maxCode-offsetBits)]entry
	lengths  [1 << lengthBits]entry
	standard bool // the codes are the fixed ones
}

func literalEntry(symbol int) entry {
	switch {
	case symbol < endOfBlock:
		return literal | entry(symbol)<<valueAt
	case symbol == endOfBlock:
		return end
	case symbol-endOfBlock > len(lengthBases):
		return 0
	}
	i := symbol - endOfBlock - 1
	return entry(lengthBases[i])<<valueAt | entry(lengthExtra[i])<<extraAt
}

func offsetEntry(symbol int) entry {
	if symbol >= len(offsetBases) {
		return 0
	}
	return entry(offsetBases[symbol])<<valueAt | entry(offsetExtra[symbol])<<extraAt
}

func lengthEntry(symbol int) entry { return literal | entry(symbol)<<valueAt }

// build fills a table from the lengths of codes by symbol (3.2.2). All codes must be given, but for tables of one code,
// or none.
func build(table []entry, first int, lengths []uint8, of func(symbol int) entry) error {
	clear(table[:1<<first])
	var count, next [maxCode + 1]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	code, room := 0, 1
	for n := 1; n <= maxCode; n++ {
		code = (code + count[n-1]) << 1
		next[n] = code
		if room = room<<1 - count[n]; room < 0 {
			return fmt.Errorf("%w: more codes than bits", ErrBroken)
		}
	}
	if lone := room == 1<<(maxCode-1) && count[1] == 1; room > 0 && room < 1<<maxCode && !lone {
		return fmt.Errorf("%w: fewer codes than bits", ErrBroken)
	}
	free := 1 << first // where the next second table goes
	for symbol, length := range lengths {
		n := int(length)
		if n == 0 {
			continue
		}
		reversed := int(bits.Reverse16(uint16(next[n]))) >> (16 - n)
		next[n]++
		e := of(symbol)
		if e == 0 {
			continue
		}
		if n <= first {
			for i := reversed; i < 1<<first; i += 1 << n {
				table[i] = e | entry(n)
			}
			continue
		}
		const wide = maxCode // each second table has room for the longest codes
		root := &table[reversed&(1<<first-1)]
		if *root == 0 {
			*root = second | entry(first) | entry(wide-first)<<extraAt | entry(free>>(wide-first))<<valueAt
			clear(table[free : free+1<<(wide-first)])
			free += 1 << (wide - first)
		}
		at := int(*root>>valueAt) << (wide - first)
		for i := reversed >> first; i < 1<<(wide-first); i += 1 << (n - first) {
			table[at+i] = e | entry(n-first)
		}
	}
	return nil
}

// fixed makes the codes that need no description (3.2.6).
func (t *tables) fixed() {
	if t.standard {
		return
	}
	t.standard = true
	var lengths [literalCodes]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	build(t.literals[:], literalBits, lengths[:], literalEntry)
	for i := range offsetCodes {
		lengths[i] = 5
	}
	build(t.offsets[:], offsetBits, lengths[:offsetCodes], offsetEntry)
}

// read reads a block's description of its codes (3.2.7).
func (t *tables) read(in *input) error {
	t.standard = false
	in.more()
	literals, offsets, n := 257+in.take(5), 1+in.take(5), 4+in.take(4)
	if literals > usedLiterals || offsets > usedOffsets {
		return fmt.Errorf("%w: %d and %d codes", ErrBroken, literals, offsets)
	}
	var lengths [literalCodes + offsetCodes]uint8
	for _, symbol := range lengthOrder[:n] {
		in.more()
		lengths[symbol] = uint8(in.take(3))
	}
	if err := build(t.lengths[:], lengthBits, lengths[:len(lengthOrder)], lengthEntry); err != nil {
		return err
	}
	clear(lengths[:])
	for i := 0; i < literals+offsets; {
		in.more()
		e := t.lengths[in.held&(1<<lengthBits-1)]
		if e == 0 || in.ended() {
			return fmt.Errorf("%w: no code", ErrBroken)
		}
		in.take(int(e & 63))
		symbol, times, value := int(e>>valueAt), 1, uint8(0)
		switch symbol {
		case 16:
			if i == 0 {
				return fmt.Errorf("%w: repeats nothing", ErrBroken)
			}
			times, value = 3+in.take(2), lengths[i-1]
		case 17:
			times = 3 + in.take(3)
		case 18:
			times = 11 + in.take(7)
		default:
			value = uint8(symbol)
		}
		if i+times > literals+offsets {
			return fmt.Errorf("%w: lengths of too many codes", ErrBroken)
		}
		for range times {
			lengths[i] = value
			i++
		}
	}
	if err := build(t.literals[:], literalBits, lengths[:literals], literalEntry); err != nil {
		return err
	}
	return build(t.offsets[:], offsetBits, lengths[literals:literals+offsets], offsetEntry)
}

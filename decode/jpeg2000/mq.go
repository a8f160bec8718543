package jpeg2000

import "math/bits"

// Contexts of the coding passes; 0 to 8 are those of significance, ISO/IEC 15444-1 table D.7.
const (
	contextSign    = 9
	contextRefine  = 14
	contextRun     = 17
	contextUniform = 18
)

// The decoder's registers keep the probability and the code in units of 1 << unit: a state's word holds Qe there, so
// that one subtraction on the word's upper half is all that most decisions cost.
const (
	unit     = 32
	unitMask = -1 << unit
	halfA    = 0x8000 << unit // A is at least this between decisions
)

// mq is the arithmetic decoder of ISO/IEC 15444-1 annex C.
//
// A decision for the more probable symbol without renormalisation takes Qe from both A and C, while A stays at or above
// halfA and C at or above 0. So only d, the smaller of A-halfA and C, is kept up to date, by the passes, in a local
// variable; the other two are offsets against it. A decision that makes d negative is finished by slow.
type mq struct {
	contexts   [32]uint64  // words of states
	states     [128]uint64 // two for each state: the more probable symbol is 0 or 1
	offA, offC int64
	count      int    // bits of code below the unit that are filled; negative: bits above it that are not
	data       []byte // ends with two bytes 0xFF
	pos        int
	after      bool // the byte before pos was 0xFF
}

// start begins a codeword segment and gives the first d.
func (m *mq) start(data []byte) int64 {
	m.data, m.pos, m.after, m.count = data, 0, false, -15
	c := m.fill(0)
	d := min(0x8000<<unit-halfA, c)
	m.offA, m.offC = -d, c-d
	return d
}

// fill adds bytes to the code until fewer than eight bits have room, ISO/IEC 15444-1 figure C.19.
func (m *mq) fill(c int64) int64 {
	for m.count <= unit-8 {
		b := m.data[m.pos]
		switch {
		case !m.after:
			m.pos++
			m.count += 8
			m.after = b == 0xFF
		case b > 0x8F: // the end of the data: ones for ever
			m.count += 8
			b = 0xFF
		default:
			m.pos++
			m.count += 7
			m.after = false
		}
		c += int64(b) << uint(unit-m.count)
	}
	return c
}

// slow finishes a decision whose Qe has made d negative: it gives the new d and the bit.
func (m *mq) slow(d int64, context uint8) (int64, uint64) {
	word := m.contexts[context&31]
	qe := int64(word) & unitMask
	a, c := d+m.offA+halfA, d+m.offC
	// Which part the code is in is as good as random: arithmetic is cheaper than branches that can't be foreseen.
	lower := c >> 63           // all ones: in the lower, less probable part
	flip := lower ^ (a-qe)>>63 // the parts change their places when the upper one is the smaller
	c += qe & lower
	a ^= (a ^ qe) & lower
	bit := word&1 ^ uint64(flip&1)
	m.contexts[context&31] = m.states[word>>uint(1+7&flip)&127]
	n := uint(bits.LeadingZeros64(uint64(a))) - (63 - 15 - unit)
	a <<= n
	c <<= n
	if m.count -= int(n); m.count < 0 {
		c = m.fill(c)
	}
	a -= halfA
	d = min(a, c)
	m.offA, m.offC = a-d, c-d
	return d, bit
}

// reset puts the contexts into their first states, ISO/IEC 15444-1 table D.7.
func (m *mq) reset() {
	for i := range m.contexts {
		m.contexts[i] = m.states[0]
	}
	m.contexts[0] = m.states[4<<1]
	m.contexts[contextRun] = m.states[3<<1]
	m.contexts[contextUniform] = m.states[46<<1]
}

// prepare fills in the words of the states. A word holds Qe from bit 32 on, then the next word's number after the less
// probable symbol (bits 8 to 14) and after the more probable one (bits 1 to 7), and the more probable symbol in bit 0.
func (m *mq) prepare() {
	for i, s := range mqTable {
		for mps := range uint64(2) {
			lps := mps ^ s.change
			m.states[uint64(i)<<1|mps] = s.qe<<unit | (s.lps<<1|lps)<<8 | (s.mps<<1|mps)<<1 | mps
		}
	}
}

// mqTable is ISO/IEC 15444-1 table C.2.
var mqTable = [47]struct{ qe, mps, lps, change uint64 }{
	{0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0}, {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0},
	{0x5601, 7, 6, 1}, {0x5401, 8, 14, 0}, {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
	{0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0}, {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0},
	{0x3801, 19, 17, 0}, {0x3401, 20, 18, 0}, {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
	{0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0}, {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0},
	{0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0}, {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
	{0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0}, {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0},
	{0x0015, 43, 40, 0}, {0x0009, 44, 41, 0}, {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
}

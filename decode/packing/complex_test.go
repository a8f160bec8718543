package packing_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"isobar/decode/packing"
)

// lost marks an integer that is a missing value, lost2 one that is a secondary missing value.
const (
	lost  = math.MaxInt64
	lost2 = lost - 1
)

// groupPacker packs integers as templates 5.2 and 5.3 have them.
type groupPacker struct {
	linear      packing.Linear
	lengths     []int // of the groups
	byRow       bool
	management  int // of missing values
	order       int
	descriptors int // octets
}

// pack takes differences, cuts groups and writes them.
func (p groupPacker) pack(q []int64) packing.Values {
	v := packing.Values{Template: 2, Count: len(q)}
	q = slices.Clone(q)
	var special packer
	if p.order > 0 {
		v.Template = 3
		p.difference(q, &special)
	}
	var references, widths, lengths []uint64
	body := packer{}
	rest := q
	for _, n := range p.lengths {
		group := rest[:n]
		rest = rest[n:]
		reference, width := p.put(group, &body)
		references, widths = append(references, reference), append(widths, uint64(width))
		lengths = append(lengths, uint64(n))
	}
	width := p.linear.Bits
	minWidth := slices.Min(widths)
	for i := range widths {
		widths[i] -= minWidth
	}
	h := head(p.linear, 0, 1, byte(p.management))
	if p.byRow {
		h[10] = 0
		v.Rows = func() []int { return p.lengths }
		clear(lengths)
	}
	const step = 2 // all lengths but the last are even
	base := slices.Min(lengths) &^ 1
	for i := range lengths {
		lengths[i] = (lengths[i] - base) / step
	}
	last := p.lengths[len(p.lengths)-1]
	widthBits, lengthBits := bits.Len64(slices.Max(widths)), bits.Len64(slices.Max(lengths))
	h = append(h, make([]byte, 8)...)
	h = binary.BigEndian.AppendUint32(h, uint32(len(p.lengths)))
	h = append(h, byte(minWidth), byte(widthBits))
	h = append(binary.BigEndian.AppendUint32(h, uint32(base)), step)
	h = append(binary.BigEndian.AppendUint32(h, uint32(last)), byte(lengthBits))
	v.Header = append(h, byte(p.order), byte(p.descriptors))
	v.Data = slices.Concat(special.data, pack(references, width), pack(widths, widthBits), pack(lengths, lengthBits), body.data)
	return v
}

// put writes a group's values, and gives its reference and width.
func (p groupPacker) put(group []int64, body *packer) (reference uint64, width int) {
	low, high, missing := int64(math.MaxInt64), int64(math.MinInt64), false
	for _, n := range group {
		if n >= lost2 {
			missing = true
			continue
		}
		low, high = min(low, n), max(high, n)
	}
	switch {
	case high < low && len(group) > 0 && !slices.ContainsFunc(group, func(n int64) bool { return n != group[0] }):
		return 1<<p.linear.Bits - 1 - uint64(lost-group[0]), 0
	case high < low:
		low, high = 0, 0
	}
	if width = bits.Len64(uint64(high - low)); missing || p.management > 0 && width > 0 {
		width = bits.Len64(uint64(high-low) + uint64(p.management))
	}
	for _, n := range group {
		if n >= lost2 {
			body.put(1<<width-1-uint64(lost-n), width)
		} else {
			body.put(uint64(n-low), width)
		}
	}
	return uint64(low), width
}

// difference replaces values by differences less their minimum, and writes what undoes that.
func (p groupPacker) difference(q []int64, special *packer) {
	var present []int
	for i, n := range q {
		if n < lost2 {
			present = append(present, i)
		}
	}
	p.order = min(p.order, 2)
	var values []int64
	for _, i := range present {
		values = append(values, q[i])
	}
	first := make([]int64, p.order)
	copy(first, values)
	least := int64(0)
	for k, i := range present {
		switch {
		case k < p.order:
			q[i] = 0
			continue
		case p.order == 1:
			q[i] = values[k] - values[k-1]
		default:
			q[i] = values[k] - 2*values[k-1] + values[k-2]
		}
		least = min(least, q[i])
	}
	for k, i := range present {
		if k >= p.order {
			q[i] -= least
		}
	}
	for _, n := range first {
		special.put(uint64(n), 8*p.descriptors)
	}
	special.put(1, 1)
	special.put(uint64(-least), 8*p.descriptors-1)
}

// wave is integers like those of a forecast: smooth, with some noise, and with gaps where wanted.
func wave(r *rand.Rand, count, management int) []int64 {
	q := make([]int64, count)
	for i := range q {
		q[i] = int64(500+400*math.Sin(float64(i)/30)) + r.Int64N(9)
		if management > 0 && (i/50%5 == 1 || r.IntN(9) == 0) {
			q[i] = lost - r.Int64N(int64(management))
		}
	}
	return q
}

// cut makes random lengths of groups with a sum, all of them even but the last.
func cut(r *rand.Rand, count int) (lengths []int) {
	for {
		n := 2 * r.IntN(20)
		if n > count {
			return append(lengths, count)
		}
		lengths = append(lengths, n)
		count -= n
	}
}

func TestComplexGivesWhatWasPacked(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for _, order := range []int{0, 1, 2} {
		for _, management := range []int{0, 1, 2} {
			for _, byRow := range []bool{false, true} {
				for _, count := range []int{1, 2, 3, 100, 5000} {
					name := fmt.Sprintf("%d values, order %d, management %d, by row: %v", count, order, management, byRow)
					q := wave(r, count, management)
					p := groupPacker{
						linear: packing.Linear{Reference: -20, Binary: -1, Decimal: 1, Bits: 13}, lengths: cut(r, count),
						byRow: byRow, management: management, order: order, descriptors: 2 + r.IntN(3),
					}
					got := make([]float32, count)
					if err := p.pack(q).Unpack(got); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					for i, n := range q {
						if n >= lost2 {
							if got[i] == got[i] {
								t.Fatalf("%s: value %d is %v, want none", name, i, got[i])
							}
						} else if want := exact(p.linear, uint64(n)); got[i] != want {
							t.Fatalf("%s: value %d is %v, want %v", name, i, got[i], want)
						}
					}
				}
			}
		}
	}
}

func TestComplexWithoutGroupsIsConstant(t *testing.T) {
	for _, template := range []int{2, 3} {
		h := append(head(packing.Linear{Reference: 5, Decimal: -1}), make([]byte, 29)...)
		got := make([]float32, 2)
		if err := (packing.Values{Template: template, Header: h, Count: 2}).Unpack(got); err != nil || got[0] != 50 || got[1] != 50 {
			t.Errorf("template 5.%d: %v, error %v, want 50", template, got, err)
		}
	}
}

func TestComplexRefusals(t *testing.T) {
	whole := groupPacker{linear: packing.Linear{Bits: 13}, lengths: []int{6, 4}, order: 2, descriptors: 2}.
		pack([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	for _, c := range []struct {
		what   string
		change func(h []byte)
		want   error
	}{
		{"a sum of lengths above the count", func(h []byte) { h[34]++ }, packing.ErrBroken},
		{"a sum of lengths below the count", func(h []byte) { h[34]-- }, packing.ErrBroken},
		{"four thousand million groups", func(h []byte) { h[20] = 0xff }, packing.ErrBroken},
		{"four thousand million groups of nothing", func(h []byte) {
			h[20] = 0xff
			for _, bits := range []int{8, 25, 35} {
				h[bits] = 0
			}
			h[29] = 0 // the base of lengths
		}, packing.ErrBroken},
		{"lengths of four thousand million", func(h []byte) { h[26] = 0xff }, packing.ErrBroken},
		{"widths beyond the data", func(h []byte) { h[24] = 57 }, packing.ErrBroken},
		{"widths beyond all words", func(h []byte) { h[24] = 255 }, packing.ErrBroken},
		{"references beyond all words", func(h []byte) { h[8] = 255 }, packing.ErrBroken},
		{"descriptors beyond the data", func(h []byte) { h[37] = 255 }, packing.ErrBroken},
		{"differences of order 3", func(h []byte) { h[36] = 3 }, packing.ErrUnsupported},
		{"missing value management 3", func(h []byte) { h[11] = 3 }, packing.ErrUnsupported},
		{"rows of an unknown grid", func(h []byte) { h[10] = 0 }, packing.ErrUnsupported},
	} {
		v := whole
		v.Header = slices.Clone(whole.Header)
		c.change(v.Header)
		refused(t, c.what, v.Unpack(make([]float32, v.Count)), c.want)
	}
}

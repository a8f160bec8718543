package grib

import "testing"

func TestTurnMaskTurnsEverySecondRow(t *testing.T) {
	for _, c := range []struct {
		mask, want string
		rows       []int
	}{
		{"110100101", "110001101", []int{3, 3, 3}},
		{"110100101100", "110010010011", []int{3, 5, 0, 4}},
		{"1", "1", []int{1}},
		{"10", "10", []int{1, 300}}, // more than there is
	} {
		mask := make([]byte, (len(c.mask)+7)/8)
		for i, bit := range c.mask {
			if bit == '1' {
				mask[i>>3] |= 0x80 >> (i & 7)
			}
		}
		turnMask(mask, c.rows)
		got := ""
		for i := range c.mask {
			got += string('0' + rune(mask[i>>3]>>(7-i&7)&1))
		}
		if got != c.want {
			t.Errorf("turnMask(%s, %v) = %s, want %s", c.mask, c.rows, got, c.want)
		}
	}
}

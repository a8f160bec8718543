package grib

import (
	"fmt"
	"slices"
	"testing"
)

func TestScanningModes(t *testing.T) {
	// The file has 1 to 6 on three columns and two rows; want is the grid's order: north to south, west to east.
	for _, c := range []struct {
		mode byte
		want []float32
	}{
		{0x00, []float32{1, 2, 3, 4, 5, 6}},
		{0x40, []float32{4, 5, 6, 1, 2, 3}},
		{0x80, []float32{3, 2, 1, 6, 5, 4}},
		{0xc0, []float32{6, 5, 4, 3, 2, 1}},
		{0x20, []float32{1, 3, 5, 2, 4, 6}},
		{0x60, []float32{2, 4, 6, 1, 3, 5}},
		{0xa0, []float32{5, 3, 1, 6, 4, 2}},
		{0xe0, []float32{6, 4, 2, 5, 3, 1}},
		{0x10, []float32{1, 2, 3, 6, 5, 4}},
		{0x50, []float32{6, 5, 4, 1, 2, 3}},
		{0x90, []float32{3, 2, 1, 4, 5, 6}},
		{0x30, []float32{1, 4, 5, 2, 3, 6}},
	} {
		t.Run(fmt.Sprintf("%#02x", c.mode), func(t *testing.T) {
			m := one(t, small(c.mode))
			got := unpacked(t, m)
			if !alike(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for i := range got {
				if v := got[m.Canonical(i)]; v != float32(i+1) {
					t.Errorf("Canonical(%d) = %d, where the value is %v", i, m.Canonical(i), v)
				}
			}
			if box := m.Grid.Extent(); box != [4]float64{0, 49, 2, 50} {
				t.Errorf("extent %v", box)
			}
			if m.InOrder() != (c.mode == 0) {
				t.Errorf("InOrder() = %v", m.InOrder())
			}
		})
	}
}

func TestArrangingIsWhatCanonicalSays(t *testing.T) {
	rows := []int{2, 5, 1, 4}
	for mode := 0; mode < 256; mode += 16 {
		for _, l := range []layout{{ni: 4, nj: 3}, {ni: 5, nj: 1}, {ni: 1, nj: 6}, {rows: rows}, {ni: 4, nj: 3, pole: poleFirst}, {ni: 4, nj: 3, pole: poleLast}} {
			l.westwards, l.northwards = mode&scanWestwards != 0, mode&scanNorthwards != 0
			l.columnwise, l.alternating = mode&scanColumnwise != 0, mode&scanAlternating != 0
			if l.columnwise && l.rows != nil || l.pole != noPole && mode&^scanNorthwards != 0 {
				continue // refused, or of no grid
			}
			n := l.ni * l.nj
			for _, count := range l.rows {
				n += count
			}
			stored := l.stored(n)
			values := make([]float32, n)
			for k := range stored {
				values[k] = float32(k + 1)
			}
			l.arrange(values)
			for k := range stored {
				if got := values[l.canonical(k)]; got != float32(k+1) {
					t.Errorf("mode %#02x of %+v: point %d has the value of %v; %v", mode, l, k, got-1, values)
					break
				}
			}
			if i := slices.Index(values, 0); i >= 0 {
				t.Errorf("mode %#02x of %+v leaves %d out", mode, l, i)
			}
		}
	}
}

func TestBitmapsSpreadValues(t *testing.T) {
	for _, c := range []struct {
		mask []byte
		n    int
		want []float32
	}{
		{[]byte{0xff, 0x80}, 9, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{[]byte{0x00, 0x00}, 9, []float32{nan, nan, nan, nan, nan, nan, nan, nan, nan}},
		{[]byte{0x00, 0x80}, 9, []float32{nan, nan, nan, nan, nan, nan, nan, nan, 1}},
		{[]byte{0xa5, 0xff}, 16, []float32{1, nan, 2, nan, nan, 3, nan, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
	} {
		dst := make([]float32, c.n)
		packed := dst[c.n-ones(c.mask):]
		for i := range packed {
			packed[i] = float32(i + 1)
		}
		if spread(dst, packed, c.mask); !alike(dst, c.want) {
			t.Errorf("mask %x: %v, want %v", c.mask, dst, c.want)
		}
	}
}

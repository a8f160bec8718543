package packing_test

import (
	"fmt"
	"strings"
	"testing"

	"isobar/decode/packing"
)

// levelHeader is the header of template 5.200: bits, the highest level in use, the levels' values with one decimal.
func levelHeader(bits, used byte, values ...byte) []byte {
	h := []byte{bits, 0, used, 0, byte(len(values)), 1}
	for _, v := range values {
		h = append(h, 0, v)
	}
	return h
}

func TestRunLengthIsUndone(t *testing.T) {
	for _, c := range []struct {
		what   string
		header []byte
		data   []uint64
		bits   int
		want   string
	}{
		{"levels alone", levelHeader(8, 3, 10, 20, 30), []uint64{1, 2, 3, 0}, 8, "[1 2 3 NaN]"},
		{"one digit", levelHeader(8, 3, 10, 20, 30), []uint64{2, 4 + 3, 1}, 8, "[2 2 2 2 1]"},
		{"two digits in base 5", levelHeader(4, 10, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100), []uint64{3, 11 + 1, 11 + 1, 4}, 4, "[3 3 3 3 3 3 3 4]"},
		{"fewer levels in use than the table has", levelHeader(8, 1, 10, 20), []uint64{1, 2 + 1, 0}, 8, "[1 1 NaN]"},
	} {
		data := pack(c.data, c.bits)
		count := len(strings.Fields(c.want))
		got := make([]float32, count)
		if err := (packing.Values{Template: 200, Header: c.header, Data: data, Count: count}).Unpack(got); err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, error %v, want %s", c.what, got, err, c.want)
		}
	}
}

func TestRunLengthRefusals(t *testing.T) {
	for _, c := range []struct {
		what   string
		header []byte
		data   []byte
	}{
		{"a run before any level", levelHeader(8, 1, 10), []byte{2, 1, 1}},
		{"a run that is too long", levelHeader(8, 1, 10), []byte{1, 255, 255}},
		{"too few values", levelHeader(8, 1, 10), []byte{1}},
		{"levels of no bits", levelHeader(0, 1, 10), []byte{1}},
		{"levels that the table has not", levelHeader(8, 3, 10), []byte{1, 1, 1}},
		{"a table cut short", levelHeader(8, 1, 10)[:7], []byte{1, 1, 1}},
		{"more levels than numbers", levelHeader(1, 2, 10, 20), []byte{1}},
	} {
		refused(t, c.what, packing.Values{Template: 200, Header: c.header, Data: c.data, Count: 3}.Unpack(make([]float32, 3)), packing.ErrBroken)
	}
}

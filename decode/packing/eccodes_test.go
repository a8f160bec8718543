package packing_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isobar/decode/packing"
)

// sample is a field of 9 rows of 18 points that ecCodes 2.28 packed, and the values that it reads from it.
type sample struct {
	edition, number int // number: of the template, or the decimal scale factor in edition 1
	name            string
	header, data    []byte
	want            []float64
}

// samples reads testdata: two lines a field, what it is and its values.
func samples(t testing.TB) []sample {
	t.Helper()
	file, err := os.Open("testdata/eccodes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []sample
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		s, header, data := sample{}, "", ""
		if _, err := fmt.Sscan(lines.Text(), &s.edition, &s.name, &s.number, &header, &data); err != nil || !lines.Scan() {
			t.Fatalf("testdata: %v", err)
		}
		s.header, s.data = unhex(t, header), unhex(t, strings.TrimPrefix(data, "-"))
		for word := range strings.FieldsSeq(lines.Text()) {
			v, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			s.want = append(s.want, v)
		}
		all = append(all, s)
	}
	return all
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	octets, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// unpack reads a sample.
func (s sample) unpack(dst []float32) error {
	if s.edition == 1 {
		return packing.Values1{Section: s.header, Decimal: s.number, Count: len(dst), Rows: rowsOf18}.Unpack(dst)
	}
	return packing.Values{Template: s.number, Header: s.header, Data: s.data, Count: len(dst), Rows: rowsOf18}.Unpack(dst)
}

func rowsOf18() []int { return slices.Repeat([]int{18}, 9) }

func TestValuesAreTheNearestToThoseOfEcCodes(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(fmt.Sprintf("edition %d %s", s.edition, s.name), func(t *testing.T) {
			got := make([]float32, len(s.want))
			if err := s.unpack(got); err != nil {
				t.Fatal(err)
			}
			for i, want := range s.want {
				if got[i] != float32(want) {
					t.Fatalf("value %d is %v, want %v", i, got[i], float32(want))
				}
			}
		})
	}
}

// TestShortDataAreRefused cuts what ecCodes packed: no value may be made up.
func TestShortDataAreRefused(t *testing.T) {
	for _, s := range samples(t) {
		part := &s.data
		if s.edition == 1 {
			part = &s.header
		}
		if len(*part) == 0 {
			continue
		}
		whole := *part
		for _, keep := range []int{0, 3, 12, len(whole) / 2, len(whole) * 9 / 10} {
			if keep == 0 && strings.HasPrefix(s.name, "complex") {
				continue // a constant field
			}
			*part = whole[:keep]
			if err := s.unpack(make([]float32, len(s.want))); err == nil {
				t.Errorf("edition %d %s: cut to %d of %d octets, no error", s.edition, s.name, keep, len(whole))
			}
		}
	}
}

func TestLinearGivesTheValues(t *testing.T) {
	for _, s := range samples(t) {
		l, ok := packing.Values{Template: s.number, Header: s.header, Data: s.data, Count: len(s.want)}.Linear()
		if s.edition == 1 {
			l, ok = packing.Values1{Section: s.header, Decimal: s.number, Count: len(s.want)}.Linear()
		}
		if quantised := !strings.HasPrefix(s.name, "ieee") && !strings.Contains(s.name, "log"); ok != quantised {
			t.Errorf("edition %d %s: linear %v, want %v", s.edition, s.name, ok, quantised)
		}
		if !ok {
			continue
		}
		for i, want := range s.want {
			q := (want*math.Pow10(l.Decimal) - l.Reference) / math.Ldexp(1, l.Binary)
			if n := math.Round(q); math.Abs(q-n) > 1e-6 || n < 0 || n >= math.Ldexp(1, l.Bits) {
				t.Errorf("edition %d %s: %+v gives q = %v for value %d", s.edition, s.name, l, q, i)
				break
			}
		}
	}
}

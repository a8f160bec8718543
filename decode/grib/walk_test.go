package grib

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestMessagesAreFoundBetweenOtherThings(t *testing.T) {
	two, one := small(0), small1()
	bulletin := []byte("\x01\r\r\n123\r\r\nHRPA98 EGRR 240600\r\r\n")
	for _, c := range []struct {
		name     string
		file     []byte
		editions []int
	}{
		{"one message", two, []int{2}},
		{"both editions", slices.Concat(two, one, two), []int{2, 1, 2}},
		{"bulletin headers", slices.Concat(bulletin, one, []byte("\r\r\n\x03"), bulletin, two), []int{1, 2}},
		{"padding", slices.Concat(one, make([]byte, 100), two, make([]byte, 3)), []int{1, 2}},
		{"a separator with the magic word", slices.Concat(two, []byte("**** GRIB file ****"), two), []int{2, 2}},
		{"a web page first", slices.Concat([]byte("<html>no GRIB</html>\n"), two), []int{2}},
		{"the magic word across reads", slices.Concat(make([]byte, windowBytes-2), two), []int{2}},
		{"a message across reads", slices.Concat(make([]byte, windowBytes-20), one), []int{1}},
		{"an empty file", nil, nil},
		{"a web page alone", []byte("<html>404</html>"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields, errs := read(t, c.file)
			if len(errs) != 0 {
				t.Fatal(errs)
			}
			var got []int
			for i, m := range fields {
				got = append(got, m.Edition)
				if m.Number != i+1 {
					t.Errorf("message %d has number %d", i+1, m.Number)
				}
				if v := unpacked(t, m); !alike(v, []float32{1, 2, 3, 4, 5, 6}) {
					t.Errorf("message %d has values %v", i+1, v)
				}
			}
			if !slices.Equal(got, c.editions) {
				t.Errorf("editions %v, want %v", got, c.editions)
			}
		})
	}
}

func TestBrokenMessagesAreNamedAndTheWalkGoesOn(t *testing.T) {
	good := small(0)
	lost := slices.Delete(slices.Clone(good), 100, 101) // an octet lost on the way
	other := slices.Clone(good)
	other[7] = 3
	headless := slices.Clone(good)
	headless[20] = 9 // section 1's number
	noEnd1 := slices.Clone(small1())
	copy(noEnd1[len(noEnd1)-4:], "777x")
	noData := message2(0, identity(), latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0), productSection(6))
	for _, c := range []struct {
		name   string
		file   []byte
		number int
		offset int64
		is     error
		fields int
	}{
		{"cut off at the end", slices.Concat(good, good[:len(good)-9]), 2, int64(len(good)), ErrTruncated, 1},
		{"cut off in section 0", slices.Concat(good, good[:6]), 2, int64(len(good)), ErrTruncated, 1},
		{"an octet lost", slices.Concat(lost, good), 1, 0, ErrInvalid, 1},
		{"an unknown edition", slices.Concat(other, good), 1, 0, ErrUnsupported, 1},
		{"no section 1", slices.Concat(headless, good), 1, 0, ErrInvalid, 1},
		{"no end in edition 1", slices.Concat(noEnd1, good), 1, 0, ErrInvalid, 1},
		{"edition 1 cut off", small1()[:60], 1, 0, ErrTruncated, 0},
		{"no data", slices.Concat(noData, good), 1, 0, ErrInvalid, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields, errs := read(t, c.file)
			if len(errs) != 1 || len(fields) != c.fields {
				t.Fatalf("%d fields and errors %v", len(fields), errs)
			}
			var at *Error
			if !errors.As(errs[0], &at) || at.Number != c.number || at.Offset != c.offset || !errors.Is(at, c.is) {
				t.Errorf("error %v, want message %d at %d: %v", errs[0], c.number, c.offset, c.is)
			}
		})
	}
}

func TestAWrongLengthInSection0DoesNoHarm(t *testing.T) {
	file := small(0)
	file[15]++
	one(t, file)
	file = small1()
	file[6]--
	one(t, file)
}

func TestRepeatedSectionsMakeSeveralFields(t *testing.T) {
	grid := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0)
	other := latLonSection(2, 2, 10000000, 0, 9000000, 1000000, 1000000, 1000000, 0)
	five, seven := octetsPacked(1, 2, 3, 4)
	bitmap, again := section2(6, 0, 0b10110100), section2(6, 254)
	five2, seven2 := octetsPacked(5, 6, 7, 8)
	all5, all7 := octetsPacked(9, 8, 7, 6, 5, 4)
	local := section2(2, 1, 2, 3)
	file := message2(0, identity(),
		local, grid, productSection(0), five, bitmap, seven, // bitmap of its own
		productSection(3), five2, again, seven2, // 4 to 7, with the same bitmap
		grid, productSection(6), all5, noBitmap(), all7, // 3 to 7
		local, other, productSection(9), five, noBitmap(), seven, // 2 to 7
	)
	fields, errs := read(t, file)
	if len(errs) != 0 || len(fields) != 4 {
		t.Fatalf("%d fields, errors %v", len(fields), errs)
	}
	for i, want := range [][]float32{{1, nan, 2, 3, nan, 4}, {5, nan, 6, 7, nan, 8}, {9, 8, 7, 6, 5, 4}, {1, 2, 3, 4}} {
		if got := unpacked(t, fields[i]); !alike(got, want) {
			t.Errorf("field %d is %v, want %v", i+1, got, want)
		}
		if hours := fields[i].Valid.Sub(fields[i].Reference).Hours(); hours != float64(3*i) {
			t.Errorf("field %d is %v hours ahead, want %d", i+1, hours, 3*i)
		}
	}
	if fields[0].Grid != fields[2].Grid {
		t.Error("equal sections 3 make two grids")
	}
}

func TestOneBadFieldOfAMessageLeavesTheOthers(t *testing.T) {
	grid := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0)
	unknown := slices.Clone(grid)
	unknown[13] = 61 // template 3.61
	five, seven := octetsPacked(1, 2, 3, 4, 5, 6)
	file := message2(0, identity(),
		unknown, productSection(0), five, noBitmap(), seven,
		grid, productSection(0), five, section2(6, 254), seven,
		productSection(0), five, section2(6), seven,
		productSection(0), five, noBitmap(), seven)
	fields, errs := read(t, file)
	if len(fields) != 1 || fields[0].Number != 4 || len(errs) != 3 {
		t.Fatalf("%d fields, errors %v", len(fields), errs)
	}
	for i, want := range []string{"3.61 (spectral Mercator)", "no bitmap before", "section 6 of 5 octets"} {
		if !strings.Contains(errs[i].Error(), want) {
			t.Errorf("error %v, want %q", errs[i], want)
		}
	}
}

func TestOnlyHeadersAreReadBeforeValuesAreAskedFor(t *testing.T) {
	grid := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0)
	five, _ := octetsPacked(1, 2, 3, 4, 5, 6)
	file := message2(0, identity(), grid, productSection(6), five, noBitmap(), []byte{0xff, 0xff, 0xff, 0xff, 7})
	file = file[:len(file)-4]
	r := &counting{r: sparse{head: file, size: int64(len(file)) - 5 + 0xffffffff + 4}}
	n := 0
	for m, err := range Messages(r, r.r.(sparse).size) {
		if err != nil {
			t.Fatal(err)
		}
		n += m.Points
	}
	if n != 6 || r.read > 4*windowBytes {
		t.Errorf("%d points, %d bytes read of a message of 4 GiB", n, r.read)
	}
}

// sparse is a head, zeros, and the end of a message.
type sparse struct {
	head []byte
	size int64
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	for i := range p {
		switch at := off + int64(i); {
		case at >= s.size:
			return i, io.EOF
		case at < int64(len(s.head)):
			p[i] = s.head[at]
		case at >= s.size-4:
			p[i] = '7'
		}
	}
	return len(p), nil
}

// counting counts what is read.
type counting struct {
	r    io.ReaderAt
	read int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.read += n
	return n, err
}

func TestAReadersLimitOfPointsHolds(t *testing.T) {
	file := small(0)
	for m, err := range (Reader{MaxPoints: 5}).Messages(bytes.NewReader(file), int64(len(file))) {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("6 points of at most 5: %v, %v", m, err)
		}
	}
	constant := message2(0, identity(), latLonSection(1<<16, 1<<16, 90000000, 0, -90000000, 359000000, 0, 0, 0), productSection(6))
	if _, errs := read(t, constant); len(errs) != 1 {
		t.Errorf("2^32 points: %v", errs)
	}
}

func TestTheWalkEndsWhenTheCallerDoes(t *testing.T) {
	file := slices.Concat(small(0), small(0), small1(), small1())
	for stop := 1; stop <= 4; stop++ {
		n := 0
		for range Messages(bytes.NewReader(file), int64(len(file))) {
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Errorf("%d messages before the end, want %d", n, stop)
		}
	}
}

func TestAFileThatShrinksIsAnError(t *testing.T) {
	file := small(0)
	var m *Message
	shrunk := &shrinking{bytes.NewReader(file), int64(len(file))}
	for found, err := range Messages(shrunk, int64(len(file))) {
		if err != nil {
			t.Fatal(err)
		}
		m = found
	}
	shrunk.size = 150
	if err := m.Values(make([]float32, 6)); !errors.Is(err, ErrTruncated) {
		t.Errorf("values of a file cut off: %v, want %v", err, ErrTruncated)
	}
	if err := m.Values(make([]float32, 5)); !errors.Is(err, ErrInvalid) {
		t.Errorf("6 values into 5: %v", err)
	}
}

// shrinking is a file that gets shorter.
type shrinking struct {
	r    io.ReaderAt
	size int64
}

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	return io.NewSectionReader(s.r, 0, s.size).ReadAt(p, off)
}

func TestFieldsUnpackInParallel(t *testing.T) {
	for _, data := range smallFiles(t) {
		fields, errs := read(t, data)
		if len(errs) != 0 {
			t.Fatal(errs)
		}
		var under sync.WaitGroup
		for range 2 {
			for _, m := range fields {
				if m.Points > 1<<17 { // the large ones are constant
					continue
				}
				under.Go(func() {
					v := make([]float32, m.Points)
					if err := m.Values(v); err != nil {
						t.Error(err)
					}
					m.Canonical(m.Points / 2)
				})
			}
		}
		under.Wait()
	}
}

// TestFieldsWithoutAnyValueAreMissing: where no point has a value, other programs leave section 7 empty, whatever the packing.
func TestFieldsWithoutAnyValueAreMissing(t *testing.T) {
	grid := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0)
	for _, template := range []byte{0, 2, 3, 4, 40, 41, 42, 61, 200} {
		five := section2(5, slices.Concat(be(0), []byte{0, template}, make([]byte, 40))...)
		m := one(t, message2(0, identity(), grid, productSection(0), five, section2(6, 0, 0), section2(7)))
		if got := unpacked(t, m); !alike(got, []float32{nan, nan, nan, nan, nan, nan}) {
			t.Errorf("template 5.%d: %v", template, got)
		}
	}
}

package grib_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/encode"
	"isobar/encode/grib"
	"isobar/field"
	"isobar/sample"
)

// withMessages is a cube of two times, the fields of which have messages of the formats named, and the messages one after the other.
func withMessages(t *testing.T, cut coverage.Cut, formats ...string) (*coverage.Source, []byte) {
	t.Helper()
	e := coveragetest.Temperature()
	e.Element = coveragetest.Rows(t).Get("t2m")
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:144x73:-180,-90,177.5,90"), Times: 2}, e)
	fields.Messages = map[field.Key]field.Original{}
	var all []byte
	for i, format := range formats {
		if format == "" {
			continue
		}
		m := field.Original{Format: format, Bytes: fmt.Appendf(nil, "GRIB message %d 7777", i)}
		fields.Messages[cube.Variables[0].Picks[i].Input.Keys[0]], all = m, append(all, m.Bytes...)
	}
	s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
	if err != nil {
		t.Fatal(err)
	}
	return s, all
}

func encoded(t *testing.T, f encode.Coverage, s *coverage.Source) []byte {
	t.Helper()
	if err := f.Check(s); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	if size, exact := f.Size(s); exact && size != int64(b.Len()) {
		t.Errorf("%d bytes, foreseen were %d", b.Len(), size)
	}
	return b.Bytes()
}

func TestWholeFieldsComeAsTheirOriginals(t *testing.T) {
	part := coveragetest.All
	part.Y = coverage.Interval{Low: 0, High: 40}
	fewer := coveragetest.All
	fewer.Width = 72
	turned := coveragetest.All
	turned.X = coverage.Interval{Low: 0, High: 360}
	second := grib.Format(coveragetest.Rows(t))
	for _, c := range []struct {
		name      string
		cut       coverage.Cut
		formats   []string
		originals bool
	}{
		{"all cells", coveragetest.All, []string{field.GRIB2, field.GRIB2}, true},
		{"all cells in another turn", turned, []string{field.GRIB2, field.GRIB2}, true},
		{"a part", part, []string{field.GRIB2, field.GRIB2}, false},
		{"fewer cells", fewer, []string{field.GRIB2, field.GRIB2}, false},
		{"messages of edition 1", coveragetest.All, []string{field.GRIB1, field.GRIB1}, false},
	} {
		s, want := withMessages(t, c.cut, c.formats...)
		if got := encoded(t, second, s); bytes.Equal(got, want) != c.originals {
			t.Errorf("%s: %.60q, of %d bytes", c.name, got, len(got))
		}
		if _, exact := second.Size(s); exact != c.originals {
			t.Errorf("%s: the size is exact: %v", c.name, exact)
		}
	}
}

func TestFieldsWithoutAnOriginalAreEncodedBetweenThoseThatHaveOne(t *testing.T) {
	s, want := withMessages(t, coveragetest.All, field.GRIB2, "")
	got := encoded(t, grib.Format(coveragetest.Rows(t)), s)
	if !bytes.HasPrefix(got, want) || !bytes.HasPrefix(got[len(want):], []byte("GRIB\xff\xff\x00\x02")) {
		t.Errorf("got %.60q", got)
	}
}

func TestEdition1IsGivenOfWholeFieldsAlone(t *testing.T) {
	first := grib.First()
	s, want := withMessages(t, coveragetest.All, field.GRIB1, field.GRIB1)
	if got := encoded(t, first, s); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	part := coveragetest.All
	part.Y = coverage.Interval{Low: 0, High: 40}
	cut, _ := withMessages(t, part, field.GRIB1, field.GRIB1)
	other, _ := withMessages(t, coveragetest.All, field.GRIB2, field.GRIB1)
	for name, s := range map[string]*coverage.Source{"a part": cut, "messages of edition 2": other} {
		if err := first.Check(s); !errors.Is(err, encode.ErrUnfit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

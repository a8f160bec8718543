package csv_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"math"
	"strconv"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode"
	own "isobar/encode/csv"
	"isobar/field"
	"isobar/sample"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

func source(t testing.TB, shape coveragetest.Shape, els ...coveragetest.Element) *coverage.Source {
	t.Helper()
	cube, fields := coveragetest.Cube(shape, els...)
	s, err := coverage.New(fields, sample.New(1<<20), cube, all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALineTellsACell(t *testing.T) {
	aloft := coveragetest.Temperature()
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	second := aloft
	second.ID, second.Unit = "q,x", ""
	for _, id := range []string{"latlon:21x11:-10,40,10,50", "lambert:31x21:-400000,300000,20000,20000:10,60,30:6371229"} {
		s := source(t, coveragetest.Shape{Grid: coveragetest.Grid(id), Times: 2, Members: 2}, aloft, second)
		var b bytes.Buffer
		if err := own.Format().Encode(context.Background(), &b, s); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		columns := map[string]int{}
		for i, name := range lines[0] {
			columns[name] = i
		}
		if n := len(lines) - 1; int64(2*n) != s.Cells() {
			t.Fatalf("%s: %d lines, want %d", id, n, s.Cells()/2)
		}
		size, want := s.Width()*s.Height(), make([]float32, s.Width()*s.Height())
		for k, line := range lines[1:] {
			if k%size == 0 {
				if err := s.Read(context.Background(), 0, k/size, 1, 0, s.Height(), want); err != nil {
					t.Fatal(err)
				}
			}
			w, text := want[k%size], line[columns["t2m [K]"]]
			v, err := strconv.ParseFloat(text, 32)
			if (text == "") != (w != w) || text != "" && (err != nil || float32(v) != w) {
				t.Fatalf("%s: line %d has %q, want %v", id, k, text, w)
			}
			if _, known := columns["q,x"]; !known || line[columns["time"]] == "" || line[columns["member"]] == "" || line[columns["level"]] == "" {
				t.Fatalf("%s: line %v under %v", id, line, lines[0])
			}
			name := "longitude"
			if s.Ref.Code == "" {
				name = "x"
			}
			if x, err := strconv.ParseFloat(line[columns[name]], 64); err != nil || math.Abs(x-s.X[k%s.Width()]) > 1e-9 {
				t.Fatalf("%s: line %d is at %s %v, want %v", id, k, name, x, s.X[k%s.Width()])
			}
		}
	}
}

func TestVariablesOnDifferentLevelsDoNotFit(t *testing.T) {
	aloft, other := coveragetest.Temperature(), coveragetest.Temperature()
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	other.ID = "u10"
	s := source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50")}, aloft, other)
	if err := own.Format().Check(s); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("got %v", err)
	}
}

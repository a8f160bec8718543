package covjson_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/field"
	"isobar/sample"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

// document is CoverageJSON as a reader has it.
type document struct {
	Type   string
	Domain struct {
		Type, DomainType string
		Axes             map[string]struct {
			Values      []any
			Start, Stop float64
			Num         int
		}
		Referencing []struct {
			Coordinates []string
			System      map[string]any
		}
	}
	Parameters map[string]covjson.Parameter
	Ranges     map[string]struct {
		Type, DataType string
		AxisNames      []string
		Shape          []int
		Values         []*float64
	}
}

func source(t testing.TB, shape coveragetest.Shape, cut coverage.Cut, els ...coveragetest.Element) *coverage.Source {
	t.Helper()
	cube, fields := coveragetest.Cube(shape, els...)
	s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, s *coverage.Source) document {
	t.Helper()
	var b bytes.Buffer
	if err := covjson.Format().Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatalf("%v: %.300s", err, b.Bytes())
	}
	return d
}

func TestAGridHasItsAxesAndValues(t *testing.T) {
	g := coveragetest.Grid("latlon:21x11:-10,40,10,50")
	aloft := coveragetest.Temperature()
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	for _, c := range []struct {
		name  string
		shape coveragetest.Shape
		el    coveragetest.Element
		axes  []string
	}{
		{"a plane", coveragetest.Shape{Grid: g}, coveragetest.Temperature(), []string{"t", "y", "x"}},
		{"times", coveragetest.Shape{Grid: g, Times: 3}, coveragetest.Temperature(), []string{"t", "y", "x"}},
		{"everything", coveragetest.Shape{Grid: g, Times: 3, Members: 2}, aloft, []string{"t", "member", "z", "y", "x"}},
		{"a Lambert grid", coveragetest.Shape{Grid: coveragetest.Grid("lambert:31x21:-400000,100000,20000,20000:10,48,48:6371229")}, coveragetest.Temperature(), []string{"t", "y", "x"}},
		{"Gaussian rows", coveragetest.Shape{Grid: coveragetest.Grid("gaussian:16:64x32+0:-180,174.375")}, coveragetest.Temperature(), []string{"t", "y", "x"}},
	} {
		s := source(t, c.shape, all, c.el)
		d := read(t, s)
		r := d.Ranges["t2m"]
		if d.Type != "Coverage" || d.Domain.DomainType != "Grid" || !slices.Equal(r.AxisNames, c.axes) {
			t.Errorf("%s: %s of %s with axes %v, want %v", c.name, d.Type, d.Domain.DomainType, r.AxisNames, c.axes)
		}
		if n := max(d.Domain.Axes["y"].Num, len(d.Domain.Axes["y"].Values)); n != s.Height() {
			t.Errorf("%s: %d rows, want %d", c.name, n, s.Height())
		}
		if n := len(d.Domain.Axes["t"].Values); n != len(s.Times) {
			t.Errorf("%s: %d times", c.name, n)
		}
		product := 1
		for _, n := range r.Shape {
			product *= n
		}
		if product != len(r.Values) || int64(product) != s.Cells() {
			t.Fatalf("%s: %d values of shape %v, want %d", c.name, len(r.Values), r.Shape, s.Cells())
		}
		checkValues(t, c.name, s, r.Values)
	}
}

// checkValues compares values in the order time, member, level, y, x.
func checkValues(t *testing.T, name string, s *coverage.Source, got []*float64) {
	t.Helper()
	size, levels := s.Width()*s.Height(), len(s.Variables[0].Levels)
	want, missing := make([]float32, size), 0
	for k := range got {
		n := k / size
		l, m, time := n%levels, n/levels%len(s.Members), n/levels/len(s.Members)
		if k%size == 0 {
			if err := s.Read(context.Background(), 0, (m*len(s.Times)+time)*levels+l, 1, 0, s.Height(), want); err != nil {
				t.Fatal(err)
			}
		}
		w := want[k%size]
		if got[k] == nil {
			missing++
		}
		if (got[k] == nil) != (w != w) || got[k] != nil && float32(*got[k]) != w {
			t.Fatalf("%s: value %d is %v, want %v", name, k, got[k], w)
		}
	}
	if missing == 0 {
		t.Errorf("%s: nothing is missing", name)
	}
}

func TestParametersAreDescribed(t *testing.T) {
	d := read(t, source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50")}, all, coveragetest.Temperature()))
	p := d.Parameters["t2m"]
	if p.Type != "Parameter" || p.Observed.Label["en"] != "Temperature at 2 m" || p.Unit.Symbol.Value != "K" || p.Observed.ID == "" {
		t.Errorf("got %+v", p)
	}
	if id := d.Domain.Referencing[0].System["id"]; id != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
		t.Errorf("the system is %v", id)
	}
}

func TestVariablesOnDifferentLevelsDoNotFit(t *testing.T) {
	aloft, other := coveragetest.Temperature(), coveragetest.Temperature()
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	other.ID = "u10"
	s := source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50")}, all, aloft, other)
	if err := covjson.Format().Check(s); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("got %v", err)
	}
}

func TestNumbersAreWrittenAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{{0, "0"}, {281.15, "281.15"}, {-1e-7, "-1e-07"}, {1e20, "1e+20"}, {math.NaN(), "null"}, {math.Inf(1), "null"}} {
		if got := string(covjson.AppendNumber(nil, c.x, 64)); got != c.want || !json.Valid([]byte(got)) {
			t.Errorf("%v is %s, want %s", c.x, got, c.want)
		}
	}
}

package covjson_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"isobar/elements"
	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/encode/covjson/covjsontest"
	"isobar/encode/encodetest"
	"isobar/field"
)

func TestValuesAreCoveragesOfTheirDomains(t *testing.T) {
	for _, c := range []struct {
		name string
		v    encode.Values
		kind string // domain type
		n    int    // coverages
	}{
		{"a place at a time", encodetest.Values(1, 1, 0), "Point", 1},
		{"a place along time", encodetest.Values(1, 4, 0), "PointSeries", 1},
		{"a place along time on a level", encodetest.Values(1, 4, 1), "PointSeries", 1},
		{"a place on levels", encodetest.Values(1, 1, 3), "VerticalProfile", 1},
		{"a place on levels along time", encodetest.Values(1, 4, 3), "VerticalProfile", 4},
		{"places", encodetest.Values(3, 4, 0), "PointSeries", 3},
		{"many places", encodetest.Values(200, 1, 0), "MultiPoint", 1},
		{"many places along time", encodetest.Values(200, 3, 0), "MultiPointSeries", 1},
		{"many places along time on levels", encodetest.Values(200, 3, 2), "MultiPointSeries", 2},
		{"a path", path(encodetest.Values(5, 1, 0)), "Trajectory", 1},
		{"a path at several times on a level", path(encodetest.Values(5, 3, 1)), "Trajectory", 3},
		{"a path on levels", path(encodetest.Values(5, 2, 3)), "Section", 2},
		{"a path through time and height", along(path(encodetest.Values(5, 1, 0))), "Trajectory", 1},
	} {
		body, err := covjson.Values([]encode.Values{c.v})
		if err != nil {
			t.Fatal(err)
		}
		if why := covjsontest.Check(t, body); why != "" {
			t.Errorf("%s: %s\n%s", c.name, why, body)
			continue
		}
		var doc struct {
			Type      string
			Coverages []coverageDoc
			coverageDoc
		}
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		all := doc.Coverages
		if doc.Type == "Coverage" {
			all = []coverageDoc{doc.coverageDoc}
		}
		if len(all) != c.n || all[0].Domain.DomainType != c.kind {
			t.Errorf("%s: got %d of %s, want %d of %s", c.name, len(all), all[0].Domain.DomainType, c.n, c.kind)
		}
		total := 0
		for _, one := range all {
			r := one.Ranges["t"]
			n := 1
			for _, k := range r.Shape {
				n *= k
			}
			if n != len(r.Values) || len(r.Shape) != len(r.AxisNames) {
				t.Errorf("%s: %d values of shape %v along %v", c.name, len(r.Values), r.Shape, r.AxisNames)
			}
			total += n
		}
		if total != c.v.Len() {
			t.Errorf("%s: %d values, want %d", c.name, total, c.v.Len())
		}
	}
}

type coverageDoc struct {
	Domain struct{ DomainType string }
	Ranges map[string]struct {
		AxisNames []string
		Shape     []int
		Values    []*float64
	}
}

func path(v encode.Values) encode.Values {
	v.Path = true
	return v
}

func along(v encode.Values) encode.Values {
	v.Kind = elements.Pressure
	for i := range v.At {
		v.TimeAlong, v.LevelAlong = append(v.TimeAlong, v.Times[0]+field.Time(60*i)), append(v.LevelAlong, float64(85000-1000*i))
	}
	return v
}

func TestSeveralDomainsAreACollection(t *testing.T) {
	a, b := encodetest.Values(1, 4, 0), encodetest.Values(1, 4, 2)
	b.Parameters[0].Name = "u"
	member := 3
	b.Member = &member
	b.Between = []bool{false, true, false, false}
	body, err := covjson.Values([]encode.Values{a, b})
	if err != nil {
		t.Fatal(err)
	}
	if why := covjsontest.Check(t, body); why != "" {
		t.Errorf("%s\n%s", why, body)
	}
	for _, want := range []string{`"type":"CoverageCollection"`, `"isobar:member":3`, `"isobar:interpolatedInTime":[false,true,false,false]`, `"isobar:run":"2026-11-24T00:00:00Z"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

func TestNumbersHaveTheDigitsOfTheData(t *testing.T) {
	v := encodetest.Values(1, 4, 0)
	v.Of[0] = []float32{281.15, float32(math.NaN()), 0.1, 1e-9}
	body, err := covjson.Values([]encode.Values{v})
	if err != nil {
		t.Fatal(err)
	}
	if want := `"values":[281.15,null,0.1,1e-09]`; !strings.Contains(string(body), want) {
		t.Errorf("no %s in %s", want, body)
	}
}

func BenchmarkValues(b *testing.B) {
	all := []encode.Values{encodetest.Values(1, 65, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := covjson.Values(all); err != nil {
			b.Fatal(err)
		}
	}
}

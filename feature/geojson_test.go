package feature

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-spatial/geom"

	"isobar/field"
)

func TestFeaturesAreReadAsTheyStand(t *testing.T) {
	const text = "\uFEFF" + ` {"features":[
	 {"properties":{"b":1,"a":[1,"x",{"k":null}],"c":2.50,"d":true,"e":null,"f":"é\n\u0041"},"geometry":{"coordinates":[181.5,-10],"type":"Point"},"id":7,"type":"Feature"},
	 {"type":"Feature","id":"x","geometry":null,"properties":null,"time":{"interval":["2026-11-24T00:00:00Z",".."]}},
	 {"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[1,2,3],[4,5,6,9]]},
	  {"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}]},"properties":{},"time":{"date":"2026-11-24"}}
	],"type":"FeatureCollection","name":"more"}`
	got, err := Read(strings.NewReader(text), DefaultLimits)
	day := field.Time(1795478400)
	want := []Feature{
		{ID: "7", Geometry: geom.Point{181.5, -10}, Properties: []Property{
			{"b", int64(1)}, {"a", []any{int64(1), "x", map[string]any{"k": nil}}}, {"c", 2.5}, {"d", true}, {"e", nil}, {"f", "é\nA"},
		}},
		{ID: "x", Time: &Interval{day, Latest}},
		{Geometry: geom.Collection{geom.LineStringZ{{1, 2, 3}, {4, 5, 6}}, geom.Polygon{{{0, 0}, {4, 0}, {4, 4}}}}, Time: &Interval{day, day + 86399}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := Read(strings.NewReader(`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`), DefaultLimits); err != nil || len(got) != 1 || got[0].Geometry == nil {
		t.Errorf("a bare geometry: %v, %v", got, err)
	}
}

func TestFaultsNameTheMember(t *testing.T) {
	feature := func(geometry string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null},{"type":"Feature","geometry":` + geometry + `}]}`
	}
	tight := Limits{Bytes: 300, Features: 2, Vertices: 4, Depth: 12}
	for _, c := range []struct{ text, want string }{
		{``, `the text: the end where "{" is wanted`},
		{`[]`, `the text: "[" where "{" is wanted`},
		{`{"type":"FeatureCollection"}`, `without features`},
		{`{"features":[]}`, `no member "type"`},
		{`{"type":"FeatureCollection","features":{}}`, `features: "{" where "[" is wanted`},
		{`{"type":"FeatureCollection","features":[{"type":"FeatureCollection"}]}`, `features[0]: a FeatureCollection inside another`},
		{`{"type":"FeatureCollection","features":[]} x`, `"x" after its end`},
		{feature(`{"type":"Point"}`), `features[1].geometry: a geometry "Point" without coordinates`},
		{feature(`{"type":"Point","coordinates":[1,"2"]}`), `features[1].geometry.coordinates: "\"" where a number is wanted`},
		{feature(`{"type":"Point","coordinates":[1]}`), `features[1].geometry.coordinates: a position of 1 numbers`},
		{feature(`{"type":"Point","coordinates":[1,91]}`), `latitude 91 is beyond 90`},
		{feature(`{"type":"Point","coordinates":[1e9,1]}`), `longitude 1e+09 is beyond`},
		{feature(`{"type":"Circle","coordinates":[1,2]}`), `features[1].geometry.type: no geometry is called "Circle"`},
		{feature(`{"type":"LineString","coordinates":[[1,2]]}`), `1 positions where 2 are the least`},
		{feature(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`), `coordinates[0]: a ring that isn't closed`},
		{feature(`{"type":"MultiPoint","coordinates":[[0,0],[0,0],[0,0],[0,0],[0,0]]}`), `more than 4 vertices`},
		{feature(`{"type":"MultiPolygon","coordinates":[[],[],[],[],[]]}`), `coordinates[4]: more than 4 vertices`},
		{`{"type":"FeatureCollection","features":[{"type":"Feature"},{"type":"Feature"},{"type":"Feature"}]}`, `features[2]: more than 2 features`},
		{`{"type":"Feature","properties":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, `nested deeper than 12`},
		{`{"type":"Feature","properties":{"a":1e999}}`, `properties.a: 1e999 is too large`},
		{`{"type":"Feature","properties":{"a":01}}`, `where a number is wanted`},
		{`{"type":"Feature","id":true}`, `id: neither a string nor a number`},
		{`{"type":"Feature","time":{"timestamp":"soon"}}`, `time: timestamp: soon is no time`},
		{`{"type":"Feature","x":"` + strings.Repeat("x", 300) + `"}`, `more than 300 bytes`},
	} {
		got, err := Read(strings.NewReader(c.text), tight)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80s: %v, %v; want %q", c.text, got, err, c.want)
		}
	}
	if _, err := Read(strings.NewReader(`{"type":"FeatureCollection","features":[{"type":"Feature"},{"type":"Feature"}]}`), Limits{Features: 1, Vertices: 1, Bytes: 1000, Depth: 9}); !errors.Is(err, ErrTooMany) {
		t.Errorf("2 features where 1 is the most: %v", err)
	}
	full := `{"type":"Feature","properties":{"a":[` + strings.Repeat("0,", maxValues) + `0]}}`
	if _, err := Read(strings.NewReader(full), DefaultLimits); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "values in all") {
		t.Errorf("%d values: %v", maxValues+2, err)
	}
	if _, err := ReadFeature(strings.NewReader(`{"type":"Point","coordinates":[1,2]}`), DefaultLimits); err == nil {
		t.Error("a Point is read as a Feature")
	}
	if _, err := ReadGeometry(strings.NewReader(`{"type":"Feature","geometry":null}`), DefaultLimits); err == nil {
		t.Error("a Feature is read as a geometry")
	}
}

func TestNumbersHaveTheDigitsTheyHold(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{float32(280.13), "280.13"}, {280.13, "280.13"}, {float64(float32(280.13)), "280.1300048828125"}, {float32(1e-7), "1e-07"}, {1e21, "1e+21"}, {1e20, "100000000000000000000"},
		{math.NaN(), "null"}, {float32(math.Inf(1)), "null"}, {nil, "null"}, {int64(-5), "-5"}, {true, "true"}, {field.Time(1795478400), `"2026-11-24T00:00:00Z"`},
		{"a\"\\\n\x01\xffé<", `"a\"\\\n\u0001` + "\uFFFD" + `é<"`}, {[]any{int64(1), "x"}, `[1,"x"]`}, {map[string]any{"b": 1.5, "a": nil}, `{"a":null,"b":1.5}`},
		{struct{ A int }{1}, `{"A":1}`}, {func() {}, "null"},
	} {
		if got := string(AppendValue(nil, c.value)); got != c.want {
			t.Errorf("AppendValue(%v) = %s, want %s", c.value, got, c.want)
		}
	}
}

func TestCollectionsAreWrittenAsTheyAreMade(t *testing.T) {
	f := Feature{ID: "a", Geometry: geom.PolygonZM{{{0, 0, 1, 9}, {1.23456, 0, 1, 9}, {1, 1, 1, 9}}}, Time: &Interval{0, 3600}, Properties: []Property{{"x", 1.5}, {"y", "z"}}}
	var b bytes.Buffer
	w := NewWriter(&b, Form{Properties: []string{"y"}, Digits: 2, Members: func(*Feature) []Property { return []Property{{"links", []any{}}} }}, Property{"numberMatched", 2})
	for range 2 {
		if err := w.Write(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(Property{"n", 1}); err != nil {
		t.Fatal(err)
	}
	const one = `{"type":"Feature","id":"a","geometry":{"type":"Polygon","coordinates":[[[0,0,1],[1.23,0,1],[1,1,1],[0,0,1]]]},` +
		`"time":{"interval":["1970-01-01T00:00:00Z","1970-01-01T01:00:00Z"]},"properties":{"y":"z"},"links":[]}`
	if want := `{"type":"FeatureCollection","numberMatched":2,"features":[` + one + ",\n" + one + `],"n":1}` + "\n"; b.String() != want {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
	if got := string(Form{NoGeometry: true}.Append(nil, &Feature{Time: &Interval{Earliest, 0}})); got != `{"type":"Feature","geometry":null,"time":{"interval":["..","1970-01-01T00:00:00Z"]},"properties":{}}` {
		t.Errorf("got %s", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"a":[{"b":null}]},"time":{"date":"2026-11-24"}}]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}`, `{"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","coordinates":[]}]}`,
		`{"type":"MultiLineString","coordinates":[[[0,0,1],[4,0,1]]]}`, `{"type":"Feature","time":{"interval":["..","2026-11-24T00:00:00Z"]}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		features, err := Read(strings.NewReader(text), Limits{Bytes: 1 << 16, Features: 100, Vertices: 1000, Depth: 16})
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		var b bytes.Buffer
		w := NewWriter(&b, Form{})
		for i := range features {
			Bounds(features[i].Geometry)
			_ = w.Write(&features[i])
		}
		_ = w.Close()
		back, err := Read(&b, DefaultLimits)
		if err != nil || len(back) != len(features) {
			t.Errorf("%q: what is written is not read: %v", text, err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	w := NewWriter(&text, Form{})
	for i := range 10_000 {
		_ = w.Write(&Feature{ID: fmt.Sprint(i), Geometry: geom.Point{float64(i%360) - 180, float64(i%180) - 90}, Properties: []Property{{"name", "somewhere"}, {"value", float32(i) / 7}}})
	}
	_ = w.Close()
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(text.Bytes()), DefaultLimits); err != nil {
			b.Fatal(err)
		}
	}
}

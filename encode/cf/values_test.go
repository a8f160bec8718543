package cf_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"isobar/coverage/coveragetest"
	"isobar/encode"
	"isobar/encode/cf"
	"isobar/encode/encodetest"
	"isobar/field"
	"isobar/geo"
)

// laid lays values out.
func laid(t *testing.T, all ...encode.Values) *cf.Layout {
	t.Helper()
	l, err := cf.Places(all, coveragetest.Rows(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Vars {
		if v := &l.Vars[i]; len(v.Values) != l.Size(v) {
			t.Errorf("%s has %d values in dimensions of %d", v.Name, len(v.Values), l.Size(v))
		}
	}
	return l
}

// variable finds a variable.
func variable(t *testing.T, l *cf.Layout, name string) *cf.Var {
	t.Helper()
	i := slices.IndexFunc(l.Vars, func(v cf.Var) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return &l.Vars[i]
}

// attribute is a text attribute.
func attribute(attrs []cf.Attr, name string) string {
	for _, a := range attrs {
		if a.Name == name {
			return a.Text
		}
	}
	return ""
}

func TestPlacesAreSamplingGeometries(t *testing.T) {
	way := encodetest.Values(5, 2, 0)
	way.Path = true
	high := encodetest.Values(4, 1, 0)
	high.Path, high.Kind = true, encodetest.Values(1, 1, 1).Kind
	for i := range high.At {
		high.TimeAlong, high.LevelAlong = append(high.TimeAlong, high.Times[0]+field.Time(60*i)), append(high.LevelAlong, float64(85000-1000*i))
	}
	section := encodetest.Values(5, 2, 3)
	section.Path = true
	for _, c := range []struct {
		name       string
		values     encode.Values
		kind, dims string
		beside     string
	}{
		{"places", encodetest.Values(3, 4, 0), "timeSeries", "place time", "lat lon forecast_reference_time"},
		{"places on a level", encodetest.Values(3, 4, 1), "timeSeries", "place time", "lat lon forecast_reference_time pressure"},
		{"places on levels", encodetest.Values(3, 4, 2), "timeSeriesProfile", "place time pressure", "lat lon forecast_reference_time"},
		{"a way at two times", way, "trajectory", "trajectory obs", "lat lon time forecast_reference_time"},
		{"a way through time and height", high, "trajectory", "trajectory obs", "lat lon time pressure forecast_reference_time"},
		{"a way on levels", section, "trajectoryProfile", "trajectory obs pressure", "lat lon time forecast_reference_time"},
	} {
		l := laid(t, c.values)
		v := variable(t, l, "t")
		if kind := attribute(l.Attrs, "featureType"); kind != c.kind || strings.Join(v.Dims, " ") != c.dims || attribute(v.Attrs, "coordinates") != c.beside {
			t.Errorf("%s: %s of %v beside %q, want %s of %s beside %q", c.name, kind, v.Dims, attribute(v.Attrs, "coordinates"), c.kind, c.dims, c.beside)
		}
		if attribute(v.Attrs, "units") != "K" || attribute(v.Attrs, "standard_name") != "air_temperature" {
			t.Errorf("%s: attributes are %v", c.name, v.Attrs)
		}
	}
}

func TestValuesStandWhereTheirPlacesAndTimesAre(t *testing.T) {
	v := encodetest.Values(3, 2, 2) // a value tells its index: time, level, place
	got := variable(t, laid(t, v), "t").Values
	want := []float64{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11} // place, time, level
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	v.Path = true
	got = variable(t, laid(t, v), "t").Values
	want = []float64{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11} // time, place, level
	if !slices.Equal(got, want) {
		t.Errorf("along a way: got %v, want %v", got, want)
	}
}

// TestDomainsShareAFile has two parameters at different times, places and levels, and members: what one lacks is filled.
func TestDomainsShareAFile(t *testing.T) {
	a, b := encodetest.Values(2, 2, 0), encodetest.Values(1, 1, 1)
	b.Parameters[0].Name, b.Times, b.At = "u", []field.Time{encodetest.Run + 9*3600}, []geo.LonLat{{Lon: 99, Lat: 1}}
	b.Of[0][0] = float32(math.NaN())
	one, two := 1, 2
	c, d := encodetest.Values(1, 1, 0), encodetest.Values(1, 1, 0)
	c.Parameters[0].Name, d.Parameters[0].Name, c.Member, d.Member = "m", "m", &one, &two
	d.Of[0][0] = 7
	l := laid(t, a, b, c, d)
	fill := float64(cf.Fill)
	if got, want := fmt.Sprint(variable(t, l, "t").Values), fmt.Sprint([]float64{0, 2, fill, 1, 3, fill, fill, fill, fill}); got != want {
		t.Errorf("t is %s, want %s", got, want)
	}
	for i, v := range variable(t, l, "u").Values {
		if v != fill {
			t.Errorf("value %d of u is %v", i, v)
		}
	}
	if got := variable(t, l, "pressure"); len(got.Dims) != 0 || got.Values[0] != 50000 {
		t.Errorf("the level of u is %+v", got)
	}
	if v := variable(t, l, "m_m2"); v.Values[0] != 7 || variable(t, l, "m_m1").Values[0] != 0 {
		t.Errorf("members are %v", v.Values)
	}
	names := encodetest.Values(2, 1, 0)
	names.Names = []string{"Lisbon", "Porto"}
	if got := attribute(variable(t, laid(t, names), "place").Attrs, "names"); got != "Lisbon\nPorto" {
		t.Errorf("places are named %q", got)
	}
}

func TestWhatOneFileCantHoldIsRefused(t *testing.T) {
	way := encodetest.Values(2, 1, 0)
	way.Path = true
	large := make([]encode.Values, 2) // each small, but far apart in place and time
	for i := range large {
		large[i] = encodetest.Values(3000, 3000, 0)
		for k := range large[i].Times {
			large[i].Times[k] += field.Time(i)
		}
		for k := range large[i].At {
			large[i].At[k].Lon += float64(i)
		}
	}
	for name, all := range map[string][]encode.Values{"nothing": nil, "places and ways": {encodetest.Values(1, 1, 0), way}, "too many values": large} {
		if _, err := cf.Places(all, coveragetest.Rows(t)); !errors.Is(err, encode.ErrUnfit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

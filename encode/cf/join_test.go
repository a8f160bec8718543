package cf_test

import (
	"math"
	"slices"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode/cf"
	"isobar/field"
	"isobar/geo"
)

const regional = "latlon:21x11:-10,40,10,50"

// element is one whose values do not matter.
func element(id string, span field.Seconds, levels ...field.Level) coveragetest.Element {
	return coveragetest.Element{
		Element: elements.Element{ID: id, Unit: "K"}, Span: span, Levels: levels,
		Value: func(geo.LonLat, int, int, int) float64 { return 1 },
	}
}

// find is a variable of a layout.
func find(t *testing.T, l *cf.Layout, name string) cf.Var {
	t.Helper()
	for _, v := range l.Vars {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("there is no %s among %d variables", name, len(l.Vars))
	return cf.Var{}
}

func attr(v cf.Var, name string) string {
	for _, a := range v.Attrs {
		if a.Name == name {
			return a.Text
		}
	}
	return ""
}

func TestCoveragesThatAreJoinedShareTheAxesTheyHaveInCommon(t *testing.T) {
	rows := coveragetest.Rows(t)
	pressures := []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	heights := []field.Level{{Kind: elements.Height, Value: 10, To: 10}, {Kind: elements.Height, Value: 100, To: 100}}
	layers := []field.Level{{Kind: elements.PressureLay, Value: 50000, To: 60000}, {Kind: elements.PressureLay, Value: 85000, To: 90000}}
	var sources []*coverage.Source
	for _, c := range []struct {
		shape coveragetest.Shape
		of    coveragetest.Element
	}{
		{coveragetest.Shape{Times: 4}, element("t", 0, pressures...)},
		{coveragetest.Shape{Times: 4}, element("r", 0, pressures...)},
		{coveragetest.Shape{Times: 4}, element("u_height", 0, heights...)},
		{coveragetest.Shape{Times: 4}, element("pres", 0, layers...)},
		{coveragetest.Shape{Times: 4}, element("tp", 6*3600)},
		{coveragetest.Shape{Times: 4}, element("tp_total", 12*3600)},
		{coveragetest.Shape{Times: 2}, element("msl", 0)},
		{coveragetest.Shape{Times: 4, Members: 3}, element("t2m", 0)},
		{coveragetest.Shape{Times: 4, Members: 2}, element("d2m", 0)},
	} {
		c.shape.Grid = coveragetest.Grid(regional)
		sources = append(sources, coveragetest.Source(t, c.shape, coveragetest.All, c.of))
	}
	l := cf.Join(sources, rows, false)
	for of, want := range [][]string{
		{"t", "time", "pressure", "lat", "lon"}, {"r", "time", "pressure", "lat", "lon"}, {"u_height", "time", "height", "lat", "lon"},
		{"pres", "time", "pressure_2", "lat", "lon"}, {"tp", "time_6h", "lat", "lon"}, {"tp_total", "time_12h", "lat", "lon"},
		{"msl", "time_2", "lat", "lon"}, {"t2m", "realization", "time", "lat", "lon"}, {"d2m", "realization_2", "time", "lat", "lon"},
	} {
		v := find(t, l, want[0])
		if !slices.Equal(v.Dims, want[1:]) || v.Of != of || v.Data != 0 {
			t.Errorf("%s has the axes %v and is of coverage %d, want %v of %d", v.Name, v.Dims, v.Of, want[1:], of)
		}
		size := 1
		for _, d := range v.Dims {
			size *= l.Len(d)
		}
		if s := sources[of]; size != s.Planes(0)*s.Width()*s.Height() {
			t.Errorf("%s has %d values, the coverage %d", v.Name, size, s.Cells())
		}
	}
	names := map[string]bool{}
	for _, v := range l.Vars {
		if names[v.Name] {
			t.Errorf("two variables are called %s", v.Name)
		}
		names[v.Name] = true
	}
	bounds := find(t, l, "time_6h_bnds")
	if got := attr(find(t, l, "time_6h"), "bounds"); got != bounds.Name || bounds.Values[1]-bounds.Values[0] != 6*3600 {
		t.Errorf("bounds %q, the first %v", got, bounds.Values[:2])
	}
	if got, want := attr(find(t, l, "tp"), "cell_methods"), "time_6h: sum"; got != want {
		t.Errorf("cell methods %q, want %q", got, want)
	}
	if bounds := find(t, l, "pressure_2_bnds"); !slices.Equal(bounds.Values, []float64{50000, 60000, 85000, 90000}) {
		t.Errorf("bounds of layers %v", bounds.Values)
	}
	if v := find(t, l, "forecast_reference_time"); len(v.Dims) != 0 || v.Values[0] != float64(coveragetest.Run) {
		t.Errorf("the run is %v over %v", v.Values, v.Dims)
	}
}

func TestGridsWithoutRowsAreAListOfCells(t *testing.T) {
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("healpix:4:ring:45"), Times: 2}, coveragetest.All, element("t2m", 0))
	l := cf.Join([]*coverage.Source{s}, coveragetest.Rows(t), true)
	g := s.Variables[0].Layer.Grid
	v := find(t, l, "t2m")
	if !slices.Equal(v.Dims, []string{"time", cf.DimCells}) || l.Len(cf.DimCells) != g.Len() || attr(v, "grid_mapping") != "" {
		t.Errorf("got %v of %d cells", v.Dims, l.Len(cf.DimCells))
	}
	places := make([]geo.LonLat, 5)
	g.Places(places, 7)
	lat, lon := make([]float64, 5), make([]float64, 5)
	find(t, l, "lat").Cells(7, lat)
	find(t, l, "lon").Cells(7, lon)
	for i, p := range places {
		if math.Abs(lat[i]-p.Lat) > 0 || math.Abs(lon[i]-p.Lon) > 0 {
			t.Errorf("cell %d lies at %v %v, want %v", 7+i, lon[i], lat[i], p)
		}
	}
}

package probe

import (
	"errors"
	"math"
	"testing"

	"github.com/go-spatial/geom"

	"isobar/field"
	"isobar/geo"
)

func TestStatisticsOverAnArea(t *testing.T) {
	h := small(t, Limits{})
	r, err := Polygons(geom.Polygon{square(-10, 0, 10, 60)})
	got, err2 := h.engine.Statistics(t.Context(), h.catalogue, clock(0), StatisticsRequest{
		Columns: []Column{{Layer: h.layer(t, "m.t2m"), Unit: "degC"}, {Layer: h.layer(t, "m.mwd")}, {Layer: h.layer(t, "m.ws10")}},
		Times:   list(0, 3), Area: region(t, r, err), Percentiles: []float64{100, 50, 0},
	})
	if err2 != nil {
		t.Fatal(err2)
	}
	var sum, all float64
	for lat := 0.0; lat <= 60; lat += 10 {
		w := math.Cos(lat * degree)
		sum, all = sum+w*(6.85+lat/10), all+w
	}
	warm := got[0].Of[0]
	if warm.Count != 21 || warm.Missing != 0 || got[0].Cells != 21 || got[0].Near {
		t.Errorf("counts are %+v of %d cells", warm, got[0].Cells)
	}
	if math.Abs(warm.Mean-sum/all) > 1e-4 || math.Abs(warm.Min-6.85) > 1e-4 || math.Abs(warm.Max-12.85) > 1e-4 {
		t.Errorf("mean, least and greatest are %v %v %v, want %v 6.85 12.85", warm.Mean, warm.Min, warm.Max, sum/all)
	}
	if p := warm.Percentiles; math.Abs(p[0]-12.85) > 1e-4 || math.Abs(p[2]-6.85) > 1e-4 || !(p[1] > 8.5 && p[1] < 9.85) {
		t.Errorf("percentiles are %v", p)
	}
	if later := got[0].Of[1]; later.Time != run0+3*hour || math.Abs(later.Mean-warm.Mean-3) > 1e-4 {
		t.Errorf("the next is %+v", later)
	}
	if d := got[1].Of[0]; math.Abs(d.Mean-355) > 1e-3 || d.SD > 0.1 || d.Min == d.Min {
		t.Errorf("directions are %+v", d)
	}
	if s := got[2].Of[0]; math.Abs(s.Mean-5) > 1e-5 || s.SD > 1e-5 {
		t.Errorf("speeds are %+v", s)
	}
}

func TestAnAreaWithinACell(t *testing.T) {
	h := small(t, Limits{Values: 100})
	warm := []Column{{Layer: h.layer(t, "m.t2m")}}
	r, err := Polygons(geom.Polygon{square(1, 21, 3, 22)})
	got, err2 := h.engine.Statistics(t.Context(), h.catalogue, clock(0), StatisticsRequest{Columns: warm, Area: region(t, r, err)})
	if err2 != nil || !got[0].Near || got[0].Of[0].Mean != 282 {
		t.Errorf("the area has %+v, %v", got, err2)
	}
	r, err = Polygons(geom.Polygon{square(-180, -90, 180, 90)})
	if _, err := h.engine.Statistics(t.Context(), h.catalogue, clock(0), StatisticsRequest{Columns: warm, Area: region(t, r, err)}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("684 cells give %v", err)
	}
	if _, err := h.engine.Statistics(t.Context(), h.catalogue, clock(0), StatisticsRequest{Columns: warm, Area: r, Percentiles: []float64{101}}); err == nil {
		t.Error("the percentile 101 is taken")
	}
}

func TestSumsByWeight(t *testing.T) {
	for _, c := range []struct {
		name             string
		values           []float32
		weights          []float64
		circle           float64
		mean, sd, median float64
	}{
		{"equal weights", []float32{1, 2, 3, 4}, []float64{1, 1, 1, 1}, 0, 2.5, math.Sqrt(1.25), 2.5},
		{"what is missing does not count", []float32{1, gone, 3}, []float64{1, 7, 1}, 0, 2, 1, 2},
		{"weights", []float32{0, 10}, []float64{3, 1}, 0, 2.5, math.Sqrt(18.75), 2.5},
		{"around the circle", []float32{350, 10}, []float64{1, 1}, 360, 0, 10.03, 180},
		{"cells without a size", []float32{1, 3}, []float64{0, 0}, 0, 2, 1, math.NaN()},
		{"nothing", []float32{gone}, []float64{1}, 0, math.NaN(), math.NaN(), math.NaN()},
	} {
		s := sumUp(c.values, c.weights, c.circle)
		if c.circle > 0 {
			s.Mean = math.Remainder(s.Mean, c.circle)
		}
		var w weighted
		median := w.percentiles(c.values, c.weights, []float64{50})[0]
		for _, v := range [][2]float64{{s.Mean, c.mean}, {s.SD, c.sd}, {median, c.median}} {
			if !near(float32(v[0]), float32(v[1]), 0.01) {
				t.Errorf("%s: mean %v, deviation %v, median %v, want %v, %v, %v", c.name, s.Mean, s.SD, median, c.mean, c.sd, c.median)
				break
			}
		}
	}
}

func TestPercentilesFollowTheirValues(t *testing.T) {
	var w weighted
	values, weights := make([]float32, 101), make([]float64, 101)
	for i := range values {
		values[i], weights[i] = float32((i*37)%101), 1
	}
	for i, got := range w.percentiles(values, weights, []float64{75, 25, 0, 100, 50}) {
		want := []float64{75.25, 24.75, 0, 100, 50}[i]
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("percentile %d is %v, want %v", i, got, want)
		}
	}
}

func TestARoute(t *testing.T) {
	h := small(t, Limits{})
	at := func(hours float64) *field.Time { v := run0 + field.Time(hours*hour); return &v }
	low := 5.0
	route := []Point{
		{At: geo.LonLat{Lon: 0, Lat: 0}, Time: at(0)}, {At: geo.LonLat{Lon: 0, Lat: 10}, Time: at(1.5)}, {At: geo.LonLat{Lon: 0, Lat: 20}},
		{At: geo.LonLat{Lon: 0, Lat: 30}, Time: at(9)}, {At: geo.LonLat{Lon: 0, Lat: 40}, Time: at(3), Level: &low}, {At: geo.LonLat{Lon: 5, Lat: 40}, Time: at(3)},
	}
	columns := []Column{{Layer: h.layer(t, "m.t2m")}, {Layer: h.layer(t, "m.tp")}} // the rain, at the surface, has no levels to ask for
	for _, c := range []struct {
		name       string
		o          AlongOptions
		warm, rain []float32
	}{
		{"exact", AlongOptions{}, []float32{280, gone, 285, gone, gone, 287}, []float32{gone, gone, 3, gone, 3, 3}},
		{"linear", AlongOptions{Linear: true}, []float32{280, 282.5, 285, gone, gone, 287}, []float32{gone, gone, 3, gone, 3, 3}},
		{"nearest", AlongOptions{Nearest: true, Time: at(6)}, []float32{280, 281, 288, gone, gone, 287}, []float32{gone, gone, 6, gone, 3, 3}},
	} {
		got, err := h.engine.Along(t.Context(), h.catalogue, clock(3), columns, nil, route, c.o)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range [][]float32{c.warm, c.rain} {
			gaps := 0
			for i := range want {
				if want[i] != want[i] {
					gaps++
				}
				if !near(got[k].Values[i], want[i], 1e-4) {
					t.Errorf("%s: column %d has %v, want %v", c.name, k, got[k].Values, want)
					break
				}
			}
			if len(got[k].Gaps) != gaps {
				t.Errorf("%s: column %d has gaps %v, want %d", c.name, k, got[k].Gaps, gaps)
			}
		}
		if b := got[0].Between[1]; b != c.o.Linear {
			t.Errorf("%s: point 1 is between: %v", c.name, b)
		}
	}
}

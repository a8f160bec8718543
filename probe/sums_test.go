package probe

import (
	"testing"

	"isobar/field"
	"isobar/geo"
)

// TestSumsAndRatesOfMixedBuckets reads sums as GFS has them, since the last full six hours and since the run's start, and compares
// those made of them with the rain of each hour that they are sums of.
func TestSumsAndRatesOfMixedBuckets(t *testing.T) {
	g := globe(t)
	fell := func(from, to field.Time) (sum float64) { // 1 mm in the first hour, 2 in the second, ... 5, and again
		for h := from; h < to; h++ {
			sum += float64(h%5 + 1)
		}
		return sum
	}
	const hours = 30
	var parts []part
	for h := field.Time(1); h <= hours; h++ {
		bucket := (h - 1) / 6 * 6
		add := func(from field.Time) {
			parts = append(parts, part{model: "m", element: "tp", hours: h, span: field.Seconds(h-from) * hour, grid: g, value: flat(fell(from, h))})
		}
		if add(bucket); bucket > 0 {
			add(0)
		}
	}
	h := build(t, Limits{}, parts...)
	for _, c := range []struct {
		layer string
		span  field.Time
	}{{"m.tp_1h", 1}, {"m.tp_3h", 3}, {"m.tp_6h", 6}, {"m.tp_24h", 24}} {
		got := h.probe(t, Request{Columns: []Column{{Layer: h.layer(t, c.layer), Unit: "mm"}}, Times: Times{Interval: true}, At: []geo.LonLat{{Lon: 3, Lat: 4}}})
		s := got.Series[0]
		if len(s.Times) != hours-int(c.span)+1 {
			t.Errorf("%s has %d times", c.layer, len(s.Times))
		}
		for i, at := range s.Times {
			end := (at - run0) / hour
			if want := float32(fell(end-c.span, end)); !near(s.Values[i], want, 1e-4) || s.Spans[i] != field.Seconds(c.span)*hour {
				t.Errorf("%s at %d h is %v over %d s, want %v", c.layer, end, s.Values[i], s.Spans[i], want)
			}
		}
	}
	rate := h.probe(t, Request{Columns: []Column{{Layer: h.layer(t, "m.tp_rate"), Unit: "mm/h"}}, Times: Times{Interval: true}, At: []geo.LonLat{{}}}).Series[0]
	for i, at := range rate.Times {
		end := (at - run0) / hour
		if want := float32(fell(end-1, end)); !near(rate.Values[i], want, 1e-4) {
			t.Errorf("the rate at %d h is %v mm/h, want %v", end, rate.Values[i], want)
		}
	}
}

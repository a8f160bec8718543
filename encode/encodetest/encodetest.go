// Package encodetest makes values for tests of what writes them.
package encodetest

import (
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/models"
)

// Run is the reference time of all values: 2026-11-24T00:00:00Z.
const Run = field.Time(1795478400)

// Values are temperatures at places, times every 3 hours and levels; no levels: there is no vertical. A value tells its index.
func Values(places, times, levels int) encode.Values {
	l := &layers.Layer{
		Name: "test.t", Title: "Temperature", Model: models.Model{ID: "test", Title: "Test"},
		Element: elements.Element{ID: "t", Title: "Temperature", Unit: "K", StandardName: "air_temperature"},
	}
	v := encode.Values{Parameters: []encode.Parameter{{Name: "t", Layer: l, Unit: "K"}}}
	for i := range places {
		v.At = append(v.At, geo.LonLat{Lon: float64(i) / 4, Lat: 40 + float64(i)/8})
	}
	for i := range times {
		v.Times, v.Runs = append(v.Times, Run+field.Time(3*3600*i)), append(v.Runs, Run)
	}
	for i := range levels {
		v.Kind, v.Levels = elements.Pressure, append(v.Levels, 50000+float64(10000*i))
	}
	of := make([]float32, v.Len())
	for i := range of {
		of[i] = float32(i)
	}
	v.Of = [][]float32{of}
	return v
}

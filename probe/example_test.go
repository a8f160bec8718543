package probe_test

import (
	"context"
	"fmt"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/probe"
	"isobar/sample"
)

// A series at two places, in the units that people read.
func ExampleEngine_Probe() {
	engine := probe.New(sample.New(1<<20), probe.Limits{})
	var catalogue *layers.Catalogue // of layers.Source.Hold
	if catalogue == nil {
		return
	}
	warm, err := catalogue.Layer("gfs.t2m")
	if err != nil {
		return
	}
	start := field.At(time.Now())
	got, err := engine.Probe(context.Background(), catalogue, time.Now(), probe.Request{
		Columns: []probe.Column{{Layer: warm, Unit: "degC"}},
		At:      []geo.LonLat{{Lon: 2.35, Lat: 48.86}, {Lon: -0.13, Lat: 51.51}},
		Times:   probe.Times{Interval: true, Start: &start},
	})
	if err != nil {
		return
	}
	for i, t := range got.Series[0].Times {
		fmt.Println(t, got.Series[0].At(i, got.Places))
	}
}

// What lies within 50 km of a place.
func ExampleCircle() {
	circle, err := probe.Circle(geo.LonLat{Lon: 10, Lat: 50}, 50e3)
	if err != nil {
		panic(err)
	}
	fmt.Println(circle.Has(geo.LonLat{Lon: 10.5, Lat: 50.2}), circle.Has(geo.LonLat{Lon: 11, Lat: 50}))
	// Output: true false
}

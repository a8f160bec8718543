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

// A series at two places, in the unit that people read.
func ExampleEngine_Probe() {
	series := func(ctx context.Context, source *layers.Source) error {
		engine := probe.New(sample.New(1<<20), probe.Limits{})
		catalogue, release := source.Hold()
		defer release()
		warm, err := catalogue.Layer("gfs.t2m")
		if err != nil {
			return err
		}
		now := time.Now()
		start := field.At(now)
		got, err := engine.Probe(ctx, catalogue, now, probe.Request{
			Columns: []probe.Column{{Layer: warm, Unit: "degC"}},
			At:      []geo.LonLat{{Lon: 2.35, Lat: 48.86}, {Lon: -0.13, Lat: 51.51}},
			Times:   probe.Times{Interval: true, Start: &start},
		})
		if err != nil {
			return err
		}
		for i, t := range got.Series[0].Times {
			fmt.Println(t, got.Series[0].At(i, got.Places))
		}
		return nil
	}
	_ = series
}

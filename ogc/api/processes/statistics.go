package processes

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/probe"
)

// mostAreas bounds the areas of a request.
const mostAreas = 100

// statistics sums up values over areas.
func statistics() *process {
	return &process{
		id: "statistics", title: "Statistics over areas", keywords: []string{"statistics", "area", "zonal"},
		description: "Least, greatest and mean value, standard deviation and percentiles of all cells whose centres lie in an area, time by time; cells count by their size.",
		inputs: []input{
			{name: "features", title: "Areas", description: "GeoJSON polygons, or a collection of this server", schema: features.schema},
			{name: "coords", title: "An area as well-known text", description: "Instead of features: POLYGON or MULTIPOLYGON", schema: text},
			collection, parameters, datetime, run, levels, members, units, interpolationTime,
			{name: "percentiles", title: "Percentiles", description: "Numbers from 0 to 100; 50 is the median", schema: numbers, most: 100},
		},
		outputs: []output{{name: "result", title: "The areas with their statistics", types: []string{typeGeoJSON, typeCSV}}},
		prepare: prepareStatistics,
	}
}

func prepareStatistics(ctx context.Context, q *question) (work, error) {
	list, regions, err := q.areas(ctx)
	if err != nil {
		return nil, err
	}
	of, err := q.layers(nil)
	if err != nil {
		return nil, err
	}
	columns, err := q.columns(of, false, false)
	if err != nil {
		return nil, err
	}
	r := probe.StatisticsRequest{Told: true}
	for _, c := range columns {
		r.Columns = append(r.Columns, c.Column)
	}
	if r.Percentiles, err = q.numbers("percentiles"); err != nil {
		return nil, err
	}
	if r.Times, err = q.times(); err != nil {
		return nil, err
	}
	if r.Run, err = q.run(of); err != nil {
		return nil, err
	}
	if _, r.Linear, err = q.ways(); err != nil {
		return nil, err
	}
	return func(ctx context.Context, progress func(int, string)) ([]result, error) {
		all := make([][]probe.Summary, len(list))
		for i := range list {
			progress(90*i/len(list), "reading")
			r.Area = regions[i]
			if all[i], err = q.Probes.Statistics(ctx, q.catalogue, q.Now(), r); err != nil {
				return nil, err
			}
		}
		if q.format == typeCSV {
			return []result{{output: "result", mediaType: typeCSV + "; charset=utf-8; header=present", write: func(to io.Writer) error { return statisticsCSV(to, list, columns, all, r.Percentiles) }}}, nil
		}
		return []result{{output: "result", mediaType: typeGeoJSON, write: func(to io.Writer) error { return statisticsJSON(to, list, columns, all, r.Percentiles) }}}, nil
	}, nil
}

// areas reads the polygons of features or coords.
func (q *question) areas(ctx context.Context) (list []feature.Feature, regions []probe.Region, err error) {
	switch {
	case q.has("features"):
		if list, err = q.features(ctx, "features"); err != nil {
			return nil, nil, err
		}
	case q.has("coords"):
		text, err := q.text("coords")
		if err != nil {
			return nil, nil, err
		}
		g, err := wkt.Parse(text)
		if err != nil {
			return nil, nil, wrong("inputs.coords", "%v", err)
		}
		list = []feature.Feature{{Geometry: g}}
	default:
		return nil, nil, wrong("inputs.features", "features or coords must be given")
	}
	if len(list) == 0 || len(list) > mostAreas {
		return nil, nil, wrong("inputs.features", "%d areas are given; 1 to %d are taken at once", len(list), mostAreas)
	}
	for i := range list {
		var polygons []geom.Polygon
		switch g := feature.Flat(list[i].Geometry).(type) {
		case geom.Polygon:
			polygons = []geom.Polygon{g}
		case geom.MultiPolygon:
			for _, p := range g {
				polygons = append(polygons, p)
			}
		default:
			return nil, nil, wrong(fmt.Sprintf("inputs.features[%d].geometry", i), "an area is a Polygon or a MultiPolygon")
		}
		r, err := probe.Polygons(polygons...)
		if err != nil {
			return nil, nil, wrong(fmt.Sprintf("inputs.features[%d].geometry", i), "%v", err)
		}
		regions = append(regions, r)
	}
	return list, regions, nil
}

// percentileName is how a percentile is called: p50.
func percentileName(p float64) string { return "p" + strconv.FormatFloat(p, 'f', -1, 64) }

// statisticsJSON writes areas with an object for each column: lists in the order of its times.
func statisticsJSON(to io.Writer, areas []feature.Feature, columns []column, all [][]probe.Summary, percentiles []float64) error {
	w := feature.NewWriter(to, feature.Form{})
	for i := range areas {
		f := areas[i]
		f.Properties = append([]feature.Property(nil), f.Properties...)
		for k := range all[i] {
			s := &all[i][k]
			lists := map[string]any{"unit": s.Unit, "cells": s.Cells, "area": math.Round(s.Area)}
			if s.Near {
				lists["near"] = true
			}
			for j := range s.Of {
				o := &s.Of[j]
				add(lists, "forecastTime", o.Time)
				add(lists, "runTime", o.Run)
				add(lists, "missing", o.Missing)
				for name, v := range statisticsOf(o, percentiles) {
					add(lists, name, float32(v))
				}
			}
			f.Properties = append(f.Properties, feature.Property{Name: columns[k].name, Value: lists})
		}
		if err := w.Write(&f); err != nil {
			return err
		}
	}
	return w.Close()
}

// add puts a value at the end of a list.
func add(lists map[string]any, name string, v any) {
	list, _ := lists[name].([]any)
	lists[name] = append(list, v)
}

// statisticsOf are the numbers of one time by name.
func statisticsOf(o *probe.Statistic, percentiles []float64) map[string]float64 {
	m := map[string]float64{"min": o.Min, "max": o.Max, "mean": o.Mean, "sd": o.SD}
	for i, p := range percentiles {
		m[percentileName(p)] = o.Percentiles[i]
	}
	return m
}

// statisticsCSV writes a line for each area, column and time.
func statisticsCSV(to io.Writer, areas []feature.Feature, columns []column, all [][]probe.Summary, percentiles []float64) error {
	b := []byte("area,parameter,unit,time,run,cells,missing,min,max,mean,sd")
	for _, p := range percentiles {
		b = append(append(b, ','), percentileName(p)...)
	}
	b = append(b, "\r\n"...)
	for i := range areas {
		id := areas[i].ID
		if id == "" {
			id = strconv.Itoa(i + 1)
		}
		for k := range all[i] {
			s := &all[i][k]
			for j := range s.Of {
				o := &s.Of[j]
				b = fmt.Appendf(b, "%s,%s,%s,%s,%s,%d,%d", quoted(id), quoted(columns[k].name), quoted(s.Unit), o.Time, o.Run, s.Cells, o.Missing)
				for _, v := range append([]float64{o.Min, o.Max, o.Mean, o.SD}, o.Percentiles...) {
					b = append(b, ',')
					if v == v {
						b = strconv.AppendFloat(b, v, 'g', -1, 32)
					}
				}
				b = append(b, "\r\n"...)
			}
		}
	}
	_, err := to.Write(b)
	return err
}

// quoted is a field of CSV (RFC 4180).
func quoted(text string) string {
	for _, r := range text {
		if r == ',' || r == '"' || r == '\n' || r == '\r' {
			return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
	}
	return text
}

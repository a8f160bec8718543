package edr

import (
	"slices"

	"github.com/go-spatial/geom"

	"isobar/encode/geojson"
	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// owns tells that a collection is a layer or a model: others have items of their own.
func (s *service) owns(c *api.Call) bool {
	catalogue, release := s.Catalogue()
	defer release()
	_, err := ogc.FindCollection(catalogue, c.Path("collectionId"))
	return err == nil
}

// items answers with what a collection is made of, each with where it can be asked: its runs (OGC 19-086r6, items query).
func (s *service) items(c *api.Call, q *question) error {
	p, err := q.readPage(c)
	if err != nil {
		return err
	}
	if extent := geo.Box(boxOf(q.of.Layers)); p.box == nil || meets(extent, *p.box) {
		for _, run := range slices.Backward(runsOfAll(q.of)) {
			if q.run == nil || run == *q.run {
				if f, ok := s.item(c, q, run); ok {
					p.add(f)
				}
			}
		}
	}
	c.Bytes(geojson.Type, p.document(c))
	return nil
}

// oneItem answers with one run as a feature.
func (s *service) oneItem(c *api.Call, q *question) error {
	run, ok := findRun(q.of, c.Path("featureId"))
	if !ok || q.run != nil && *q.run != run {
		return unknown("featureId", "%s has no item %q", q.of.ID, ogc.Clip(c.Path("featureId")))
	}
	f, ok := s.item(c, q, run)
	if !ok {
		return errNothing
	}
	c.Bytes(geojson.Type, append(feature.Form{}.Append(nil, f), '\n'))
	return nil
}

// item is a run; ok is false if it has none of the times asked for.
func (s *service) item(c *api.Call, q *question, run field.Time) (f *feature.Feature, ok bool) {
	of := *q
	of.run = &run
	times := of.timesOf(func() field.Time { return field.At(c.Now) })
	having := []any{}
	for _, l := range q.layers {
		all := runTimes(l, &run)
		if slices.ContainsFunc(all, func(t field.Time) bool { return slices.Contains(times, t) }) {
			having = append(having, fieldName(l))
		}
	}
	if len(having) == 0 {
		return nil, false
	}
	b := boxOf(q.of.Layers)
	return &feature.Feature{
		ID: run.String(), Geometry: geom.Polygon{{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}}},
		Properties: []feature.Property{
			{Name: "label", Value: q.of.Title + ", run of " + run.String()}, {Name: "datetime", Value: whenOf(&of)}, {Name: "parameter-name", Value: having},
			{Name: "edrqueryendpoint", Value: api.CollectionURL(c.Base, q.of.ID) + "/instances/" + run.String() + "/area"},
			{Name: "reference_time", Value: run.String()},
		},
	}, true
}

// meets tells that two boxes have something in common, in any turn.
func meets(a, b geo.Box) bool {
	if a[1] > b[3] || b[1] > a[3] {
		return false
	}
	for _, turn := range []float64{-360, 0, 360} {
		if a[0] <= b[2]+turn && b[0]+turn <= a[2] {
			return true
		}
	}
	return false
}

package edr

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/go-spatial/geom"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode/covjson"
	"isobar/feature"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

// cube answers with the cells in a box.
func (s *service) cube(c *api.Call, q *question) error {
	ref := q.ref
	ref.NorthFirst = false // see geographic
	box, ok, err := c.Box(ref)
	if err != nil {
		return err
	}
	if !ok {
		return ogc.Missing("bbox")
	}
	if err := q.readHeights(c); err != nil {
		return err
	}
	cut := coverage.Cut{In: &ref, X: coverage.Interval{Low: box[0], High: box[2]}, Y: coverage.Interval{Low: box[1], High: box[3]}}
	if cut.Width, err = positions(c, "x"); err != nil {
		return err
	}
	if cut.Height, err = positions(c, "y"); err != nil {
		return err
	}
	return s.cells(c, q, "cube", cut)
}

// readHeights takes the heights of a bbox of six numbers, where z does not say more.
func (q *question) readHeights(c *api.Call) error {
	list := c.Query.List("bbox")
	if len(list) != 6 || q.levels != nil {
		return nil
	}
	levels, err := api.ReadNumbers("bbox", list[2]+"/"+list[5])
	if err != nil {
		return err
	}
	q.levels = levels
	q.layers = slices.DeleteFunc(q.layers, func(l *layers.Layer) bool { return vertical(l) && len(q.levelsOf(l)) == 0 })
	return nil
}

// area answers with the cells in polygons.
func (s *service) area(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	polygons, err := areas(c)
	if err != nil {
		return err
	}
	return s.cells(c, q, "area", polygonCut(polygons))
}

// polygonCut is the cells whose centres lie in polygons.
func polygonCut(polygons geom.Geometry) coverage.Cut {
	shape := feature.ShapeOf(polygons)
	box, _ := feature.Bounds(polygons)
	holds := func(at []geo.LonLat, in []bool) {
		for i, p := range at {
			east := p.Lon
			for east < box[0] {
				east += 360
			}
			for east-360 >= box[0] {
				east -= 360
			}
			in[i] = east <= box[2] && p.Lat >= box[1] && p.Lat <= box[3] && shape.Covers([2]float64{east, p.Lat})
		}
	}
	return within(box, &coverage.Area{
		Name: fmt.Sprintf("polygon %x", sha256.Sum256(fmt.Append(nil, polygons))), Holds: holds,
		Middle: geo.LonLat{Lon: (box[0] + box[2]) / 2, Lat: (box[1] + box[3]) / 2},
	})
}

// within cuts an area out of its box.
func within(box geo.Box, area *coverage.Area) coverage.Cut {
	ref, err := geo.Lookup("CRS:84")
	if err != nil { // it is always there
		return coverage.Cut{X: coverage.All, Y: coverage.All}
	}
	return coverage.Cut{In: &ref, X: coverage.Interval{Low: box[0], High: box[2]}, Y: coverage.Interval{Low: box[1], High: box[3]}, Area: area}
}

// mostRadius bounds a radius, in metres: a quarter of the way around the Earth.
const mostRadius = 10_000_000

// radius answers with the cells within a distance.
func (s *service) radius(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	at, _, err := points(c)
	if err != nil {
		return err
	}
	if len(at) > 1 {
		return unfit("POINT")
	}
	metres, err := distance(c, "within", "within-units", mostRadius)
	if err != nil {
		return err
	}
	return s.cells(c, q, "radius", circleCut(at[0], metres))
}

// circleCut is the cells whose centres lie within a distance.
func circleCut(middle geo.LonLat, metres float64) coverage.Cut {
	reach := metres / (earthRadius * rad) // degrees of latitude
	box := geo.Box{middle.Lon - 180, max(middle.Lat-reach, -90), middle.Lon + 180, min(middle.Lat+reach, 90)}
	if math.Abs(middle.Lat)+reach < 90 { // the pole lies outside
		wide := math.Asin(math.Sin(reach*rad)/math.Cos(middle.Lat*rad)) / rad
		box[0], box[2] = middle.Lon-wide, middle.Lon+wide
	}
	return within(box, &coverage.Area{
		Name: fmt.Sprintf("circle %v %v", middle, metres), Middle: middle,
		Holds: func(at []geo.LonLat, in []bool) {
			for i, p := range at {
				in[i] = feature.Distance(middle, p) <= metres
			}
		},
	})
}

// cells answers with the cells of a cut.
func (s *service) cells(c *api.Call, q *question, query string, cut coverage.Cut) error {
	mediaType, err := s.choose(c, query)
	if err != nil {
		return err
	}
	if q.linear || q.unit != "" && mediaType != geoJSON && mediaType != csvText {
		return ogc.Invalid("units", "units and interpolation-time are of values at places, and of cells as GeoJSON and CSV the units")
	}
	if q.space == probe.Nearest {
		cut.Interpolation = coverage.Nearest
	}
	if c.Query.Get("crs") != "" {
		cut.Out = &q.ref
	}
	requests, err := q.requests(c, cut)
	if err != nil {
		return err
	}
	if mediaType == geoJSON || mediaType == csvText {
		return s.list(c, q, query, requests)
	}
	if mediaType == coverageJSON {
		return s.grids(c, q, requests)
	}
	if requests, err = joined(requests); err != nil {
		return err
	}
	requests[0].Format = mediaType
	a, err := s.Coverages.Coverage(c.Context(), requests[0])
	if err != nil {
		return err
	}
	c.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", fileName(q.of.ID)+a.Format.Extension))
	a.Pinned = a.Pinned && q.settled(c)
	return ogc.SendCoverage(c.ResponseWriter, c.Request, a, "")
}

// grids answers with CoverageJSON: one coverage, or a collection of one for each kind of levels. Cells come in CRS84 unless another system
// is asked for, as no client knows a model's own.
func (s *service) grids(c *api.Call, q *question, requests []answer.CoverageRequest) error {
	ref, err := geo.Lookup("CRS:84")
	if err != nil {
		return err
	}
	for i := range requests {
		if l, err := q.catalogue.Layer(requests[i].Layers[0]); err == nil && requests[i].Cut.Out == nil && !flat(l) {
			requests[i].Cut.Out = &ref
		}
	}
	all, done, err := s.open(c, q.byMember(requests), coverageJSON)
	if err != nil {
		return err
	}
	if len(all) == 1 {
		all[0].Pinned = all[0].Pinned && q.settled(c)
		return ogc.SendCoverage(c.ResponseWriter, c.Request, all[0], coverageJSON)
	}
	a := answer.Coverage{Source: all[0].Source, Format: all[0].Format, MaxAge: answerAge, Pinned: q.settled(c), Done: done}
	sum := sha256.New()
	for _, one := range all {
		a.Pinned = a.Pinned && one.Pinned
		a.Bytes += one.Bytes
		sum.Write([]byte(one.ETag))
	}
	a.ETag = `"` + hex.EncodeToString(sum.Sum(nil)[:12]) + `"`
	writers := make([]covjson.Writer, len(all))
	for i := range all {
		writers[i] = all[i].Write
	}
	a.Write = covjson.Joined(writers)
	return ogc.SendCoverage(c.ResponseWriter, c.Request, a, coverageJSON)
}

// Package edr speaks OGC API - Environmental Data Retrieval 1.0, 1.1 and 1.2 (OGC 19-086): values at places, in areas and along ways, of
// a layer or of all of a model's, whose runs are instances.
package edr

import (
	"context"
	"net/http"
	"slices"
	"time"

	"isobar/answer"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc/api"
	"isobar/places"
	"isobar/probe"
)

// Probes gives values at places; *probe.Engine does.
type Probes interface {
	Probe(ctx context.Context, c *layers.Catalogue, now time.Time, r probe.Request) (probe.Result, error)
	Along(ctx context.Context, c *layers.Catalogue, now time.Time, columns []probe.Column, run *field.Time, route []probe.Point, o probe.AlongOptions) ([]probe.Track, error)
	Limits() probe.Limits
}

var _ Probes = (*probe.Engine)(nil)

// Coverages makes coverages; *answer.Coverages does.
type Coverages interface {
	Formats() []encode.Coverage
	Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error)
}

var _ Coverages = (*answer.Coverages)(nil)

// Parameters tells how GRIB names elements; *elements.Catalogue does.
type Parameters interface {
	Parameter(id string) (p elements.Parameter, ok bool)
}

var _ Parameters = (*elements.Catalogue)(nil)

// Places knows places by name; *places.Catalogue does.
type Places interface {
	Named(id string) (p places.Place, ok bool)
	All() []places.Place
}

var _ Places = (*places.Catalogue)(nil)

// Rooms is what the part needs.
type Rooms struct {
	Probes    Probes
	Coverages Coverages
	Catalogue func() (c *layers.Catalogue, release func())
	Elements  Parameters
	Places    Places // nil: there are none
}

// service makes the part.
type service struct{ Rooms }

// Part is the queries of EDR.
func Part(rooms Rooms) api.Part {
	s := &service{rooms}
	return api.Part{Conformance: conformance(), Describe: s.describe, Operations: s.operations()}
}

// conformance lists the classes that are followed. EDR 1.0's suite looks for one of its requirements among them; and writes http,
// where 1.2 has https.
func conformance() (uris []string) {
	classes := []string{"core", "collections", "json", "geojson", "edr-geojson", "covjson", "html", "oas30", "queries", "instances", "position", "area", "cube", "radius", "trajectory", "corridor", "locations"}
	for _, v := range []string{"http://www.opengis.net/spec/ogcapi-edr-1/1.0/", "http://www.opengis.net/spec/ogcapi-edr-1/1.1/", "https://www.opengis.net/spec/ogcapi-edr-1/1.2/"} {
		for _, class := range classes {
			uris = append(uris, v+"conf/"+class)
		}
		uris = append(uris, v+"req/edr-geojson")
	}
	return append(uris, "https://www.opengis.net/spec/ogcapi-edr-1/1.2/conf/post", "https://www.opengis.net/spec/ogcapi-edr-1/1.2/conf/queries")
}

// query is one of the kinds of questions.
type query struct {
	name, title, about string
	params             []api.Param
	ask                func(s *service, c *api.Call, q *question) error
}

// queries are the kinds of questions that have one place in the paths, in the order that they are told in.
func queries() []query {
	way := "LINESTRING or MULTILINESTRING, with Z for levels and M for seconds since 1970 along the way"
	return []query{
		{"position", "Position", "Values at places", []api.Param{coords("POINT(10 50), or MULTIPOINT"), z}, (*service).position},
		{"radius", "Radius", "Values of the cells within a distance", []api.Param{
			coords("POINT(10 50)"), required(api.TextParam("within", "The distance")), required(api.TextParam("within-units", "Its unit: km, m, mi or nmi")), z,
		}, (*service).radius},
		{"area", "Area", "Values of the cells in an area", []api.Param{coords("POLYGON((0 40,20 40,20 50,0 40)), or MULTIPOLYGON"), z}, (*service).area},
		{"cube", "Cube", "Values of the cells in a box", []api.Param{required(api.BoxParam), z, resolution("x"), resolution("y")}, (*service).cube},
		{"trajectory", "Trajectory", "Values along a way", []api.Param{coords(way), z}, (*service).trajectory},
		{"corridor", "Corridor", "Values along a way and on both sides of it", []api.Param{
			coords(way), required(api.TextParam("corridor-width", "The whole width")), required(api.TextParam("width-units", "Its unit: km, m, mi or nmi")),
			api.TextParam("corridor-height", "The whole height, around the level of the way"), api.TextParam("height-units", "Its unit: that of the levels, or m, km, ft, Pa, hPa"),
			z, resolution("x"), resolution("y"), resolution("z"),
		}, (*service).corridor},
	}
}

// operations are all of the part.
func (s *service) operations() (list []api.Operation) {
	documents := []string{api.TypeJSON, api.TypeHTML}
	for _, root := range []struct{ path, id, of string }{
		{"/collections/{collectionId}", "", ""}, {"/collections/{collectionId}/instances/{instanceId}", "Instance", " of a run"},
	} {
		for _, q := range queries() {
			get := api.Operation{
				Path: root.path + "/" + q.name, ID: "get" + root.id + q.title, Summary: q.about + root.of, Tag: "Environmental data", Types: s.types(q.name),
				Params: append(slices.Clone(q.params), common...), Formats: s.formats(q.name), Handle: s.answer(q.ask),
			}
			post := get
			post.Method, post.ID, post.Form = http.MethodPost, "post"+root.id+q.title, true
			list = append(list, get, post)
		}
		list = append(list,
			api.Operation{Path: root.path + "/locations", ID: "get" + root.id + "Locations", Summary: "Named places" + root.of, Tag: "Environmental data",
				Types: []string{geoJSON, api.TypeJSON}, Params: listing, Handle: s.answer((*service).locations)},
			api.Operation{Path: root.path + "/locations/{locationId}", ID: "get" + root.id + "Location", Summary: "Values at named places" + root.of, Tag: "Environmental data",
				Types: s.types("locations"), Params: append([]api.Param{z}, common...), Formats: s.formats("locations"), Handle: s.answer((*service).location)},
			api.Operation{Path: root.path + "/items", ID: "get" + root.id + "EDRItems", Summary: "What a collection is made of" + root.of, Tag: "Environmental data",
				Types: []string{geoJSON, api.TypeJSON}, Params: listing, Owns: s.owns, Handle: s.answer((*service).items)},
			api.Operation{Path: root.path + "/items/{featureId}", ID: "get" + root.id + "EDRItem", Summary: "One part of a collection" + root.of, Tag: "Environmental data",
				Types: []string{geoJSON, api.TypeJSON}, Params: listing[1:4], Owns: s.owns, Handle: s.answer((*service).oneItem)},
		)
	}
	return append(list,
		api.Operation{Path: "/collections/{collectionId}/instances", ID: "getInstances", Summary: "Runs of a collection", Tag: "Environmental data", Types: documents, Handle: s.instances},
		api.Operation{Path: "/collections/{collectionId}/instances/{instanceId}", ID: "getInstance", Summary: "One run of a collection", Tag: "Environmental data", Types: documents, Handle: s.instance},
	)
}

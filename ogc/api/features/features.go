// Package features speaks OGC API - Features: Part 1 (OGC 17-069r4), reference systems (18-058r1), filters (19-079r2, CQL2) and, behind
// a guard, changes (20-002).
package features

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"isobar/feature"
	"isobar/feature/cql2"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// The media types of features.
const (
	typeGeoJSON = "application/geo+json"
	typeCSV     = "text/csv"
	typeSchema  = "application/schema+json"
	typePatch   = "application/merge-patch+json"
)

// The relations of links.
const (
	relQueryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSchema     = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relSortables  = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
	relFunctions  = "http://www.opengis.net/def/rel/ogc/1.0/functions"
)

// Options say how features are served.
type Options struct {
	// Authorize tells whether a request may change features: nil is yes. A *ogc.Fault is told as it is, another error is 401 without its
	// text. Without the function nobody may.
	Authorize func(*http.Request) error
	// Limits bound what a client sends; zero: feature.DefaultLimits.
	Limits feature.Limits
}

// service makes the part.
type service struct {
	catalogues []feature.Catalogue
	options    Options
	changing   sync.Mutex // between the look at If-Match and the change
}

// Part is the features of catalogues; of two collections of one identity the first catalogue's counts.
func Part(catalogues []feature.Catalogue, o Options) api.Part {
	if o.Limits == (feature.Limits{}) {
		o.Limits = feature.DefaultLimits
	}
	s := &service{catalogues: catalogues, options: o}
	return api.Part{
		Conformance: s.conformance(),
		Landing: func(base string) []api.Link {
			return []api.Link{{Href: base + "/functions", Rel: relFunctions, Type: api.TypeJSON, Title: "Functions of filters"}}
		},
		Collections: s.list,
		Find:        s.describeOne,
		Operations:  s.operations(),
	}
}

// crs84 is the system that features are kept in.
const crs84 = "CRS:84"

// systems are those that a collection is offered in, CRS84 first (OGC 18-058r1 6.2): those of the world, and those whose area holds all of
// it. A box around the world means nothing in a system of Europe.
func systems(about feature.About) (all []geo.Reference) {
	for _, ref := range geo.References() {
		world := ref.Turn > 0 && ref.Area[2]-ref.Area[0] >= 360
		within := about.Extent[0] >= ref.Area[0] && about.Extent[1] >= ref.Area[1] && about.Extent[2] <= ref.Area[2] && about.Extent[3] <= ref.Area[3]
		switch {
		case ref.Code == crs84:
			all = append([]geo.Reference{ref}, all...)
		case world || within:
			all = append(all, ref)
		}
	}
	return all
}

// conformance lists what holds. The class spatial-functions is missing: S_TOUCHES, S_CROSSES and S_OVERLAPS are not offered.
func (s *service) conformance() (uris []string) {
	const spec = "http://www.opengis.net/spec/"
	for _, c := range []struct {
		root  string
		names []string
	}{
		{"ogcapi-features-1/1.0/conf/", []string{"core", "geojson", "html", "oas30"}},
		{"ogcapi-features-2/1.0/conf/", []string{"crs"}},
		{"ogcapi-features-3/1.0/conf/", []string{"queryables", "queryables-query-parameters", "filter", "features-filter"}},
		{"cql2/1.0/conf/", []string{
			"cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison", "accent-insensitive-comparison",
			"basic-spatial-functions", "basic-spatial-functions-plus", "temporal-functions", "array-functions", "property-property", "functions", "arithmetic",
		}},
	} {
		for _, name := range c.names {
			uris = append(uris, spec+c.root+name)
		}
	}
	if s.options.Authorize != nil {
		for _, name := range []string{"create-replace-delete", "update", "optimistic-locking-etags", "features"} {
			uris = append(uris, spec+"ogcapi-features-4/1.0/conf/"+name)
		}
	}
	return uris
}

// The bounds of a page.
const (
	defaultLimit = 100
	maxLimit     = 10_000
)

func (s *service) operations() []api.Operation {
	const items, item = "/collections/{collectionId}/items", "/collections/{collectionId}/items/{featureId}"
	owned := func(o api.Operation) api.Operation {
		o.Owns = s.owns
		return o
	}
	limit := api.WholeParam("limit", "How many features a page has at most", maxLimit)
	limit.Schema["default"] = defaultLimit
	query := []api.Param{
		api.BoxParam, api.BoxCRS, limit,
		{Name: "datetime", Description: "Features that hold at an instant, or at some time of an interval; .. is an open end", Schema: map[string]any{"type": "string"}},
		{Name: "offset", Description: "How many features are passed over", Schema: map[string]any{"type": "integer", "minimum": 0, "default": 0}},
		api.Crs, api.TextParam("filter", "CQL2"), {Name: "filter-lang", Description: "The language of filter", Schema: map[string]any{"type": "string", "enum": []any{"cql2-text", "cql2-json"}, "default": "cql2-text"}},
		api.TextParam("filter-crs", "Reference system of coordinates in filter; CRS84 if left out"),
		api.TextParam("sortby", "Properties to sort by, with commas; - before one: descending"),
		api.TextParam("properties", "Properties that are wanted, with commas; all if left out"), api.BoolParam("skipGeometry", "Whether geometries are left out"),
	}
	schemas := []string{typeSchema, api.TypeHTML}
	all := []api.Operation{
		{Path: items, ID: "getFeatures", Summary: "Features of a collection", Tag: "Features", Types: []string{typeGeoJSON, api.TypeHTML, typeCSV}, Params: query, Also: s.isProperty, Handle: s.items},
		{Path: item, ID: "getFeature", Summary: "One feature", Tag: "Features", Types: []string{typeGeoJSON, api.TypeHTML}, Params: []api.Param{api.Crs}, Handle: s.item},
		{Path: "/collections/{collectionId}/queryables", ID: "getQueryables", Summary: "Properties that filters may name", Tag: "Features", Types: schemas, Handle: s.queryables},
		{Path: "/collections/{collectionId}/sortables", ID: "getSortables", Summary: "Properties to sort by", Tag: "Features", Types: schemas, Handle: s.sortables},
		{Path: "/collections/{collectionId}/schema", ID: "getSchema", Summary: "What the collection's items hold", Tag: "Features", Types: schemas, Handle: s.schema},
		{Method: http.MethodPost, Path: items, ID: "createFeature", Summary: "Add a feature", Tag: "Changes", Body: []string{typeGeoJSON}, Status: http.StatusCreated, Handle: s.create},
		{Method: http.MethodPut, Path: item, ID: "replaceFeature", Summary: "Replace a feature", Tag: "Changes", Body: []string{typeGeoJSON}, Status: http.StatusNoContent, Handle: s.replace},
		{Method: http.MethodPatch, Path: item, ID: "updateFeature", Summary: "Change parts of a feature (RFC 7396)", Tag: "Changes", Body: []string{typePatch, typeGeoJSON}, Status: http.StatusNoContent, Handle: s.update},
		{Method: http.MethodDelete, Path: item, ID: "deleteFeature", Summary: "Remove a feature", Tag: "Changes", Status: http.StatusNoContent, Handle: s.remove},
		{Method: http.MethodOptions, Path: items, ID: "getFeaturesMethods", Summary: "What may be done", Tag: "Changes", Status: http.StatusNoContent, Handle: s.methods},
		{Method: http.MethodOptions, Path: item, ID: "getFeatureMethods", Summary: "What may be done", Tag: "Changes", Status: http.StatusNoContent, Handle: s.methods},
	}
	for i := range all {
		all[i] = owned(all[i])
	}
	return append(all, api.Operation{Path: "/functions", ID: "getFunctions", Summary: "Functions of filters", Tag: "Features", Types: []string{api.TypeJSON, api.TypeHTML}, Handle: s.functions})
}

// find is a collection by its identity. The error wraps layers.ErrUnknownLayer, which is what the services know.
func (s *service) find(ctx context.Context, id string) (feature.Collection, error) {
	for _, c := range s.catalogues {
		found, err := c.Collection(ctx, id)
		if err == nil {
			return found, nil
		}
		if !errors.Is(err, feature.ErrNotFound) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w %q", layers.ErrUnknownLayer, id[:min(len(id), 80)])
}

// owns tells that the path's collection is one of features.
func (s *service) owns(c *api.Call) bool {
	_, err := s.find(c.Context(), c.Path("collectionId"))
	return !errors.Is(err, layers.ErrUnknownLayer)
}

// opened is the path's collection and what it tells of itself.
func (s *service) opened(c *api.Call) (feature.Collection, feature.About, error) {
	found, err := s.find(c.Context(), c.Path("collectionId"))
	if err != nil && !errors.Is(err, layers.ErrUnknownLayer) {
		return nil, feature.About{}, err
	}
	if err != nil {
		return nil, feature.About{}, &ogc.Fault{Status: http.StatusNotFound, Code: ogc.LayerNotDefined, Locator: "layers", Text: "there is no collection of features " + strconv.Quote(ogc.Clip(c.Path("collectionId")))}
	}
	about, err := found.About(c.Context())
	return found, about, explain(err)
}

// explain turns errors of features into faults.
func explain(err error) error {
	for _, known := range []struct {
		err     error
		status  int
		locator string
	}{
		{feature.ErrNotFound, http.StatusNotFound, "featureId"}, {feature.ErrExists, http.StatusConflict, "id"},
		{feature.ErrInvalid, http.StatusBadRequest, "body"}, {cql2.ErrInvalid, http.StatusBadRequest, "filter"},
	} {
		if errors.Is(err, known.err) {
			return &ogc.Fault{Status: known.status, Code: ogc.InvalidParameterValue, Locator: known.locator, Text: err.Error()}
		}
	}
	return err
}

// functions answers what filters may call (OGC 19-079r2 6.5).
func (s *service) functions(c *api.Call) error {
	all := []any{}
	for _, f := range cql2.Functions {
		args := []any{}
		for _, a := range f.Arguments {
			args = append(args, map[string]any{"type": []string{a}})
		}
		all = append(all, map[string]any{"name": f.Name, "description": f.Description, "arguments": args, "returns": []string{f.Returns}})
	}
	return c.Document("Functions", map[string]any{"functions": all})
}

// Package coverages speaks OGC API - Coverages (draft of 2026) with the parameters of earlier drafts that clients send.
package coverages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/encode/png16"
	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/api"
)

// Coverages makes coverages; *answer.Coverages does.
type Coverages interface {
	Formats() []encode.Coverage
	Format(name string) (encode.Coverage, error)
	Describe(ctx context.Context, r answer.CoverageRequest) (s *coverage.Source, done func(), err error)
	Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error)
}

var _ Coverages = (*answer.Coverages)(nil)

// The relations of links.
const (
	relRoot      = "http://www.opengis.net/def/rel/ogc/1.0/"
	relCoverage  = relRoot + "coverage"
	relDomainSet = relRoot + "coverage-domainset"
	relRangeType = relRoot + "coverage-rangetype"
	relSchema    = relRoot + "schema"
	relTilesets  = relRoot + "tilesets-coverage"
)

// service makes the part.
type service struct {
	coverages Coverages
	hold      ogc.Hold
	tiling    api.Tiling
}

// Part is the numbers of collections, as a whole and in tiles, and what they are.
func Part(coverages Coverages, hold ogc.Hold, sets *tilematrix.Catalogue) api.Part {
	s := &service{coverages, hold, tiling(coverages, sets)}
	p := api.Part{
		Conformance: conformance(),
		Describe:    s.describe,
		Operations: []api.Operation{
			{Path: "/collections/{collectionId}/coverage", ID: "collection.getCoverage", Summary: "The numbers of a collection", Tag: "Coverages", Types: s.types(), Params: params, Handle: s.coverage},
			{Path: "/collections/{collectionId}/coverage/domainset", ID: "collection.getDomainSet", Summary: "Where a coverage's cells lie", Tag: "Coverages",
				Types: []string{api.TypeJSON, api.TypeHTML}, Handle: s.domainSet},
			{Path: "/collections/{collectionId}/coverage/rangetype", ID: "collection.getRangeType", Summary: "What a coverage's values are", Tag: "Coverages",
				Types: []string{api.TypeJSON, api.TypeHTML}, Handle: s.rangeType},
			{Path: "/collections/{collectionId}/schema", ID: "collection.getSchema", Summary: "A collection's fields as JSON Schema", Tag: "Coverages",
				Types: []string{api.TypeJSON, api.TypeHTML}, Handle: s.schema},
		},
	}
	p.Operations = append(p.Operations, s.tileOperations()...)
	return p
}

// conformance lists the classes that are followed.
func conformance() (uris []string) {
	for _, name := range []string{
		"core", "subsetting-spatial", "subsetting-temporal", "subsetting-general", "scaling-size", "scaling-resolution", "field-selection", "crs", "geotiff", "cog", "netcdf",
		"coveragejson", "png", "zarr", "tiles", "api-operations",
	} {
		uris = append(uris, "https://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/"+name, "http://www.opengis.net/spec/ogcapi-coverages-1/1.0/conf/"+name)
	}
	for _, name := range []string{"tiff", "netcdf", "coveragejson"} {
		uris = append(uris, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"+name)
	}
	return uris
}

// types are the formats' media types, the default first.
func (s *service) types() (list []string) {
	for _, f := range s.coverages.Formats() {
		if !slices.Contains(list, f.Type) {
			list = append(list, f.Type)
		}
	}
	return list
}

// describe adds the links of a collection: the coverage in each format, the default without f, as GDAL takes the first of a type it
// knows.
func (s *service) describe(base string, of ogc.Collection, into *api.CollectionInfo) {
	at := api.CollectionURL(base, of.ID)
	for i, f := range s.coverages.Formats() {
		href := at + "/coverage"
		if i > 0 {
			href += "?f=" + f.Name
		}
		into.Links = append(into.Links, api.Link{Href: href, Rel: relCoverage, Type: f.Type, Title: "The numbers as " + f.Name})
	}
	into.Links = append(into.Links,
		api.Link{Href: at + "/coverage/domainset", Rel: relDomainSet, Type: api.TypeJSON, Title: "Where the cells lie"},
		api.Link{Href: at + "/coverage/rangetype", Rel: relRangeType, Type: api.TypeJSON, Title: "What the values are"},
		api.Link{Href: at + "/schema", Rel: relSchema, Type: api.TypeJSON, Title: "The fields as JSON Schema"},
		api.Link{Href: at + "/coverage/tiles", Rel: relTilesets, Type: api.TypeJSON, Title: "The numbers in tiles"},
	)
}

// coverage answers with numbers.
func (s *service) coverage(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	format, err := s.format(c, s.coverages.Formats())
	if err != nil {
		return err
	}
	r, err := s.request(c, of)
	if err != nil {
		return s.explain(c, err)
	}
	r.Format = format
	return s.send(c, r, of)
}

// format is the name of the one of several formats that a request chooses; "" if it leaves the choice to us.
func (s *service) format(c *api.Call, offered []encode.Coverage) (string, error) {
	if accept := c.Request.Header.Get("Accept"); c.Query.Get("f") == "" && (accept == "" || accept == "*/*") && len(offered) == len(s.coverages.Formats()) {
		return "", nil
	}
	if name := c.Query.Get("f"); name != "" {
		if f, err := s.coverages.Format(name); err == nil && f.Unlisted {
			return f.Name, nil
		}
	}
	short, types := map[string]string{}, []string{}
	for _, f := range offered {
		short[f.Name], types = f.Type, append(types, f.Type)
		for _, alias := range f.Aliases {
			short[alias] = f.Type
		}
	}
	mediaType, err := c.Choose(types, short)
	for _, f := range offered {
		if f.Type == mediaType {
			return f.Name, err
		}
	}
	return "", err
}

// send makes a coverage and writes it.
func (s *service) send(c *api.Call, r answer.CoverageRequest, of ogc.Collection) error {
	a, err := s.coverages.Coverage(c.Context(), r)
	if err != nil {
		return s.explain(c, err)
	}
	names := tell(c.Header(), a.Source)
	if a.Format.Name == pngName {
		scale, offset := png16.Scale(a.Source)
		for name, v := range map[string]float64{"Values-Scale": scale, "Values-Offset": offset} {
			c.Header().Set(name, strconv.FormatFloat(v, 'g', -1, 64))
			names = append(names, name)
		}
	}
	c.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", fileName(of.ID)+a.Format.Extension))
	if err := ogc.SendCoverage(c.ResponseWriter, c.Request, a, ""); err != nil {
		for _, name := range append(names, "Content-Disposition") {
			c.Header().Del(name)
		}
		return err
	}
	return nil
}

// pngName is the format whose values are told from pixels by headers (OGC API Coverages, the class png).
const pngName = "png16"

// fileName is a collection's name as a file may have it.
func fileName(id string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\<>:"|?*`, r) || r < ' ' {
			return '_'
		}
		return r
	}, id)
}

// tell says what the answer holds (OGC API Coverages, core), and the names of the headers.
func tell(h http.Header, s *coverage.Source) []string {
	b, ref := s.Box, reference(s)
	if ref.NorthFirst {
		b = geo.Box{b[1], b[0], b[3], b[2]}
	}
	h.Set("Content-Bbox", ogc.Number(b[0])+","+ogc.Number(b[1])+","+ogc.Number(b[2])+","+ogc.Number(b[3]))
	if s.Ref.Code != "" {
		api.TellCRS(h, ref)
	}
	when := s.Times[0].String()
	if n := len(s.Times); n > 1 {
		when += "/" + s.Times[n-1].String()
	}
	h.Set("Content-Datetime", when)
	return []string{"Content-Bbox", "Content-Crs", "Content-Datetime"}
}

// reference is the system of an answer as it is told: longitudes come first.
func reference(s *coverage.Source) geo.Reference {
	if s.Ref.Degrees && s.Ref.Code == "EPSG:4326" {
		if ref, err := geo.Lookup("CRS:84"); err == nil {
			return ref
		}
	}
	return s.Ref
}

// explain turns errors from below into faults. What lies wholly outside a coverage is an answer without content.
func (s *service) explain(c *api.Call, err error) error {
	var axis *coverage.AxisError
	switch {
	case errors.Is(err, coverage.ErrOutside):
		c.WriteHeader(http.StatusNoContent)
		return nil
	case errors.As(err, &axis) && errors.Is(err, coverage.ErrScale):
		return ogc.Invalid("scale-size", "%v", err)
	case errors.As(err, &axis):
		return ogc.Invalid("subset", "%v", err)
	case errors.Is(err, answer.ErrTooLarge):
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Text: err.Error()}
	case errors.Is(err, encode.ErrUnfit):
		return ogc.Invalid("f", "%v", err)
	}
	return err
}

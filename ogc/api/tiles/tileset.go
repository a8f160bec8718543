package tiles

import (
	"net/url"
	"strings"

	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// typeTileJSON is the media type of TileJSON 3.0.
const typeTileJSON = "application/vnd.mapbox.tile+json"

// tilesets lists the tilesets of a collection (OGC API Tiles 1.0, 8.4).
type tilesets struct {
	Links    []api.Link `json:"links"`
	Tilesets []tileset  `json:"tilesets"`
}

// tileset describes tiles (OGC 17-083r4 clause 7). Entries of a list have the set's ID and limits too, as the tests of Tiles want.
type tileset struct {
	Title    string       `json:"title"`
	DataType string       `json:"dataType"`
	CRS      string       `json:"crs"`
	SetID    string       `json:"tileMatrixSetId"`
	SetURI   string       `json:"tileMatrixSetURI"`
	Limits   []limits     `json:"tileMatrixSetLimits,omitempty"`
	Box      *box         `json:"boundingBox,omitempty"`
	Centre   *centre      `json:"centerPoint,omitempty"`
	Layers   []layerOfSet `json:"layers,omitempty"`
	Links    []api.Link   `json:"links"`
}

type limits struct {
	Matrix string `json:"tileMatrix"`
	MinRow int    `json:"minTileRow"`
	MaxRow int    `json:"maxTileRow"`
	MinCol int    `json:"minTileCol"`
	MaxCol int    `json:"maxTileCol"`
}

type box struct {
	Lower [2]float64 `json:"lowerLeft"`
	Upper [2]float64 `json:"upperRight"`
	CRS   string     `json:"crs"`
}

type centre struct {
	Coordinates [2]float64 `json:"coordinates"`
	CRS         string     `json:"crs"`
	Matrix      string     `json:"tileMatrix"`
}

type layerOfSet struct {
	ID       string `json:"id"`
	DataType string `json:"dataType"`
	Title    string `json:"title"`
}

// setURI is a set's identifier: the OGC's where there is one, else where it is described.
func setURI(base string, set *tilematrix.Set) string {
	if set.URI != "" {
		return set.URI
	}
	return base + "/tileMatrixSets/" + set.ID
}

// root is the path of a request's tiles, and the query that chooses the collections.
func root(c *api.Call) (path, query string) {
	path = "/map/tiles"
	if id := c.Path("collectionId"); id != "" {
		path = "/collections/" + url.PathEscape(id)
		if style := c.Path("styleId"); style != "" {
			path += "/styles/" + url.PathEscape(style)
		}
		path += "/map/tiles"
	}
	if v := c.Query.Get("collections"); v != "" {
		query = "collections=" + url.QueryEscape(v)
	}
	return path, query
}

// with adds queries to an address.
func with(address string, queries ...string) string {
	for _, q := range queries {
		if q == "" {
			continue
		}
		if strings.Contains(address, "?") {
			address += "&" + q
		} else {
			address += "?" + q
		}
	}
	return address
}

// tilesets answers the list of tilesets.
func (s *service) tilesets(c *api.Call) error {
	chosen, err := s.collections(c)
	if err != nil {
		return err
	}
	path, query := root(c)
	list := tilesets{Links: []api.Link{
		{Href: with(c.Base+path, "f=json", query), Rel: "self", Type: api.TypeJSON, Title: "This document"},
		{Href: with(c.Base+path, "f=html", query), Rel: "alternate", Type: api.TypeHTML, Title: "This document for people"},
	}, Tilesets: []tileset{}}
	for _, set := range s.sets.Sets() {
		if t, ok := s.describe(c, set, chosen); ok {
			t.Layers, t.Box, t.Centre = nil, nil, nil
			list.Tilesets = append(list.Tilesets, t)
		}
	}
	return c.Document("Tilesets", list)
}

// tileset answers one tileset, as the standard has it or as TileJSON.
func (s *service) tileset(c *api.Call) error {
	set, err := s.set(c)
	if err != nil {
		return err
	}
	chosen, err := s.collections(c)
	if err != nil {
		return err
	}
	t, ok := s.describe(c, set, chosen)
	if !ok {
		return missing("tileMatrixSetId", set.ID)
	}
	form, err := c.Choose([]string{api.TypeJSON, api.TypeHTML, typeTileJSON}, map[string]string{"json": api.TypeJSON, "html": api.TypeHTML, "tilejson": typeTileJSON})
	if err != nil {
		return err
	}
	if form == typeTileJSON {
		return s.tileJSON(c, set, chosen, t)
	}
	return c.Document(t.Title, t)
}

// describe is the tileset of layers in a set; ok is false if they have no tiles there.
func (s *service) describe(c *api.Call, set *tilematrix.Set, chosen []*layers.Layer) (t tileset, ok bool) {
	extent := ogc.Geographic(chosen[0].Extent)
	path, query := root(c)
	t = tileset{Title: set.Title, DataType: "map", CRS: api.URI(set.Ref), SetID: set.ID, SetURI: setURI(c.Base, set)}
	for _, l := range chosen {
		b := ogc.Geographic(l.Extent)
		extent = geo.Box{min(extent[0], b[0]), min(extent[1], b[1]), max(extent[2], b[2]), max(extent[3], b[3])}
		t.Layers = append(t.Layers, layerOfSet{l.Name, "map", l.Title})
	}
	frame, ok := ogc.Box(set.Ref, extent)
	if !ok {
		return t, false
	}
	for _, m := range set.Matrices {
		if l, ok := m.Limits(frame); ok {
			t.Limits = append(t.Limits, limits{m.ID, l.MinRow, l.MaxRow, l.MinCol, l.MaxCol})
		}
	}
	t.Box = &box{[2]float64{extent[0], extent[1]}, [2]float64{extent[2], extent[3]}, api.URI(mustCRS84())}
	t.Centre = &centre{[2]float64{(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2}, api.URI(mustCRS84()), zoomOf(set, frame)}
	here := c.Base + path + "/" + set.ID
	t.Links = []api.Link{
		{Href: with(here, "f=json", query), Rel: "self", Type: api.TypeJSON, Title: "This tileset"},
		{Href: with(here, "f=html", query), Rel: "alternate", Type: api.TypeHTML, Title: "This tileset for people"},
		{Href: c.Base + "/tileMatrixSets/" + set.ID + "?f=json", Rel: relScheme, Type: api.TypeJSON, Title: "The tile matrix set"},
	}
	if isMercator(set) {
		t.Links = append(t.Links, api.Link{Href: with(here, "f=tilejson", query), Rel: "alternate", Type: typeTileJSON, Title: "This tileset as TileJSON"})
	}
	for _, p := range s.pictures.Formats {
		t.Links = append(t.Links, api.Link{Href: with(here+"/{tileMatrix}/{tileRow}/{tileCol}", "f="+strings.TrimPrefix(p.Type, "image/"), query), Rel: "item", Type: p.Type, Title: "Tiles", Templated: true})
	}
	if id := c.Path("collectionId"); id != "" {
		t.Links = append(t.Links, api.Link{Href: c.Base + "/collections/" + url.PathEscape(id), Rel: relData, Type: api.TypeJSON, Title: "The collection"})
	}
	return t, true
}

// mustCRS84 is the system of longitudes and latitudes.
func mustCRS84() geo.Reference {
	ref, err := geo.Lookup("CRS:84")
	if err != nil {
		return geo.Reference{Code: "CRS:84"}
	}
	return ref
}

// zoomOf is the level at which a box fills about four tiles.
func zoomOf(set *tilematrix.Set, frame geo.Box) string {
	for _, m := range set.Matrices {
		if l, ok := m.Limits(frame); ok && (l.MaxRow-l.MinRow+1)*(l.MaxCol-l.MinCol+1) >= 4 {
			return m.ID
		}
	}
	return set.Matrices[len(set.Matrices)-1].ID
}

// isMercator tells that a set is the one that TileJSON knows.
func isMercator(set *tilematrix.Set) bool { return set.Ref.Code == "EPSG:3857" }

// tileJSON answers a tileset as TileJSON 3.0, which knows WebMercatorQuad alone.
func (s *service) tileJSON(c *api.Call, set *tilematrix.Set, chosen []*layers.Layer, t tileset) error {
	if !isMercator(set) {
		return ogc.Invalid("format", "f: TileJSON is for web Mercator alone")
	}
	attribution := []string{}
	for _, l := range chosen {
		if a := l.Model.Attribution; a != "" {
			attribution = append(attribution, a)
		}
	}
	path, query := root(c)
	return c.JSON(typeTileJSON, map[string]any{
		"tilejson": "3.0.0", "name": chosen[0].Title, "scheme": "xyz", "minzoom": 0, "maxzoom": len(set.Matrices) - 1,
		"tiles":       []string{with(c.Base+path+"/"+set.ID+"/{z}/{y}/{x}", "f=png", query)},
		"bounds":      []float64{t.Box.Lower[0], t.Box.Lower[1], t.Box.Upper[0], t.Box.Upper[1]},
		"attribution": strings.Join(attribution, ", "),
	})
}

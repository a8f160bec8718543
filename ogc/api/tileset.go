package api

import (
	"net/http"
	"strconv"
	"strings"

	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/layers"
	"isobar/ogc"
)

// typeTileJSON is the media type of TileJSON 3.0.
const typeTileJSON = "application/vnd.mapbox.tile+json"

// The relations of links of tilesets.
const (
	relScheme = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	relData   = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
)

// Tiling is tiles of one kind in all tile matrix sets; it answers with the documents that describe them (OGC API Tiles 1.0, clause 8).
type Tiling struct {
	Sets  *tilematrix.Catalogue
	Kind  string // "map", "coverage": the dataType of OGC 17-083r4
	Items []TileForm
	// TileJSON is the format, by its name, that the tiles have in TileJSON documents; "": there are none.
	TileJSON string
}

// TileForm is a format of tiles.
type TileForm struct{ Name, Type string } // as in f=, media type

// Tiled is what is tiled: layers, and where their tilesets are.
type Tiled struct {
	Path, Query string // "/collections/gfs.t/map/tiles", "collections=..."
	Collection  string // "": tiles of several
	Layers      []*layers.Layer
}

// tilesets lists the tilesets of a collection (OGC API Tiles 1.0, 8.4).
type tilesets struct {
	Links    []Link    `json:"links"`
	Tilesets []tileset `json:"tilesets"`
}

// tileset describes tiles (OGC 17-083r4 clause 7). Entries of a list have the set's ID and limits too, as the tests of Tiles want.
type tileset struct {
	Title    string       `json:"title"`
	DataType string       `json:"dataType"`
	CRS      string       `json:"crs"`
	SetID    string       `json:"tileMatrixSetId"`
	SetURI   string       `json:"tileMatrixSetURI"`
	Limits   []tileLimits `json:"tileMatrixSetLimits,omitempty"`
	Box      *tileBox     `json:"boundingBox,omitempty"`
	Centre   *tileCentre  `json:"centerPoint,omitempty"`
	Layers   []tileLayer  `json:"layers,omitempty"`
	Links    []Link       `json:"links"`
}

type tileLimits struct {
	Matrix string `json:"tileMatrix"`
	MinRow int    `json:"minTileRow"`
	MaxRow int    `json:"maxTileRow"`
	MinCol int    `json:"minTileCol"`
	MaxCol int    `json:"maxTileCol"`
}

type tileBox struct {
	Lower [2]float64 `json:"lowerLeft"`
	Upper [2]float64 `json:"upperRight"`
	CRS   string     `json:"crs"`
}

type tileCentre struct {
	Coordinates [2]float64 `json:"coordinates"`
	CRS         string     `json:"crs"`
	Matrix      string     `json:"tileMatrix"`
}

type tileLayer struct {
	ID       string `json:"id"`
	DataType string `json:"dataType"`
	Title    string `json:"title"`
}

// SetURI is a set's identifier: the OGC's where there is one, else where it is described.
func SetURI(base string, set *tilematrix.Set) string {
	if set.URI != "" {
		return set.URI
	}
	return base + "/tileMatrixSets/" + set.ID
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

// Set is the tile matrix set of the path.
func (t Tiling) Set(c *Call) (*tilematrix.Set, error) {
	name := c.Path("tileMatrixSetId")
	set, ok := t.Sets.Get(name)
	if !ok {
		return nil, lacking("tileMatrixSetId", name)
	}
	return set, nil
}

// lacking is the fault of a part of a path that names nothing.
func lacking(parameter, value string) error {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.InvalidParameterValue, Locator: parameter, Text: "there is no " + parameter + " " + strconv.Quote(ogc.Clip(value))}
}

// View is the frame of the tile of the path.
func (t Tiling) View(c *Call) (v geo.View, err error) {
	set, err := t.Set(c)
	if err != nil {
		return v, err
	}
	m, ok := set.Matrix(c.Path("tileMatrix"))
	if !ok {
		return v, lacking("tileMatrix", c.Path("tileMatrix"))
	}
	var at [2]int
	for i, part := range []struct {
		name string
		most int
	}{{"tileRow", m.Height}, {"tileCol", m.Width}} {
		n, err := strconv.Atoi(c.Path(part.name))
		if err != nil || n < 0 || n >= part.most {
			return v, &ogc.Fault{Status: http.StatusNotFound, Code: ogc.TileOutOfRange, Locator: part.name,
				Text: part.name + " " + strconv.Quote(ogc.Clip(c.Path(part.name))) + " is not a whole number of 0 to " + strconv.Itoa(part.most-1)}
		}
		at[i] = n
	}
	return set.View(m, at[0], at[1], tilematrix.TileSize), nil
}

// List answers the list of tilesets.
func (t Tiling) List(c *Call, of Tiled) error {
	list := tilesets{Links: []Link{
		{Href: with(c.Base+of.Path, "f=json", of.Query), Rel: "self", Type: TypeJSON, Title: "This document"},
		{Href: with(c.Base+of.Path, "f=html", of.Query), Rel: "alternate", Type: TypeHTML, Title: "This document for people"},
	}, Tilesets: []tileset{}}
	for _, set := range t.Sets.Sets() {
		if d, ok := t.describe(c, set, of); ok {
			d.Layers, d.Box, d.Centre = nil, nil, nil
			list.Tilesets = append(list.Tilesets, d)
		}
	}
	return c.Document("Tilesets", list)
}

// One answers one tileset, as the standard has it or as TileJSON.
func (t Tiling) One(c *Call, of Tiled) error {
	set, err := t.Set(c)
	if err != nil {
		return err
	}
	d, ok := t.describe(c, set, of)
	if !ok {
		return lacking("tileMatrixSetId", set.ID)
	}
	types, names := documents, map[string]string{"json": TypeJSON, "html": TypeHTML}
	if t.TileJSON != "" {
		types, names["tilejson"] = append(append([]string{}, types...), typeTileJSON), typeTileJSON
	}
	form, err := c.Choose(types, names)
	if err != nil {
		return err
	}
	if form == typeTileJSON {
		return t.tileJSON(c, set, of, d)
	}
	return c.Document(d.Title, d)
}

// Types are the media types of One.
func (t Tiling) Types() []string {
	if t.TileJSON == "" {
		return documents
	}
	return append(append([]string{}, documents...), typeTileJSON)
}

// describe is the tileset of layers in a set; ok is false if they have no tiles there.
func (t Tiling) describe(c *Call, set *tilematrix.Set, of Tiled) (d tileset, ok bool) {
	extent := ogc.Geographic(of.Layers[0].Extent)
	d = tileset{Title: set.Title, DataType: t.Kind, CRS: URI(set.Ref), SetID: set.ID, SetURI: SetURI(c.Base, set)}
	for _, l := range of.Layers {
		b := ogc.Geographic(l.Extent)
		extent = geo.Box{min(extent[0], b[0]), min(extent[1], b[1]), max(extent[2], b[2]), max(extent[3], b[3])}
		d.Layers = append(d.Layers, tileLayer{l.Name, t.Kind, l.Title})
	}
	frame, ok := ogc.Box(set.Ref, extent)
	if !ok {
		return d, false
	}
	for _, m := range set.Matrices {
		if l, ok := m.Limits(frame); ok {
			d.Limits = append(d.Limits, tileLimits{m.ID, l.MinRow, l.MaxRow, l.MinCol, l.MaxCol})
		}
	}
	d.Box = &tileBox{[2]float64{extent[0], extent[1]}, [2]float64{extent[2], extent[3]}, crs84}
	d.Centre = &tileCentre{[2]float64{(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2}, crs84, zoomOf(set, frame)}
	d.Links = t.links(c, set, of)
	return d, true
}

// links are those of a tileset.
func (t Tiling) links(c *Call, set *tilematrix.Set, of Tiled) []Link {
	here := c.Base + of.Path + "/" + set.ID
	links := []Link{
		{Href: with(here, "f=json", of.Query), Rel: "self", Type: TypeJSON, Title: "This tileset"},
		{Href: with(here, "f=html", of.Query), Rel: "alternate", Type: TypeHTML, Title: "This tileset for people"},
		{Href: c.Base + "/tileMatrixSets/" + set.ID + "?f=json", Rel: relScheme, Type: TypeJSON, Title: "The tile matrix set"},
	}
	if t.TileJSON != "" && isMercator(set) {
		links = append(links, Link{Href: with(here, "f=tilejson", of.Query), Rel: "alternate", Type: typeTileJSON, Title: "This tileset as TileJSON"})
	}
	for _, f := range t.Items {
		links = append(links, Link{Href: with(here+"/{tileMatrix}/{tileRow}/{tileCol}", "f="+f.Name, of.Query), Rel: "item", Type: f.Type, Title: "Tiles", Templated: true})
	}
	if of.Collection != "" {
		links = append(links, Link{Href: CollectionURL(c.Base, of.Collection), Rel: relData, Type: TypeJSON, Title: "The collection"})
	}
	return links
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
func (t Tiling) tileJSON(c *Call, set *tilematrix.Set, of Tiled, d tileset) error {
	if !isMercator(set) {
		return ogc.Invalid("format", "f: TileJSON is for web Mercator alone")
	}
	attribution := []string{}
	for _, l := range of.Layers {
		if a := l.Model.Attribution; a != "" {
			attribution = append(attribution, a)
		}
	}
	return c.JSON(typeTileJSON, map[string]any{
		"tilejson": "3.0.0", "name": of.Layers[0].Title, "scheme": "xyz", "minzoom": 0, "maxzoom": len(set.Matrices) - 1,
		"tiles":       []string{with(c.Base+of.Path+"/"+set.ID+"/{z}/{y}/{x}", "f="+t.TileJSON, of.Query)},
		"bounds":      []float64{d.Box.Lower[0], d.Box.Lower[1], d.Box.Upper[0], d.Box.Upper[1]},
		"attribution": strings.Join(attribution, ", "),
	})
}

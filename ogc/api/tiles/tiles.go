// Package tiles speaks OGC API - Tiles 1.0 (OGC 20-057): tiles of maps, and the tile matrix sets they are cut by (OGC 17-083r4).
package tiles

import (
	"net/url"
	"strings"

	"isobar/answer"
	"isobar/geo/tilematrix"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// The relations of links.
const (
	relTilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
	relSchemes  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

// service makes the part.
type service struct {
	answers  ogc.Answers
	hold     ogc.Hold
	about    ogc.About
	tiling   api.Tiling
	pictures api.Pictures
}

// Part is tiles of collections' maps, of several at once, and in one of their styles.
func Part(answers ogc.Answers, hold ogc.Hold, about ogc.About, sets *tilematrix.Catalogue, pictures api.Pictures) api.Part {
	tiling := api.Tiling{Sets: sets, Kind: "map", TileJSON: "png"}
	for _, f := range pictures.Formats {
		tiling.Items = append(tiling.Items, api.TileForm{Name: strings.TrimPrefix(f.Type, "image/"), Type: f.Type})
	}
	s := &service{answers, hold, about.Complete(), tiling, pictures}
	types := pictures.Types()
	documents := []string{api.TypeJSON, api.TypeHTML}
	field := []api.Param{api.DateTime, api.Subset, api.BGColor, api.Transparent}
	p := api.Part{
		Conformance: conformance(),
		Landing: func(base string) []api.Link {
			return []api.Link{
				{Href: base + "/map/tiles", Rel: relTilesets, Type: api.TypeJSON, Title: "Tilesets"},
				{Href: base + "/tileMatrixSets", Rel: relSchemes, Type: api.TypeJSON, Title: "Tile matrix sets"},
			}
		},
		Describe: func(base string, of ogc.Collection, into *api.CollectionInfo) {
			into.Links = append(into.Links, api.Link{Href: api.CollectionURL(base, of.ID) + "/map/tiles", Rel: relTilesets, Type: api.TypeJSON, Title: "Tilesets"})
		},
		Operations: []api.Operation{
			{Path: "/tileMatrixSets", ID: "getTileMatrixSetsList", Summary: "Tile matrix sets", Tag: "Tiles", Types: documents, Handle: s.schemes},
			{Path: "/tileMatrixSets/{tileMatrixSetId}", ID: "getTileMatrixSet", Summary: "One tile matrix set", Tag: "Tiles", Types: documents, Handle: s.scheme},
		},
	}
	for _, root := range []struct {
		path, id string
		params   []api.Param
	}{
		{"/map/tiles", "dataset", []api.Param{api.CollectionsParam}},
		{"/collections/{collectionId}/map/tiles", "collection", nil},
		{"/collections/{collectionId}/styles/{styleId}/map/tiles", "collection.style", nil},
	} {
		p.Operations = append(p.Operations,
			api.Operation{Path: root.path, ID: "tiles." + root.id + ".map.getTileSetsList", Summary: "Tilesets", Tag: "Tiles", Types: documents, Params: root.params, Handle: s.tilesets},
			api.Operation{Path: root.path + "/{tileMatrixSetId}", ID: "tiles." + root.id + ".map.getTileSet", Summary: "One tileset", Tag: "Tiles", Types: tiling.Types(),
				Params: root.params, Handle: s.tileset},
			api.Operation{Path: root.path + "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", ID: "tiles." + root.id + ".map.getTile", Summary: "A tile", Tag: "Tiles", Types: types,
				Params: append(append([]api.Param{}, root.params...), field...), Handle: s.tile},
		)
	}
	return p
}

// conformance lists the classes of Tiles and of the tile matrix sets.
func conformance() (uris []string) {
	for _, name := range []string{"core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "datetime", "oas30", "png", "jpeg"} {
		uris = append(uris, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"+name)
	}
	for _, name := range []string{"tilematrixset", "json-tilematrixset", "tilesetmetadata", "json-tilesetmetadata", "tilematrixsetlimits", "json-tilematrixsetlimits"} {
		uris = append(uris, "http://www.opengis.net/spec/tms/2.0/conf/"+name)
	}
	return uris
}

// collections are the layers of the path or of the query; without either the first there is.
func (s *service) collections(c *api.Call) (all []*layers.Layer, err error) {
	names := []string{c.Mapped(s.hold)}
	if names[0] == "" {
		if names, err = c.Collections(s.hold, s.about.LayerLimit); err != nil {
			return nil, err
		}
	}
	catalogue, release := s.hold()
	defer release()
	for _, name := range names {
		l, err := catalogue.Layer(name)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// tiled is what a request's tiles are of.
func (s *service) tiled(c *api.Call) (of api.Tiled, err error) {
	if of.Layers, err = s.collections(c); err != nil {
		return of, err
	}
	of.Path = "/map/tiles"
	if of.Collection = c.Path("collectionId"); of.Collection != "" {
		of.Path = "/collections/" + url.PathEscape(of.Collection)
		if style := c.Path("styleId"); style != "" {
			of.Path += "/styles/" + url.PathEscape(style)
		}
		of.Path += "/map/tiles"
	}
	if v := c.Query.Get("collections"); v != "" {
		of.Query = "collections=" + url.QueryEscape(v)
	}
	return of, nil
}

// tilesets answers the list of tilesets.
func (s *service) tilesets(c *api.Call) error {
	of, err := s.tiled(c)
	if err != nil {
		return err
	}
	return s.tiling.List(c, of)
}

// tileset answers one tileset.
func (s *service) tileset(c *api.Call) error {
	of, err := s.tiled(c)
	if err != nil {
		return err
	}
	return s.tiling.One(c, of)
}

// tile draws a tile.
func (s *service) tile(c *api.Call) error {
	view, err := s.tiling.View(c)
	if err != nil {
		return err
	}
	format, err := s.pictures.Choose(c)
	if err != nil {
		return err
	}
	selection, axes, err := c.Selection()
	if err != nil {
		return err
	}
	for name := range axes {
		return ogc.Invalid("subset", "subset: a tile has no axis %q", name)
	}
	chosen, err := s.collections(c)
	if err != nil {
		return err
	}
	r := answer.MapRequest{View: view, Format: format.Type}
	if r.Background, r.Transparent, err = c.Ground(format); err != nil {
		return err
	}
	for _, l := range chosen {
		r.Layers = append(r.Layers, answer.LayerChoice{Name: l.Name, Style: c.Path("styleId"), Selection: selection})
	}
	a, err := s.answers.Map(c.Context(), r)
	if err != nil {
		return err
	}
	api.TellCRS(c.Header(), view.Ref)
	c.Pin(s.hold, a, r.Layers, format)
	c.TellTime(s.hold, chosen[0].Name, selection)
	return ogc.Send(c.ResponseWriter, c.Request, a)
}

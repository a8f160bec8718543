package coverages

import (
	"slices"

	"isobar/coverage"
	"isobar/encode"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/api"
)

// tileFormats are the formats of tiles, by name: those that can hold any plane system.
var tileFormats = []string{"geotiff", "netcdf", "covjson", "png16"}

// offeredTiles are the formats that tiles come in.
func offeredTiles(coverages Coverages) (list []encode.Coverage) {
	for _, f := range coverages.Formats() {
		if slices.Contains(tileFormats, f.Name) {
			list = append(list, f)
		}
	}
	return list
}

// tiling is coverages in the tiles of all sets.
func tiling(coverages Coverages, sets *tilematrix.Catalogue) api.Tiling {
	t := api.Tiling{Sets: sets, Kind: "coverage"}
	for _, f := range offeredTiles(coverages) {
		t.Items = append(t.Items, api.TileForm{Name: f.Name, Type: f.Type})
	}
	return t
}

// tileOperations are the tilesets of a collection's numbers, and the tiles.
func (s *service) tileOperations() []api.Operation {
	types := []string{}
	for _, f := range s.tiling.Items {
		types = append(types, f.Type)
	}
	const root = "/collections/{collectionId}/coverage/tiles"
	return []api.Operation{
		{Path: root, ID: "tiles.collection.coverage.getTileSetsList", Summary: "Tilesets of the numbers", Tag: "Coverages", Types: s.tiling.Types(), Handle: s.tilesets},
		{Path: root + "/{tileMatrixSetId}", ID: "tiles.collection.coverage.getTileSet", Summary: "One tileset of the numbers", Tag: "Coverages", Types: s.tiling.Types(), Handle: s.tileset},
		{Path: root + "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", ID: "tiles.collection.coverage.getTile", Summary: "A tile of numbers", Tag: "Coverages", Types: types,
			Params: []api.Param{api.DateTime, api.Subset, fieldNames, otherFields, interpolation}, Handle: s.tile},
	}
}

// tiled is what the tiles of a collection are of.
func tiled(of ogc.Collection) api.Tiled {
	return api.Tiled{Path: api.CollectionURL("", of.ID) + "/coverage/tiles", Collection: of.ID, Layers: of.OneGrid()}
}

func (s *service) tilesets(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	return s.tiling.List(c, tiled(of))
}

func (s *service) tileset(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	return s.tiling.One(c, tiled(of))
}

// tile answers a tile: the coverage in exactly the tile's box, on the tile's pixels. One that lies wholly outside has no content.
func (s *service) tile(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	view, err := s.tiling.View(c)
	if err != nil {
		return err
	}
	format, err := s.format(c, offeredTiles(s.coverages))
	if err != nil {
		return err
	}
	r, axes, err := fields(c, of)
	if err != nil {
		return err
	}
	for name := range axes {
		return ogc.Invalid("subset", "subset: a tile has no axis %q", name)
	}
	b := view.Box
	r.Format, r.Cut.In, r.Cut.Out, r.Cut.Frame = format, &view.Ref, &view.Ref, true
	r.Cut.X, r.Cut.Y = coverage.Interval{Low: b.MinX(), High: b.MaxX()}, coverage.Interval{Low: b.MinY(), High: b.MaxY()}
	r.Cut.Width, r.Cut.Height = view.Width, view.Height
	return s.send(c, r, of)
}

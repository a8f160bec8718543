package tiles

import (
	"isobar/geo/tilematrix"
	"isobar/ogc/api"
)

// scheme is a tile matrix set as JSON (OGC 17-083r4 6.4), with the members of version 1.0 besides (17-083r2), which GDAL before 3.7
// reads alone.
type scheme struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	URI      string    `json:"uri"`
	CRS      string    `json:"crs"`
	Axes     [2]string `json:"orderedAxes"`
	Known    string    `json:"wellKnownScaleSet,omitempty"`
	Matrices []matrix  `json:"tileMatrices"`

	Type       string      `json:"type"`
	Identifier string      `json:"identifier"`
	Supported  string      `json:"supportedCRS"`
	Matrices1  []oldMatrix `json:"tileMatrix"`
}

type matrix struct {
	ID     string     `json:"id"`
	Scale  float64    `json:"scaleDenominator"`
	Cell   float64    `json:"cellSize"`
	Corner string     `json:"cornerOfOrigin"`
	Origin [2]float64 `json:"pointOfOrigin"`
	TileW  int        `json:"tileWidth"`
	TileH  int        `json:"tileHeight"`
	Width  int        `json:"matrixWidth"`
	Height int        `json:"matrixHeight"`
}

type oldMatrix struct {
	Type       string     `json:"type"`
	Identifier string     `json:"identifier"`
	Scale      float64    `json:"scaleDenominator"`
	Corner     [2]float64 `json:"topLeftCorner"`
	TileW      int        `json:"tileWidth"`
	TileH      int        `json:"tileHeight"`
	Width      int        `json:"matrixWidth"`
	Height     int        `json:"matrixHeight"`
}

// schemeOf describes a set. Corners are in the order of the reference system's axes (17-083r4 6.2.1.1).
func schemeOf(base string, set *tilematrix.Set) scheme {
	crs := api.URI(set.Ref)
	s := scheme{ID: set.ID, Title: set.Title, URI: api.SetURI(base, set), CRS: crs, Axes: [2]string{"X", "Y"}, Known: set.Known,
		Type: "TileMatrixSetType", Identifier: set.ID, Supported: crs}
	switch {
	case set.Ref.Degrees && !set.Ref.NorthFirst:
		s.Axes = [2]string{"Lon", "Lat"}
	case set.Ref.Degrees:
		s.Axes = [2]string{"Lat", "Lon"}
	case set.Ref.NorthFirst:
		s.Axes = [2]string{"Y", "X"}
	}
	for _, m := range set.Matrices {
		corner := [2]float64{m.Origin.X, m.Origin.Y}
		if set.Ref.NorthFirst {
			corner = [2]float64{m.Origin.Y, m.Origin.X}
		}
		s.Matrices = append(s.Matrices, matrix{m.ID, m.ScaleDenominator, m.Cell, "topLeft", corner, tilematrix.TileSize, tilematrix.TileSize, m.Width, m.Height})
		s.Matrices1 = append(s.Matrices1, oldMatrix{"TileMatrixType", m.ID, m.ScaleDenominator, corner, tilematrix.TileSize, tilematrix.TileSize, m.Width, m.Height})
	}
	return s
}

// scheme answers one tile matrix set.
func (s *service) scheme(c *api.Call) error {
	set, err := s.tiling.Set(c)
	if err != nil {
		return err
	}
	return c.Document(set.Title, schemeOf(c.Base, set))
}

// schemes answers the list of tile matrix sets (OGC 17-083r4 6.5).
func (s *service) schemes(c *api.Call) error {
	type entry struct {
		ID    string     `json:"id"`
		Title string     `json:"title"`
		URI   string     `json:"uri"`
		CRS   string     `json:"crs"`
		Links []api.Link `json:"links"`
	}
	list := struct {
		Sets []entry `json:"tileMatrixSets"`
	}{[]entry{}}
	for _, set := range s.tiling.Sets.Sets() {
		list.Sets = append(list.Sets, entry{set.ID, set.Title, api.SetURI(c.Base, set), api.URI(set.Ref),
			[]api.Link{{Href: c.Base + "/tileMatrixSets/" + set.ID + "?f=json", Rel: "self", Type: api.TypeJSON, Title: set.Title}}})
	}
	return c.Document("Tile matrix sets", list)
}

// Package geo knows where maps lie on the Earth: coordinate reference systems, boxes, views and tiles.
package geo

import "github.com/go-spatial/geom"

// LonLat is a place on the Earth in degrees, east and north positive. Longitudes may lie in any turn.
type LonLat struct{ Lon, Lat float64 }

// XY is a position in the units of a CRS or of a grid's index space. NaN in X marks "nowhere".
type XY struct{ X, Y float64 }

// Box is {min x, min y, max x, max y} in the units of its CRS, x being east or right, y being north or up,
// whatever the axis order of the CRS in a protocol.
type Box = geom.Extent

// Projection turns places into plane coordinates and back. Both directions work on slices, so that one call
// serves a tile; dst and src have the same length and may not overlap. What has no image becomes NaN.
type Projection interface {
	Forward(dst []XY, src []LonLat)
	Inverse(dst []LonLat, src []XY)
}

// Reference is a coordinate reference system as a protocol names it.
type Reference struct {
	Code       string // canonical: "EPSG:3857", "CRS:84"
	Title      string // for people
	NorthFirst bool   // the authority's first axis is north (EPSG:4326): WMS 1.3.0 6.7.2
	Degrees    bool   // coordinates are degrees; else metres
	Area       Box    // area of use: west, south, east, north in degrees
	Bounds     Box    // the same area in the CRS' own coordinates, x first
	// Turn is the period of x where the world repeats (360, 40075016.68...); 0: it does not. A system that repeats is upright:
	// longitude depends on x alone, whatever the turn, and latitude on y alone.
	Turn float64
	Projection
}

// View is a map's frame: a box of a CRS cut into Width x Height pixels, row 0 at the top (the box's max y).
type View struct {
	Ref           Reference
	Box           Box
	Width, Height int
}

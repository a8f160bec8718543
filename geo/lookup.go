package geo

import "errors"

// ErrUnknownCRS is a reference system that is not offered.
var ErrUnknownCRS = errors.New("no such coordinate reference system")

// Lookup finds a reference system by any of its names: "EPSG:3857", "CRS:84", "urn:ogc:def:crs:EPSG::4326",
// "http://www.opengis.net/def/crs/OGC/1.3/CRS84", in any case. The error wraps ErrUnknownCRS and names it.
func Lookup(code string) (Reference, error) { return Reference{}, ErrUnknownCRS }

// References lists the systems that services announce, the most used first; Lookup knows more (all UTM zones).
func References() []Reference { return nil }

// Tile is the view of an XYZ tile (WebMercatorQuad): zoom 0 is one tile, x grows to the east, y to the south.
func Tile(zoom, x, y, size int) View { return View{} }

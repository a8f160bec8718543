package grid

import (
	"slices"
	"strings"

	"isobar/geo"
)

// Native is a raster's own coordinate system, and where its cells lie in it.
type Native struct {
	// Kind is what the grid's ID begins with: "latlon", "gaussian", "rotated", "mercator", "polar", "lambert", "albers", "azimuthal",
	// "transverse", "geostationary" or "geostationaryx".
	Kind string
	// Params are the plane's, in the order of its constructor: for a cone the upright longitude, and the greater and the lesser standard
	// parallel. Of rotated coordinates they are longitude and latitude of the southern pole, and the angle.
	Params     []float64
	Earth      geo.Ellipsoid  // of a plane
	Degrees    bool           // coordinates are degrees, else metres
	Turn       float64        // the period of X where longitude depends on X alone and latitude on Y alone; 0: elsewhere
	Projection geo.Projection // between places and the system
	X, Y       []float64      // centres of columns, rising, and of rows, falling
	DX, DY     float64        // the steps, both positive; DY is 0 where rows are uneven
}

// NativeOf describes a raster; ok is false for a grid that is none.
func NativeOf(g Grid) (n Native, ok bool) {
	switch g := g.(type) {
	case *latLon:
		n = Native{Kind: "latlon", Degrees: true, Turn: 360, Projection: geo.PlateCarree(), X: g.cols.positions(), DX: g.cols.step}
		for j := range g.rows.len() {
			n.Y = append(n.Y, g.rows.latitude(j))
		}
		if even, ok := g.rows.(evenRows); ok {
			n.DY = even.step
		} else {
			n.Kind, _, _ = strings.Cut(g.id, ":")
		}
	case *rotatedGrid:
		n = g.native("rotated", []float64{g.pole.Lon, g.pole.Lat, g.angle})
		n.Degrees = true
	case *mercator:
		n = g.native(g.plane.name, slices.Clone(g.plane.params))
		n.Earth, n.Turn = g.plane.earth, g.cols.turn
	case *projectedGrid:
		n = g.native(g.plane.name, slices.Clone(g.plane.params))
		n.Earth = g.plane.earth
	default:
		return n, false
	}
	return n, true
}

// native is what planar grids have in common.
func (g *planar) native(kind string, params []float64) Native {
	n := Native{Kind: kind, Params: params, Projection: g.projection, X: g.cols.positions(), DX: g.cols.step, DY: g.dy}
	for j := range g.ny {
		n.Y = append(n.Y, g.top-float64(j)*g.dy)
	}
	return n
}

// positions are those of all cells.
func (a axis) positions() []float64 {
	all := make([]float64, a.n)
	for i := range all {
		all[i] = a.position(i)
	}
	return all
}

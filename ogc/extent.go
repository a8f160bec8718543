package ogc

import (
	"math"
	"strings"

	"isobar/geo"
)

// Geographic is an extent as a box within ±180 degrees. One that crosses 180 degrees becomes the whole turn, as a box of WMS
// 1.3.0 7.2.4.6.6 cannot cross it.
func Geographic(extent geo.Box) geo.Box {
	west, east := extent[0], extent[2]
	if east-west >= 360 || east > 180 || west < -180 {
		west, east = -180, 180
	}
	return geo.Box{west, max(extent[1], -90), east, min(extent[3], 90)}
}

// outline is how many parts a side of a box is cut into to find its image: a parallel's middle may reach farther than its ends.
const outline = 32

// Box is the box around an extent in a reference system's own coordinates, x first, within the system's bounds; ok is
// false if they have nothing in common.
func Box(ref geo.Reference, extent geo.Box) (box geo.Box, ok bool) {
	box = geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, turn := range []float64{0, -360} { // an extent may go on beyond 180 degrees
		part := geo.Box{
			max(extent[0]+turn, ref.Area[0]), max(extent[1], ref.Area[1]),
			min(extent[2]+turn, ref.Area[2]), min(extent[3], ref.Area[3]),
		}
		if part[0] < part[2] && part[1] < part[3] {
			box = surround(box, ref, part)
		}
	}
	box = geo.Box{max(box[0], ref.Bounds[0]), max(box[1], ref.Bounds[1]), min(box[2], ref.Bounds[2]), min(box[3], ref.Bounds[3])}
	return box, box[0] < box[2] && box[1] < box[3]
}

// surround widens a box to hold the image of a geographic one.
func surround(box geo.Box, ref geo.Reference, part geo.Box) geo.Box {
	const n = outline + 1
	at, xy := make([]geo.LonLat, n*n), make([]geo.XY, n*n)
	for i := range at {
		f, g := float64(i%n)/outline, float64(i/n)/outline
		at[i] = geo.LonLat{Lon: part[0]*(1-f) + part[2]*f, Lat: part[1]*(1-g) + part[3]*g}
	}
	ref.Forward(xy, at)
	for _, p := range xy {
		if math.IsNaN(p.X) || math.IsNaN(p.Y) {
			continue
		}
		box = geo.Box{min(box[0], p.X), min(box[1], p.Y), max(box[2], p.X), max(box[3], p.Y)}
	}
	return box
}

// PixelCentre is where in a view's reference system the centre of a pixel lies.
func PixelCentre(v geo.View, column, row int) geo.XY {
	return geo.XY{
		X: v.Box.MinX() + (float64(column)+0.5)*(v.Box.MaxX()-v.Box.MinX())/float64(v.Width),
		Y: v.Box.MaxY() - (float64(row)+0.5)*(v.Box.MaxY()-v.Box.MinY())/float64(v.Height),
	}
}

// URN is a reference system's name in the OGC's older spelling, as WMTS and WCS want it.
func URN(ref geo.Reference) string {
	if ref.Code == "CRS:84" {
		return "urn:ogc:def:crs:OGC:1.3:CRS84"
	}
	return "urn:ogc:def:crs:EPSG::" + strings.TrimPrefix(ref.Code, "EPSG:")
}

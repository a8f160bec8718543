package grid

import (
	"math"

	"isobar/geo"
)

// bounds finds the geographic box of the cells' centres. Extremes lie on the rim, but for poles within. Where parts of the
// rim have no place (a satellite's view) cells all over the grid are looked at.
func (g *planar) bounds() geo.Box {
	var at [2]geo.XY
	g.Index(at[:], []geo.LonLat{{Lat: 90}, {Lat: -90}})
	north, south := at[0].X == at[0].X, at[1].X == at[1].X
	places := make([]geo.LonLat, len(g.rim()))
	g.projection.Inverse(places, g.rim())
	for _, p := range places {
		if p.Lon != p.Lon {
			places = g.some()
			break
		}
	}
	box := geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	lon, known := 0.0, false
	for _, p := range places {
		if p.Lon != p.Lon {
			continue
		}
		if !known {
			lon, known = p.Lon, true
		}
		lon += math.Remainder(p.Lon-lon, 360) // along the rim, not over the seam
		box = geo.Box{min(box[0], lon), min(box[1], p.Lat), max(box[2], lon), max(box[3], p.Lat)}
	}
	if !known {
		return geo.Box{-180, -90, 180, 90}
	}
	if north {
		box[3] = 90
	}
	if south {
		box[1] = -90
	}
	if north || south || g.cols.wraps || g.cols.around || box[2]-box[0] >= 360 {
		west := -180.0
		if !north && !south && g.cols.turn > 0 && !math.IsInf(box[0], 0) {
			west = western(box[0])
		}
		box[0], box[2] = west, west+360
		return box
	}
	width := box[2] - box[0]
	box[0] = western(box[0])
	box[2] = box[0] + width
	return box
}

// eastOf brings a longitude to [-180, 180).
func eastOf(lonDeg float64) float64 { return lonDeg - 360*math.Floor((lonDeg+180)/360) }

// rim is cells around the grid, in order, many enough that extremes between them do not matter.
func (g *planar) rim() []geo.XY {
	const most = 512 // cells of a side
	nx, ny := g.cols.n, g.ny
	stepX, stepY := max(1, nx/most), max(1, ny/most)
	var rim []geo.XY
	add := func(i, j int) { rim = append(rim, g.centre(j*nx+i)) }
	for i := 0; i < nx-1; i += stepX {
		add(i, 0)
	}
	for j := 0; j < ny-1; j += stepY {
		add(nx-1, j)
	}
	for i := nx - 1; i > 0; i -= stepX {
		add(i, ny-1)
	}
	for j := ny - 1; j > 0; j -= stepY {
		add(0, j)
	}
	add(0, 0)
	return rim
}

// some is places of cells all over the grid, from its middle to the left and right, so that longitudes go on from each other.
func (g *planar) some() []geo.LonLat {
	const side = 128
	nx, ny := g.cols.n, g.ny
	var at []geo.XY
	for b := range side {
		j := b * (ny - 1) / (side - 1)
		row := make([]geo.XY, side)
		for a := range side {
			row[a] = g.centre(j*nx + a*(nx-1)/(side-1))
		}
		at = append(at, row...)
		for a := side - 1; a >= 0; a-- { // and back, so that the next row begins beside
			at = append(at, row[a])
		}
	}
	places := make([]geo.LonLat, len(at))
	g.projection.Inverse(places, at)
	return places
}

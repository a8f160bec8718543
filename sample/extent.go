package sample

import (
	"math"

	"isobar/geo"
)

// beside tells that a quad none of whose nodes lies on the grid lies clear of it, as far as boxes of longitude and latitude
// can tell.
func (m *mesher) beside(q quad) bool {
	nodes := q.nodes()
	places := m.mapPlaces(len(nodes), func(i int) (x, y float64) { return float64(nodes[i][0]), float64(m.row + nodes[i][1]) })
	lons, lats := none, none
	for _, at := range places {
		if at.Lon != at.Lon || at.Lat != at.Lat {
			return false
		}
		lons.add(places[0].Lon + turn(at.Lon-places[0].Lon, 360))
		lats.add(at.Lat)
	}
	if lons.max-lons.min >= 90 { // it may hold a pole, and so any longitude
		if lats.min+lats.max > 0 {
			lats.max = 90
		} else {
			lats.min = -90
		}
		lons = interval{-180, 180}
	}
	return !m.near(lons, lats)
}

// near tells whether a box, with a margin of half its size for its bent sides, meets the grid's.
func (m *mesher) near(lons, lats interval) bool {
	box := m.extent
	// An outermost cell reaches half a cell beyond its centre; two are for the bent sides of the grid itself.
	padX, padY := 2*(box.MaxX()-box.MinX())/float64(m.nx), 2*(box.MaxY()-box.MinY())/float64(m.ny)
	padX += (lons.max - lons.min) / 2
	padY += (lats.max - lats.min) / 2
	if lats.min-padY > box.MaxY() || lats.max+padY < box.MinY() {
		return false
	}
	middle, reach := (box.MinX()+box.MaxX())/2, (box.MaxX()-box.MinX())/2
	away := math.Abs(turn((lons.min+lons.max)/2-middle, 360))
	return away <= reach+padX+(lons.max-lons.min)/2
}

// pixelSizes are the sizes of some pixels of a band, in cells: the smallest way over the grid that a step of one pixel takes.
func (p *plan) pixelSizes(at []geo.XY, rows int) []float64 {
	sizes := p.sc.sizes[:0]
	w := p.view.Width
	stepX, stepY := max(w/32, 1), max(rows/32, 1)
	for y := 0; y+1 < rows; y += stepY {
		for x := 0; x+1 < w; x += stepX {
			i := y*w + x
			sizes = p.addSize(sizes, at[i], at[i+1], at[i+w])
		}
	}
	p.sc.sizes = sizes
	return []float64{median(sizes)}
}

// sampleSizes is pixelSizes for a view of several bands, whose positions are not at hand.
func (p *plan) sampleSizes() []float64 {
	const side = 24
	w, h := p.view.Width, p.view.Height
	p.mapPlaces(3*side*side, func(i int) (x, y float64) {
		k := i / 3
		x, y = float64(w*(k%side)/side), float64(h*(k/side)/side)
		switch i % 3 {
		case 1:
			x++
		case 2:
			y++
		}
		return x, y
	})
	at := p.positions()
	sizes := p.sc.sizes[:0]
	for i := 0; i < len(at); i += 3 {
		sizes = p.addSize(sizes, at[i], at[i+1], at[i+2])
	}
	p.sc.sizes = sizes
	return []float64{median(sizes)}
}

// addSize adds the size of a pixel, given its own position and those of the pixels right of and below it: the smaller
// singular value of the map from pixels to cells, so that a pixel that is a long strip of cells counts by its width.
func (p *plan) addSize(sizes []float64, at, right, below geo.XY) []float64 {
	_, period := p.half()
	ax, ay := turn(right.X-at.X, period), right.Y-at.Y
	bx, by := turn(below.X-at.X, period), below.Y-at.Y
	e, f, g := ax*ax+ay*ay, ax*bx+ay*by, bx*bx+by*by
	if s := (e+g)/2 - math.Hypot((e-g)/2, f); s >= 0 { // not NaN
		sizes = append(sizes, math.Sqrt(s))
	}
	return sizes
}

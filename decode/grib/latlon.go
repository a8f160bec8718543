package grib

import (
	"fmt"
	"math"
	"slices"

	"isobar/geo"
	"isobar/grid"
)

// span is how an axis of a grid is told: the first and the last position in degrees, the number of positions, and the distance
// between two of them. A last position or a step of NaN is missing.
type span struct {
	n                 int
	first, last, step float64
}

// lastLongitude is where columns end that begin at first and go east. First and last position count: increments are rounded, left
// out, or wrong. They are asked where the last position is missing, or tells nothing: the same meridian as the first.
func (s span) lastLongitude() float64 {
	length, circle := s.last-s.first, 360.0
	length -= circle * math.Floor(length/circle)
	switch {
	case s.n == 1:
		return s.first
	case length > 0:
		return s.first + length
	case s.step > 0 && float64(s.n)*s.step <= circle+s.step/2:
		return s.first + float64(s.n-1)*s.step
	case s.last > s.first: // the last column repeats the first
		return s.first + circle
	}
	return s.first + circle*float64(s.n-1)/float64(s.n)
}

// lastLatitude is where rows end. A missing last position follows from the step, to the north where up is set.
func (s span) lastLatitude(up bool) float64 {
	switch {
	case s.n == 1:
		return s.first
	case s.last != s.first && !math.IsNaN(s.last):
		return s.last
	}
	return s.stepped(s.n-1, up)
}

// stepped is a position reckoned by the step alone.
func (s span) stepped(i int, up bool) float64 {
	if up {
		return s.first + float64(i)*s.step
	}
	return s.first - float64(i)*s.step
}

// centres is the box of the outermost cell centres of a raster's axes. Rows that go the other way than the scanning mode says
// are taken as their first and last position say.
func (p *place) centres(lon, lat span) geo.Box {
	p.told = &told{lon: lon, lat: lat}
	west, east := lon.first, 0.0
	if p.layout.westwards {
		lon.first, lon.last = lon.last, lon.first
		if math.IsNaN(lon.first) || lon.n > 1 && lon.first == lon.last {
			lon.first = lon.last - float64(lon.n-1)*lon.step
		}
		west = lon.first
	}
	east = lon.lastLongitude()
	end := lat.lastLatitude(p.layout.northwards)
	if lat.n > 1 {
		p.layout.northwards = end > lat.first
	}
	return geo.Box{west, min(lat.first, end), east, max(lat.first, end)}
}

// axes is what both editions tell of lat-lon and Gaussian grids.
type axes struct {
	lon, lat    span
	flags, mode int
}

// axesRaster is the place of the axes, and the axes of the raster that its points lie on.
func (w *walk) axesRaster(kind string, a axes) (p *place, lon, lat span, err error) {
	if p, err = w.raster(kind, a.lon.n, a.lat.n, a.mode, a.flags); err != nil {
		return nil, lon, lat, err
	}
	lon, lat, err = p.spans(a.lon, a.lat)
	return p, lon, lat, err
}

// latLon makes a grid of even rows; rows are their lengths where these differ.
func (w *walk) latLon(a axes, rows []int) (*place, error) {
	if rows != nil {
		return w.reducedPlace(reducedLL, rows, a, grid.ReducedLatLon)
	}
	p, lon, lat, err := w.axesRaster(regularLL, a)
	if err != nil {
		return nil, err
	}
	return p.with(grid.LatLon(lon.n, lat.n, p.centres(lon, lat)))
}

// rotated makes a grid of even rows in rotated coordinates.
func (w *walk) rotated(a axes, southPole geo.LonLat, turnDeg float64) (*place, error) {
	p, lon, lat, err := w.axesRaster(rotatedLL, a)
	if err != nil {
		return nil, err
	}
	box := p.centres(lon, lat)
	p.told.southPole, p.told.turnDeg = &southPole, turnDeg
	return p.with(grid.Rotated(lon.n, lat.n, box, southPole, turnDeg))
}

// gaussian makes a grid of Gaussian rows, n of them between a pole and the equator; rows are their lengths where these differ.
func (w *walk) gaussian(a axes, n int, rows []int) (*place, error) {
	n = gaussianNumber(n, a.lat.n)
	a.lat.step = math.NaN()
	if rows != nil {
		return w.reducedPlace(reducedGG, rows, a, func(rows []int, centres geo.Box) (grid.Grid, error) {
			return grid.ReducedGaussian(n, rows, centres)
		})
	}
	p, lon, lat, err := w.axesRaster(regularGG, a)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Gaussian(n, lon.n, lat.n, p.centres(lon, lat)))
}

// makeReduced is a constructor of grids whose rows differ in length; it wants them from north to south.
type makeReduced func(rows []int, centres geo.Box) (grid.Grid, error)

// reducedPlace makes a grid of rows of different lengths, which are in the order of the file.
func (w *walk) reducedPlace(kind string, rows []int, a axes, construct makeReduced) (*place, error) {
	p, err := w.reduced(kind, rows, a.mode, a.flags)
	if err != nil {
		return nil, err
	}
	a.lon.n = slices.Max(rows)
	box := p.centres(a.lon, a.lat)
	if p.layout.northwards {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	g, err := construct(rows, box)
	if err != nil {
		return p.with(nil, err)
	}
	if g.Len() != p.points { // a part of the Earth, with the counts of whole circles
		if !p.layout.inOrder() {
			return nil, fmt.Errorf("%w: part of a %s grid, scanning mode %#02x", ErrUnsupported, kind, a.mode)
		}
		p.points, p.layout.rows = g.Len(), nil
	}
	return p.with(g, nil)
}

// gaussianNumber is how many rows lie between a pole and the equator: as told, or half of all.
func gaussianNumber(n, nj int) int {
	if n < 1 || n >= missing16 {
		return (nj + 1) / 2
	}
	return n
}

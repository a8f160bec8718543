package grib

import (
	"fmt"
	"slices"

	"isobar/geo"
	"isobar/grid"
)

// numbered1 makes a grid that edition 1 names by its number alone, section 1 octet 7. The WMO's numbers (Manual on Codes, 21 to 26, 37 to
// 44, 50 and 61 to 64) are everybody's; the others are NCEP's. NCEP's sphere has a radius of 6371.2 km.
func (w *walk) numbered1(centre, number int) (*place, error) {
	if row, ok := poleRows[number]; ok {
		return w.numberedLatLon(row.latLonRow, row.pole)
	}
	if number >= firstThinned && number <= lastThinned {
		return w.numberedThinned(number - firstThinned)
	}
	if number == steppedNumber {
		return w.numberedStepped()
	}
	if centre == centreNCEP {
		if row, ok := latLonRows[number]; ok {
			return w.numberedLatLon(row, noPole)
		}
		if row, ok := planeRows[number]; ok {
			return w.numberedPlane(row)
		}
		if row, ok := gaussianRows[number]; ok {
			return w.numberedGaussian(row[0], row[1], row[2])
		}
		if row, ok := mercatorRows[number]; ok {
			return w.numberedMercator(row)
		}
		if row, ok := turnedRows[number]; ok {
			return w.numberedTurned(row)
		}
	}
	return nil, fmt.Errorf("%w: grid %d of centre %d, without a section 2", ErrUnsupported, number, centre)
}

// numberedStepped is the WMO's grid 50: rows of 22 points at 20 degrees north, two more after every fourth row, as long as that is possible,
// about a middle meridian.
func (w *walk) numberedStepped() (*place, error) {
	p, err := w.numberedLatLon(steppedRow, noPole)
	if err != nil {
		return nil, err
	}
	p.bitmap = make([]byte, (p.points+7)/8)
	for row := range steppedRow.ny {
		short := max(0, 7-row/4)
		for k := row*steppedRow.nx + short; k < (row+1)*steppedRow.nx-short; k++ {
			p.bitmap[k/8] |= 0x80 >> (k % 8)
		}
	}
	return p, nil
}

// mode is the scanning mode of rows from a first to a last point.
func (r latLonRow) mode() int {
	if r.lat2 > r.lat1 {
		return scanNorthwards
	}
	return 0
}

func (w *walk) numberedLatLon(r latLonRow, at pole) (*place, error) {
	p, err := w.raster(regularLL, r.nx, r.ny, r.mode(), 0)
	if err != nil {
		return nil, err
	}
	p.layout.pole = at
	lon, lat := span{n: r.nx, first: r.lon1, last: r.lon2}, span{n: r.ny, first: r.lat1, last: r.lat2}
	box := geo.Box{lon.first, min(lat.first, lat.last), lon.lastLongitude(), max(lat.first, lat.last)}
	return p.with(grid.LatLon(r.nx, r.ny, box))
}

// numberedThinned is an eighth of the Earth, rows going northwards.
func (w *walk) numberedThinned(eighth int) (*place, error) {
	rows, south := slices.Clone(thinnedRows), 0.0
	if eighth >= 4 {
		slices.Reverse(rows)
		south = -90
	}
	west := thinnedWest + 90*float64(eighth%4)
	a := axes{
		lon: span{first: west, last: west + 90}, lat: span{n: len(rows), first: south, last: south + 90},
		mode: scanNorthwards,
	}
	return w.latLon(a, rows)
}

func (w *walk) numberedGaussian(ni, nj, n int) (*place, error) {
	p, err := w.raster(regularGG, ni, nj, 0, 0)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Gaussian(n, ni, nj, geo.Box{0, -90, 360 - 360/float64(ni), 90}))
}

func (w *walk) numberedPlane(r planeRow) (*place, error) {
	const latTrue = 60
	kind, plane := polar, grid.PolarStereographic(earths[8], r.south, r.upright, latTrue)
	if r.standard1 != 0 {
		kind, plane = lambert, grid.Lambert(earths[8], r.upright, r.standard1, r.standard2)
	}
	p, err := w.raster(kind, r.nx, r.ny, scanNorthwards, flagRelative)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(plane, p.cells(r.step, r.step, 1, geo.LonLat{Lon: r.lon, Lat: r.lat})))
}

func (w *walk) numberedMercator(r mercatorRow) (*place, error) {
	p, err := w.raster(mercator, r.nx, r.ny, scanNorthwards, 0)
	if err != nil {
		return nil, err
	}
	return p.mercator(earths[8], r.latTrue, r.step, r.step, geo.LonLat{Lon: r.lon1, Lat: r.lat1}, geo.LonLat{Lon: r.lon2, Lat: r.lat2})
}

func (w *walk) numberedTurned(r turnedRow) (*place, error) {
	t := turnedAbout{centre: geo.LonLat{Lon: r.lon0, Lat: r.lat0}, first: geo.LonLat{Lon: r.lon, Lat: r.lat}, dx: r.dx, dy: r.dy}
	if r.staggered {
		return t.staggered(w, r.nx, r.ny, scanNorthwards, flagRelative)
	}
	p, err := w.raster(ncepTurned, r.nx, r.ny, scanNorthwards, flagRelative)
	if err != nil {
		return nil, err
	}
	t.measure(r.nx-1, r.ny-1)
	return t.place(p)
}

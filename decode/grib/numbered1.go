package grib

import (
	"fmt"

	"isobar/geo"
	"isobar/grid"
)

// A grid1Row is a grid that edition 1 names by its number alone, section 1 octet 7. The lists are in WMO's Manual on Codes
// (21 to 26, 61 to 64) and NCEP's Office Note 388, table B.
type grid1Row struct {
	nx, ny                   int
	west, south, east, north float64 // outermost centres, or the first cell's place at west, south
	northwards               bool
	pole                     pole
	// projected grids: true latitude (0: lat-lon), upright meridian, step in metres
	latTrue, lon, step float64
	lambert            bool
}

var numbered = map[int]grid1Row{
	2:  {nx: 144, ny: 73, west: 0, south: -90, east: 357.5, north: 90},
	3:  {nx: 360, ny: 181, west: 0, south: -90, east: 359, north: 90},
	4:  {nx: 720, ny: 361, west: 0, south: -90, east: 359.5, north: 90},
	21: {nx: 37, ny: 37, west: 0, south: 0, east: 180, north: 90, northwards: true, pole: poleLast},
	22: {nx: 37, ny: 37, west: -180, south: 0, east: 0, north: 90, northwards: true, pole: poleLast},
	23: {nx: 37, ny: 37, west: 0, south: -90, east: 180, north: 0, northwards: true, pole: poleFirst},
	24: {nx: 37, ny: 37, west: -180, south: -90, east: 0, north: 0, northwards: true, pole: poleFirst},
	25: {nx: 72, ny: 19, west: 0, south: 0, east: 355, north: 90, northwards: true, pole: poleLast},
	26: {nx: 72, ny: 19, west: 0, south: -90, east: 355, north: 0, northwards: true, pole: poleFirst},
	29: {nx: 145, ny: 37, west: 0, south: 0, east: 360, north: 90, northwards: true},
	30: {nx: 145, ny: 37, west: 0, south: -90, east: 360, north: 0, northwards: true},
	33: {nx: 181, ny: 46, west: 0, south: 0, east: 360, north: 90, northwards: true},
	34: {nx: 181, ny: 46, west: 0, south: -90, east: 360, north: 0, northwards: true},
	61: {nx: 91, ny: 46, west: 0, south: 0, east: 180, north: 90, northwards: true, pole: poleLast},
	62: {nx: 91, ny: 46, west: -180, south: 0, east: 0, north: 90, northwards: true, pole: poleLast},
	63: {nx: 91, ny: 46, west: 0, south: -90, east: 180, north: 0, northwards: true, pole: poleFirst},
	64: {nx: 91, ny: 46, west: -180, south: -90, east: 0, north: 0, northwards: true, pole: poleFirst},

	5:   {nx: 53, ny: 57, west: -133.443, south: 7.647, latTrue: 60, lon: -105, step: 190500},
	101: {nx: 113, ny: 91, west: -137.146, south: 10.528, latTrue: 60, lon: -105, step: 91452},
	104: {nx: 147, ny: 110, west: -139.475, south: -0.268, latTrue: 60, lon: -105, step: 90754.64},
	211: {nx: 93, ny: 65, west: -133.459, south: 12.19, latTrue: 25, lon: -95, step: 81270.5, lambert: true},
	212: {nx: 185, ny: 129, west: -133.459, south: 12.19, latTrue: 25, lon: -95, step: 40635.25, lambert: true},
	215: {nx: 369, ny: 257, west: -133.459, south: 12.19, latTrue: 25, lon: -95, step: 20317.625, lambert: true},
	218: {nx: 614, ny: 428, west: -133.459, south: 12.19, latTrue: 25, lon: -95, step: 12190.58, lambert: true},
	221: {nx: 349, ny: 277, west: -145.5, south: 1, latTrue: 50, lon: -107, step: 32463.41, lambert: true},
}

// lastInternational is the last number that the WMO gives; the others are the centre's own.
const lastInternational = 64

// numbered1 makes a grid from its number.
func (w *walk) numbered1(centre, number int) (*place, error) {
	row, ok := numbered[number]
	international := number >= 21 && number <= 26 || number >= 61 && number <= lastInternational
	if !ok || centre != centreNCEP && !international {
		return nil, fmt.Errorf("%w: grid %d of centre %d, without a section 2", ErrUnsupported, number, centre)
	}
	mode := 0
	if row.northwards || row.latTrue != 0 {
		mode = scanNorthwards
	}
	if row.latTrue == 0 {
		p, err := w.raster(regularLL, row.nx, row.ny, mode, 0)
		if err != nil {
			return nil, err
		}
		p.layout.pole = row.pole
		return p.with(grid.LatLon(row.nx, row.ny, geo.Box{row.west, row.south, row.east, row.north}))
	}
	// Office Note 388's corners are those of a sphere of 6371.2 km.
	kind, plane := polar, grid.PolarStereographic(earths[8], false, row.lon, row.latTrue)
	if row.lambert {
		kind, plane = lambert, grid.Lambert(earths[8], row.lon, row.latTrue, row.latTrue)
	}
	p, err := w.raster(kind, row.nx, row.ny, mode, flagRelative)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(plane, p.cells(row.step, row.step, 1, geo.LonLat{Lon: row.west, Lat: row.south})))
}

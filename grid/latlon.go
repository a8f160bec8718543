package grid

import (
	"fmt"
	"math"

	"isobar/geo"
)

// LatLon is a regular grid of nx columns and ny rows (GRIB2 template 3.0) between the outermost cell centres: west, south,
// east, north in degrees, whatever corner the file began at. East may be less than west (any turn). Steps are derived from
// the centres and counts. A grid around the Earth wraps, and its step is 360/nx also when the file rounds it; one whose last
// column repeats the first (0 and 360) does not wrap, and covers any longitude all the same.
func LatLon(nx, ny int, centres geo.Box) (Separable, error) {
	cols, rows, err := regular(nx, ny, centres)
	if err != nil {
		return nil, err
	}
	east, north := micro(cols.position(nx-1)), rows.latitude(0)
	south := micro(rows.latitude(ny - 1))
	return &latLon{id: fmt.Sprintf("latlon:%dx%d:%s", nx, ny, list(cols.first, south, east, north)), cols: cols, rows: rows}, nil
}

// regular makes the axes of a regular grid. A single column is as wide as rows are high, and the other way round; a single
// cell is a degree wide.
func regular(nx, ny int, centres geo.Box) (axis, evenRows, error) {
	if err := checkSize(nx, ny); err != nil {
		return axis{}, evenRows{}, err
	}
	if err := finite(centres[:]...); err != nil {
		return axis{}, evenRows{}, err
	}
	const slack = 1e-3 // degrees beyond a pole, by rounding
	south, north := micro(centres.MinY()), micro(centres.MaxY())
	if south < -90-slack || north > 90+slack || ny > 1 && north <= south {
		return axis{}, evenRows{}, invalid("rows from %v to %v degrees", north, south)
	}
	south, north = max(south, -90), min(north, 90)
	spare := 1.0
	if ny > 1 {
		spare = (north - south) / float64(ny-1)
	}
	west := western(centres.MinX())
	cols, err := newAxis(nx, west, west+micro(centres.MaxX()-centres.MinX()), 360, spare)
	if err != nil {
		return axis{}, evenRows{}, err
	}
	rows, err := newEvenRows(ny, north, south, cols.step)
	return cols, rows, err
}

// latLon is a grid of even columns on rows of any distance.
type latLon struct {
	id   string
	cols axis
	rows rows
}

var _ Separable = (*latLon)(nil)

func (g *latLon) ID() string                    { return g.id }
func (g *latLon) Len() int                      { return g.cols.n * g.rows.len() }
func (g *latLon) Shape() (nx, ny int)           { return g.cols.n, g.rows.len() }
func (g *latLon) Wraps() bool                   { return g.cols.wraps }
func (g *latLon) Column(lonDeg float64) float64 { return g.cols.index(lonDeg) }
func (g *latLon) Row(latDeg float64) float64    { return g.rows.index(latDeg) }

func (g *latLon) Extent() geo.Box {
	return geo.Box{g.cols.first, g.rows.latitude(g.rows.len() - 1), g.cols.last(), g.rows.latitude(0)}
}

func (g *latLon) Index(dst []geo.XY, at []geo.LonLat) {
	for i, p := range at {
		x, y := g.cols.index(p.Lon), g.rows.index(p.Lat)
		if y != y {
			x = math.NaN()
		}
		dst[i] = geo.XY{X: x, Y: y}
	}
}

func (g *latLon) Weigh(dst []Stencil, at []geo.LonLat) {
	ny := g.rows.len()
	for i, p := range at {
		dst[i] = bilinear(g.cols, ny, g.cols.index(p.Lon), g.rows.index(p.Lat))
	}
}

func (g *latLon) Places(dst []geo.LonLat, first int) {
	for n := range dst {
		i, j := (first+n)%g.cols.n, (first+n)/g.cols.n
		dst[n] = geo.LonLat{Lon: g.cols.position(i), Lat: g.rows.latitude(j)}
	}
}

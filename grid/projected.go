package grid

import (
	"fmt"
	"math"
	"strings"

	"isobar/geo"
)

// Cells says how the cells of a grid lie in its plane, in the order they are stored in.
type Cells struct {
	NX, NY int
	// DX and DY lead from the first cell stored to the next column and row, in units of the plane: DX is negative when
	// rows begin at the right, DY is positive when the first row is the lowest (GRIB2 flag table 3.4, bits 1 and 2).
	DX, DY float64
	First  geo.LonLat // centre of the first cell stored
	Shift  geo.XY     // how far from there the first cell lies after all, in units of the plane
}

// Projected is a grid of even steps in a plane. It is Turned, and for Mercator's plane Separable instead.
func Projected(p Plane, c Cells) (Raster, error) {
	if p.err != nil {
		return nil, p.err
	}
	if err := finite(c.First.Lon, c.First.Lat); err != nil {
		return nil, err
	}
	var first [1]geo.XY
	p.projection.Forward(first[:], []geo.LonLat{c.First})
	return ProjectedAt(p, c, first[0])
}

// ProjectedAt is Projected with the first cell's centre in coordinates of the plane, to which c.Shift is added; c.First is not looked at.
func ProjectedAt(p Plane, c Cells, first geo.XY) (Raster, error) {
	if p.err != nil {
		return nil, p.err
	}
	first.X, first.Y = first.X+c.Shift.X, first.Y+c.Shift.Y
	left, top := first.X+min(0, c.DX)*float64(c.NX-1), first.Y+max(0, c.DY)*float64(c.NY-1)
	return projected(p, c.NX, c.NY, geo.XY{X: left, Y: top}, math.Abs(c.DX), math.Abs(c.DY))
}

// projected takes the upper left cell and steps to the right and down.
func projected(p Plane, nx, ny int, first geo.XY, dx, dy float64) (Raster, error) {
	if err := checkSize(nx, ny); err != nil {
		return nil, err
	}
	if err := finite(first.X, first.Y, dx, dy); err != nil {
		return nil, err
	}
	first.X, first.Y, dx, dy = milli(first.X), milli(first.Y), micro(dx), micro(dy)
	if !(dx > 0 && dy > 0) {
		return nil, invalid("steps of %v and %v m", dx, dy)
	}
	cols := axis{n: nx, first: first.X, step: dx}
	if p.turn > 0 {
		left := first.X - p.turn*math.Floor(first.X/p.turn+0.5)
		var err error
		if cols, err = newAxis(nx, left, left+float64(nx-1)*dx, p.turn, dx); err != nil {
			return nil, err
		}
	}
	g := planar{
		id: strings.Join([]string{
			p.name, fmt.Sprintf("%dx%d", nx, ny), list(first.X, first.Y, dx, dy), list(p.params...), figure(p.earth),
		}, ":"),
		projection: p.projection, cols: cols, ny: ny, top: first.Y, dy: dy,
	}
	g.extent = g.bounds()
	if p.turn > 0 {
		return &mercator{g, p}, nil
	}
	return &projectedGrid{g, p}, nil
}

// planar is a grid of even steps in the plane of a projection.
type planar struct {
	id         string
	projection geo.Projection
	cols       axis
	ny         int
	top, dy    float64 // y of the first row, and the way down to the next
	extent     geo.Box
}

func (g *planar) ID() string          { return g.id }
func (g *planar) Len() int            { return g.cols.n * g.ny }
func (g *planar) Shape() (nx, ny int) { return g.cols.n, g.ny }
func (g *planar) Wraps() bool         { return g.cols.wraps }
func (g *planar) Extent() geo.Box     { return g.extent }

func (g *planar) Index(dst []geo.XY, at []geo.LonLat) {
	g.projection.Forward(dst, at)
	for i, q := range dst[:len(at)] {
		x, y := g.cols.index(q.X), inside((g.top-q.Y)/g.dy, g.ny)
		if y != y {
			x = math.NaN()
		}
		dst[i] = geo.XY{X: x, Y: y}
	}
}

// batch is how many cells or places are turned over at a time.
const batch = 1024

func (g *planar) Weigh(dst []Stencil, at []geo.LonLat) {
	index := make([]geo.XY, min(batch, len(at)))
	for start := 0; start < len(at); start += batch {
		part := at[start:min(start+batch, len(at))]
		g.Index(index, part)
		for i, q := range index[:len(part)] {
			dst[start+i] = bilinear(g.cols, g.ny, q.X, q.Y)
		}
	}
}

func (g *planar) Places(dst []geo.LonLat, first int) {
	at := make([]geo.XY, min(batch, len(dst)))
	for start := 0; start < len(dst); start += batch {
		part := dst[start:min(start+batch, len(dst))]
		for i := range part {
			at[i] = g.centre(first + start + i)
		}
		g.projection.Inverse(part, at[:len(part)])
	}
}

// centre is a cell's in the plane.
func (g *planar) centre(cell int) geo.XY {
	return geo.XY{X: g.cols.position(cell % g.cols.n), Y: g.top - float64(cell/g.cols.n)*g.dy}
}

// projectedGrid is a planar grid whose y axis does not point north everywhere.
type projectedGrid struct {
	planar
	plane Plane
}

var (
	_ Raster = (*projectedGrid)(nil)
	_ Turned = (*projectedGrid)(nil)
)

// North is where meridians meet, if they are straight and angles true; elsewhere it is measured along the y axis.
func (g *projectedGrid) North(dst []float64, first int) {
	tip, side := g.plane.tip, g.plane.side
	for i := range dst {
		at := g.centre(first + i)
		if side == 0 {
			dst[i] = measureNorth(g.projection, at, g.dy/100, g.plane.earth)
		} else {
			dst[i] = math.Atan2(side*(at.X-tip.X), side*(tip.Y-at.Y))
		}
	}
}

// measureNorth is the angle of the y axis east of true north, in radians, by the places a little above and below.
func measureNorth(p geo.Projection, at geo.XY, step float64, earth geo.Ellipsoid) float64 {
	var places [2]geo.LonLat
	p.Inverse(places[:], []geo.XY{{X: at.X, Y: at.Y - step}, {X: at.X, Y: at.Y + step}})
	below, above := places[0], places[1]
	sin, cos := math.Sincos((below.Lat + above.Lat) / 2 * (math.Pi / 180))
	// A degree of latitude is shorter than one of longitude on the equator: radii of curvature.
	axes := earth.Minor / earth.Major
	shorter := axes * axes / (cos*cos + axes*axes*sin*sin)
	return math.Atan2(math.Remainder(above.Lon-below.Lon, 360)*cos, (above.Lat-below.Lat)*shorter)
}

// mercator is a planar grid whose columns are meridians.
type mercator struct {
	planar
	plane Plane
}

var _ Separable = (*mercator)(nil)

func (g *mercator) Column(lonDeg float64) float64 { return g.cols.index(lonDeg / 360 * g.cols.turn) }

func (g *mercator) Row(latDeg float64) float64 {
	var at [1]geo.XY
	g.projection.Forward(at[:], []geo.LonLat{{Lat: latDeg}})
	return inside((g.top-at[0].Y)/g.dy, g.ny)
}

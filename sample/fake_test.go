package sample

import (
	"context"
	"errors"
	"fmt"
	"math"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// latLon is a regular grid: its first cell is centred on west, north.
type latLon struct {
	nx, ny      int
	west, north float64
	step        float64 // degrees
}

var _ grid.Separable = latLon{}

func (g latLon) ID() string              { return fmt.Sprintf("latlon %+v", struct{ latLon }{g}) }
func (g latLon) Len() int                { return g.nx * g.ny }
func (g latLon) Shape() (nx, ny int)     { return g.nx, g.ny }
func (g latLon) Wraps() bool             { return math.Abs(float64(g.nx)*g.step-360) < 1e-9 }
func (g latLon) Row(lat float64) float64 { return inside((g.north-lat)/g.step, g.ny) }

func (g latLon) Extent() geo.Box {
	east := g.west + float64(g.nx-1)*g.step
	if g.Wraps() {
		east = g.west + 360
	}
	return geo.Box{g.west, g.north - float64(g.ny-1)*g.step, east, g.north}
}

func (g latLon) Column(lon float64) float64 {
	turns := math.Floor((lon - g.west + g.step/2) / 360)
	return inside((lon-g.west-360*turns)/g.step, g.nx)
}

// inside is an index, or NaN beyond half a cell from the outermost centres.
func inside(at float64, n int) float64 {
	const rounding = 1e-9
	if !(at >= -0.5-rounding && at <= float64(n)-0.5+rounding) {
		return math.NaN()
	}
	return at
}

func (g latLon) Index(dst []geo.XY, at []geo.LonLat) {
	for i, a := range at {
		dst[i] = geo.XY{X: g.Column(a.Lon), Y: g.Row(a.Lat)}
		if dst[i].X != dst[i].X || dst[i].Y != dst[i].Y {
			dst[i] = geo.XY{X: math.NaN(), Y: math.NaN()}
		}
	}
}

func (g latLon) Places(dst []geo.LonLat, first int) {
	for i := range dst {
		c := first + i
		dst[i] = geo.LonLat{Lon: g.west + float64(c%g.nx)*g.step, Lat: g.north - float64(c/g.nx)*g.step}
	}
}

func (g latLon) Weigh(dst []grid.Stencil, at []geo.LonLat) {
	xy := make([]geo.XY, len(at))
	g.Index(xy, at)
	for i, p := range xy {
		dst[i] = grid.Stencil{Cell: [4]int32{-1, -1, -1, -1}}
		if p.X != p.X {
			continue
		}
		x, y := min(max(p.X, 0), float64(g.nx-1)), min(max(p.Y, 0), float64(g.ny-1))
		x0, y0 := min(int(x), g.nx-2), min(int(y), g.ny-2)
		fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
		c := int32(y0*g.nx + x0)
		dst[i] = grid.Stencil{
			Cell:   [4]int32{c, c + 1, c + int32(g.nx), c + int32(g.nx) + 1},
			Weight: [4]float32{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy},
		}
	}
}

// conic is a Lambert conformal grid on a sphere, whose middle lies at 262.5E 38.5N.
type conic struct {
	nx, ny int
	metres float64
}

var _ grid.Raster = conic{}

const (
	earth    = 6371229.0
	parallel = 38.5 * math.Pi / 180
	meridian = 262.5
)

func (g conic) ID() string          { return fmt.Sprintf("conic %d %d %g", g.nx, g.ny, g.metres) }
func (g conic) Len() int            { return g.nx * g.ny }
func (g conic) Shape() (nx, ny int) { return g.nx, g.ny }
func (g conic) Wraps() bool         { return false }

// plane projects a place to metres from the grid's middle.
func (g conic) plane(at geo.LonLat) (x, y float64) {
	n := math.Sin(parallel)
	rho := func(lat float64) float64 {
		return earth * math.Cos(parallel) / n * math.Pow(math.Tan(math.Pi/4+parallel/2)/math.Tan(math.Pi/4+lat/2), n)
	}
	d := at.Lon - meridian
	d -= 360 * math.Round(d/360)
	theta, r := n*d*math.Pi/180, rho(at.Lat*math.Pi/180)
	return r * math.Sin(theta), rho(parallel) - r*math.Cos(theta)
}

func (g conic) Index(dst []geo.XY, at []geo.LonLat) {
	for i, a := range at {
		x, y := g.plane(a)
		dst[i] = geo.XY{X: inside(x/g.metres+float64(g.nx-1)/2, g.nx), Y: inside(float64(g.ny-1)/2-y/g.metres, g.ny)}
		if dst[i].X != dst[i].X || dst[i].Y != dst[i].Y {
			dst[i] = geo.XY{X: math.NaN(), Y: math.NaN()}
		}
	}
}

func (g conic) Places(dst []geo.LonLat, first int) {
	n := math.Sin(parallel)
	f := earth * math.Cos(parallel) / n * math.Pow(math.Tan(math.Pi/4+parallel/2), n)
	rho0 := f / math.Pow(math.Tan(math.Pi/4+parallel/2), n)
	for i := range dst {
		c := first + i
		x, y := (float64(c%g.nx)-float64(g.nx-1)/2)*g.metres, (float64(g.ny-1)/2-float64(c/g.nx))*g.metres
		r, theta := math.Hypot(x, rho0-y), math.Atan2(x, rho0-y)
		dst[i] = geo.LonLat{Lon: meridian + theta/n*180/math.Pi, Lat: (2*math.Atan(math.Pow(f/r, 1/n)) - math.Pi/2) * 180 / math.Pi}
	}
}

func (g conic) Extent() geo.Box {
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	xs, ys := none, none
	for _, p := range places {
		xs.add(p.Lon)
		ys.add(p.Lat)
	}
	return geo.Box{xs.min - 360, ys.min, xs.max - 360, ys.max}
}

func (g conic) Weigh([]grid.Stencil, []geo.LonLat) { panic("a raster is sampled by index") }

// loose is a lat-lon grid that hides its rows and columns.
type loose struct{ g latLon }

func (l loose) ID() string                                { return "loose " + l.g.ID() }
func (l loose) Len() int                                  { return l.g.Len() }
func (l loose) Shape() (nx, ny int)                       { return l.g.Len(), 1 }
func (l loose) Weigh(dst []grid.Stencil, at []geo.LonLat) { l.g.Weigh(dst, at) }
func (l loose) Places(dst []geo.LonLat, first int)        { l.g.Places(dst, first) }
func (l loose) Extent() geo.Box                           { return l.g.Extent() }

// memory is fields in memory, with their pyramids.
type memory struct {
	nx, ny int
	wraps  bool
	levels map[field.Key][][]float32
	reads  int
	cells  int   // of the largest window
	err    error // what reading gives
}

// remember puts fields in memory: value gives that of a cell.
func remember(g grid.Grid, maxLevel int, value map[field.Key]func(at geo.LonLat) float32) *memory {
	m := &memory{levels: map[field.Key][][]float32{}}
	m.nx, m.ny = g.Shape()
	if r, ok := g.(grid.Raster); ok {
		m.wraps = r.Wraps()
	}
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	for k, f := range value {
		v := make([]float32, len(places))
		for i, at := range places {
			v[i] = f(at)
		}
		m.levels[k] = append(m.levels[k], v)
		for l := 1; l <= maxLevel; l++ {
			m.levels[k] = append(m.levels[k], m.every(v, 1<<l))
		}
	}
	return m
}

// every takes each nth cell: linear fields stay what they are.
func (m *memory) every(v []float32, n int) []float32 {
	var out []float32
	for y := 0; y < m.ny; y += n {
		for x := 0; x < m.nx; x += n {
			out = append(out, v[y*m.nx+x])
		}
	}
	return out
}

var errNoField = errors.New("no such field")

// Windows implements Fields.
func (m *memory) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if m.err != nil {
		return m.err
	}
	m.reads++
	m.cells = max(m.cells, w.NX*w.NY*len(keys))
	nx, ny := grid.LevelShape(m.nx, m.ny, w.Level)
	for k, key := range keys {
		levels, ok := m.levels[key]
		if !ok || w.Level >= len(levels) {
			return fmt.Errorf("%w %v at level %d", errNoField, key, w.Level)
		}
		if len(dst[k]) != w.NX*w.NY {
			return fmt.Errorf("room for %d cells, want %d", len(dst[k]), w.NX*w.NY)
		}
		for j := range w.NY {
			y := w.Y0 + j
			row := dst[k][j*w.NX : (j+1)*w.NX]
			if y < 0 || y >= ny {
				fillNaN(row)
				continue
			}
			src := levels[w.Level][y*nx : (y+1)*nx]
			if w.X0 >= 0 && w.X0+w.NX <= nx {
				copy(row, src[w.X0:])
				continue
			}
			for i := range row {
				x := w.X0 + i
				if m.wraps {
					x = (x%nx + nx) % nx
				}
				row[i] = missing
				if x >= 0 && x < nx {
					row[i] = src[x]
				}
			}
		}
	}
	return nil
}

// projection is two functions.
type projection struct {
	forward func(geo.LonLat) geo.XY
	inverse func(geo.XY) geo.LonLat
}

func (p projection) Forward(dst []geo.XY, src []geo.LonLat) {
	for i, s := range src {
		dst[i] = p.forward(s)
	}
}

func (p projection) Inverse(dst []geo.LonLat, src []geo.XY) {
	for i, s := range src {
		dst[i] = p.inverse(s)
	}
}

const (
	radius = 6378137.0
	rad    = math.Pi / 180
)

// The references that views are in, on a sphere.
var (
	plate = geo.Reference{Code: "plate", Degrees: true, Turn: 360, Projection: projection{
		func(at geo.LonLat) geo.XY { return geo.XY{X: at.Lon, Y: at.Lat} },
		func(at geo.XY) geo.LonLat { return geo.LonLat{Lon: at.X, Lat: at.Y} },
	}}
	mercator = geo.Reference{Code: "mercator", Turn: 2 * math.Pi * radius, Projection: projection{
		func(at geo.LonLat) geo.XY {
			return geo.XY{X: radius * at.Lon * rad, Y: radius * math.Asinh(math.Tan(at.Lat*rad))}
		},
		func(at geo.XY) geo.LonLat {
			return geo.LonLat{Lon: at.X / radius / rad, Lat: math.Atan(math.Sinh(at.Y/radius)) / rad}
		},
	}}
	arctic = geo.Reference{Code: "arctic", Projection: projection{
		func(at geo.LonLat) geo.XY {
			r := 2 * radius * math.Tan(math.Pi/4-at.Lat*rad/2)
			return geo.XY{X: r * math.Sin(at.Lon*rad), Y: -r * math.Cos(at.Lon*rad)}
		},
		func(at geo.XY) geo.LonLat {
			r := math.Hypot(at.X, at.Y)
			return geo.LonLat{Lon: math.Atan2(at.X, -at.Y) / rad, Lat: 90 - 2*math.Atan(r/2/radius)/rad}
		},
	}}
)

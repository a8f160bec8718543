package render

import (
	"context"
	"math"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/sample"
	"isobar/styles"
)

// world is a regular grid around the Earth whose first cell is centred on 0E 90N.
type world struct {
	nx, ny int
	step   float64 // degrees
}

var _ grid.Separable = world{}

func (g world) ID() string                 { return "world" }
func (g world) Len() int                   { return g.nx * g.ny }
func (g world) Shape() (nx, ny int)        { return g.nx, g.ny }
func (g world) Wraps() bool                { return true }
func (g world) Extent() geo.Box            { return geo.Box{0, -90, 360, 90} }
func (g world) Row(lat float64) float64    { return min(max((90-lat)/g.step, 0), float64(g.ny-1)) }
func (g world) Column(lon float64) float64 { return (lon - 360*math.Floor(lon/360)) / g.step }

func (g world) Index(dst []geo.XY, at []geo.LonLat) {
	for i, a := range at {
		dst[i] = geo.XY{X: g.Column(a.Lon), Y: g.Row(a.Lat)}
	}
}

func (g world) Places(dst []geo.LonLat, first int) {
	for i := range dst {
		c := first + i
		dst[i] = geo.LonLat{Lon: float64(c%g.nx) * g.step, Lat: 90 - float64(c/g.nx)*g.step}
	}
}

func (g world) Weigh([]grid.Stencil, []geo.LonLat) {
	panic("a separable grid is not weighed point by point")
}

// formula is a field by its values; NaN is missing.
type formula func(lonDeg, latDeg float64) float64

// fields holds one grid of formulas, by the elements of their keys, as a store does: each pyramid level is every second
// cell of the one below.
type fields struct {
	grid   world
	levels map[string][][]float32
}

// newFields computes fields on a grid of the given step.
func newFields(step float64, of map[string]formula) *fields {
	f := &fields{grid: world{int(360 / step), int(180/step) + 1, step}, levels: map[string][][]float32{}}
	for id, value := range of {
		base := make([]float32, f.grid.Len())
		for i := range base {
			base[i] = float32(value(float64(i%f.grid.nx)*step, 90-float64(i/f.grid.nx)*step))
		}
		f.levels[id] = [][]float32{base}
		for l := 1; l <= maxLevel; l++ {
			nx, ny := shape(f.grid, l)
			coarse := make([]float32, nx*ny)
			for i := range coarse {
				coarse[i] = base[(i/nx<<l)*f.grid.nx+i%nx<<l]
			}
			f.levels[id] = append(f.levels[id], coarse)
		}
	}
	return f
}

const maxLevel = 3

func shape(g world, level int) (nx, ny int) {
	return (g.nx-1)>>level + 1, (g.ny-1)>>level + 1
}

// Windows implements sample.Fields.
func (f *fields) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	nx, ny := shape(f.grid, w.Level)
	for k, key := range keys {
		level := f.levels[key.Element][w.Level]
		for j := range w.NY {
			for i := range w.NX {
				x, y := ((w.X0+i)%nx+nx)%nx, w.Y0+j
				if y < 0 || y >= ny {
					dst[k][j*w.NX+i] = float32(math.NaN())
				} else {
					dst[k][j*w.NX+i] = level[y*nx+x]
				}
			}
		}
	}
	return nil
}

// input samples one of the fields.
func (f *fields) input(element string) sample.Input {
	return sample.Input{Grid: f.grid, MaxLevel: maxLevel, Keys: []field.Key{{Element: element}}}
}

// weather is what the test maps show: temperature in degrees Celsius, missing on an island; rain in mm; cloud in %.
func weather() map[string]formula {
	const rad = math.Pi / 180
	front := func(lon, lat float64) float64 { return math.Sin(3*lon*rad+4*lat*rad) * math.Cos(lat*rad) }
	return map[string]formula{
		"t": func(lon, lat float64) float64 {
			if math.Hypot(lon-200, lat-20) < 12 {
				return math.NaN()
			}
			return 34 - 62*math.Pow(math.Sin(lat*rad), 2) + 9*front(lon, lat) + 3*math.Sin(11*lon*rad)*math.Cos(5*lat*rad)
		},
		"rain":  func(lon, lat float64) float64 { return 80 * math.Pow(math.Max(0, front(lon+20, lat)), 6) },
		"cloud": func(lon, lat float64) float64 { return 100 * math.Max(0, front(lon, lat+8)) },
		// Lows and highs of some 30 hPa in belts of both hemispheres, and about the wind that blows around them.
		"msl": pressure,
		"u": func(lon, lat float64) float64 {
			return -(pressure(lon, lat+1) - pressure(lon, lat-1)) / 25 * turning(lat)
		},
		"v": func(lon, lat float64) float64 {
			return (pressure(lon+1, lat) - pressure(lon-1, lat)) / 25 * turning(lat) / math.Max(math.Cos(lat*rad), 0.2)
		},
		"dry": func(lon, lat float64) float64 { return 0 },
	}
}

// pressure is a made-up pressure at sea level in Pa.
func pressure(lon, lat float64) float64 {
	const rad = math.Pi / 180
	belt := math.Pow(math.Cos(lat*rad), 2) * math.Pow(math.Sin(2*lat*rad), 2)
	return 101200 + 900*math.Cos(4*lat*rad)*math.Cos(lat*rad) + 3100*belt*math.Sin(5*lon*rad+3*lat*rad+math.Sin(2*lon*rad)) + 500*belt*math.Cos(13*lon*rad-2*lat*rad)
}

// turning is +1 in the north, -1 in the south, and little near the equator: where low pressure lies as seen along the wind.
func turning(lat float64) float64 { return math.Tanh(lat / 12) }

// mercator is the reference system of web maps, on a sphere.
var mercator = geo.Reference{Code: "mercator", Turn: 2 * math.Pi * radius, Projection: webMercator{}}

const radius = 6378137.0

type webMercator struct{}

func (webMercator) Forward(dst []geo.XY, src []geo.LonLat) {
	for i, at := range src {
		dst[i] = geo.XY{X: radius * at.Lon * math.Pi / 180, Y: radius * math.Asinh(math.Tan(at.Lat*math.Pi/180))}
	}
}

func (webMercator) Inverse(dst []geo.LonLat, src []geo.XY) {
	for i, at := range src {
		dst[i] = geo.LonLat{Lon: at.X / radius * 180 / math.Pi, Lat: math.Atan(math.Sinh(at.Y/radius)) * 180 / math.Pi}
	}
}

// square is a view of the whole mercator world, or of its part from a corner on.
func square(pixels, zoom, x, y int) geo.View {
	half := math.Pi * radius
	side := 2 * half / float64(int(1)<<zoom)
	west, north := -half+float64(x)*side, half-float64(y)*side
	return geo.View{Ref: mercator, Box: geo.Box{west, north - side, west + side, north}, Width: pixels, Height: pixels}
}

// shipped finds a style that ships with the program.
func shipped(t testing.TB, id string) *styles.Style {
	t.Helper()
	c, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Get(id)
	if !ok {
		t.Fatalf("there is no style %s", id)
	}
	return s
}

// renderer makes one over a new sampler.
func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(sample.New(16 << 20))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

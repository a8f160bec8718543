package cf

import (
	"fmt"
	"math"
	"slices"

	"isobar/decode/crs"
	"isobar/decode/netcdf"
	"isobar/geo"
	"isobar/grid"
)

// places is a grid and how a variable's dimensions lie on it.
type places struct {
	grid     grid.Grid
	gridType string
	dims     []int // of the variable, in its order
	nx, ny   int
	turned   bool // columns are the slower dimension
	upward   bool // the first row is the lowest
	leftward bool // the first column is the rightmost
}

func (p *places) has(dim int) bool {
	return slices.Contains(p.dims, dim)
}

func (p *places) inOrder() bool { return !p.turned && !p.upward && !p.leftward }

// cell is the canonical cell of the i-th value.
func (p *places) cell(i int) int {
	x, y := i%p.nx, i/p.nx
	if p.turned {
		x, y = i/p.ny, i%p.ny
	}
	if p.upward {
		y = p.ny - 1 - y
	}
	if p.leftward {
		x = p.nx - 1 - x
	}
	return y*p.nx + x
}

// placesOf lays a variable's grid. Without a grid there may be places all the same, if the variable's dimensions are known: the
// error says what is wrong with them.
func (r *reading) placesOf(v *netcdf.Var) (*places, error) {
	x, y := -1, -1
	for d, name := range v.Dims {
		if c := r.file.Var(name); c != nil && len(c.Dims) == 1 {
			switch r.axis(c).kind {
			case longitude, planeX:
				x = d
			case latitude, planeY:
				y = d
			}
		}
	}
	if x < 0 || y < 0 {
		return r.scattered(v)
	}
	p := &places{dims: []int{min(x, y), max(x, y)}, nx: v.Shape[x], ny: v.Shape[y], turned: x < y}
	key := fmt.Sprint(v.Dims[x], " ", v.Dims[y], " ", v.Attrs.Text("grid_mapping"), " ", v.Attrs.Text("coordinates"))
	if known := r.grids[key]; known != nil {
		p.grid, p.gridType, p.upward, p.leftward = known.grid, known.gridType, known.upward, known.leftward
		return p, nil
	}
	err := r.lay(v, p, r.axis(r.file.Var(v.Dims[x])), r.axis(r.file.Var(v.Dims[y])))
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrPlaces, err)
	}
	r.grids[key] = p
	return p, nil
}

// lay makes the grid of two axes.
func (r *reading) lay(v *netcdf.Var, p *places, x, y *axis) error {
	xs, err := x.all()
	if err != nil {
		return err
	}
	ys, err := y.all()
	if err != nil {
		return err
	}
	if len(xs) != p.nx || len(ys) != p.ny {
		return fmt.Errorf("%d by %d coordinates for %d by %d points", len(xs), len(ys), p.nx, p.ny)
	}
	system, err := r.mapping(v, x, y)
	if err != nil {
		if lat, lon, aux := r.auxiliary(v); aux == nil && lat != nil && len(lat.Dims) == 2 {
			return r.mesh(p, lat, lon)
		}
		return err
	}
	if system.Angles() && system.Type == "" {
		return p.latLon(xs, ys)
	}
	dx, evenX := even(xs)
	dy, evenY := even(ys)
	if !evenX || !evenY {
		return p.uneven(system, xs, ys)
	}
	p.upward, p.leftward = dy > 0, dx < 0
	p.gridType = system.GridType()
	p.grid, err = system.Grid(crs.Raster{NX: p.nx, NY: p.ny, X: xs[0], Y: ys[0], DX: dx, DY: dy})
	return err
}

// uneven lays places one by one.
func (p *places) uneven(s crs.System, xs, ys []float64) (err error) {
	if s.Unit != 0 {
		xs, ys = scaled(xs, s.Unit), scaled(ys, s.Unit)
	}
	p.upward, p.leftward = ys[0] < ys[len(ys)-1], xs[0] > xs[len(xs)-1]
	p.gridType = "unstructured_grid"
	p.grid, err = s.Mesh(xs, ys)
	return err
}

func scaled(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, x := range values {
		out[i] = x * by
	}
	return out
}

// unevenness is how far, in steps, a coordinate may be from where an even axis has it: many are float32.
const unevenness = 0.05

// even is the step of coordinates that follow each other evenly; a single one has a step of 1.
func even(values []float64) (step float64, ok bool) {
	if len(values) < 2 {
		return 1, len(values) == 1 && values[0]-values[0] == 0
	}
	step = (values[len(values)-1] - values[0]) / float64(len(values)-1)
	if !(math.Abs(step) > 0) || math.IsInf(step, 0) {
		return 0, false
	}
	for i, x := range values {
		if !(math.Abs(x-values[0]-float64(i)*step) <= unevenness*math.Abs(step)) {
			return 0, false
		}
	}
	return step, true
}

// latLon lays a grid of meridians and parallels: even, Gaussian, or else each place for itself.
func (p *places) latLon(lons, lats []float64) (err error) {
	lons = unwound(lons)
	dx, evenX := even(lons)
	dy, evenY := even(lats)
	up := p.ny > 1 && lats[p.ny-1] > lats[0]
	p.gridType = "regular_ll"
	if evenX && p.nx*p.ny > 0 {
		if g := gaussian(lons, lats, dx); g != nil {
			p.grid, p.gridType, p.upward, p.leftward = g, "regular_gg", up, dx < 0
			return nil
		}
	}
	if evenX && evenY {
		p.upward, p.leftward = dy > 0, dx < 0
		if p.ny == 1 {
			dy, p.upward = -math.Abs(dx), false
		}
		p.grid, err = crs.System{}.Grid(crs.Raster{NX: p.nx, NY: p.ny, X: lons[0], Y: lats[0], DX: dx, DY: dy})
		return err
	}
	return p.uneven(crs.System{}, lons, lats)
}

// unwound makes longitudes follow each other over the seam.
func unwound(lons []float64) []float64 {
	out := append([]float64(nil), lons...)
	for i := 1; i < len(out); i++ {
		out[i] += 360 * math.Round((out[i-1]-out[i])/360)
	}
	return out
}

// gaussian is the grid of a Gaussian number whose rows the latitudes are; nil if they are not.
func gaussian(lons, lats []float64, dx float64) grid.Grid {
	const least, most, near = 8, 4000, 2e-3 // rows; degrees
	ny := len(lats)
	if _, isEven := even(lats); ny < least || ny > most || ny%2 != 0 || isEven && math.Abs(lats[0]) > 89.99 {
		return nil
	}
	north, south := max(lats[0], lats[ny-1]), min(lats[0], lats[ny-1])
	if math.Abs(north+south) > near || north < 80 {
		return nil
	}
	west, east := min(lons[0], lons[len(lons)-1]), max(lons[0], lons[len(lons)-1])
	g, err := grid.Gaussian(ny/2, len(lons), ny, geo.Box{west, south, east, north})
	if err != nil {
		return nil
	}
	var at [1]geo.LonLat
	for j := range ny {
		g.Places(at[:], j*len(lons))
		lat := lats[j]
		if lats[0] < lats[ny-1] {
			lat = lats[ny-1-j]
		}
		if math.Abs(at[0].Lat-lat) > near {
			return nil
		}
	}
	return g
}

// maxPlaces bounds a grid whose places are told one by one.
const maxPlaces = 1 << 24

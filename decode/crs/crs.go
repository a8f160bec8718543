// Package crs knows the coordinate systems that rasters are in, by the names and parameters that files have for them, and lays
// grids in them. Datums are not shifted: coordinates are taken as those of their own ellipsoid, which moves a place by at most
// a few hundred metres.
package crs

import (
	"errors"
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// ErrUnknown is a coordinate system that is not read; the error's text names it.
var ErrUnknown = errors.New("unknown coordinate system")

// unknown names what is not read.
func unknown(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnknown, fmt.Sprintf(format, args...))
}

// System is a coordinate system. The zero value is latitude and longitude in degrees.
type System struct {
	// Type is what ecCodes calls grids in it: "regular_ll", "lambert"; "" stands for "regular_ll".
	Type string
	// Unit is how many metres, or degrees in a system of angles, one of the file's coordinates is; 0 stands for 1.
	Unit float64

	plane  *grid.Plane
	shift  geo.XY // metres, or degrees, to take off a coordinate, so that it is the plane's
	even   geo.XY // degrees that a metre is along x and y; 0: coordinates are not such
	pole   geo.LonLat
	angle  float64
	scale  float64        // by which metres are multiplied besides, to be the plane's; 0 stands for 1
	places geo.Projection // of the coordinates less shift; nil for degrees that are not turned
	mesh   bool           // no grid knows the system
}

// Raster is the cells of a grid as the file's coordinates have them: the centre of the first one stored, and the steps to the
// next column and row. A positive DY begins with the lowest row, a negative DX with the rightmost column.
type Raster struct {
	NX, NY int
	X, Y   float64
	DX, DY float64
}

// Grid lays a grid. Where the system is one that no grid knows, its places make an unstructured one, northern row first.
func (s System) Grid(r Raster) (grid.Grid, error) {
	if s.Unit != 0 {
		r.X, r.Y, r.DX, r.DY = r.X*s.Unit, r.Y*s.Unit, r.DX*s.Unit, r.DY*s.Unit
	}
	if r.NX < 1 || r.NY < 1 || r.NX > grid.MaxCells/r.NY {
		return nil, fmt.Errorf("%w: %d by %d cells", grid.ErrInvalid, r.NX, r.NY)
	}
	switch {
	case s.plane != nil:
		if s.scale != 0 {
			r.X, r.Y, r.DX, r.DY = r.X*s.scale, r.Y*s.scale, r.DX*s.scale, r.DY*s.scale
		}
		at := geo.XY{X: r.X - s.shift.X, Y: r.Y - s.shift.Y}
		return made(grid.ProjectedAt(*s.plane, grid.Cells{NX: r.NX, NY: r.NY, DX: r.DX, DY: r.DY}, at))
	case s.mesh:
		return s.Mesh(r.axes())
	}
	r.X, r.Y = r.X-s.shift.X, r.Y-s.shift.Y
	switch {
	case s.even.X != 0:
		r.X, r.Y, r.DX, r.DY = r.X*s.even.X, r.Y*s.even.Y, r.DX*s.even.X, r.DY*s.even.Y
	case s.Type == rotated:
		return made(grid.Rotated(r.NX, r.NY, r.box(), s.pole, s.angle))
	}
	return made(grid.LatLon(r.NX, r.NY, r.box()))
}

// made keeps a grid's own type from hiding that there is none.
func made[G grid.Grid](g G, err error) (grid.Grid, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
}

// GridType is Type without its short form.
func (s System) GridType() string {
	if s.Type == "" {
		return "regular_ll"
	}
	return s.Type
}

// Angles tells that coordinates are degrees.
func (s System) Angles() bool { return s.plane == nil && !s.mesh && s.even.X == 0 }

// box is the outermost centres.
func (r Raster) box() geo.Box {
	nx, ny := float64(r.NX-1), float64(r.NY-1)
	west, south := r.X+min(0, r.DX)*nx, r.Y+min(0, r.DY)*ny
	return geo.Box{west, south, west + math.Abs(r.DX)*nx, south + math.Abs(r.DY)*ny}
}

// maxPlaces bounds the cells of a grid whose places are calculated one by one.
const maxPlaces = 1 << 24

// axes are a raster's coordinates.
func (r Raster) axes() (xs, ys []float64) {
	xs, ys = make([]float64, r.NX), make([]float64, r.NY)
	for i := range xs {
		xs[i] = r.X + float64(i)*r.DX
	}
	for j := range ys {
		ys[j] = r.Y + float64(j)*r.DY
	}
	return xs, ys
}

// Mesh lays a grid of places one by one, of columns and rows that need not be even, in metres or degrees (see Unit). Its order
// is canonical: columns by rising x, rows by falling y, however they are given.
func (s System) Mesh(xs, ys []float64) (grid.Grid, error) {
	if len(xs) < 1 || len(ys) < 1 || len(xs) > maxPlaces/len(ys) {
		return nil, fmt.Errorf("%w: %d by %d places", grid.ErrInvalid, len(xs), len(ys))
	}
	left, down := xs[0] <= xs[len(xs)-1], ys[0] >= ys[len(ys)-1]
	at, places := make([]geo.XY, len(xs)), make([]geo.LonLat, len(xs)*len(ys))
	for j := range ys {
		y := ys[j]
		if !down {
			y = ys[len(ys)-1-j]
		}
		row := places[j*len(xs) : (j+1)*len(xs)]
		for i := range xs {
			x := xs[i]
			if !left {
				x = xs[len(xs)-1-i]
			}
			at[i] = geo.XY{X: x, Y: y}
		}
		s.lay(row, at)
	}
	return made(grid.Unstructured(places))
}

// Turned lays a grid of places one by one, in the file's order, of columns and rows that are turned on the plane: a place is the first one plus
// so many steps to the next column and so many to the next row.
func (s System) Turned(nx, ny int, first, column, row geo.XY) (grid.Grid, error) {
	if nx < 1 || ny < 1 || nx > maxPlaces/ny {
		return nil, fmt.Errorf("%w: %d by %d places", grid.ErrInvalid, nx, ny)
	}
	unit := s.Unit
	if unit == 0 {
		unit = 1
	}
	at, places := make([]geo.XY, nx), make([]geo.LonLat, nx*ny)
	for j := range ny {
		for i := range at {
			x, y := float64(i), float64(j)
			at[i] = geo.XY{X: unit * (first.X + x*column.X + y*row.X), Y: unit * (first.Y + x*column.Y + y*row.Y)}
		}
		s.lay(places[j*nx:(j+1)*nx], at)
	}
	return made(grid.Unstructured(places))
}

// lay finds the places of coordinates, which are overwritten.
func (s System) lay(dst []geo.LonLat, at []geo.XY) {
	scale := s.scale
	if scale == 0 {
		scale = 1
	}
	for i := range at {
		at[i] = geo.XY{X: at[i].X*scale - s.shift.X, Y: at[i].Y*scale - s.shift.Y}
		dst[i] = geo.LonLat{Lon: at[i].X, Lat: at[i].Y}
		if s.even.X != 0 {
			dst[i] = geo.LonLat{Lon: at[i].X * s.even.X, Lat: at[i].Y * s.even.Y}
		}
	}
	if s.places != nil {
		s.places.Inverse(dst, at)
	}
}

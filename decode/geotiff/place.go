package geotiff

import (
	"fmt"
	"math"

	"isobar/decode/crs"
	"isobar/grid"
)

// place says how an image's rows and columns lie on its grid.
type place struct {
	upward   bool // the first row is the lowest
	leftward bool // the first column is the rightmost
}

// cell is the canonical cell of a pixel, and the way to that of the next pixel of the row.
func (p place) cell(l *layout, x, y int) (first, way int) {
	way = 1
	if p.upward {
		y = l.height - 1 - y
	}
	if p.leftward {
		x, way = l.width-1-x, -1
	}
	return y*l.width + x, way
}

// InOrder tells that the image's pixels are in canonical order.
func (m *Image) InOrder() bool { return m.place == place{} }

// Canonical is the cell of the i-th pixel of the image, row by row.
func (m *Image) Canonical(i int) int {
	first, way := m.place.cell(&m.layout, 0, i/m.Width)
	return first + way*(i%m.Width)
}

// georeference lays the image's grid.
func (m *Image) georeference(d directory) (grid.Grid, string, error) {
	keys, err := readKeys(m.file, d)
	if err != nil {
		return nil, "", err
	}
	x, y, dx, dy, err := transform(m.file, d)
	if err != nil {
		return nil, "", err
	}
	if !keys.pixelIsPoint() { // places are those of upper left corners
		x, y = x+dx/2, y+dy/2
	}
	m.place = place{upward: dy > 0, leftward: dx < 0}
	raster := crs.Raster{NX: m.Width, NY: m.Height, X: x, Y: y, DX: dx, DY: dy}
	var system crs.System
	if len(keys) > 0 || !degrees(raster) {
		if system, err = keys.system(); err != nil {
			return nil, "", err
		}
	}
	g, err := system.Grid(raster)
	if err != nil {
		return nil, "", err
	}
	return g, system.GridType(), nil
}

// degrees tells that places which no system is told of can be but degrees: as metres they would be a few steps on a field.
func degrees(r crs.Raster) bool {
	farX, farY := r.X+r.DX*float64(r.NX-1), r.Y+r.DY*float64(r.NY-1)
	return min(r.X, farX) >= -360 && max(r.X, farX) <= 540 && math.Abs(r.Y) <= 90.001 && math.Abs(farY) <= 90.001
}

// transform is where the pixel (0, 0) is and how far the next column and row are, by GeoTIFF's tags (GeoTIFF 1.1, 7.3).
func transform(f *file, d directory) (x, y, dx, dy float64, err error) {
	matrix, err := f.doubles(d, tagTransformation)
	if err != nil {
		return
	}
	scale, err := f.doubles(d, tagPixelScale)
	if err != nil {
		return
	}
	tie, err := f.doubles(d, tagTiepoint)
	if err != nil {
		return
	}
	switch {
	case len(matrix) == 16:
		if matrix[1] != 0 || matrix[4] != 0 {
			return 0, 0, 0, 0, unsupported("an image that is turned on its plane")
		}
		x, y, dx, dy = matrix[3], matrix[7], matrix[0], matrix[5]
	case len(scale) >= 2 && len(tie) >= 6:
		dx, dy = scale[0], -scale[1]
		x, y = tie[3]-tie[0]*dx, tie[4]-tie[1]*dy
	case len(tie) > 6:
		return 0, 0, 0, 0, unsupported("an image that is tied to the Earth by single points")
	default:
		return 0, 0, 0, 0, fmt.Errorf("%w: the file does not tell where the image is", ErrInvalid)
	}
	if s := x + y + dx + dy; math.IsNaN(s) || math.IsInf(s, 0) || dx == 0 || dy == 0 {
		return 0, 0, 0, 0, invalid("pixels of %v by %v at %v, %v", dx, dy, x, y)
	}
	return x, y, dx, dy, nil
}

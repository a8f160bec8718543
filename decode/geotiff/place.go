package geotiff

import (
	"fmt"
	"math"
	"strings"

	"isobar/decode/crs"
	"isobar/geo"
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
	t, err := transform(m.file, d)
	if err != nil {
		return nil, "", err
	}
	if !keys.pixelIsPoint() { // places are those of upper left corners
		t.x, t.y = t.x+(t.dx+t.turnX)/2, t.y+(t.dy+t.turnY)/2
	}
	raster := crs.Raster{NX: m.Width, NY: m.Height, X: t.x, Y: t.y, DX: t.dx, DY: t.dy}
	var system crs.System
	if len(keys) > 0 || !degrees(raster) {
		if system, err = keys.system(); err != nil {
			text, ok := wellKnown(m.file, d)
			if !ok {
				return nil, "", err
			}
			if system, err = crs.WKT(text); err != nil {
				return nil, "", err
			}
		}
	}
	if t.turnX != 0 || t.turnY != 0 {
		g, err := system.Turned(m.Width, m.Height, geo.XY{X: t.x, Y: t.y}, geo.XY{X: t.dx, Y: t.turnY}, geo.XY{X: t.turnX, Y: t.dy})
		return g, "unstructured_grid", err
	}
	m.place = place{upward: t.dy > 0, leftward: t.dx < 0}
	g, err := system.Grid(raster)
	if err != nil {
		return nil, "", err
	}
	return g, system.GridType(), nil
}

// wellKnown is the system as ESRI's well-known text, which GDAL writes among the keys' texts where keys have no words for it.
func wellKnown(f *file, d directory) (string, bool) {
	_, text, ok := strings.Cut(f.text(d, tagGeoText), "ESRI PE String = ")
	text, _, _ = strings.Cut(text, "|")
	return text, ok
}

// degrees tells that places which no system is told of can be but degrees: as metres they would be a few steps on a field.
func degrees(r crs.Raster) bool {
	farX, farY := r.X+r.DX*float64(r.NX-1), r.Y+r.DY*float64(r.NY-1)
	return min(r.X, farX) >= -360 && max(r.X, farX) <= 540 && math.Abs(r.Y) <= 90.001 && math.Abs(farY) <= 90.001
}

// affine is where the pixel (0, 0) is, how far the next column is (dx, turnY) and the next row (turnX, dy).
type affine struct{ x, y, dx, dy, turnX, turnY float64 }

// transform reads GeoTIFF's tags (GeoTIFF 1.1, 7.3).
func transform(f *file, d directory) (t affine, err error) {
	matrix, err := f.doubles(d, tagTransformation)
	if err != nil {
		return t, err
	}
	scale, err := f.doubles(d, tagPixelScale)
	if err != nil {
		return t, err
	}
	tie, err := f.doubles(d, tagTiepoint)
	if err != nil {
		return t, err
	}
	switch {
	case len(matrix) == 16:
		t = affine{x: matrix[3], y: matrix[7], dx: matrix[0], dy: matrix[5], turnX: matrix[1], turnY: matrix[4]}
	case len(scale) >= 2 && len(tie) >= 6:
		t.dx, t.dy = scale[0], -scale[1]
		t.x, t.y = tie[3]-tie[0]*t.dx, tie[4]-tie[1]*t.dy
	case len(tie) > 6:
		return t, unsupported("an image that is tied to the Earth by single points")
	default:
		return t, fmt.Errorf("%w: the file does not tell where the image is", ErrInvalid)
	}
	if s := t.x + t.y + t.dx + t.dy + t.turnX + t.turnY; s-s != 0 || t.dx*t.dy == t.turnX*t.turnY {
		return t, invalid("pixels of %v by %v at %v, %v", t.dx, t.dy, t.x, t.y)
	}
	return t, nil
}

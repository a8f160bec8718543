package grid

import (
	"fmt"
	"math"

	"isobar/geo"
)

// maxGaussian bounds the rows between pole and equator; the finest models have 4,000.
const maxGaussian = 4096

// Gaussian is a regular Gaussian grid (GRIB2 template 3.40): nx evenly spaced columns, and ny rows on the latitudes of the
// 2n Gaussian rows between the poles. centres are the outermost cell centres as for LatLon; north says which row is the
// first, to half a row. All 2n rows are taken as all of them, whatever centres say. The rows nearest to the poles reach them.
func Gaussian(n, nx, ny int, centres geo.Box) (Separable, error) {
	if err := finite(centres[:]...); err != nil {
		return nil, err
	}
	all, err := gaussianRows(n)
	if err != nil {
		return nil, err
	}
	return gaussianFrom(all, nx, ny, firstRow(all, ny, centres.MaxY()), centres.MinX(), centres.MaxX())
}

// gaussianFrom has the number of the first row instead of its latitude.
func gaussianFrom(all []float64, nx, ny, first int, west, east float64) (Separable, error) {
	if err := checkSize(nx, ny); err != nil {
		return nil, err
	}
	if first < 0 || first > len(all)-ny {
		return nil, invalid("%d rows from the %dth of %d", ny, first+1, len(all))
	}
	west, span := western(west), micro(east-west)
	cols, err := newAxis(nx, west, west+span, 360, 180/float64(len(all)))
	if err != nil {
		return nil, err
	}
	return &latLon{
		id:   fmt.Sprintf("gaussian:%d:%dx%d+%d:%s", len(all)/2, nx, ny, first, list(west, micro(cols.position(nx-1)))),
		cols: cols, rows: gaussianPart(all, first, ny),
	}, nil
}

// gaussianPart is some of all Gaussian rows.
func gaussianPart(all []float64, first, ny int) unevenRows {
	return newUnevenRows(all[first:first+ny], first == 0, first+ny == len(all))
}

// firstRow is the row nearest to a latitude.
func firstRow(all []float64, ny int, northDeg float64) int {
	if ny >= len(all) {
		return 0
	}
	best := 0
	for j, lat := range all {
		if math.Abs(lat-northDeg) < math.Abs(all[best]-northDeg) {
			best = j
		}
	}
	return best
}

// gaussianRows are the latitudes, in degrees from north to south, whose sines are the roots of the Legendre polynomial of
// degree 2n: by Newton's rule from the cosines of even angles (Abramowitz and Stegun 22.16.6).
func gaussianRows(n int) ([]float64, error) {
	if n < 1 || n > maxGaussian {
		return nil, invalid("%d Gaussian rows between pole and equator", n)
	}
	degree := 2 * n
	lats := make([]float64, degree)
	for j := range n {
		// The colatitude; Newton's rule in angles keeps the digits near the poles.
		theta := math.Pi * (float64(j) + 0.75) / (float64(degree) + 0.5)
		for range 10 {
			sin, cos := math.Sincos(theta)
			p, before := legendre(degree, cos)
			step := p * sin / (float64(degree) * (before - cos*p))
			theta += step
			if math.Abs(step) < 1e-9 { // the next would be its square
				break
			}
		}
		lat := 90 - theta*(180/math.Pi)
		lats[j], lats[degree-1-j] = lat, -lat
	}
	return lats, nil
}

// legendre is the Legendre polynomial of a degree, and that before it, at x.
func legendre(degree int, x float64) (p, before float64) {
	p, before = x, 1
	for k := 2; k <= degree; k++ {
		f := float64(k)
		p, before = ((2*f-1)*x*p-(f-1)*before)/f, p
	}
	return p, before
}

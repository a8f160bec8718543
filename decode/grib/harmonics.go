package grib

import (
	"fmt"

	"isobar/decode/packing/harmonics"
	"isobar/geo"
	"isobar/grid"
)

// spectrum is what sums coefficients up to values.
type spectrum struct {
	truncation int       // J of the triangular truncation J=K=M
	columns    int       // of the grid
	latitudes  []float64 // of the grid's rows, degrees
}

// coefficients is how many numbers a file has: real and imaginary parts.
func (s *spectrum) coefficients() int { return (s.truncation + 1) * (s.truncation + 2) }

// sum writes the values of coefficients on the grid.
func (s *spectrum) sum(dst, coefficients []float32) error {
	return harmonics.Sum(dst, coefficients, s.truncation, s.latitudes, s.columns)
}

// harmonics1 is type 50.
func harmonics1(w *walk, o *octets) (*place, error) {
	return w.harmonicsPlace(o.u16(7), o.u16(9), o.u16(11))
}

// harmonics2 is template 3.50.
func harmonics2(w *walk, o *octets) (*place, error) {
	return w.harmonicsPlace(o.u32(15), o.u32(19), o.u32(23))
}

// harmonicsPlace is the coarsest regular Gaussian grid that shows all waves of a truncation: a file of coefficients names none.
func (w *walk) harmonicsPlace(j, k, m int) (*place, error) {
	if j != k || j != m || j < 1 || j > harmonics.MaxTruncation {
		return nil, fmt.Errorf("%w: truncation %d, %d, %d; triangular ones from 1 to %d are read", ErrUnsupported, j, k, m, harmonics.MaxTruncation)
	}
	n := (j + 2) / 2 // 2n rows or more than j, 4n columns or more than 2j
	p, err := w.raster(sphericalHarmonics, 4*n, 2*n, 0, 0)
	if err != nil {
		return nil, err
	}
	p, err = p.with(grid.Gaussian(n, p.ni, p.nj, geo.Box{0, -90, 360 - 90/float64(n), 90}))
	if err != nil {
		return nil, err
	}
	p.spectrum = &spectrum{truncation: j, columns: p.ni, latitudes: make([]float64, p.nj)}
	var at [1]geo.LonLat
	for row := range p.nj {
		p.grid.Places(at[:], row*p.ni)
		p.spectrum.latitudes[row] = at[0].Lat
	}
	return p, nil
}

// unpackSpectrum writes the values of a field whose coefficients the file has.
func (v *values) unpackSpectrum(dst []float32) error {
	data, release, err := v.borrow(v.data)
	if err != nil {
		return err
	}
	defer release()
	if v.bits.length != 0 {
		return fmt.Errorf("%w: a bitmap of coefficients", ErrInvalid)
	}
	coefficients := make([]float32, v.spectrum.coefficients())
	if err := v.decode(coefficients, data, nil); err != nil {
		return err
	}
	return v.spectrum.sum(dst, coefficients)
}

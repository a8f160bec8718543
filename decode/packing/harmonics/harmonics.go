// Package harmonics sums spherical harmonics up to values on the rows of a grid.
package harmonics

import (
	"errors"
	"fmt"
	"math"
)

// ErrSize marks truncations, rows and buffers that don't fit each other or this package.
var ErrSize = errors.New("harmonics: sizes that don't fit")

// MaxTruncation is the highest truncation whose sums stay right: beyond, polynomials of high order that are too small for a
// float64 where a recurrence begins would matter where it ends.
const MaxTruncation = 1900

// Sum writes the values of a field at latitudes (degrees) and at equally spaced longitudes, from 0 eastwards: the value
// at latitude j and longitude 360*i/columns is dst[j*columns+i]. The coefficients are real and imaginary parts of a
// triangular truncation, by order m and then by total wave number n, as GRIB has them (GRIB2 template 3.50; code tables
// 3.6 and 3.7): a field is the sum of (re + i*im) * P(n,m,sin lat) * exp(i*m*lon), P normalised so that P(0,0) is 1, over
// m from -J to J, where orders below 0 are the conjugates of those above.
func Sum(dst, coefficients []float32, truncation int, latitudes []float64, columns int) error {
	switch {
	case truncation < 0 || truncation > MaxTruncation || len(coefficients) != (truncation+1)*(truncation+2):
		return fmt.Errorf("%w: %d coefficients of truncation %d", ErrSize, len(coefficients), truncation)
	case columns < 1 || len(dst) != columns*len(latitudes):
		return fmt.Errorf("%w: %d values on %d rows of %d", ErrSize, len(dst), len(latitudes), columns)
	}
	s := newSums(truncation, latitudes)
	s.addAll(coefficients)
	f := newFourier(columns)
	line, wave := make([]complex128, columns), make([]complex128, columns)
	for row := 0; row < len(latitudes); row += 2 { // two rows at once, as real and imaginary parts
		clear(wave)
		s.fold(wave, row, 1)
		if row+1 < len(latitudes) {
			s.fold(wave, row+1, 1i)
		}
		f.transform(line, wave)
		for i, v := range line {
			dst[row*columns+i] = float32(real(v))
			if row+1 < len(latitudes) {
				dst[(row+1)*columns+i] = float32(imag(v))
			}
		}
	}
	return nil
}

// sums is the sum over n, by row and by order m.
type sums struct {
	truncation int
	rows       []sumRow
	waves      []complex128 // of a row, one after the other, truncation+1 of each
}

// sumRow is a row's place, and the polynomial of the order at hand that the recurrence over n begins with.
type sumRow struct {
	sin, cos float64
	first    float64 // P(m,m)
	mirror   int     // the row of the same latitude on the other half of the globe that is summed with this one; or -1
	mirrored bool    // this is such a row
}

func newSums(truncation int, latitudes []float64) *sums {
	s := &sums{truncation: truncation, rows: make([]sumRow, len(latitudes)), waves: make([]complex128, len(latitudes)*(truncation+1))}
	north := map[float64]int{}
	for i, lat := range latitudes {
		sin, cos := math.Sincos(lat * math.Pi / 180)
		s.rows[i] = sumRow{sin: sin, cos: cos, first: 1, mirror: -1}
		if j, found := north[-lat]; found && lat != 0 {
			s.rows[j].mirror, s.rows[i].mirrored = i, true
			delete(north, -lat)
		} else {
			north[lat] = i
		}
	}
	return s
}

// addAll sums over n for each order.
func (s *sums) addAll(coefficients []float32) {
	factors := make([]float64, s.truncation+2)
	for m := range s.truncation + 1 {
		for n := m + 1; n < len(factors); n++ {
			factors[n] = math.Sqrt(float64(n*n-m*m) / float64(4*n*n-1))
		}
		part := coefficients[:2*(s.truncation-m+1)]
		coefficients = coefficients[len(part):]
		for i := range s.rows {
			r := &s.rows[i]
			if m > 0 {
				r.first *= r.cos * math.Sqrt(float64(2*m+1)/float64(2*m))
			}
			if r.mirrored {
				continue
			}
			even, odd := r.sum(part, factors[m:])
			s.waves[i*(s.truncation+1)+m] = even + odd
			if r.mirror >= 0 {
				s.waves[r.mirror*(s.truncation+1)+m] = even - odd
			}
		}
	}
}

// sum adds up one order: polynomials of even n-m are the same on both halves of the globe, those of odd n-m change sign.
// P(n) = (sin*P(n-1) - f(n-1)*P(n-2)) / f(n) with f(n) = sqrt((n^2-m^2)/(4n^2-1)); factors begin with that of n = m, 0.
func (r *sumRow) sum(part []float32, factors []float64) (even, odd complex128) {
	var re, im [2]float64
	before, p, f := 0.0, r.first, 0.0
	factors = factors[1 : len(part)/2+1]
	for k, next := range factors {
		re[k&1] += p * float64(part[2*k])
		im[k&1] += p * float64(part[2*k+1])
		before, p, f = p, (r.sin*p-f*before)/next, next
	}
	return complex(re[0], im[0]), complex(re[1], im[1])
}

// fold adds a row's waves to those of a circle of points, times a factor. Waves that are shorter than the points are apart
// look the same there as a longer one.
func (s *sums) fold(wave []complex128, row int, factor complex128) {
	n := len(wave)
	for m, v := range s.waves[row*(s.truncation+1) : (row+1)*(s.truncation+1)] {
		if m == 0 {
			wave[0] += factor * complex(real(v), 0)
			continue
		}
		wave[m%n] += factor * v
		wave[(n-m%n)%n] += factor * complex(real(v), -imag(v))
	}
}

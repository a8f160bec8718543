// Package harmonics sums spherical harmonics up to values on the rows of a grid.
package harmonics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrSize marks truncations, rows and buffers that don't fit each other or this package.
var ErrSize = errors.New("harmonics: sizes that don't fit")

// MaxTruncation is the finest truncation that archives have, which takes a second to sum.
const MaxTruncation = 1279

// negligible is less than a polynomial P(m,m) of these truncations can be if one of the same order is to matter further on:
// where cos*n > m for some n, P(m,m) is above (m/n)^m, 1e-204 at the least.
const negligible = 1e-250

// strip is how many pairs of rows are summed at once, which bounds what the sums take.
const strip = 64

// Sum writes the values of a field at latitudes (degrees) and at equally spaced longitudes, from 0 eastwards: the value
// at latitude j and longitude 360*i/columns is dst[j*columns+i]. The coefficients are real and imaginary parts of a
// triangular truncation, by order m and then by total wave number n, as GRIB has them (GRIB2 template 3.50; code tables
// 3.6 and 3.7): a field is the sum of (re + i*im) * P(n,m,sin lat) * exp(i*m*lon), P normalised so that P(0,0) is 1, over
// m from -J to J, where orders below 0 are the conjugates of those above. Numbers of columns with large prime factors are slow.
func Sum(dst, coefficients []float32, truncation int, latitudes []float64, columns int) error {
	switch {
	case truncation < 0 || truncation > MaxTruncation || len(coefficients) != (truncation+1)*(truncation+2):
		return fmt.Errorf("%w: %d coefficients of truncation %d", ErrSize, len(coefficients), truncation)
	case columns < 1 || len(dst) != columns*len(latitudes):
		return fmt.Errorf("%w: %d values on %d rows of %d", ErrSize, len(dst), len(latitudes), columns)
	}
	f := newFourier(columns)
	line, wave := make([]complex128, columns), make([]complex128, columns)
	for pairs := range slices.Chunk(pairsOf(latitudes), strip) {
		s := sums{truncation: truncation, pairs: pairs, waves: make([]complex128, 2*len(pairs)*(truncation+1))}
		s.addAll(coefficients)
		for i, p := range pairs { // two rows at once, as real and imaginary parts
			clear(wave)
			s.fold(wave, i, 1, 1)
			if p.south >= 0 {
				s.fold(wave, i, -1, 1i)
			}
			f.transform(line, wave)
			for x, v := range line {
				dst[p.north*columns+x] = float32(real(v))
			}
			if p.south < 0 {
				continue
			}
			for x, v := range line {
				dst[p.south*columns+x] = float32(imag(v))
			}
		}
	}
	return nil
}

// pair is two rows of the same latitude, one on each half of the globe, and the polynomial of the order at hand that the
// recurrence over n begins with.
type pair struct {
	north, south int // south: -1 where the other half has no such row
	sin, cos     float64
	first        float64 // P(m,m)
}

// pairsOf finds the pairs among rows.
func pairsOf(latitudes []float64) (pairs []pair) {
	alone := map[float64]int{} // pairs without a southern row, by latitude
	for row, lat := range latitudes {
		if i, found := alone[-lat]; found && lat != 0 {
			pairs[i].south = row
			delete(alone, -lat)
			continue
		}
		sin, cos := math.Sincos(lat * math.Pi / 180)
		alone[lat] = len(pairs)
		pairs = append(pairs, pair{north: row, south: -1, sin: sin, cos: cos, first: 1})
	}
	return pairs
}

// sums is the sums over n, by pair and by order m: those of even n-m, whose polynomials are the same on both halves of the
// globe, and of odd n-m, which change sign.
type sums struct {
	truncation int
	pairs      []pair
	waves      []complex128 // even and odd of a pair's order 0, of its order 1; of the next pair
}

// addAll sums over n for each order.
func (s *sums) addAll(coefficients []float32) {
	terms := make([]term, s.truncation+2) // a last one more, so that their number may be taken as even
	for m := range s.truncation + 1 {
		count := s.truncation - m + 1
		for k := range count {
			terms[k] = newTerm(m+k, m, coefficients[2*k:])
		}
		terms[count] = term{}
		coefficients = coefficients[2*count:]
		for i := range s.pairs {
			p := &s.pairs[i]
			if m > 0 {
				p.first *= p.cos * math.Sqrt(float64(2*m+1)/float64(2*m))
			}
			if p.first < negligible {
				continue
			}
			at := 2 * (i*(s.truncation+1) + m)
			s.waves[at], s.waves[at+1] = p.sum(terms[:(count+1)&^1])
		}
	}
}

// term is a coefficient, and what leads from the polynomials of n and n-1 to that of n+1:
// P(n+1) = sin*one*P(n) - two*P(n-1).
type term struct{ re, im, one, two float64 }

// newTerm follows from sin*P(n) = f(n+1)*P(n+1) + f(n)*P(n-1) with f(n) = sqrt((n^2-m^2)/(4n^2-1)).
func newTerm(n, m int, coefficient []float32) term {
	f := func(n int) float64 { return math.Sqrt(float64(n*n-m*m) / float64(4*n*n-1)) }
	return term{re: float64(coefficient[0]), im: float64(coefficient[1]), one: 1 / f(n+1), two: f(n) / f(n+1)}
}

// sum adds up one order.
func (p *pair) sum(terms []term) (even, odd complex128) {
	var a, b, c, d float64
	before, now := 0.0, p.first
	for ; len(terms) >= 2; terms = terms[2:] {
		t := (*[2]term)(terms)
		next := p.sin*t[0].one*now - t[0].two*before
		a += now * t[0].re
		b += now * t[0].im
		c += next * t[1].re
		d += next * t[1].im
		before, now = next, p.sin*t[1].one*next-t[1].two*now
	}
	return complex(a, b), complex(c, d)
}

// fold adds the waves of one row of a pair to those of a circle of points, times a factor; the row is the northern one for
// sign 1, the southern one for -1. Waves that are shorter than the points are apart look the same there as a longer one.
func (s *sums) fold(wave []complex128, pair int, sign float64, factor complex128) {
	n := len(wave)
	waves := s.waves[2*pair*(s.truncation+1):][:2*(s.truncation+1)]
	for m := range s.truncation + 1 {
		v := waves[2*m] + complex(sign, 0)*waves[2*m+1]
		if m == 0 {
			wave[0] += factor * complex(real(v), 0)
			continue
		}
		wave[m%n] += factor * v
		wave[(n-m%n)%n] += factor * complex(real(v), -imag(v))
	}
}

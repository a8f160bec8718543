package grid

import (
	"math"
	"sort"
)

// rows are latitudes from north to south.
type rows interface {
	len() int
	latitude(j int) float64
	// index is the fractional row of a latitude, NaN outside.
	index(latDeg float64) float64
}

// evenRows are evenly spaced.
type evenRows struct {
	n           int
	north, step float64 // step > 0
}

func newEvenRows(n int, north, south, spare float64) (evenRows, error) {
	if n == 1 {
		return evenRows{1, north, spare}, nil
	}
	step := (north - south) / float64(n-1)
	if !(step > 0) {
		return evenRows{}, invalid("%d rows from %v to %v degrees", n, north, south)
	}
	return evenRows{n, north, step}, nil
}

func (r evenRows) len() int               { return r.n }
func (r evenRows) latitude(j int) float64 { return r.north - float64(j)*r.step }
func (r evenRows) index(latDeg float64) float64 {
	if !(latDeg >= -90 && latDeg <= 90) {
		return math.NaN()
	}
	return inside((r.north-latDeg)/r.step, r.n)
}

// unevenRows are any. Row() interpolates between them; the outermost reach as far as edges say, which are at -0.5 and n-0.5.
type unevenRows struct {
	lats         []float64
	north, south float64
}

// newUnevenRows takes latitudes from north to south. Rows reach halfway to the next; where poles says so the outermost
// reach the poles.
func newUnevenRows(lats []float64, northPole, southPole bool) unevenRows {
	n := len(lats)
	reach := 0.5 // of a single row
	if n > 1 {
		reach = (lats[0] - lats[1]) / 2
	}
	r := unevenRows{lats: lats, north: min(90, lats[0]+reach)}
	if n > 1 {
		reach = (lats[n-2] - lats[n-1]) / 2
	}
	r.south = max(-90, lats[n-1]-reach)
	if northPole {
		r.north = 90
	}
	if southPole {
		r.south = -90
	}
	return r
}

func (r unevenRows) len() int               { return len(r.lats) }
func (r unevenRows) latitude(j int) float64 { return r.lats[j] }

func (r unevenRows) index(latDeg float64) float64 {
	n := len(r.lats)
	const slack = 1e-9
	switch {
	case !(latDeg <= r.north+slack && latDeg >= r.south-slack):
		return math.NaN()
	case latDeg >= r.lats[0]:
		return -0.5 * share(latDeg-r.lats[0], r.north-r.lats[0])
	case latDeg <= r.lats[n-1]:
		return float64(n) - 1 + 0.5*share(r.lats[n-1]-latDeg, r.lats[n-1]-r.south)
	}
	// Rows are nearly even: the row is near where even ones would have it.
	j := clamp(int((r.lats[0]-latDeg)/(r.lats[0]-r.lats[n-1])*float64(n-1)), n-1)
	if !(r.lats[j] >= latDeg && latDeg > r.lats[j+1]) {
		j = sort.Search(n, func(k int) bool { return r.lats[k] < latDeg }) - 1
	}
	return float64(j) + (r.lats[j]-latDeg)/(r.lats[j]-r.lats[j+1])
}

// share is a part of a whole that may be nothing.
func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(part/whole, 1)
}

package grid

import (
	"fmt"
	"math"
	"math/bits"
	"sync"

	"isobar/geo"
)

// HEALPix is a grid of 12 nside^2 cells of equal area (GRIB2 template 3.150), in ring order or nested.
// lonDeg is the longitude of the middle of the first rhomboid, 45 as a rule.
func HEALPix(nside int, nested bool, lonDeg float64) (Grid, error) {
	if nside < 1 || nside > maxSide || nside > MaxCells/12/nside {
		return nil, invalid("HEALPix of %d", nside)
	}
	if err := finite(lonDeg); err != nil {
		return nil, err
	}
	if nested && bits.OnesCount(uint(nside)) != 1 {
		return nil, invalid("nested HEALPix of %d, no power of two", nside)
	}
	order := "ring"
	if nested {
		order = "nested"
	}
	lonDeg = western(lonDeg)
	lats, axes := rings(nside, lonDeg-45)
	g := newReduced(fmt.Sprintf("healpix:%d:%s:%s", nside, order, list(lonDeg)), newUnevenRows(lats, true, true), axes, -180, 360)
	if !nested {
		return g, nil
	}
	return &nestedGrid{reduced: *g, nside: nside}, nil
}

// rings are latitudes and cells of HEALPix' rings: Gorski et al., ApJ 622 (2005), 4.1.
func rings(nside int, eastDeg float64) ([]float64, []axis) {
	lats, axes := make([]float64, 4*nside-1), make([]axis, 4*nside-1)
	n := float64(nside)
	for j := range axes {
		ring := j + 1
		var lat float64
		var cells int
		shift := 0.5 // of the first cell, in steps
		switch up := min(ring, 4*nside-ring); {
		case up < nside: // a polar cap; by half angles, which are precise there
			lat = 90 - 2*math.Asin(float64(up)/(n*math.Sqrt(6)))*(180/math.Pi)
			cells = 4 * up
			if ring > 2*nside {
				lat = -lat
			}
		default:
			lat = math.Asin((2*n-float64(ring))*2/(3*n)) * (180 / math.Pi)
			cells = 4 * nside
			if (ring+nside)%2 == 1 {
				shift = 0
			}
		}
		step := 360 / float64(cells)
		lats[j], axes[j] = lat, axis{n: cells, first: shift*step + eastDeg, step: step, turn: 360, wraps: true}
	}
	return lats, axes
}

// nestedGrid has the cells of rings in the order of a tree of quarters.
type nestedGrid struct {
	reduced
	nside int

	once  sync.Once
	cells []int32 // of the ring order
}

var _ Grid = (*nestedGrid)(nil)

// ringOrder tells which nested cell a cell of the ring order is.
func (g *nestedGrid) ringOrder() []int32 {
	g.once.Do(func() {
		cells := make([]int32, g.Len())
		for cell := range cells {
			cells[g.ring(cell)] = int32(cell)
		}
		g.cells = cells
	})
	return g.cells
}

func (g *nestedGrid) Weigh(dst []Stencil, at []geo.LonLat) {
	cells := g.ringOrder()
	g.reduced.Weigh(dst, at)
	for i := range dst[:len(at)] {
		for k, cell := range dst[i].Cell {
			if cell >= 0 {
				dst[i].Cell[k] = cells[cell]
			}
		}
	}
}

func (g *nestedGrid) Places(dst []geo.LonLat, first int) {
	for i := range dst {
		g.reduced.Places(dst[i:i+1], g.ring(first+i))
	}
}

// ring is the cell of the ring order that a nested cell is: a face, and in it the bits of x and y in turn.
func (g *nestedGrid) ring(cell int) int {
	n := g.nside
	face, in := cell/(n*n), uint(cell%(n*n))
	x, y := evenBits(in), evenBits(in>>1)
	// The faces' northern or southern corners: rings in quarters of the way down, longitudes in eighths of a turn.
	ring := (2+face/4)*n - x - y - 1
	longitude := [12]int{1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7}[face]
	cells, shift := 4*n, (ring+n)%2 // shift is 1 where a ring's first cell is on the meridian
	if up := min(ring, 4*n-ring); up < n {
		cells, shift = 4*up, 0
	}
	i := (longitude*(cells/4) + x - y + shift - 1) / 2 // exact
	return g.starts[ring-1] + (i+cells)%cells
}

// evenBits gathers every second bit.
func evenBits(v uint) int {
	out := uint(0)
	for k := 0; v>>(2*k) != 0; k++ {
		out |= v >> (2 * k) & 1 << k
	}
	return int(out)
}

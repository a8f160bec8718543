package grib

import (
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// offsets are where points lie that a scanning mode has half a step further than the others, or than the first point that the header
// tells (GRIB2 flag table 3.4, bits 5 to 8, note 4: the first row is an odd one).
type offsets struct {
	alternate bool // every other row is offset: Arakawa's E grid
	first     int  // 1 if the first row is
	right     bool // all rows are
	down      bool // all rows lie half a step further
	halves    int  // alternate: columns half a step apart, of all rows
}

// stagger reads the offsets of a scanning mode, by which there may be fewer points than ni x nj.
func (p *place) stagger(mode int) error {
	odd, even, fewer := mode&scanOddOffset != 0, mode&scanEvenOffset != 0, mode&scanFewer != 0
	p.alternate, p.right, p.down = odd != even, odd && even, mode&scanDownOffset != 0
	if fewer && p.right {
		p.ni--
	}
	if fewer && p.down {
		p.nj--
	}
	const most = 1 << 20 // rows that are listed
	if p.ni < 1 || p.nj < 1 || p.nj > most {
		return fmt.Errorf("%w: grid of %d x %d points, scanning mode %#02x", ErrInvalid, p.ni, p.nj, mode)
	}
	if !p.alternate {
		p.points = p.ni * p.nj
		p.layout.ni, p.layout.nj = p.ni, p.nj
		return nil
	}
	if odd {
		p.first = 1
	}
	rows := make([]int, p.nj)
	p.points, p.halves = 0, 2*p.ni
	if fewer {
		p.halves--
	}
	for row := range rows {
		rows[row] = p.ni
		if fewer && p.offset(row) == 1 {
			rows[row]--
		}
		p.points += rows[row]
	}
	switch {
	case fewer && p.layout.columnwise:
		return fmt.Errorf("%w: rows of different lengths, column by column, scanning mode %#02x", ErrUnsupported, mode)
	case !p.layout.columnwise:
		p.layout.ni, p.layout.rows, p.ni = 0, rows, 0
	}
	return nil
}

// offset is 1 for rows, counted as the file has them, that begin half a step further.
func (o *offsets) offset(row int) int { return (row + o.first) % 2 }

// shifted tells that points do not lie where first point and steps have them.
func (o *offsets) shifted() bool { return o.alternate || o.right || o.down }

// columns are those of the raster that all points lie on.
func (p *place) columns() int {
	if p.alternate {
		return p.halves
	}
	return p.layout.ni
}

// cells are a raster's cells in a plane: steps in units of the header, and the place of the first cell.
func (p *place) cells(dx, dy, unit float64, first geo.LonLat) grid.Cells {
	x, y := p.signs()
	c := grid.Cells{NX: p.columns(), NY: p.nj, DX: x * dx * unit, DY: y * dy * unit, First: first}
	if p.alternate {
		c.DX /= 2
	}
	if p.right {
		c.Shift.X = c.DX / 2
	}
	if p.down {
		c.Shift.Y = c.DY / 2
	}
	return c
}

// spans are the axes of the raster that all points lie on, of those that the header tells. Steps count then (note 7).
func (p *place) spans(lon, lat span) (span, span, error) {
	if !p.shifted() {
		return lon, lat, nil
	}
	if (p.alternate || p.right) && !(lon.step > 0) || p.down && !(lat.step > 0) {
		return lon, lat, fmt.Errorf("%w: half steps of no length", ErrInvalid)
	}
	x, y := p.signs()
	lon.n, lat.n = p.columns(), p.nj
	if p.alternate || p.right {
		lon.last = math.NaN()
	}
	if p.alternate {
		lon.step /= 2
	}
	if p.right {
		lon.first += x * lon.step / 2
	}
	if p.down {
		lat.first, lat.last = lat.first+y*lat.step/2, math.NaN()
	}
	return lon, lat, nil
}

// everySecond leaves the cells of a raster that there are.
func (p *place) everySecond(g grid.Grid) (grid.Grid, error) {
	raster, ok := g.(grid.Raster)
	if !ok {
		return nil, fmt.Errorf("%w: %s grid with rows shifted by half a step", ErrUnsupported, p.kind)
	}
	p.alternate, p.told = false, nil // done: what turns the grid takes it as it is
	row, column := 0, 0              // as the file has them, of the northwestern cell
	if p.layout.northwards {
		row = p.nj - 1
	}
	if p.layout.westwards {
		column = p.halves - 1
	}
	s, err := grid.Staggered(raster, column%2 != p.offset(row))
	if err != nil {
		return nil, fmt.Errorf("%w: %s grid: %w", ErrInvalid, p.kind, err)
	}
	return s, nil
}

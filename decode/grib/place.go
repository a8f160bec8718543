package grib

import (
	"fmt"

	"isobar/grid"
)

// place is where the points of a field lie and in which order the file has them.
type place struct {
	grid     grid.Grid // nil: the file does not tell
	name     string    // of a grid described elsewhere
	points   int
	template int
	kind     string // as ecCodes names grids
	ni, nj   int
	relative bool // vector components are relative to the grid
	layout   layout
	told     *told     // of lat-lon grids
	spectrum *spectrum // of spherical harmonics
	bitmap   []byte    // of a grid that is no rectangle: which of its points the file has; nil: all
	offsets
}

// describe puts the place into a message.
func (p *place) describe(m *Message) {
	m.Grid, m.Points, m.GridTemplate, m.GridType = p.grid, p.points, p.template, p.kind
	m.NI, m.NJ, m.GridRelative, m.layout = p.ni, p.nj, p.relative, p.layout
	m.told, m.GridName = p.told, p.name
}

// stored is how many numbers section 3 of edition 2 counts.
func (p *place) stored() int {
	if p.spectrum != nil {
		return p.spectrum.coefficients()
	}
	return p.points
}

// gridCache keeps the last grids of a file: as a rule all its fields have one.
type gridCache struct {
	entries [4]struct {
		key   string
		place *place
		err   error
	}
	next int
}

// get finds the place that a section of octets stands for, or makes it.
func (c *gridCache) get(key []byte, make func() (*place, error)) (*place, error) {
	for i := range c.entries {
		if e := &c.entries[i]; e.key == string(key) && len(key) > 0 {
			return e.place, e.err
		}
	}
	e := &c.entries[c.next]
	c.next = (c.next + 1) % len(c.entries)
	e.key = string(key)
	e.place, e.err = make()
	return e.place, e.err
}

// The names that ecCodes has for grids.
const (
	regularLL          = "regular_ll"
	reducedLL          = "reduced_ll"
	rotatedLL          = "rotated_ll"
	regularGG          = "regular_gg"
	reducedGG          = "reduced_gg"
	mercator           = "mercator"
	transverse         = "transverse_mercator"
	polar              = "polar_stereographic"
	lambert            = "lambert"
	albers             = "albers"
	azimuthal          = "lambert_azimuthal_equal_area"
	spaceView          = "space_view"
	healpix            = "healpix"
	sphericalHarmonics = "sh"
	unplaced           = "unstructured_grid"
	ncepTurned         = "ncep_32769"
	ncepStaggered      = "ncep_32768"
	triangular         = "triangular_grid"
	variableLL         = "variable_ll"
	variableRotatedLL  = "variable_rotated_ll"
	equidistant        = "equatorial_azimuthal_equidistant"
)

// raster is a place of ni columns and nj rows that the file has by a scanning mode.
func (w *walk) raster(kind string, ni, nj, mode, flags int) (*place, error) {
	if ni < 1 || nj < 1 || ni > w.maxPoints/nj {
		return nil, fmt.Errorf("%w: grid of %d x %d points; at most %d are read", ErrInvalid, ni, nj, w.maxPoints)
	}
	p := &place{kind: kind, points: ni * nj, ni: ni, nj: nj, relative: flags&flagRelative != 0, layout: newLayout(ni, nj, mode)}
	if mode&scanStaggered == 0 {
		return p, nil
	}
	return p, p.stagger(mode)
}

// flagRelative is bit 5 of resolution and component flags: vector components follow the grid's axes.
const flagRelative = 0x08

// with sets a raster's grid, whose constructor may have failed.
func (p *place) with(g grid.Grid, err error) (*place, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: %s grid: %w", ErrInvalid, p.kind, err)
	}
	if p.alternate {
		if g, err = p.everySecond(g); err != nil {
			return nil, err
		}
	}
	if g.Len() != p.points {
		return nil, fmt.Errorf("%w: %s grid of %d points, not %d", ErrInvalid, p.kind, g.Len(), p.points)
	}
	if p.right || p.down {
		p.told = nil
	}
	p.grid = g
	return p, nil
}

// signs are the directions in which a raster's columns and rows follow each other.
func (p *place) signs() (x, y float64) {
	x, y = 1, -1
	if p.layout.westwards {
		x = -1
	}
	if p.layout.northwards {
		y = 1
	}
	return x, y
}

// reduced is a place whose rows have the given lengths, in the order of the file.
func (w *walk) reduced(kind string, rows []int, mode, flags int) (*place, error) {
	l := newLayout(0, len(rows), mode)
	switch {
	case l.columnwise:
		return nil, fmt.Errorf("%w: rows of different lengths, column by column", ErrUnsupported)
	case mode&scanStaggered != 0:
		return nil, fmt.Errorf("%w: rows of different lengths, shifted by half a step, scanning mode %#02x", ErrUnsupported, mode)
	}
	n := 0
	for _, count := range rows {
		if n += count; n > w.maxPoints {
			return nil, fmt.Errorf("%w: more than %d points", ErrInvalid, w.maxPoints)
		}
	}
	l.rows = rows
	return &place{kind: kind, points: n, nj: len(rows), relative: flags&flagRelative != 0, layout: l}, nil
}

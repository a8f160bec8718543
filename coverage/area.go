package coverage

import (
	"math"
	"sync"

	"isobar/geo"
)

// Area is a part of the Earth that is no box: cells whose centres lie outside of it have no value. If it holds no centre at all it means
// the cell that lies nearest to its middle.
type Area struct {
	Name string // tells it from others
	// Holds tells of each place whether it lies within.
	Holds  func(at []geo.LonLat, in []bool)
	Middle geo.LonLat
}

// mask is which cells of a source an area holds.
type mask struct {
	area *Area
	made sync.Once
	in   []bool // row by row
}

// cells finds the cells that lie within.
func (m *mask) cells(g *Geometry) []bool {
	m.made.Do(func() {
		w := g.Width()
		m.in = make([]bool, w*g.Height())
		xy, at := make([]geo.XY, w), make([]geo.LonLat, w)
		nearest, best, any := 0, math.Inf(1), false
		for j, y := range g.Y {
			for i, x := range g.X {
				xy[i] = geo.XY{X: x, Y: y}
			}
			g.Ref.Inverse(at, xy)
			row := m.in[j*w : (j+1)*w]
			m.area.Holds(at, row)
			for i, p := range at {
				any = any || row[i]
				east := math.Remainder(p.Lon-m.area.Middle.Lon, 360) * math.Cos(m.area.Middle.Lat*math.Pi/180)
				if d := math.Hypot(east, p.Lat-m.area.Middle.Lat); d < best {
					nearest, best = j*w+i, d
				}
			}
		}
		if !any && len(m.in) > 0 {
			m.in[nearest] = true
		}
	})
	return m.in
}

// Within tells of each cell, row by row, whether it lies in the area that was asked for; nil: all do.
func (s *Source) Within() []bool {
	if s.mask == nil {
		return nil
	}
	return s.mask.cells(&s.Geometry)
}

// hide takes away the values outside of the area.
func (s *Source) hide(n, row, rows int, dst []float32) {
	if s.mask == nil {
		return
	}
	in := s.mask.cells(&s.Geometry)[row*s.Width() : (row+rows)*s.Width()]
	for k := range n {
		for i, inside := range in {
			if !inside {
				dst[k*len(in)+i] = float32(math.NaN())
			}
		}
	}
}

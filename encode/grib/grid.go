package grib

import (
	"math"

	"isobar/coverage"
	"isobar/geo"
	native "isobar/grid"
)

// grid is section 3 of a coverage. upwards tells that its first row is the southernmost: places of conic maps are told by the lower
// left corner, as models do, so that rounding does not move them.
type grid struct {
	octets
	upwards bool
}

const (
	increments   = 0x30 // flag table 3.3: both increments are given; components are easterly and northerly
	fromTheSouth = 0x40 // flag table 3.4
	southPole    = 0x80 // flag table 3.5
	millimetre   = 1e3
	centimetre   = 1e2
)

// gridOf describes where the cells lie.
func gridOf(s *coverage.Source) (g grid, err error) {
	g.u8(0)
	g.u32(int64(s.Width() * s.Height()))
	g.u8(0, 0)
	switch {
	case s.Ref.Degrees && s.Ref.Code != "":
		return g, g.latLon(s)
	case s.Ref.Code != "":
		return g, unfit("cells of %s", s.Ref.Code)
	}
	n := s.Native
	switch n.Kind {
	case "rotated":
		g.u16(1)
		g.earth(geo.Ellipsoid{})
		g.axes(s, int64(math.Round(s.DY*1e6)))
		g.i32(micro(n.Params[1]))
		g.u32(micro(eastern(n.Params[0])))
		g.f32(float32(n.Params[2]))
	case "mercator":
		g.mercator(s)
	case "polar", "lambert", "albers":
		g.conic(s)
	case "azimuthal":
		g.azimuthal(s)
	case "transverse":
		g.transverse(s)
	default:
		return g, unfit("cells of the kind %s", n.Kind)
	}
	return g, nil
}

func micro(deg float64) int64 { return int64(math.Round(deg * 1e6)) }

// eastern brings a longitude to [0, 360).
func eastern(lonDeg float64) float64 {
	lonDeg -= 360 * math.Floor(lonDeg/360)
	if micro(lonDeg) == 360e6 {
		return 0
	}
	return lonDeg
}

// earth is the figure: octets 15 to 30.
func (g *grid) earth(e geo.Ellipsoid) {
	shapes := map[geo.Ellipsoid]int{
		{}: 6, geo.Sphere(6371229): 6, geo.Sphere(6367470): 0, geo.Sphere(6371200): 8, geo.WGS84: 5,
	}
	if code, ok := shapes[e]; ok {
		g.u8(code)
		g.missing(15)
		return
	}
	if e.Major == e.Minor {
		g.u8(1)
		g.scaled(e.Major)
		g.missing(10)
		return
	}
	g.u8(7)
	g.missing(5)
	g.scaled(e.Major)
	g.scaled(e.Minor)
}

// latLon is template 3.0, and 3.40 for rows that are Gaussian.
func (g *grid) latLon(s *coverage.Source) error {
	if s.DY != 0 {
		g.u16(0)
		g.earth(geo.Ellipsoid{})
		g.axes(s, micro(s.DY))
		return nil
	}
	var n int
	gaussian, err := native.Parse(s.Variables[0].Layer.Grid.ID())
	if err == nil {
		n = halfRows(gaussian.ID())
	}
	if n == 0 {
		return unfit("uneven rows")
	}
	g.u16(40)
	g.earth(geo.Ellipsoid{})
	g.axes(s, int64(n))
	return nil
}

// halfRows is the rows between pole and equator of "gaussian:320:...".
func halfRows(id string) int {
	const prefix = "gaussian:"
	n := 0
	if len(id) < len(prefix) || id[:len(prefix)] != prefix {
		return 0
	}
	for _, c := range id[len(prefix):] {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// axes is octets 31 to 72 of the templates in degrees; last is the rows' increment, or what stands there.
func (g *grid) axes(s *coverage.Source, last int64) {
	w, h := s.Width(), s.Height()
	g.u32(int64(w))
	g.u32(int64(h))
	g.u32(0)
	g.missing(4)
	g.i32(micro(s.Y[0]))
	g.u32(micro(eastern(s.X[0])))
	g.u8(increments)
	g.i32(micro(s.Y[h-1]))
	g.u32(micro(eastern(s.X[w-1])))
	g.u32(micro(s.DX))
	g.u32(last)
	g.u8(0)
}

// place is a cell's on the Earth.
func place(s *coverage.Source, x, y float64) geo.LonLat {
	var at [1]geo.LonLat
	s.Ref.Inverse(at[:], []geo.XY{{X: x, Y: y}})
	return at[0]
}

// start is octets 13 to 46 of planar templates: figure, counts, and the first cell, the lower left one.
func (g *grid) start(s *coverage.Source, template int) {
	g.upwards = true
	g.u16(template)
	g.earth(s.Native.Earth)
	g.u32(int64(s.Width()))
	g.u32(int64(s.Height()))
	first := place(s, s.X[0], s.Y[s.Height()-1])
	g.i32(micro(first.Lat))
	g.u32(micro(eastern(first.Lon)))
}

// steps is increments in units of a metre's part.
func (g *grid) steps(s *coverage.Source, parts float64) {
	g.u32(int64(math.Round(s.DX * parts)))
	g.u32(int64(math.Round(s.DY * parts)))
}

// mercator is template 3.10.
func (g *grid) mercator(s *coverage.Source) {
	g.start(s, 10)
	g.u8(increments)
	g.i32(micro(s.Native.Params[0]))
	last := place(s, s.X[s.Width()-1], s.Y[0])
	g.i32(micro(last.Lat))
	g.u32(micro(eastern(last.Lon)))
	g.u8(fromTheSouth)
	g.u32(0)
	g.steps(s, millimetre)
}

// conic is templates 3.20, 3.30 and 3.31.
func (g *grid) conic(s *coverage.Source) {
	n, p := s.Native, s.Native.Params
	template := map[string]int{"polar": 20, "lambert": 30, "albers": 31}[n.Kind]
	lonUp, latTrue, centre := p[0], p[1], 0
	switch {
	case n.Kind == "polar":
		if lonUp, latTrue = p[1], p[2]; p[0] != 0 {
			latTrue, centre = -latTrue, southPole
		}
	case p[1]+p[2] < 0:
		centre = southPole
	}
	g.start(s, template)
	g.u8(increments)
	g.i32(micro(latTrue))
	g.u32(micro(eastern(lonUp)))
	g.steps(s, millimetre)
	g.u8(centre, fromTheSouth)
	if n.Kind == "polar" {
		return
	}
	g.i32(micro(p[1]))
	g.i32(micro(p[2]))
	g.i32(-90e6)
	g.u32(0)
}

// azimuthal is template 3.140.
func (g *grid) azimuthal(s *coverage.Source) {
	g.start(s, 140)
	g.i32(micro(s.Native.Params[1]))
	g.u32(micro(eastern(s.Native.Params[0])))
	g.u8(increments)
	g.steps(s, millimetre)
	g.u8(fromTheSouth)
}

// transverse is template 3.12.
func (g *grid) transverse(s *coverage.Source) {
	p := s.Native.Params
	g.upwards = true
	g.u16(12)
	g.earth(s.Native.Earth)
	w, h := s.Width(), s.Height()
	g.u32(int64(w))
	g.u32(int64(h))
	g.i32(micro(p[1]))
	g.u32(micro(eastern(p[0])))
	g.u8(increments)
	g.f32(float32(p[2]))
	g.u32(0)
	g.u32(0)
	g.u8(fromTheSouth)
	g.steps(s, centimetre)
	for _, at := range []float64{s.X[0], s.Y[h-1], s.X[w-1], s.Y[0]} {
		g.i32(int64(math.Round(at * centimetre)))
	}
}

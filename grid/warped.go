package grid

import (
	"fmt"
	"math"

	"isobar/geo"
)

// Warp is how a grid's own coordinates lie on the Earth: turned, then stretched. The stretching keeps angles: it has finer cells
// around a pole of its own.
type Warp struct {
	SouthPole geo.LonLat // where the turned system has its south pole; latitude -90: it is not turned
	AngleDeg  float64    // rotation about the new axis
	Pole      geo.LonLat // of stretching, in the turned system: the north pole of the grid's own
	Factor    float64    // of stretching, at its pole; 1: none
}

// Warped is a grid whose places are in coordinates of its own (GRIB2 templates 3.2, 3.3, 3.41 to 3.43). It is Turned, and has no
// rows and columns on the Earth.
func Warped(base Grid, w Warp) (Grid, error) {
	if err := finite(w.SouthPole.Lon, w.SouthPole.Lat, w.AngleDeg, w.Pole.Lon, w.Pole.Lat, w.Factor); err != nil {
		return nil, err
	}
	const most = 1000 // times finer
	w.Factor = micro(w.Factor)
	if math.Abs(w.SouthPole.Lat) > 90 || math.Abs(w.Pole.Lat) > 90 || w.Factor < 1.0/most || w.Factor > most {
		return nil, invalid("a grid turned to %v and stretched %v times about %v", w.SouthPole, w.Factor, w.Pole)
	}
	w.SouthPole = geo.LonLat{Lon: western(w.SouthPole.Lon), Lat: micro(w.SouthPole.Lat)}
	w.Pole = geo.LonLat{Lon: western(w.Pole.Lon), Lat: micro(w.Pole.Lat)}
	w.AngleDeg = western(w.AngleDeg)
	g := &warped{base: base, factor: w.Factor}
	g.id = fmt.Sprintf("warped:%s:%s", list(w.SouthPole.Lon, w.SouthPole.Lat, w.AngleDeg, w.Pole.Lon, w.Pole.Lat, w.Factor), base.ID())
	g.turned = geo.RotatedPole(w.SouthPole, w.AngleDeg)
	if w.Pole.Lat < 90 {
		g.aside = geo.RotatedPole(geo.LonLat{Lon: w.Pole.Lon + 180, Lat: -w.Pole.Lat}, 0)
	}
	g.extent = g.bounds()
	return g, nil
}

type warped struct {
	id     string
	base   Grid
	turned geo.Projection
	aside  geo.Projection // to the system of the pole of stretching; nil: its pole is the turned system's
	factor float64
	extent geo.Box
}

var (
	_ Grid   = (*warped)(nil)
	_ Turned = (*warped)(nil)
)

func (g *warped) ID() string          { return g.id }
func (g *warped) Len() int            { return g.base.Len() }
func (g *warped) Shape() (nx, ny int) { return g.base.Len(), 1 }
func (g *warped) Extent() geo.Box     { return g.extent }

// stretched is the latitude that the grid has for a latitude about the pole of stretching (WMO Manual on Codes, FM 92, note on
// stretching); the inverse has the inverse factor.
func stretched(latDeg, factor float64) float64 {
	if factor == 1 {
		return latDeg
	}
	c, sin := factor*factor, math.Sin(latDeg*(math.Pi/180))
	s := ((1 - c) + (1+c)*sin) / ((1 + c) + (1-c)*sin)
	return math.Asin(max(-1, min(1, s))) * (180 / math.Pi)
}

// inward brings places on the Earth into the grid's own coordinates.
func (g *warped) inward(dst []geo.LonLat, src []geo.LonLat) {
	xy := make([]geo.XY, len(src))
	g.turned.Forward(xy, src)
	for i, p := range xy {
		dst[i] = geo.LonLat{Lon: p.X, Lat: p.Y}
	}
	if g.aside != nil {
		g.aside.Forward(xy, dst)
		for i, p := range xy {
			dst[i] = geo.LonLat{Lon: p.X, Lat: p.Y}
		}
	}
	for i := range dst {
		dst[i].Lat = stretched(dst[i].Lat, g.factor)
	}
}

// outward brings places of the grid's own coordinates to the Earth, in place.
func (g *warped) outward(at []geo.LonLat) {
	xy := make([]geo.XY, len(at))
	for i, p := range at {
		xy[i] = geo.XY{X: p.Lon, Y: stretched(p.Lat, 1/g.factor)}
	}
	if g.aside != nil {
		g.aside.Inverse(at, xy)
		for i, p := range at {
			xy[i] = geo.XY{X: p.Lon, Y: p.Lat}
		}
	}
	g.turned.Inverse(at, xy)
}

// Places implements Grid.
func (g *warped) Places(dst []geo.LonLat, first int) {
	g.base.Places(dst, first)
	g.outward(dst)
}

// Weigh implements Grid: the base grid's cells around a place of its coordinates.
func (g *warped) Weigh(dst []Stencil, at []geo.LonLat) {
	own := make([]geo.LonLat, len(at))
	g.inward(own, at)
	g.base.Weigh(dst, own)
}

// North is the bearing of a small step northwards in the grid's own coordinates.
func (g *warped) North(dst []float64, first int) {
	const stepDeg = 1e-4
	from, to := make([]geo.LonLat, len(dst)), make([]geo.LonLat, len(dst))
	g.base.Places(from, first)
	copy(to, from)
	for i := range to { // at the poles there is no north; a cell there looks along its meridian
		from[i].Lat = min(from[i].Lat, 90-stepDeg)
		to[i].Lat = from[i].Lat + stepDeg
	}
	g.outward(from)
	g.outward(to)
	for i := range dst {
		sinA, cosA := math.Sincos(from[i].Lat * (math.Pi / 180))
		sinB, cosB := math.Sincos(to[i].Lat * (math.Pi / 180))
		east, ahead := math.Sincos((to[i].Lon - from[i].Lon) * (math.Pi / 180))
		dst[i] = math.Atan2(cosB*east, cosA*sinB-sinA*cosB*ahead)
	}
}

// bounds is the box of the cells, or of some of a great many; a grid around the Earth has all of it.
func (g *warped) bounds() geo.Box {
	const (
		most  = 1 << 18
		polar = 80 // degrees: as near to both poles
	)
	if b := g.base.Extent(); b.MaxX()-b.MinX() >= 360 && b.MinY() < -polar && b.MaxY() > polar {
		return geo.Box{-180, -90, 180, 90}
	}
	n := g.Len()
	step := (n + most - 1) / most
	at := make([]geo.LonLat, 0, n/step+1)
	for k := 0; k < n; k += step {
		var one [1]geo.LonLat
		g.base.Places(one[:], k)
		at = append(at, one[0])
	}
	g.outward(at)
	return around(at)
}

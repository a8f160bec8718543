package grib

import (
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// maxListed bounds the points of grids whose places are kept one by one.
const maxListed = 1 << 24

// listed is a raster of columns and rows at any distances, whose places are kept one by one in the order of the grid.
func (p *place) listed(place func(i, j int) geo.LonLat) (*place, error) {
	if p.points > maxListed || p.shifted() {
		return nil, fmt.Errorf("%w: %s grid of %d points", ErrUnsupported, p.kind, p.points)
	}
	places := make([]geo.LonLat, p.points)
	for k := range places {
		i, j := k%p.ni, k/p.ni // as the grid has them
		if p.layout.westwards {
			i = p.ni - 1 - i
		}
		if p.layout.northwards {
			j = p.nj - 1 - j
		}
		places[k] = place(i, j)
	}
	return p.with(grid.Unstructured(places))
}

// variable2 and variableRotated2 are templates 3.4 and 3.5: longitudes and latitudes are listed.
func variable2(w *walk, o *octets) (*place, error) { return w.variable(variableLL, o, 49, unwarped) }

func variableRotated2(w *walk, o *octets) (*place, error) {
	turn := unwarped
	turn.SouthPole, turn.AngleDeg = geo.LonLat{Lon: micro(o, 53), Lat: micro(o, 49)}, turn2(o, 57)
	return w.variable(variableRotatedLL, o, 61, turn)
}

// variable has the longitudes from octet n on, and the latitudes behind them.
func (w *walk) variable(kind string, o *octets, n int, turn grid.Warp) (*place, error) {
	ni, nj := o.u32(31), o.u32(35)
	p, err := w.raster(kind, ni, nj, o.u8(48), o.u8(47))
	if err != nil {
		return nil, err
	}
	if len(o.b) < n-1+4*(ni+nj) {
		return nil, fmt.Errorf("%w: lists of %d and %d numbers in %d octets", ErrInvalid, ni, nj, len(o.b))
	}
	if math.IsNaN(turn.SouthPole.Lon + turn.SouthPole.Lat) {
		return nil, fmt.Errorf("%w: no southern pole", ErrInvalid)
	}
	u := angle(o)
	projection := geo.RotatedPole(turn.SouthPole, turn.AngleDeg)
	return p.listed(func(i, j int) geo.LonLat {
		at := [1]geo.LonLat{{Lon: degrees(o, n+4*i, u), Lat: degrees(o, n+4*(ni+j), u)}}
		if turn != unwarped {
			projection.Inverse(at[:], []geo.XY{{X: at[0].Lon, Y: at[0].Lat}})
		}
		return at[0]
	})
}

// equidistant2 is template 3.110: distances from the middle of the grid are true.
func equidistant2(w *walk, o *octets) (*place, error) {
	earth, err := earth2(o)
	if err != nil {
		return nil, err
	}
	p, err := w.raster(equidistant, o.u32(31), o.u32(35), o.u8(57), o.u8(47))
	if err != nil {
		return nil, err
	}
	middle, x, y := point(o, 39), float64(o.u32(48))*millimetres, float64(o.u32(52))*millimetres
	signX, signY := p.signs()
	radius := (2*earth.Major + earth.Minor) / 3
	if far := math.Hypot(x*float64(p.ni-1), y*float64(p.nj-1)) / 2; !(x > 0 && y > 0) || far > math.Pi*radius {
		return nil, fmt.Errorf("%w: steps of %v and %v m", ErrInvalid, x, y)
	}
	return p.listed(func(i, j int) geo.LonLat {
		return ahead(middle, signX*x/radius*(float64(i)-float64(p.ni-1)/2), signY*y/radius*(float64(j)-float64(p.nj-1)/2))
	})
}

// ahead is the place that lies so many radians east and north of another on the straight way.
func ahead(from geo.LonLat, east, north float64) geo.LonLat {
	const radians = math.Pi / 180
	far := math.Hypot(east, north)
	if far == 0 {
		return from
	}
	sin, cos := math.Sincos(far)
	sin0, cos0 := math.Sincos(from.Lat * radians)
	return geo.LonLat{
		Lon: from.Lon + math.Atan2(east*sin, far*cos0*cos-north*sin0*sin)/radians,
		Lat: math.Asin(max(-1, min(1, cos*sin0+north*sin*cos0/far))) / radians,
	}
}

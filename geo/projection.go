package geo

import "math"

const (
	radians = math.Pi / 180 // in a degree
	degrees = 180 / math.Pi // in a radian
)

var (
	nowhere  = XY{math.NaN(), math.NaN()}
	noLonLat = LonLat{math.NaN(), math.NaN()}
)

// pointwise is a projection one place at a time, in metres from its natural origin.
type pointwise interface {
	forward(LonLat) XY
	inverse(XY) LonLat
}

// each makes a Projection of a pointwise one: origin is its false easting and northing.
type each[P pointwise] struct {
	p      P
	origin XY
}

func (e each[P]) Forward(dst []XY, src []LonLat) {
	for i, at := range src {
		q := e.p.forward(at)
		dst[i] = XY{q.X + e.origin.X, q.Y + e.origin.Y}
	}
}

func (e each[P]) Inverse(dst []LonLat, src []XY) {
	for i, q := range src {
		dst[i] = e.p.inverse(XY{q.X - e.origin.X, q.Y - e.origin.Y})
	}
}

// turned brings an angle in degrees to [-180, 180].
func turned(deg float64) float64 {
	if deg > 180 || deg < -180 {
		deg -= 360 * math.Round(deg/360)
	}
	return deg
}

// onEarth tells a latitude from what is none.
func onEarth(latDeg float64) bool { return latDeg >= -90 && latDeg <= 90 }

// PlateCarree takes degrees for coordinates. It repeats: longitudes keep their turn. Beyond the poles longitude still
// depends on x alone, and latitude is NaN.
func PlateCarree() Projection { return plateCarree{} }

type plateCarree struct{}

func (plateCarree) Forward(dst []XY, src []LonLat) {
	for i, at := range src {
		if !onEarth(at.Lat) {
			dst[i] = nowhere
			continue
		}
		dst[i] = XY{at.Lon, at.Lat}
	}
}

func (plateCarree) Inverse(dst []LonLat, src []XY) {
	for i, q := range src {
		if !onEarth(q.Y) {
			q.Y = math.NaN()
		}
		dst[i] = LonLat{q.X, q.Y}
	}
}

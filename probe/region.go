package probe

import (
	"math"

	"isobar/geo"
)

// Region is a part of the Earth.
type Region interface {
	// Box holds the region: west in [-180, 180), east from west up to west + 360.
	Box() geo.Box
	// Has tells that a place, whose longitude may be of any turn, lies in the region or on its rim.
	Has(at geo.LonLat) bool
}

// earthRadius is that of a sphere as large as the Earth (IUGG's mean), in metres.
const earthRadius = 6371008.8

const degree = math.Pi / 180

// rim is how far beyond a rim a place may lie for a rounding, in degrees.
const rim = 1e-9

// normal brings a box to its usual form; west beyond east goes over the antimeridian.
func normal(west, south, east, north float64) geo.Box {
	width := east - west
	if width < 0 {
		width += 360 * math.Ceil(-width/360)
	}
	width = min(width, 360)
	west = turned(west+180) - 180
	return geo.Box{west, south, west + width, north}
}

// into is a longitude by the turn that lies in a box, and whether the place does.
func into(b geo.Box, at geo.LonLat) (lonDeg float64, ok bool) {
	if !(at.Lat >= b[1]-rim && at.Lat <= b[3]+rim) {
		return 0, false
	}
	lonDeg = b[0] + turned(at.Lon-b[0])
	if lonDeg > b[2]+rim && lonDeg-360 >= b[0]-rim { // a rounding west of west
		lonDeg -= 360
	}
	return lonDeg, lonDeg <= b[2]+rim
}

// direction is a place as a unit vector.
type direction struct{ x, y, z float64 }

func towards(at geo.LonLat) direction {
	sinLat, cosLat := math.Sincos(at.Lat * degree)
	sinLon, cosLon := math.Sincos(at.Lon * degree)
	return direction{cosLat * cosLon, cosLat * sinLon, sinLat}
}

func (a direction) dot(b direction) float64 { return a.x*b.x + a.y*b.y + a.z*b.z }

func (a direction) cross(b direction) direction {
	return direction{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

func (a direction) length() float64 { return math.Sqrt(a.dot(a)) }

// join is a box around two, the second nearer to the first than half a turn.
func join(a, b geo.Box) geo.Box {
	shift := 360 * math.Round((a[0]+a[2]-b[0]-b[2])/720)
	return normal(min(a[0], b[0]+shift), min(a[1], b[1]), max(a[2], b[2]+shift), max(a[3], b[3]))
}

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

// boxed is a box of longitude and latitude.
type boxed struct{ box geo.Box }

// Boxed is the region of a box of longitudes and latitudes; west beyond east crosses the antimeridian.
func Boxed(b geo.Box) (Region, error) {
	for _, v := range b {
		if v-v != 0 {
			return nil, wrong("area", "a box of %v", b)
		}
	}
	if b[1] > b[3] || b[1] < -90-rim || b[3] > 90+rim {
		return nil, wrong("area", "a box from latitude %v to %v", b[1], b[3])
	}
	return boxed{normal(b[0], b[1], b[2], b[3])}, nil
}

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

func (b boxed) Box() geo.Box { return b.box }

func (b boxed) Has(at geo.LonLat) bool {
	_, ok := into(b.box, at)
	return ok
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

// angle between two directions, also where they are near each other.
func (a direction) angle(b direction) float64 { return math.Atan2(a.cross(b).length(), a.dot(b)) }

// corridor is all that lies within a distance of a line of great circles, or of a place.
type corridor struct {
	line  []direction
	angle float64 // half the width
	box   geo.Box
}

// Circle is what lies within a distance of a place, along great circles.
func Circle(centre geo.LonLat, metres float64) (Region, error) {
	if !isPlace(centre) {
		return nil, wrong("places", "%v is no place on Earth", centre)
	}
	if !(metres > 0) || metres > math.Pi*earthRadius {
		return nil, wrong("radius", "%v m", metres)
	}
	c := corridor{line: []direction{towards(centre)}, angle: metres / earthRadius}
	c.box = around(centre, c.angle)
	return &c, nil
}

// maxLine bounds the points of a corridor's line.
const maxLine = 10_000

// Corridor is what lies within a distance of a line, whose parts are great circles.
func Corridor(line []geo.LonLat, halfMetres float64) (Region, error) {
	if len(line) < 2 || len(line) > maxLine {
		return nil, wrong("places", "a line of %d points; 2 to %d are wanted", len(line), maxLine)
	}
	if !(halfMetres > 0) || halfMetres > math.Pi*earthRadius/2 {
		return nil, wrong("radius", "%v m", halfMetres)
	}
	c := corridor{angle: halfMetres / earthRadius}
	for _, at := range line {
		if !isPlace(at) {
			return nil, wrong("places", "%v is no place on Earth", at)
		}
		c.line = append(c.line, towards(at))
	}
	c.bound(line)
	return &c, nil
}

// bound finds the box of a corridor, from places along its line.
func (c *corridor) bound(line []geo.LonLat) {
	const pieces = 32
	box := around(line[0], c.angle)
	for i := 1; i < len(line); i++ {
		a, b := c.line[i-1], c.line[i]
		step := a.angle(b) / pieces
		for k := 1; k <= pieces; k++ {
			share := float64(k) / pieces
			d := direction{a.x + share*(b.x-a.x), a.y + share*(b.y-a.y), a.z + share*(b.z-a.z)}
			if d.length() < 1e-3 { // the far side of the Earth: any way there will do
				c.box = geo.Box{-180, -90, 180, 90}
				return
			}
			at := geo.LonLat{Lon: math.Atan2(d.y, d.x) / degree, Lat: math.Atan2(d.z, math.Hypot(d.x, d.y)) / degree}
			box = join(box, around(at, c.angle+2*step))
		}
	}
	c.box = box
}

// around is the box of a circle.
func around(at geo.LonLat, angle float64) geo.Box {
	south, north := at.Lat-angle/degree, at.Lat+angle/degree
	if south <= -90 || north >= 90 {
		return geo.Box{-180, max(south, -90), 180, min(north, 90)}
	}
	reach := math.Asin(min(math.Sin(angle)/math.Cos(at.Lat*degree), 1)) / degree
	return normal(at.Lon-reach, south, at.Lon+reach, north)
}

// join is a box around two, the second nearer to the first than half a turn.
func join(a, b geo.Box) geo.Box {
	shift := 360 * math.Round((a[0]+a[2]-b[0]-b[2])/720)
	return normal(min(a[0], b[0]+shift), min(a[1], b[1]), max(a[2], b[2]+shift), max(a[3], b[3]))
}

func (c *corridor) Box() geo.Box { return c.box }

func (c *corridor) Has(at geo.LonLat) bool {
	const rounding = 1e-12
	p := towards(at)
	if len(c.line) == 1 {
		return c.line[0].angle(p) <= c.angle+rounding
	}
	for i := 1; i < len(c.line); i++ {
		if aside(c.line[i-1], c.line[i], p) <= c.angle+rounding {
			return true
		}
	}
	return false
}

// aside is the angle between a place and a piece of a great circle.
func aside(a, b, p direction) float64 {
	n := a.cross(b)
	if l := n.length(); l > 0 {
		n = direction{n.x / l, n.y / l, n.z / l}
		if n.cross(a).dot(p) >= 0 && b.cross(n).dot(p) >= 0 { // abeam of the piece
			return math.Abs(math.Asin(max(min(n.dot(p), 1), -1)))
		}
	}
	return min(a.angle(p), b.angle(p))
}

package geo

import "math"

// LambertAzimuthal is the azimuthal equal-area projection about a place, whose image is origin. The place opposite has none.
func LambertAzimuthal(e Ellipsoid, lonDeg, latDeg float64, origin XY) Projection {
	ecc := e.eccentricity()
	a := azimuthal{
		lon: lonDeg, authalic: e.authalicFromGeodetic(), geodetic: e.geodeticFromAuthalic(),
		radius: e.Major * math.Sqrt(authalicSine(1, ecc)/2), stretch: 1,
	}
	a.sin, a.cos = math.Sincos(a.authalic.at(latDeg * radians))
	if math.Abs(latDeg) < 90-1e-9 {
		a.stretch = e.Major * e.parallel(latDeg) / (a.radius * a.cos)
	}
	return each[azimuthal]{a, origin}
}

// azimuthal follows Snyder's (24-17) to (24-30), but for arcs, which are taken from vectors to be precise everywhere.
type azimuthal struct {
	lon, sin, cos      float64 // sine and cosine of the origin's authalic latitude
	radius             float64 // of the sphere of equal area
	stretch            float64 // D
	authalic, geodetic series
}

// nearest to the antipode that has an image: a square of a distance on the unit sphere.
const opposite = 1e-12

func (a azimuthal) forward(at LonLat) XY {
	if !onEarth(at.Lat) {
		return nowhere
	}
	sin, cos := math.Sincos(a.authalic.at(at.Lat * radians))
	east, ahead := math.Sincos((at.Lon - a.lon) * radians)
	b := 1 + a.sin*sin + a.cos*cos*ahead
	if !(b > opposite) {
		return nowhere
	}
	b = a.radius * math.Sqrt(2/b)
	return XY{b * a.stretch * cos * east, b / a.stretch * (a.cos*sin - a.sin*cos*ahead)}
}

func (a azimuthal) inverse(q XY) LonLat {
	x, y := q.X/(a.stretch*a.radius), q.Y*a.stretch/a.radius
	square := x*x + y*y // (2 sin(c/2))^2, c being the distance
	if !(square <= 4) {
		return noLonLat
	}
	half := math.Sqrt(1 - square/4) // cos(c/2)
	cosC := 1 - square/2
	// The place as a vector: along the equator's direction at the origin's meridian, east, and to the pole.
	ahead, east, up := a.cos*cosC-a.sin*y*half, x*half, a.sin*cosC+a.cos*y*half
	level := math.Hypot(ahead, east)
	lat := math.Atan2(up, level) + a.geodetic.sum(2*up*level, level*level-up*up)
	return LonLat{turned(math.Atan2(east, ahead)*degrees + a.lon), lat * degrees}
}

package crs

import (
	"math"

	"isobar/geo"
)

// ObliqueStereographic is the oblique stereographic projection by way of a conformal sphere (EPSG method 9809), as the
// Netherlands have it. No grid knows it, so its grids are unstructured.
func ObliqueStereographic(e geo.Ellipsoid, o Origin, scale float64) System {
	ecc2 := eccentricity2(e)
	sin, cos := math.Sincos(o.Lat * radian)
	p := &stereographic{origin: o, ecc: math.Sqrt(max(0, ecc2))}
	p.n = math.Sqrt(1 + ecc2*cos*cos*cos*cos/(1-ecc2))
	s1, s2 := (1+sin)/(1-sin), (1-p.ecc*sin)/(1+p.ecc*sin)
	w1 := math.Pow(s1*math.Pow(s2, p.ecc), p.n)
	chi := (w1 - 1) / (w1 + 1)
	p.c = (p.n + sin) * (1 - chi) / ((p.n - sin) * (1 + chi))
	w2 := p.c * w1
	p.chi = math.Asin((w2 - 1) / (w2 + 1))
	p.twice = 2 * scale * e.Major * math.Sqrt(1-ecc2) / (1 - ecc2*sin*sin) // twice the radius of the sphere, scaled
	return System{Type: "unstructured_grid", places: p, mesh: true}
}

const radian = math.Pi / 180

// stereographic holds the conformal sphere.
type stereographic struct {
	origin Origin
	ecc    float64
	n, c   float64
	chi    float64 // latitude of the origin on the sphere
	twice  float64 // diameter
}

var _ geo.Projection = (*stereographic)(nil)

func (p *stereographic) Forward(dst []geo.XY, src []geo.LonLat) {
	sin0, cos0 := math.Sincos(p.chi)
	for i, at := range src {
		sin := math.Sin(at.Lat * radian)
		s1, s2 := (1+sin)/(1-sin), (1-p.ecc*sin)/(1+p.ecc*sin)
		w := p.c * math.Pow(s1*math.Pow(s2, p.ecc), p.n)
		sinChi, cosChi := math.Sincos(math.Asin((w - 1) / (w + 1)))
		sinLon, cosLon := math.Sincos(p.n * (at.Lon - p.origin.Lon) * radian)
		b := 1 + sinChi*sin0 + cosChi*cos0*cosLon
		dst[i] = geo.XY{X: p.origin.False.X + p.twice*cosChi*sinLon/b, Y: p.origin.False.Y + p.twice*(sinChi*cos0-cosChi*sin0*cosLon)/b}
	}
}

func (p *stereographic) Inverse(dst []geo.LonLat, src []geo.XY) {
	sin0, cos0 := math.Sincos(p.chi)
	for i, at := range src {
		x, y := at.X-p.origin.False.X, at.Y-p.origin.False.Y
		rho := math.Hypot(x, y)
		angle := 2 * math.Atan(rho/p.twice)
		sin, cos := math.Sincos(angle)
		chi, turn := p.chi, 0.0
		if rho > 0 {
			chi = math.Asin(min(1, max(-1, cos*sin0+y*sin*cos0/rho)))
			turn = math.Atan2(x*sin, rho*cos0*cos-y*sin0*sin)
		}
		dst[i] = geo.LonLat{Lon: p.origin.Lon + turn/p.n/radian, Lat: p.geodetic(chi) / radian}
	}
}

// geodetic turns a latitude of the sphere into the ellipsoid's by Newton's method on the isometric latitude.
func (p *stereographic) geodetic(chi float64) float64 {
	psi := math.Log((1+math.Sin(chi))/(p.c*(1-math.Sin(chi)))) / (2 * p.n)
	lat := 2*math.Atan(math.Exp(psi)) - math.Pi/2
	for range 10 {
		sin, cos := math.Sincos(lat)
		off := math.Asinh(math.Tan(lat)) - p.ecc*math.Atanh(p.ecc*sin) - psi
		step := off * cos * (1 - p.ecc*p.ecc*sin*sin) / (1 - p.ecc*p.ecc)
		if math.IsNaN(step) {
			break
		}
		if lat -= step; math.Abs(step) < 1e-14 {
			break
		}
	}
	return lat
}

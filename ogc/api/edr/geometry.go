package edr

import (
	"math"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// shape reads coords.
func shape(c *api.Call) (geom.Geometry, error) {
	text := c.Query.Get("coords")
	if text == "" {
		return nil, ogc.Missing("coords")
	}
	g, err := wkt.Parse(text)
	if err != nil {
		return nil, ogc.Invalid("coords", "coords: %v", err)
	}
	return g, nil
}

// unfit is the fault of a geometry that a query is not about.
func unfit(wanted string) error { return ogc.Invalid("coords", "coords is no %s", wanted) }

// points reads places, and the level of each where coords has them (POINTZ, MULTIPOINTZ); else z is nil.
func points(c *api.Call) (at []geo.LonLat, z []float64, err error) {
	g, err := shape(c)
	if err != nil {
		return nil, nil, err
	}
	switch g := g.(type) {
	case geom.PointZ:
		z = []float64{g[2]}
	case geom.PointZM:
		z = []float64{g[2]}
	case geom.MultiPointZ:
		for _, p := range g {
			z = append(z, p[2])
		}
	case geom.MultiPointZM:
		for _, p := range g {
			z = append(z, p[2])
		}
	}
	switch g := feature.Flat(g).(type) {
	case geom.Point:
		at = []geo.LonLat{{Lon: g[0], Lat: g[1]}}
	case geom.MultiPoint:
		for _, p := range g {
			at = append(at, geo.LonLat{Lon: p[0], Lat: p[1]})
		}
	default:
		return nil, nil, unfit("POINT or MULTIPOINT")
	}
	if len(at) == 0 || math.IsNaN(at[0].Lon) {
		return nil, nil, ogc.Invalid("coords", "coords has no place")
	}
	for _, v := range z {
		if v-v != 0 {
			return nil, nil, ogc.Invalid("coords", "coords: %v is no level", v)
		}
	}
	if z != nil && c.Query.Get("z") != "" {
		return nil, nil, ogc.Invalid("z", "z is given, and coords has levels of its own")
	}
	return at, z, onEarth(at)
}

// onEarth refuses places that are none.
func onEarth(at []geo.LonLat) error {
	const turns = 3 * 180
	for _, p := range at {
		if !(math.Abs(p.Lat) <= 90) || !(math.Abs(p.Lon) <= turns) {
			return ogc.Invalid("coords", "coords: %v %v is no longitude and latitude", p.Lon, p.Lat)
		}
	}
	return nil
}

// areas reads polygons.
func areas(c *api.Call) (geom.Geometry, error) {
	g, err := shape(c)
	if err != nil {
		return nil, err
	}
	g = feature.Flat(g)
	var all geom.MultiPolygon
	switch g := g.(type) {
	case geom.Polygon:
		all = geom.MultiPolygon{g}
	case geom.MultiPolygon:
		all = g
	default:
		return nil, unfit("POLYGON or MULTIPOLYGON")
	}
	n := 0
	for _, polygon := range all {
		for _, ring := range polygon {
			for _, p := range ring {
				if err := onEarth([]geo.LonLat{{Lon: p[0], Lat: p[1]}}); err != nil {
					return nil, err
				}
				n++
			}
		}
	}
	if n < 3 {
		return nil, ogc.Invalid("coords", "coords has no area")
	}
	return all, nil
}

const (
	rad         = math.Pi / 180
	earthRadius = 6371008.8 // metres (IUGG)
)

// bearing is the direction from one place to another, in degrees from north.
func bearing(a, b geo.LonLat) float64 {
	d := (b.Lon - a.Lon) * rad
	return math.Atan2(math.Sin(d)*math.Cos(b.Lat*rad), math.Cos(a.Lat*rad)*math.Sin(b.Lat*rad)-math.Sin(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Cos(d)) / rad
}

// destination is the place so many metres in a direction, in the turn that it began in.
func destination(at geo.LonLat, bearingDeg, metres float64) geo.LonLat {
	d, b, lat := metres/earthRadius, bearingDeg*rad, at.Lat*rad
	sin := math.Sin(lat)*math.Cos(d) + math.Cos(lat)*math.Sin(d)*math.Cos(b)
	east := math.Atan2(math.Sin(b)*math.Sin(d)*math.Cos(lat), math.Cos(d)-math.Sin(lat)*sin)
	return geo.LonLat{Lon: tidy(at.Lon + east/rad), Lat: tidy(math.Asin(min(max(sin, -1), 1)) / rad)}
}

// tidy is degrees to a hundredth of a metre.
func tidy(deg float64) float64 { return math.Round(deg*1e7) / 1e7 }

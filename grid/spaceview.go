package grid

import (
	"math"

	"isobar/geo"
)

// View is how GRIB2 template 3.90 describes what a satellite sees.
type View struct {
	Earth      geo.Ellipsoid
	LonDeg     float64 // sub-satellite point, on the equator
	EarthRadii float64 // distance from the Earth's centre in equatorial radii: Nr
	// NX and NY are counts; DiameterX and -Y the Earth's apparent size in cells: dx, dy. CentreX and -Y are the
	// sub-satellite point in cells, the origin of the sector (Xo, Yo) taken off: Xp - Xo, Yp - Yo.
	NX, NY                int
	DiameterX, DiameterY  float64
	CentreX, CentreY      float64
	Westwards, Northwards bool // rows begin in the east; the first row is the southernmost
}

// SpaceView is a grid of what a geostationary satellite sees. Cells off the Earth's disk have no place: NaN in Lon. It is Turned.
func SpaceView(v View) (Raster, error) {
	if !(v.EarthRadii > 1 && v.DiameterX > 0 && v.DiameterY > 0) {
		return nil, invalid("an Earth of %v by %v cells from %v radii", v.DiameterX, v.DiameterY, v.EarthRadii)
	}
	height := milli((v.EarthRadii - 1) * v.Earth.Major)
	angle := 2 * math.Asin(1/v.EarthRadii)
	c := Cells{
		NX: v.NX, NY: v.NY,
		DX: height * angle / v.DiameterX,
		DY: -height * angle * v.Earth.Minor / v.Earth.Major / v.DiameterY,
	}
	if v.Westwards {
		c.DX = -c.DX
	}
	if v.Northwards {
		c.DY = -c.DY
	}
	return ProjectedAt(Geostationary(v.Earth, v.LonDeg, height), c, geo.XY{X: -v.CentreX * c.DX, Y: -v.CentreY * c.DY})
}

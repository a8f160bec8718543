package grid

import "isobar/geo"

// Cells says how the cells of a grid lie in its plane, in the order they are stored in.
type Cells struct {
	NX, NY int
	// DX and DY lead from the first cell stored to the next column and row, in units of the plane: DX is negative when
	// rows begin at the right, DY is positive when the first row is the lowest (GRIB2 flag table 3.4, bits 1 and 2).
	DX, DY float64
	First  geo.LonLat // centre of the first cell stored
}

// Projected is a grid of even steps in a plane. It is Turned, and for Mercator's plane Separable instead.
func Projected(p Plane, c Cells) (Raster, error) { return nil, ErrInvalid }

// ProjectedAt is Projected with the first cell's centre in coordinates of the plane; c.First is not looked at.
func ProjectedAt(p Plane, c Cells, first geo.XY) (Raster, error) { return nil, ErrInvalid }

// View is how GRIB2 template 3.90 describes what a satellite sees.
type View struct {
	Earth      geo.Ellipsoid
	LonDeg     float64 // sub-satellite point, on the equator
	EarthRadii float64 // distance from the Earth's centre in equatorial radii: Nr
	// NX and NY are counts; DiametersX and -Y the Earth's apparent size in cells: dx, dy. CentreX and -Y are the
	// sub-satellite point in cells, the origin of the sector (Xo, Yo) taken off: Xp - Xo, Yp - Yo.
	NX, NY                int
	DiameterX, DiameterY  float64
	CentreX, CentreY      float64
	Westwards, Northwards bool // rows begin in the east; the first row is the southernmost
}

// SpaceView is a grid of what a geostationary satellite sees. Cells off the Earth's disk have no place: NaN in Lon. It is Turned.
func SpaceView(v View) (Raster, error) { return nil, ErrInvalid }

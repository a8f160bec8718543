package grid

import "isobar/geo"

// Rotated is a regular grid in rotated coordinates (GRIB2 template 3.1): centres are in those, southPole is where the
// rotated south pole lies on the Earth, and angleDeg the rotation about the new axis. It is Turned.
func Rotated(nx, ny int, centres geo.Box, southPole geo.LonLat, angleDeg float64) (Raster, error) {
	return nil, ErrInvalid
}

// RotatedAbout is a regular grid in coordinates rotated so that their equator and prime meridian meet at centre (NCEP's
// local GRIB2 template 3.32769, GRIB1's 203 and 205). Cells' DX and DY are in degrees, First is on the Earth. It is Turned.
func RotatedAbout(centre geo.LonLat, c Cells) (Raster, error) { return nil, ErrInvalid }

package grid

import "isobar/geo"

// LatLon is a regular grid of nx columns and ny rows (GRIB2 template 3.0) between the outermost cell centres: west, south,
// east, north in degrees, whatever corner the file began at. East may be less than west (any turn). Steps are derived from
// the centres and counts; a grid around the Earth wraps, see axis.
func LatLon(nx, ny int, centres geo.Box) (Separable, error) { return nil, ErrInvalid }

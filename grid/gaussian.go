package grid

import "isobar/geo"

// Gaussian is a regular Gaussian grid (GRIB2 template 3.40): nx evenly spaced columns, and ny rows on the latitudes of the
// 2n Gaussian rows between the poles. centres are the outermost cell centres as for LatLon; north and south say which rows
// there are, to a fraction of a row.
func Gaussian(n, nx, ny int, centres geo.Box) (Separable, error) { return nil, ErrInvalid }

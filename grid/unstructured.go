package grid

import "isobar/geo"

// Unstructured is a set of places in no order (GRIB2 template 3.101 with its places). It keeps the slice, which must not
// be changed. A place farther from the nearest cell than cells are from each other is outside.
func Unstructured(places []geo.LonLat) (Grid, error) { return nil, ErrInvalid }

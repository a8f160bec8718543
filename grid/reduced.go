package grid

import "isobar/geo"

// ReducedGaussian is a grid of Gaussian rows of unequal length (GRIB2 template 3.40 with a list of counts; octahedral grids
// among them). counts are the numbers of cells around the whole circle of latitude, from north to south; cells are in that
// order, each row from west to east. centres are the outermost cell centres. Where east - west is less than the whole
// circle, a row has the cells of its circle from west to east. Grids stored from south to north must be turned over.
func ReducedGaussian(n int, counts []int, centres geo.Box) (Grid, error) { return nil, ErrInvalid }

// ReducedLatLon is a grid of evenly spaced rows of unequal length (GRIB2 template 3.0 with a list of counts; WAFS' thinned
// grids). counts are from north to south. Where the rows do not go around the Earth, each reaches from west to east.
func ReducedLatLon(counts []int, centres geo.Box) (Grid, error) { return nil, ErrInvalid }

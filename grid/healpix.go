package grid

// HEALPix is a grid of 12 nside^2 cells of equal area (GRIB2 template 3.150), in ring order or nested.
// lonDeg is the longitude of the middle of the first rhomboid, 45 as a rule.
func HEALPix(nside int, nested bool, lonDeg float64) (Grid, error) { return nil, ErrInvalid }

package grib

import (
	"isobar/geo"
	"isobar/grid"
)

// The names that ecCodes has for grids that are turned or stretched.
const (
	stretchedLL        = "stretched_ll"
	rotatedStretchedLL = "stretched_rotated_ll"
	rotatedGG          = "rotated_gg"
	stretchedGG        = "stretched_gg"
	rotatedStretchedGG = "stretched_rotated_gg"
	rotatedSH          = "rotated_sh"
	stretchedSH        = "stretched_sh"
	rotatedStretchedSH = "stretched_rotated_sh"
)

// unwarped leaves a grid as it is.
var unwarped = grid.Warp{SouthPole: geo.LonLat{Lat: -90}, Pole: geo.LonLat{Lat: 90}, Factor: 1}

// warped turns and stretches a place's grid.
func (p *place) warped(kind string, w grid.Warp) (*place, error) {
	if p.kind == reducedGG || p.kind == reducedLL {
		kind = "reduced_" + kind
	}
	p.kind, p.told = kind, nil
	return p.with(grid.Warped(p.grid, w))
}

// rotation2 and stretching2 are what templates of edition 2 have at octet n, in units of u degrees.
func rotation2(w grid.Warp, o *octets, n int, u float64) grid.Warp {
	w.SouthPole, w.AngleDeg = geo.LonLat{Lon: degrees(o, n+4, u), Lat: degrees(o, n, u)}, turn2(o, n+8)
	return w
}

func stretching2(w grid.Warp, o *octets, n int, u float64) grid.Warp {
	w.Pole, w.Factor = geo.LonLat{Lon: degrees(o, n+4, u), Lat: degrees(o, n, u)}, float64(o.u32(n+8))/1e6
	return w
}

// listed2 reads a grid whose list of numbers of points, if there is one, begins at octet n.
type listed2 func(w *walk, o *octets, n int) (*place, error)

// turnedOf reads what a template adds to that of a grid: a rotation.
func turnedOf(kind string, w *walk, o *octets, read listed2) (*place, error) {
	p, err := read(w, o, 85)
	if err != nil {
		return nil, err
	}
	return p.warped(kind, rotation2(unwarped, o, 73, angle(o)))
}

// stretchedOf reads what a template adds to that of a grid: a stretching.
func stretchedOf(kind string, w *walk, o *octets, read listed2) (*place, error) {
	p, err := read(w, o, 85)
	if err != nil {
		return nil, err
	}
	return p.warped(kind, stretching2(unwarped, o, 73, angle(o)))
}

// bothOf reads what a template adds to that of a grid: a rotation, then a stretching.
func bothOf(kind string, w *walk, o *octets, read listed2) (*place, error) {
	p, err := read(w, o, 97)
	if err != nil {
		return nil, err
	}
	u := angle(o)
	return p.warped(kind, stretching2(rotation2(unwarped, o, 73, u), o, 85, u))
}

// Templates 3.2 and 3.3, 3.41 to 3.43.
func stretchedLatLon2(w *walk, o *octets) (*place, error) {
	return stretchedOf(stretchedLL, w, o, latLonListed2)
}

func bothLatLon2(w *walk, o *octets) (*place, error) {
	return bothOf(rotatedStretchedLL, w, o, latLonListed2)
}

func rotatedGaussian2(w *walk, o *octets) (*place, error) {
	return turnedOf(rotatedGG, w, o, gaussianListed2)
}

func stretchedGaussian2(w *walk, o *octets) (*place, error) {
	return stretchedOf(stretchedGG, w, o, gaussianListed2)
}

func bothGaussian2(w *walk, o *octets) (*place, error) {
	return bothOf(rotatedStretchedGG, w, o, gaussianListed2)
}

// Templates 3.51 to 3.53: the grid that the coefficients are summed on is turned and stretched.
func rotatedHarmonics2(w *walk, o *octets) (*place, error) {
	p, err := harmonics2(w, o)
	if err != nil {
		return nil, err
	}
	return p.warped(rotatedSH, rotation2(unwarped, o, 29, 1e-6))
}

func stretchedHarmonics2(w *walk, o *octets) (*place, error) {
	p, err := harmonics2(w, o)
	if err != nil {
		return nil, err
	}
	return p.warped(stretchedSH, stretching2(unwarped, o, 29, 1e-6))
}

func bothHarmonics2(w *walk, o *octets) (*place, error) {
	p, err := harmonics2(w, o)
	if err != nil {
		return nil, err
	}
	return p.warped(rotatedStretchedSH, stretching2(rotation2(unwarped, o, 29, 1e-6), o, 41, 1e-6))
}

// rotation1 and stretching1 are what types of edition 1 have at octet n.
func rotation1(w grid.Warp, o *octets, n int) grid.Warp {
	w.SouthPole, w.AngleDeg = place1At(o, n), o.ibm32(n+6)
	return w
}

func stretching1(w grid.Warp, o *octets, n int) grid.Warp {
	w.Pole, w.Factor = place1At(o, n), o.ibm32(n+6)
	return w
}

// rotated1Of, stretched1Of and both1Of are the types of edition 1 that add to another: 10 more than it is turned, 20 stretched, 30 both.
func rotated1Of(kind string, read gridTemplate) gridTemplate {
	return func(w *walk, o *octets) (*place, error) {
		p, err := read(w, o)
		if err != nil {
			return nil, err
		}
		return p.warped(kind, rotation1(unwarped, o, 33))
	}
}

func stretched1Of(kind string, read gridTemplate) gridTemplate {
	return func(w *walk, o *octets) (*place, error) {
		p, err := read(w, o)
		if err != nil {
			return nil, err
		}
		return p.warped(kind, stretching1(unwarped, o, 33))
	}
}

func both1Of(kind string, read gridTemplate) gridTemplate {
	return func(w *walk, o *octets) (*place, error) {
		p, err := read(w, o)
		if err != nil {
			return nil, err
		}
		return p.warped(kind, stretching1(rotation1(unwarped, o, 33), o, 43))
	}
}

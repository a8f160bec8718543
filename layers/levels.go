package layers

import (
	"math"

	"isobar/elements"
	"isobar/field"
)

// address is which number of a level names it among the others of its layer.
type address int

const (
	byValue  address = iota // where the level lies, or a layer begins
	byTo                    // where a layer ends
	byMiddle                // half way
)

// Elevation is what Selection.Level calls a level of this layer: its Value; but where several begin there (the wind shear of
// 0 to 1 km and of 0 to 6 km), where it ends; and where that, too, is no name, its middle.
func (l *Layer) Elevation(level field.Level) float64 {
	switch l.address {
	case byTo:
		return level.To
	case byMiddle:
		return (level.Value + level.To) / 2
	}
	return level.Value
}

// addresses finds the first kind of address that tells the levels apart; clash tells that none does.
func (l *Layer) addresses() (clash bool) {
	for _, l.address = range []address{byValue, byTo, byMiddle} {
		if l.told() {
			return false
		}
	}
	l.address = byValue
	return true
}

// told tells that no two levels have one address.
func (l *Layer) told() bool {
	seen := make(map[float64]bool, len(l.Levels))
	for _, level := range l.Levels {
		at := l.Elevation(level)
		if seen[at] {
			return false
		}
		seen[at] = true
	}
	return true
}

// leveled tells that the layer's levels have values. Where they have none, a level that is asked for means other layers.
func (l *Layer) leveled() bool {
	return len(l.Levels) > 1 || len(l.Levels) == 1 && (l.Levels[0].Value != 0 || l.Levels[0].To != 0)
}

// sameNumber is how far apart, relative to their size, numbers may lie that went through text in different programs.
const sameNumber = 1e-6

// level finds the level of an address, the nearest one if several would do.
func (l *Layer) level(at float64) (level field.Level, ok bool) {
	best := math.Inf(1)
	for _, v := range l.Levels {
		e := l.Elevation(v)
		if off := math.Abs(e - at); off < best && off <= sameNumber*max(math.Abs(e), math.Abs(at)) {
			level, ok, best = v, true, off
		}
	}
	return level, ok
}

// usualPressure is the level of a map of pressure levels that names none, in Pa: low, and above most ground.
const usualPressure = 85000

// DefaultLevel is the level of a map that names none: of pressures 850 hPa, or, without it, the greatest; of model and sigma levels,
// which are mostly numbered downwards, the greatest; of heights, depths and all others the one nearest to 0.
func (l *Layer) DefaultLevel() field.Level {
	if len(l.Levels) == 0 {
		return field.Level{}
	}
	lowest, nearest := l.Levels[len(l.Levels)-1], l.Levels[0]
	switch lowest.Kind {
	case elements.Pressure:
		for _, v := range l.Levels {
			if math.Abs(v.Value-usualPressure) <= sameNumber*usualPressure {
				return v
			}
		}
		return lowest
	case elements.PressureLay, elements.ModelLevel, elements.Sigma, elements.SigmaLayer:
		return lowest
	}
	for _, v := range l.Levels {
		if math.Abs(v.Value) < math.Abs(nearest.Value) {
			nearest = v
		}
	}
	return nearest
}

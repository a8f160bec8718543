package encode

import (
	"strconv"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// Parameter is what values are of.
type Parameter struct {
	Name  string // unique among those of an answer
	Layer *layers.Layer
	Unit  string // of the values
}

// Values are parameters' values on one domain: places apart from each other, or a path. All parameters have the same levels, times
// and member.
type Values struct {
	At     []geo.LonLat
	Names  []string // of the places; nil: they have none
	Title  string   // of the whole; ""
	Path   bool     // the places are one way, in its order
	Kind   elements.LevelKind
	Levels []float64    // ascending; none: there is no vertical
	Times  []field.Time // ascending
	Runs   []field.Time // one for each time
	// Between tells of each time whether its values are interpolated between two fields; nil: none are.
	Between []bool
	Member  *int // of an ensemble; nil: there is none
	// TimeAlong and LevelAlong are each place's own time and level, of a path that goes through them: Times then has one, or Levels
	// none. Nil: a path at all times, or levels.
	TimeAlong  []field.Time
	LevelAlong []float64

	Parameters []Parameter
	// Of holds each parameter's values: time by time, level by level, place by place. NaN: there is none.
	Of [][]float32
}

// Index is where the value of a time, level and place stands.
func (v *Values) Index(time, level, place int) int {
	return (time*max(len(v.Levels), 1)+level)*len(v.At) + place
}

// Len is how many values each parameter has.
func (v *Values) Len() int { return max(len(v.Times), 1) * max(len(v.Levels), 1) * len(v.At) }

// TimeAt is when the values of a time and place hold.
func (v *Values) TimeAt(time, place int) field.Time {
	if v.TimeAlong != nil {
		return v.TimeAlong[place]
	}
	return v.Times[time]
}

// RunAt is the run that the values of a time are of; 0: it is not told.
func (v *Values) RunAt(time int) field.Time {
	if time < len(v.Runs) {
		return v.Runs[time]
	}
	return 0
}

// LevelAt is the level of a level and place; ok is false if there is no vertical.
func (v *Values) LevelAt(level, place int) (z float64, ok bool) {
	switch {
	case v.LevelAlong != nil:
		return v.LevelAlong[place], true
	case len(v.Levels) > 0:
		return v.Levels[level], true
	}
	return 0, false
}

// Lacking tells that there is no value at all.
func (v *Values) Lacking() bool {
	for _, of := range v.Of {
		for _, x := range of {
			if x == x {
				return false
			}
		}
	}
	return true
}

// AppendValue writes a value with the fewest digits that tell it from its neighbours among 32 bit numbers; missing is written for NaN.
func AppendValue(text []byte, x float32, missing string) []byte {
	switch abs := max(x, -x); {
	case x != x || abs > 3.4028234e38:
		return append(text, missing...)
	case abs != 0 && (abs < 1e-5 || abs >= 1e15):
		return strconv.AppendFloat(text, float64(x), 'e', -1, 32)
	}
	return strconv.AppendFloat(text, float64(x), 'f', -1, 32)
}

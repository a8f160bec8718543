// Package field holds numbers with a name: a forecast's values on a grid, and the key that names them for ever.
package field

import (
	"time"

	"isobar/elements"
	"isobar/grid"
)

// Time is seconds since 1970-01-01T00:00:00 UTC. (Equal time.Times may differ as map keys.)
type Time int64

// Seconds is a length of time.
type Seconds int64

// At turns a time.Time into a Time; fractions of a second are dropped.
func At(t time.Time) Time { return Time(t.Unix()) }

// UTC is t as a time.Time.
func (t Time) UTC() time.Time { return time.Unix(int64(t), 0).UTC() }

// String is t in ISO 8601: 2026-11-24T06:00:00Z.
func (t Time) String() string { return t.UTC().Format(time.RFC3339) }

// Level is where in the vertical a field lies. Layers between two surfaces have both values (Value first), other
// levels have To == Value. Pressure is in Pa, heights and depths in m, the rest as numbered in the file.
type Level struct {
	Kind      elements.LevelKind
	Value, To float64
}

// Key names a field for ever: a field is immutable once published. Keys are comparable.
type Key struct {
	Model   string  // models row or a name made from the file
	Run     Time    // reference time
	Issue   int     // 0, or which correction of a run
	Element string  // elements ID
	Level   Level   //
	Member  int     // 0: control or deterministic
	Valid   Time    // end of the interval, or the instant
	Span    Seconds // how long before Valid a mean, sum or extreme reaches back; 0: an instant
}

// Packing is how a source quantised its values: v = (Reference + q*2^Binary) / 10^Decimal with q an unsigned integer
// of Bits bits (GRIB2 template 5.0). A store can keep q instead of v.
type Packing struct {
	Reference       float64
	Binary, Decimal int
	Bits            int
}

// Field is values on a grid, in the element's unit and the grid's canonical order; NaN is "no data".
type Field struct {
	Key     Key
	Grid    grid.Grid
	Values  []float32 // len == Grid.Len()
	Packing *Packing  // nil: the values were not quantised, or no longer are
	Quantum float64   // without a Packing: the step, in the element's unit, in which their source told them; 0: not known
	// Original is the message that the values were read from, if it says exactly them; nil: none is kept.
	Original *Original
}

// Original is a field as its maker sent it: one message, byte for byte.
type Original struct {
	Format string // GRIB1 or GRIB2
	Bytes  []byte
}

// The formats of originals.
const (
	GRIB1 = "grib1"
	GRIB2 = "grib2"
)

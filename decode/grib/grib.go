// Package grib reads GRIB files, the World Meteorological Organization's form for fields of numbers, in editions 1 and 2.
//
// Messages walks a file and gives the headers of one field after another, reading only them. Values are read and unpacked
// when they are asked for, into the caller's buffer, in the order of the field's grid.
package grib

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"isobar/grid"
)

var (
	// ErrUnsupported marks what the standard allows and this package does not read. The error says what it is.
	ErrUnsupported = errors.New("not supported")
	// ErrInvalid marks a message that contradicts itself or the standard.
	ErrInvalid = errors.New("invalid message")
	// ErrTruncated marks a message that the file ends in.
	ErrTruncated = errors.New("truncated message")
)

// Error is a message that can't be read, with its place in the file.
type Error struct {
	Number int // 1-based field number
	Offset int64
	Err    error
}

// Error names the message, its place and what is wrong with it.
func (e *Error) Error() string {
	return fmt.Sprintf("message %d at byte %d: %v", e.Number, e.Offset, e.Err)
}

// Unwrap gives what is wrong with the message.
func (e *Error) Unwrap() error { return e.Err }

// DefaultMaxPoints bounds the points of a field. A field of one value throughout needs 200 bytes whatever its size, so a file's
// size bounds nothing.
const DefaultMaxPoints = 1 << 27

// Reader reads files with limits of its own.
type Reader struct {
	// MaxPoints is the greatest number of points that a field may have; 0: DefaultMaxPoints. Package grid has a bound as well.
	MaxPoints int
	// Bitmaps gives the bits of a predefined bitmap, as SetBitmap takes them; nil: it is not known. Without Bitmaps none is known, and a
	// field that needs one may be given it by SetBitmap.
	Bitmaps func(Predefined) []byte
}

// Messages yields the fields of a file in order, whatever lies between its messages. A message that can't be read yields an
// *Error, and the walk goes on with the next one. The size is that of the file, which must not change while its messages are
// used.
func Messages(file io.ReaderAt, size int64) iter.Seq2[*Message, error] {
	return Reader{}.Messages(file, size)
}

// Message is the headers of one field. Its methods may be called from several goroutines at once.
type Message struct {
	Number  int   // 1-based, counting fields
	Offset  int64 // of the message, which may hold several fields
	Edition int   // 1 or 2

	Centre, SubCentre int // WMO common code table C-11
	Tables            int // edition 2: version of the master tables; edition 1: version of table 2
	LocalTables       int // edition 2: version of the centre's tables
	Discipline        int // edition 2
	Category          int // edition 2: code table 4.1
	Parameter         int // edition 2: code table 4.2; edition 1: code table 2
	GeneratingProcess int // of the analysis or forecast, the centre's own number
	Reference         time.Time
	Valid             time.Time     // the instant, or the end of the interval
	Interval          time.Duration // how long before Valid the interval begins; 0: an instant
	Statistic         int           // what was done over the interval: code table 4.10; Missing: nothing, or unknown
	Level             Level
	Ensemble          Ensemble
	GridTemplate      int // edition 2: code table 3.1, else Missing; as the next two
	DataTemplate      int
	ProductTemplate   int
	GridType          string    // "regular_ll", "lambert", "reduced_gg": the names that ecCodes uses
	NI, NJ            int       // points along a row and along a column; 0 where rows differ or there are none
	Points            int       // of the grid
	Grid              grid.Grid // nil where the file does not tell the places (template 3.101)
	GridName          string    // of a grid described elsewhere: its UUID and its number there, "a27b8de618c411e4820ab5b098c6a5c0-1"; "": none
	GridRelative      bool      // vector components are relative to the grid's axes, not to east and north
	Packing           *Packing  // nil unless the values are one linear quantisation
	layout            layout
	told              *told
	values            values
	original          original
}

// Missing is a code that a header leaves out.
const Missing = -1

// Packing is how values were quantised: (Reference + q*2^Binary) / 10^Decimal, with q an unsigned integer of at most Bits bits.
type Packing struct {
	Reference       float64
	Binary, Decimal int
	Bits            int
}

// Level is where in the vertical a field lies: at a surface, or in the layer between two.
type Level struct{ First, Second Surface }

// Surface is a kind of surface and its value in SI units: Pa, m, K. Edition 1's levels are given as edition 2's.
type Surface struct {
	Type     int // code table 4.5; Missing: none
	Value    float64
	HasValue bool
}

// Ensemble tells what a field has to do with an ensemble of forecasts.
type Ensemble struct {
	Kind     EnsembleKind
	Type     int // code table 4.6 for members, 4.7 for derived forecasts, 4.9 for probabilities
	Member   int // perturbation number
	Size     int // number of forecasts, 0: not told
	Quantile int // percentile, or number of the quantile
	Of       int // quantiles: how many there are; percentiles: 100
	// Lower and Upper are the limits of a probability in the unit of the parameter, as decimal numbers; "": none.
	Lower, Upper string
	// Relation is what the field is in relation to a reference period (code table 4.101: 0 is its anomaly); Missing: nothing.
	Relation int
}

// EnsembleKind is how a field was made of an ensemble.
type EnsembleKind int

// The kinds.
const (
	Deterministic EnsembleKind = iota
	Member                     // one forecast of the ensemble
	Derived                    // mean, spread and their like
	Probability                // of an event
	Percentile                 // or another quantile
	ErrorField                 // the error of an analysis or forecast (template 4.7)
)

// Canonical gives the index in the grid's order, which is that of Values, of the i-th point in the order of the file.
func (m *Message) Canonical(i int) int { return m.layout.canonical(i) }

// InOrder tells that the file has the points in the grid's order already.
func (m *Message) InOrder() bool { return m.layout.inOrder() }

// Values writes the field's values in the grid's order and in the unit of the file, NaN where there is none. len(dst) must be
// m.Points.
func (m *Message) Values(dst []float32) (err error) {
	defer caught(&err)
	if len(dst) != m.Points {
		return fmt.Errorf("%w: %d points into a buffer of %d", ErrInvalid, m.Points, len(dst))
	}
	if err := m.values.unpack(dst[:m.values.points], &m.layout); err != nil {
		return err
	}
	m.layout.arrange(dst)
	return nil
}

// caught turns a panic into an error: no file may end the program.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v", ErrInvalid, r)
	}
}

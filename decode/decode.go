// Package decode turns bytes into messages: one field each, its headers first, its values on demand.
package decode

import (
	"fmt"
	"io"
	"iter"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// Format is a file format as a value: registered in one table, stateless.
type Format struct {
	Name string
	// Detect tells from the first bytes of a file (up to 4096) whether it is of this format.
	Detect func(head []byte) bool
	// Messages yields the file's fields in order. A message that can't be read yields an error (a *MessageError names it)
	// and the walk goes on where that is possible. It never panics and bounds what it allocates by what the file holds.
	// A field whose places or time the file does not tell comes both as a message, without them, and as an error.
	// Where a format has no time in files, the reader's name is looked at, if it has a method Name as os.File does.
	Messages func(r io.ReaderAt, size int64) iter.Seq2[*Message, error]
}

// Message is one field of a file.
type Message struct {
	Number    int // 1-based, counting fields
	Offset    int64
	Parameter elements.Parameter
	Level     field.Level
	Run       field.Time
	Valid     field.Time
	Span      field.Seconds
	Member    int       // perturbation number; 0: control or deterministic
	Process   int       // generating process identifier
	Grid      grid.Grid // canonical order; nil: the file does not tell where the values lie
	// GridName is what the file calls a grid whose places it does not tell, because they come as fields of their own; "": no name.
	GridName string
	// Bitmap is one that the message names by number; nil: it names none.
	Bitmap *Bitmap
	// Axis tells that the values are such a grid's places.
	Axis Axis
	// GridRelative tells that u and v components are relative to the grid's axes, not to east and north.
	GridRelative bool
	Packing      *field.Packing // nil unless the values are one linear quantisation
	// Quantum is, without a Packing, how far apart the values are that the file can tell, in its unit: whole numbers times a scale; 0: not known.
	Quantum float64
	Headers Headers
	// Scan gives the canonical index of the i-th value in the file's own scanning order; nil: the orders are the same.
	Scan func(i int) int
	// Place gives where the headers put the i-th value in the file's own scanning order, in the digits that other readers print.
	// It may differ from the place in Grid by what headers round. nil: it is the place in Grid.
	Place func(i int) geo.LonLat
	// Original appends the field to dst as a message of its own, in the octets of the file; nil: the format has no messages.
	Original func(dst []byte) ([]byte, error)
	// Unpack writes Grid.Len() values in canonical order, NaN where missing, in the unit of the file.
	Unpack func(dst []float32) error
}

// Bitmap tells which points of a field have a value: one that its centre has predefined, and that messages name by number.
type Bitmap struct {
	// Name is made of edition, centre, number and points: messages of one name have one bitmap.
	Name string
	// Read appends the bits to dst, where the message carries them under their number; nil: it does not, and Unpack needs Give first.
	Read func(dst []byte) ([]byte, error)
	// Give hands in the bits that Read gave of another message; they are not copied.
	Give func(bits []byte) error
}

// Axis is which coordinate of places a field's values are.
type Axis int

// The coordinates, in degrees.
const (
	NoAxis Axis = iota
	Latitude
	Longitude
)

// Headers is what a file says of a message in its own terms, for people who look into files.
type Headers struct {
	GridType      string // as ecCodes names it: "regular_ll", "lambert", "reduced_gg"
	GDT, DRT, PDT int    // numbers of the GRIB 2 templates for grid, data and product; -1 where there is none
	NI, NJ        int    // points along a row and along a column; 0 where rows differ or there are none
	Points        int    // of the grid, and values that Unpack writes
}

// MessageError is a message that can't be read, with its place in the file.
type MessageError struct {
	Number int // 1-based field number; 0: not inside a message
	Offset int64
	Err    error
}

// Error names the message and its place.
func (e *MessageError) Error() string {
	return fmt.Sprintf("message %d at byte %d: %v", e.Number, e.Offset, e.Err)
}

// Unwrap gives what is wrong with the message.
func (e *MessageError) Unwrap() error { return e.Err }

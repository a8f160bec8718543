// Package decode turns bytes into messages: one field each, its headers first, its values on demand.
package decode

import (
	"io"
	"iter"

	"isobar/elements"
	"isobar/field"
	"isobar/grid"
)

// Format is a file format as a value: registered in one table, stateless.
type Format struct {
	Name string
	// Detect tells from the first bytes of a file (up to 4096) whether it is of this format.
	Detect func(head []byte) bool
	// Messages yields the file's fields in order. A message that can't be read yields an error (a *MessageError names it)
	// and the walk goes on where that is possible. It never panics and bounds what it allocates by what the file holds.
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
	Grid      grid.Grid // canonical order
	// GridRelative tells that u and v components are relative to the grid's axes, not to east and north.
	GridRelative bool
	Packing      *field.Packing // nil unless the values are one linear quantisation
	// Unpack writes Grid.Len() values in canonical order, NaN where missing, in the unit of the file.
	Unpack func(dst []float32) error
}

// MessageError is a message that can't be read, with its place in the file.
type MessageError struct {
	Number int // 1-based field number; 0: not inside a message
	Offset int64
	Err    error
}

package encode

import (
	"context"
	"errors"
	"io"

	"isobar/coverage"
)

// ErrUnfit is a coverage that a format can't hold; wrapped with the format and what it can't hold.
var ErrUnfit = errors.New("can't hold")

// Coverage encodes coverages in one format.
type Coverage struct {
	Name      string // short, as in f=geotiff
	Type      string // media type
	Extension string // of files: ".tif"
	// Aliases are other names and media types that it is asked for by.
	Aliases []string
	// Unlisted formats answer to their names and are not announced: few coverages have them.
	Unlisted bool
	// Check refuses what the format can't hold; the error wraps ErrUnfit.
	Check func(s *coverage.Source) error
	// Size is how many bytes Encode will write: exactly, or about so many.
	Size func(s *coverage.Source) (bytes int64, exact bool)
	// Encode writes a coverage that Check lets pass, reading it block by block.
	Encode func(ctx context.Context, w io.Writer, s *coverage.Source) error
	// With is the format with options of a protocol ("compression": "None"); nil: it has none. Options that are not known are errors
	// that wrap ErrOption.
	With func(options map[string]string) (Coverage, error)
}

// ErrOption is an option that a format does not have, or a value that is none of its.
var ErrOption = errors.New("no such option")

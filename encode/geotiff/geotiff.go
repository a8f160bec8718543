// Package geotiff writes coverages as Cloud Optimized GeoTIFF: 32 bit floating point tiles with overviews, the directories first.
package geotiff

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/encode"
)

// Options is how pixels are laid out.
type Options struct {
	Plain                 bool // not compressed
	Predictor             int  // TIFF 6 section 14 and Adobe's note 3: 1 none, 2 difference of integers, 3 of floating point numbers
	TileWidth, TileHeight int  // multiples of 16
	NoOverviews           bool
}

// usual is what is written where nothing else is asked for.
var usual = Options{Predictor: 3, TileWidth: 512, TileHeight: 512}

const (
	maxTile  = 4096
	maxBands = 1 << 12 // each is named in the metadata
)

// Format is GeoTIFF with the usual options.
func Format() encode.Coverage { return With(usual) }

// With is GeoTIFF with options.
func With(o Options) encode.Coverage {
	packers := newPackers()
	return encode.Coverage{
		Name: "geotiff", Type: "image/tiff; application=geotiff", Extension: ".tif",
		Check: check,
		Size:  func(s *coverage.Source) (int64, bool) { return size(s, o), false },
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			if err := check(s); err != nil {
				return err
			}
			return write(ctx, w, s, o, packers)
		},
		With: func(options map[string]string) (encode.Coverage, error) {
			changed, err := parse(o, options)
			return With(changed), err
		},
	}
}

// parse reads the parameters of the WCS extension for GeoTIFF (OGC 12-100r1, 7.3).
func parse(o Options, options map[string]string) (Options, error) {
	tiled := true
	for name, value := range options {
		bad := fmt.Errorf("geotiff: %s=%s: %w", name, value, encode.ErrOption)
		switch strings.ToLower(name) {
		case "compression":
			switch strings.ToLower(value) {
			case "none":
				o.Plain, o.Predictor = true, 1
			case "deflate":
			default:
				return o, bad
			}
		case "predictor":
			n, known := map[string]int{"none": 1, "horizontal": 2, "floatingpoint": 3}[strings.ToLower(value)]
			if !known {
				return o, bad
			}
			o.Predictor = n
		case "interleave":
			if !strings.EqualFold(value, "band") {
				return o, bad
			}
		case "tiling":
			switch strings.ToLower(value) {
			case "true":
			case "false":
				tiled = false
			default:
				return o, bad
			}
		case "tilewidth", "tileheight":
			n, err := strconv.Atoi(value)
			if err != nil || n < 16 || n > maxTile || n%16 != 0 {
				return o, bad
			}
			if strings.EqualFold(name, "tilewidth") {
				o.TileWidth = n
			} else {
				o.TileHeight = n
			}
		default:
			return o, bad
		}
	}
	if o.Plain {
		o.Predictor = 1
	}
	if !tiled { // one tile a row of them: as near to strips as tiles come
		o.TileWidth = maxTile
	}
	return o, nil
}

// check refuses what can't be told.
func check(s *coverage.Source) error {
	if n := s.Bands(); n > maxBands {
		return fmt.Errorf("GeoTIFF %w %d bands: at most %d", encode.ErrUnfit, n, maxBands)
	}
	if s.Width() > 1<<20 || s.Height() > 1<<20 {
		return fmt.Errorf("GeoTIFF %w %d by %d cells", encode.ErrUnfit, s.Width(), s.Height())
	}
	if _, err := keysOf(s); err != nil {
		return err
	}
	if off := unevenness(s); off > maxUneven {
		return fmt.Errorf("GeoTIFF %w rows that lie up to %.2f of their height beside even ones: ask for a coordinate system", encode.ErrUnfit, off)
	}
	return nil
}

// maxUneven is how far a row may lie from where even ones are, in rows: Gaussian rows stay within.
const maxUneven = 0.35

// unevenness is how far rows lie from even ones, in rows.
func unevenness(s *coverage.Source) float64 {
	off, dy := 0.0, rowStep(s)
	for j, y := range s.Y {
		off = max(off, math.Abs(s.Y[0]-float64(j)*dy-y)/dy)
	}
	return off
}

// rowStep is the height of a row; the mean of uneven ones.
func rowStep(s *coverage.Source) float64 {
	if s.DY > 0 {
		return s.DY
	}
	if n := s.Height(); n > 1 {
		return (s.Y[0] - s.Y[n-1]) / float64(n-1)
	}
	return s.DX
}

// size is about how large a file gets: measured on forecasts, whose values take half their room when compressed.
func size(s *coverage.Source, o Options) int64 {
	bytes := 4 * s.Cells()
	if !o.NoOverviews {
		bytes += bytes / 3
	}
	if !o.Plain {
		bytes = bytes * 6 / 10
	}
	return bytes + 4096 + 1024*int64(s.Bands())
}

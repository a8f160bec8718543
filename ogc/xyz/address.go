package xyz

import (
	"fmt"
	"image/color"
	"net/url"
	"strconv"
	"strings"

	"isobar/encode"
	"isobar/ogc"
)

// maxZoom is the deepest zoom: a pixel of a hand's breadth.
const maxZoom = 24

// tileSize is a tile's side in pixels, before @2x.
const tileSize = 256

// maxScale is the highest of @2x, @3x, @4x.
const maxScale = 4

// white is the background of formats that can't be transparent.
var white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// formats are the media types by a file's ending, or the kinds of tile that are no pictures, and whether a tile is transparent.
var formats = map[string]struct {
	mediaType   string
	transparent bool
}{
	"png": {"image/png", true}, "jpg": {"image/jpeg", false}, "jpeg": {"image/jpeg", false}, "webp": {"image/webp", true},
	scalars: {scalars, false}, vectors: {vectors, false}, shapes: {shapes, false}, "pbf": {shapes, false},
}

// address is a tile's path as it was written.
type address struct{ layer, zoom, x, file string }

// tile is which tile is asked for.
type tile struct {
	layer       string
	zoom, x, y  int
	size        int // pixels
	format      string
	transparent bool
}

// parse reads a path. The error is a *ogc.Fault or wraps encode.ErrUnknownFormat.
func (a address) parse() (t tile, err error) {
	if t.layer, err = url.PathUnescape(a.layer); err != nil {
		return t, ogc.Invalid("layer", "layer %q can't be read", a.layer)
	}
	y, ending, _ := strings.Cut(a.file, ".")
	format, ok := formats[strings.ToLower(ending)]
	if !ok {
		return t, fmt.Errorf("%w: %q", encode.ErrUnknownFormat, ending)
	}
	t.format, t.transparent = format.mediaType, format.transparent
	y, scale, scaled := strings.Cut(y, "@")
	t.size = tileSize
	if scaled {
		n, err := strconv.Atoi(strings.TrimSuffix(scale, "x"))
		if err != nil || n < 1 || n > maxScale {
			return t, ogc.Invalid("y", "%q is none of @2x to @%dx", "@"+scale, maxScale)
		}
		t.size *= n
	}
	if t.zoom, err = number("z", a.zoom, maxZoom); err != nil {
		return t, err
	}
	last := 1<<t.zoom - 1
	if t.x, err = number("x", a.x, last); err != nil {
		return t, err
	}
	t.y, err = number("y", y, last)
	return t, err
}

// number reads one of a tile's numbers.
func number(name, text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, outOfRange(name, text, most)
	}
	return n, nil
}

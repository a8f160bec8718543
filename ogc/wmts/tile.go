package wmts

import (
	"fmt"
	"image/color"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/answer"
	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/layers"
	"isobar/ogc"
)

// infoAge says how long values of a default time may be kept.
const infoAge = "public, max-age=60"

// white is the background of formats that can't be transparent.
var white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// tile is a tile that was asked for.
type tile struct {
	choice answer.LayerChoice
	view   geo.View
}

// valueNames are the parameters that choose a value of a dimension.
var valueNames = []string{"time", "elevation", "member", "reference_time", "dim_member", "dim_reference_time"}

// getTile answers GetTile (7.2).
func (h *Handler) getTile(w http.ResponseWriter, q *request) error {
	t, err := h.tile(q)
	if err != nil {
		return err
	}
	format, err := q.format(h)
	if err != nil {
		return err
	}
	a, err := h.answers.Map(q.Context(), answer.MapRequest{
		Layers: []answer.LayerChoice{t.choice}, View: t.view, Format: format.Type, Transparent: format.Alpha, Background: white,
	})
	if err != nil {
		return err
	}
	if q.rest {
		ogc.PinAt(w.Header(), q.Request, h.hold, a, []answer.LayerChoice{t.choice}, q.pinned)
	} else {
		ogc.Pin(w.Header(), q.Request, h.hold, a, t.choice)
	}
	return ogc.Send(w, q.Request, a)
}

// tile reads which tile is asked for (table 29). STYLE must be there, but may be empty: the default.
func (h *Handler) tile(q *request) (t tile, err error) {
	if t.choice.Name = q.Get("layer"); t.choice.Name == "" {
		return t, ogc.Missing("Layer")
	}
	if _, given := q.Query["style"]; !given {
		return t, ogc.Missing("Style")
	}
	t.choice.Style = q.Get("style")
	for _, name := range valueNames { // the keyword of 7.1.1.1, as good as no value
		if strings.EqualFold(q.Get(name), "default") {
			delete(q.Query, name)
		}
	}
	if t.choice.Selection, err = q.Selection(q.now); err != nil {
		return t, err
	}
	for _, name := range []string{"TileMatrixSet", "TileMatrix", "TileRow", "TileCol"} {
		if q.value(name) == "" {
			return t, ogc.Missing(name)
		}
	}
	set, ok := h.sets.Get(q.value("TileMatrixSet"))
	if !ok {
		return t, ogc.Invalid("TileMatrixSet", "there is no tile matrix set %q", ogc.Clip(q.value("TileMatrixSet")))
	}
	m, ok := set.Matrix(q.value("TileMatrix"))
	if !ok {
		return t, ogc.Invalid("TileMatrix", "tile matrix set %s has no tile matrix %q", set.ID, ogc.Clip(q.value("TileMatrix")))
	}
	return t, h.place(q, &t, set, m)
}

// place finds the tile's view, within the limits that the capabilities tell of.
func (h *Handler) place(q *request, t *tile, set *tilematrix.Set, m tilematrix.Matrix) error {
	row, err := q.index("TileRow")
	if err != nil {
		return err
	}
	col, err := q.index("TileCol")
	if err != nil {
		return err
	}
	catalogue, release := h.hold()
	layer, err := catalogue.Layer(t.choice.Name)
	release()
	if err != nil {
		return err
	}
	limits, ok := limitsOf(layer, set, m)
	if !ok {
		return ogc.Invalid("TileMatrixSet", "layer %s has nothing in tile matrix set %s", layer.Name, set.ID)
	}
	for _, n := range []struct {
		name               string
		value, first, last int
	}{{"TileRow", row, limits.MinRow, limits.MaxRow}, {"TileCol", col, limits.MinCol, limits.MaxCol}} {
		if n.value < n.first || n.value > n.last {
			return &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.TileOutOfRange, Locator: n.name,
				Text: n.name + " " + strconv.Itoa(n.value) + " is not within " + strconv.Itoa(n.first) + " to " + strconv.Itoa(n.last)}
		}
	}
	t.view = set.View(m, row, col, tilematrix.TileSize)
	return nil
}

// limitsOf are the tiles of a matrix that a layer touches. In systems that repeat, those of a layer that crosses their edge are
// the whole width.
func limitsOf(l *layers.Layer, set *tilematrix.Set, m tilematrix.Matrix) (tilematrix.Limits, bool) {
	extent := l.Extent
	if set.Ref.Turn != 0 {
		extent = ogc.Geographic(extent)
	}
	box, ok := ogc.Box(set.Ref, extent)
	if !ok {
		return tilematrix.Limits{}, false
	}
	return m.Limits(box)
}

// getFeatureInfo answers GetFeatureInfo (7.3): the value at a pixel of a tile. FORMAT may be left out, as GDAL does.
func (h *Handler) getFeatureInfo(w http.ResponseWriter, q *request) error {
	t, err := h.tile(q)
	if err != nil {
		return err
	}
	for _, name := range []string{"InfoFormat", "I", "J"} {
		if q.value(name) == "" {
			return ogc.Missing(name)
		}
	}
	format, ok := ogc.FindInfoFormat(q.value("InfoFormat"))
	if !ok {
		return ogc.Invalid("InfoFormat", "InfoFormat %q is not offered", ogc.Clip(q.value("InfoFormat")))
	}
	var at [2]int
	for k, name := range []string{"I", "J"} {
		n, err := strconv.Atoi(q.value(name))
		if err != nil {
			return ogc.Invalid(name, "%s %q is no whole number", name, ogc.Clip(q.value(name)))
		}
		if n < 0 || n >= tilematrix.TileSize {
			return &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.TileOutOfRange, Locator: name,
				Text: fmt.Sprintf("%s %d is not a pixel of the tile: 0 to %d", name, n, tilematrix.TileSize-1)}
		}
		at[k] = n
	}
	v := t.view
	places := make([]geo.LonLat, 1)
	v.Ref.Inverse(places, []geo.XY{ogc.PixelCentre(v, at[0], at[1])})
	values, err := h.answers.Values(q.Context(), answer.ValuesRequest{Layers: []answer.LayerChoice{t.choice}, At: places[0]})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", infoAge)
	ogc.Plain(w, format.Type, format.Write(places[0], values)) // without a character set: the OGC's suite compares it to InfoFormat
	return nil
}

// capabilitiesAge is how long a client may keep capabilities without asking again.
const capabilitiesAge = time.Minute

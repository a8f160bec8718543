package wms

import (
	"image/color"
	"math"
	"net/http"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/sld"
)

// farthest bounds the coordinates of a box: beyond it, nothing is left of a pixel's size in 64 bits.
const farthest = 1e10

// view reads the frame of a map: CRS or SRS, BBOX, WIDTH and HEIGHT (WMS 1.3.0 7.3.3.5 to 7.3.3.8).
func (h *Handler) view(q *request) (v geo.View, err error) {
	name, code := q.First(q.version.crs(), "crs", "srs")
	if code == "" {
		return v, ogc.Missing(name)
	}
	if v.Ref, err = geo.Lookup(code); err != nil {
		return v, err
	}
	if v.Box, err = readBox(q.Get("bbox"), q.version == v130 && v.Ref.NorthFirst); err != nil {
		return v, err
	}
	if v.Width, err = q.size("width", h.about.MaxWidth); err != nil {
		return v, err
	}
	v.Height, err = q.size("height", h.about.MaxHeight)
	return v, err
}

func (q *request) size(name string, most int) (int, error) {
	if q.Get(name) == "" {
		return 0, ogc.Missing(name)
	}
	return q.Whole(name, 0, 1, most)
}

// readBox reads BBOX. Up to 1.1.1 x comes first; in 1.3.0 the reference system decides (6.7.2): EPSG:4326 has the latitude first.
func readBox(text string, northFirst bool) (geo.Box, error) {
	var box geo.Box
	if text == "" {
		return box, ogc.Missing("bbox")
	}
	parts := strings.Split(text, ",")
	if len(parts) != len(box) {
		return box, ogc.Invalid("bbox", "bbox has %d numbers, not 4", len(parts))
	}
	for i, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > farthest {
			return box, ogc.Invalid("bbox", "bbox: %q is not a number that a map can have", part)
		}
		box[i] = n
	}
	if northFirst {
		box = geo.Box{box[1], box[0], box[3], box[2]}
	}
	if box[0] >= box[2] || box[1] >= box[3] {
		return box, ogc.Invalid("bbox", "bbox is empty: its lower corner is not below and left of its upper corner")
	}
	return box, nil
}

// choices reads LAYERS, STYLES and the dimensions. STYLES may be empty, or shorter than LAYERS: what is left out is the
// default style.
func (h *Handler) choices(q *request) ([]answer.LayerChoice, error) {
	described, err := h.descriptor(q)
	if err != nil {
		return nil, err
	}
	names, styles := q.List("layers"), q.List("styles")
	if len(names) == 0 { // those of the SLD
		for _, l := range described {
			names = append(names, l.Name)
		}
	}
	switch {
	case len(names) == 0:
		return nil, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.LayerNotDefined, Locator: "layers", Text: "layers is missing"}
	case len(names) > h.about.LayerLimit:
		return nil, ogc.Invalid("layers", "%d layers are more than the %d of one map", len(names), h.about.LayerLimit)
	case len(styles) > len(names):
		return nil, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.StyleNotDefined, Locator: "styles",
			Text: strconv.Itoa(len(styles)) + " styles for " + strconv.Itoa(len(names)) + " layers"}
	}
	for _, name := range names {
		if err := q.within(name); err != nil {
			return nil, err
		}
	}
	selection, err := q.Selection(q.now)
	if err != nil {
		return nil, err
	}
	choices := make([]answer.LayerChoice, len(names))
	for i, name := range names {
		choices[i] = answer.LayerChoice{Name: name, Selection: selection}
		if i < len(styles) {
			choices[i].Style = styleOf(styles[i])
		}
		if l, ok := sld.Find(described, name); ok && choices[i].Style == "" {
			choices[i].Style = l.Style
		}
		if choices[i].Recolour, err = h.change(q, name); err != nil {
			return nil, err
		}
	}
	return choices, nil
}

// within is the fault of a layer that is not of the model that the path names.
func (q *request) within(layer string) error {
	if q.model == "" || strings.HasPrefix(layer, q.model+".") {
		return nil
	}
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.LayerNotDefined, Locator: "layers", Text: "model " + q.model + " has no layer " + strconv.Quote(layer)}
}

// white is the background of a map that names none (WMS 1.3.0 7.3.3.10).
var white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// background reads BGCOLOR: 0xRRGGBB, or with # as on web pages.
func (q *request) background() (color.NRGBA, error) {
	text := q.Get("bgcolor")
	if text == "" {
		return white, nil
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "0x"), "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return white, ogc.Invalid("bgcolor", "bgcolor %q is not of the form 0xRRGGBB", text)
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}, nil
}

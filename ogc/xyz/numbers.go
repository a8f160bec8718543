package xyz

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"isobar/answer"
	"isobar/elements"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// Numbers makes what clients paint themselves; package answer does.
type Numbers interface {
	Data(ctx context.Context, r answer.DataRequest) (answer.Answer, answer.Encoding, error)
	Encoding(layer string, vector bool) (answer.Encoding, error)
	Features(ctx context.Context, r answer.FeaturesRequest) (answer.Answer, error)
}

// EncodingHeader is the header of data tiles that tells what their numbers mean.
const EncodingHeader = "Data-Encoding"

// describedFor is how long a tile set's description may be kept: a run may bring new times.
const describedFor = time.Minute

// The kinds of tile, by the endings of their addresses.
const (
	pictures = "png"
	scalars  = "data.png" // one field as numbers
	vectors  = "uv.png"   // both components of a vector, one below the other
	shapes   = "mvt"      // contours
)

// data sends a data tile.
func (h *Handler) data(w http.ResponseWriter, r *http.Request, t tile, s layers.Selection) error {
	a, e, err := h.numbers.Data(r.Context(), answer.DataRequest{Layer: t.layer, Selection: s, View: t.view(), Vector: t.format == vectors})
	if err != nil {
		return err
	}
	w.Header().Set(EncodingHeader, "scale="+decimal(e.Step)+", offset="+decimal(e.Offset)+", unit="+strconv.Quote(e.Unit))
	ogc.Pin(w.Header(), r, h.hold, a, answer.LayerChoice{Name: t.layer, Selection: s})
	return ogc.Send(w, r, a)
}

// contours sends a vector tile.
func (h *Handler) contours(w http.ResponseWriter, r *http.Request, q ogc.Query, t tile, s layers.Selection) error {
	request := answer.FeaturesRequest{Layer: t.layer, Selection: s, View: t.view()}
	if v := q.Get("interval"); v != "" {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(n > 0) {
			return ogc.Invalid("interval", "interval %q is no number above 0", v)
		}
		request.Interval = n
	}
	a, err := h.numbers.Features(r.Context(), request)
	if err != nil {
		return err
	}
	ogc.Pin(w.Header(), r, h.hold, a, answer.LayerChoice{Name: t.layer, Selection: s})
	return ogc.Send(w, r, a)
}

// view is the tile's frame.
func (t tile) view() geo.View { return geo.Tile(t.zoom, t.x, t.y, t.size) }

// decimal writes a number as short as it can be.
func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// tileSet is TileJSON 3.0.0, and what the numbers of data tiles mean.
type tileSet struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	Bounds       [4]float64    `json:"bounds"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	VectorLayers []vectorLayer `json:"vector_layers,omitempty"`
	Encoding     *encoding     `json:"encoding,omitempty"`
	Times        []string      `json:"times"`
	Run          string        `json:"run,omitempty"`
}

// vectorLayer is a layer of vector tiles, as TileJSON tells it.
type vectorLayer struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"`
}

// encoding says how a value is made of a pixel.
type encoding struct {
	Scale   float64  `json:"scale"`
	Offset  float64  `json:"offset"`
	Unit    string   `json:"unit"`
	Label   string   `json:"unitLabel,omitempty"`
	Value   string   `json:"value"`
	Missing string   `json:"missing"`
	Fields  []string `json:"fields"` // from the top of the tile down
	Width   int      `json:"tileWidth"`
	Height  int      `json:"tileHeight"`
}

// describe answers /xyz/{layer}.json, .data.json, .uv.json and .mvt.json. The query goes into the tiles' address.
func (h *Handler) describe(w http.ResponseWriter, r *http.Request, file string) error {
	file, err := url.PathUnescape(file)
	if err != nil {
		return ogc.Invalid("layer", "layer %q can't be read", file)
	}
	name, kind := file, ""
	for ending, k := range map[string]string{".data.json": scalars, ".uv.json": vectors, ".mvt.json": shapes} {
		if rest, ok := strings.CutSuffix(file, ending); ok {
			name, kind = rest, k
		}
	}
	if rest, ok := strings.CutSuffix(file, ".json"); ok && kind == "" {
		name, kind = rest, pictures
	}
	if kind == "" {
		return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.InvalidParameterValue, Locator: "layer", Text: "a tile set's description ends in .json, .data.json, .uv.json or .mvt.json"}
	}
	set, err := h.tileSet(h.baseURL(r), name, kind)
	if err != nil {
		return err
	}
	if r.URL.RawQuery != "" {
		set.Tiles[0] += "?" + r.URL.RawQuery
	}
	body, err := json.Marshal(set)
	if err != nil {
		return err
	}
	ogc.Document(w, r, "application/json", append(body, '\n'), describedFor)
	return nil
}

// tileSet describes the tiles of a layer.
func (h *Handler) tileSet(base, name, kind string) (*tileSet, error) {
	catalogue, release := h.hold()
	defer release()
	l, err := catalogue.Layer(name)
	if err != nil {
		return nil, err
	}
	set := &tileSet{
		TileJSON: "3.0.0", Name: l.Title, Attribution: l.Model.Attribution, Scheme: "xyz", Bounds: ogc.Geographic(l.Extent), MaxZoom: maxZoom, Times: []string{},
		Tiles: []string{base + Path + "/" + url.PathEscape(name) + "/{z}/{x}/{y}." + kind},
	}
	for _, t := range l.Times {
		set.Times = append(set.Times, t.String())
	}
	if n := len(l.Runs); n > 0 {
		set.Run = l.Runs[n-1].String()
	}
	if kind == shapes {
		set.VectorLayers = []vectorLayer{
			{"isobands", map[string]string{"low": "Number", "high": "Number", "unit": "String"}},
			{"isolines", map[string]string{"value": "Number", "unit": "String"}},
		}
		return set, nil
	}
	if kind == pictures {
		return set, nil
	}
	e, err := h.numbers.Encoding(name, kind == vectors)
	if err != nil {
		return nil, err
	}
	set.Encoding = &encoding{
		Scale: e.Step, Offset: e.Offset, Unit: e.Unit, Label: elements.UnitLabel(e.Unit), Fields: e.Fields, Width: tileSize, Height: tileSize * len(e.Fields),
		Value: "offset + scale * (256 * R + G)", Missing: "B = 255",
	}
	return set, nil
}

package wms

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"isobar/answer"
	"isobar/geo"
	"isobar/ogc"
)

// infoAge is how long values of a default time may be kept, in seconds as the answer's header says it.
const infoAge = "public, max-age=60"

// getFeatureInfo answers GetFeatureInfo (WMS 1.3.0 7.4): the values at one pixel of a map, one for each layer, or, where TIME is an
// interval, one for each time within it. FEATURE_COUNT bounds nothing: each layer has one feature at a place.
func (h *Handler) getFeatureInfo(w http.ResponseWriter, q *request) error {
	format, err := infoFormatOf(q.Get("info_format"))
	if err != nil {
		return err
	}
	if _, err := q.Whole("feature_count", 1, 0, math.MaxInt32); err != nil {
		return err
	}
	choices, err := h.queried(q)
	if err != nil {
		return err
	}
	view, err := h.view(q)
	if err != nil {
		return err
	}
	at, err := place(q, view)
	if err != nil {
		return err
	}
	values, err := h.answers.Values(q.Context(), answer.ValuesRequest{Layers: choices, At: at})
	if err != nil {
		return err
	}
	if err := context.Cause(q.Context()); err != nil {
		return err
	}
	for _, warning := range h.defaults(q, choices) {
		w.Header().Add("Warning", warning)
	}
	w.Header().Set("Cache-Control", infoAge)
	ogc.Plain(w, format.ContentType(), format.Write(at, values))
	return nil
}

// infoFormatOf is the form asked for, the default if none is.
func infoFormatOf(asked string) (ogc.InfoFormat, error) {
	f, ok := ogc.FindInfoFormat(asked)
	if !ok {
		return f, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidFormat, Locator: "info_format",
			Text: "info_format " + strconv.Quote(asked) + " is not offered"}
	}
	return f, nil
}

// queried are the layers of QUERY_LAYERS, which must be among LAYERS (WMS 1.3.0 7.4.3.4).
func (h *Handler) queried(q *request) ([]answer.LayerChoice, error) {
	choices, err := h.choices(q)
	if err != nil {
		return nil, err
	}
	names := q.List("query_layers")
	if len(names) == 0 {
		return nil, ogc.Missing("query_layers")
	}
	asked := make([]answer.LayerChoice, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(choices, func(c answer.LayerChoice) bool { return c.Name == name })
		if i < 0 {
			return nil, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.LayerNotDefined, Locator: "query_layers",
				Text: "query_layers: " + strconv.Quote(name) + " is not among the layers of the map"}
		}
		asked = append(asked, choices[i])
	}
	return asked, nil
}

// place is where the centre of the pixel lies that I and J name, in 1.1.1 X and Y. Either is taken in both versions, as GDAL
// says X and Y in 1.3.0.
func place(q *request, v geo.View) (geo.LonLat, error) {
	i, err := pixel(q, v.Width, "i", "x")
	if err != nil {
		return geo.LonLat{}, err
	}
	j, err := pixel(q, v.Height, "j", "y")
	if err != nil {
		return geo.LonLat{}, err
	}
	at := make([]geo.LonLat, 1)
	v.Ref.Inverse(at, []geo.XY{ogc.PixelCentre(v, i, j)})
	return at[0], nil
}

// pixel reads a column or a row. One outside the map is an InvalidPoint (WMS 1.3.0 7.4.3.7).
func pixel(q *request, size int, names ...string) (int, error) {
	name, text := q.First(names...)
	if text == "" {
		return 0, ogc.Missing(name)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= size {
		return 0, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidPoint, Locator: name,
			Text: name + " " + strconv.Quote(text) + " is not a pixel of the map: 0 to " + strconv.Itoa(size-1)}
	}
	return n, nil
}

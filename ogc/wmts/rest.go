package wmts

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"isobar/layers"
	"isobar/ogc"
)

// capabilitiesFile is the document's name under the REST root (OGC 13-082r2 requirement 8).
const capabilitiesFile = "WMTSCapabilities.xml"

// serveREST answers a request for a resource (clause 10): the capabilities, or
//
//	{layer}/{style}/{dimension}.../{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png
//	{layer}/{style}/{dimension}.../{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}/{J}/{I}.json
//
// with a value, or "default", for each of the layer's dimensions in the order in which they are declared; the last, the run, may be
// left out.
func (h *Handler) serveREST(c echo.Context) error {
	w, r := c.Response(), c.Request()
	q := &request{Request: r, now: h.now(), rest: true, Query: ogc.ParseQuery(r.URL.RawQuery)}
	if err := h.resource(w, q, strings.TrimPrefix(r.URL.EscapedPath(), restRoot+"/")); err != nil {
		h.refuse(w, q, err)
	}
	return nil
}

// resource answers for a path below the root.
func (h *Handler) resource(w http.ResponseWriter, q *request, path string) error {
	if path == capabilitiesFile {
		return h.getCapabilities(w, q)
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		text, err := url.PathUnescape(s)
		if err != nil {
			return noResource(path)
		}
		segments[i] = text
	}
	last, ending, ok := cutLast(segments[len(segments)-1], ".")
	if !ok || len(segments) < 6 {
		return noResource(path)
	}
	segments[len(segments)-1] = last
	catalogue, release := h.hold()
	layer, err := catalogue.Layer(segments[0])
	release()
	if err != nil {
		return err
	}
	names := dimensionNames(layer)
	query := ogc.Query{"layer": {segments[0]}, "style": {segments[1]}}
	rest := segments[2:]
	switch len(rest) {
	case len(names) + 4, len(names) + 6:
	case len(names) + 3, len(names) + 5:
		names = names[:len(names)-1]
	default:
		return noResource(path)
	}
	tile := len(names) + 4
	for i, name := range names {
		if rest[i] != "default" {
			query[strings.ToLower(name)] = []string{rest[i]}
		}
	}
	for i, name := range []string{"tilematrixset", "tilematrix", "tilerow", "tilecol"} {
		query[name] = []string{rest[len(names)+i]}
	}
	q.Query = query
	if len(rest) == tile {
		format, ok := tileTypes[strings.ToLower(ending)]
		if !ok {
			return noResource(path)
		}
		query["format"] = []string{format}
		q.pinned = func(s ogc.Settled) string { return pinned(segments, dimensionNames(layer), ending, s) }
		return h.getTile(w, q)
	}
	format, ok := infoTypes[strings.ToLower(ending)]
	if !ok {
		return noResource(path)
	}
	query["infoformat"], query["j"], query["i"] = []string{format}, []string{rest[tile]}, []string{rest[tile+1]}
	return h.getFeatureInfo(w, q)
}

// pinned is the address of a tile with all dimensions named, relative to the one that was asked for: segments without the ending, which may
// lack the last dimension.
func pinned(segments, dimensions []string, ending string, as ogc.Settled) string {
	values, tile := segments[2:len(segments)-4], segments[len(segments)-4:]
	path := []string{segments[0], segments[1]}
	for i, name := range dimensions {
		value := map[string]string{"Time": as.Time, "Elevation": as.Elevation, "Member": as.Member, "Reference_time": as.Run}[name]
		if value == "" && i < len(values) {
			value = values[i]
		}
		path = append(path, value)
	}
	path = append(path, tile...)
	for i, s := range path {
		path[i] = url.PathEscape(s)
	}
	return strings.Repeat("../", len(segments)-1) + strings.Join(path, "/") + "." + ending
}

// tileTypes and infoTypes are the media types by the endings of REST resources.
var (
	tileTypes = map[string]string{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
	infoTypes = map[string]string{"txt": ogc.TypeText, "html": ogc.TypeHTML, "gml": ogc.TypeGML, "json": ogc.TypeJSON, "geojson": ogc.TypeGeoJSON}

	infoEndings = []string{"txt", "html", "gml", "json", "geojson"} // as they are announced
)

// noResource is the fault of a path that names nothing.
func noResource(path string) error {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.InvalidParameterValue, Text: "there is no resource " + ogc.Clip(path)}
}

// cutLast cuts at the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// dimensionNames are the identifiers of a layer's dimensions in the order in which REST paths have them.
func dimensionNames(l *layers.Layer) (names []string) {
	for _, d := range dimensions(l) {
		names = append(names, d.name)
	}
	return names
}

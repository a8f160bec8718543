// Package wms speaks WMS 1.3.0 (OGC 06-042) and 1.1.1 (OGC 01-068r3).
package wms

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/encode"
	"isobar/ogc"
)

// Path is where the service lives.
const Path = "/wms"

// Handler answers WMS requests. It is safe for concurrent use.
type Handler struct {
	answers  ogc.Answers
	hold     ogc.Hold
	about    ogc.About
	pictures []encode.Picture // the first is the default
	baseURL  func(*http.Request) string
	log      *slog.Logger
	now      func() time.Time
	kept     ogc.Shelf
}

var _ http.Handler = (*Handler)(nil)

// New makes a handler. baseURL is how clients reach the server, without a slash at the end; pictures are the formats that a
// fault can be drawn in, the first by default.
func New(s ogc.Service, about ogc.About, pictures []encode.Picture, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return handler(s, ogc.HoldOf(s), about, pictures, baseURL, log)
}

func handler(answers ogc.Answers, hold ogc.Hold, about ogc.About, pictures []encode.Picture, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{answers: answers, hold: hold, about: about.Complete(), pictures: pictures, baseURL: baseURL, log: log, now: time.Now}
}

// Register puts the service on a router.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		e.Add(method, Path, echo.WrapHandler(h))
		e.Add(method, Path+"/:model", func(c echo.Context) error {
			h.serve(c.Response(), c.Request(), c.Param("model"))
			return nil
		})
	}
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.serve(w, r, "") }

// serve answers one request to the service of all models, or of one: that one's capabilities are shorter, and it knows its own
// layers alone.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, model string) {
	if decoded, err := url.PathUnescape(model); err == nil {
		model = decoded
	}
	q := &request{Request: r, now: h.now(), model: model}
	var err error
	if q.Query, err = ogc.ReadQuery(r); err == nil {
		err = h.answer(w, q)
	}
	if err != nil {
		h.refuse(w, q, err)
	}
}

// operations are what a client may ask for, with the names of WMS 1.0.0 that 1.1.1 keeps.
var operations = map[string]func(*Handler, http.ResponseWriter, *request) error{
	"getcapabilities":  (*Handler).getCapabilities,
	"capabilities":     (*Handler).getCapabilities,
	"getmap":           (*Handler).getMap,
	"map":              (*Handler).getMap,
	"getfeatureinfo":   (*Handler).getFeatureInfo,
	"feature_info":     (*Handler).getFeatureInfo,
	"getlegendgraphic": (*Handler).getLegendGraphic,

	// of ncWMS 2
	"getmetadata":        (*Handler).getMetadata,
	"gettimeseries":      (*Handler).getTimeseries,
	"getverticalprofile": (*Handler).getVerticalProfile,
	"gettransect":        (*Handler).getTransect,
}

func (h *Handler) answer(w http.ResponseWriter, q *request) error {
	if s := q.Get("service"); s != "" && !strings.EqualFold(s, "WMS") {
		return ogc.Invalid("service", "service %q is not WMS", s)
	}
	name := q.Get("request")
	operation, ok := operations[strings.ToLower(name)]
	if !ok {
		return &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.OperationNotSupported, Locator: "request",
			Text: "request " + name + " is none of GetCapabilities, GetMap, GetFeatureInfo, GetLegendGraphic"}
	}
	if err := q.negotiate(strings.HasSuffix(strings.ToLower(name), "map")); err != nil {
		return err
	}
	return operation(h, w, q)
}

// Package wmts speaks WMTS 1.0.0 (OGC 07-057r7): tiles by KVP and by REST.
package wmts

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/encode"
	"isobar/geo/tilematrix"
	"isobar/ogc"
)

// Path is where the service lives: KVP at the path itself, REST below it.
const Path = "/wmts"

// restRoot is the root of REST resources; the version in it is the protocol's.
const restRoot = Path + "/1.0.0"

// Handler answers WMTS requests. Safe for concurrent use.
type Handler struct {
	answers  ogc.Answers
	hold     ogc.Hold
	about    ogc.About
	sets     *tilematrix.Catalogue
	pictures []encode.Picture // the first is the one of REST tiles
	baseURL  func(*http.Request) string
	log      *slog.Logger
	now      func() time.Time
	kept     ogc.Shelf
}

// New makes a handler. baseURL is how clients reach the server, without a slash at the end.
func New(s ogc.Service, about ogc.About, sets *tilematrix.Catalogue, pictures []encode.Picture, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return handler(s, ogc.HoldOf(s), about, sets, pictures, baseURL, log)
}

func handler(answers ogc.Answers, hold ogc.Hold, about ogc.About, sets *tilematrix.Catalogue, pictures []encode.Picture, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{answers: answers, hold: hold, about: about.Complete(), sets: sets, pictures: pictures, baseURL: baseURL, log: log, now: time.Now}
}

// Register puts the service on a router.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		e.Add(method, Path, echo.WrapHandler(http.HandlerFunc(h.serveKVP)))
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		e.Add(method, restRoot+"/*", h.serveREST)
	}
}

// request is one request, by KVP or by REST.
type request struct {
	*http.Request
	ogc.Query
	now    time.Time
	rest   bool
	pinned func(ogc.Settled) string // of REST: where the tile is whose dimensions are settled
}

// operations are what a client may ask for by KVP.
var operations = map[string]func(*Handler, http.ResponseWriter, *request) error{
	"getcapabilities": (*Handler).getCapabilities,
	"gettile":         (*Handler).getTile,
	"getfeatureinfo":  (*Handler).getFeatureInfo,
}

// serveKVP answers a request by key-value pairs (clause 8).
func (h *Handler) serveKVP(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, now: h.now()}
	var err error
	if q.Query, err = ogc.ReadQuery(r); err == nil {
		err = h.dispatch(w, q)
	}
	if err != nil {
		h.refuse(w, q, err)
	}
}

func (h *Handler) dispatch(w http.ResponseWriter, q *request) error {
	name := q.Get("request")
	switch service := q.Get("service"); {
	case name == "":
		return ogc.Missing("request")
	case service == "":
		return ogc.Missing("service")
	case !strings.EqualFold(service, "WMTS"):
		return ogc.Invalid("service", "service %q is not WMTS", service)
	}
	operation, ok := operations[strings.ToLower(name)]
	if !ok {
		return ogc.Invalid("request", "request %q is none of GetCapabilities, GetTile, GetFeatureInfo", name)
	}
	if v := q.Get("version"); v != "" && v != "1.0.0" {
		return ogc.Invalid("version", "version %q is not 1.0.0", v)
	}
	return operation(h, w, q)
}

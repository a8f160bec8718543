// Package wcs speaks WCS 2.0.1 (OGC 09-110r4) by key-value pairs, with the extensions for CRS, scaling, interpolation, range subsetting
// and GeoTIFF.
package wcs

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/ogc"
)

// Path is where the service lives.
const Path = "/wcs"

// version is the only one spoken.
const version = "2.0.1"

// Coverages answers requests for numbers; *answer.Coverages does.
type Coverages interface {
	Describe(ctx context.Context, r answer.CoverageRequest) (s *coverage.Source, done func(), err error)
	Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error)
	Formats() []encode.Coverage
}

var _ Coverages = (*answer.Coverages)(nil)

// Handler answers WCS requests. Safe for concurrent use.
type Handler struct {
	coverages Coverages
	hold      ogc.Hold
	about     ogc.About
	baseURL   func(*http.Request) string
	log       *slog.Logger
	now       func() time.Time
	kept      ogc.Shelf
}

// New makes a handler. baseURL is how clients reach the server, without a slash at the end.
func New(c Coverages, hold ogc.Hold, about ogc.About, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{coverages: c, hold: hold, about: about.Complete(), baseURL: baseURL, log: log, now: time.Now}
}

// Register puts the service on a router.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		e.Add(method, Path, echo.WrapHandler(http.HandlerFunc(h.serve)))
	}
}

// request is one request.
type request struct {
	*http.Request
	ogc.Query
	now time.Time
}

// operations are what a client may ask for.
var operations = map[string]func(*Handler, http.ResponseWriter, *request) error{
	"getcapabilities":  (*Handler).getCapabilities,
	"describecoverage": (*Handler).describeCoverage,
	"getcoverage":      (*Handler).getCoverage,
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, now: h.now()}
	var err error
	if q.Query, err = ogc.ReadQuery(r); err == nil {
		err = h.dispatch(w, q)
	}
	if err != nil {
		h.refuse(w, err)
	}
}

// dispatch finds the operation (requirements 10 to 12 of the core).
func (h *Handler) dispatch(w http.ResponseWriter, q *request) error {
	name := q.Get("request")
	switch service := q.Get("service"); {
	case service == "":
		return ogc.Missing("service")
	case !strings.EqualFold(service, "WCS"):
		return ogc.Invalid("service", "service %q is not WCS", service)
	case name == "":
		return ogc.Missing("request")
	}
	operation, ok := operations[strings.ToLower(name)]
	if !ok {
		return &ogc.Fault{Status: http.StatusNotImplemented, Code: ogc.OperationNotSupported, Locator: name, Text: "request " + name + " is none of GetCapabilities, DescribeCoverage, GetCoverage"}
	}
	if !strings.EqualFold(name, "GetCapabilities") {
		switch v := q.Get("version"); {
		case v == "":
			return ogc.Missing("version")
		case !strings.HasPrefix(v, "2.0"):
			return ogc.Invalid("version", "version %q is not %s", v, version)
		}
	}
	return operation(h, w, q)
}

// Package wcs speaks WCS 2.0.1 (OGC 09-110r4) with its extensions, and what QGIS speaks: WCS 1.1.1 and 1.0.0.
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

// Coverages makes coverages; *answer.Coverages does.
type Coverages interface {
	Formats() []encode.Coverage
	Format(name string) (encode.Coverage, error)
	Describe(ctx context.Context, r answer.CoverageRequest) (s *coverage.Source, done func(), err error)
	Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error)
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
func New(coverages Coverages, hold ogc.Hold, about ogc.About, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{coverages: coverages, hold: hold, about: about.Complete(), baseURL: baseURL, log: log, now: time.Now}
}

// Register puts the service on a router.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		e.Add(method, Path, echo.WrapHandler(h))
	}
}

// request is one request, by KVP, XML or SOAP.
type request struct {
	*http.Request
	ogc.Query
	now     time.Time
	version string // one of versions
	soap    bool
}

// The versions that are spoken, the newest first.
const (
	v201 = "2.0.1"
	v111 = "1.1.1"
	v100 = "1.0.0"
)

var versions = []string{v201, v111, v100}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, now: h.now(), version: v201}
	err := q.read()
	if err == nil {
		err = h.answer(w, q)
	}
	if err != nil {
		h.refuse(w, q, err)
	}
}

// operations are what a client may ask for, by version.
var operations = map[string]map[string]func(*Handler, http.ResponseWriter, *request) error{
	v201: {"getcapabilities": (*Handler).getCapabilities, "describecoverage": (*Handler).describeCoverage, "getcoverage": (*Handler).getCoverage},
	v111: {"getcapabilities": (*Handler).getCapabilities, "describecoverage": (*Handler).describeCoverage11, "getcoverage": (*Handler).getCoverage11},
	v100: {"getcapabilities": (*Handler).getCapabilities, "describecoverage": (*Handler).describeCoverage10, "getcoverage": (*Handler).getCoverage10},
}

func (h *Handler) answer(w http.ResponseWriter, q *request) error {
	name := q.Get("request")
	if err := q.negotiate(strings.EqualFold(name, "GetCapabilities")); err != nil {
		return err
	}
	switch service := q.Get("service"); {
	case service == "" && q.version == v201:
		return ogc.Missing("service")
	case service != "" && !strings.EqualFold(service, "WCS"):
		return ogc.Invalid("service", "service %q is not WCS", ogc.Clip(service))
	case name == "":
		return ogc.Missing("request")
	}
	operation, ok := operations[q.version][strings.ToLower(name)]
	if !ok {
		return &ogc.Fault{Status: http.StatusNotImplemented, Code: ogc.OperationNotSupported, Locator: "request",
			Text: "request " + ogc.Clip(name) + " is none of GetCapabilities, DescribeCoverage, GetCoverage"}
	}
	return operation(h, w, q)
}

// negotiate finds the version. GetCapabilities takes it from ACCEPTVERSIONS, the client's favourite first (OWS Common 2.0 7.3.2), or
// from VERSION as WCS 1.0.0 has it; other operations must have it (WCS 2.0.1 requirement 12).
func (q *request) negotiate(capabilities bool) error {
	if accepted := q.List("acceptversions"); capabilities && len(accepted) > 0 {
		for _, v := range accepted {
			if known, ok := spoken(v); ok {
				q.version = known
				return nil
			}
		}
		return &ogc.Fault{Status: http.StatusBadRequest, Code: versionNegotiationFailed, Locator: "acceptversions",
			Text: "the versions are " + strings.Join(versions, ", ")}
	}
	asked := q.Get("version")
	known, ok := spoken(asked)
	switch {
	case ok:
		q.version = known
	case capabilities:
	case asked == "":
		return ogc.Missing("version")
	default:
		return ogc.Invalid("version", "version %q is none of %s", ogc.Clip(asked), strings.Join(versions, ", "))
	}
	return nil
}

// spoken is the version that answers for one that is asked for: those that differ in the last number are the same to clients.
func spoken(version string) (string, bool) {
	switch version {
	case v201, "2.0.0", "2.0":
		return v201, true
	case v111, "1.1.0", "1.1.2", "1.1":
		return v111, true
	case v100, "1.0":
		return v100, true
	}
	return "", false
}

// Package api speaks the OGC API standards' common part: landing page, conformance, API document, collections; what else a server
// offers plugs in as Parts.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/layers"
	"isobar/ogc"
)

// Part is a group of resources that one standard is about. It is a value: what it needs, its functions hold.
type Part struct {
	Conformance []string                                  // URIs of the conformance classes
	Landing     func(base string) []Link                  // links of the landing page; nil: none
	Collection  func(base string, l *layers.Layer) []Link // links of a layer's collection; nil: none
	// Describe adds links and members to the description of a collection, of a model's too; nil: none.
	Describe func(base string, of ogc.Collection, into *CollectionInfo)
	// Collections lists collections of the part's own, beside layers and models, and Find describes one of them: ok is false if there
	// is none of that identity. Links to the description itself are added. Both nil: it has none.
	Collections func(ctx context.Context, base string) ([]CollectionInfo, error)
	Find        func(ctx context.Context, base, id string) (info CollectionInfo, ok bool, err error)
	Operations  []Operation
}

// Operation is a resource with a method: it is a route, a line of the API document, and the list of parameters that are known.
type Operation struct {
	Method  string // "" is GET
	Path    string // as OpenAPI has it: /collections/{collectionId}
	ID      string // operationId
	Summary string
	Tag     string
	Params  []Param  // of the query; those of the path follow from it
	Types   []string // media types of the answer
	Formats []string // what f calls them; nil: as their types are called
	Form    bool     // the parameters come in the body, as a form or as JSON
	Handle  func(c *Call) error
	// Owns tells that a request is this operation's, where several parts have the same path: those that ask are tried first, in the order
	// of their parts. nil: it takes what the others leave.
	Owns func(c *Call) bool
	// Also tells of further parameters, such as a collection's properties, by their names in lower case; nil: there are none.
	Also func(c *Call, name string) bool
	// Body is the media types that the request's body may have; none: it has no body.
	Body []string
	// Status is what is answered when all is well; 0: 200.
	Status int
}

// Param is a parameter of a query (OpenAPI 3.0).
type Param struct {
	Name, Description string
	Schema            map[string]any
	Required          bool
	OnPath            bool // in the API document it stands at the path, for all its methods
}

// Call is one request on its way.
type Call struct {
	http.ResponseWriter
	*http.Request
	Query ogc.Query // names folded
	Path  func(name string) string
	Base  string // how clients reach the server, without a slash at the end
	Now   time.Time
}

// Handler answers for all parts. Safe for concurrent use.
type Handler struct {
	hold    ogc.Hold
	about   ogc.About
	parts   []Part
	viewer  http.Handler
	baseURL func(*http.Request) string
	log     *slog.Logger
	now     func() time.Time
	kept    ogc.Shelf
}

// New makes a handler. viewer is what a browser sees at the root; baseURL is how clients reach the server, without a slash at the
// end.
func New(hold ogc.Hold, about ogc.About, viewer http.Handler, baseURL func(*http.Request) string, log *slog.Logger, parts ...Part) *Handler {
	h := &Handler{hold: hold, about: about.Complete(), viewer: viewer, baseURL: baseURL, log: log, now: time.Now}
	h.parts = append([]Part{h.common()}, parts...)
	return h
}

// Register puts all operations on a router.
func (h *Handler) Register(e *echo.Echo) {
	type place struct{ method, route string }
	at, order := map[place][]Operation{}, []place{}
	for _, p := range h.parts {
		for _, o := range p.Operations {
			methods := []string{o.Method}
			if o.Method == "" {
				methods = []string{http.MethodGet, http.MethodHead}
			}
			for _, m := range methods {
				where := place{m, route(o.Path)}
				if at[where] == nil {
					order = append(order, where)
				}
				at[where] = append(at[where], o)
			}
		}
	}
	for _, where := range order {
		all := at[where]
		slices.SortStableFunc(all, func(a, b Operation) int { return rank(a) - rank(b) })
		e.Add(where.method, where.route, h.serve(all))
	}
}

// rank puts operations that ask whether a request is theirs before those that take all.
func rank(o Operation) int {
	if o.Owns == nil {
		return 1
	}
	return 0
}

// route is an OpenAPI path as the router spells it.
func route(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// serve wraps the operations of a path: parameters that the one has not are refused (OGC API Common 1.0 requirement 6), errors become
// problems.
func (h *Handler) serve(all []Operation) echo.HandlerFunc {
	known := make([]map[string]bool, len(all))
	for i, o := range all {
		known[i] = map[string]bool{"f": true}
		for _, p := range o.Params {
			known[i][strings.ToLower(p.Name)] = true
		}
	}
	return func(c echo.Context) error {
		call := &Call{
			ResponseWriter: c.Response(), Request: c.Request(), Query: ogc.ParseQuery(c.Request().URL.RawQuery),
			Path: pathValue(c), Base: h.baseURL(c.Request()), Now: h.now(),
		}
		call.Header().Add("Vary", "Accept")
		i := slices.IndexFunc(all, func(o Operation) bool { return o.Owns == nil || o.Owns(call) })
		if i < 0 { // nobody's: the last says why
			i = len(all) - 1
		}
		var err error
		if all[i].Form {
			call.Query, err = readForm(call.Request)
		}
		if err == nil {
			err = unknown(call, known[i], all[i].Also)
		}
		if err == nil {
			err = all[i].Handle(call)
		}
		if err != nil {
			h.refuse(call, err)
		}
		return nil
	}
}

// unknown is the fault of a parameter that an operation does not have.
func unknown(c *Call, known map[string]bool, also func(*Call, string) bool) error {
	for name := range c.Query {
		if !known[name] && (also == nil || !also(c, name)) {
			return ogc.Invalid(name, "there is no parameter %q here", ogc.Clip(name))
		}
	}
	return nil
}

// Header is the answer's header; the request's is Request.Header.
func (c *Call) Header() http.Header { return c.ResponseWriter.Header() }

// Package zarr shows runs of models as Zarr stores, versions 3 and 2 at one root, whose chunks are read when they are asked for.
package zarr

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode/cf"
	"isobar/ogc"
)

// Path is where the stores live: /zarr/{model}/{run}.
const Path = "/zarr"

// Coverages makes coverages; *answer.Coverages does.
type Coverages interface {
	Describe(ctx context.Context, r answer.CoverageRequest) (s *coverage.Source, done func(), err error)
}

var _ Coverages = (*answer.Coverages)(nil)

// Handler answers requests for documents and chunks. Safe for concurrent use.
type Handler struct {
	coverages Coverages
	hold      ogc.Hold
	params    cf.Parameters
	baseURL   func(*http.Request) string
	log       *slog.Logger

	mu   sync.Mutex
	kept map[viewKey]*shelved // guarded by mu
}

// New makes a handler. params knows the statistics of elements, baseURL how clients reach the server, without a slash at the end.
func New(coverages Coverages, hold ogc.Hold, params cf.Parameters, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{coverages: coverages, hold: hold, params: params, baseURL: baseURL, log: log, kept: map[viewKey]*shelved{}}
}

// Register puts the stores on a router: a list of models at /zarr, of a model's runs at /zarr/{model}, and a store at /zarr/{model}/{run}.
// A run is written 20261124T060000Z, or as other services have it, or "latest", which leads to the newest. With @ and a tag behind it the
// address holds for one state of the run, and everything below it may be kept for ever.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		e.Add(method, Path, h.told(func(c echo.Context) error { return h.models(c) }))
		e.Add(method, Path+"/:model", h.told(func(c echo.Context) error { return h.runs(c, c.Param("model")) }))
		e.Add(method, Path+"/:model/:run", h.told(func(c echo.Context) error { return h.store(c, "") }))
		e.Add(method, Path+"/:model/:run/*", h.told(func(c echo.Context) error { return h.store(c, c.Param("*")) }))
	}
}

// told answers with what went wrong, if anything did.
func (h *Handler) told(answer func(echo.Context) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := answer(c)
		if err == nil {
			return nil
		}
		fault := ogc.FaultOf(err, h.log)
		if fault == nil {
			ogc.Left(c.Response())
			return nil
		}
		body, err := json.Marshal(report{fault.Code, fault.Locator, fault.Text})
		if err != nil {
			return err
		}
		ogc.Refuse(c.Response(), fault.Status, typeJSON, append(body, '\n'))
		return nil
	}
}

const (
	typeJSON  = "application/json"
	typeChunk = "application/octet-stream"
)

// report is a fault as it is told.
type report struct {
	Code      string `json:"code"`
	Parameter string `json:"parameter,omitempty"`
	Text      string `json:"description"`
}

// lacks is the fault of what is not there.
func lacks(locator, format string, args ...any) *ogc.Fault {
	f := ogc.Invalid(locator, format, args...)
	f.Status = http.StatusNotFound
	return f
}

// store answers with a document or a chunk of a run.
func (h *Handler) store(c echo.Context, name string) error {
	catalogue, release := h.hold()
	defer release()
	model := c.Param("model")
	text, tag, pinned := strings.Cut(c.Param("run"), "@")
	all, err := runsOf(catalogue, model)
	if err != nil {
		return err
	}
	run, err := choose(all, model, text)
	if err != nil {
		return err
	}
	if text == latest {
		to := h.baseURL(c.Request()) + Path + "/" + model + "/" + runName(run)
		if name != "" {
			to += "/" + name
		}
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.Redirect(http.StatusTemporaryRedirect, to)
	}
	v, err := h.view(c.Request().Context(), catalogue, model, run)
	if err != nil {
		return err
	}
	if pinned && tag != v.tag {
		return lacks("run", "run %s of %s has changed since it had the tag %q: it has %q", runName(run), model, ogc.Clip(tag), v.tag)
	}
	if name == "" {
		name = "zarr.json"
	}
	if text, ok := v.group.Document(name); ok {
		if !pinned {
			c.Response().Header().Set("Content-Location", h.baseURL(c.Request())+Path+"/"+model+"/"+runName(run)+"@"+v.tag+"/"+name)
		}
		return ogc.Send(c.Response(), c.Request(), v.document(text, pinned))
	}
	chunk, ok := v.group.Chunk(name)
	if !ok {
		return lacks("key", "%q is no document or chunk of run %s of %s", ogc.Clip(name), runName(run), model)
	}
	a, err := h.chunk(c.Request().Context(), v, chunk, pinned)
	if err != nil {
		return err
	}
	return ogc.Send(c.Response(), c.Request(), a)
}

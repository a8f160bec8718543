package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"isobar/ogc"
)

// problem is an error as RFC 7807 tells it.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	Parameter string `json:"parameter,omitempty"`
}

// names is what the OGC APIs call the parameters of neutral faults.
var names = map[string]string{
	"layers": "collectionId", "styles": "styleId", "format": "f", "time": "datetime", "dim_reference_time": "subset", "reference_time": "subset",
	"elevation": "subset", "dim_member": "subset", "member": "subset",
}

// refuse tells what went wrong.
func (h *Handler) refuse(c *Call, err error) {
	f := ogc.FaultOf(err, h.log)
	if f == nil {
		ogc.Left(c.ResponseWriter)
		return
	}
	name := f.Locator
	if n, ok := names[name]; ok && c.Query.Get(name) == "" { // what is there is called so
		name = n
	}
	body, err := json.Marshal(problem{"about:blank", http.StatusText(f.Status), f.Status, f.Text, f.Code, name})
	if err != nil { // strings and a number
		return
	}
	ogc.Refuse(c.ResponseWriter, f.Status, "application/problem+json", append(body, '\n'))
}

// pathValue reads the parameters of the path; what cannot be decoded is taken as it stands.
func pathValue(c echo.Context) func(string) string {
	return func(name string) string {
		v := c.Param(name)
		if d, err := url.PathUnescape(v); err == nil {
			return d
		}
		return v
	}
}

// NoRoute answers for what no service does: a path that names nothing, a method that a resource has not, a handler that panicked.
func NoRoute(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status := http.StatusInternalServerError
	var known *echo.HTTPError
	if errors.As(err, &known) {
		status = known.Code
	}
	detail := http.StatusText(status)
	if status == http.StatusNotFound {
		detail = "there is no resource " + ogc.Clip(c.Request().URL.Path)
	}
	body, err := json.Marshal(problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: ogc.NoApplicableCode})
	if err != nil { // strings and a number
		return
	}
	ogc.Refuse(c.Response(), status, "application/problem+json", append(body, '\n'))
}

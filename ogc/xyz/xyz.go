// Package xyz serves plain tiles, as Leaflet and MapLibre ask for them: maps at /xyz/{layer}/{z}/{x}/{y}.png, numbers at .data.png,
// contours at .mvt.
package xyz

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/ogc"
)

// Path is where the tiles live.
const Path = "/xyz"

// Handler answers tile requests. Safe for concurrent use.
type Handler struct {
	answers ogc.Answers
	numbers Numbers
	hold    ogc.Hold
	baseURL func(*http.Request) string
	log     *slog.Logger
	now     func() time.Time
}

// New makes a handler. baseURL is how clients reach the server, without a slash at the end.
func New(s ogc.Service, n Numbers, baseURL func(*http.Request) string, log *slog.Logger) *Handler {
	return &Handler{answers: s, numbers: n, hold: ogc.HoldOf(s), baseURL: baseURL, log: log, now: time.Now}
}

// Register puts the service on a router. A tile is {z}/{x}/{y} in WebMercatorQuad, y from the north; {y} may end in @2x to @4x for
// as many times the pixels. The query has style, time, run, elevation and member, and of contours interval. What tile sets there are of
// numbers and contours tell /xyz/{layer}.data.json, .uv.json and .mvt.json.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		e.Add(method, Path+"/:layer/:z/:x/:file", func(c echo.Context) error {
			return h.told(c, h.tile(c.Response(), c.Request(), address{c.Param("layer"), c.Param("z"), c.Param("x"), c.Param("file")}))
		})
		e.Add(method, Path+"/:file", func(c echo.Context) error { return h.told(c, h.describe(c.Response(), c.Request(), c.Param("file"))) })
	}
}

// told answers with what went wrong, if anything did.
func (h *Handler) told(c echo.Context, err error) error {
	if err == nil {
		return nil
	}
	w := c.Response()
	fault := ogc.FaultOf(err, h.log)
	if fault == nil {
		ogc.Left(w)
		return nil
	}
	body, err := json.Marshal(report{fault.Code, parameter(fault.Locator), fault.Text})
	if err != nil {
		return err
	}
	ogc.Refuse(w, fault.Status, "application/json", append(body, '\n'))
	return nil
}

// parameter is what tiles call a parameter of a neutral fault.
func parameter(locator string) string {
	switch locator {
	case "layers":
		return "layer"
	case "styles":
		return "style"
	}
	return locator
}

// report is a fault as tiles tell it.
type report struct {
	Code      string `json:"code"`
	Parameter string `json:"parameter,omitempty"`
	Text      string `json:"description"`
}

// tile reads a request and sends its answer.
func (h *Handler) tile(w http.ResponseWriter, r *http.Request, a address) error {
	t, err := a.parse()
	if err != nil {
		return err
	}
	q := ogc.ParseQuery(r.URL.RawQuery)
	selection, err := q.Selection(h.now())
	if err != nil {
		return err
	}
	switch t.format {
	case scalars, vectors:
		return h.data(w, r, t, selection)
	case shapes:
		return h.contours(w, r, q, t, selection)
	}
	_, style := q.First("style", "styles")
	m := answer.MapRequest{
		Layers:      []answer.LayerChoice{{Name: t.layer, Style: style, Selection: selection}},
		View:        t.view(),
		Format:      t.format,
		Transparent: t.transparent,
		Background:  white,
	}
	done, err := h.answers.Map(r.Context(), m)
	if err != nil {
		return err
	}
	ogc.Pin(w.Header(), r, h.hold, done, m.Layers...)
	return ogc.Send(w, r, done)
}

// outOfRange is the fault of a tile that the tile matrix does not have.
func outOfRange(name, value string, most int) *ogc.Fault {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.TileOutOfRange, Locator: name,
		Text: name + " " + strconv.Quote(value) + " is not a whole number of 0 to " + strconv.Itoa(most)}
}

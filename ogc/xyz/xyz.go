// Package xyz serves plain map tiles, as Leaflet and MapLibre ask for them: /xyz/{layer}/{z}/{x}/{y}.png.
package xyz

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/geo"
	"isobar/ogc"
)

// Path is where the tiles live.
const Path = "/xyz"

// Handler answers tile requests. Safe for concurrent use.
type Handler struct {
	answers ogc.Answers
	log     *slog.Logger
	now     func() time.Time
}

// New makes a handler.
func New(s ogc.Service, log *slog.Logger) *Handler {
	return &Handler{answers: s, log: log, now: time.Now}
}

// Register puts the service on a router. A tile is {z}/{x}/{y} in WebMercatorQuad, y from the north; {y} may end in @2x to @4x for
// as many times the pixels. The query has style, time, run, elevation and member.
func (h *Handler) Register(e *echo.Echo) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		e.Add(method, Path+"/:layer/:z/:x/:file", h.serve)
	}
}

// serve answers one request.
func (h *Handler) serve(c echo.Context) error {
	w, r := c.Response(), c.Request()
	err := h.tile(w, r, address{c.Param("layer"), c.Param("z"), c.Param("x"), c.Param("file")})
	if err == nil {
		return nil
	}
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
	_, style := q.First("style", "styles")
	m := answer.MapRequest{
		Layers:      []answer.LayerChoice{{Name: t.layer, Style: style, Selection: selection}},
		View:        geo.Tile(t.zoom, t.x, t.y, t.size),
		Format:      t.format,
		Transparent: t.transparent,
		Background:  white,
	}
	done, err := h.answers.Map(r.Context(), m)
	if err != nil {
		return err
	}
	return ogc.Send(w, r, done)
}

// outOfRange is the fault of a tile that the tile matrix does not have.
func outOfRange(name, value string, most int) *ogc.Fault {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.TileOutOfRange, Locator: name,
		Text: name + " " + strconv.Quote(value) + " is not a whole number of 0 to " + strconv.Itoa(most)}
}

package xyz

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// stub answers with what it was asked for.
type stub struct {
	ogc.Service
	asked answer.MapRequest
}

func (s *stub) Map(_ context.Context, r answer.MapRequest) (answer.Answer, error) {
	s.asked = r
	if r.Layers[0].Name == "nope" {
		return answer.Answer{}, layers.ErrUnknownLayer
	}
	return answer.Answer{Type: r.Format, ETag: `"e"`, Body: func(context.Context) ([]byte, error) { return []byte("tile"), nil }}, nil
}

func get(path string) (*stub, *httptest.ResponseRecorder) {
	s, e := &stub{}, echo.New()
	New(s, slog.New(slog.DiscardHandler)).Register(e)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return s, w
}

func TestTilesAreTranslated(t *testing.T) {
	for _, c := range []struct {
		path, style, format string
		view                geo.View
		transparent         bool
	}{
		{"/xyz/gfs.t/0/0/0.png", "", "image/png", geo.Tile(0, 0, 0, 256), true},
		{"/xyz/gfs.t/4/8/5@2x.png?style=grey", "grey", "image/png", geo.Tile(4, 8, 5, 512), true},
		{"/xyz/gfs.t/4/8/5.jpg?styles=grey&time=2026-11-24", "grey", "image/jpeg", geo.Tile(4, 8, 5, 256), false},
	} {
		s, w := get(c.path)
		m := s.asked
		if w.Code != http.StatusOK || w.Body.String() != "tile" {
			t.Errorf("%s: %d %s", c.path, w.Code, w.Body)
			continue
		}
		if m.View.Box != c.view.Box || m.View.Width != c.view.Width || m.Layers[0].Style != c.style || m.Format != c.format || m.Transparent != c.transparent {
			t.Errorf("%s: asked for %+v", c.path, m)
		}
	}
}

func TestTilesThatAreNotThereAreNamed(t *testing.T) {
	for _, c := range []struct {
		path   string
		status int
		code   string
		at     string
	}{
		{"/xyz/nope/0/0/0.png", 404, "LayerNotDefined", "layer"},
		{"/xyz/gfs.t/2/4/0.png", 404, "TileOutOfRange", "x"},
		{"/xyz/gfs.t/2/0/-1.png", 404, "TileOutOfRange", "y"},
		{"/xyz/gfs.t/25/0/0.png", 404, "TileOutOfRange", "z"},
		{"/xyz/gfs.t/0/0/0@9x.png", 400, "InvalidParameterValue", "y"},
		{"/xyz/gfs.t/0/0/0.gif", 400, "InvalidFormat", "format"},
		{"/xyz/gfs.t/0/0/0.png?time=x", 400, "InvalidDimensionValue", "time"},
	} {
		_, w := get(c.path)
		if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, `"code":"`+c.code+`"`) || !strings.Contains(body, `"parameter":"`+c.at+`"`) {
			t.Errorf("%s: %d %s, want %d %s of %s", c.path, w.Code, body, c.status, c.code, c.at)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("gfs.t", "3", "4", "5@2x.png")
	f.Add("%41", "x", "-1", ".")
	f.Fuzz(func(t *testing.T, layer, z, x, file string) {
		got, err := address{layer, z, x, file}.parse()
		if err == nil && (got.x >= 1<<got.zoom || got.y >= 1<<got.zoom || got.size > tileSize*maxScale) {
			t.Errorf("%+v", got)
		}
	})
}

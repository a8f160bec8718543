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
	"isobar/encode/datatile"
	"isobar/encode/mvt"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// stub answers with what it was asked for.
type stub struct {
	ogc.Service
	asked answer.MapRequest
	data  answer.DataRequest
	lines answer.FeaturesRequest
}

func (s *stub) Data(_ context.Context, r answer.DataRequest) (answer.Answer, answer.Encoding, error) {
	s.data = r
	e, err := s.Encoding(r.Layer, r.Vector)
	return answer.Answer{Type: "image/png", Body: func(context.Context) ([]byte, error) { return []byte("numbers"), nil }}, e, err
}

func (s *stub) Encoding(layer string, vector bool) (answer.Encoding, error) {
	if layer == "nope" {
		return answer.Encoding{}, layers.ErrUnknownLayer
	}
	return answer.Encoding{Scale: datatile.Scale{Step: 0.01, Offset: -5}, Unit: "K", Fields: []string{layer}}, nil
}

func (s *stub) Features(_ context.Context, r answer.FeaturesRequest) (answer.Answer, error) {
	s.lines = r
	return answer.Answer{Type: mvt.Type, Body: func(context.Context) ([]byte, error) { return []byte("shapes"), nil }}, nil
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
	base := func(*http.Request) string { return "http://isobar.test" }
	h := New(s, s, base, slog.New(slog.DiscardHandler))
	h.hold = func() (ogc.Catalogue, func()) { return ogctest.Catalogue{}, func() {} }
	h.Register(e)
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
		{"/xyz/gfs.t/4/8/5.webp", "", "image/webp", geo.Tile(4, 8, 5, 256), true},
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

func TestNumbersAndContoursAreAskedFor(t *testing.T) {
	s, w := get("/xyz/gfs.t/4/8/5.data.png?time=2026-11-24")
	if w.Body.String() != "numbers" || s.data.Vector || s.data.Layer != "gfs.t" || s.data.View.Box != geo.Tile(4, 8, 5, 256).Box || s.data.Selection.Time == nil {
		t.Errorf("data tile: %d %s, asked %+v", w.Code, w.Body, s.data)
	}
	if got, want := w.Header().Get(EncodingHeader), `scale=0.01, offset=-5, unit="K"`; got != want {
		t.Errorf("%s is %s, want %s", EncodingHeader, got, want)
	}
	if s, w := get("/xyz/gfs.u/4/8/5@2x.uv.png"); w.Code != http.StatusOK || !s.data.Vector || s.data.View.Width != 512 {
		t.Errorf("both components: %d %s, asked %+v", w.Code, w.Body, s.data)
	}
	for _, path := range []string{"/xyz/gfs.t/4/8/5.mvt?interval=2.5", "/xyz/gfs.t/4/8/5.pbf?interval=2.5"} {
		if s, w := get(path); w.Header().Get("Content-Type") != mvt.Type || s.lines.Interval != 2.5 || s.lines.View.Box != geo.Tile(4, 8, 5, 256).Box {
			t.Errorf("%s: %d %s, asked %+v", path, w.Code, w.Body, s.lines)
		}
	}
	for _, v := range []string{"x", "0", "-1", "NaN"} {
		if _, w := get("/xyz/gfs.t/4/8/5.mvt?interval=" + v); w.Code != http.StatusBadRequest {
			t.Errorf("interval %s: %d", v, w.Code)
		}
	}
}

func TestTileSetsAreDescribed(t *testing.T) {
	name := ogctest.Catalogue{}.Layers()[0].Name
	for ending, want := range map[string][]string{
		"data.json": {`"tiles":["http://isobar.test/xyz/` + name + `/{z}/{x}/{y}.data.png"]`, `"scale":0.01,"offset":-5,"unit":"K"`, `"tilejson":"3.0.0"`},
		"json":      {`"tiles":["http://isobar.test/xyz/` + name + `/{z}/{x}/{y}.png"]`, `"tilejson":"3.0.0"`},
		"uv.json":   {`/{y}.uv.png"`}, "mvt.json": {`/{y}.mvt"`, `"id":"isobands"`},
	} {
		_, w := get("/xyz/" + name + "." + ending)
		for _, part := range want {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s: %d %s, want %s", ending, w.Code, w.Body, part)
			}
		}
	}
	for _, path := range []string{"/xyz/nope.data.json", "/xyz/" + name, "/xyz/" + name + ".geojson"} {
		if _, w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
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

package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"isobar/encode"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/maps"
	"isobar/ogc/api/styles"
	"isobar/ogc/api/tiles"
	"isobar/ogc/ogctest"
)

const base = "http://isobar.test"

// service is a router with the API and its parts on it, and what it was asked.
func service(t testing.TB) (*echo.Echo, *ogctest.Answers) {
	t.Helper()
	sets, err := tilematrix.Load(tilematrix.Rows())
	if err != nil {
		t.Fatal(err)
	}
	s, e := &ogctest.Answers{}, echo.New()
	e.HTTPErrorHandler = api.NoRoute
	viewer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("viewer")) })
	pictures := api.Pictures{Formats: []encode.Picture{{Type: "image/png", Alpha: true}, {Type: "image/jpeg"}}}
	about := ogc.About{Title: "Test", Abstract: "A & B", MaxWidth: 1000, MaxHeight: 1000, LayerLimit: 2}
	api.New(ogctest.Hold, about, viewer, func(*http.Request) string { return base }, slog.New(slog.DiscardHandler),
		styles.Part(ogctest.Hold, "image/png"), maps.Part(s, ogctest.Hold, about, pictures), tiles.Part(s, ogctest.Hold, about, sets, pictures)).Register(e)
	return e, s
}

// get asks the API; headers are names and values in turn.
func get(t testing.TB, path string, headers ...string) (*httptest.ResponseRecorder, *ogctest.Answers) {
	t.Helper()
	e, s := service(t)
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	e.ServeHTTP(w, r)
	return w, s
}

// document is an answer as JSON.
func document(t testing.TB, path string) map[string]any {
	t.Helper()
	w, _ := get(t, path)
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d, %v: %.300s", path, w.Code, err, w.Body)
	}
	return doc
}

// newRequest is a request with a query as it stands, encoded or not.
func newRequest(path, query string) (*httptest.ResponseRecorder, *http.Request) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.URL.RawQuery = query
	return httptest.NewRecorder(), r
}

package processes_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"isobar/elements"
	"isobar/events/webhook"
	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/jobs"
	"isobar/layers"
	"isobar/models"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/processes"
	"isobar/places"
	"isobar/places/kept"
	"isobar/probe"
	"isobar/records/recordstest"
	"isobar/sample"
	"isobar/store/local"
	"isobar/styles"
)

const (
	hour             = 3600
	first field.Time = 1795478400 // 2026-11-24T00:00:00Z
	base             = "http://isobar.test"
)

// house is the part over a store on disk: the model "m" with one run of 12 hours, three-hourly.
//
//	m.t    on 500 and 850 hPa: 200 + longitude/10 + hPa
//	m.t2m  280 + latitude + hours
//	m.u10, m.v10 (and so m.ws10, m.wd10): 3, 4
type house struct {
	handler http.Handler
	kept    *kept.Catalogue
}

func newHouse(t testing.TB, limits probe.Limits) *house {
	t.Helper()
	rows, err := elements.Load(elements.Rows())
	check(t, err)
	fields, err := local.Open(t.TempDir(), local.Options{Categories: rows.IsCategory, ChunkCacheBytes: 64 << 20, Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { fields.Close() })
	g, err := grid.LatLon(36, 19, geo.Box{-180, -90, 170, 90})
	check(t, err)
	at := make([]geo.LonLat, g.Len())
	g.Places(at, 0)
	w, err := fields.Begin(t.Context(), "m", first)
	check(t, err)
	put := func(element string, level field.Level, h field.Time, value func(geo.LonLat) float64) {
		values := make([]float32, len(at))
		for i, a := range at {
			values[i] = float32(value(a))
		}
		key := field.Key{Model: "m", Run: first, Element: element, Level: level, Valid: first + h*hour}
		check(t, w.Put(t.Context(), &field.Field{Key: key, Grid: g, Values: values}))
	}
	for h := field.Time(0); h <= 12; h += 3 {
		for _, hPa := range []float64{500, 850} {
			put("t", field.Level{Kind: elements.Pressure, Value: 100 * hPa, To: 100 * hPa}, h, func(p geo.LonLat) float64 { return 200 + p.Lon/10 + hPa })
		}
		put("t2m", field.Level{Kind: elements.Height, Value: 2, To: 2}, h, func(p geo.LonLat) float64 { return 280 + p.Lat + float64(h) })
		put("u10", field.Level{Kind: elements.Height, Value: 10, To: 10}, h, func(geo.LonLat) float64 { return 3 })
		put("v10", field.Level{Kind: elements.Height, Value: 10, To: 10}, h, func(geo.LonLat) float64 { return 4 })
	}
	check(t, w.Publish(t.Context()))
	w.Close()
	known, err := models.Load(models.Rows())
	check(t, err)
	painted, err := styles.Load(styles.Rows())
	check(t, err)
	source, err := layers.NewSource(t.Context(), fields, rows, known, painted, slog.New(slog.DiscardHandler))
	check(t, err)
	t.Cleanup(source.Close)
	named, err := places.Load(places.Rows())
	check(t, err)

	store := recordstest.New()
	h := &house{kept: kept.New(store)}
	service := processes.New(processes.Rooms{
		Probes: probe.New(sample.New(1<<20), limits), Catalogue: source.Hold, Features: []feature.Catalogue{named, h.kept}, Kept: h.kept,
		Authorize: func(r *http.Request) error {
			if r.Header.Get("Authorization") != "Bearer ok" {
				return errors.New("who is it")
			}
			return nil
		},
	})
	runner := jobs.New(store, service.Works(), jobs.Options{Holder: "test", CallbackHosts: webhook.Hosts{"hooks.example.org"}})
	done := make(chan struct{})
	ctx := t.Context()
	go func() { defer close(done); _ = runner.Run(ctx) }()
	t.Cleanup(func() { <-done })
	e := echo.New()
	e.HTTPErrorHandler = api.NoRoute
	hold := func() (ogc.Catalogue, func()) { return source.Hold() }
	api.New(hold, ogc.About{Title: "Test"}, http.NotFoundHandler(), func(*http.Request) string { return base }, slog.New(slog.DiscardHandler), service.Part(runner)).Register(e)
	h.handler = e
	return h
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask asks; headers are names and values in turn.
func (h *house) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.handler.ServeHTTP(w, r)
	return w
}

// do does a process with inputs.
func (h *house) do(process, inputs string, headers ...string) *httptest.ResponseRecorder {
	return h.ask(http.MethodPost, "/processes/"+process+"/execution", `{"inputs":`+inputs+`}`, headers...)
}

// document is an answer as JSON.
func document(t testing.TB, w *httptest.ResponseRecorder, status int) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != status {
		t.Fatalf("%d, want %d, %v: %.500s", w.Code, status, err, w.Body)
	}
	return doc
}

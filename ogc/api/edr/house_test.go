package edr_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/encode/covjson/covjsontest"
	"isobar/encode/grib"
	"isobar/encode/netcdf"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/models"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/edr"
	"isobar/places"
	"isobar/probe"
	"isobar/sample"
	"isobar/store"
	"isobar/store/local"
	"isobar/styles"
)

const (
	hour             = 3600
	first field.Time = 1795478400 // 2026-11-24T00:00:00Z
	base             = "http://isobar.test"
)

// house is the part over a store on disk: the model "m" with two runs of 6 hours, 24 hours and three-hourly, and "ens" with three members.
//
//	m.t    on 500, 700 and 850 hPa: 200 + longitude/10 + latitude + hours of the valid time/100 + hPa/1000
//	m.t2m  280 + latitude + hours
//	m.tp   from the first step on: 1
//	ens.t2m 270 + member
type house struct {
	handler http.Handler
	source  *layers.Source
	store   store.Store
}

// newHouse makes it.
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
	put := func(model string, run field.Time, write func(put func(k field.Key, value func(geo.LonLat) float64))) {
		w, err := fields.Begin(t.Context(), model, run)
		check(t, err)
		defer w.Close()
		write(func(k field.Key, value func(geo.LonLat) float64) {
			k.Model, k.Run = model, run
			values := make([]float32, len(at))
			for i, a := range at {
				values[i] = float32(value(a))
			}
			check(t, w.Put(t.Context(), &field.Field{Key: k, Grid: g, Values: values}))
		})
		check(t, w.Publish(t.Context()))
	}
	for _, run := range []field.Time{first, first + 6*hour} {
		put("m", run, func(put func(field.Key, func(geo.LonLat) float64)) {
			for h := field.Time(0); h <= 24; h += 3 {
				valid := run + h*hour
				hours := float64(valid-first) / hour
				for _, hPa := range []float64{500, 700, 850} {
					put(field.Key{Element: "t", Level: field.Level{Kind: elements.Pressure, Value: 100 * hPa, To: 100 * hPa}, Valid: valid},
						func(p geo.LonLat) float64 { return 200 + p.Lon/10 + p.Lat + hours/100 + hPa/1000 })
				}
				put(field.Key{Element: "t2m", Level: field.Level{Kind: elements.Height, Value: 2, To: 2}, Valid: valid}, func(p geo.LonLat) float64 { return 280 + p.Lat + hours })
				if h > 0 {
					put(field.Key{Element: "tp", Level: field.Level{Kind: elements.Surface}, Valid: valid, Span: 3 * hour}, func(geo.LonLat) float64 { return 1 })
				}
			}
		})
	}
	put("ens", first, func(put func(field.Key, func(geo.LonLat) float64)) {
		for m := range 3 {
			put(field.Key{Element: "t2m", Level: field.Level{Kind: elements.Height, Value: 2, To: 2}, Valid: first, Member: m}, func(geo.LonLat) float64 { return 270 + float64(m) })
		}
	})
	known, err := models.Load(models.Rows())
	check(t, err)
	painted, err := styles.Load(styles.Rows())
	check(t, err)
	source, err := layers.NewSource(t.Context(), fields, rows, known, painted, slog.New(slog.DiscardHandler))
	check(t, err)
	t.Cleanup(source.Close)
	sampler := sample.New(1 << 20)
	service := answer.New(answer.Parts{Catalogue: source, Sampler: sampler})
	coverages := answer.NewCoverages(service, sampler, []encode.Coverage{netcdf.Format(rows), covjson.Format(), grib.Format(rows)}, answer.CoverageLimits{})
	named, err := places.Load(places.Rows())
	check(t, err)
	e := echo.New()
	e.HTTPErrorHandler = api.NoRoute
	hold := func() (ogc.Catalogue, func()) { return source.Hold() }
	api.New(hold, ogc.About{Title: "Test"}, http.NotFoundHandler(), func(*http.Request) string { return base }, slog.New(slog.DiscardHandler), edr.Part(edr.Rooms{
		Probes: probe.New(sampler, limits), Coverages: coverages, Catalogue: source.Hold, Elements: rows, Places: named,
	})).Register(e)
	return &house{e, source, fields}
}

// long adds the model "long": t2m on a grid of a degree, every 3 hours.
func (h *house) long(t testing.TB, steps int) {
	t.Helper()
	g, err := grid.LatLon(360, 181, geo.Box{-180, -90, 179, 90})
	check(t, err)
	w, err := h.store.Begin(t.Context(), "long", first)
	check(t, err)
	defer w.Close()
	for i := range steps {
		values := make([]float32, g.Len())
		for k := range values {
			values[k] = float32(280 + (k*7+i)%40)
		}
		k := field.Key{Model: "long", Run: first, Element: "t2m", Level: field.Level{Kind: elements.Height, Value: 2, To: 2}, Valid: first + field.Time(3*i)*hour}
		check(t, w.Put(t.Context(), &field.Field{Key: k, Grid: g, Values: values}))
	}
	check(t, w.Publish(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _ = h.source.Run(ctx) }()
	for h.get("/collections/long.t2m", "").Code != http.StatusOK {
		time.Sleep(10 * time.Millisecond)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get asks; query is written as it stands, but blanks.
func (h *house) get(path, query string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	r.URL.RawQuery = strings.ReplaceAll(query, " ", "+")
	h.handler.ServeHTTP(w, r)
	return w
}

// coverage is what tests look at of CoverageJSON.
type coverage struct {
	Type      string
	Coverages []coverage
	Title     map[string]string
	Run       any  `json:"isobar:run"`
	Member    *int `json:"isobar:member"`
	Domain    struct {
		DomainType string
		Axes       map[string]struct {
			Values      []any
			Start, Stop float64
			Num         int
		}
	}
	Parameters map[string]struct {
		Unit struct{ Symbol struct{ Value string } }
	}
	Ranges map[string]struct {
		Shape  []int
		Values []*float64
	}
}

// coverages asks for CoverageJSON and gives its coverages.
func (h *house) coverages(t testing.TB, path, query string) []coverage {
	t.Helper()
	w := h.get(path, query)
	var c coverage
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s?%s: %d, %v: %.400s", path, query, w.Code, err, w.Body)
	}
	if why := covjsontest.Check(t, w.Body.Bytes()); why != "" {
		t.Errorf("%s?%s: %s in %.2000s", path, query, why, w.Body)
	}
	if c.Type == "Coverage" {
		return []coverage{c}
	}
	return c.Coverages
}

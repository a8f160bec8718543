package watches_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/events"
	"isobar/feature"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/watches"
	"isobar/ogc/ogctest"
	"isobar/probe"
	"isobar/watch"
)

const base = "http://isobar.test"

// kept keeps definitions and does nothing with them.
type kept[T any] struct {
	all  map[string]T
	name func(*T) *string
}

func (k kept[T]) Create(_ context.Context, d T) (T, error) {
	if *k.name(&d) == "" {
		*k.name(&d) = "made"
	}
	if _, twice := k.all[*k.name(&d)]; twice {
		return d, fmt.Errorf("%q: %w", *k.name(&d), feature.ErrExists)
	}
	if *k.name(&d) == "wrong" {
		return d, &watch.MemberError{Member: "layers[0]", Reason: "there is no such layer"}
	}
	k.all[*k.name(&d)] = d
	return d, nil
}

func (k kept[T]) Replace(ctx context.Context, d T) (T, error) {
	if _, err := k.Get(ctx, *k.name(&d)); err != nil {
		return d, err
	}
	k.all[*k.name(&d)] = d
	return d, nil
}

func (k kept[T]) Get(_ context.Context, id string) (T, error) {
	d, ok := k.all[id]
	if !ok {
		return d, fmt.Errorf("%q: %w", id, feature.ErrNotFound)
	}
	return d, nil
}

func (k kept[T]) List(context.Context) (list []T, err error) {
	for _, id := range slices.Sorted(maps.Keys(k.all)) {
		list = append(list, k.all[id])
	}
	return list, nil
}

func (k kept[T]) Delete(ctx context.Context, id string) error {
	_, err := k.Get(ctx, id)
	delete(k.all, id)
	return err
}

type streams struct{ kept[watch.Stream] }

func (s streams) Series(ctx context.Context, id string, q feature.Query) (feature.Page, error) {
	d, err := s.Get(ctx, id)
	return feature.Page{Features: d.Features[:min(q.Limit, len(d.Features))], Matched: len(d.Features)}, err
}

type alerts struct{ kept[watch.Alert] }

func (a alerts) State(context.Context, string) (watch.State, error) {
	return watch.State{Active: true, Fired: 1}, nil
}

// house is the part over definitions in memory; who says "ok" may write.
func house(bus *events.Bus, authorize func(*http.Request) error) (*echo.Echo, streams, alerts) {
	s := streams{kept[watch.Stream]{map[string]watch.Stream{}, func(d *watch.Stream) *string { return &d.ID }}}
	a := alerts{kept[watch.Alert]{map[string]watch.Alert{}, func(d *watch.Alert) *string { return &d.ID }}}
	e := echo.New()
	e.HTTPErrorHandler = api.NoRoute
	api.New(ogctest.Hold, ogc.About{Title: "Test"}, http.NotFoundHandler(), func(*http.Request) string { return base }, slog.New(slog.DiscardHandler),
		watches.Part(watches.Rooms{Streams: s, Alerts: a, Bus: bus, Authorize: authorize, Features: []feature.Catalogue{towns{}}})).Register(e)
	return e, s, a
}

// towns is a catalogue of one collection, "towns".
type towns struct{ feature.Catalogue }

func (towns) Collection(_ context.Context, id string) (feature.Collection, error) {
	if id != "towns" {
		return nil, feature.ErrNotFound
	}
	return feature.NewStatic(feature.About{ID: id}, nil)
}

func ok(r *http.Request) error {
	if r.Header.Get("Authorization") != "Bearer ok" {
		return errors.New("who is it")
	}
	return nil
}

func ask(h http.Handler, method, path, body, token string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	h.ServeHTTP(w, r)
	return w
}

const points = `{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[10,50]},"properties":{}},{"type":"Feature","geometry":{"type":"Point","coordinates":[11,50]},"properties":{}}]}`

func TestStreamsAndAlertsAreManaged(t *testing.T) {
	e, s, a := house(events.NewBus(8, nil), ok)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/streams", `{"id":"one","title":"One","layers":["gfs.t"],"interpolation":"nearest","keep":48,"features":` + points + `}`, 201, `"id":"one"`},
		{"POST", "/streams", `{"id":"one","layers":["gfs.t"],"features":` + points + `}`, 409, `"parameter":"id"`},
		{"POST", "/streams", `{"id":"towns","layers":["gfs.t"],"features":` + points + `}`, 409, `"parameter":"id"`},
		{"POST", "/streams", `{"id":"wrong","layers":["x"],"features":` + points + `}`, 400, `"parameter":"layers[0]"`},
		{"POST", "/streams", `{"id":"two","lairs":["x"]}`, 400, `lairs`},
		{"POST", "/streams", `{"id":"two","layers":["x"],"interpolation":"cubic"}`, 400, `"parameter":"interpolation"`},
		{"POST", "/streams", `{"id":"two","layers":["x"],"features":"nope"}`, 400, `"parameter":"features"`},
		{"GET", "/streams", ``, 200, `"numberOfFeatures":2`},
		{"GET", "/streams/one", ``, 200, `"coordinates":[10,50]`},
		{"GET", "/streams/one/series?limit=1&bbox=0,0,20,60&datetime=2026-11-24T00:00:00Z/..", ``, 200, `"numberMatched":2,"numberReturned":1`},
		{"GET", "/streams/nope", ``, 404, `not found`},
		{"PUT", "/streams/one", `{"title":"Uno","layers":["gfs.t"],"features":` + points + `}`, 200, `"title":"Uno"`},
		{"PUT", "/streams/one", `{"id":"other","layers":["gfs.t"]}`, 400, `"parameter":"id"`},
		{"POST", "/alerts", `{"id":"storm","expression":"ws10 > 15","model":"gfs","features":` + points + `,"end":48,"for":3,"webhooks":[{"url":"https://hooks.example.org/","secret":"s3cret"}]}`, 201, `"url":"https://hooks.example.org/"`},
		{"POST", "/alerts", `{"expression":"ws10 > 15","model":"gfs","area":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`, 201, `"area":{"type":"Polygon"`},
		{"GET", "/alerts", ``, 200, `"fired":1`},
		{"GET", "/alerts/storm", ``, 200, `"for":3`},
		{"PUT", "/alerts/storm", `{"expression":"ws10 > 20","features":` + points + `}`, 200, `"expression":"ws10 > 20"`},
		{"DELETE", "/alerts/made", ``, 204, ``},
		{"DELETE", "/alerts/made", ``, 404, `not found`},
		{"DELETE", "/streams/one", ``, 204, ``},
	} {
		if c.method != "GET" {
			if w := ask(e, c.method, c.path, c.body, "guess"); w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s without a token: %d", c.method, c.path, w.Code)
			}
		}
		w := ask(e, c.method, c.path, c.body, "ok")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "s3cret") {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, w.Code, w.Body, c.status, c.want)
		}
		if one, there := s.all["one"]; c.path == "/streams" && c.status == 201 && (!there || one.Space != probe.Nearest || one.Keep != 48*time.Hour || one.Features[1].ID != "2") {
			t.Errorf("kept %+v", one)
		}
		if storm, there := a.all["storm"]; c.path == "/alerts/storm" && c.method == "GET" && (!there || storm.End != 48*time.Hour || storm.For != 3*time.Hour || storm.Webhooks[0].Secret != "s3cret") {
			t.Errorf("kept %+v", storm)
		}
	}
}

func TestStrangersDoNotSeeWhoIsTold(t *testing.T) {
	e, _, a := house(events.NewBus(8, nil), ok)
	a.all["storm"] = watch.Alert{ID: "storm", Expression: "x > 1", Webhooks: []watch.Webhook{{URL: "https://hooks.example.org/", Secret: "s3cret"}}}
	for _, path := range []string{"/alerts", "/alerts/storm", "/alerts?f=html"} {
		if w := ask(e, "GET", path, "", ""); w.Code != 200 || strings.Contains(w.Body.String(), "hooks") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestNobodyWritesWhereNoTokenIsKnown(t *testing.T) {
	e, _, _ := house(events.NewBus(8, nil), nil)
	if w := ask(e, "POST", "/alerts", `{}`, "ok"); w.Code != 403 || !strings.Contains(w.Body.String(), "auth.tokens") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEventsAreToldAsTheyHappen(t *testing.T) {
	bus := events.NewBus(8, nil)
	e, _, _ := house(bus, nil)
	server := httptest.NewServer(e)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/events?type="+events.StepPublished+"&source=/collections/gfs", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Scan() // hello: it listens
	bus.Publish(events.Event{Type: events.JobChanged, Source: "/jobs/1"})
	bus.Publish(events.Event{Type: events.StepPublished, Source: "/collections/icon"})
	bus.Publish(events.Event{Type: events.StepPublished, Source: "/collections/gfs", Subject: "x"})
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var got events.Event
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Source != "/collections/gfs" || got.Subject != "x" {
			t.Errorf("first heard %s, %v", text, err)
		}
		return
	}
	t.Errorf("nothing was heard: %v", lines.Err())
}

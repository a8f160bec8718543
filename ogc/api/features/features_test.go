package features_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-spatial/geom"
	"github.com/labstack/echo/v4"

	"isobar/feature"
	"isobar/field"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/features"
	"isobar/ogc/ogctest"
	"isobar/places/kept"
	"isobar/records/recordstest"
)

const base = "http://isobar.test"

// catalogue is a fixed one.
type catalogue []*feature.Static

func (c catalogue) Collections(context.Context) (all []feature.Collection, err error) {
	for _, s := range c {
		all = append(all, s)
	}
	return all, nil
}

func (c catalogue) Collection(ctx context.Context, id string) (feature.Collection, error) {
	for _, s := range c {
		if a, _ := s.About(ctx); a.ID == id {
			return s, nil
		}
	}
	return nil, feature.ErrNotFound
}

// stations are on the equator, one each degree; the last one is an area.
func stations(t testing.TB, n int) *feature.Static {
	t.Helper()
	all := make([]feature.Feature, n)
	for i := range all {
		at := field.Time(1795478400 + i*3600)
		all[i] = feature.Feature{
			ID: fmt.Sprint("s", i), Geometry: geom.Point{float64(i%360) - 180, float64(i / 360)}, Time: &feature.Interval{Start: at, End: at},
			Properties: []feature.Property{{Name: "name", Value: fmt.Sprint("Station ", i)}, {Name: "t2m", Value: float32(280.1) + float32(i)}, {Name: "even", Value: i%2 == 0}, {Name: "tags", Value: []any{"a"}}},
		}
	}
	s, err := feature.NewStatic(feature.About{ID: "stations", Title: "Stations", License: "https://example.org/licence"}, all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type server struct {
	*echo.Echo
	kept *kept.Catalogue
}

func serve(t testing.TB, n int, guard func(*http.Request) error) server {
	t.Helper()
	store := kept.New(recordstest.New())
	e := echo.New()
	e.HTTPErrorHandler = api.NoRoute
	area, err := feature.NewStatic(feature.About{ID: "areas"}, []feature.Feature{{ID: "a/1", Geometry: geom.Polygon{{{5, 45}, {15, 45}, {15, 55}, {5, 55}}}}})
	if err != nil {
		t.Fatal(err)
	}
	api.New(ogctest.Hold, ogc.About{Title: "Test"}, http.NotFoundHandler(), func(*http.Request) string { return base }, slog.New(slog.DiscardHandler),
		features.Part([]feature.Catalogue{catalogue{stations(t, n), area}, store}, features.Options{Authorize: guard})).Register(e)
	return server{e, store}
}

func (s server) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	s.ServeHTTP(w, r)
	return w
}

// page is a FeatureCollection as clients see it.
type page struct {
	Type           string
	TimeStamp      time.Time
	NumberMatched  int
	NumberReturned int
	Links          []api.Link
	Features       []struct {
		ID         any
		Geometry   *struct{ Coordinates json.RawMessage }
		Properties map[string]any
	}
}

func (s server) page(t *testing.T, path string) (p page) {
	t.Helper()
	w := s.ask("GET", path, "")
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 200 || w.Header().Get("Content-Type") != "application/geo+json" {
		t.Errorf("%s: %d %s, %v: %.200s", path, w.Code, w.Header().Get("Content-Type"), err, w.Body)
	}
	return p
}

func TestItemsAreAskedFor(t *testing.T) {
	s := serve(t, 100, nil)
	const items = "/collections/stations/items"
	for _, c := range []struct {
		query             string
		matched, returned int
		first             string
	}{
		{"", 100, 100, "s0"}, {"limit=10", 100, 10, "s0"}, {"limit=10&offset=95", 100, 5, "s95"}, {"limit=1000000", 100, 100, "s0"}, {"offset=1000", 100, 0, ""},
		{"bbox=-180,-1,-171,1", 10, 10, "s0"}, {"bbox=-180,-1,0,-171,1,9", 10, 10, "s0"}, {"bbox=170,-1,-178,1", 3, 3, "s0"},
		{"bbox=-1,-180,1,-171&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", 10, 10, "s0"}, {"bbox=-20037509,-100,-19035600,100&bbox-crs=[EPSG:3857]", 10, 10, "s0"},
		{"datetime=2026-11-24T05:00:00Z", 1, 1, "s5"}, {"datetime=2026-11-24T22:00:00Z/..", 78, 78, "s22"}, {"datetime=/2026-11-24T01:00:00Z", 2, 2, "s0"}, {"datetime=2026-11-24", 24, 24, "s0"},
		{"datetime=2030-01-01T00:00:00Z", 0, 0, ""},
		{"filter=t2m%3E375", 5, 5, "s95"}, {"filter=name%20LIKE%20'%259'&filter-lang=cql2-text", 10, 10, "s9"}, {`filter={"op":"=","args":[{"property":"even"},false]}&filter-lang=cql2-json`, 50, 50, "s1"},
		{"filter=S_INTERSECTS(geometry,BBOX(-1,-180,1,-171))&filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326", 10, 10, "s0"},
		{"name=Station%207", 1, 1, "s7"}, {"even=true&limit=1", 50, 1, "s0"}, {"T2M=287.1", 1, 1, "s7"}, {"name=it's", 0, 0, ""},
		{"sortby=-t2m&limit=2", 100, 2, "s99"}, {"sortby=even,-name&limit=1", 100, 1, "s99"}, {"sortby=%2Bid&limit=1&offset=1", 100, 1, "s1"},
		{"bbox=-180,-1,-171,1&filter=even&datetime=2026-11-24T04:00:00Z/..&name=Station%206", 1, 1, "s6"},
	} {
		p := s.page(t, items+"?"+c.query)
		if p.Type != "FeatureCollection" || p.NumberMatched != c.matched || p.NumberReturned != c.returned || len(p.Features) != c.returned || c.returned > 0 && p.Features[0].ID != c.first || p.TimeStamp.IsZero() {
			t.Errorf("%s: %d of %d, first %+v; want %d of %d, first %s", c.query, p.NumberReturned, p.NumberMatched, p.Features[:min(1, len(p.Features))], c.returned, c.matched, c.first)
		}
	}
	p := s.page(t, items+"?limit=1&offset=7&properties=t2m&skipGeometry=true")
	if f := p.Features[0]; f.Geometry != nil || len(f.Properties) != 1 || f.Properties["t2m"] != 287.1 {
		t.Errorf("a part of a feature is %+v", f)
	}
	if p := s.page(t, "/collections/areas/items?bbox=14,54,20,60"); p.NumberMatched != 1 {
		t.Errorf("an area is in %d boxes", p.NumberMatched)
	}
}

func TestPagesAreLinked(t *testing.T) {
	s := serve(t, 25, nil)
	next, seen := "/collections/stations/items?limit=10&filter=t2m%3E0", 0
	for pages := 0; next != "" && pages < 10; pages++ {
		p := s.page(t, next)
		seen += len(p.Features)
		next = ""
		rels := map[string]string{}
		for _, l := range p.Links {
			rels[l.Rel] = l.Href
			if !strings.HasPrefix(l.Href, base+"/collections/stations") || l.Type == "" {
				t.Errorf("link %+v", l)
			}
		}
		if rels["self"] == "" || rels["alternate"] == "" || rels["collection"] == "" || (rels["prev"] == "") != (pages == 0) {
			t.Errorf("page %d has links %v", pages, rels)
		}
		next = strings.TrimPrefix(rels["next"], base)
	}
	if seen != 25 {
		t.Errorf("%d features on all pages", seen)
	}
}

func TestSystemsAreToldAndCoordinatesFollow(t *testing.T) {
	s := serve(t, 3, nil)
	for _, c := range []struct{ path, crs, want string }{
		{"/collections/stations/items/s1", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "[-179,0]"},
		{"/collections/stations/items/s1?crs=http://www.opengis.net/def/crs/EPSG/0/4326", "http://www.opengis.net/def/crs/EPSG/0/4326", "[0,-179]"},
		{"/collections/stations/items/s1?crs=[EPSG:3857]", "http://www.opengis.net/def/crs/EPSG/0/3857", "[-19926188.852,0]"},
		{"/collections/areas/items/a%2F1?crs=http://www.opengis.net/def/crs/EPSG/0/3035", "http://www.opengis.net/def/crs/EPSG/0/3035", "[[[2435760"},
	} {
		w := s.ask("GET", c.path, "")
		var f struct {
			ID       string
			Geometry struct{ Coordinates json.RawMessage }
			Links    []api.Link
		}
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Header().Get("Content-Crs") != "<"+c.crs+">" || len(f.Links) != 3 {
			t.Errorf("%s: %d in %s, %v: %s", c.path, w.Code, w.Header().Get("Content-Crs"), err, w.Body)
		}
		if got := string(f.Geometry.Coordinates); !strings.HasPrefix(got, c.want) && c.want != "[[[2435760" {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

func TestWhatHasNoImageHasNoGeometry(t *testing.T) {
	s := serve(t, 3, nil)
	if err := s.kept.Create(context.Background(), feature.About{ID: "pole"}, []feature.Feature{{ID: "n", Geometry: geom.Point{0, 90}}}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if p := s.page(t, "/collections/pole/items?crs=[EPSG:3857]"); p.Features[0].Geometry != nil {
		t.Errorf("the pole is at %s of a Mercator map", p.Features[0].Geometry.Coordinates)
	}
}

func TestProblemsNameTheirParameter(t *testing.T) {
	s := serve(t, 3, nil)
	for _, c := range []struct {
		path      string
		status    int
		parameter string
	}{
		{"/collections/stations/items?limit=unlimited", 400, "limit"}, {"/collections/stations/items?limit=0", 400, "limit"}, {"/collections/stations/items?offset=-1", 400, "offset"},
		{"/collections/stations/items?bbox=1,2,3", 400, "bbox"}, {"/collections/stations/items?datetime=soon", 400, "datetime"}, {"/collections/stations/items?datetime=2027/2026", 400, "datetime"},
		{"/collections/stations/items?crs=EPSG:1", 400, "crs"}, {"/collections/stations/items?crs=EPSG:3035", 400, "crs"}, {"/collections/stations/items?bbox-crs=x&bbox=1,2,3,4", 400, "bbox-crs"},
		{"/collections/stations/items?filter=height%3E1", 400, "filter"}, {"/collections/stations/items?filter-lang=sql&filter=1", 400, "filter-lang"}, {"/collections/stations/items?filter-crs=x", 400, "filter-crs"},
		{"/collections/stations/items?sortby=height", 400, "sortby"}, {"/collections/stations/items?properties=height", 400, "properties"}, {"/collections/stations/items?skipGeometry=no", 400, "skipGeometry"},
		{"/collections/stations/items?height=1", 400, "height"}, {"/collections/stations/items?t2m=warm", 400, "t2m"}, {"/collections/stations/items?even=maybe", 400, "even"}, {"/collections/stations/items?f=xml", 400, "f"},
		{"/collections/nope/items", 404, "collectionId"}, {"/collections/gfs.t/items", 404, "collectionId"}, {"/collections/nope/items?height=1", 404, "collectionId"}, {"/collections/stations/items/nope", 404, "featureId"},
		{"/collections/stations/items/s1?limit=1", 400, "limit"}, {"/collections/nope/queryables", 404, "collectionId"},
	} {
		w := s.ask("GET", c.path, "")
		var p struct{ Detail, Parameter string }
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || p.Parameter != c.parameter && c.path != "/collections/nope/items?height=1" {
			t.Errorf("%s: %d %+v, want %d of %s", c.path, w.Code, p, c.status, c.parameter)
		}
	}
}

func TestCollectionsStandBesideLayers(t *testing.T) {
	s := serve(t, 3, nil)
	var list struct{ Collections []api.CollectionInfo }
	if err := json.Unmarshal(s.ask("GET", "/collections", "").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, c := range list.Collections {
		kinds[c.ID] = c.ItemType
		var one api.CollectionInfo
		if err := json.Unmarshal(s.ask("GET", "/collections/"+strings.ReplaceAll(strings.ReplaceAll(c.ID, "<", "%3C"), ">", "%3E"), "").Body.Bytes(), &one); err != nil || one.ID != c.ID || fmt.Sprint(one.Extent.Spatial) != fmt.Sprint(c.Extent.Spatial) {
			t.Errorf("%s alone is %+v, %v", c.ID, one, err)
		}
		if c.ItemType == "feature" && (c.CRS[0] != c.StorageCRS || c.Links[0].Rel != "self" || c.Links[2].Rel != "items") {
			t.Errorf("%+v", c)
		}
	}
	if kinds["stations"] != "feature" || kinds["areas"] != "feature" || kinds["gfs.t"] != "coverage" {
		t.Errorf("collections are %v", kinds)
	}
	before := s.ask("GET", "/collections", "").Header().Get("ETag")
	if err := s.kept.Create(context.Background(), feature.About{ID: "new"}, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if w := s.ask("GET", "/collections", "", "If-None-Match", before); w.Code != 200 || !strings.Contains(w.Body.String(), `"new"`) {
		t.Errorf("a new collection is not in the list: %d", w.Code)
	}
}

func TestOtherForms(t *testing.T) {
	s := serve(t, 3, nil)
	for _, c := range []struct{ path, accept, mediaType, want string }{
		{"/collections/stations/items?f=csv&limit=1&offset=1&properties=name,t2m", "", "text/csv", "id,start,end,lon,lat,name,t2m\r\ns1,2026-11-24T01:00:00Z,2026-11-24T01:00:00Z,-179,0,Station 1,281.1\r\n"},
		{"/collections/areas/items?crs=EPSG:4326", "text/csv", "text/csv", "id,geometry\r\na/1,\"POLYGON((45 5,45 15,55 15,55 5,45 5))\"\r\n"},
		{"/collections/stations/items?limit=1", "text/html", "text/html", "Features 1 to 1 of 3"}, {"/collections/stations/items/s1?f=html", "", "text/html", "POINT(-179 0)"},
		{"/collections/stations/items?limit=1", "application/json", "application/json", `"FeatureCollection"`},
		{"/collections/stations/queryables", "", "application/schema+json", `"t2m":{"type":"number"`}, {"/collections/stations/schema?f=html", "", "text/html", "Schema of Stations"},
		{"/collections/stations/sortables?f=json", "", "application/schema+json", `"name"`}, {"/functions", "", "application/json", `"distance"`},
	} {
		w := s.ask("GET", c.path, "", "Accept", c.accept)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), c.mediaType) || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s as %s: %d %s: %.300s", c.path, c.accept, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	one := s.ask("GET", "/collections/stations/items/s1", "")
	if w := s.ask("GET", "/collections/stations/items/s1", "", "If-None-Match", one.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("the same feature again: %d", w.Code)
	}
}

const point = `{"type":"Feature","id":"x","geometry":{"type":"Point","coordinates":[7,50]},"properties":{"b":1,"a":{"k":1,"l":2}}}`

func TestFeaturesAreChangedBehindAGuard(t *testing.T) {
	guard := func(r *http.Request) error {
		if r.Header.Get("Authorization") != "Bearer key" {
			return errors.New("who?")
		}
		return nil
	}
	s := serve(t, 3, guard)
	if err := s.kept.Create(context.Background(), feature.About{ID: "mine"}, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	etag := ""
	const mine, x, geojson = "/collections/mine/items", "/collections/mine/items/x", "application/geo+json"
	for _, c := range []struct {
		method, path, body, mediaType string
		headers                       []string
		status                        int
	}{
		{"POST", mine, point, geojson, []string{"Authorization", "Bearer other"}, 401},
		{"POST", "/collections/stations/items", point, geojson, nil, 405},
		{"POST", "/collections/nope/items", point, geojson, nil, 404},
		{"POST", mine, point, "text/plain", nil, 415},
		{"POST", mine, `{"type":"Feature","geometry":{"type":"Point","coordinates":[7]}}`, geojson, nil, 400},
		{"POST", mine, point, geojson, []string{"Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/3857>"}, 400},
		{"POST", mine, point, geojson, nil, 201},
		{"POST", mine, point, geojson, nil, 409},
		{"PUT", x, strings.Replace(point, `"b":1`, `"b":2`, 1), geojson, []string{"If-Match", `W/"0"`}, 412},
		{"PUT", x, strings.Replace(point, `"x"`, `"y"`, 1), geojson, nil, 400},
		{"PUT", x, strings.Replace(point, `"b":1`, `"b":2`, 1), geojson, []string{"If-Match", "etag"}, 204},
		{"PUT", "/collections/mine/items/nope", strings.Replace(point, `"x"`, `"nope"`, 1), geojson, nil, 404},
		{"PATCH", x, `{"properties":{"a":{"k":null,"m":[1]},"b":null,"c":"new"}}`, "application/merge-patch+json", []string{"If-Match", "*"}, 204},
		{"PATCH", x, `{"geometry":{"type":"Circle"}}`, geojson, nil, 400},
		{"PATCH", x, `null`, geojson, nil, 400}, {"PATCH", x, `[`, geojson, nil, 400}, {"PATCH", x, `{"id":"z"}`, geojson, nil, 400},
	} {
		headers := append([]string{"Authorization", "Bearer key", "Content-Type", c.mediaType}, c.headers...)
		for i := range headers {
			if headers[i] == "etag" {
				headers[i] = etag
			}
		}
		w := s.ask(c.method, c.path, c.body, headers...)
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, w.Code, c.status, w.Body)
		}
		if c.status == 201 && w.Header().Get("Location") != base+x {
			t.Errorf("created at %q", w.Header().Get("Location"))
		}
		if c.status < 300 {
			etag = s.ask("GET", x, "").Header().Get("ETag")
		}
	}
	if got := s.ask("GET", x, "").Body.String(); !strings.Contains(got, `"properties":{"a":{"l":2,"m":[1]},"c":"new"}`) {
		t.Errorf("after all changes: %s", got)
	}
	if w := s.ask("OPTIONS", x, ""); w.Code != 204 || !strings.Contains(w.Header().Get("Allow"), "PATCH") {
		t.Errorf("OPTIONS: %d, %s", w.Code, w.Header().Get("Allow"))
	}
	if w := s.ask("DELETE", x, "", "Authorization", "Bearer key"); w.Code != 204 {
		t.Errorf("DELETE: %d", w.Code)
	}
	if w := s.ask("GET", x, ""); w.Code != 404 {
		t.Errorf("after DELETE: %d", w.Code)
	}
	if w := serve(t, 3, nil).ask("POST", "/collections/stations/items", point, "Content-Type", geojson); w.Code != 403 {
		t.Errorf("without a guard: %d", w.Code)
	}
	open := s.ask("GET", "/conformance", "").Body.String()
	closed := serve(t, 3, nil).ask("GET", "/conformance", "").Body.String()
	if !strings.Contains(open, "features-4/") || strings.Contains(closed, "features-4/") {
		t.Error("Part 4 is declared where nothing may be changed, or not where it may")
	}
}

func BenchmarkSorted10000(b *testing.B) {
	s := serve(b, 10_000, nil)
	for b.Loop() {
		s.ask("GET", "/collections/stations/items?limit=10&sortby=-t2m,name", "")
	}
}

func BenchmarkItems10000(b *testing.B) {
	s := serve(b, 10_000, nil)
	b.ReportAllocs()
	for b.Loop() {
		w := s.ask("GET", "/collections/stations/items?limit=10000", "")
		b.SetBytes(int64(w.Body.Len()))
	}
}

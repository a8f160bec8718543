package coverages_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/api/coverages"
	"isobar/ogc/ogctest"
)

// ask sends a request to the API over numbers.
func ask(n *ogctest.Numbers, method, path, query string) *httptest.ResponseRecorder {
	e := echo.New()
	e.HTTPErrorHandler = api.NoRoute
	sets, err := tilematrix.Load(tilematrix.Rows())
	if err != nil {
		panic(err)
	}
	api.New(n.Hold, ogc.About{Title: "Test"}, http.NotFoundHandler(), func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler), coverages.Part(n, n.Hold, sets)).Register(e)
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, nil)
	r.URL.RawQuery = query
	e.ServeHTTP(w, r)
	return w
}

const path = "/collections/test.t/coverage"

func TestRequestsMeanTheirCells(t *testing.T) {
	for _, c := range []struct {
		query         string
		width, height int
		bands         int
		box           string // Content-Bbox; "": not looked at
	}{
		{"", 24, 13, 1, "-187.5,-97.5,172.5,97.5"},
		{"bbox=0,0,30,15", 3, 2, 1, "-7.5,-7.5,37.5,22.5"},
		{"subset=Lon(0:30),Lat(0:15)", 3, 2, 1, ""},
		{"subset=Lat(0:15)&subset=lon(0:30)", 3, 2, 1, ""},
		{"subset=Lat(0:*)", 24, 7, 1, ""},
		{"subset=Lat(0),Lon(0)", 1, 1, 1, ""},
		{"bbox=170,0,-170,15", 1, 2, 1, ""},
		{"datetime=../..", 24, 13, 3, ""},
		{"subset=time(%222026-11-24T03:00:00Z%22:%222026-11-24T06:00:00Z%22)", 24, 13, 2, ""},
		{"subset=elevation(40000:90000)", 24, 13, 2, ""},
		{"subset=elevation(50000)", 24, 13, 1, ""},
		{"subset=elevation(*:60000)", 24, 13, 1, ""},
		{"subset=elevation(*:*),member(*)", 24, 13, 2, ""},
		{"width=48", 48, 13, 1, ""},
		{"width=10&height=5", 10, 5, 1, ""},
		{"resolution=Lon(30),Lat(15)", 12, 13, 1, ""},
		{"scale-factor=2", 12, 7, 1, ""},
		{"scaleAxes=Lon(2)", 12, 13, 1, ""},
		{"scaleSize=Lon(10),Lat(5)", 10, 5, 1, ""},
		{"scale-size=Lat(5)", 24, 5, 1, ""},
		{"crs=[EPSG:3857]&width=64&height=32", 64, 32, 1, ""},
		{"properties=t", 24, 13, 1, ""},
		{"f=geotiff", 24, 13, 1, ""},
	} {
		n := ogctest.NewNumbers()
		w := ask(n, http.MethodGet, path, c.query)
		if w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", c.query, w.Code, w.Body)
			continue
		}
		source, _, err := n.Describe(t.Context(), n.Asked)
		if err != nil {
			t.Fatal(err)
		}
		if source.Width() != c.width || source.Height() != c.height || source.Bands() != c.bands {
			t.Errorf("%s: got %d x %d cells, %d fields, want %+v", c.query, source.Width(), source.Height(), source.Bands(), c)
		}
		if got := w.Header().Get("Content-Bbox"); c.box != "" && got != c.box {
			t.Errorf("%s: got box %s, want %s", c.query, got, c.box)
		}
		if got := w.Header().Get("Content-Type"); got != "image/tiff; application=geotiff" {
			t.Errorf("%s: got type %s", c.query, got)
		}
	}
}

func TestAModelIsACoverageOfAllItsElements(t *testing.T) {
	for _, c := range []struct {
		query string
		want  string // layers
	}{
		{"", "test.t test.u test.v"},
		{"properties=v,test.t", "test.v test.t"},
		{"properties=*", "test.t test.u test.v"},
		{"exclude-properties=u", "test.t test.v"},
		{"properties=u,v&bbox=0,0,30,15&datetime=2026-11-24T03:00:00Z", "test.u test.v"},
	} {
		n := ogctest.NewNumbers()
		w := ask(n, http.MethodGet, "/collections/test/coverage", c.query)
		if got := strings.Join(n.Asked.Layers, " "); w.Code != http.StatusOK || got != c.want {
			t.Errorf("%s: got %d, layers %s, want %s", c.query, w.Code, got, c.want)
		}
	}
	w := ask(ogctest.NewNumbers(), http.MethodGet, "/collections", "")
	var doc struct {
		Collections []struct {
			ID, DataType string
			Links        []api.Link
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || len(doc.Collections) != 4 || doc.Collections[3].ID != "test" || doc.Collections[3].DataType != "coverage" {
		t.Errorf("the list of collections: got %v, %s", err, w.Body)
	}
}

func TestTilesAreExactlyTheirBox(t *testing.T) {
	const tiles = "/collections/test.t/coverage/tiles"
	for _, c := range []struct {
		path, query string
		status      int
		box, crs    string
		cells       int
	}{
		{tiles + "/WebMercatorQuad/0/0/0", "", 200, "-20037508.342789244,-20037508.342789244,20037508.342789244,20037508.342789244", "<http://www.opengis.net/def/crs/EPSG/0/3857>", 1 << 16},
		{tiles + "/WorldCRS84Quad/1/0/1", "datetime=2026-11-24T03:00:00Z&subset=elevation(50000)&f=geotiff", 200, "-90,0,0,90", "", 1 << 16},
		{"/collections/test/coverage/tiles/WorldCRS84Quad/1/1/2", "properties=u,t", 200, "0,-90,90,0", "", 2 << 16},
		{tiles + "/WebMercatorQuad/0/0/1", "", 404, "", "", 0},
		{tiles + "/WebMercatorQuad/77/0/0", "", 404, "", "", 0},
		{tiles + "/Nope/0/0/0", "", 404, "", "", 0},
		{tiles + "/WebMercatorQuad/0/0/0", "subset=Lat(0:10)", 400, "", "", 0},
		{tiles + "/WebMercatorQuad/0/0/0", "bbox=0,0,1,1", 400, "", "", 0},
		{tiles + "/WebMercatorQuad/0/0/0", "f=zarr", 400, "", "", 0},
	} {
		n := ogctest.NewNumbers()
		w := ask(n, http.MethodGet, c.path, c.query)
		if w.Code != c.status || w.Header().Get("Content-Bbox") != c.box || w.Header().Get("Content-Crs") != c.crs || c.cells > 0 && w.Body.Len() != c.cells {
			t.Errorf("%s?%s: got %d, %d bytes, %v, want %+v", c.path, c.query, w.Code, w.Body.Len(), w.Header(), c)
		}
	}
}

func TestFaultsNameTheirParameter(t *testing.T) {
	for _, c := range []struct {
		query, parameter string
		status           int
	}{
		{"bbox=0,0,1,1&subset=Lat(1:2)", "subset", 400},
		{"subset=foo(1:2)", "subset", 400},
		{"subset=Lat(2:1)", "subset", 400},
		{"subset=Lat(a:b)", "subset", 400},
		{"bbox=1,2,3", "bbox", 400},
		{"crs=EPSG:1", "crs", 400},
		{"subset-crs=EPSG:1&subset=Lat(1:2)", "subset-crs", 400},
		{"width=0", "width", 400},
		{"width=10&scale-factor=2", "scale-factor", 400},
		{"scale-factor=0", "scale-factor", 400},
		{"scale-size=foo(1)", "scale-size", 400},
		{"scale-size=Lon(1),Lon(2)", "scale-size", 400},
		{"scale-axes=Lon", "scale-axes", 400},
		{"resolution=Lon(0.0001)", "resolution", 400},
		{"properties=x", "properties", 400},
		{"exclude-properties=t", "exclude-properties", 400},
		{"exclude-properties=x", "exclude-properties", 400},
		{"interpolation=magic", "interpolation", 400},
		{"f=nope", "f", 400},
		{"nope=1", "nope", 400},
	} {
		w := ask(ogctest.NewNumbers(), http.MethodGet, path, c.query)
		if w.Code != c.status || !strings.Contains(w.Body.String(), `"parameter":"`+c.parameter+`"`) {
			t.Errorf("%s: got %d %s, want %d for %s", c.query, w.Code, w.Body, c.status, c.parameter)
		}
	}
	if w := ask(ogctest.NewNumbers(), http.MethodGet, "/collections/nope/coverage", ""); w.Code != http.StatusNotFound {
		t.Errorf("an unknown collection: got %d", w.Code)
	}
	if w := ask(ogctest.NewNumbers(), http.MethodGet, path, "subset=Lat(200:300)"); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("a box outside: got %d %s, want 204", w.Code, w.Body)
	}
}

func TestErrorsFromBelowKeepTheirMeaning(t *testing.T) {
	n := ogctest.NewNumbers()
	n.Err = &answer.BudgetError{Cells: 9, MaxCells: 1}
	if w := ask(n, http.MethodGet, path, ""); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "9 values") {
		t.Errorf("too large: got %d %s", w.Code, w.Body)
	}
	n.Err = errors.New("secret")
	if w := ask(n, http.MethodGet, path, ""); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("internal: got %d %s", w.Code, w.Body)
	}
	if w := ask(ogctest.NewNumbers(), http.MethodGet, path, "f=netcdf"); w.Code != http.StatusInternalServerError || w.Header().Get("Content-Bbox") != "" {
		t.Errorf("an encoder that fails at once: got %d %v", w.Code, w.Header())
	}
}

func TestHEADTellsTheSize(t *testing.T) {
	w := ask(ogctest.NewNumbers(), http.MethodHead, path, "bbox=0,0,30,15")
	if w.Code != http.StatusOK || w.Header().Get("Content-Length") != "6" || w.Body.Len() > 0 {
		t.Errorf("got %d, %v, %d bytes", w.Code, w.Header(), w.Body.Len())
	}
}

func TestDocumentsSayWhatClientsLookFor(t *testing.T) {
	for at, wants := range map[string][]string{
		"/collections/test.t":                  {`"type":"image/tiff; application=geotiff"`, "http://isobar.test/collections/test.t/coverage", "coverage-domainset", "ogc/1.0/schema"},
		path + "/domainset":                    {`"axisLabel":"Lon","lowerBound":-187.5,"upperBound":172.5`, `"upperBound":23`, "CRS84"},
		path + "/rangetype":                    {`"name":"t"`, `"code":"K"`, "standard_name/air_temperature"},
		"/collections/test.t/schema":           {`"x-ogc-unit":"K"`, `"x-ogc-propertySeq":1`, "elevation"},
		"/collections/test":                    {"http://isobar.test/collections/test/coverage", `"rel":"item"`, "http://isobar.test/collections/test.u"},
		"/collections/test/coverage/rangetype": {`"name":"t"`, `"name":"u"`, `"name":"v"`},
		"/collections/test/coverage/domainset": {`"upperBound":23`},
		"/collections/test/schema":             {`"x-ogc-propertySeq":3`},
		path + "/tiles":                        {`"dataType":"coverage"`, "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", `"minTileRow":0`},
		path + "/tiles/WebMercatorQuad":        {"/coverage/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?f=geotiff", `"rel":"item"`, "tiling-scheme"},
		"/conformance":                         {"ogcapi-coverages-1/1.0/conf/core"},
		"/api":                                 {"collection.getCoverage", "scale-size"},
	} {
		w := ask(ogctest.NewNumbers(), http.MethodGet, at, "")
		if !json.Valid(w.Body.Bytes()) || w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", at, w.Code, w.Body)
		}
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %s is not in %s", at, want, w.Body)
			}
		}
	}
}

package edr_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"isobar/probe"
)

const (
	t2m = "/collections/m.t2m"
)

func TestDomainsFollowFromTheQuestion(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct {
		path, query string
		kind        string
		coverages   int
		values      int // of the first parameter, in all
	}{
		{"/collections/m.t2m/position", "coords=POINT(10 50)", "PointSeries", 1, 11},
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z", "Point", 1, 1},
		{"/collections/m.t2m/position", "coords=MULTIPOINT((10 50),(20 40))&datetime=2026-11-24T06:00:00Z", "Point", 2, 2},
		{"/collections/m.t2m/position", "coords=MULTIPOINT(10 50,20 40)&datetime=2026-11-24T06:00:00Z/..", "PointSeries", 2, 18},
		{"/collections/m.t/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z", "VerticalProfile", 1, 3},
		{"/collections/m.t/position", "coords=POINT(10 50)", "VerticalProfile", 11, 33},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=85000", "PointSeries", 1, 11},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=50000/70000&datetime=../2026-11-24T03:00:00Z", "VerticalProfile", 2, 4},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=R2/50000/20000&datetime=2026-11-24", "VerticalProfile", 8, 16},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=../60000&datetime=R3/2026-11-24T00:00:00Z/PT3H", "PointSeries", 1, 3},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=50000,85000&datetime=2026-11-24T00:00:00Z,2026-11-24T12:00:00Z", "VerticalProfile", 2, 4},
		{"/collections/ens.t2m/position", "coords=POINT(10 50)", "Point", 3, 3},
		{"/collections/ens.t2m/position", "coords=POINT(10 50)&member=0/1", "Point", 2, 2},
		{"/collections/m.t/position", "coords=POINTZ(10 50 84000)&datetime=2026-11-24T06:00:00Z", "Point", 1, 1},
		{"/collections/m/position", "coords=POINT Z (10 50 84000)&datetime=2026-11-24T06:00:00Z&parameter-name=t,t2m", "Point", 2, 2},
		{"/collections/m.t/position", "coords=MULTIPOINT Z ((10 50 84000),(20 50 51000),(30 50 84000))&datetime=2026-11-24T06:00:00Z", "Point", 3, 3},
		{"/collections/m.t2m/instances/2026-11-24T00:00:00Z/position", "coords=POINT(10 50)", "PointSeries", 1, 9},
		{"/collections/m.t2m/instances/20261124T0600Z/position", "coords=POINT(10 50)", "PointSeries", 1, 9},
		{"/collections/m.t2m/position", "coords=POINT(10 50)&reference_time=2026-11-24T00:00:00Z", "PointSeries", 1, 9},
		{"/collections/m.t2m/area", "coords=POLYGON((0 0,31 0,31 21,0 21,0 0))&datetime=2026-11-24T06:00:00Z", "Grid", 1, 12},
		{"/collections/m.t/area", "coords=MULTIPOLYGON(((0 0,11 0,11 11,0 11,0 0)),((20 0,31 0,31 11,20 11,20 0)))&datetime=2026-11-24T06:00:00Z&z=85000", "Grid", 1, 8},
		{"/collections/m.t2m/radius", "coords=POINT(0 0)&within=1200&within-units=km&datetime=2026-11-24T06:00:00Z", "Grid", 1, 5},
		{"/collections/m.t/cube", "bbox=0,0,20,10&z=50000/70000&datetime=2026-11-24T06:00:00Z,2026-11-24T09:00:00Z", "Grid", 1, 24},
		{"/collections/m.t/cube", "bbox=0,0,60000,20,10,90000&datetime=2026-11-24T06:00:00Z", "Grid", 1, 12},
		{"/collections/m.t2m/cube", "bbox=170,0,-170,10&datetime=2026-11-24T06:00:00Z", "Grid", 1, 6},
		{"/collections/m.t2m/trajectory", "coords=LINESTRING(0 0,40 0)&datetime=2026-11-24T06:00:00Z", "Trajectory", 1, 5},
		{"/collections/m.t2m/trajectory", "coords=MULTILINESTRING((0 0,10 0),(40 0,50 0))&datetime=2026-11-24T06:00:00Z", "Trajectory", 1, 4},
		{"/collections/m.t/trajectory", "coords=LINESTRING(0 0,40 0)&datetime=2026-11-24T06:00:00Z", "Section", 1, 15},
		{"/collections/m.t/trajectory", "coords=LINESTRING(0 0,40 0)&datetime=2026-11-24T06:00:00Z/2026-11-24T09:00:00Z", "Section", 2, 30},
		{"/collections/m.t/trajectory", "coords=LINESTRINGZ(0 0 85000,40 0 50000)&datetime=2026-11-24T06:00:00Z", "Trajectory", 1, 2},
		{"/collections/m.t2m/trajectory", "coords=LINESTRING M (0 0 1795478400,40 0 1795482000)", "Trajectory", 1, 2},
		{"/collections/m.t/trajectory", "coords=LINESTRINGZM(0 0 85000 1795478400,40 0 50000 1795489200)", "Trajectory", 1, 2},
		{"/collections/m.t/trajectory", "coords=LINESTRINGM(0 0 1795478400,40 0 1795489200)", "Section", 1, 6},
		{"/collections/m.t2m/corridor", "coords=LINESTRING(0 0,40 0)&corridor-width=500&width-units=km&datetime=2026-11-24T06:00:00Z", "Trajectory", 3, 15},
		{"/collections/m.t/corridor", "coords=LINESTRING(0 0,40 0)&corridor-width=500&width-units=km&corridor-height=500&height-units=hPa&z=70000&resolution-x=3&resolution-y=2&datetime=2026-11-24T06:00:00Z", "Section", 2, 18},
		{"/collections/m.t/corridor", "coords=LINESTRING(0 0,40 0)&corridor-width=500&width-units=km&corridor-height=4&height-units=km&z=70000&resolution-x=2&resolution-y=1&resolution-z=1&datetime=2026-11-24T06:00:00Z", "Trajectory", 1, 2},
		{"/collections/m.t/corridor", "coords=LINESTRINGZM(0 0 70000 1795478400,40 0 70000 1795489200)&corridor-width=500&width-units=km&corridor-height=450&height-units=hPa&resolution-x=3&resolution-y=2", "Section", 2, 18},
		{"/collections/m.t/corridor", "coords=LINESTRINGZ(0 0 85000,40 0 50000)&corridor-width=500&width-units=km&corridor-height=100&height-units=hPa&resolution-x=2&resolution-y=1&datetime=2026-11-24T06:00:00Z", "Section", 1, 2},
		{"/collections/m.t2m/locations/london", "datetime=2026-11-24T06:00:00Z", "Point", 1, 1},
		{"/collections/m.t2m/locations/london,paris", "", "PointSeries", 2, 22},
	} {
		all := h.coverages(t, c.path, c.query)
		kind, n := all[0].Domain.DomainType, 0
		for _, one := range all {
			for _, r := range one.Ranges {
				for _, v := range r.Values {
					if v != nil {
						n++
					}
				}
				break
			}
		}
		if kind != c.kind || len(all) != c.coverages || n != c.values {
			t.Errorf("%s?%s: got %d of %s with %d values, want %d of %s with %d", c.path, c.query, len(all), kind, n, c.coverages, c.kind, c.values)
		}
	}
}

func TestValuesAreThoseOfTheFields(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct {
		path, query, parameter string
		want                   []float64
	}{
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z", "t2m", []float64{336}},
		{"/collections/m.t2m/position", "coords=POINT(14 52.5)&datetime=2026-11-24T06:00:00Z", "t2m", []float64{338.5}},
		{"/collections/m.t2m/position", "coords=POINT(14 54)&datetime=2026-11-24T06:00:00Z&interpolation=nearest", "t2m", []float64{336}},
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2026-11-24T07:30:00Z&interpolation-time=linear", "t2m", []float64{337.5}},
		{"/collections/m.t2m/position", "coords=POINT(10 -5)&datetime=2026-11-24T00:00:00Z&units=degC", "t2m", []float64{1.85}},
		{"/collections/m/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z&parameter-name=t,t2m&z=85000", "t", []float64{251.91}},
		{"/collections/m.t/position", "coords=MULTIPOINT Z ((10 50 84000),(10 50 51000))&datetime=2026-11-24T06:00:00Z", "t", []float64{251.56, 251.91}},
		{"/collections/m.t/trajectory", "coords=LINESTRINGZM(0 0 85000 1795478400,40 0 50000 1795489200)", "t", []float64{200.85, 204.53}},
		{"/collections/m.t2m/trajectory", "coords=LINESTRINGM(0 0 1795478400,40 0 1795482000)", "t2m", []float64{280, 281}},
		{"/collections/m.t2m/cube", "bbox=0,0,10,10&datetime=2026-11-24T00:00:00Z", "t2m", []float64{290, 290, 280, 280}},
		{"/collections/m.t2m/area", "coords=POLYGON((11 11,12 11,12 12,11 12,11 11))&datetime=2026-11-24T00:00:00Z", "t2m", []float64{290}},
	} {
		all := h.coverages(t, c.path, c.query)
		var got []float64
		for _, one := range all {
			for _, v := range one.Ranges[c.parameter].Values {
				if v != nil {
					got = append(got, *v)
				}
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s?%s: got %v, want %v", c.path, c.query, got, c.want)
			continue
		}
		for i, v := range got {
			if math.Abs(v-c.want[i]) > 1e-4 {
				t.Errorf("%s?%s: got %v, want %v", c.path, c.query, got, c.want)
				break
			}
		}
	}
}

func TestAnEnsembleIsAGridForEachMember(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for query, want := range map[string]int{"bbox=0,0,20,10": 3, "bbox=0,0,20,10&member=1,2": 2, "bbox=0,0,20,10&member=R2/1/1": 2} {
		all := h.coverages(t, "/collections/ens.t2m/cube", query)
		if len(all) != want {
			t.Errorf("%s: got %d grids, want %d", query, len(all), want)
		}
		last := all[len(all)-1]
		if v := last.Ranges["t2m"].Values; last.Member == nil || *last.Member != 2 || *v[0] != 272 {
			t.Errorf("%s: the last is of member %v: %v", query, last.Member, v)
		}
	}
	if all := h.coverages(t, "/collections/ens.t2m/cube", "bbox=0,0,20,10&member=1"); len(all) != 1 || all[0].Member == nil || *all[0].Member != 1 {
		t.Errorf("one member: got %+v", all)
	}
	lines := h.get("/collections/ens.t2m/cube", "bbox=0,0,10,10&f=CSV&member=1").Body.String()
	if want := "2026-11-24T00:00:00Z,2026-11-24T00:00:00Z,0,10,1,271"; !strings.Contains(lines, want) {
		t.Errorf("no %s in %s", want, lines)
	}
}

func TestNothingIsNoContent(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range [][2]string{
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2030-01-01T00:00:00Z"},
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2026-11-24T01:00:00Z"},
		{"/collections/m.t/position", "coords=POINT(10 50)&z=1"},
		{"/collections/ens.t2m/position", "coords=POINT(10 50)&member=9"},
		{"/collections/m.t2m/cube", "bbox=0,0,10,10&datetime=2030-01-01T00:00:00Z/.."},
		{"/collections/m.t2m/area", "coords=POLYGON((0 0,31 0,31 21,0 0))&datetime=2030-01-01T00:00:00Z"},
	} {
		if w := h.get(c[0], c[1]); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
			t.Errorf("%s?%s: got %d %s, want 204", c[0], c[1], w.Code, w.Body)
		}
	}
}

func TestFaultsNameTheirParameter(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	const at = "coords=POINT(10 50)"
	for _, c := range []struct {
		path, query string
		status      int
		parameter   string
	}{
		{"/collections/nope/position", at, 404, "collectionId"},
		{"/collections/m/instances/2020-01-01T00:00:00Z/position", at, 404, "instanceId"},
		{"/collections/m/instances/nope", "", 404, "instanceId"},
		{"/collections/m/locations/atlantis", "", 404, "locationId"},
		{"/collections/m/items/nope", "", 404, "featureId"},
		{"/collections/m/position", "", 400, "coords"},
		{"/collections/m/position", "coords=POINT()", 400, "coords"},
		{"/collections/m/position", "coords=POINT(10 95)", 400, "coords"},
		{"/collections/m/position", "coords=LINESTRING(0 0,1 1)", 400, "coords"},
		{"/collections/m/area", at, 400, "coords"},
		{"/collections/m/trajectory", "coords=LINESTRINGM()", 400, "coords"},
		{"/collections/m/trajectory", "coords=LINESTRINGZ(0 0 1,1 1 1)&z=5", 400, "z"},
		{"/collections/m/trajectory", "coords=LINESTRINGM(0 0 1,1 1 1)&datetime=2026-11-24", 400, "datetime"},
		{"/collections/m/trajectory", "coords=LINESTRINGZM(0 0 1 1,1 1 1 1)&datetime=2026-11-24", 400, "datetime"},
		{"/collections/m/position", at + "&datetime=yesterday", 400, "datetime"},
		{"/collections/m/position", at + "&datetime=2026-11-25/2026-11-24", 400, "datetime"},
		{"/collections/m/position", at + "&datetime=R0/2026-11-24T00:00:00Z/PT1H", 400, "datetime"},
		{"/collections/m/position", at + "&datetime=R5/2026-11-24T00:00:00Z/PT", 400, "datetime"},
		{"/collections/m/position", at + "&z=high", 400, "z"},
		{"/collections/m/position", at + "&z=R5/1", 400, "z"},
		{"/collections/m/position", at + "&parameter-name=x", 400, "parameter-name"},
		{"/collections/m/position", at + "&parameter_names=x", 400, "parameter-name"},
		{"/collections/m/position", at + "&crs=EPSG:1", 400, "crs"},
		{"/collections/m/position", at + "&crs=EPSG:3857", 400, "crs"},
		{"/collections/m/position", at + "&f=nope", 400, "f"},
		{"/collections/m/position", at + "&f=GRIB2", 400, "f"},
		{"/collections/m/position", at + "&units=furlong", 400, "units"},
		{"/collections/m/position", at + "&member=a", 400, "member"},
		{"/collections/m/position", at + "&interpolation=magic", 400, "interpolation"},
		{"/collections/m/position", at + "&nope=1", 400, "nope"},
		{"/collections/m/radius", at, 400, "within"},
		{"/collections/m/radius", at + "&within=5", 400, "within-units"},
		{"/collections/m/radius", at + "&within=5&within-units=furlong", 400, "within-units"},
		{"/collections/m/radius", at + "&within=-5&within-units=km", 400, "within"},
		{"/collections/m/corridor", "coords=LINESTRING(0 0,1 1)", 400, "corridor-width"},
		{"/collections/m/corridor", "coords=LINESTRING(0 0,1 1)&corridor-width=5&width-units=km&corridor-height=1&height-units=league", 400, "height-units"},
		{"/collections/m/corridor", "coords=LINESTRING(0 0,1 1)&corridor-width=5&width-units=km&resolution-x=-1", 400, "resolution-x"},
		{"/collections/m/cube", "", 400, "bbox"},
		{"/collections/m/cube", "bbox=1,2,3", 400, "bbox"},
		{"/collections/m/locations", "limit=0", 400, "limit"},
	} {
		w := h.get(c.path, c.query)
		if w.Code != c.status || !strings.Contains(w.Body.String(), `"parameter":"`+c.parameter+`"`) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s?%s: got %d %s, want %d for %s", c.path, c.query, w.Code, w.Body, c.status, c.parameter)
		}
	}
}

func TestTooMuchTellsItsCost(t *testing.T) {
	h := newHouse(t, probe.Limits{Values: 50})
	w := h.get("/collections/m.t/position", "coords=MULTIPOINT(10 50,20 50)")
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "66 values") || !strings.Contains(w.Body.String(), "50") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, path := range []string{
		"/collections/m.t/trajectory?coords=LINESTRING(0+0,40+0)", "/collections/m.t2m/corridor?coords=LINESTRING(0+0,40+0)&corridor-width=500&width-units=km",
		"/collections/m.t/trajectory?coords=LINESTRINGZ(0+0+85000,1+1+85000,2+2+85000,3+3+85000,4+4+85000)",
	} {
		at, query, _ := strings.Cut(path, "?")
		if w := h.get(at, query); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "values") {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
	h = newHouse(t, probe.Limits{Columns: 2, Values: 40})
	if w := h.get("/collections/m/position", "coords=POINT(10 50)"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("of many columns: got %d %s", w.Code, w.Body)
	}
	h = newHouse(t, probe.Limits{Columns: 2})
	if all := h.coverages(t, "/collections/m/position", "coords=POINT(10 50)"); len(all) < 3 {
		t.Errorf("columns are not read part by part: %d coverages", len(all))
	}
}

func TestPOSTIsTheSameAsGET(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	want := h.get("/collections/m/position", "coords=POINT(10 50)&parameter-name=t,t2m&z=85000").Body.String()
	for contentType, body := range map[string]string{
		"application/x-www-form-urlencoded": url.Values{"coords": {"POINT(10 50)"}, "parameter-name": {"t,t2m"}, "z": {"85000"}}.Encode(),
		"application/json":                  `{"coords": "POINT(10 50)", "parameter-name": ["t", "t2m"], "z": 85000}`,
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/collections/m/position", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: got %d %.300s\nwant %.300s", contentType, w.Code, w.Body, want)
		}
	}
	for contentType, status := range map[string]int{"text/plain": 415, "application/json": 400} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/collections/m/position", strings.NewReader("[1"))
		r.Header.Set("Content-Type", contentType)
		if h.handler.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%s: got %d %s, want %d", contentType, w.Code, w.Body, status)
		}
	}
}

func TestFormatsAreNegotiated(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct{ path, query, mediaType, begin string }{
		{"/position", "f=CoverageJSON", "application/vnd.cov+json", `{"type":"Coverage"`},
		{"/position", "f=covjson", "application/vnd.cov+json", `{"type":"Coverage"`},
		{"/position", "f=GeoJSON", "application/geo+json", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[10,20]},"properties":{"datetime":"2026-11-24T00:00:00Z"`},
		{"/position", "f=CSV", "text/csv; charset=utf-8; header=present", "time,reference_time,longitude,latitude,t2m [K]\r\n2026-11-24T00:00:00Z,2026-11-24T00:00:00Z,10,20,300\r\n"},
		{"/area", "f=CSV", "text/csv; charset=utf-8; header=present", "time,reference_time,longitude,latitude,t2m [K]\r\n"},
		{"/area", "f=GeoJSON", "application/geo+json", `{"type":"FeatureCollection"`},
		{"/area", "f=GRIB2", "application/grib; edition=2", "GRIB"},
		{"/area", "f=netCDF", "application/x-netcdf", "CDF"},
		{"/position", "f=netCDF", "application/x-netcdf", "CDF"},
		{"/trajectory", "f=netCDF", "application/x-netcdf", "CDF"},
		{"/area", "f=netCDF4", "application/x-netcdf", "CDF"},
	} {
		coords := "coords=POINT(10 20)&"
		switch c.path {
		case "/area":
			coords = "coords=POLYGON((0 0,31 0,31 21,0 21,0 0))&datetime=2026-11-24T06:00:00Z&"
		case "/trajectory":
			coords = "coords=LINESTRING(0 0,31 21)&"
		}
		w := h.get(t2m+c.path, coords+c.query)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != c.mediaType || !strings.HasPrefix(w.Body.String(), c.begin) {
			t.Errorf("%s?%s: got %d %s %.300s", c.path, c.query, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if w := h.get(t2m+"/area", "f=CSV&datetime=2026-11-24T06:00:00Z&coords=POLYGON((0 0,31 0,31 21,0 0))"); strings.Count(w.Body.String(), "\n") != 1+7 {
		t.Errorf("cells outside of a triangle are listed: %s", w.Body)
	}
}

func TestClientsThatTakeJSONGetCoverageJSON(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for accept, want := range map[string]string{
		"": "application/vnd.cov+json", "*/*": "application/vnd.cov+json", "application/json": "application/vnd.cov+json", "application/prs.coverage+json": "application/vnd.cov+json",
		"application/geo+json": "application/geo+json", "text/csv": "text/csv; charset=utf-8; header=present", "text/html,application/xhtml+xml,*/*;q=0.8": "application/vnd.cov+json",
		"image/png": "application/problem+json",
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, t2m+"/position?coords=POINT(10+20)", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if h.handler.ServeHTTP(w, r); w.Header().Get("Content-Type") != want {
			t.Errorf("%q: got %d %s, want %s", accept, w.Code, w.Header().Get("Content-Type"), want)
		}
	}
}

func TestXComesFirstInEverySystem(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for query, box := range map[string][4]float64{
		"bbox=0,10,20,20&crs=EPSG:4326&datetime=2026-11-24T06:00:00Z":                                        {0, 20, 20, 10},
		"bbox=0,0,2300000,1200000&crs=EPSG:3857&resolution-x=3&resolution-y=2&datetime=2026-11-24T06:00:00Z": {383333.3, 900000, 1916666.7, 300000},
	} {
		axes := h.coverages(t, "/collections/m.t2m/cube", query)[0].Domain.Axes
		got := [4]float64{axes["x"].Start, axes["y"].Start, axes["x"].Stop, axes["y"].Stop}
		for i := range got {
			if math.Abs(got[i]-box[i]) > 1 {
				t.Errorf("%s: got %v, want %v", query, got, box)
				break
			}
		}
	}
	if all := h.coverages(t, "/collections/m.t2m/position", "coords=POINT(10 50)&crs=EPSG:4326&datetime=2026-11-24T06:00:00Z"); *all[0].Ranges["t2m"].Values[0] != 336 {
		t.Errorf("longitude comes first in EPSG:4326, too: got %v", *all[0].Ranges["t2m"].Values[0])
	}
}

func TestPinnedAnswersMayBeKept(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct {
		path, query string
		pinned      bool
	}{
		{"/collections/m.t2m/position", "coords=POINT(10 50)", false},
		{"/collections/m.t2m/instances/2026-11-24T06:00:00Z/position", "coords=POINT(10 50)", false},
		{"/collections/m.t2m/instances/2026-11-24T06:00:00Z/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z", true},
		{"/collections/m/instances/2026-11-24T06:00:00Z/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z", false},
		{"/collections/m/instances/2026-11-24T06:00:00Z/position", "coords=POINT(10 50)&datetime=2026-11-24T06:00:00Z&parameter-name=t&z=85000", true},
		{"/collections/m.t2m/instances/2026-11-24T06:00:00Z/cube", "bbox=0,0,10,10&datetime=2026-11-24T06:00:00Z", true},
		{"/collections/m.t2m/cube", "bbox=0,0,10,10&datetime=2026-11-24T06:00:00Z", false},
	} {
		w := h.get(c.path, c.query)
		etag := w.Header().Get("ETag")
		if got := strings.Contains(w.Header().Get("Cache-Control"), "immutable"); got != c.pinned || !strings.HasPrefix(etag, `"`) {
			t.Errorf("%s?%s: Cache-Control %q, ETag %s", c.path, c.query, w.Header().Get("Cache-Control"), etag)
		}
		again, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, c.path, nil)
		r.URL.RawQuery = strings.ReplaceAll(c.query, " ", "+")
		r.Header.Set("If-None-Match", etag)
		if h.handler.ServeHTTP(again, r); again.Code != http.StatusNotModified {
			t.Errorf("%s?%s with its ETag: got %d", c.path, c.query, again.Code)
		}
	}
}

func TestContentLocationIsThePinnedAnswer(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range [][2]string{
		{"/collections/m.t2m/position", "coords=POINT(10 50)&datetime=2026-11-24T09:00:00Z/.."},
		{"/collections/m/position", "coords=POINT(10 50)&datetime=2026-11-24T12:00:00Z/2026-11-24T21:00:00Z"},
		{"/collections/m/position", "coords=POINT(10 50)&datetime=2026-11-24T12:00:00Z/2026-11-24T21:00:00Z&f=GeoJSON"},
		{"/collections/ens.t2m/locations/paris", ""},
	} {
		w := h.get(c[0], c[1])
		at, err := url.Parse(w.Header().Get("Content-Location"))
		if err != nil || at.Path == "" {
			t.Errorf("%s?%s: Content-Location is %q", c[0], c[1], w.Header().Get("Content-Location"))
			continue
		}
		p := h.get(at.Path, at.RawQuery)
		if p.Body.String() != w.Body.String() || !strings.Contains(p.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: got %d, %s, %.600s\nwant %.600s", at, p.Code, p.Header().Get("Cache-Control"), p.Body, w.Body)
		}
	}
	if w := h.get("/collections/m.t2m/position", "coords=POINT(10 50)"); w.Header().Get("Content-Location") != "" {
		t.Errorf("values of two runs have one address: %s", w.Header().Get("Content-Location"))
	}
}

func TestCollectionsTellWhatMayBeAsked(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	var doc struct {
		Collections []map[string]any
	}
	check(t, json.Unmarshal(h.get("/collections", "").Body.Bytes(), &doc))
	for _, c := range doc.Collections {
		queries := c["data_queries"].(map[string]any)
		for _, name := range []string{"position", "radius", "area", "cube", "trajectory", "corridor", "locations", "items", "instances"} {
			link, ok := queries[name].(map[string]any)["link"].(map[string]any)
			if !ok || link["href"] != fmt.Sprintf("%s/collections/%s/%s", base, c["id"], name) {
				t.Errorf("%v: the query %s is %v", c["id"], name, queries[name])
			}
		}
		formats := queries["cube"].(map[string]any)["link"].(map[string]any)["variables"].(map[string]any)["output_formats"].([]any)
		for _, f := range []any{"CoverageJSON", "GeoJSON", "CSV", "netCDF", "GRIB2"} {
			if !slices.Contains(formats, f) {
				t.Errorf("%v: no %s among %v", c["id"], f, formats)
			}
		}
		for name, p := range c["parameter_names"].(map[string]any) {
			p := p.(map[string]any)
			observed := p["observedProperty"].(map[string]any)
			if p["type"] != "Parameter" || p["id"] != name || observed["id"] == "" || observed["label"] == "" {
				t.Errorf("%v: parameter %s is %v", c["id"], name, p)
			}
		}
		data := slices.ContainsFunc(c["links"].([]any), func(l any) bool { return l.(map[string]any)["rel"] == "data" })
		if crs := c["crs"].([]any); !data || !strings.HasSuffix(crs[0].(string), "CRS84") {
			t.Errorf("%v: data link %v, crs %v", c["id"], data, crs)
		}
	}
	text := h.get("/collections/m", "").Body.String()
	for _, want := range []string{
		`"values":["R11/2026-11-24T00:00:00Z/PT3H"]`, `"vertical":{"interval":[["50000","85000"]],"values":["50000","70000","85000"],"vrs":"VERTCS[`,
		`"id":"reference_time","interval":[["2026-11-24T00:00:00Z","2026-11-24T06:00:00Z"]]`,
		`"tp":{"type":"Parameter"`, `"measurementType":{"method":"sum","duration":"PT3H"}`, `"grib2":{"discipline":0,"category":0,"number":0}`, `air_temperature`,
		`"symbol":{"value":"K","type":"http://www.opengis.net/def/uom/UCUM/"}`, `"within_units":["km","m","mi","nmi"]`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/collections/m: no %s in %s", want, text)
		}
	}
	if text := h.get("/collections/ens.t2m", "").Body.String(); !strings.Contains(text, `{"id":"member","interval":[["0","2"]],"values":["R3/0/1"]`) {
		t.Errorf("/collections/ens.t2m: no members in %s", text)
	}
}

func TestInstancesAreRuns(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	var doc struct {
		Links     []any
		Instances []struct {
			ID     string
			Extent struct {
				Temporal struct {
					Interval [][]string
					Values   []string
				}
			}
			DataQueries map[string]struct{ Link struct{ Href string } } `json:"data_queries"`
		}
	}
	check(t, json.Unmarshal(h.get("/collections/m/instances", "").Body.Bytes(), &doc))
	if len(doc.Instances) != 3 || doc.Instances[2].ID != "best" || len(doc.Instances[2].Extent.Temporal.Values) != 1 || doc.Instances[2].Extent.Temporal.Values[0] != "R11/2026-11-24T00:00:00Z/PT3H" || doc.Instances[0].ID != "2026-11-24T06:00:00Z" || doc.Instances[1].Extent.Temporal.Interval[0][0] != "2026-11-24T00:00:00Z" ||
		doc.Instances[0].Extent.Temporal.Values[0] != "R9/2026-11-24T06:00:00Z/PT3H" {
		t.Errorf("got %+v", doc)
	}
	at, err := url.Parse(doc.Instances[1].DataQueries["position"].Link.Href)
	check(t, err)
	all := h.coverages(t, at.Path, "coords=POINT(10 50)&parameter-name=t2m")
	if all[0].Run != "2026-11-24T00:00:00Z" || len(all[0].Domain.Axes["t"].Values) != 9 {
		t.Errorf("got %+v", all[0])
	}
	for _, instance := range doc.Instances {
		if _, again := instance.DataQueries["instances"]; again {
			t.Errorf("the instance %s has instances", instance.ID)
		}
	}
	freshest := h.get("/collections/m/instances/best/position", "coords=POINT(10 50)&parameter-name=t2m&datetime=2026-11-24T06:00:00Z")
	if freshest.Code != http.StatusOK || strings.Contains(freshest.Header().Get("Cache-Control"), "immutable") || !strings.Contains(freshest.Body.String(), "2026-11-24T06:00:00Z") {
		t.Errorf("best: got %d %s %.300s", freshest.Code, freshest.Header().Get("Cache-Control"), freshest.Body)
	}
	for _, id := range []string{"2026-11-24T06:00:00Z", "20261124T0600Z", "latest"} {
		if w := h.get("/collections/m/instances/"+id, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"id":"2026-11-24T06:00:00Z"`) {
			t.Errorf("%s: got %d %.200s", id, w.Code, w.Body)
		}
	}
}

func TestListsAreEDRGeoJSON(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct {
		path, query string
		features    int
	}{
		{"/collections/m.t2m/locations", "limit=5", 5},
		{"/collections/m.t2m/locations", "bbox=2,48.5,2.8,49.2&limit=1", 1},
		{"/collections/m.t2m/items", "", 2},
		{"/collections/m/items", "datetime=2026-11-25T06:00:00Z", 1},
		{"/collections/m/instances/2026-11-24T06:00:00Z/items", "", 1},
	} {
		w := h.get(c.path, c.query)
		var doc struct {
			Type     string
			Features []struct {
				ID         string
				Geometry   struct{ Type string }
				Properties map[string]any
			}
			NumberReturned int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Header().Get("Content-Type") != "application/geo+json" {
			t.Fatalf("%s: %v, %s: %s", c.path, err, w.Header().Get("Content-Type"), w.Body)
		}
		if doc.Type != "FeatureCollection" || len(doc.Features) != c.features || doc.NumberReturned != c.features {
			t.Errorf("%s?%s: got %d features, want %d", c.path, c.query, len(doc.Features), c.features)
		}
		for _, f := range doc.Features {
			for _, name := range []string{"datetime", "label", "parameter-name", "edrqueryendpoint"} {
				if f.Properties[name] == nil {
					t.Errorf("%s: %s has no %s", c.path, f.ID, name)
				}
			}
		}
	}
	if w := h.get("/collections/m/items/2026-11-24T06:00:00Z", ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), `{"type":"Feature","id":"2026-11-24T06:00:00Z"`) {
		t.Errorf("an item: got %d %s", w.Code, w.Body)
	}
}

func TestTheAPIDocumentTellsTheParameters(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	var doc struct {
		Paths map[string]struct {
			Parameters []struct{ Name string }
			Get, Post  *struct {
				Parameters []struct {
					Name     string
					Required bool
					Style    string
				}
				RequestBody any
			}
		}
	}
	check(t, json.Unmarshal(h.get("/api", "").Body.Bytes(), &doc))
	for _, root := range []string{"/collections/{collectionId}", "/collections/{collectionId}/instances/{instanceId}"} {
		for query, required := range map[string][]string{
			"position": {"coords"}, "area": {"coords"}, "trajectory": {"coords"}, "cube": {"bbox"}, "radius": {"coords", "within", "within-units"},
			"corridor": {"coords", "corridor-width", "width-units"}, "locations": nil,
		} {
			p := doc.Paths[root+"/"+query]
			if p.Get == nil || query != "locations" && (p.Post == nil || p.Post.RequestBody == nil || len(p.Parameters) != 1 || p.Parameters[0].Name != "z") {
				t.Errorf("%s/%s: %+v", root, query, p)
				continue
			}
			for _, name := range append(required, "datetime", "f") {
				i := slices.IndexFunc(p.Get.Parameters, func(q struct {
					Name     string
					Required bool
					Style    string
				}) bool {
					return q.Name == name
				})
				if i < 0 || p.Get.Parameters[i].Required != slices.Contains(required, name) || p.Get.Parameters[i].Style != "form" {
					t.Errorf("%s/%s: parameter %s", root, query, name)
				}
			}
		}
	}
}

func BenchmarkPosition(b *testing.B) {
	h := newHouse(b, probe.Limits{})
	for _, steps := range []int{11, 65} {
		path := map[int]string{11: t2m, 65: "/collections/long.t2m"}[steps]
		if steps == 65 {
			h.long(b, steps)
		}
		b.Run(fmt.Sprint(steps, "steps"), func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, path+"/position?coords=POINT(10.3+50.2)", nil)
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				if h.handler.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

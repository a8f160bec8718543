package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestFormsAreNegotiated(t *testing.T) {
	for _, c := range []struct {
		path, accept string
		status       int
		mediaType    string
	}{
		{"/", "", 200, "application/json"},
		{"/", "text/html,application/xhtml+xml,*/*;q=0.8", 200, ""}, // the viewer
		{"/?f=html", "application/json", 200, "text/html; charset=utf-8"},
		{"/collections", "text/html", 200, "text/html; charset=utf-8"},
		{"/collections", "text/html;q=0.5, application/json", 200, "application/json"},
		{"/collections", "*/*", 200, "application/json"},
		{"/collections?f=json", "text/html", 200, "application/json"},
		{"/collections?f=application/json", "", 200, "application/json"},
		{"/collections?f=xml", "", 400, "application/problem+json"},
		{"/collections", "image/tiff", 406, "application/problem+json"},
		{"/conformance", "application/*", 200, "application/json"},
		{"/api", "", 200, "application/vnd.oai.openapi+json;version=3.0"},
		{"/api", "application/vnd.oai.openapi+json;version=3.0", 200, "application/vnd.oai.openapi+json;version=3.0"},
		{"/api?f=html", "", 200, "text/html; charset=utf-8"},
		{"/collections/gfs.t/map", "image/jpeg", 200, "image/jpeg"},
		{"/collections/gfs.t/map", "image/avif,image/webp,*/*;q=0.8", 200, "image/png"},
		{"/collections/gfs.t/map?f=jpg", "image/png", 200, "image/jpeg"},
		{"/collections/gfs.t/map?f=tiff", "", 400, "application/problem+json"},
		{"/collections/gfs/map", "", 200, "image/png"}, // of its first layer
		{"/map?collections=gfs.t,hrrr", "", 200, "image/png"},
		{"/collections/hrrr/map/tiles/WebMercatorQuad/0/0/0", "", 200, "image/png"},
		{"/styles/grey", "", 200, "application/json"},
		{"/styles/grey?f=sld", "", 200, "application/vnd.ogc.sld+xml;version=1.1"},
		{"/styles/grey", "application/vnd.ogc.sld+xml", 200, "application/vnd.ogc.sld+xml;version=1.1"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad?f=tilejson", "", 200, "application/vnd.mapbox.tile+json"},
	} {
		headers := []string{}
		if c.accept != "" {
			headers = []string{"Accept", c.accept}
		}
		w, _ := get(t, c.path, headers...)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType && c.mediaType != "" {
			t.Errorf("%s accepting %q: %d %s, want %d %s", c.path, c.accept, w.Code, w.Header().Get("Content-Type"), c.status, c.mediaType)
		}
		if !slices.Contains(w.Header().Values("Vary"), "Accept") {
			t.Errorf("%s: Vary is %q", c.path, w.Header().Values("Vary"))
		}
	}
}

// paths are documents that have links.
var documents = []string{
	"/", "/collections", "/collections/gfs", "/collections/gfs.t", "/collections/gfs.u%3C10%3E", "/collections/gfs.t/map/tiles", "/map/tiles", "/map/tiles?collections=gfs.t,hrrr.t2m",
	"/collections/gfs.t/map/tiles/WebMercatorQuad", "/collections/hrrr.t2m/styles/grey/map/tiles/WorldCRS84Quad", "/tileMatrixSets",
	"/styles", "/styles/grey", "/styles/grey/metadata", "/collections/gfs.t/styles", "/collections/gfs.t/styles/grey",
}

func TestLinksAreAbsoluteAndTyped(t *testing.T) {
	for _, path := range documents {
		n := 0
		walk(document(t, path), func(link map[string]any) {
			n++
			href, _ := link["href"].(string)
			if !strings.HasPrefix(href, base+"/") || link["rel"] == "" || link["rel"] == nil || link["type"] == "" || link["type"] == nil {
				t.Errorf("%s: link %v", path, link)
			}
			if strings.ContainsAny(href, "{}") != (link["templated"] == true) {
				t.Errorf("%s: %s is templated: %v", path, href, link["templated"])
			}
		})
		if n == 0 {
			t.Errorf("%s has no links", path)
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range documents {
		walk(document(t, path), func(link map[string]any) {
			href, _ := link["href"].(string)
			if seen[href] || link["templated"] == true || strings.Contains(href, "/wms?") {
				return
			}
			seen[href] = true
			if w, _ := get(t, strings.TrimPrefix(href, base), "Accept", link["type"].(string)); w.Code != http.StatusOK {
				t.Errorf("%s links to %s: %d %s", path, href, w.Code, w.Body)
			}
		})
	}
}

// walk calls a function for each link of a document.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		if links, ok := v["links"].([]any); ok {
			for _, l := range links {
				visit(l.(map[string]any))
			}
		}
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func TestProblemsNameTheirParameter(t *testing.T) {
	for _, c := range []struct {
		path      string
		status    int
		parameter string
	}{
		{"/collections?limit=1&nonsense=1", 400, ""},
		{"/collections?nonsense=1", 400, "nonsense"},
		{"/collections/nope", 404, "collectionId"},
		{"/collections/nope/map", 404, "collectionId"},
		{"/map?collections=nope", 404, "collectionId"},
		{"/map?collections=gfs.t,gfs.t,gfs.t", 400, "collections"},
		{"/map/tiles/WebMercatorQuad/0/0/0?collections=gfs.t,gfs.t,gfs.t", 400, "collections"},
		{"/collections/gfs.t/map?width=0", 400, "width"},
		{"/collections/gfs.t/map?height=1001", 400, "height"},
		{"/collections/gfs.t/map?bbox=1,2,3", 400, "bbox"},
		{"/collections/gfs.t/map?bbox=1,2,3,x", 400, "bbox"},
		{"/collections/gfs.t/map?bbox=1,2,3,NaN", 400, "bbox"},
		{"/collections/gfs.t/map?bbox=0,10,20,5", 400, "bbox"},
		{"/collections/gfs.t/map?bbox-crs=EPSG:1&bbox=0,0,1,1", 400, "bbox-crs"},
		{"/collections/gfs.t/map?crs=EPSG:1", 400, "crs"},
		{"/collections/gfs.t/map?datetime=yesterday", 400, "datetime"},
		{"/collections/gfs.t/map?subset=elevation(x)", 400, "subset"},
		{"/collections/gfs.t/map?subset=colour(1)", 400, "subset"},
		{"/collections/gfs.t/map?subset=Lat(10:5)", 400, "subset"},
		{"/collections/gfs.t/map?subset=Lat(5:10)&bbox=0,0,1,1", 400, "subset"},
		{"/collections/gfs.t/map?subset=time(%222026%22)&datetime=2026", 400, "subset"},
		{"/collections/gfs.t/map?bgcolor=reddish", 400, "bgcolor"},
		{"/collections/gfs.t/map?transparent=maybe", 400, "transparent"},
		{"/collections/gfs.t/map?scale-denominator=-1", 400, "scale-denominator"},
		{"/collections/gfs.t/map?scale-denominator=1e6&bbox=0,0,1,1&width=5", 400, "scale-denominator"},
		{"/collections/gfs.t/map?scale-denominator=10", 400, "scale-denominator"},
		{"/collections/gfs.t/map?mm-per-pixel=x", 400, "mm-per-pixel"},
		{"/collections/gfs.t/map?center=1", 400, "center"},
		{"/collections/gfs.t/map?center=1,2&bbox=0,0,1,1", 400, "center"},
		{"/collections/gfs.t/map/tiles/Nope", 404, "tileMatrixSetId"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad/99/0/0", 404, "tileMatrix"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad/1/2/0", 404, "tileRow"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad/1/0/-1", 404, "tileCol"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad/1/0/0?subset=Lat(1:2)", 400, "subset"},
		{"/collections/gfs.t/map/tiles/WebMercatorQuad/1/0/0?width=5", 400, "width"},
		{"/styles/nope", 404, "styleId"},
		{"/styles/nope/metadata", 404, "styleId"},
		{"/collections/nope/styles", 404, "collectionId"},
		{"/collections/gfs.t/styles/nope", 404, "styleId"},
		{"/styles/grey?f=mapbox", 400, "f"},
		{"/tileMatrixSets/Nope", 404, "tileMatrixSetId"},
	} {
		w, _ := get(t, c.path)
		var p struct {
			Title, Detail, Parameter string
			Status                   int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, %v", c.path, w.Code, w.Header().Get("Content-Type"), err)
			continue
		}
		if w.Code != c.status || p.Status != c.status || p.Parameter != c.parameter && c.parameter != "" || p.Detail == "" || p.Title == "" {
			t.Errorf("%s: %d %+v, want %d of %s", c.path, w.Code, p, c.status, c.parameter)
		}
	}
}

func TestConformanceIsDeclared(t *testing.T) {
	var list []string
	for _, uri := range document(t, "/conformance")["conformsTo"].([]any) {
		list = append(list, uri.(string))
	}
	for _, want := range []string{"ogcapi-common-1/1.0/conf/core", "ogcapi-common-2/1.0/conf/collections", "ogcapi-tiles-1/1.0/conf/core", "ogcapi-maps-1/1.0/conf/core", "tms/2.0/conf/tilematrixset"} {
		if !slices.Contains(list, "http://www.opengis.net/spec/"+want) {
			t.Errorf("%s is not declared", want)
		}
	}
	seen := map[string]bool{}
	for _, uri := range list {
		if seen[uri] || !strings.HasPrefix(uri, "http") {
			t.Errorf("%q is there twice, or no URI", uri)
		}
		seen[uri] = true
	}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func TestTheAPIDocumentStandsAlone(t *testing.T) {
	doc := document(t, "/api")
	if doc["openapi"] != "3.0.3" || doc["servers"].([]any)[0].(map[string]any)["url"] != base {
		t.Errorf("openapi %v, servers %v", doc["openapi"], doc["servers"])
	}
	responses := doc["components"].(map[string]any)["responses"].(map[string]any)
	ids := map[string]bool{}
	for path, item := range doc["paths"].(map[string]any) {
		for method, o := range item.(map[string]any) {
			operation := o.(map[string]any)
			id, _ := operation["operationId"].(string)
			if id == "" || ids[id] {
				t.Errorf("%s %s: operation %q is there twice, or has no name", method, path, id)
			}
			ids[id] = true
			declared := map[string]bool{}
			for _, p := range operation["parameters"].([]any) {
				param := p.(map[string]any)
				name, in := param["name"].(string), param["in"].(string)
				if declared[in+name] || param["schema"] == nil || in == "path" && param["required"] != true {
					t.Errorf("%s: parameter %v", path, param)
				}
				declared[in+name] = true
			}
			for _, m := range inPath.FindAllStringSubmatch(path, -1) {
				if !declared["path"+m[1]] {
					t.Errorf("%s: %s is not declared", path, m[1])
				}
			}
			for status, r := range operation["responses"].(map[string]any) {
				response := r.(map[string]any)
				if ref, ok := response["$ref"].(string); ok {
					if name, local := strings.CutPrefix(ref, "#/components/responses/"); !local || responses[name] == nil {
						t.Errorf("%s: %s refers to %s", path, status, ref)
					}
					continue
				}
				if response["description"] == "" || len(response["content"].(map[string]any)) == 0 {
					t.Errorf("%s: %s is %v", path, status, response)
				}
			}
		}
	}
	for _, want := range []string{"/", "/conformance", "/collections", "/collections/{collectionId}", "/collections/{collectionId}/map"} {
		if doc["paths"].(map[string]any)[want] == nil {
			t.Errorf("the document has no path %s", want)
		}
	}
}

func TestUnchangedCollectionsAreNotSent(t *testing.T) {
	seen := map[string]string{}
	for _, form := range []string{"json", "html"} {
		w, _ := get(t, "/collections?f="+form)
		etag := w.Header().Get("ETag")
		if other, ok := seen[etag]; ok || etag == "" {
			t.Errorf("%s has ETag %q, as %q has", form, etag, other)
		}
		seen[etag] = form
		if w, _ := get(t, "/collections?f="+form, "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%s again: %d, %d bytes", form, w.Code, w.Body.Len())
		}
		if w, _ := get(t, "/collections?f="+form, "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" || len(w.Header().Values("Vary")) != 2 {
			t.Errorf("%s: Content-Encoding %q, Vary %q", form, w.Header().Get("Content-Encoding"), w.Header().Values("Vary"))
		}
	}
}

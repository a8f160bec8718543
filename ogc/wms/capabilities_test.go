package wms

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// parsed reads an answer as XML.
func parsed(t *testing.T, query string) *etree.Document {
	t.Helper()
	h, _ := service(t)
	w := get(h, query)
	d := etree.NewDocument()
	if err := d.ReadFromBytes(w.Body.Bytes()); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d, %v", query, w.Code, err)
	}
	return d
}

func TestEveryLayerIsDescribed(t *testing.T) {
	for _, c := range []struct{ version, crs, dimension string }{{"1.3.0", "CRS", "Dimension"}, {"1.1.1", "SRS", "Extent"}} {
		d := parsed(t, "SERVICE=WMS&REQUEST=GetCapabilities&VERSION="+c.version)
		root := d.FindElement("//Capability/Layer")
		if got := len(root.SelectElements(c.crs)); got != len(geo.References()) {
			t.Errorf("%s: %d reference systems at the root, want %d", c.version, got, len(geo.References()))
		}
		models := root.SelectElements("Layer")
		if len(models) != 2 || models[0].SelectElement("Title").Text() != "Model gfs" || len(models[0].SelectElements("Layer")) != 2 {
			t.Fatalf("%s: %d models", c.version, len(models))
		}
		if href := models[0].FindElement("Attribution/OnlineResource").SelectAttrValue("xlink:href", ""); href != "https://maker.example/?a=1&b=2" {
			t.Errorf("%s: attribution links to %q", c.version, href)
		}
		l := models[0].SelectElements("Layer")[1]
		if l.SelectElement("Name").Text() != "gfs.u<10>" || l.SelectAttrValue("queryable", "") != "1" {
			t.Errorf("%s: name %q", c.version, l.SelectElement("Name").Text())
		}
		dims := map[string]*etree.Element{}
		for _, e := range l.SelectElements(c.dimension) {
			dims[e.SelectAttrValue("name", "")] = e
		}
		for name, want := range map[string]string{
			"time": "2026-11-24T12:00:00Z/2026-11-24T14:00:00Z/PT1H", "reference_time": "2026-11-24T12:00:00Z", "elevation": "50000,85000", "member": "0,1,2",
		} {
			if e := dims[name]; e == nil || e.Text() != want || e.SelectAttrValue("default", "") == "" {
				t.Errorf("%s: dimension %s is %v, want %s", c.version, name, e, want)
			}
		}
		if styles := l.SelectElements("Style"); len(styles) != 2 || !strings.Contains(styles[1].FindElement("LegendURL/OnlineResource").SelectAttrValue("xlink:href", ""), "STYLE=grey") {
			t.Errorf("%s: styles are not told", c.version)
		}
		surface := models[1].SelectElements("Layer")[0]
		for _, e := range surface.SelectElements(c.dimension) {
			if name := e.SelectAttrValue("name", ""); name == "member" {
				t.Errorf("%s: one member is announced as a dimension", c.version)
			}
		}
	}
}

func TestLatitudeComesFirstWhereTheVersionWantsIt(t *testing.T) {
	for _, c := range []struct{ version, crs, code, minx, miny string }{
		{"1.3.0", "CRS", "EPSG:4326", "21", "-134"}, {"1.3.0", "CRS", "CRS:84", "-134", "21"}, {"1.1.1", "SRS", "EPSG:4326", "-134", "21"},
	} {
		d := parsed(t, "SERVICE=WMS&REQUEST=GetCapabilities&VERSION="+c.version)
		box := d.FindElement("//Layer[Title='Model hrrr']/BoundingBox[@" + c.crs + "='" + c.code + "']")
		if box == nil || box.SelectAttrValue("minx", "") != c.minx || box.SelectAttrValue("miny", "") != c.miny {
			t.Errorf("%s %s: %v, want %s, %s", c.version, c.code, box, c.minx, c.miny)
		}
	}
}

func TestUpdateSequencesAreCompared(t *testing.T) {
	now := ogctest.Noon.UnixMilli()
	for _, c := range []struct {
		sequence string
		status   int
		code     string
	}{
		{"", 200, ""}, {strconv.FormatInt(now-1, 10), 200, ""}, {strconv.FormatInt(now, 10), 400, "CurrentUpdateSequence"},
		{strconv.FormatInt(now+1, 10), 400, "InvalidUpdateSequence"}, {"abc", 400, "InvalidUpdateSequence"},
	} {
		h, _ := service(t)
		w := get(h, "SERVICE=WMS&REQUEST=GetCapabilities&UPDATESEQUENCE="+c.sequence)
		got := ""
		if w.Code != http.StatusOK {
			got, _ = code(t, w.Body.Bytes())
		}
		if w.Code != c.status || got != c.code {
			t.Errorf("%q: %d %s, want %d %s", c.sequence, w.Code, got, c.status, c.code)
		}
	}
}

func TestCapabilitiesAreKept(t *testing.T) {
	h, _ := service(t)
	first := get(h, "SERVICE=WMS&REQUEST=GetCapabilities")
	second := get(h, "SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0")
	if first.Header().Get("ETag") == "" || first.Header().Get("ETag") != second.Header().Get("ETag") || h.kept.Len() != 1 {
		t.Errorf("ETags %s and %s, %d documents kept", first.Header().Get("ETag"), second.Header().Get("ETag"), h.kept.Len())
	}
}

func TestSmallerMapsOfALayerAreToldOf(t *testing.T) {
	h, _ := service(t)
	h.about.Sizes = []ogc.Size{{Layers: "hrrr.*", Width: 300, Height: 200}}
	all := get(h, "SERVICE=WMS&REQUEST=GetCapabilities").Body.String()
	if !strings.Contains(all, "<MaxWidth>1000</MaxWidth>") || strings.Count(all, "Maps are at most 300 x 200 pixels.") != 1 {
		t.Errorf("the service: %.900s", all)
	}
	w := httptest.NewRecorder()
	h.serve(w, httptest.NewRequest(http.MethodGet, "/wms/hrrr?SERVICE=WMS&REQUEST=GetCapabilities", nil), "hrrr")
	if one := w.Body.String(); !strings.Contains(one, "<MaxWidth>300</MaxWidth>") || !strings.Contains(one, "<MaxHeight>200</MaxHeight>") || strings.Contains(one, "Maps are at most") {
		t.Errorf("the service of the model: %.900s", one)
	}
	for query, want := range map[string]int{"LAYERS=hrrr.t2m&WIDTH=300&HEIGHT=200": http.StatusOK, "LAYERS=gfs.t,hrrr.t2m&WIDTH=301&HEIGHT=200": http.StatusBadRequest, "LAYERS=gfs.t&WIDTH=301&HEIGHT=200": http.StatusOK} {
		if w := get(h, "VERSION=1.3.0&REQUEST=GetMap&CRS=CRS:84&BBOX=0,0,1,1&FORMAT=image/png&"+query); w.Code != want {
			t.Errorf("%s: %d, want %d", query, w.Code, want)
		}
	}
}

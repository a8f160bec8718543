package wmts

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/labstack/echo/v4"

	"isobar/encode"
	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// service is a router with the service on it, and what it was asked.
func service(t *testing.T) (*echo.Echo, *ogctest.Answers) {
	t.Helper()
	sets, err := tilematrix.Load(tilematrix.Rows())
	if err != nil {
		t.Fatal(err)
	}
	s, e := &ogctest.Answers{Value: 6.98}, echo.New()
	h := handler(s, ogctest.Hold, ogc.About{Title: "Test"}, sets, []encode.Picture{{Type: "image/png", Alpha: true}, {Type: "image/jpeg"}},
		func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return ogctest.Noon }
	h.Register(e)
	return e, s
}

func get(t *testing.T, path string, headers ...string) (*httptest.ResponseRecorder, *ogctest.Answers) {
	t.Helper()
	e, s := service(t)
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	e.ServeHTTP(w, r)
	return w, s
}

const goodTile = "/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=gfs.t&STYLE=&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=3&TILEROW=2&TILECOL=5"

func TestTilesAreTranslated(t *testing.T) {
	for _, c := range []struct {
		name, path, style, run string
		format                 string
	}{
		{"by KVP", goodTile, "", "", "image/png"},
		{"by KVP with a time and a run", goodTile + "&Time=2026-11-24T12:00:00Z&Reference_time=2026-11-24T12:00:00Z&style=grey", "grey", "2026-11-24T12:00:00Z", "image/png"},
		{"by KVP with the defaults named", goodTile + "&Time=default&Elevation=default", "", "", "image/png"},
		{"by REST", "/wmts/1.0.0/gfs.t/default/default/85000/0/latest/WebMercatorQuad/3/2/5.png", "default", "", "image/png"},
		{"by REST without a run", "/wmts/1.0.0/gfs.t/default/default/85000/0/WebMercatorQuad/3/2/5.png", "default", "", "image/png"},
		{"by REST with colons", "/wmts/1.0.0/gfs.t/grey/2026-11-24T12:00:00Z/default/default/2026-11-24T12:00:00Z/WebMercatorQuad/3/2/5.png", "grey", "2026-11-24T12:00:00Z", "image/png"},
		{"by REST with colons encoded", "/wmts/1.0.0/gfs.t/grey/2026-11-24T12%3A00%3A00Z/default/default/2026-11-24T12%3A00%3A00Z/WebMercatorQuad/3/2/5.jpg", "grey", "2026-11-24T12:00:00Z", "image/jpeg"},
	} {
		w, s := get(t, c.path)
		if w.Code != http.StatusOK || w.Body.String() != "picture" {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			continue
		}
		m, run := s.Asked, ""
		if m.Layers[0].Selection.Run != nil {
			run = m.Layers[0].Selection.Run.String()
		}
		if m.Layers[0].Style != c.style || run != c.run || m.Format != c.format || m.Transparent != (c.format == "image/png") {
			t.Errorf("%s: asked for %+v, run %s", c.name, m, run)
		}
		if want := geo.Tile(3, 5, 2, 256); m.View.Width != 256 || m.View.Box[0]-want.Box[0] > 1e-6 || m.View.Box[3]-want.Box[3] > 1e-6 {
			t.Errorf("%s: view %v, want %v", c.name, m.View.Box, want.Box)
		}
	}
}

func TestFaultsNameTheirParameter(t *testing.T) {
	without := func(name string) string {
		u, _ := url.Parse(goodTile)
		q := u.Query()
		q.Del(name)
		return "/wmts?" + q.Encode()
	}
	for _, c := range []struct {
		path          string
		status        int
		code, locator string
	}{
		{"/wmts?service=WMTS", 400, "MissingParameterValue", "request"},
		{"/wmts?request=GetTile", 400, "MissingParameterValue", "service"},
		{"/wmts?service=BOGUS&request=GetTile", 400, "InvalidParameterValue", "service"},
		{"/wmts?service=WMTS&request=GetBOGUS", 400, "InvalidParameterValue", "request"},
		{"/wmts?service=WMTS&request=GetCapabilities&AcceptVersions=9.9.9", 400, "VersionNegotiationFailed", ""},
		{"/wmts?service=WMTS&request=GetCapabilities&Sections=Bogus", 400, "InvalidParameterValue", "sections"},
		{"/wmts?service=WMTS&request=GetCapabilities&Sections=", 400, "MissingParameterValue", "sections"},
		{"/wmts?service=WMTS&request=GetCapabilities&updateSequence=99999999999999", 400, "InvalidUpdateSequence", ""},
		{without("LAYER"), 400, "MissingParameterValue", "Layer"},
		{without("STYLE"), 400, "MissingParameterValue", "Style"},
		{without("FORMAT"), 400, "MissingParameterValue", "Format"},
		{without("TILEMATRIXSET"), 400, "MissingParameterValue", "TileMatrixSet"},
		{without("TILEMATRIX"), 400, "MissingParameterValue", "TileMatrix"},
		{without("TILEROW"), 400, "MissingParameterValue", "TileRow"},
		{without("TILECOL"), 400, "MissingParameterValue", "TileCol"},
		{goodTile + "&layer=nope", 400, "InvalidParameterValue", "Layer"},
		{goodTile + "&TileMatrixSet=nope", 400, "InvalidParameterValue", "TileMatrixSet"},
		{goodTile + "&TileMatrix=99", 400, "InvalidParameterValue", "TileMatrix"},
		{goodTile + "&TileRow=8", 400, "TileOutOfRange", "TileRow"},
		{goodTile + "&TileCol=-1", 400, "TileOutOfRange", "TileCol"},
		{goodTile + "&Format=image/tiff", 400, "InvalidParameterValue", "Format"},
		{goodTile + "&Time=x", 400, "InvalidParameterValue", "Time"},
		{goodTile + "&Elevation=x", 400, "InvalidParameterValue", "Elevation"},
		{goodTile + "&request=GetFeatureInfo&I=256&J=0&InfoFormat=text/plain", 400, "TileOutOfRange", "I"},
		{goodTile + "&request=GetFeatureInfo&I=x&J=0&InfoFormat=text/plain", 400, "InvalidParameterValue", "I"},
		{goodTile + "&request=GetFeatureInfo&I=0&J=0", 400, "MissingParameterValue", "InfoFormat"},
		{goodTile + "&request=GetFeatureInfo&I=0&InfoFormat=text/plain", 400, "MissingParameterValue", "J"},
		{goodTile + "&request=GetFeatureInfo&I=0&J=0&InfoFormat=x/y", 400, "InvalidParameterValue", "InfoFormat"},
		{"/wmts/1.0.0/nope/default/default/latest/WebMercatorQuad/0/0/0.png", 404, "InvalidParameterValue", "Layer"},
		{"/wmts/1.0.0/WMTSCapabilities.xml/Bogus", 404, "InvalidParameterValue", ""},
		{"/wmts/1.0.0/gfs.t/default/WebMercatorQuad/0/0/0.png", 404, "InvalidParameterValue", ""},
		{"/wmts/1.0.0/gfs.t/default/default/default/default/latest/WebMercatorQuad/0/0/0.gif", 404, "InvalidParameterValue", ""},
	} {
		w, _ := get(t, c.path)
		d := etree.NewDocument()
		if err := d.ReadFromBytes(w.Body.Bytes()); err != nil {
			t.Errorf("%s: %v in %s", c.path, err, w.Body)
			continue
		}
		e := d.FindElement("/ExceptionReport/Exception")
		if e == nil || w.Code != c.status || e.SelectAttrValue("exceptionCode", "") != c.code || e.SelectAttrValue("locator", "") != c.locator {
			t.Errorf("%s: %d %s, want %d %s of %q", c.path, w.Code, w.Body, c.status, c.code, c.locator)
		}
	}
	if w, _ := get(t, "/wmts/1.0.0/WMTSCapabilities.xml", "Accept", "example/unknown"); w.Code != http.StatusNotAcceptable {
		t.Errorf("capabilities that are not accepted: %d", w.Code)
	}
}

func TestValuesAreTold(t *testing.T) {
	for _, path := range []string{
		strings.Replace(goodTile, "GetTile", "GetFeatureInfo", 1) + "&InfoFormat=application/json&I=0&J=0",
		strings.Replace(strings.Replace(goodTile, "GetTile", "GetFeatureInfo", 1), "FORMAT=image/png&", "", 1) + "&InfoFormat=application/json&J=0&I=0",
		"/wmts/1.0.0/gfs.t/default/default/default/default/latest/WebMercatorQuad/3/2/5/0/0.json",
	} {
		w, s := get(t, path)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"value":6.98`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if at := s.Info.At; at.Lon < 45 || at.Lon > 45.1 || at.Lat < 66.4 || at.Lat > 66.6 {
			t.Errorf("%s: asked at %v", path, at)
		}
	}
}

func TestCapabilitiesTellOfLayersAndSets(t *testing.T) {
	w, _ := get(t, "/wmts/1.0.0/WMTSCapabilities.xml")
	d := etree.NewDocument()
	if err := d.ReadFromBytes(w.Body.Bytes()); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v", w.Code, err)
	}
	found := d.FindElements("/Capabilities/Contents/Layer")
	if len(found) != 3 {
		t.Fatalf("%d layers", len(found))
	}
	world, region := found[0], found[2]
	var names []string
	for _, e := range world.SelectElements("Dimension") {
		names = append(names, e.FindElement("ows:Identifier").Text())
	}
	if got := strings.Join(names, " "); got != "Time Elevation Member" {
		t.Errorf("dimensions are %s", got)
	}
	template := world.FindElement("ResourceURL[@resourceType='tile']").SelectAttrValue("template", "")
	if template != "http://isobar.test/wmts/1.0.0/gfs.t/{Style}/{Time}/{Elevation}/{Member}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png" {
		t.Errorf("the template is %s", template)
	}
	if n := len(world.FindElements("ResourceURL[@resourceType='tile']")); n != 1 {
		t.Errorf("%d tile templates, want 1", n)
	}
	if len(world.FindElements("TileMatrixSetLink[TileMatrixSet='WebMercatorQuad']/TileMatrixSetLimits")) != 0 {
		t.Error("limits are told of a layer that fills the world")
	}
	limits := region.FindElement("TileMatrixSetLink[TileMatrixSet='WebMercatorQuad']/TileMatrixSetLimits/TileMatrixLimits[TileMatrix='2']")
	if limits == nil || limits.SelectElement("MinTileCol").Text() != "0" || limits.SelectElement("MaxTileCol").Text() != "1" || limits.SelectElement("MaxTileRow").Text() != "1" {
		t.Errorf("limits of the regional layer at level 2 are not right: %v", limits)
	}
	if region.FindElement("TileMatrixSetLink[TileMatrixSet='AntarcticPolarStereoQuad']") != nil {
		t.Error("a layer of America has tiles of the Antarctic")
	}
	if corner := d.FindElement("//TileMatrixSet[ows:Identifier='EuropeanETRS89_LAEAQuad']/TileMatrix/TopLeftCorner").Text(); corner != "5500000 2000000" {
		t.Errorf("the corner of the LAEA set is %s, want northing first", corner)
	}
}

func FuzzREST(f *testing.F) {
	f.Add("gfs.t/default/default/default/default/latest/WebMercatorQuad/3/2/5.png")
	f.Add("gfs.t/a/b/c/d/e/f/g/h/i.json")
	f.Add("%2F/..//./%zz.png")
	f.Fuzz(func(t *testing.T, path string) {
		e, _ := service(t)
		w := httptest.NewRecorder()
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: restRoot + "/" + path}, Header: http.Header{}, Host: "isobar.test"}
		e.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%q: %d %s", path, w.Code, w.Body)
		}
	})
}

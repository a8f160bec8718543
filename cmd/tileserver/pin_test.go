package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestTheAddressThatNamesTimeAndRunGivesTheSameForEver follows Content-Location from requests that leave time or run to the server.
func TestTheAddressThatNamesTimeAndRunGivesTheSameForEver(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	const layer = "gfs-0p5-natl.t2m"
	wms := "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=" + layer + "&STYLES=&CRS=CRS:84&BBOX=-90,0,0,60&WIDTH=90&HEIGHT=60&FORMAT=image/png"
	wmts := "/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + layer + "&STYLE=&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=4&TILEROW=6&TILECOL=7"
	maps := "/collections/" + layer + "/map"
	for _, asked := range []string{
		wms, wms + "&TIME=current&REFERENCE_TIME=latest", wms + "&TIME=2013-02-15",
		wmts, wmts + "&Time=default&Reference_time=latest",
		"/wmts/1.0.0/" + layer + "/default/default/latest/WebMercatorQuad/4/6/7.png",
		"/wmts/1.0.0/" + layer + "/default/default/WebMercatorQuad/4/6/7.jpg",
		"/wmts/1.0.0/" + layer + "/default/2013-02-15T06%3A00%3A00Z/WebMercatorQuad/4/6/7.png",
		"/wmts/1.0.0/gfs-2p5.t/default/default/default/WorldCRS84Quad/1/0/1.png", "/wmts/1.0.0/gfs-2p5.t/default/default/100000/latest/WorldCRS84Quad/1/0/1.png",
		"/collections/gfs-2p5.t/map?width=100", "/collections/gfs-2p5.t/map?width=100&subset=elevation(100000)", "/xyz/gfs-2p5.t/1/0/0.png?elevation=100000", "/xyz/gfs-2p5.t/1/0/0.data.png",
		strings.Replace(wms, layer, "gfs-2p5.t,gfs-2p5.r", 1),
		maps, maps + "?datetime=2013-02-15&width=300", maps + "?f=jpeg&subset=Lat(10:40),time(%222013-02-15%22)&subset=Lon(-90:0)",
		"/map?width=200", "/styles/cloud/map?width=100", maps + "/tiles/WebMercatorQuad/4/6/7", maps + "/tiles/WebMercatorQuad/4/6/7?f=jpeg&subset=reference_time(%22latest%22)",
		"/map/tiles/WebMercatorQuad/1/0/0",
		"/xyz/" + layer + "/4/7/6.png", "/xyz/" + layer + "/4/7/6.data.png?time=2013-02-15", "/xyz/" + layer + "/4/7/6.mvt?run=latest",
	} {
		first := fetched(h.handler, asked)
		location := first.Header().Get("Content-Location")
		if first.Code != http.StatusOK || location == "" {
			t.Errorf("%s: %d, Content-Location %q: %.200s", asked, first.Code, location, first.Body)
			continue
		}
		if kept := first.Header().Get("Cache-Control"); strings.Contains(kept, "immutable") {
			t.Errorf("%s leaves a choice and may be kept: %s", asked, kept)
		}
		from, err := url.Parse(asked)
		if err != nil {
			t.Fatal(err)
		}
		to, err := from.Parse(location)
		if err != nil {
			t.Errorf("%s: Content-Location %q: %v", asked, location, err)
			continue
		}
		second := fetched(h.handler, to.RequestURI())
		if second.Code != http.StatusOK || second.Body.String() != first.Body.String() || second.Header().Get("Content-Type") != first.Header().Get("Content-Type") {
			t.Errorf("%s\n%s: %d %s, not the same %d bytes", asked, to.RequestURI(), second.Code, second.Header().Get("Content-Type"), first.Body.Len())
		}
		if kept := second.Header().Get("Cache-Control"); !strings.Contains(kept, "immutable") || second.Header().Get("Content-Location") != "" {
			t.Errorf("%s\n%s: Cache-Control %q, Content-Location %q", asked, to.RequestURI(), kept, second.Header().Get("Content-Location"))
		}
	}
}

func fetched(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func TestTheNearestTimeIsToldOfWhereTheCurrentOneIsAskedFor(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	w := fetched(h.handler, "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs-2p5.msl&STYLES=&CRS=CRS:84&BBOX=-90,0,0,60&WIDTH=90&HEIGHT=60&FORMAT=image/png&TIME=current")
	if got, want := strings.Join(w.Header().Values("Warning"), "; "), "99 Nearest value used: time=2017-03-22T00:00:00Z ISO8601"; w.Code != http.StatusOK || got != want {
		t.Errorf("%d, Warning %q, want %q", w.Code, got, want)
	}
}

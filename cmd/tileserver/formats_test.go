package main

import (
	"bytes"
	"image/gif"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	_ "golang.org/x/image/webp"
)

func TestAnAnimationLoopsOverTheTimesWithinAnInterval(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		return w
	}
	const target = "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs-0p5-natl.t2m&STYLES=&CRS=CRS:84&BBOX=-30,25,12,48&WIDTH=120&HEIGHT=70&FORMAT=image/gif&FRAME_DELAY=300&TIME=2013-02-14T06:00:00Z/2013-02-15T06:00:00Z"
	for period, frames := range map[string]int{"": 5, "/PT12H": 3} {
		w := ask(target + period)
		film, err := gif.DecodeAll(bytes.NewReader(w.Body.Bytes()))
		if err != nil || len(film.Image) != frames || film.LoopCount != 0 || film.Delay[0] != 30 {
			t.Errorf("period %q: %d %v, want %d frames: %.200s", period, w.Code, err, frames, w.Body)
		}
	}
}

func TestThePinnedAddressIsKeptForAYear(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		"/xyz/gfs-0p5-natl.t2m/4/7/6.png", "/xyz/gfs-0p5-natl.t2m/4/7/6.webp", "/xyz/gfs-0p5-natl.t2m/4/7/6.data.png", "/xyz/gfs-0p5-natl.u10/4/7/6.uv.png", "/xyz/gfs-0p5-natl.t2m/4/7/6.mvt?interval=2",
		"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs-0p5-natl.t2m&STYLES=&CRS=CRS:84&BBOX=-30,25,12,48&WIDTH=120&HEIGHT=70&FORMAT=image/png&TIME=current",
	} {
		first := httptest.NewRecorder()
		h.handler.ServeHTTP(first, httptest.NewRequest(http.MethodGet, target, nil))
		path, _, _ := strings.Cut(target, "?")
		pinned := first.Header().Get("Content-Location")
		if first.Code != http.StatusOK || pinned == "" || strings.Contains(first.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %v", target, first.Code, first.Header())
			continue
		}
		again := httptest.NewRecorder()
		h.handler.ServeHTTP(again, httptest.NewRequest(http.MethodGet, path+pinned, nil))
		if !strings.Contains(again.Header().Get("Cache-Control"), "immutable") || !bytes.Equal(again.Body.Bytes(), first.Body.Bytes()) || again.Header().Get("ETag") != first.Header().Get("ETag") {
			t.Errorf("%s%s: %d, %v", path, pinned, again.Code, again.Header())
		}
	}
}

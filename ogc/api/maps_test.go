package api_test

import (
	"image/color"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// near tells that boxes are the same but for the last digits.
func near(a, b geo.Box) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-6*max(1, math.Abs(b[i])) {
			return false
		}
	}
	return true
}

func TestMapsAreTranslated(t *testing.T) {
	const half = 20037508.342789244
	for _, c := range []struct {
		name, path    string
		ref           string
		box           geo.Box
		width, height int
	}{
		{"the whole extent by default", "/collections/gfs.t/map", "CRS:84", geo.Box{-180, -90, 180, 90}, 1000, 500},
		{"a region", "/collections/hrrr.t2m/map?width=370", "CRS:84", geo.Box{-134, 21, -60, 53}, 370, 160},
		{"longitude first in CRS84", "/collections/gfs.t/map?bbox=-10,40,20,60&width=30", "CRS:84", geo.Box{-10, 40, 20, 60}, 30, 20},
		{"latitude first in EPSG:4326", "/collections/gfs.t/map?bbox=40,-10,60,20&bbox-crs=EPSG:4326&width=30", "CRS:84", geo.Box{-10, 40, 20, 60}, 30, 20},
		{"a safe CURIE", "/collections/gfs.t/map?bbox=40,-10,60,20&bbox-crs=[EPSG:4326]&width=30", "CRS:84", geo.Box{-10, 40, 20, 60}, 30, 20},
		{"a URI", "/collections/gfs.t/map?crs=http://www.opengis.net/def/crs/EPSG/0/3857&bbox=-180,-85,180,85&width=10&height=10", "EPSG:3857", geo.Box{-half, -19971868.880408604, half, 19971868.880408604}, 10, 10},
		{"heights are left out", "/collections/gfs.t/map?bbox=-10,40,0,20,60,100&width=30", "CRS:84", geo.Box{-10, 40, 20, 60}, 30, 20},
		{"over 180 degrees", "/collections/gfs.t/map?bbox=170,-10,-170,10&height=20", "CRS:84", geo.Box{170, -10, 190, 10}, 20, 20},
		{"a box in metres", "/collections/gfs.t/map?crs=EPSG:3857&bbox-crs=EPSG:3857&bbox=0,0,200,100&width=20", "EPSG:3857", geo.Box{0, 0, 200, 100}, 20, 10},
		{"axes of subset", "/collections/gfs.t/map?subset=Lat(40:60),Lon(-10:20)&width=30", "CRS:84", geo.Box{-10, 40, 20, 60}, 30, 20},
		{"one axis, open at one end", "/collections/gfs.t/map?subset=Lat(60:*)&width=36", "CRS:84", geo.Box{-180, 60, 180, 90}, 36, 3},
		{"axes in metres", "/collections/gfs.t/map?crs=EPSG:3857&subset-crs=EPSG:3857&subset=E(0:200),N(0:100)&width=20", "EPSG:3857", geo.Box{0, 0, 200, 100}, 20, 10},
		{"by scale", "/collections/gfs.t/map?crs=EPSG:3857&bbox-crs=EPSG:3857&bbox=0,0,280,140&scale-denominator=10000", "EPSG:3857", geo.Box{0, 0, 280, 140}, 100, 50},
		{"by scale and pixel", "/collections/gfs.t/map?crs=EPSG:3857&bbox-crs=EPSG:3857&bbox=0,0,280,140&scale-denominator=10000&mm-per-pixel=0.56", "EPSG:3857", geo.Box{0, 0, 280, 140}, 50, 25},
		{"about a centre", "/collections/gfs.t/map?crs=EPSG:3857&center=0,0&width=100&height=50&scale-denominator=10000", "EPSG:3857", geo.Box{-140, -70, 140, 70}, 100, 50},
		{"about a centre, latitude first", "/collections/gfs.t/map?center=50,10&center-crs=EPSG:4326&width=100&height=100&scale-denominator=397569610", "CRS:84", geo.Box{-40, 0, 60, 100}, 100, 100},
	} {
		w, s := get(t, c.path)
		v := s.Asked.View
		if w.Code != http.StatusOK || v.Ref.Code != c.ref || !near(v.Box, c.box) || v.Width != c.width || v.Height != c.height {
			t.Errorf("%s: %d %s %v %dx%d, want %s %v %dx%d %s", c.name, w.Code, v.Ref.Code, v.Box, v.Width, v.Height, c.ref, c.box, c.width, c.height, w.Body)
		}
	}
}

func TestTheGroundIsRead(t *testing.T) {
	for _, c := range []struct {
		query       string
		ground      color.NRGBA
		transparent bool
	}{
		{"", color.NRGBA{255, 255, 255, 255}, true},
		{"f=jpeg", color.NRGBA{255, 255, 255, 255}, false},
		{"bgcolor=0xCC00CC", color.NRGBA{0xCC, 0, 0xCC, 255}, false},
		{"bgcolor=navy&transparent=true", color.NRGBA{0, 0, 0x80, 255}, true},
		{"transparent=false", color.NRGBA{255, 255, 255, 255}, false},
	} {
		for _, path := range []string{"/collections/gfs.t/map", "/collections/gfs.t/map/tiles/WebMercatorQuad/1/0/0"} {
			w, s := get(t, path+"?"+c.query)
			if w.Code != http.StatusOK || s.Asked.Background != c.ground || s.Asked.Transparent != c.transparent {
				t.Errorf("%s?%s: %d, %v transparent %v", path, c.query, w.Code, s.Asked.Background, s.Asked.Transparent)
			}
		}
	}
}

func TestFieldsAreChosen(t *testing.T) {
	for _, c := range []struct{ query, time, run, level, member string }{
		{"", "", "", "", ""},
		{"datetime=2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z", "", "", ""},
		{"datetime=2026-11-24T12:00:00Z/..", "2026-11-24T12:00:00Z", "", "", ""},
		{`subset=time("2026-11-24T12:00:00Z")`, "2026-11-24T12:00:00Z", "", "", ""},
		{`subset=reference_time("2026-11-24T06:00:00Z"),elevation(85000),member(2)`, "", "2026-11-24T06:00:00Z", "85000", "2"},
		{`subset=elevation(85000)&subset=member(2)`, "", "", "85000", "2"},
	} {
		for _, path := range []string{"/collections/gfs.t/map", "/collections/gfs.t/map/tiles/WebMercatorQuad/1/0/0"} {
			q, _ := url.ParseQuery(c.query)
			w, s := get(t, path+"?"+q.Encode())
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", c.query, w.Code, w.Body)
				continue
			}
			got, x := [4]string{}, s.Asked.Layers[0].Selection
			if x.Time != nil {
				got[0] = x.Time.Start.String()
			}
			if x.Run != nil {
				got[1] = x.Run.String()
			}
			if x.Level != nil {
				got[2] = ogc.Number(*x.Level)
			}
			if x.Member != nil {
				got[3] = ogc.Number(float64(*x.Member))
			}
			if got != [4]string{c.time, c.run, c.level, c.member} {
				t.Errorf("%s?%s chose %q", path, c.query, got)
			}
		}
	}
}

func TestCollectionsAreChosen(t *testing.T) {
	for query, want := range map[string]string{
		"": "gfs.t", "collections=hrrr.t2m": "hrrr.t2m", "collections=hrrr.t2m,gfs.t": "hrrr.t2m gfs.t",
		"collections=" + url.QueryEscape(base+"/collections/gfs.u%3C10%3E"): "gfs.u<10>",
	} {
		for _, path := range []string{"/map", "/map/tiles/WebMercatorQuad/1/0/0"} {
			w, s := get(t, path+"?"+query)
			var names []string
			for _, l := range s.Asked.Layers {
				names = append(names, l.Name)
			}
			if got := strings.Join(names, " "); w.Code != http.StatusOK || got != want {
				t.Errorf("%s?%s: %d, drew %s, want %s", path, query, w.Code, got, want)
			}
		}
	}
}

func TestAStyleHasAMap(t *testing.T) {
	for path, want := range map[string]string{"/styles/grey/map": "gfs.t", "/styles/grey/map?collections=hrrr.t2m": "hrrr.t2m"} {
		w, s := get(t, path)
		if w.Code != http.StatusOK || s.Asked.Layers[0].Name != want || s.Asked.Layers[0].Style != "grey" {
			t.Errorf("%s: %d, drew %+v, want %s", path, w.Code, s.Asked.Layers, want)
		}
	}
	if w, _ := get(t, "/styles/nope/map"); w.Code != http.StatusNotFound {
		t.Errorf("a map in no style: %d", w.Code)
	}
}

func TestMapsSayWhatTheyShow(t *testing.T) {
	w, _ := get(t, "/collections/gfs.t/map?crs=EPSG:4326&bbox=-10,40,20,60")
	if got := w.Header().Get("Content-Bbox"); got != "40,-10,60,20" {
		t.Errorf("Content-Bbox is %s, want latitude first", got)
	}
	if got := w.Header().Get("Content-Crs"); got != "<http://www.opengis.net/def/crs/EPSG/0/4326>" {
		t.Errorf("Content-Crs is %s", got)
	}
	w, s := get(t, "/collections/gfs.t/styles/grey/map/tiles/WorldCRS84Quad/2/1/5")
	if got := w.Header().Get("Content-Crs"); got != "" {
		t.Errorf("a tile's Content-Crs is %s", got)
	}
	if v := s.Asked.View; !near(v.Box, geo.Box{45, 0, 90, 45}) || s.Asked.Layers[0].Style != "grey" {
		t.Errorf("row 1, column 5 is %v in style %s", v.Box, s.Asked.Layers[0].Style)
	}
}

func TestSubsetsAreRead(t *testing.T) {
	for text, want := range map[string]map[string]api.Interval{
		"Lat(40:60)":                      {"lat": {Low: "40", High: "60"}},
		" Lat ( 40 : 60 ) , Lon(-10:*)":   {"lat": {Low: "40", High: "60"}, "lon": {Low: "-10", High: "*"}},
		`time("2026-11-24T06:00:00Z")`:    {"time": {Low: "2026-11-24T06:00:00Z", High: "2026-11-24T06:00:00Z"}},
		`time(2026-11-24T06:00:00Z)`:      {"time": {Low: "2026-11-24T06:00:00Z", High: "2026-11-24T06:00:00Z"}},
		`time("2026-11-24":"2026-11-25")`: {"time": {Low: "2026-11-24", High: "2026-11-25"}},
		"elevation(85000)":                {"elevation": {Low: "85000", High: "85000"}},
		"":                                {},
	} {
		got, err := api.ReadSubset(ogc.Query{"subset": {text}})
		if err != nil || len(got) != len(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		for axis, interval := range want {
			if got[axis] != interval {
				t.Errorf("%q: %s is %v, want %v", text, axis, got[axis], interval)
			}
		}
	}
	for _, text := range []string{"Lat", "Lat(", "Lat()", "Lat(1:2", "(1:2)", "Lat(1:2)Lon(3:4)", "Lat(1),Lat(2)", "a(1),b(1),c(1),d(1),e(1),f(1),g(1),h(1),i(1)", "x(" + strings.Repeat("1", 2000) + ")"} {
		if got, err := api.ReadSubset(ogc.Query{"subset": {text}}); err == nil {
			t.Errorf("%.40q is taken as %v", text, got)
		}
	}
}

func FuzzSubset(f *testing.F) {
	for _, s := range []string{"Lat(40:60),Lon(-10:20)", `time("2026-11-24T06:00:00Z":"*")`, "a(b),c(d:e)", "((", `x("`, "é(1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		axes, err := api.ReadSubset(ogc.Query{"subset": {text}})
		if err == nil && len(axes) == 0 && strings.TrimSpace(text) != "" {
			t.Errorf("%q says nothing and is taken", text)
		}
	})
}

func FuzzMap(f *testing.F) {
	for _, q := range []string{"bbox=0,0,1,1&width=5", "center=1,2&scale-denominator=1e6", "subset=Lat(1:2)&crs=EPSG:3995", "crs=EPSG:3035&bbox=170,-10,-170,10&height=9", "datetime=../.."} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		e, s := service(t)
		w, r := newRequest("/collections/gfs.t/map", query)
		e.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
		}
		if v := s.Asked.View; w.Code == http.StatusOK && (v.Width < 1 || v.Width > 1000 || v.Height < 1 || v.Height > 1000 || !(v.Box[0] < v.Box[2]) || !(v.Box[1] < v.Box[3])) {
			t.Errorf("%q asks for %v %dx%d", query, v.Box, v.Width, v.Height)
		}
	})
}

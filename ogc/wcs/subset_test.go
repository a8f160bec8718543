package wcs

import (
	"reflect"
	"strings"
	"testing"
)

func TestSubsetsAreReadAsClientsWriteThem(t *testing.T) {
	for _, c := range []struct {
		text string
		want []subset
	}{
		{"Lat(1,2)", []subset{{axis: "Lat", low: "1", high: "2"}}},
		{" Lat ( 1 , 2 ) ", []subset{{axis: "Lat", low: "1", high: "2"}}},
		{"Lat(1)", []subset{{axis: "Lat", low: "1", slice: true}}},
		{"Lat(*,2)", []subset{{axis: "Lat", high: "2"}}},
		{"Lat(*,*)", []subset{{axis: "Lat"}}},
		{`time("2026-11-24T00:00:00Z")`, []subset{{axis: "time", low: "2026-11-24T00:00:00Z", slice: true}}},
		{`time(2026-11-24T00:00:00Z,"2026-11-25")`, []subset{{axis: "time", low: "2026-11-24T00:00:00Z", high: "2026-11-25"}}},
		{`x("a,b)c")`, []subset{{axis: "x", low: "a,b)c", slice: true}}},
		{"Long,http://www.opengis.net/def/crs/EPSG/0/4326(1,2)", []subset{{axis: "Long", crs: "http://www.opengis.net/def/crs/EPSG/0/4326", low: "1", high: "2"}}},
		{"Lat(1,2),Long(3)", []subset{{axis: "Lat", low: "1", high: "2"}, {axis: "Long", low: "3", slice: true}}},
	} {
		got, err := parseSubsets([]string{c.text})
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v %v, want %+v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"Lat", "(1)", "Lat(1", "Lat(1,2,3)", "Lat()", "Lat(,)", `Lat("1)`, "Lat(1)x", "Lat(*)", `Lat("")`, "Lat(1 (2))", strings.Repeat("a(1),", maxSubsets+1)} {
		if got, err := parseSubsets([]string{text}); err == nil {
			t.Errorf("%s: got %+v, want an error", text, got)
		}
	}
}

func FuzzSubsets(f *testing.F) {
	for _, seed := range []string{"Lat(1,2)", `time("a","b")`, "x,EPSG:4326(*,2),y(1)", "a(b(c", `"("`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseSubsets([]string{text})
		if err != nil {
			return
		}
		if len(list) > maxSubsets {
			t.Errorf("%q: %d subsets", text, len(list))
		}
		for _, s := range list {
			if s.axis == "" || s.slice && (s.low == "" || s.high != "") {
				t.Errorf("%q: %+v", text, s)
			}
		}
		_, _ = pairs("scalesize", []string{text})
	})
}

func FuzzXML(f *testing.F) {
	f.Add(`<GetCoverage service="WCS" version="2.0.1"><CoverageId>a</CoverageId><Extension><ScaleByFactor><scaleFactor>2</scaleFactor></ScaleByFactor></Extension></GetCoverage>`)
	f.Add(`<a><b/></a>`)
	f.Fuzz(func(t *testing.T, text string) {
		root, err := readTree([]byte(text))
		if err != nil {
			return
		}
		if q, err := translate(root); err == nil && q.Get("request") == "" && root.name != "" && strings.TrimSpace(root.name) != "" {
			t.Errorf("%q: no request", text)
		}
	})
}

func TestAPlusThatWasReadAsABlankIsAPlusAgain(t *testing.T) {
	for format, want := range map[string]string{
		"application/vnd.cov json":        "application/vnd.cov+json",
		"application/vnd.cov+json":        "application/vnd.cov+json",
		"image/tiff; application=geotiff": "image/tiff; application=geotiff",
		"application/x-grib ; edition=1":  "application/x-grib; edition=1",
		"":                                "",
	} {
		if got := withPlus(format); got != want {
			t.Errorf("%q: got %q, want %q", format, got, want)
		}
	}
}

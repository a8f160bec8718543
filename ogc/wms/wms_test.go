package wms

import (
	"encoding/json"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"strings"
	"testing"

	"isobar/geo"
)

const goodMap = "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs.t&STYLES=&CRS=EPSG:3857&BBOX=0,0,100,100&WIDTH=10&HEIGHT=20&FORMAT=image/png"

func TestMapsAreTranslated(t *testing.T) {
	for _, c := range []struct {
		name, query string
		box         geo.Box
	}{
		{"x comes first in Web Mercator", goodMap, geo.Box{0, 0, 100, 100}},
		{"latitude comes first in EPSG:4326 of 1.3.0", "VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs.t&CRS=EPSG:4326&BBOX=40,-10,60,20&WIDTH=10&HEIGHT=20&FORMAT=image/png", geo.Box{-10, 40, 20, 60}},
		{"longitude comes first in EPSG:4326 of 1.1.1", "VERSION=1.1.1&REQUEST=GetMap&LAYERS=gfs.t&SRS=EPSG:4326&BBOX=-10,40,20,60&WIDTH=10&HEIGHT=20&FORMAT=image/png", geo.Box{-10, 40, 20, 60}},
		{"longitude comes first in CRS:84", "VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs.t&CRS=CRS:84&BBOX=-10,40,20,60&WIDTH=10&HEIGHT=20&FORMAT=image/png", geo.Box{-10, 40, 20, 60}},
		{"names are folded and exponents read", "version=1.3.0&request=getmap&layers=gfs.t&crs=epsg:3857&bbox=-9.313225746154785e-10,0,1.0E2,100&width=10&height=20&format=image/png&_=1", geo.Box{-9.313225746154785e-10, 0, 100, 100}},
	} {
		h, s := service(t)
		w := get(h, c.query)
		if w.Code != http.StatusOK || w.Body.String() != "picture" {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			continue
		}
		if v := s.Asked.View; v.Box != c.box || v.Width != 10 || v.Height != 20 {
			t.Errorf("%s: view %v %dx%d, want %v", c.name, v.Box, v.Width, v.Height, c.box)
		}
		if s.Asked.Background != white255 || s.Asked.Transparent {
			t.Errorf("%s: background %v, transparent %v", c.name, s.Asked.Background, s.Asked.Transparent)
		}
		if got := w.Header().Values("Warning"); len(got) != 3 || !strings.Contains(got[0], "time=2026-11-24T12:00:00Z") {
			t.Errorf("%s: warnings %q, want those of time, elevation and member", c.name, got)
		}
	}
}

func TestFaultsNameTheirParameter(t *testing.T) {
	with := func(change string) string { return goodMap + "&" + change }
	for _, c := range []struct{ query, code, locator string }{
		{with("CRS=EPSG:1"), "InvalidCRS", "crs"},
		{with("BBOX=0,0,0,100"), "InvalidParameterValue", "bbox"},
		{with("BBOX=0,0,100"), "InvalidParameterValue", "bbox"},
		{with("BBOX=0,0,1e400,100"), "InvalidParameterValue", "bbox"},
		{with("WIDTH=1001"), "InvalidParameterValue", "width"},
		{with("HEIGHT=0"), "InvalidParameterValue", "height"},
		{with("LAYERS=a,b,c"), "InvalidParameterValue", "layers"},
		{with("STYLES=a,b"), "StyleNotDefined", "styles"},
		{with("TIME=never"), "InvalidDimensionValue", "time"},
		{with("ELEVATION=x"), "InvalidDimensionValue", "elevation"},
		{with("BGCOLOR=red"), "InvalidParameterValue", "bgcolor"},
		{with("REQUEST=GetTile"), "OperationNotSupported", "request"},
		{with("SERVICE=WCS"), "InvalidParameterValue", "service"},
		{"SERVICE=WMS&REQUEST=GetMap", "MissingParameterValue", "version"},
		{"VERSION=1.3.0&REQUEST=GetMap&CRS=CRS:84", "LayerNotDefined", "layers"},
		{"VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs.t&CRS=CRS:84&BBOX=0,0,1,1&WIDTH=8&HEIGHT=8", "InvalidFormat", "format"},
		{"VERSION=1.3.0&REQUEST=GetFeatureInfo&INFO_FORMAT=image/png", "InvalidFormat", "info_format"},
		{with("REQUEST=GetFeatureInfo"), "MissingParameterValue", "query_layers"},
		{with("REQUEST=GetFeatureInfo&QUERY_LAYERS=other"), "LayerNotDefined", "query_layers"},
		{with("REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t"), "MissingParameterValue", "i"},
		{with("REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t&I=10&J=0"), "InvalidPoint", "i"},
		{with("REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t&I=1&J=-1"), "InvalidPoint", "j"},
		{"REQUEST=GetLegendGraphic", "LayerNotDefined", "layer"},
	} {
		h, _ := service(t)
		w := get(h, c.query)
		gotCode, gotLocator := code(t, w.Body.Bytes())
		if w.Code != http.StatusBadRequest || gotCode != c.code || gotLocator != c.locator || w.Header().Get("Content-Type") != "text/xml" {
			t.Errorf("%s\n got %d %s %s of %s, want %s %s", c.query, w.Code, w.Header().Get("Content-Type"), gotCode, gotLocator, c.code, c.locator)
		}
	}
}

func TestOldClientsAreToldInTheirForm(t *testing.T) {
	h, _ := service(t)
	w := get(h, "VERSION=1.1.1&REQUEST=GetMap&LAYERS=gfs.t&SRS=EPSG:1&BBOX=0,0,1,1&WIDTH=8&HEIGHT=8&FORMAT=image/png")
	got, locator := code(t, w.Body.Bytes())
	if w.Header().Get("Content-Type") != "application/vnd.ogc.se_xml" || got != "InvalidSRS" || locator != "" {
		t.Errorf("got %s %s %s", w.Header().Get("Content-Type"), got, locator)
	}
}

func TestFaultsAreDrawnWhereThatIsAsked(t *testing.T) {
	for _, exceptions := range []string{"INIMAGE", "BLANK", "application/vnd.ogc.se_inimage"} {
		h, _ := service(t)
		w := get(h, goodMap+"&WIDTH=300&HEIGHT=100&TIME=never&BGCOLOR=0x0000FF&EXCEPTIONS="+exceptions)
		img, err := png.Decode(w.Body)
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", exceptions, w.Code, err)
		}
		inked := 0
		for x := range 300 {
			for y := range 100 {
				if color.NRGBAModel.Convert(img.At(x, y)) != (color.NRGBA{B: 255, A: 255}) {
					inked++
				}
			}
		}
		if img.Bounds().Dx() != 300 || img.Bounds().Dy() != 100 || (inked > 0) != !strings.HasSuffix(exceptions, "BLANK") {
			t.Errorf("%s: %v with %d pixels of text", exceptions, img.Bounds(), inked)
		}
	}
}

func TestValuesAreToldInEveryForm(t *testing.T) {
	const ask = goodMap + "&REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t&INFO_FORMAT="
	for _, c := range []struct{ format, at, want string }{
		{"text/plain", "&I=5&J=10", "6.98 °C"},
		{"text/html", "&I=5&J=10", "<td>6.98 °C</td>"},
		{"application/vnd.ogc.gml", "&X=5&Y=10", "<value>6.98</value>"},
		{"application/json", "&I=5&J=10", `"value":6.98`},
		{"application/geo json", "&I=5&J=10", `"elevation":50000`},
		{"", "&I=5&J=10", "6.98"},
	} {
		h, s := service(t)
		w := get(h, ask+c.format+c.at)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %s", c.format, w.Code, w.Body, c.want)
		}
		if at := s.Info.At; math.Abs(at.Lon-55.0/111319.49) > 1e-6 || math.Abs(at.Lat-47.5/111319.49) > 1e-4 {
			t.Errorf("%s: asked at %v, want the pixel's centre", c.format, at)
		}
	}
}

func TestAMissingValueIsNull(t *testing.T) {
	h, s := service(t)
	s.Value = math.NaN()
	w := get(h, goodMap+"&REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t&I=0&J=0&INFO_FORMAT=application/json")
	var got struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Features) != 1 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if v, ok := got.Features[0].Properties["value"]; !ok || v != nil {
		t.Errorf("value is %v, want null", v)
	}
}

func TestVersionsAreNegotiated(t *testing.T) {
	for _, c := range []struct{ query, root string }{
		{"SERVICE=WMS&REQUEST=GetCapabilities", "WMS_Capabilities"},
		{"SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0", "WMS_Capabilities"},
		{"SERVICE=WMS&REQUEST=GetCapabilities&VERSION=2.0.0", "WMS_Capabilities"},
		{"SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.1.1", "WMT_MS_Capabilities"},
		{"SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.2.0", "WMT_MS_Capabilities"},
		{"SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.0.0", "WMT_MS_Capabilities"},
		{"REQUEST=capabilities&WMTVER=1.0.0", "WMT_MS_Capabilities"},
	} {
		h, _ := service(t)
		if w := get(h, c.query); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<"+c.root) {
			t.Errorf("%s: %d %.200s, want %s", c.query, w.Code, w.Body, c.root)
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, q := range []string{goodMap, goodMap + "&REQUEST=GetFeatureInfo&QUERY_LAYERS=gfs.t&I=1&J=1&INFO_FORMAT=text/html", "REQUEST=GetCapabilities&VERSION=1.1.1",
		"REQUEST=GetLegendGraphic&LAYER=gfs.t&WIDTH=9", goodMap + "&BBOX=1,2,3", "VERSION=..&REQUEST=GetMap", goodMap + "&EXCEPTIONS=INIMAGE&TIME=x"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		h, _ := service(t)
		w := get(h, query)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
		}
	})
}

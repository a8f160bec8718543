package wms

import (
	"image/color"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"isobar/ogc/ogctest"
	"isobar/styles"
)

// asked is the change of style that a map is asked for with.
func asked(t *testing.T, query string) (*ogctest.Answers, *styles.Change) {
	t.Helper()
	h, s := service(t)
	if w := get(h, query); w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	return s, s.Asked.Layers[0].Recolour
}

func TestColoursAreChanged(t *testing.T) {
	for _, c := range []struct {
		query string
		want  styles.Change
	}{
		{"COLORSCALERANGE=-10,30.5", styles.Change{Low: -10, High: 30.5}},
		{"colorscalerange=250,300&units=K", styles.Change{Low: 250, High: 300, Unit: "K"}},
		{"COLORSCALERANGE=auto", styles.Change{Auto: true}},
		{"COLORSCALERANGE=default&NUMCOLORBANDS=10", styles.Change{Bands: 10}},
		{"NUMCOLORBANDS=250", styles.Change{}},
		{"LOGSCALE=true&COLORSCALERANGE=1,100", styles.Change{Log: true, Low: 1, High: 100}},
		{"OPACITY=40", styles.Change{Fade: 0.6}},
		{"ABOVEMAXCOLOR=extend&BELOWMINCOLOR=extend", styles.Change{Extend: [2]bool{true, true}}},
	} {
		_, got := asked(t, goodMap+"&"+c.query)
		if got == nil || math.Abs(got.Fade-c.want.Fade) > 1e-9 {
			t.Errorf("%s: %+v", c.query, got)
			continue
		}
		got.Fade = c.want.Fade
		if *got != c.want {
			t.Errorf("%s: %+v, want %+v", c.query, *got, c.want)
		}
	}
	if _, got := asked(t, goodMap); got != nil {
		t.Errorf("without parameters: %+v", got)
	}
	_, got := asked(t, goodMap+"&ABOVEMAXCOLOR=0x80FF0001&BELOWMINCOLOR=transparent")
	if *got.Above != (color.NRGBA{255, 0, 1, 128}) || *got.Below != (color.NRGBA{}) {
		t.Errorf("colours beyond the range are %v and %v", got.Above, got.Below)
	}
}

func TestPaintersAndPalettesAreStyles(t *testing.T) {
	for name, want := range map[string]string{
		"grey": "grey", "default-scalar/default": "", "raster/grey": "grey", "boxfill/greyscale": "grey", "default-scalar": "", "other/grey": "other/grey", "": "",
	} {
		if s, _ := asked(t, goodMap+"&STYLES="+url.QueryEscape(name)); s.Asked.Layers[0].Style != want {
			t.Errorf("%q is style %q, want %q", name, s.Asked.Layers[0].Style, want)
		}
	}
}

func TestLegendsChangeAsTheirMaps(t *testing.T) {
	h, s := service(t)
	w := get(h, "SERVICE=WMS&REQUEST=GetLegendGraphic&LAYER=gfs.t&STYLE=raster/grey&COLORSCALERANGE=0,10&NUMCOLORBANDS=5")
	if w.Code != http.StatusOK || s.Drawn.Style != "grey" || s.Drawn.Recolour == nil || s.Drawn.Recolour.High != 10 || s.Drawn.Recolour.Bands != 5 {
		t.Errorf("%d %s, drew %+v", w.Code, w.Body, s.Drawn)
	}
}

func TestChangesThatCannotBeReadNameTheirParameter(t *testing.T) {
	for query, locator := range map[string]string{
		"COLORSCALERANGE=1":          "colorscalerange",
		"COLORSCALERANGE=2,1":        "colorscalerange",
		"COLORSCALERANGE=1,NaN":      "colorscalerange",
		"NUMCOLORBANDS=0":            "numcolorbands",
		"LOGSCALE=maybe":             "logscale",
		"OPACITY=101":                "opacity",
		"ABOVEMAXCOLOR=red":          "abovemaxcolor",
		"BELOWMINCOLOR=0x1234567":    "belowmincolor",
		"SLD_BODY=%3Ca/%3E":          "sld_body",
		"SLD=http://127.0.0.1:1/sld": "sld",
		"SLD=file:///etc/passwd":     "sld",
	} {
		h, _ := service(t)
		w := get(h, goodMap+"&"+query)
		gotCode, got := code(t, w.Body.Bytes())
		if w.Code != http.StatusBadRequest || gotCode != "InvalidParameterValue" || got != locator {
			t.Errorf("%s: %d %s of %s, want %s", query, w.Code, gotCode, got, locator)
		}
	}
}

const ramp = `<StyledLayerDescriptor version="1.0.0"><NamedLayer><Name>gfs.t</Name><UserStyle><FeatureTypeStyle><Rule><RasterSymbolizer><Opacity>0.5</Opacity><ColorMap>` +
	`<ColorMapEntry color="#0000ff" quantity="250"/><ColorMapEntry color="#ff0000" quantity="300"/></ColorMap></RasterSymbolizer></Rule></FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>`

func TestColoursComeBySLD(t *testing.T) {
	for name, query := range map[string]string{
		"beside the layers":   goodMap,
		"instead of layers":   strings.Replace(goodMap, "LAYERS=gfs.t&", "", 1),
		"over a chosen style": goodMap + "&STYLES=grey",
	} {
		s, got := asked(t, query+"&SLD_BODY="+url.QueryEscape(ramp))
		if got == nil || got.Instead == nil || len(got.Instead.Stops) != 2 || got.Fade != 0.5 || s.Asked.Layers[0].Name != "gfs.t" {
			t.Errorf("%s: %+v of %+v", name, got, s.Asked.Layers)
		}
	}
	s, got := asked(t, goodMap+"&SLD_BODY="+url.QueryEscape(`<StyledLayerDescriptor><NamedLayer><Name>gfs.t</Name><NamedStyle><Name>grey</Name></NamedStyle></NamedLayer></StyledLayerDescriptor>`))
	if got != nil || s.Asked.Layers[0].Style != "grey" {
		t.Errorf("a named style: %+v in style %q", got, s.Asked.Layers[0].Style)
	}
}

func TestSLDIsFetchedFromWhereItMay(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(ramp)) }))
	defer other.Close()
	friend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(ramp))
	}))
	defer friend.Close()
	for link, status := range map[string]int{friend.URL + "/a.sld": 200, friend.URL + "/away": 400, other.URL + "/a.sld": 400} {
		h, s := service(t)
		h.about.SLDFrom = []string{friend.URL + "/"}
		w := get(h, goodMap+"&SLD="+url.QueryEscape(link))
		if w.Code != status || status == http.StatusOK && s.Asked.Layers[0].Recolour.Instead == nil {
			t.Errorf("%s: %d %s, want %d", link, w.Code, w.Body, status)
		}
	}
}

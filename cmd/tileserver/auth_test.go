package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/labstack/echo/v4"

	"isobar/auth"
	"isobar/gateway"
	"isobar/ogc"
)

// passing is a door without layers, and a handler behind it that writes who came.
func passing(t *testing.T, c authConfig) http.Handler {
	t.Helper()
	d, err := newDoor(t.Context(), c, noLayers)
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	e.Use(d.watch)
	e.Any("/*", func(c echo.Context) error {
		if authorize := d.authorize(); authorize == nil {
			return c.NoContent(http.StatusNotImplemented)
		} else if err := authorize(c.Request()); errors.Is(err, auth.ErrUnknown) {
			return c.NoContent(http.StatusUnauthorized)
		} else if err != nil {
			return c.NoContent(http.StatusForbidden)
		}
		return c.String(http.StatusOK, auth.From(c.Request().Context()).Name)
	})
	return e
}

// noLayers holds a catalogue of nothing.
func noLayers() (ogc.Catalogue, func()) { return emptyCatalogue{}, func() {} }

type emptyCatalogue struct{ ogc.Catalogue }

func TestTokensAreKnownByTheirHash(t *testing.T) {
	t.Setenv(tokenVariable, "of the environment")
	const hashed = "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" // of "secret"
	h := passing(t, authConfig{Tokens: []string{"plain", hashed}})
	for header, want := range map[string]int{
		"Bearer plain": 200, "bearer secret": 200, "Bearer of the environment": 200, "": 401, "Bearer": 401, "Bearer ": 401, "Bearer nope": 401,
		"Basic plain": 401, "Bearer " + hashed: 401, "plain": 401,
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/alerts", nil)
		r.Header.Set("Authorization", header)
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%q: %d, want %d", header, w.Code, want)
		}
	}
	t.Setenv(tokenVariable, "")
	w := httptest.NewRecorder()
	if passing(t, authConfig{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/alerts", nil)); w.Code != http.StatusNotImplemented {
		t.Errorf("someone may write without a token: %d", w.Code)
	}
}

func TestTheGatewayIsBelievedWhoAsks(t *testing.T) {
	const secret = "sixteen bytes and more"
	h := passing(t, authConfig{IdentitySecret: secret})
	now := time.Now()
	for name, c := range map[string]struct {
		header string
		want   int
	}{
		"a writer":       {gateway.Sign([]byte(secret), auth.Principal{Name: "ada", Role: auth.Writer}, now), 200},
		"a reader":       {gateway.Sign([]byte(secret), auth.Principal{Name: "bob", Role: auth.Reader}, now), 403},
		"anybody":        {gateway.Sign([]byte(secret), auth.Principal{}, now), 401},
		"another secret": {gateway.Sign([]byte("another of sixteen and more"), auth.Principal{Name: "eve", Role: auth.Admin}, now), 401},
		"an old one":     {gateway.Sign([]byte(secret), auth.Principal{Name: "ada", Role: auth.Writer}, now.Add(-time.Hour)), 401},
		"nothing":        {"", 401},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/alerts", nil)
		r.Header.Set(gateway.IdentityHeader, c.header)
		if h.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

func TestClientsOfAServerAreKeptToTheirRate(t *testing.T) {
	h := passing(t, authConfig{Tokens: []string{"x"}, Requests: auth.Rate{Burst: 3, PerSecond: 0.01}})
	codes := ""
	for range 4 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/xyz/a/0/0/0.png", nil))
		codes += fmt.Sprint(w.Code, " ")
	}
	if codes != "401 401 401 429 " {
		t.Errorf("four requests where three are let through: %s", codes)
	}
}

func TestRulesOfCollectionsHoldForAllServices(t *testing.T) {
	dir := t.TempDir()
	key, hash := auth.NewKey()
	file := filepath.Join(dir, "c.yaml")
	writeFile(t, file, []byte("auth:\n  keys: [{name: reader, role: reader, hash: \""+hash+"\"}]\n  rules: [{collections: \"arome*\", role: reader}]\n"))
	sampleFiles(t, filepath.Join(dir, "in"), "arome", "hrrr")
	s := start(t, "serve", filepath.Join(dir, "in"), "--data", filepath.Join(dir, "data"), "--config", file)
	const layer = "arome-france-0p025.tcc"
	get := func(method, path, body, key string) (*http.Response, error) {
		r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		switch {
		case strings.HasPrefix(body, "<"):
			r.Header.Set("Content-Type", "text/xml")
		case strings.HasPrefix(body, "{"):
			r.Header.Set("Content-Type", "application/json")
		case body != "":
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if key != "" {
			r.Header.Set("X-API-Key", key)
		}
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			res.Body.Close()
		}
		return res, err
	}
	getMap := "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&STYLES=&CRS=CRS:84&BBOX=0,45,5,50&WIDTH=64&HEIGHT=64&FORMAT=image/png&LAYERS="
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/wms?" + getMap + layer, ""},
		{"GET", "/wms?" + getMap + strings.ReplaceAll(layer, "a", "%61"), ""},
		{"GET", "/wms?" + getMap + "&lAyErS=" + layer, ""},
		{"GET", "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&FORMAT=image/png&LAYER=" + layer, ""},
		{"GET", "/wms?SERVICE=WMS&REQUEST=GetMetadata&item=layerDetails&layerName=" + layer, ""},
		{"GET", "/xyz/" + layer + "/5/16/11.png", ""},
		{"GET", "/xyz/" + layer + ".json", ""},
		{"GET", "/wmts/1.0.0/" + layer + "/default/WebMercatorQuad/5/11/16.png", ""},
		{"GET", "/wcs?SERVICE=WCS&VERSION=2.0.1&REQUEST=DescribeCoverage&COVERAGEID=" + layer + ".cube", ""},
		{"GET", "/collections/" + layer, ""},
		{"GET", "//collections//" + layer + "/", ""},
		{"GET", "/collections/arome-france-0p025/position?coords=POINT(2%2048)", ""},
		{"GET", "/collections/hrrr/position?coords=POINT(2%2048)&parameter-name=" + layer, ""},
		{"GET", "/collections/" + layer + "/map?width=64", ""},
		{"GET", "/map?width=64&collections=" + layer, ""},
		{"GET", "/map?width=64", ""}, // the server chooses the first
		{"GET", "/zarr/arome-france-0p025/latest/.zattrs", ""},
		{"POST", "/wms", getMap + layer},
		{"POST", "/wcs", `<wcs:DescribeCoverage xmlns:wcs="http://www.opengis.net/wcs/2.0" service="WCS" version="2.0.1"><wcs:CoverageId>&#97;rome-france-0p025.tcc</wcs:CoverageId></wcs:DescribeCoverage>`},
		{"POST", "/processes/probe/execution", `{"inputs":{"layers":["\u0061rome-france-0p025.tcc"],"features":"airports"}}`},
	} {
		res, err := get(c.method, c.path, c.body, "")
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("anybody: %s %s: %s, want 401", c.method, c.path, res.Status)
		}
		res, err = get(c.method, c.path, c.body, key)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden || strings.Contains(res.Header.Get("Cache-Control"), "public") {
			t.Errorf("a reader: %s %s: %s, %s", c.method, c.path, res.Status, res.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/xyz/hrrr.t_surface/3/1/3.png", "/collections/hrrr", "/collections/airports/items?limit=1", "/collections", "/wms?SERVICE=WMS&REQUEST=GetCapabilities", "/readyz"} {
		if res, err := get("GET", path, "", ""); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("what is open: %s: %v %v", path, res.Status, err)
		}
	}
}

// configOf reads rows.
func configOf(t *testing.T, text string) (c auth.Config) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// b64 is bytes as the hashes of passwords have them.
func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func TestCodesOfPeopleWhoSignInAreNotLogged(t *testing.T) {
	for address, want := range map[string]string{"/auth/callback?code=secret&state=x": "/auth/callback", "/wms?LAYERS=a": "/wms?LAYERS=a"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := logged(u); got != want {
			t.Errorf("%s is logged as %s", address, got)
		}
	}
}

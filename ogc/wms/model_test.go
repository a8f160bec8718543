package wms

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/labstack/echo/v4"
)

// ofModel asks the service below a path.
func ofModel(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	h, _ := service(t)
	e := echo.New()
	h.Register(e)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestAModelHasAServiceOfItsOwn(t *testing.T) {
	for _, version := range []string{"1.3.0", "1.1.1"} {
		w := ofModel(t, "/wms/hrrr?SERVICE=WMS&REQUEST=GetCapabilities&VERSION="+version)
		d := etree.NewDocument()
		if err := d.ReadFromBytes(w.Body.Bytes()); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", version, w.Code, err)
		}
		names := d.FindElements("//Layer/Name")
		if len(names) != 1 || names[0].Text() != "hrrr.t2m" {
			t.Errorf("%s: %d layers", version, len(names))
		}
		if title := d.FindElement("//Service/Title").Text(); title != "Test: Model hrrr" {
			t.Errorf("%s: the service is %q", version, title)
		}
		for _, online := range d.FindElements("//DCPType//OnlineResource") {
			if href := online.SelectAttrValue("xlink:href", ""); href != "http://isobar.test/wms/hrrr?" {
				t.Errorf("%s: an operation at %s", version, href)
			}
		}
	}
}

func TestAModelsServiceKnowsItsLayersAlone(t *testing.T) {
	const ask = "?VERSION=1.3.0&REQUEST=GetMap&STYLES=&CRS=CRS:84&BBOX=0,0,1,1&WIDTH=8&HEIGHT=8&FORMAT=image/png&LAYERS="
	for _, c := range []struct {
		path   string
		status int
		code   string
	}{
		{"/wms/hrrr" + ask + "hrrr.t2m", 200, ""},
		{"/wms/hrrr" + ask + "gfs.t", 400, "LayerNotDefined"},
		{"/wms/hrrr" + ask + "hrrr.t2m,gfs.t", 400, "LayerNotDefined"},
		{"/wms/hrrr?REQUEST=GetLegendGraphic&LAYER=gfs.t", 400, "LayerNotDefined"},
		{"/wms/hrrr?REQUEST=GetLegendGraphic&LAYER=hrrr.t2m", 200, ""},
		{"/wms/hrrr?REQUEST=GetMetadata&item=timesteps&layerName=gfs.t&day=2026-11-24", 400, "LayerNotDefined"},
		{"/wms/nope?SERVICE=WMS&REQUEST=GetCapabilities", 400, "LayerNotDefined"},
		{"/wms/hr?SERVICE=WMS&REQUEST=GetCapabilities", 400, "LayerNotDefined"},
	} {
		w := ofModel(t, c.path)
		if w.Code != c.status || c.code != "" && !strings.Contains(w.Body.String(), `code="`+c.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", c.path, w.Code, w.Body, c.status, c.code)
		}
	}
}

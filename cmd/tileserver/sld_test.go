package main

import (
	"net/http"
	"net/url"
	"testing"
)

// TestAStyleAsSLDDrawsWhatTheStyleDraws sends what the styles' SLD says back as SLD_BODY, for layers that are shown in another unit than
// that of their data, too.
func TestAStyleAsSLDDrawsWhatTheStyleDraws(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ layer, style string }{{"gfs-2p5.t", "temperature"}, {"gfs-2p5.t", "grey"}, {"gfs-2p5.ws10", "wind-speed"}} {
		sheet := fetched(h.handler, "/collections/"+c.layer+"/styles/"+c.style+"?f=sld")
		if sheet.Code != http.StatusOK {
			t.Errorf("%+v: %d %.200s", c, sheet.Code, sheet.Body)
			continue
		}
		asked := "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=" + c.layer + "&CRS=CRS:84&BBOX=-90,0,0,60&WIDTH=90&HEIGHT=60&FORMAT=image/png"
		want := fetched(h.handler, asked+"&STYLES="+c.style)
		got := fetched(h.handler, asked+"&STYLES=&SLD_BODY="+url.QueryEscape(sheet.Body.String()))
		if got.Code != http.StatusOK || got.Body.String() != want.Body.String() {
			t.Errorf("%+v: %d, not the map of the style: %d and %d bytes", c, got.Code, got.Body.Len(), want.Body.Len())
		}
	}
}

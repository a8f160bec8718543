package wms

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"isobar/encode"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// service is a handler over the stub and what it was asked.
func service(t *testing.T) (*Handler, *ogctest.Answers) {
	t.Helper()
	s := &ogctest.Answers{Value: 6.98}
	format := encode.Picture{Type: "image/png", Alpha: true, Encode: func(img image.Image) ([]byte, error) {
		var b bytes.Buffer
		err := png.Encode(&b, img)
		return b.Bytes(), err
	}}
	h := handler(s, ogctest.Hold, ogc.About{Title: "Test", Abstract: "A & B", Keywords: []string{"wind"}, Fees: "none", AccessConstraints: "none", Person: "P", LayerLimit: 2, MaxWidth: 1000, MaxHeight: 1000},
		[]encode.Picture{format}, func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return ogctest.Noon }
	return h, s
}

// get asks a handler.
func get(h http.Handler, query string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/wms", nil)
	r.URL.RawQuery = query
	h.ServeHTTP(w, r)
	return w
}

// code is the code and locator of an exception report.
func code(t *testing.T, body []byte) (code, locator string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			t.Fatalf("no exception in %s", body)
		}
		if err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "ServiceException" {
			for _, a := range e.Attr {
				switch a.Name.Local {
				case "code":
					code = a.Value
				case "locator":
					locator = a.Value
				}
			}
			return code, locator
		}
	}
}

var white255 = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

package wms

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/answer"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/models"
	"isobar/ogc"
	"isobar/styles"
)

// noon is "now" in these tests.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// stub answers with what it was asked for.
type stub struct {
	asked answer.MapRequest
	info  answer.ValuesRequest
	err   error
	value float64
}

func (s *stub) Map(_ context.Context, r answer.MapRequest) (answer.Answer, error) {
	s.asked = r
	return answer.Answer{Type: r.Format, ETag: `"e"`, Body: func(context.Context) ([]byte, error) { return []byte("picture"), nil }}, s.err
}

func (s *stub) Legend(_ context.Context, r answer.LegendRequest) (answer.Answer, error) {
	return answer.Answer{Type: r.Format, Body: func(context.Context) ([]byte, error) { return []byte("legend"), nil }}, s.err
}

func (s *stub) Values(_ context.Context, r answer.ValuesRequest) (values []answer.Values, err error) {
	s.info = r
	for _, c := range r.Layers {
		l := layerOf(c.Name)
		values = append(values, answer.Values{Layer: l, Unit: "degC", At: []answer.Value{{Value: s.value, Pick: layers.Pick{Run: l.Runs[0], Valid: l.Times[0], Level: l.Levels[0]}}}})
	}
	return values, s.err
}

// catalogue is a catalogue of two layers of one model and one of another.
type catalogue struct{ updated time.Time }

func (c catalogue) Version() string    { return "v" + c.updated.String() }
func (c catalogue) Updated() time.Time { return c.updated }
func (c catalogue) Layers() []*layers.Layer {
	return []*layers.Layer{layerOf("gfs.t"), layerOf("gfs.u<10>"), layerOf("hrrr.t2m")}
}
func (c catalogue) Layer(name string) (*layers.Layer, error) {
	for _, l := range c.Layers() {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, layers.ErrUnknownLayer
}

func layerOf(name string) *layers.Layer {
	model, element, _ := strings.Cut(name, ".")
	l := &layers.Layer{
		Name: name, Title: "Title of " + element, Model: models.Model{ID: model, Title: "Model " + model, Attribution: "Maker & sons", URL: "https://maker.example/?a=1&b=2"},
		Element: elements.Element{ID: element, Unit: "K", Theme: "Temperature"}, Extent: geo.Box{-180, -90, 180, 90},
		Styles: []*styles.Style{{ID: "warm", Title: "Warm", Unit: "degC"}, {ID: "grey", Title: "Grey", Unit: "degC"}},
		Runs:   []field.Time{field.At(noon)}, Times: []field.Time{field.At(noon), field.At(noon) + 3600, field.At(noon) + 7200},
		Levels: []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}, Members: []int{0, 1, 2},
	}
	if model == "hrrr" {
		l.Extent, l.Levels, l.Members = geo.Box{-134, 21, -60, 53}, []field.Level{{Kind: elements.Height, Value: 2, To: 2}}, []int{0}
	}
	return l
}

// service is a handler over the stub and what it was asked.
func service(t *testing.T) (*Handler, *stub) {
	t.Helper()
	s := &stub{value: 6.98}
	format := encode.Picture{Type: "image/png", Alpha: true, Encode: func(img image.Image) ([]byte, error) {
		var b bytes.Buffer
		err := png.Encode(&b, img)
		return b.Bytes(), err
	}}
	hold := func() (ogc.Catalogue, func()) { return catalogue{noon}, func() {} }
	h := handler(s, hold, About{Title: "Test", Abstract: "A & B", Keywords: []string{"wind"}, Fees: "none", AccessConstraints: "none", Person: "P", LayerLimit: 2, MaxWidth: 1000, MaxHeight: 1000},
		[]encode.Picture{format}, func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return noon }
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

package wcs

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/answer"
	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/sample"
)

// gridID is 24 x 13 cells of 15 degrees.
const gridID = "latlon:24x13:-180,-90,165,90"

// stub makes coverages of a model "test" of two elements on pressure levels at three times.
type stub struct {
	cube   coverage.Cube
	fields *coveragetest.Fields
	asked  answer.CoverageRequest
	err    error // what every call fails with
}

func newStub() *stub {
	levels := []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	var els []coveragetest.Element
	for _, id := range []string{"t", "u", "v"} {
		els = append(els, coveragetest.Element{
			Element: elements.Element{ID: id, Title: "Title of <" + id + ">", Unit: "K", StandardName: "air_temperature"}, Levels: levels,
			Value: func(at geo.LonLat, member, time, level int) float64 {
				return at.Lat + float64(time)/4 + float64(level)*1000
			},
		})
	}
	s := &stub{}
	s.cube, s.fields = coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(gridID), Times: 3}, els...)
	return s
}

// Version implements ogc.Catalogue.
func (s *stub) Version() string { return "1" }

// Updated implements ogc.Catalogue.
func (s *stub) Updated() time.Time { return coveragetest.Run.UTC() }

// Layers implements ogc.Catalogue.
func (s *stub) Layers() (list []*layers.Layer) {
	for _, v := range s.cube.Variables {
		list = append(list, v.Layer)
	}
	return list
}

// Layer implements ogc.Catalogue.
func (s *stub) Layer(name string) (*layers.Layer, error) {
	for _, l := range s.Layers() {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, layers.ErrUnknownLayer
}

// Formats implements Coverages: values as bytes, and a format that holds nothing.
func (s *stub) Formats() []encode.Coverage {
	plain := encode.Coverage{
		Name: "geotiff", Type: "image/tiff; application=geotiff", Extension: ".tif",
		Size: func(s *coverage.Source) (int64, bool) { return s.Cells(), true },
		Encode: func(_ context.Context, w io.Writer, s *coverage.Source) error {
			_, err := w.Write(make([]byte, s.Cells()))
			return err
		},
	}
	broken := plain
	broken.Name, broken.Type = "netcdf", "application/x-netcdf"
	broken.Encode = func(context.Context, io.Writer, *coverage.Source) error { return errors.New("disk") }
	return []encode.Coverage{plain, broken}
}

// Format implements Coverages.
func (s *stub) Format(name string) (encode.Coverage, error) {
	for i, f := range s.Formats() {
		if name == "" && i == 0 || strings.EqualFold(f.Name, name) || ogc.MediaType(f.Type) == ogc.MediaType(name) {
			return f, nil
		}
	}
	return encode.Coverage{}, encode.ErrUnknownFormat
}

// Describe implements Coverages.
func (s *stub) Describe(_ context.Context, r answer.CoverageRequest) (*coverage.Source, func(), error) {
	s.asked = r
	if s.err != nil {
		return nil, nil, s.err
	}
	c := coverage.Cube{Members: []int{0}, KeepTimes: r.Cube && !r.SliceTime, KeepLevels: r.Cube && (r.Level == nil || !r.Level.Slice)}
	var at []int
	for t, valid := range s.cube.Times {
		if r.Time == nil && (r.Cube || t == 0) || r.Time != nil && valid >= r.Time.Start && valid <= r.Time.End {
			c.Times, at = append(c.Times, valid), append(at, t)
		}
	}
	if len(at) == 0 {
		return nil, nil, &layers.DimensionError{Dimension: "time", Layer: r.Layers[0]}
	}
	for _, name := range r.Layers {
		for _, v := range s.cube.Variables {
			if v.Layer.Name != name {
				continue
			}
			picked := coverage.Variable{Name: v.Name, Layer: v.Layer}
			var which []int
			for k, level := range v.Levels {
				if r.Level == nil && (r.Cube || k == 1) || r.Level != nil && level.Value >= r.Level.Low && level.Value <= r.Level.High {
					picked.Levels, which = append(picked.Levels, level), append(which, k)
				}
			}
			if len(which) == 0 {
				return nil, nil, &layers.DimensionError{Dimension: "elevation", Layer: name}
			}
			for _, t := range at {
				for _, k := range which {
					picked.Picks = append(picked.Picks, v.Picks[t*len(v.Levels)+k])
				}
			}
			c.Variables = append(c.Variables, picked)
		}
	}
	source, err := coverage.New(s.fields, sample.New(1<<20), c, r.Cut)
	return source, func() {}, err
}

// Coverage implements Coverages.
func (s *stub) Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error) {
	source, done, err := s.Describe(ctx, r)
	if err != nil {
		return answer.Coverage{}, err
	}
	f, err := s.Format(r.Format)
	a := answer.Coverage{Source: source, Format: f, ETag: `"e"`, MaxAge: time.Minute, Done: done}
	a.Bytes, a.Exact = f.Size(source)
	a.Write = func(ctx context.Context, w io.Writer) error { return f.Encode(ctx, w, source) }
	return a, err
}

// service is a handler over a stub.
func service(t *testing.T) (*Handler, *stub) {
	t.Helper()
	s := newStub()
	h := New(s, func() (ogc.Catalogue, func()) { return s, func() {} }, ogc.About{Title: "A & B", Abstract: "<x>", Keywords: []string{"wind"}},
		func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return coveragetest.Run.UTC() }
	return h, s
}

// get asks a handler by KVP.
func get(h http.Handler, query string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, Path, nil)
	r.URL.RawQuery = query
	h.ServeHTTP(w, r)
	return w
}

// post asks a handler by a document.
func post(h http.Handler, document string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, Path, strings.NewReader(document))
	r.Header.Set("Content-Type", "text/xml")
	h.ServeHTTP(w, r)
	return w
}

// wellFormed fails a test whose document is not.
func wellFormed(t *testing.T, name, document string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v in %.300s", name, err, document)
			return
		}
	}
}

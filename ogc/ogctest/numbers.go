package ogctest

import (
	"context"
	"errors"
	"io"
	"strings"
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

// numbersGrid is 24 x 13 cells of 15 degrees.
const numbersGrid = "latlon:24x13:-180,-90,165,90"

// Numbers makes coverages of a model "test": three elements on two pressure levels at three times. It is a catalogue, too.
type Numbers struct {
	Asked answer.CoverageRequest
	Err   error // what every call fails with

	cube   coverage.Cube
	fields *coveragetest.Fields
}

var _ ogc.Catalogue = (*Numbers)(nil)

// NewNumbers makes it. A value is its latitude, a quarter more each time, and 1000 more at the lower level, which is the default.
func NewNumbers() *Numbers {
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
	s := &Numbers{}
	s.cube, s.fields = coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(numbersGrid), Times: 3}, els...)
	return s
}

// Version implements ogc.Catalogue.
func (s *Numbers) Version() string { return "1" }

// Updated implements ogc.Catalogue.
func (s *Numbers) Updated() time.Time { return coveragetest.Run.UTC() }

// Layers implements ogc.Catalogue.
func (s *Numbers) Layers() (list []*layers.Layer) {
	for _, v := range s.cube.Variables {
		list = append(list, v.Layer)
	}
	return list
}

// Layer implements ogc.Catalogue.
func (s *Numbers) Layer(name string) (*layers.Layer, error) {
	for _, l := range s.Layers() {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, layers.ErrUnknownLayer
}

// Formats are two: values as bytes, and a format that holds nothing.
func (s *Numbers) Formats() []encode.Coverage {
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

// Format finds one of them.
func (s *Numbers) Format(name string) (encode.Coverage, error) {
	for i, f := range s.Formats() {
		if name == "" && i == 0 || strings.EqualFold(f.Name, name) || ogc.MediaType(f.Type) == ogc.MediaType(name) {
			return f, nil
		}
	}
	return encode.Coverage{}, encode.ErrUnknownFormat
}

// Describe resolves a request, but for its run and members.
func (s *Numbers) Describe(_ context.Context, r answer.CoverageRequest) (*coverage.Source, func(), error) {
	s.Asked = r
	if s.Err != nil {
		return nil, nil, s.Err
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
			picked := pickedOf(v, r, at)
			if len(picked.Levels) == 0 {
				return nil, nil, &layers.DimensionError{Dimension: "elevation", Layer: name}
			}
			c.Variables = append(c.Variables, picked)
		}
	}
	source, err := coverage.New(s.fields, sample.New(1<<20), c, r.Cut)
	return source, func() {}, err
}

// pickedOf is a variable at some of its times, and at the levels that a request wants.
func pickedOf(v coverage.Variable, r answer.CoverageRequest, times []int) coverage.Variable {
	picked := coverage.Variable{Name: v.Name, Layer: v.Layer}
	var which []int
	for k, level := range v.Levels {
		if r.Level == nil && (r.Cube || k == 1) || r.Level != nil && level.Value >= r.Level.Low && level.Value <= r.Level.High {
			picked.Levels, which = append(picked.Levels, level), append(which, k)
		}
	}
	for _, t := range times {
		for _, k := range which {
			picked.Picks = append(picked.Picks, v.Picks[t*len(v.Levels)+k])
		}
	}
	return picked
}

// Coverage answers a request.
func (s *Numbers) Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error) {
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

// Hold is the catalogue as services hold it.
func (s *Numbers) Hold() (ogc.Catalogue, func()) { return s, func() {} }

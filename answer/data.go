package answer

import (
	"context"
	"fmt"
	"math"
	"sync"

	"isobar/elements"
	"isobar/encode"
	"isobar/encode/datatile"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/sample"
)

// DataRequest asks for a layer's values as a picture that holds numbers: see package datatile.
type DataRequest struct {
	Layer     string
	Selection layers.Selection
	View      geo.View
	Vector    bool // both components of the wind, current or stress that the layer is one of
}

// Encoding says what the numbers of data tiles mean: the same for all tiles, times and runs of a layer, as long as its values do not
// leave the range they had by a quarter.
type Encoding struct {
	datatile.Scale
	Unit   string   // of the values, the element's
	Fields []string // layers from the top of the picture down
}

// Data resolves a data tile. Errors are those of Map; a layer without partner is no vector, which wraps layers.ErrUnknownLayer.
func (s *Service) Data(ctx context.Context, r DataRequest) (Answer, Encoding, error) {
	if err := s.checkMap(MapRequest{View: r.View, Layers: make([]LayerChoice, 1)}); err != nil {
		return Answer{}, Encoding{}, err
	}
	catalogue, release := s.parts.Catalogue.Hold()
	d, err := s.data(catalogue, r)
	if err != nil {
		release()
		return Answer{}, Encoding{}, err
	}
	hold := newLease(release)
	a := Answer{Type: "image/png", ETag: d.etag, MaxAge: shortly, Pinned: d.pinned, Run: d.run, Valid: d.valid, Done: sync.OnceFunc(hold.leave)}
	if a.Pinned {
		a.MaxAge = year
	}
	a.Body = func(ctx context.Context) ([]byte, error) {
		return s.body(ctx, d.etag, encode.Picture{Type: a.Type}, hold, func(ctx context.Context) ([]byte, error) {
			fields := make([][]float32, len(d.inputs))
			for i, in := range d.inputs {
				fields[i] = make([]float32, d.view.Width*d.view.Height)
				if err := s.parts.Sampler.View(ctx, catalogue.Snapshot(), in, d.view, fields[i]); err != nil {
					return nil, err
				}
			}
			return s.tiles.Encode(d.encoding.Scale, d.view.Width, d.view.Height, fields...)
		})
	}
	return a, d.encoding, nil
}

// Encoding tells what the numbers of a layer's data tiles mean.
func (s *Service) Encoding(layer string, vector bool) (Encoding, error) {
	catalogue, release := s.parts.Catalogue.Hold()
	defer release()
	all, err := components(catalogue, layer, vector)
	if err != nil {
		return Encoding{}, err
	}
	return encodingOf(all), nil
}

// dataPicture is a data tile of which everything is known.
type dataPicture struct {
	view     geo.View
	inputs   []sample.Input
	encoding Encoding
	etag     string
	pinned   bool

	run, valid field.Time
}

// data finds fields and scale of a data tile, and names what will be made of them.
func (s *Service) data(c *layers.Catalogue, r DataRequest) (dataPicture, error) {
	d := dataPicture{view: snapped(r.View), pinned: true}
	all, err := components(c, r.Layer, r.Vector)
	if err != nil {
		return d, err
	}
	d.encoding = encodingOf(all)
	f := make(fingerprint, 0, 512)
	f.text("data 1")
	f.view(d.view)
	f.real(d.encoding.Step)
	f.real(d.encoding.Offset)
	for _, l := range all {
		pick, err := s.choose(c, l, r.Selection, &f)
		if err != nil {
			return d, err
		}
		d.inputs = append(d.inputs, pick.Input)
		d.pinned = d.pinned && pick.Pinned
		d.run, d.valid = pick.Run, pick.Valid
	}
	d.etag = f.etag()
	return d, nil
}

// choose resolves a layer's field without a style, and adds it to the fingerprint.
func (s *Service) choose(c *layers.Catalogue, l *layers.Layer, selection layers.Selection, f *fingerprint) (layers.Pick, error) {
	pick, err := l.Pick(selection, s.now())
	if err != nil {
		return pick, err
	}
	f.text(l.Name)
	f.text(l.Element.Unit)
	if err := f.input(c.Snapshot(), pick.Input); err != nil {
		return pick, fmt.Errorf("layer %s: %w", l.Name, err)
	}
	return pick, nil
}

// components is the layer, or the two layers of a vector, the one to the east first.
func components(c *layers.Catalogue, name string, vector bool) ([]*layers.Layer, error) {
	l, err := c.Layer(name)
	if err != nil || !vector {
		return []*layers.Layer{l}, err
	}
	if l.Element.Partner == "" {
		return nil, fmt.Errorf("%w %q that is a component of a vector", layers.ErrUnknownLayer, name)
	}
	partner, err := c.Layer(l.Model.ID + "." + l.Element.Partner)
	if err != nil {
		return nil, err
	}
	if l.Element.U {
		return []*layers.Layer{l, partner}, nil
	}
	return []*layers.Layer{partner, l}, nil
}

// encodingOf is one scale for all fields: it covers the layers' values and what their default styles paint.
func encodingOf(all []*layers.Layer) Encoding {
	e := Encoding{Unit: all[0].Element.Unit}
	low, high, signed := math.Inf(1), math.Inf(-1), false
	widen := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	for _, l := range all {
		e.Fields = append(e.Fields, l.Name)
		signed = signed || l.Element.Partner != ""
		widen(l.Min)
		widen(l.Max)
		if len(l.Styles) == 0 {
			continue
		}
		style := l.Styles[0]
		if conv, ok := elements.Convert(style.Unit, l.Element.Unit); ok {
			for _, stop := range style.Stops {
				widen(stop.Value*conv.Scale + conv.Offset)
			}
		}
	}
	e.Scale = datatile.Cover(low, high, signed)
	return e
}

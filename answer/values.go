package answer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/sample"
)

// maxTimes bounds the times of one layer that one request gets the values of.
const maxTimes = 1000

// Values gives the values of layers at a place, layer by layer in the order asked for: at one time, or where the selection is an
// interval at each time within it. Values and map agree: the same fields, the same interpolation, but at full resolution. They have
// the digits that count (field.Digits). Errors are those of layers and ErrTooLarge.
func (s *Service) Values(ctx context.Context, r ValuesRequest) ([]Values, error) {
	if err := within("layers", len(r.Layers), 1, s.parts.Limits.Layers); err != nil {
		return nil, err
	}
	catalogue, release := s.parts.Catalogue.Hold()
	defer release()
	now := s.now()
	all := make([]Values, len(r.Layers))
	for i, choice := range r.Layers {
		var err error
		if all[i], err = unread(catalogue, choice, now); err != nil {
			return nil, err
		}
	}
	if math.IsNaN(r.At.Lon) || math.IsNaN(r.At.Lat) { // a pixel that shows no place
		return all, nil
	}
	leave, err := s.seat(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	for _, b := range batches(all) {
		if err := s.parts.Sampler.Places(ctx, catalogue.Snapshot(), b.inputs, []geo.LonLat{r.At}, b.read); err != nil {
			return nil, err
		}
		for i, v := range b.values {
			tell := field.DigitsOf(b.layers[i].Quantum(catalogue.Snapshot(), v.Pick.Input)).In(b.conversion[i].Scale, b.conversion[i].Offset)
			v.Value = tell(float64(b.read[i][0]))
		}
	}
	return all, nil
}

// unread is a layer's answer before it is read: which fields, and NaN for their values.
func unread(c *layers.Catalogue, choice LayerChoice, now time.Time) (Values, error) {
	l, err := c.Layer(choice.Name)
	if err != nil {
		return Values{}, err
	}
	if _, err := l.Style(choice.Style); err != nil {
		return Values{}, err
	}
	v := Values{Layer: l}
	v.Unit, _ = shown(l)
	var picks []layers.Pick
	if choice.Selection.Interval {
		picks, err = l.Series(choice.Selection, now, maxTimes)
		if errors.Is(err, layers.ErrTooMany) {
			return v, fmt.Errorf("time of layer %s %w: its interval has more than %d times", l.Name, ErrTooLarge, maxTimes)
		}
	} else {
		picks = make([]layers.Pick, 1)
		picks[0], err = l.Pick(choice.Selection, now)
	}
	if err != nil {
		return v, err
	}
	for _, p := range picks {
		v.At = append(v.At, Value{Value: math.NaN(), Pick: p})
	}
	return v, nil
}

// shown is the unit that people read a layer in, its default style's, and how values get there.
func shown(l *layers.Layer) (unit string, c elements.Conversion) {
	same := elements.Conversion{Scale: 1}
	if len(l.Styles) == 0 || l.Styles[0].Unit == "" || l.Styles[0].Unit == l.Element.Unit {
		return l.Element.Unit, same
	}
	c, ok := elements.Convert(l.Element.Unit, l.Styles[0].Unit)
	if !ok {
		return l.Element.Unit, same
	}
	return l.Styles[0].Unit, c
}

// batch is what one call of Places reads: all times and layers that lie on one grid.
type batch struct {
	inputs     []sample.Input
	read       [][]float32
	values     []*Value
	layers     []*layers.Layer
	conversion []elements.Conversion
}

// batches sorts values by grid, in the order that the grids come.
func batches(all []Values) (list []*batch) {
	byGrid := map[string]*batch{}
	for i := range all {
		_, conversion := shown(all[i].Layer)
		for j := range all[i].At {
			v := &all[i].At[j]
			id := v.Pick.Input.Grid.ID()
			b := byGrid[id]
			if b == nil {
				b = &batch{}
				byGrid[id] = b
				list = append(list, b)
			}
			b.inputs = append(b.inputs, v.Pick.Input)
			b.read = append(b.read, make([]float32, 1))
			b.values = append(b.values, v)
			b.layers, b.conversion = append(b.layers, all[i].Layer), append(b.conversion, conversion)
		}
	}
	return list
}

// widen is the number that a float32 is the nearest one to, as it would be written: 281.15, where 281.15 in 32 bits is
// 281.1499939 in 64, and 7.9999939 degrees Celsius.
func widen(v float32) float64 {
	w, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return float64(v)
	}
	return w
}

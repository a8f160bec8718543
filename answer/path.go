package answer

import (
	"context"
	"fmt"
	"math"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/sample"
)

// MaxPath bounds the places of a path.
const MaxPath = 1000

// PathRequest asks for one field's values along a path.
type PathRequest struct {
	Layer LayerChoice
	At    []geo.LonLat
}

// Path is a field's values along a path, one for each place, told with the digits that count; NaN where there is none.
type Path struct {
	Layer  *layers.Layer
	Unit   string // as of Values
	Pick   layers.Pick
	Values []float64
}

// Path gives one field's values along a path. Errors are those of layers and ErrTooLarge.
func (s *Service) Path(ctx context.Context, r PathRequest) (Path, error) {
	if err := within("path", len(r.At), 1, MaxPath); err != nil {
		return Path{}, err
	}
	catalogue, release := s.parts.Catalogue.Hold()
	defer release()
	l, pick, err := s.chosen(catalogue, r.Layer)
	if err != nil {
		return Path{}, err
	}
	leave, err := s.seat(ctx)
	if err != nil {
		return Path{}, err
	}
	defer leave()
	read := [][]float32{make([]float32, len(r.At))}
	if err := s.parts.Sampler.Places(ctx, catalogue.Snapshot(), []sample.Input{pick.Input}, r.At, read); err != nil {
		return Path{}, fmt.Errorf("layer %s: %w", l.Name, err)
	}
	p := Path{Layer: l, Pick: pick, Values: make([]float64, len(r.At))}
	unit, conversion := shown(l)
	p.Unit = unit
	tell := field.DigitsOf(l.Quantum(catalogue.Snapshot(), pick.Input)).In(conversion.Scale, conversion.Offset)
	for i, v := range read[0] {
		p.Values[i] = math.NaN()
		if at := r.At[i]; !math.IsNaN(at.Lon) && !math.IsNaN(at.Lat) {
			p.Values[i] = tell(float64(v))
		}
	}
	return p, nil
}

// Range gives the range of a field's values in the unit that people read its layer in; of a derived layer, that of the whole
// layer. It is NaN if all values are missing. Errors are those of layers.
func (s *Service) Range(_ context.Context, choice LayerChoice) (low, high float64, unit string, err error) {
	catalogue, release := s.parts.Catalogue.Hold()
	defer release()
	l, pick, err := s.chosen(catalogue, choice)
	if err != nil {
		return math.NaN(), math.NaN(), "", err
	}
	low, high = rangeOf(catalogue, l, pick)
	unit, c := shown(l)
	tell := field.DigitsOf(l.Quantum(catalogue.Snapshot(), pick.Input)).In(c.Scale, c.Offset)
	return tell(low), tell(high), unit, nil
}

// chosen is the layer and the field of a choice.
func (s *Service) chosen(c *layers.Catalogue, choice LayerChoice) (*layers.Layer, layers.Pick, error) {
	l, err := c.Layer(choice.Name)
	if err != nil {
		return nil, layers.Pick{}, err
	}
	pick, err := l.Pick(choice.Selection, s.now())
	return l, pick, err
}

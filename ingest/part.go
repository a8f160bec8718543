package ingest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/grid"
	"isobar/models"
)

// usualCells bounds the grid of one field where options do not: 268 MB of values. A constant field of any size fits into 200 bytes
// of a file, so the file's length bounds nothing.
const usualCells = 1 << 26

// part is one field to be, under the key it will have.
type part struct {
	key     field.Key
	from    *reading
	among   []*decode.Message // the messages that gave this key, in the order of the file: more than one is the maker's slip
	grid    grid.Grid
	convert elements.Conversion
	partner string // the other wind component's element, if the two must be turned together
	isU     bool
	told    bool // that it waits for its partner
}

// partOf gives a message its key.
func (i *Intake) partOf(from *reading, m *decode.Message) (*part, error) {
	if m.Grid == nil || m.Unpack == nil {
		return nil, errors.New("message without a grid or values")
	}
	if n := m.Grid.Len(); n < 1 || n > i.options.MaxCells {
		return nil, fmt.Errorf("grid of %d cells; at most %d are read", n, i.options.MaxCells)
	}
	for _, v := range []float64{m.Level.Value, m.Level.To} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("level %v is no number", v)
		}
	}
	element, model := i.elements.Identify(m.Parameter), i.models.Identify(origin(m))
	p := &part{
		key: field.Key{
			Model: model.ID, Run: m.Run, Element: element.ID, Level: m.Level, Member: m.Member, Valid: m.Valid, Span: m.Span,
		},
		from: from, among: []*decode.Message{m}, grid: m.Grid, convert: elements.Conversion{Scale: 1},
	}
	reading := i.elements.Reading(m.Parameter)
	if reading.LevelKind != m.Level.Kind || reading.LevelValue != m.Parameter.LevelValue {
		p.key.Level = field.Level{Kind: reading.LevelKind, Value: reading.LevelValue, To: reading.LevelValue}
	}
	if conv, ok := elements.Convert(reading.Unit, element.Unit); ok {
		p.convert = conv
	}
	if _, turned := m.Grid.(grid.Turned); turned && m.GridRelative && element.Partner != "" {
		p.partner, p.isU = element.Partner, element.U
	}
	return p, nil
}

// origin is what a message says of where it comes from.
func origin(m *decode.Message) models.Origin {
	return models.Origin{
		Edition: m.Parameter.Edition, Centre: m.Parameter.Centre, SubCentre: m.Parameter.SubCentre, Process: m.Process,
		Ensemble: m.Member != 0 || m.Parameter.Ensemble != "", GridID: m.Grid.ID(),
	}
}

// run is which run the part belongs to.
func (p *part) run() runName { return runName{p.key.Model, p.key.Run} }

// last is the message that is served.
func (p *part) last() *decode.Message { return p.among[len(p.among)-1] }

// steps are how the source quantised values: its packing if that still holds, else the quantum that it had, in the element's unit.
type steps struct {
	packing *field.Packing
	quantum float64
}

// step is how far apart the values are that the source could tell; 0: not known.
func (s steps) step() float64 { return (&field.Field{Packing: s.packing, Quantum: s.quantum}).Step() }

// values unpacks the part into dst, in the element's unit. Of several messages with one key the last is served.
func (p *part) values(dst []float32) (steps, error) {
	m := p.last()
	if err := unpack(m, dst); err != nil {
		return steps{}, err
	}
	if p.convert == (elements.Conversion{Scale: 1}) {
		return steps{packing: m.Packing, quantum: m.Quantum}, nil
	}
	for k, v := range dst {
		dst[k] = float32(float64(v)*p.convert.Scale + p.convert.Offset)
	}
	told := steps{packing: m.Packing, quantum: m.Quantum}
	return steps{quantum: told.step() * math.Abs(p.convert.Scale)}, nil
}

// disagree tells whether the part's messages hold different values, given those of the last. A message that can't be unpacked
// doesn't count.
func (p *part) disagree(values, spare []float32) bool {
	for _, m := range p.among[:len(p.among)-1] {
		if err := unpack(m, spare); err != nil {
			continue
		}
		if !slices.EqualFunc(values, spare, func(a, b float32) bool {
			b = float32(float64(b)*p.convert.Scale + p.convert.Offset)
			return a == b || a != a && b != b
		}) {
			return true
		}
	}
	return false
}

// unpack writes a message's values; a decoder that panics has failed.
func unpack(m *decode.Message, dst []float32) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decoder panicked: %v", r)
		}
	}()
	return m.Unpack(dst)
}

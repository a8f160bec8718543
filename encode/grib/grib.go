// Package grib writes coverages as GRIB: a message for each field, its maker's own where the field is whole, else one of edition 2 whose
// values come back to the last bit.
package grib

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"isobar/coverage"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
)

// Parameters tells how GRIB names elements. *elements.Catalogue has it.
type Parameters interface {
	Parameter(id string) (p elements.Parameter, ok bool)
}

// maxPoints bounds the cells of a field, which is held as a whole while it is packed.
const maxPoints = 1 << 25

// Format is GRIB 2. Fields that are asked for as they are come as the messages that they were read from, byte for byte.
func Format(params Parameters) encode.Coverage {
	check := func(s *coverage.Source) error {
		_, _, err := plan(s, params)
		return err
	}
	return encode.Coverage{
		Name: "grib", Type: "application/grib; edition=2", Extension: ".grib2", Check: check,
		Aliases: []string{"grib2", "application/x-grib", "application/x-grib2", "application/x-grib;edition=2", "application/wmo-grib2"},
		Size:    size,
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			grid, params, err := plan(s, params)
			if err != nil {
				return err
			}
			return write(ctx, w, s, grid, params)
		},
	}
}

func unfit(format string, args ...any) error {
	return fmt.Errorf("GRIB %w %s", encode.ErrUnfit, fmt.Sprintf(format, args...))
}

// plan makes section 3, and finds the numbers of the variables that are to be encoded.
func plan(s *coverage.Source, params Parameters) (g grid, all []elements.Parameter, err error) {
	all = make([]elements.Parameter, len(s.Variables))
	first := true
	for v := range s.Variables {
		if _, whole := originals(s, v, field.GRIB2); whole {
			continue
		}
		if first {
			first = false
			if s.Width()*s.Height() > maxPoints {
				return g, nil, unfit("%d by %d cells: at most %d", s.Width(), s.Height(), maxPoints)
			}
			if g, err = gridOf(s); err != nil {
				return g, nil, err
			}
		}
		id := s.Variables[v].Layer.Element.ID
		p, ok := params.Parameter(id)
		if !ok {
			return g, nil, unfit("%s: GRIB 2 has no numbers for it", id)
		}
		if p.Ensemble != "" {
			return g, nil, unfit("%s, a product of an ensemble", id)
		}
		if _, ok := elements.Convert(s.Variables[v].Layer.Element.Unit, p.Unit); !ok {
			return g, nil, unfit("%s in %q", id, p.Unit)
		}
		for _, level := range s.Variables[v].Levels {
			if _, err := surfacesOf(p, level); err != nil {
				return g, nil, err
			}
		}
		all[v] = p
	}
	return g, all, nil
}

// octets are big endian numbers in the making.
type octets []byte

func (o *octets) u8(v ...int) {
	for _, x := range v {
		*o = append(*o, byte(x))
	}
}
func (o *octets) u16(v int)     { *o = binary.BigEndian.AppendUint16(*o, uint16(v)) }
func (o *octets) u32(v int64)   { *o = binary.BigEndian.AppendUint32(*o, uint32(v)) }
func (o *octets) f32(v float32) { *o = binary.BigEndian.AppendUint32(*o, math.Float32bits(v)) }

// i32 is a number whose first bit is its sign (regulation 92.1.5).
func (o *octets) i32(v int64) {
	if v < 0 {
		v = -v | 1<<31
	}
	o.u32(v)
}

// i16 is the same of two octets.
func (o *octets) i16(v int) {
	if v < 0 {
		v = -v | 1<<15
	}
	o.u16(v)
}

// missing is that many octets of ones.
func (o *octets) missing(n int) {
	for range n {
		*o = append(*o, 0xff)
	}
}

// scaled is a decimal factor and a value, 5 octets.
func (o *octets) scaled(v float64) {
	const most = 9
	for d := range most {
		s := v * math.Pow10(d)
		if math.Abs(s) > math.MaxInt32 {
			break
		}
		if r := math.Round(s); math.Abs(s-r) <= 1e-9*math.Abs(s) {
			o.u8(d)
			o.i32(int64(r))
			return
		}
	}
	d := most - 1
	for math.Abs(v)*math.Pow10(d) > math.MaxInt32 {
		d--
	}
	if d < 0 {
		o.u8(-d | 0x80)
	} else {
		o.u8(d)
	}
	o.i32(int64(math.Round(v * math.Pow10(d))))
}

// section puts length and number before a section's octets.
func section(number int, body octets) octets {
	out := make(octets, 0, len(body)+5)
	out.u32(int64(len(body) + 5))
	out.u8(number)
	return append(out, body...)
}

// write gives the messages, field by field.
func write(ctx context.Context, w io.Writer, s *coverage.Source, g grid, params []elements.Parameter) error {
	var values []float32
	step := s.Rows()
	for v := range s.Variables {
		conv, _ := elements.Convert(s.Variables[v].Layer.Element.Unit, params[v].Unit) // plan has tried it
		for plane := range s.Planes(v) {
			if _, ok := s.Pick(v, plane); !ok {
				continue
			}
			if format, _ := s.Original(v, plane); format == field.GRIB2 {
				if err := original(ctx, w, s, v, plane); err != nil {
					return err
				}
				continue
			}
			if values == nil {
				values = make([]float32, s.Width()*s.Height())
			}
			for row := 0; row < s.Height(); row += step {
				n := min(step, s.Height()-row)
				if err := s.Read(ctx, v, plane, 1, row, n, values[row*s.Width():(row+n)*s.Width()]); err != nil {
					return err
				}
			}
			if conv != (elements.Conversion{Scale: 1}) {
				for i, x := range values {
					values[i] = float32(float64(x)*conv.Scale + conv.Offset)
				}
			}
			if g.upwards {
				turn(values, s.Width())
			}
			if err := message(w, s, v, plane, g, params[v], values); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn puts the last row first.
func turn(values []float32, width int) {
	for i, j := 0, len(values)-width; i < j; i, j = i+width, j-width {
		a, b := values[i:i+width], values[j:j+width]
		for k, v := range a {
			a[k], b[k] = b[k], v
		}
	}
}

// message writes one.
func message(w io.Writer, s *coverage.Source, v, plane int, g grid, p elements.Parameter, values []float32) error {
	product, err := productOf(s, v, plane, p)
	if err != nil {
		return err
	}
	head := append(identification(s, v, plane, p), section(3, g.octets)...)
	head = append(head, section(4, product)...)
	packed := pack(values)
	total := 16 + len(head) + len(packed) + 4
	out := octets("GRIB")
	out.u16(0xffff)
	out.u8(p.Discipline, 2)
	out = binary.BigEndian.AppendUint64(out, uint64(total))
	out = append(out, head...)
	if _, err := w.Write(out); err != nil {
		return err
	}
	if _, err := w.Write(packed); err != nil {
		return err
	}
	_, err = io.WriteString(w, "7777")
	return err
}

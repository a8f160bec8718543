// Package covjson writes coverages as CoverageJSON 1.0 (OGC 21-069r2): grids in one pass, and what lies at places as values.
package covjson

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
)

// Type is the media type.
const Type = "application/vnd.cov+json"

// Format is CoverageJSON, of grids.
func Format() encode.Coverage {
	return encode.Coverage{
		Name: "covjson", Type: Type, Extension: ".covjson", Check: check,
		Size: func(s *coverage.Source) (int64, bool) {
			return 2048 + 8*s.Cells() + 16*int64(s.Width()+s.Height()), false
		},
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			if err := check(s); err != nil {
				return err
			}
			return write(ctx, w, s)
		},
	}
}

// maxCells bounds the values of an answer that people's programs hold as text.
const maxCells = 1 << 26

// check refuses variables on different levels: all share one domain.
func check(s *coverage.Source) error {
	if s.Cells() > maxCells {
		return fmt.Errorf("CoverageJSON %w %d values: at most %d", encode.ErrUnfit, s.Cells(), maxCells)
	}
	first := s.Variables[0]
	for v := range s.Variables {
		if len(first.Levels) > 1 || len(s.Variables[v].Levels) > 1 {
			if !slices.Equal(first.Levels, s.Variables[v].Levels) {
				return fmt.Errorf("CoverageJSON %w %s and %s on different levels", encode.ErrUnfit, first.Name, s.Variables[v].Name)
			}
		}
	}
	return nil
}

// write gives the domain and the parameters, then the values, block by block.
func write(ctx context.Context, out io.Writer, s *coverage.Source) error {
	b := bufio.NewWriterSize(out, 1<<16)
	head := map[string]any{"type": "Domain", "domainType": "Grid", "axes": axes(s), "referencing": References(s)}
	parameters := map[string]Parameter{}
	for v := range s.Variables {
		parameters[s.Variables[v].Name] = ParameterOf(s.Variables[v].Layer)
	}
	_, _ = b.WriteString(`{"type":"Coverage",`) // a bufio.Writer keeps its error
	if len(s.Members) == 1 && len(s.Variables[0].Layer.Members) > 1 && !s.HasMembers() {
		_, _ = fmt.Fprintf(b, `"isobar:member":%d,`, s.Members[0])
	}
	_, _ = b.WriteString(`"domain":`)
	if err := put(b, head); err != nil {
		return err
	}
	_, _ = b.WriteString(`,"parameters":`)
	if err := put(b, parameters); err != nil {
		return err
	}
	_, _ = b.WriteString(`,"ranges":{`)
	for v := range s.Variables {
		if v > 0 {
			_ = b.WriteByte(',')
		}
		if err := put(b, s.Variables[v].Name); err != nil {
			return err
		}
		_ = b.WriteByte(':')
		if err := ndarray(ctx, b, s, v); err != nil {
			return err
		}
	}
	_, _ = b.WriteString("}}\n")
	return b.Flush()
}

// put writes a value as JSON.
func put(b *bufio.Writer, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = b.Write(text)
	}
	return err
}

// ndarray writes one variable's values, time first.
func ndarray(ctx context.Context, b *bufio.Writer, s *coverage.Source, v int) error {
	names, shape := shapeOf(s, v)
	_, _ = b.WriteString(`{"type":"NdArray","dataType":"float","axisNames":`)
	if err := put(b, names); err != nil {
		return err
	}
	_, _ = b.WriteString(`,"shape":`)
	if err := put(b, shape); err != nil {
		return err
	}
	_, _ = b.WriteString(`,"values":[`)
	step := s.Rows()
	values, text := make([]float32, step*s.Width()), make([]byte, 0, 1<<16)
	first := true
	for _, plane := range planes(s, v) {
		digits := s.Digits(v, plane)
		for row := 0; row < s.Height(); row += step {
			n := min(step, s.Height()-row)
			part := values[:n*s.Width()]
			if err := s.Read(ctx, v, plane, 1, row, n, part); err != nil {
				return err
			}
			text = text[:0]
			for _, x := range part {
				if !first {
					text = append(text, ',')
				}
				first = false
				text = AppendNumber(text, digits.Round(float64(x)), 32)
			}
			if _, err := b.Write(text); err != nil {
				return err
			}
		}
	}
	_, err := b.WriteString("]}")
	return err
}

// AppendNumber writes a number with the fewest digits that tell it, null if it is missing.
func AppendNumber(text []byte, x float64, bits int) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(text, "null"...)
	}
	if abs := math.Abs(x); abs != 0 && (abs < 1e-5 || abs >= 1e15) {
		return strconv.AppendFloat(text, x, 'e', -1, bits)
	}
	return strconv.AppendFloat(text, x, 'f', -1, bits)
}

// shapeOf is the axes of a variable: time, member and level where they are axes, y and x.
func shapeOf(s *coverage.Source, v int) (names []string, shape []int) {
	add := func(has bool, name string, n int) {
		if has {
			names, shape = append(names, name), append(shape, n)
		}
	}
	add(true, "t", len(s.Times))
	add(s.HasMembers(), "member", len(s.Members))
	add(s.HasLevels(v), "z", len(s.Variables[v].Levels))
	add(true, "y", s.Height())
	add(true, "x", s.Width())
	return names, shape
}

// planes are the fields of a variable with time first.
func planes(s *coverage.Source, v int) []int {
	levels := len(s.Variables[v].Levels)
	var order []int
	for t := range s.Times {
		for m := range s.Members {
			for l := range levels {
				order = append(order, (m*len(s.Times)+t)*levels+l)
			}
		}
	}
	return order
}

// axes are the domain's.
func axes(s *coverage.Source) map[string]any {
	a := map[string]any{"x": even(s.X, s.DX), "y": even(s.Y, s.DY), "t": map[string]any{"values": times(s.Times)}}
	if s.HasMembers() {
		a["member"] = map[string]any{"values": s.Members}
	}
	if z := heights(s.Variables[0].Levels); z != nil {
		a["z"] = map[string]any{"values": z}
	}
	return a
}

// heights are levels as numbers; nil where they have none.
func heights(levels []field.Level) []float64 {
	if len(levels) == 1 && levels[0].Value == 0 && levels[0].To == 0 {
		return nil
	}
	z := make([]float64, len(levels))
	for i, l := range levels {
		z[i] = l.Value
	}
	return z
}

// even is an axis by its ends where steps are even.
func even(values []float64, step float64) map[string]any {
	if step == 0 {
		return map[string]any{"values": values}
	}
	return map[string]any{"start": values[0], "stop": values[len(values)-1], "num": len(values)}
}

func times(all []field.Time) []string {
	text := make([]string, len(all))
	for i, t := range all {
		text[i] = t.String()
	}
	return text
}

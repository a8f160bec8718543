// Package csv writes coverages as comma separated values (RFC 4180): a line for each cell, with its place, time and level.
package csv

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
)

// maxCells bounds the values of an answer as text.
const maxCells = 1 << 26

// Format is CSV. Columns are longitude and latitude in degrees, or x and y and both of these; time, level and member where they are
// axes; and the variables with their units. Missing values are empty.
func Format() encode.Coverage {
	return encode.Coverage{
		Name: "csv", Type: "text/csv", Extension: ".csv", Check: check,
		Size: func(s *coverage.Source) (int64, bool) {
			lines := s.Cells() / int64(len(s.Variables))
			return 256 + lines*36 + s.Cells()*8, false
		},
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			if err := check(s); err != nil {
				return err
			}
			return write(ctx, w, s)
		},
	}
}

// check refuses variables that can't share lines.
func check(s *coverage.Source) error {
	if s.Cells() > maxCells {
		return fmt.Errorf("CSV %w %d values: at most %d", encode.ErrUnfit, s.Cells(), maxCells)
	}
	for v := range s.Variables {
		if s.Planes(v) != s.Planes(0) {
			return fmt.Errorf("CSV %w %s and %s on different levels", encode.ErrUnfit, s.Variables[0].Name, s.Variables[v].Name)
		}
	}
	return nil
}

// table is what lines are made of.
type table struct {
	s        *coverage.Source
	straight bool // x and y are longitude and latitude
	x        []string
	places   []geo.LonLat
	at       []geo.XY
}

// write gives lines field by field, and row by row.
func write(ctx context.Context, out io.Writer, s *coverage.Source) error {
	b := bufio.NewWriterSize(out, 1<<16)
	t := &table{s: s, straight: s.Ref.Degrees && s.Ref.Code != "", places: make([]geo.LonLat, s.Width()), at: make([]geo.XY, s.Width())}
	for _, x := range s.X {
		t.x = append(t.x, number(x))
	}
	if _, err := b.WriteString(t.header()); err != nil {
		return err
	}
	step := max(min(s.Rows(), 64), 1)
	values := make([][]float32, len(s.Variables))
	for v := range values {
		values[v] = make([]float32, step*s.Width())
	}
	var line []byte
	digits := make([]field.Digits, len(s.Variables))
	for plane := range s.Planes(0) {
		prefix := t.prefix(plane)
		for v := range digits {
			digits[v] = s.Digits(v, plane)
		}
		for row := 0; row < s.Height(); row += step {
			n := min(step, s.Height()-row)
			for v := range values {
				some := values[v][:n*s.Width()]
				if err := s.Read(ctx, v, plane, 1, row, n, some); err != nil {
					return err
				}
				digits[v].RoundAll(some)
			}
			for j := range n {
				line = t.row(line[:0], prefix, row+j, j*s.Width(), values)
				if _, err := b.Write(line); err != nil {
					return err
				}
			}
		}
	}
	return b.Flush()
}

// header names the columns.
func (t *table) header() string {
	names := []string{"longitude", "latitude"}
	if !t.straight {
		names = append([]string{"x", "y"}, names...)
	}
	names = append([]string{"time"}, names...)
	if t.s.HasMembers() {
		names = append(names, "member")
	}
	if t.s.HasLevels(0) {
		names = append(names, "level")
	}
	for v := range t.s.Variables {
		name := t.s.Variables[v].Name
		if unit := t.s.Variables[v].Layer.Element.Unit; unit != "" {
			name += " [" + unit + "]"
		}
		names = append(names, quoted(name))
	}
	return strings.Join(names, ",") + "\r\n"
}

// quoted is a text as a field.
func quoted(text string) string {
	if !strings.ContainsAny(text, ",\"\r\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// plane is what all lines of a field begin with, and what stands between place and values.
type plane struct{ time, axes string }

func (t *table) prefix(i int) plane {
	m, time, level := t.s.Plane(0, i)
	p := plane{time: t.s.Times[time].String() + ","}
	if t.s.HasMembers() {
		p.axes += "," + strconv.Itoa(t.s.Members[m])
	}
	if t.s.HasLevels(0) {
		p.axes += "," + number(t.s.Variables[0].Levels[level].Value)
	}
	return p
}

// row is the lines of one row of cells.
func (t *table) row(line []byte, p plane, row, first int, values [][]float32) []byte {
	y := number(t.s.Y[row])
	if !t.straight {
		for i, x := range t.s.X {
			t.at[i] = geo.XY{X: x, Y: t.s.Y[row]}
		}
		t.s.Ref.Inverse(t.places, t.at)
	}
	for i, x := range t.x {
		line = append(line, p.time...)
		line = append(append(append(line, x...), ','), y...)
		if !t.straight {
			line = append(line, ',')
			line = appendDegrees(line, t.places[i].Lon)
			line = append(line, ',')
			line = appendDegrees(line, t.places[i].Lat)
		}
		line = append(line, p.axes...)
		for v := range values {
			line = append(line, ',')
			if x := values[v][first+i]; x == x {
				line = encode.AppendValue(line, x, "")
			}
		}
		line = append(line, '\r', '\n')
	}
	return line
}

// appendDegrees writes a millionth of a degree, nothing for what has no place.
func appendDegrees(line []byte, deg float64) []byte {
	if deg != deg {
		return line
	}
	return strconv.AppendFloat(line, math.Round(deg*1e6)/1e6, 'f', -1, 64)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

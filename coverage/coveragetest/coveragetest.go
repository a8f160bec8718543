// Package coveragetest makes coverages of fields in memory, for tests of what reads them.
package coveragetest

import (
	"context"
	"fmt"
	"math"

	"isobar/coverage"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/models"
	"isobar/sample"
	"isobar/store"
)

// Run is the reference time of all fields: 2026-11-24T00:00:00Z.
const Run = field.Time(1795478400)

// Fields are fields of one grid in memory. It reads level 0 alone.
type Fields struct {
	Grid   grid.Grid
	Values map[field.Key][]float32
	// Messages are the originals of those that have one.
	Messages map[field.Key]field.Original
}

var (
	_ sample.Fields   = (*Fields)(nil)
	_ store.Originals = (*Fields)(nil)
)

// Info tells of a field's original.
func (f *Fields) Info(k field.Key) (store.Info, bool) {
	_, ok := f.Values[k]
	m := f.Messages[k]
	return store.Info{Grid: f.Grid, Original: m.Format, OriginalBytes: len(m.Bytes)}, ok
}

// Original gives a field's original.
func (f *Fields) Original(_ context.Context, k field.Key) ([]byte, bool, error) {
	m, ok := f.Messages[k]
	return m.Bytes, ok, nil
}

// Windows reads parts of fields, as a store's snapshot does.
func (f *Fields) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if w.Level != 0 {
		return fmt.Errorf("level %d: %w", w.Level, store.ErrNotFound)
	}
	nx, ny := f.Grid.Shape()
	raster, ok := f.Grid.(grid.Raster)
	wraps := ok && raster.Wraps()
	for k, key := range keys {
		values, ok := f.Values[key]
		if !ok {
			return store.ErrNotFound
		}
		for j := range w.NY {
			for i := range w.NX {
				x, y := w.X0+i, w.Y0+j
				if wraps {
					x = ((x % nx) + nx) % nx
				}
				dst[k][j*w.NX+i] = float32(math.NaN())
				if x >= 0 && x < nx && y >= 0 && y < ny {
					dst[k][j*w.NX+i] = values[y*nx+x]
				}
			}
		}
	}
	return ctx.Err()
}

// Element describes one variable of a cube.
type Element struct {
	elements.Element
	Levels []field.Level                                        // nil: one at 2 m
	Value  func(at geo.LonLat, member, time, level int) float64 // NaN: missing
	Span   field.Seconds                                        // of all fields
	Lacks  func(member, time, level int) bool                   // nil: everything is published
}

// Shape is a cube's axes.
type Shape struct {
	Grid    grid.Grid
	Times   int // every 3 hours from the run on
	Members int
}

// Cube makes fields, and the cube of all of them.
func Cube(s Shape, els ...Element) (coverage.Cube, *Fields) {
	fields := &Fields{Grid: s.Grid, Values: map[field.Key][]float32{}}
	places := make([]geo.LonLat, s.Grid.Len())
	s.Grid.Places(places, 0)
	c := coverage.Cube{}
	for t := range max(s.Times, 1) {
		c.Times = append(c.Times, Run+field.Time(t*3*3600))
	}
	for m := range max(s.Members, 1) {
		c.Members = append(c.Members, m)
	}
	for _, e := range els {
		levels := e.Levels
		if levels == nil {
			levels = []field.Level{{Kind: elements.Height, Value: 2, To: 2}}
		}
		v := coverage.Variable{Name: e.ID, Levels: levels, Layer: &layers.Layer{
			Name: "test." + e.ID, Title: e.Title, Model: models.Model{ID: "test", Title: "Test model", Attribution: "Nobody"},
			Element: e.Element, Grid: s.Grid, Extent: s.Grid.Extent(), Runs: []field.Time{Run}, Times: c.Times, Levels: levels, Members: c.Members,
		}}
		for _, m := range c.Members {
			for t, valid := range c.Times {
				for l, level := range levels {
					if e.Lacks != nil && e.Lacks(m, t, l) {
						v.Picks = append(v.Picks, layers.Pick{})
						continue
					}
					k := field.Key{Model: "test", Run: Run, Element: e.ID, Level: level, Member: m, Valid: valid, Span: e.Span}
					values := make([]float32, len(places))
					for i, at := range places {
						values[i] = float32(e.Value(at, m, t, l))
					}
					fields.Values[k] = values
					v.Picks = append(v.Picks, layers.Pick{
						Input: sample.Input{Grid: s.Grid, Keys: []field.Key{k}, Nearest: e.Interpolation == elements.Nearest},
						Run:   Run, Valid: valid, Span: e.Span, Level: level, Member: m,
					})
				}
			}
		}
		c.Variables = append(c.Variables, v)
	}
	return c, fields
}

// Temperature is an element at 2 m whose values tell the place, the time, the member and the level, and which is missing in a part.
func Temperature() Element {
	return Element{
		Element: elements.Element{
			ID: "t2m", Title: "Temperature at 2 m", Unit: "K", DisplayUnit: "degC", StandardName: "air_temperature", LevelKind: elements.Height, Known: true,
		},
		Value: func(at geo.LonLat, member, time, level int) float64 {
			if math.Abs(at.Lat-45) < 3 && math.Abs(math.Remainder(at.Lon-10, 360)) < 3 {
				return math.NaN()
			}
			v := 280 + 20*math.Sin(at.Lat/30) + 5*math.Cos(at.Lon*math.Pi/180) + float64(time) + 10*float64(member) - 7*float64(level)
			return math.Round(v*16) / 16
		},
	}
}

// Grid parses a grid's ID; a bad one is a panic.
func Grid(id string) grid.Grid {
	g, err := grid.Parse(id)
	if err != nil {
		panic(err)
	}
	return g
}

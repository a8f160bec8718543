package ogctest

import (
	"fmt"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/models"
	"isobar/ogc"
	"isobar/styles"
)

// Large is a catalogue of many layers, runs and steps, as a service of many models has. No fields stand behind it.
type Large struct{ layers []*layers.Layer }

var _ ogc.Catalogue = (*Large)(nil)

// NewLarge makes layers of models with a hundred each; runs come every 6 hours, the last at Noon, and reach steps hours ahead.
func NewLarge(count, runs, steps int) *Large {
	const ofModel = 100
	times := make([]field.Time, 0, runs*6+steps)
	first := field.At(Noon) - field.Time(runs-1)*6*3600
	issued := make([]field.Time, runs)
	for i := range issued {
		issued[i] = first + field.Time(i)*6*3600
	}
	for t := first; t < field.At(Noon)+field.Time(steps)*3600; t += 3600 {
		times = append(times, t)
	}
	levels := make([]field.Level, 12)
	for i := range levels {
		pa := float64(100000 - 8000*i)
		levels[len(levels)-1-i] = field.Level{Kind: elements.Pressure, Value: pa, To: pa}
	}
	offered := []*styles.Style{{ID: "temperature", Title: "Temperature", Unit: "degC"}, {ID: "sequential", Title: "Sequential", Unit: "degC"}, {ID: "grey", Title: "Grey", Unit: "degC"}}
	c := &Large{}
	for i := range count {
		model := models.Model{ID: fmt.Sprintf("model-%02d", i/ofModel), Title: fmt.Sprintf("Model %d", i/ofModel), Abstract: "A model", Attribution: "Its maker"}
		element := elements.Element{ID: fmt.Sprintf("element%02d", i%ofModel), Unit: "K", Theme: "Temperature", StandardName: "air_temperature", Abstract: "What it is that is told here of the air."}
		c.layers = append(c.layers, &layers.Layer{
			Name: model.ID + "." + element.ID, Title: fmt.Sprintf("Element %d", i%ofModel), Model: model, Element: element,
			Extent: geo.Box{-180, -90, 180, 90}, Styles: offered, Runs: issued, Times: times, Levels: levels, Members: []int{0},
		})
	}
	return c
}

// Version implements ogc.Catalogue.
func (c *Large) Version() string { return "large" }

// Updated implements ogc.Catalogue.
func (c *Large) Updated() time.Time { return Noon }

// Layers implements ogc.Catalogue.
func (c *Large) Layers() []*layers.Layer { return c.layers }

// Layer implements ogc.Catalogue.
func (c *Large) Layer(name string) (*layers.Layer, error) {
	for _, l := range c.layers {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, layers.ErrUnknownLayer
}

// Hold is the catalogue as services hold it.
func (c *Large) Hold() (ogc.Catalogue, func()) { return c, func() {} }

package ogc

import (
	"fmt"
	"slices"
	"time"

	"isobar/layers"
	"isobar/models"
)

// Collection is what is offered under one name: a layer, or a model with all its layers.
type Collection struct {
	ID, Title string
	Abstract  string
	Model     models.Model
	Layers    []*layers.Layer // in the catalogue's order, one at least
	Whole     bool            // a model, though it may have one layer
}

// CollectionOf is a layer as a collection.
func CollectionOf(l *layers.Layer) Collection {
	return Collection{ID: l.Name, Title: l.Model.Title + ": " + l.Title, Abstract: l.Element.Abstract, Model: l.Model, Layers: []*layers.Layer{l}}
}

// Layer is the collection's layer, if it is one and not a model.
func (c Collection) Layer() (l *layers.Layer, ok bool) { return c.Layers[0], !c.Whole }

// OneGrid is the collection's layers that lie on the grid of the first, as the elements of one coverage do.
func (c Collection) OneGrid() (on []*layers.Layer) {
	first := c.Layers[0]
	for _, l := range c.Layers {
		if l == first || l.Grid != nil && first.Grid != nil && l.Grid.ID() == first.Grid.ID() {
			on = append(on, l)
		}
	}
	return on
}

// Models are a catalogue's models as collections, in the order of their first layers.
func Models(c Catalogue) (list []Collection) {
	at := map[string]int{}
	for _, l := range c.Layers() {
		i, ok := at[l.Model.ID]
		if !ok {
			i = len(list)
			at[l.Model.ID] = i
			list = append(list, Collection{ID: l.Model.ID, Title: l.Model.Title, Abstract: l.Model.Abstract, Model: l.Model, Whole: true})
		}
		list[i].Layers = append(list[i].Layers, l)
	}
	return list
}

// Collections are all of a catalogue: layers first, as clients and suites try the first, which is to have a map; then models.
func Collections(c Catalogue) (list []Collection) {
	for _, l := range c.Layers() {
		list = append(list, CollectionOf(l))
	}
	return append(list, Models(c)...)
}

// FindCollection is the layer or the model of a name. The error wraps layers.ErrUnknownLayer.
func FindCollection(c Catalogue, id string) (Collection, error) {
	if l, err := c.Layer(id); err == nil {
		return CollectionOf(l), nil
	}
	for _, m := range Models(c) {
		if m.ID == id {
			return m, nil
		}
	}
	return Collection{}, fmt.Errorf("%w %q", layers.ErrUnknownLayer, id)
}

// Dimensions are those of all layers of a collection: the values are of the layer that has most, the default of the first that has the
// dimension.
func (c Collection) Dimensions(now time.Time) (dims []Dimension) {
	most := map[string]int{}
	for _, l := range c.Layers {
		sizes := map[string]int{Time: len(l.Times), ReferenceTime: len(l.Runs), Elevation: len(l.Levels), Member: len(l.Members)}
		for _, d := range Dimensions(l, now) {
			i := slices.IndexFunc(dims, func(one Dimension) bool { return one.Name == d.Name })
			switch {
			case i < 0:
				dims = append(dims, d)
			case sizes[d.Name] > most[d.Name] && d.Units == dims[i].Units:
				d.Default = dims[i].Default
				dims[i] = d
			default:
				continue
			}
			most[d.Name] = sizes[d.Name]
		}
	}
	return dims
}

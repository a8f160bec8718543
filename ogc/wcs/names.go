package wcs

import (
	"net/http"
	"slices"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/layers"
	"isobar/ogc"
)

// cubeSuffix ends the identifiers of coverages that keep all axes.
const cubeSuffix = ".cube"

// named is what an identifier means: a layer at its default time as a grid of two axes; a layer with all axes, <layer>.cube; or all
// elements of a model at the default time, <model>.
type named struct {
	id     string
	layers []*layers.Layer
	cube   bool
}

// find resolves an identifier.
func find(c ogc.Catalogue, id string) (n named, err error) {
	n.id = id
	if l, err := c.Layer(id); err == nil {
		n.layers = []*layers.Layer{l}
		return n, nil
	}
	if name, ok := strings.CutSuffix(id, cubeSuffix); ok {
		if l, err := c.Layer(name); err == nil {
			n.layers, n.cube = []*layers.Layer{l}, true
			return n, nil
		}
	}
	for _, l := range c.Layers() {
		if l.Model.ID == id {
			n.layers = append(n.layers, l)
		}
	}
	if len(n.layers) == 0 {
		return n, noSuchCoverage(id)
	}
	return n, nil
}

func noSuchCoverage(id string) *ogc.Fault {
	return &ogc.Fault{Status: http.StatusNotFound, Code: "NoSuchCoverage", Locator: id, Text: "there is no coverage " + id}
}

// request is the neutral request for a coverage as it is.
func (n *named) request() answer.CoverageRequest {
	r := answer.CoverageRequest{Cube: n.cube, Cut: coverage.Cut{X: coverage.All, Y: coverage.All}}
	for _, l := range n.layers {
		r.Layers = append(r.Layers, l.Name)
	}
	return r
}

// identifiers lists all coverages, layer by layer: grids of two axes first, which every client opens.
func identifiers(c ogc.Catalogue) (ids []named) {
	var models []string
	for _, l := range c.Layers() {
		ids = append(ids, named{l.Name, []*layers.Layer{l}, false})
		if !slices.Contains(models, l.Model.ID) {
			models = append(models, l.Model.ID)
		}
	}
	for _, l := range c.Layers() {
		ids = append(ids, named{l.Name + cubeSuffix, []*layers.Layer{l}, true})
	}
	for _, m := range models {
		if n, err := find(c, m); err == nil {
			ids = append(ids, n)
		}
	}
	return ids
}

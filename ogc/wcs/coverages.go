package wcs

import (
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/ogc"
)

// offer is a coverage that is offered. There are three for each layer's data: <model>.<element> is a plane at the default time, as
// GDAL opens no other, and takes subsets of the other axes all the same; <model>.<element>.cube has all axes; <model> is the planes
// of all the model's elements that lie on one grid.
type offer struct {
	id     string
	title  string
	layers []*layers.Layer // one at least
	cube   bool
}

// cubeSuffix is what the ID of a coverage with all axes ends in.
const cubeSuffix = ".cube"

// find is the coverage of an ID; the error is a *ogc.Fault.
func find(c ogc.Catalogue, id string) (offer, error) {
	if l, err := c.Layer(id); err == nil {
		return plane(l), nil
	}
	if name, ok := strings.CutSuffix(id, cubeSuffix); ok {
		if l, err := c.Layer(name); err == nil {
			return cubeOffer(l), nil
		}
	}
	for _, o := range modelOffers(c) {
		if o.id == id {
			return o, nil
		}
	}
	return offer{}, notThere(noSuchCoverage, id, "there is no coverage %q", ogc.Clip(id))
}

func plane(l *layers.Layer) offer {
	return offer{id: l.Name, title: l.Title, layers: []*layers.Layer{l}}
}

func cubeOffer(l *layers.Layer) offer {
	return offer{id: l.Name + cubeSuffix, title: l.Title + ", all times", layers: []*layers.Layer{l}, cube: true}
}

// modelOffers are the coverages of all elements of a model: of those on the grid of the first.
func modelOffers(c ogc.Catalogue) (list []offer) {
	for _, m := range ogc.Models(c) {
		list = append(list, offer{id: m.ID, title: m.Title, layers: m.OneGrid()})
	}
	return list
}

// offers lists all coverages: planes first, as suites and clients try the first, then those of whole models, then cubes.
func offers(c ogc.Catalogue) (list []offer) {
	for _, l := range c.Layers() {
		list = append(list, plane(l))
	}
	for _, o := range modelOffers(c) {
		if len(o.layers) > 1 {
			list = append(list, o)
		}
	}
	for _, l := range c.Layers() {
		list = append(list, cubeOffer(l))
	}
	return list
}

// subtype is what kind of coverage it is (OGC 09-146r2).
func (o offer) subtype() string {
	if o.cube {
		return "ReferenceableGridCoverage"
	}
	return "RectifiedGridCoverage"
}

// fieldName is a layer's name within its model.
func fieldName(l *layers.Layer) string { return strings.TrimPrefix(l.Name, l.Model.ID+".") }

// extent is the geographic box of all layers, which lie on one grid.
func (o offer) extent() geo.Box { return o.layers[0].Extent }

// request asks for all cells of a coverage: at the default time, or of a cube at all.
func (o offer) request() answer.CoverageRequest {
	r := answer.CoverageRequest{Cube: o.cube, Cut: coverage.Cut{X: o.allX(), Y: coverage.All}}
	for _, l := range o.layers {
		r.Layers = append(r.Layers, l.Name)
	}
	return r
}

// allX is all columns. Those around the Earth begin at 180 degrees west, wherever the grid does: that is where clients draw the map.
func (o offer) allX() coverage.Interval {
	l := o.layers[0]
	if n, ok := grid.NativeOf(l.Grid); ok && (!n.Degrees || n.Turn != 360) || l.Extent.MaxX()-l.Extent.MinX() < 360 {
		return coverage.All
	}
	return coverage.Interval{Low: -180, High: 180}
}

// The kinds of axes.
type axis int

const (
	axisX axis = iota
	axisY
	axisTime
	axisElevation
	axisRun
	axisMember
)

// axisNames are the names that clients give to axes, in lower case; those we describe them by come first.
var axisNames = map[axis][]string{
	axisX:         {"long", "lon", "longitude", "x", "e", "easting", "rlon", "i"},
	axisY:         {"lat", "latitude", "y", "n", "northing", "rlat", "j"},
	axisTime:      {"ansi", "time", "unix", "t", "date", "phenomenontime", "datetime"},
	axisElevation: {"elevation", "height", "level", "z", "h", "pressure", "vertical"},
	axisRun:       {"reference_time", "dim_reference_time", "referencetime", "run"},
	axisMember:    {"member", "dim_member", "ensemble", "realization"},
}

// axisOf is the kind of axis that a name means, in any case; ok is false if it means none.
func axisOf(name string) (axis, bool) {
	name = strings.ToLower(name)
	for kind, names := range axisNames {
		for _, n := range names {
			if n == name {
				return kind, true
			}
		}
	}
	return 0, false
}

// labels are the names of the spatial axes of a system, x first.
func labels(ref geo.Reference) (x, y string) {
	switch {
	case ref.Degrees && ref.Code == "":
		return "rlon", "rlat"
	case ref.Degrees:
		return "Long", "Lat"
	}
	return "x", "y"
}

// units are what an axis' positions are measured in.
func units(ref geo.Reference) string {
	if ref.Degrees {
		return "deg"
	}
	return "m"
}

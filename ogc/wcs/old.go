package wcs

import (
	"net/http"

	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// What WCS 1.0.0 and 1.1.1 share: which coverages there are, and how descriptions and coverages are asked for.

// described is a coverage as they describe it: a plane, and the times of a cube.
type described struct {
	offer
	*coverage.Geometry
	layer *layers.Layer
	box   geo.Box      // in degrees
	times []field.Time // that are listed
	forms []encode.Coverage
}

// originX and originY are the centre of the first cell.
func (d *described) originX() string { return ogc.Number(d.X[0]) }
func (d *described) originY() string { return ogc.Number(d.Y[0]) }

// offers10 are the coverages: a layer's plane, and its cube, which differs in that its times are listed. (GDAL asks for the last of a
// list, and so would never see the default time.) Both take TIME, and give a plane.
func offers10(c ogc.Catalogue) (list []offer) {
	for _, l := range c.Layers() {
		list = append(list, plane(l))
	}
	for _, l := range c.Layers() {
		list = append(list, cubeOffer(l))
	}
	return list
}

// find10 is the coverage of an ID.
func find10(c ogc.Catalogue, id, parameter string) (offer, error) {
	o, err := find(c, id)
	if err != nil || len(o.layers) > 1 || id == o.layers[0].Model.ID {
		return offer{}, notThere(noSuchCoverage, parameter, "there is no coverage %q", ogc.Clip(id))
	}
	return o, nil
}

// listedTimes are the times that a description lists.
func (o offer) listedTimes() []field.Time {
	if !o.cube {
		return nil
	}
	return o.layers[0].Times
}

// describeOld answers DescribeCoverage: one writes each of the coverages that a parameter names; all if it is missing.
func (h *Handler) describeOld(w http.ResponseWriter, q *request, parameter string, open func(s *scribe), one func(s *scribe, d *described)) error {
	list, err := h.listed(q, parameter)
	if err != nil {
		return err
	}
	var s scribe
	s.Raw(xmlHead)
	open(&s)
	for _, o := range list {
		source, done, err := h.coverages.Describe(q.Context(), o.flat())
		if err != nil {
			return (&asked{offer: o}).explain(err)
		}
		one(&s, &described{
			offer: o, Geometry: &source.Geometry, layer: o.layers[0], box: ogc.Geographic(o.extent()), times: o.listedTimes(), forms: h.coverages.Formats(),
		})
		done()
	}
	s.Close()
	ogc.Document(w, q.Request, "text/xml", s.Bytes(), capabilitiesAge)
	return nil
}

// listed are the coverages that a parameter names; all if it is missing.
func (h *Handler) listed(q *request, parameter string) (list []offer, err error) {
	ids := q.List(parameter)
	if len(ids) > maxDescribed {
		return nil, ogc.Invalid(parameter, "more than %d coverages are described one after the other", maxDescribed)
	}
	catalogue, release := h.hold()
	defer release()
	if len(ids) == 0 {
		list = offers10(catalogue)
		return list[:min(len(list), maxDescribed)], nil
	}
	for _, id := range ids {
		o, err := find10(catalogue, id, parameter)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// temporal writes times in an element of its own, if there are any.
func (s *scribe) temporal(element string, times []field.Time) {
	if len(times) == 0 {
		return
	}
	s.Open(element)
	for _, t := range times {
		s.Leaf("gml:timePosition", t.String())
	}
	s.Close()
}

// askOld reads which coverage a request of GetCoverage names, its dimensions, and its format.
func (h *Handler) askOld(q *request, parameter, id string, axes map[axis]string) (a asked, err error) {
	if id == "" {
		return a, ogc.Missing(parameter)
	}
	catalogue, release := h.hold()
	o, err := find10(catalogue, id, parameter)
	release()
	if err != nil {
		return a, err
	}
	a = asked{offer: o, CoverageRequest: o.flat(), axes: axes}
	return a, a.choices10(q)
}

// formatOld reads FORMAT.
func (h *Handler) formatOld(q *request, a *asked) error {
	if a.Format = q.Get("format"); a.Format == "" {
		return ogc.Missing("format")
	}
	a.Format = format10(a.Format)
	if _, err := h.coverages.Format(a.Format); err != nil {
		return ogc.Invalid("format", "format %q is not offered", ogc.Clip(a.Format))
	}
	return nil
}

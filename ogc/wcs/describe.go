package wcs

import (
	"errors"
	"net/http"
	"time"

	"isobar/coverage"
	"isobar/encode"
	"isobar/ogc"
)

// maxDescribed bounds how many coverages one request describes.
const maxDescribed = 256

// describeCoverage answers DescribeCoverage (OGC 09-110r4, 8.3). FORMAT, which GDAL sends, is not looked at.
func (h *Handler) describeCoverage(w http.ResponseWriter, q *request) error {
	catalogue, release := h.hold()
	defer release()
	ids := q.List("coverageid")
	if len(ids) == 0 {
		return notThere(emptyCoverageIDList, "coverageid", "coverageid names no coverage")
	}
	if len(ids) > maxDescribed {
		return ogc.Invalid("coverageid", "more than %d coverages are described one after the other", maxDescribed)
	}
	var list []offer
	for _, id := range ids {
		o, err := find(catalogue, id)
		if err != nil {
			return err
		}
		list = append(list, o)
	}
	var s scribe
	s.Raw(xmlHead)
	s.Open("wcs:CoverageDescriptions", "xmlns:wcs", nsWCS, "xmlns:gml", nsGML, "xmlns:gmlcov", nsCOV, "xmlns:gmlrgrid", nsRGrid, "xmlns:swe", nsSWE,
		"xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI, "xsi:schemaLocation", nsWCS+" http://schemas.opengis.net/wcs/2.0/wcsAll.xsd")
	for _, o := range list {
		if err := h.description(&s, q, o); err != nil {
			return err
		}
	}
	s.Close()
	if q.soap {
		ogc.Document(w, q.Request, typeSOAP, enveloped(s.Bytes()), capabilitiesAge)
		return nil
	}
	ogc.Document(w, q.Request, typeXML, s.Bytes(), capabilitiesAge)
	return nil
}

// description writes a coverage's.
func (h *Handler) description(s *scribe, q *request, o offer) error {
	source, done, err := h.coverages.Describe(q.Context(), o.request())
	if err != nil {
		return (&asked{offer: o}).explain(err)
	}
	defer done()
	d := domainOf(o.id, source)
	s.Open("wcs:CoverageDescription", "gml:id", ncName(o.id))
	s.Leaf("gml:description", o.title)
	s.Leaf("gml:name", o.id)
	s.boundedBy(d)
	s.Leaf("wcs:CoverageId", o.id)
	s.dimensions(o, q.now)
	s.domainSet(d)
	s.rangeType(d)
	s.Open("wcs:ServiceParameters")
	s.Leaf("wcs:CoverageSubtype", o.subtype())
	s.Leaf("wcs:nativeFormat", h.nativeFormat(source))
	s.Close()
	s.Close()
	return nil
}

// dimensions writes the axes that a plane takes subsets of besides its own, as WMS lists dimensions.
func (s *scribe) dimensions(o offer, now time.Time) {
	if o.cube {
		return
	}
	s.Open("gmlcov:metadata")
	s.Open("gmlcov:Extension")
	all := ogc.Collection{Layers: o.layers}
	for _, dim := range all.Dimensions(now) {
		s.Leaf("isobar:Dimension", dim.Values, "xmlns:isobar", "https://isobar.example/wcs", "name", dim.Name, "units", dim.Units, "default", dim.Default)
	}
	s.Close()
	s.Close()
}

// nativeFormat is the media type that a coverage comes in where a request names none: the first that can hold it.
func (h *Handler) nativeFormat(s *coverage.Source) string {
	for _, f := range h.coverages.Formats() {
		if f.Check == nil || !errors.Is(f.Check(s), encode.ErrUnfit) {
			return typeOf(f)
		}
	}
	return h.formatTypes()[0]
}

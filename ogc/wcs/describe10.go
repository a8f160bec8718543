package wcs

import (
	"net/http"
	"strconv"

	"isobar/coverage"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// describeCoverage10 answers DescribeCoverage of WCS 1.0.0 (OGC 03-065r6, 8.3). Without COVERAGE all are described.
func (h *Handler) describeCoverage10(w http.ResponseWriter, q *request) error {
	list, err := h.listed(q, "coverage")
	if err != nil {
		return err
	}
	var s scribe
	s.Raw(xmlHead)
	s.Open("CoverageDescription", "xmlns", ns10, "xmlns:gml", nsGML10, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
		"xsi:schemaLocation", ns10+" http://schemas.opengis.net/wcs/1.0.0/describeCoverage.xsd", "version", v100)
	for _, o := range list {
		source, done, err := h.coverages.Describe(q.Context(), o.flat())
		if err != nil {
			return (&asked{offer: o}).explain(err)
		}
		s.offering10(h, o, source)
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

// The namespaces of WCS 1.0.0.
const (
	ns10    = "http://www.opengis.net/wcs"
	nsGML10 = "http://www.opengis.net/gml"
)

// brief10 writes what capabilities and descriptions have in common.
func (s *scribe) brief10(o offer) {
	l := o.layers[0]
	b := ogc.Geographic(l.Extent)
	s.Some("description", l.Element.Abstract)
	s.Leaf("name", o.id)
	s.Leaf("label", o.title)
	s.Open("lonLatEnvelope", "srsName", "urn:ogc:def:crs:OGC:1.3:CRS84")
	s.Leaf("gml:pos", ogc.Number(b.MinX())+" "+ogc.Number(b.MinY()))
	s.Leaf("gml:pos", ogc.Number(b.MaxX())+" "+ogc.Number(b.MaxY()))
	if n := len(l.Times); o.cube && n > 0 {
		s.Leaf("gml:timePosition", l.Times[0].String())
		s.Leaf("gml:timePosition", l.Times[n-1].String())
	}
	s.Close()
}

// offering10 writes a description. The origin is the centre of the first cell.
func (s *scribe) offering10(h *Handler, o offer, source *coverage.Source) {
	l, g := o.layers[0], &source.Geometry
	srs := g.Ref.Code
	if srs == "" {
		srs = srsName(g)
	}
	s.Open("CoverageOffering")
	s.brief10(o)
	s.Open("domainSet")
	s.Open("spatialDomain")
	s.Open("gml:Envelope", "srsName", srs)
	s.Leaf("gml:pos", ogc.Number(g.Box.MinX())+" "+ogc.Number(g.Box.MinY()))
	s.Leaf("gml:pos", ogc.Number(g.Box.MaxX())+" "+ogc.Number(g.Box.MaxY()))
	s.Close()
	s.Open("gml:RectifiedGrid", "dimension", "2", "srsName", srs)
	s.Open("gml:limits")
	s.Open("gml:GridEnvelope")
	s.Leaf("gml:low", "0 0")
	s.Leaf("gml:high", strconv.Itoa(g.Width()-1)+" "+strconv.Itoa(g.Height()-1))
	s.Close()
	s.Close()
	s.Leaf("gml:axisName", "x")
	s.Leaf("gml:axisName", "y")
	s.Open("gml:origin")
	s.Leaf("gml:pos", ogc.Number(g.X[0])+" "+ogc.Number(g.Y[0]))
	s.Close()
	s.Leaf("gml:offsetVector", ogc.Number(g.DX)+" 0")
	s.Leaf("gml:offsetVector", "0 "+ogc.Number(-step(g)))
	s.Close()
	s.Close()
	if o.cube {
		s.Open("temporalDomain")
		for _, t := range l.Times {
			s.Leaf("gml:timePosition", t.String())
		}
		s.Close()
	}
	s.Close()
	s.range10(l)
	s.supported10(h, srs)
	s.Close()
}

// range10 writes what the values are.
func (s *scribe) range10(l *layers.Layer) {
	s.Open("rangeSet")
	s.Open("RangeSet")
	s.Some("description", l.Element.Unit)
	s.Leaf("name", fieldName(l))
	s.Leaf("label", l.Title)
	s.Open("nullValues")
	s.Leaf("singleValue", "nan")
	s.Close()
	s.Close()
	s.Close()
}

// supported10 writes the systems, the formats and the interpolations.
func (s *scribe) supported10(h *Handler, native string) {
	s.Open("supportedCRSs")
	for _, ref := range geo.References() {
		s.Leaf("requestResponseCRSs", ref.Code)
	}
	s.Leaf("nativeCRSs", native)
	s.Close()
	s.Open("supportedFormats", "nativeFormat", name10(h.coverages.Formats()[0]))
	for _, f := range h.coverages.Formats() {
		s.Leaf("formats", name10(f))
	}
	s.Close()
	s.Open("supportedInterpolations", "default", "bilinear")
	s.Leaf("interpolationMethod", "bilinear")
	s.Leaf("interpolationMethod", "nearest neighbor")
	s.Close()
}

// write10 writes the capabilities of WCS 1.0.0 (OGC 03-065r6, 7.3), of any section.
func (s *capabilities) write10() {
	a := s.h.about
	s.Raw(xmlHead)
	s.Open("WCS_Capabilities", "xmlns", ns10, "xmlns:gml", nsGML10, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
		"xsi:schemaLocation", ns10+" http://schemas.opengis.net/wcs/1.0.0/wcsCapabilities.xsd", "version", v100, "updateSequence", ogc.Sequence(s.catalogue.Updated()))
	s.Open("Service")
	s.Some("description", a.Abstract)
	s.Leaf("name", "OGC:WCS")
	s.Leaf("label", a.Title)
	if len(a.Keywords) > 0 {
		s.Open("keywords")
		for _, k := range a.Keywords {
			s.Leaf("keyword", k)
		}
		s.Close()
	}
	s.Open("responsibleParty")
	s.Some("individualName", a.Person)
	s.Leaf("organisationName", s.providerName())
	s.Close()
	s.Leaf("fees", orNone(a.Fees))
	s.Leaf("accessConstraints", orNone(a.AccessConstraints))
	s.Close()
	s.capability10()
	s.Open("ContentMetadata")
	for _, o := range offers10(s.catalogue) {
		s.Open("CoverageOfferingBrief")
		s.brief10(o)
		s.Close()
	}
	s.Close()
	s.Close()
}

func orNone(text string) string {
	if text == "" {
		return "NONE"
	}
	return text
}

// capability10 writes how operations are reached.
func (s *capabilities) capability10() {
	s.Open("Capability")
	s.Open("Request")
	for _, name := range []string{"GetCapabilities", "DescribeCoverage", "GetCoverage"} {
		s.Open(name)
		s.Open("DCPType")
		s.Open("HTTP")
		s.Open("Get")
		s.Leaf("OnlineResource", "", "xlink:type", "simple", "xlink:href", s.base+"?")
		s.Close()
		s.Close()
		s.Close()
		s.Close()
	}
	s.Close()
	s.Open("Exception")
	s.Leaf("Format", "application/vnd.ogc.se_xml")
	s.Close()
	s.Close()
}

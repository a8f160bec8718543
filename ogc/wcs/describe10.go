package wcs

import (
	"net/http"
	"strconv"

	"isobar/encode"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// describeCoverage10 answers DescribeCoverage of WCS 1.0.0 (OGC 03-065r6, 8.3). Without COVERAGE all are described.
func (h *Handler) describeCoverage10(w http.ResponseWriter, q *request) error {
	return h.describeOld(w, q, "coverage", func(s *scribe) {
		s.Open("CoverageDescription", "xmlns", ns10, "xmlns:gml", nsGML10, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
			"xsi:schemaLocation", ns10+" http://schemas.opengis.net/wcs/1.0.0/describeCoverage.xsd", "version", v100)
	}, (*scribe).offering10)
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
	if times := o.listedTimes(); len(times) > 0 {
		s.Leaf("gml:timePosition", times[0].String())
		s.Leaf("gml:timePosition", times[len(times)-1].String())
	}
	s.Close()
}

// offering10 writes a description. The origin is the centre of the first cell.
func (s *scribe) offering10(d *described) {
	srs := d.Ref.Code
	if srs == "" {
		srs = srsName(d.Geometry)
	}
	s.Open("CoverageOffering")
	s.brief10(d.offer)
	s.Open("domainSet")
	s.Open("spatialDomain")
	s.Open("gml:Envelope", "srsName", srs)
	s.Leaf("gml:pos", ogc.Number(d.Box.MinX())+" "+ogc.Number(d.Box.MinY()))
	s.Leaf("gml:pos", ogc.Number(d.Box.MaxX())+" "+ogc.Number(d.Box.MaxY()))
	s.Close()
	s.Open("gml:RectifiedGrid", "dimension", "2", "srsName", srs)
	s.Open("gml:limits")
	s.Open("gml:GridEnvelope")
	s.Leaf("gml:low", "0 0")
	s.Leaf("gml:high", strconv.Itoa(d.Width()-1)+" "+strconv.Itoa(d.Height()-1))
	s.Close()
	s.Close()
	s.Leaf("gml:axisName", "x")
	s.Leaf("gml:axisName", "y")
	s.Open("gml:origin")
	s.Leaf("gml:pos", d.originX()+" "+d.originY())
	s.Close()
	s.Leaf("gml:offsetVector", ogc.Number(d.DX)+" 0")
	s.Leaf("gml:offsetVector", "0 "+ogc.Number(-step(d.Geometry)))
	s.Close()
	s.Close()
	s.temporal("temporalDomain", d.times)
	s.Close()
	s.range10(d.layer)
	s.supported10(d.forms, srs)
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
func (s *scribe) supported10(forms []encode.Coverage, native string) {
	s.Open("supportedCRSs")
	for _, ref := range geo.References() {
		s.Leaf("requestResponseCRSs", ref.Code)
	}
	s.Leaf("nativeCRSs", native)
	s.Close()
	s.Open("supportedFormats", "nativeFormat", name10(forms[0]))
	for _, f := range forms {
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
	s.Leaf("organisationName", s.h.about.Provider())
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

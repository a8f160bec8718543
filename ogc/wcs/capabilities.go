package wcs

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"isobar/geo"
	"isobar/ogc"
)

// capabilitiesAge is how long capabilities may be kept.
const capabilitiesAge = time.Minute

// typeXML is the media type of documents.
const typeXML = "application/xml"

// sections are the parts of the document that can be asked for alone (OWS Common 2.0 table 7, OGC 09-110r4 table 5).
var sections = []string{"ServiceIdentification", "ServiceProvider", "OperationsMetadata", "ServiceMetadata", "Contents"}

// profiles are the conformance classes that the service follows.
var profiles = []string{
	"http://www.opengis.net/spec/WCS/2.0/conf/core",
	"http://www.opengis.net/spec/WCS_protocol-binding_get-kvp/1.0/conf/get-kvp",
	"http://www.opengis.net/spec/WCS_protocol-binding_post-xml/1.0/conf/post-xml",
	"http://www.opengis.net/spec/WCS_protocol-binding_soap/1.0/conf/soap",
	"http://www.opengis.net/spec/WCS_service-extension_crs/1.0/conf/crs",
	"http://www.opengis.net/spec/WCS_service-extension_crs/1.0/conf/crs-gridded-coverage",
	"http://www.opengis.net/spec/WCS_service-extension_scaling/1.0/conf/scaling",
	"http://www.opengis.net/spec/WCS_service-extension_interpolation/1.0/conf/interpolation",
	"http://www.opengis.net/spec/WCS_service-extension_interpolation/1.0/conf/interpolation-per-axis",
	"http://www.opengis.net/spec/WCS_service-extension_interpolation/1.0/conf/nearest-neighbor",
	"http://www.opengis.net/spec/WCS_service-extension_interpolation/1.0/conf/linear",
	"http://www.opengis.net/spec/WCS_service-extension_range-subsetting/1.0/conf/record-subsetting",
	"http://www.opengis.net/spec/GMLCOV/1.0/conf/gml-coverage",
	"http://www.opengis.net/spec/GMLCOV/1.0/conf/multipart",
	"http://www.opengis.net/spec/GMLCOV_geotiff-coverages/1.0/conf/geotiff-coverage",
	"http://www.opengis.net/spec/WCS_coverage-encoding_netcdf/1.0/conf/netcdf",
}

// getCapabilities answers GetCapabilities of any version.
func (h *Handler) getCapabilities(w http.ResponseWriter, q *request) error {
	wanted, err := wantedSections(q)
	if err != nil {
		return err
	}
	catalogue, release := h.hold()
	defer release()
	if err := ogc.CheckSequence(q.Get("updatesequence"), catalogue.Updated()); err != nil {
		var fault *ogc.Fault
		if q.version == v100 || !errors.As(err, &fault) || fault.Code != ogc.CurrentUpdateSequence {
			return err
		}
		wanted = nil // the document's frame alone says that it has not changed (OWS Common 2.0 7.3.4)
	}
	base, now := h.baseURL(q.Request), q.now.Truncate(capabilitiesAge)
	write := func() []byte {
		s := &capabilities{h: h, base: base + Path, catalogue: catalogue, wanted: wanted, now: now}
		switch q.version {
		case v100:
			s.write10()
		case v111:
			s.write11()
		default:
			s.write20()
		}
		return s.Bytes()
	}
	if q.soap {
		ogc.Document(w, q.Request, typeSOAP, enveloped(write()), capabilitiesAge)
		return nil
	}
	if q.version != v201 { // readers of these ask for gzip, and some look at the bytes as they come
		w.Header().Set("Content-Encoding", "identity")
		ogc.Document(w, q.Request, "text/xml", write(), capabilitiesAge)
		return nil
	}
	mediaType := typeXML
	for _, f := range q.List("acceptformats") {
		if f = ogc.MediaType(f); f == typeXML || f == "text/xml" {
			mediaType = f
			break
		}
	}
	key := h.kept.Key(q.version+" "+mediaType+" "+strings.Join(wanted, ","), base, catalogue, now)
	h.kept.Send(w, q.Request, mediaType, key, capabilitiesAge, write)
	return nil
}

// wantedSections reads SECTIONS; missing or All is all of them. Names are told apart without regard to case.
func wantedSections(q *request) ([]string, error) {
	list := q.List("sections")
	if len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, "All") }) {
		return sections, nil
	}
	wanted := []string{}
	for _, name := range list {
		i := slices.IndexFunc(sections, func(s string) bool { return strings.EqualFold(s, name) })
		switch {
		case i >= 0:
			wanted = append(wanted, sections[i])
		case strings.EqualFold(name, "Languages"), strings.EqualFold(name, "CoverageSummary"), strings.EqualFold(name, "DatasetSeriesSummary"):
		default:
			return nil, ogc.Invalid("sections", "sections: there is no section %q", ogc.Clip(name))
		}
	}
	return wanted, nil
}

// capabilities writes a capabilities document.
type capabilities struct {
	scribe
	h         *Handler
	base      string
	catalogue ogc.Catalogue
	wanted    []string
	now       time.Time
}

func (s *capabilities) write20() {
	s.Raw(xmlHead)
	s.Open("wcs:Capabilities", "xmlns:wcs", nsWCS, "xmlns:ows", nsOWS, "xmlns:gml", nsGML, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
		"xmlns:int", "http://www.opengis.net/wcs/interpolation/1.0", "xmlns:crs", "http://www.opengis.net/wcs/crs/1.0",
		"xsi:schemaLocation", nsWCS+" http://schemas.opengis.net/wcs/2.0/wcsAll.xsd",
		"version", v201, "updateSequence", ogc.Sequence(s.catalogue.Updated()))
	for _, part := range []struct {
		name  string
		write func()
	}{
		{"ServiceIdentification", func() { s.Identification(s.h.about, "OGC WCS", versions, profiles) }},
		{"ServiceProvider", func() { s.Provider(s.h.about) }}, {"OperationsMetadata", s.operations},
		{"ServiceMetadata", s.metadata}, {"Contents", s.contents},
	} {
		if slices.Contains(s.wanted, part.name) {
			part.write()
		}
	}
	s.Close()
}

func (s *capabilities) operations() {
	s.Open("ows:OperationsMetadata")
	for _, name := range []string{"GetCapabilities", "DescribeCoverage", "GetCoverage"} {
		s.Open("ows:Operation", "name", name)
		s.Open("ows:DCP")
		s.Open("ows:HTTP")
		s.Leaf("ows:Get", "", "xlink:type", "simple", "xlink:href", s.base+"?")
		s.Leaf("ows:Post", "", "xlink:type", "simple", "xlink:href", s.base)
		s.Close()
		s.Close()
		s.Close()
	}
	s.Allowed("ows:Constraint", "PostEncoding", "XML", "SOAP") // of all operations (OGC 09-148r1, requirement 2)
	s.Close()
}

// formatTypes are the media types of coverages, the default first.
func (h *Handler) formatTypes() (list []string) {
	for _, f := range h.coverages.Formats() {
		if t := typeOf(f); !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return append(list, typeGML)
}

func (s *capabilities) metadata() {
	s.Open("wcs:ServiceMetadata")
	for _, t := range s.h.formatTypes() {
		s.Leaf("wcs:formatSupported", t)
	}
	s.Open("wcs:Extension")
	s.Open("int:InterpolationMetadata")
	for _, m := range interpolations {
		s.Leaf("int:InterpolationSupported", interpolationRoot+m.name)
	}
	s.Close()
	s.Open("crs:CrsMetadata")
	for _, ref := range geo.References() {
		s.Leaf("crs:crsSupported", uri(ref))
	}
	s.Close()
	s.Close()
	s.Close()
}

func (s *capabilities) contents() {
	s.Open("wcs:Contents")
	for _, o := range offers(s.catalogue) {
		b := ogc.Geographic(o.extent())
		s.Open("wcs:CoverageSummary")
		s.Leaf("ows:Title", o.title)
		s.GeographicBox(o.extent())
		s.Leaf("wcs:CoverageId", o.id)
		s.Leaf("wcs:CoverageSubtype", o.subtype())
		s.Open("ows:BoundingBox", "crs", "http://www.opengis.net/def/crs/EPSG/0/4326", "dimensions", "2")
		s.Leaf("ows:LowerCorner", ogc.Number(b.MinY())+" "+ogc.Number(b.MinX()))
		s.Leaf("ows:UpperCorner", ogc.Number(b.MaxY())+" "+ogc.Number(b.MaxX()))
		s.Close()
		s.Close()
	}
	s.Close()
}

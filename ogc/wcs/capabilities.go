package wcs

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"isobar/geo"
	"isobar/ogc"
)

// capabilitiesAge is how long capabilities may be kept.
const capabilitiesAge = time.Minute

// profiles are the conformance classes (requirement 13).
var profiles = []string{
	"http://www.opengis.net/spec/WCS/2.0/conf/core",
	"http://www.opengis.net/spec/WCS_protocol-binding_get-kvp/1.0/conf/get-kvp",
	"http://www.opengis.net/spec/WCS_service-extension_crs/1.0/conf/crs",
	"http://www.opengis.net/spec/WCS_service-extension_scaling/1.0/conf/scaling",
	"http://www.opengis.net/spec/WCS_service-extension_interpolation/1.0/conf/interpolation",
	"http://www.opengis.net/spec/WCS_service-extension_range-subsetting/1.0/conf/record-subsetting",
	"http://www.opengis.net/spec/GMLCOV_geotiff-coverages/1.0/conf/geotiff-coverage",
}

// namespaces are those of all documents.
var namespaces = []string{
	"xmlns:wcs", "http://www.opengis.net/wcs/2.0", "xmlns:ows", "http://www.opengis.net/ows/2.0", "xmlns:gml", "http://www.opengis.net/gml/3.2",
	"xmlns:gmlcov", "http://www.opengis.net/gmlcov/1.0", "xmlns:swe", "http://www.opengis.net/swe/2.0", "xmlns:xlink", "http://www.w3.org/1999/xlink",
	"xmlns:crs", "http://www.opengis.net/wcs/crs/1.0", "xmlns:int", "http://www.opengis.net/wcs/interpolation/1.0",
	"xmlns:gmlrgrid", "http://www.opengis.net/gml/3.3/rgrid", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
}

// getCapabilities answers GetCapabilities (8.2).
func (h *Handler) getCapabilities(w http.ResponseWriter, q *request) error {
	if v := q.List("acceptversions"); len(v) > 0 && !slices.ContainsFunc(v, func(v string) bool { return strings.HasPrefix(v, "2.0") }) {
		return &ogc.Fault{Status: http.StatusBadRequest, Code: "VersionNegotiationFailed", Locator: "acceptversions", Text: "the only version is " + version}
	}
	c, release := h.hold()
	defer release()
	base := h.baseURL(q.Request)
	key := h.kept.Key("wcs", base, c, q.now.Truncate(capabilitiesAge))
	h.kept.Send(w, q.Request, "application/xml", key, capabilitiesAge, func() []byte { return h.capabilities(c, base) })
	return nil
}

// capabilities writes the document.
func (h *Handler) capabilities(c ogc.Catalogue, base string) []byte {
	x := &ogc.XML{}
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("wcs:Capabilities", append(slices.Clone(namespaces), "xsi:schemaLocation",
		"http://www.opengis.net/wcs/2.0 http://schemas.opengis.net/wcs/2.0/wcsAll.xsd", "version", version, "updateSequence", ogc.Sequence(c.Updated()))...)
	h.identification(x)
	h.provider(x)
	x.Open("ows:OperationsMetadata")
	for _, name := range []string{"GetCapabilities", "DescribeCoverage", "GetCoverage"} {
		x.Open("ows:Operation", "name", name)
		x.Open("ows:DCP")
		x.Open("ows:HTTP")
		x.Leaf("ows:Get", "", "xlink:type", "simple", "xlink:href", base+Path+"?")
		x.Close()
		x.Close()
		x.Close()
	}
	x.Close()
	x.Open("wcs:ServiceMetadata")
	for _, f := range h.formats() {
		x.Leaf("wcs:formatSupported", f)
	}
	x.Open("wcs:Extension")
	x.Open("int:InterpolationMetadata")
	for _, i := range interpolations {
		x.Leaf("int:InterpolationSupported", interpolationURI+i.name)
	}
	x.Close()
	x.Open("crs:CrsMetadata")
	for _, r := range geo.References() {
		x.Leaf("crs:crsSupported", uri(r))
	}
	x.Close()
	x.Close()
	x.Close()
	x.Open("wcs:Contents")
	for _, n := range identifiers(c) {
		x.Open("wcs:CoverageSummary")
		e := n.layers[0].Extent
		west, east := e.MinX(), e.MaxX()
		if east-west >= 360 {
			west, east = -180, 180
		}
		x.Open("ows:WGS84BoundingBox")
		x.Leaf("ows:LowerCorner", decimal(west)+" "+decimal(e.MinY()))
		x.Leaf("ows:UpperCorner", decimal(east)+" "+decimal(e.MaxY()))
		x.Close()
		x.Leaf("wcs:CoverageId", n.id)
		x.Leaf("wcs:CoverageSubtype", n.subtype())
		x.Close()
	}
	x.Close()
	x.Close()
	return x.Bytes()
}

// formats are the media types offered, the default first. GeoTIFF is told by its plain name, which clients look for.
func (h *Handler) formats() (types []string) {
	for _, f := range h.coverages.Formats() {
		t := f.Type
		if f.Name == "geotiff" {
			t = "image/tiff"
		}
		types = append(types, t)
	}
	return types
}

func (h *Handler) identification(x *ogc.XML) {
	a := h.about
	x.Open("ows:ServiceIdentification")
	x.Leaf("ows:Title", a.Title)
	x.Leaf("ows:Abstract", a.Abstract)
	if len(a.Keywords) > 0 {
		x.Open("ows:Keywords")
		for _, k := range a.Keywords {
			x.Leaf("ows:Keyword", k)
		}
		x.Close()
	}
	x.Leaf("ows:ServiceType", "OGC WCS", "codeSpace", "OGC")
	x.Leaf("ows:ServiceTypeVersion", version)
	for _, p := range profiles {
		x.Leaf("ows:Profile", p)
	}
	x.Leaf("ows:Fees", a.Fees)
	x.Leaf("ows:AccessConstraints", a.AccessConstraints)
	x.Close()
}

func (h *Handler) provider(x *ogc.XML) {
	a := h.about
	name := a.Organization
	if name == "" {
		name = a.Title
	}
	x.Open("ows:ServiceProvider")
	x.Leaf("ows:ProviderName", name)
	x.Open("ows:ServiceContact")
	if a.Person != "" {
		x.Leaf("ows:IndividualName", a.Person)
	}
	if a.Email != "" {
		x.Open("ows:ContactInfo")
		x.Open("ows:Address")
		x.Leaf("ows:ElectronicMailAddress", a.Email)
		x.Close()
		x.Close()
	}
	x.Close()
	x.Close()
}

// uri names a system as OGC 09-048r5 does.
func uri(ref geo.Reference) string {
	if ref.Code == "CRS:84" {
		return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strings.TrimPrefix(ref.Code, "EPSG:")
}

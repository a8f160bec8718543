package wcs

import (
	"net/http"
	"strings"

	"isobar/ogc"
)

// The codes of faults that WCS has besides those of OWS Common (OGC 09-110r4 table 13, 09-147r3 table 3, 11-053r1, 12-039, 12-040, 12-049).
const (
	versionNegotiationFailed        = "VersionNegotiationFailed"
	noSuchCoverage                  = "NoSuchCoverage"
	emptyCoverageIDList             = "emptyCoverageIdList"
	invalidAxisLabel                = "InvalidAxisLabel"
	invalidSubsetting               = "InvalidSubsetting"
	invalidEncodingSyntax           = "InvalidEncodingSyntax"
	subsettingCRSNotSupported       = "SubsettingCrs-NotSupported"
	outputCRSNotSupported           = "OutputCrs-NotSupported"
	invalidScaleFactor              = "InvalidScaleFactor"
	invalidExtent                   = "InvalidExtent"
	scaleAxisUndefined              = "ScaleAxisUndefined"
	noSuchAxis                      = "NoSuchAxis"
	interpolationMethodNotSupported = "InterpolationMethodNotSupported"
	noSuchField                     = "NoSuchField"
	illegalFieldSequence            = "IllegalFieldSequence"
)

// refuse tells what went wrong in the words of the version asked for.
func (h *Handler) refuse(w http.ResponseWriter, q *request, err error) {
	f := ogc.FaultOf(err, h.log)
	if f == nil {
		ogc.Left(w)
		return
	}
	switch f.Code {
	case ogc.LayerNotDefined:
		f.Code = noSuchCoverage
	case ogc.InvalidFormat, ogc.InvalidDimensionValue, ogc.MissingDimensionValue, ogc.InvalidCRS:
		f.Code = ogc.InvalidParameterValue
	}
	if f.Status == http.StatusNotImplemented { // a wrong request is nobody's failure
		f.Status = http.StatusBadRequest
	}
	mediaType := "application/xml"
	var body []byte
	switch {
	case q.version == v100:
		mediaType, body = "application/vnd.ogc.se_xml", report10(f)
	case q.version == v111:
		mediaType, body = "text/xml", report(f, "http://www.opengis.net/ows/1.1", "1.1.0")
	case q.soap:
		mediaType, body = typeSOAP, fault(f)
	default:
		body = report(f, nsOWS, "2.0.0")
	}
	ogc.Refuse(w, f.Status, mediaType, body)
}

// report is an ows:ExceptionReport (OWS Common 2.0 clause 8, 1.1 clause 8).
func report(f *ogc.Fault, namespace, version string) []byte {
	var x ogc.XML
	x.Raw(xmlHead)
	writeReport(&x, f, namespace, version)
	return x.Bytes()
}

func writeReport(x *ogc.XML, f *ogc.Fault, namespace, version string) {
	schema := namespace + " http://schemas.opengis.net/ows/" + namespace[strings.LastIndexByte(namespace, '/')+1:] + "/owsExceptionReport.xsd"
	if namespace != nsOWS {
		schema = namespace + " http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd"
	}
	x.Open("ows:ExceptionReport", "xmlns:ows", namespace, "xmlns:xsi", nsXSI, "xsi:schemaLocation", schema, "version", version, "xml:lang", "en")
	attributes := []string{"exceptionCode", f.Code}
	if f.Locator != "" {
		attributes = append(attributes, "locator", f.Locator)
	}
	x.Open("ows:Exception", attributes...)
	x.Leaf("ows:ExceptionText", f.Text)
	x.Close()
	x.Close()
}

// report10 is a ServiceExceptionReport of WCS 1.0.0 (clause 7.5).
func report10(f *ogc.Fault) []byte {
	code := f.Code
	switch code {
	case noSuchCoverage:
		code = "CoverageNotDefined"
	}
	attributes := []string{"code", code}
	if f.Locator != "" {
		attributes = append(attributes, "locator", f.Locator)
	}
	var x ogc.XML
	x.Raw(xmlHead)
	x.Open("ServiceExceptionReport", "xmlns", "http://www.opengis.net/ogc", "version", "1.2.0")
	x.Leaf("ServiceException", f.Text, attributes...)
	x.Close()
	return x.Bytes()
}

package wmts

import (
	"net/http"
	"strconv"
	"strings"

	"isobar/encode"
	"isobar/ogc"
)

// value is a parameter by the name that the standard spells.
func (q *request) value(name string) string { return q.Get(strings.ToLower(name)) }

// index reads the number of a row or a column.
func (q *request) index(name string) (int, error) {
	n, err := strconv.Atoi(q.value(name))
	if err != nil {
		return 0, ogc.Invalid(name, "%s %q is no whole number", name, ogc.Clip(q.value(name)))
	}
	return n, nil
}

// format is the picture format asked for.
func (q *request) format(h *Handler) (encode.Picture, error) {
	asked := q.value("Format")
	if asked == "" {
		return encode.Picture{}, ogc.Missing("Format")
	}
	for _, p := range h.pictures {
		if p.Type == ogc.MediaType(asked) {
			return p, nil
		}
	}
	return encode.Picture{}, ogc.Invalid("Format", "format %q is not offered", ogc.Clip(asked))
}

// locators is what WMTS calls the parameters of neutral faults.
var locators = map[string]string{
	"layers": "Layer", "styles": "Style", "format": "Format", "time": "Time", "elevation": "Elevation",
	"dim_reference_time": "Reference_time", "reference_time": "Reference_time", "dim_member": "Member", "member": "Member",
}

// refuse tells what went wrong as an ows:ExceptionReport (OWS Common 1.1.0 clause 8). By REST, what names nothing is 404 (10.3).
func (h *Handler) refuse(w http.ResponseWriter, q *request, err error) {
	f := ogc.FaultOf(err, h.log)
	if f == nil {
		ogc.Left(w)
		return
	}
	code, status, locator := f.Code, f.Status, f.Locator
	if name, ok := locators[locator]; ok {
		locator = name
	}
	switch code {
	case ogc.LayerNotDefined, ogc.StyleNotDefined, ogc.InvalidFormat, ogc.InvalidDimensionValue, ogc.MissingDimensionValue, ogc.InvalidCRS:
		code = ogc.InvalidParameterValue
	}
	if status < http.StatusInternalServerError && status != http.StatusNotAcceptable {
		status = http.StatusBadRequest
		if q.rest {
			status = http.StatusNotFound
		}
	}
	if code == ogc.InvalidUpdateSequence {
		locator = "" // OWS Common 1.1.0 table 8
	}
	var x ogc.XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("ExceptionReport", "xmlns", "http://www.opengis.net/ows/1.1", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
		"xsi:schemaLocation", "http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd", "version", "1.1.0", "xml:lang", "en")
	attributes := []string{"exceptionCode", code}
	if locator != "" {
		attributes = append(attributes, "locator", locator)
	}
	x.Open("Exception", attributes...)
	x.Leaf("ExceptionText", f.Text)
	x.Close()
	x.Close()
	ogc.Refuse(w, status, "text/xml", x.Bytes())
}

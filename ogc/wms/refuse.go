package wms

import (
	"net/http"
	"strings"

	"isobar/ogc"
)

// The media types of service exceptions (WMS 1.3.0 6.10, 1.1.1 6.5.10).
const (
	typeXML = "text/xml"
	typeSE  = "application/vnd.ogc.se_xml"
)

// refuse tells what went wrong, in the form that EXCEPTIONS asks for.
func (h *Handler) refuse(w http.ResponseWriter, q *request, err error) {
	fault := ogc.FaultOf(err, h.log)
	if fault == nil {
		ogc.Left(w)
		return
	}
	w.Header().Del("Warning")
	if strings.EqualFold(q.Get("request"), "GetMap") || strings.EqualFold(q.Get("request"), "map") {
		exceptions := strings.ToLower(q.Get("exceptions"))
		inImage, blank := strings.HasSuffix(exceptions, "inimage"), strings.HasSuffix(exceptions, "blank")
		if inImage || blank {
			if body, mediaType, err := h.picture(q, fault, inImage); err == nil {
				ogc.Refuse(w, http.StatusOK, mediaType, body) // a client that asks for a picture shows no other status's
				return
			}
		}
	}
	mediaType := typeXML
	if q.version == v111 {
		mediaType = typeSE
	}
	ogc.Refuse(w, status(fault), mediaType, report(q.version, fault))
}

// status is 400 for all that a client can mend: OWSLib reads the report of no other.
func status(f *ogc.Fault) int {
	if f.Status < http.StatusInternalServerError {
		return http.StatusBadRequest
	}
	return f.Status
}

// report is a ServiceExceptionReport (WMS 1.3.0 E.2, 1.1.1 A.3).
func report(v version, f *ogc.Fault) []byte {
	code, locator := f.Code, f.Locator
	if v == v111 && code == ogc.InvalidCRS {
		code, locator = "InvalidSRS", "srs"
	}
	attributes := []string{"code", code}
	if code == ogc.NoApplicableCode {
		attributes = nil
	}
	if locator != "" {
		attributes = append(attributes, "locator", locator)
	}
	var x ogc.XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if v == v111 {
		x.Raw(`<!DOCTYPE ServiceExceptionReport SYSTEM "http://schemas.opengis.net/wms/1.1.1/exception_1_1_1.dtd">` + "\n")
		x.Open("ServiceExceptionReport", "version", "1.1.1")
		if code != ogc.NoApplicableCode {
			attributes = attributes[:2] // its DTD knows no locator
		}
	} else {
		x.Open("ServiceExceptionReport", "version", "1.3.0", "xmlns", "http://www.opengis.net/ogc", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
			"xsi:schemaLocation", "http://www.opengis.net/ogc http://schemas.opengis.net/wms/1.3.0/exceptions_1_3_0.xsd")
	}
	x.Leaf("ServiceException", f.Text, attributes...)
	x.Close()
	return x.Bytes()
}

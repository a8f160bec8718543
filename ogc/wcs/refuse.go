package wcs

import (
	"errors"
	"net/http"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/layers"
	"isobar/ogc"
)

// translated is an error from below in the words of WCS.
func translated(err error) error {
	var axis *coverage.AxisError
	var dimension *layers.DimensionError
	var budget *answer.BudgetError
	switch {
	case errors.As(err, &axis) && errors.Is(err, coverage.ErrScale):
		return &ogc.Fault{Status: http.StatusNotFound, Code: "InvalidExtent", Locator: axis.Axis, Text: err.Error()}
	case errors.As(err, &axis):
		return subsetting(axis.Axis, "%v", err)
	case errors.As(err, &dimension):
		return subsetting(dimension.Dimension, "%v", err)
	case errors.As(err, &budget):
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Text: err.Error()}
	case errors.Is(err, encode.ErrUnknownFormat), errors.Is(err, encode.ErrUnfit):
		return ogc.Invalid("format", "%v", err)
	case errors.Is(err, encode.ErrOption):
		return ogc.Invalid("geotiff", "%v", err)
	}
	return err
}

// refuse tells what went wrong as an ows:ExceptionReport (OWS Common 2.0, clause 8).
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	f := ogc.FaultOf(translated(err), h.log)
	if f == nil {
		ogc.Left(w)
		return
	}
	var x ogc.XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("ows:ExceptionReport", "xmlns:ows", "http://www.opengis.net/ows/2.0", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
		"xsi:schemaLocation", "http://www.opengis.net/ows/2.0 http://schemas.opengis.net/ows/2.0/owsExceptionReport.xsd", "version", "2.0.1", "xml:lang", "en")
	attributes := []string{"exceptionCode", f.Code}
	if f.Locator != "" {
		attributes = append(attributes, "locator", f.Locator)
	}
	x.Open("ows:Exception", attributes...)
	x.Leaf("ows:ExceptionText", f.Text)
	x.Close()
	x.Close()
	ogc.Refuse(w, f.Status, "application/xml", x.Bytes())
}

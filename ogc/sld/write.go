package sld

import (
	"fmt"
	"image/color"
	"slices"

	"isobar/elements"
	"isobar/ogc"
	"isobar/styles"
)

// Type is the media type of what Write writes.
const Type = "application/vnd.ogc.sld+xml;version=1.1"

// Write writes a style as SLD 1.1 for a layer: Interpolate for smooth colours, Categorize for others. As in what Read reads, stops are
// in the unit of the layer's data; "", or one that the style's does not convert to, is the style's own. A style that fills nothing has
// a symbolizer without colours.
func Write(layer string, s *styles.Style, unit string) []byte {
	s = inUnit(s, unit)
	var x ogc.XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("StyledLayerDescriptor", "version", "1.1.0", "xmlns", "http://www.opengis.net/sld", "xmlns:se", "http://www.opengis.net/se", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
		"xsi:schemaLocation", "http://www.opengis.net/sld http://schemas.opengis.net/sld/1.1.0/StyledLayerDescriptor.xsd")
	x.Open("NamedLayer")
	x.Leaf("se:Name", layer)
	x.Open("UserStyle")
	x.Leaf("se:Name", s.ID)
	x.Open("se:Description")
	x.Leaf("se:Title", s.Title)
	abstract := s.Abstract
	if s.Unit != "" {
		abstract = joined(abstract, "Values are in "+s.Unit+".")
	}
	x.Some("se:Abstract", abstract)
	x.Close()
	x.Open("se:CoverageStyle")
	x.Open("se:Rule")
	x.Open("se:RasterSymbolizer")
	if len(s.Stops) > 0 {
		x.Open("se:ColorMap")
		if s.Kind == styles.Smooth {
			interpolate(&x, s)
		} else {
			categorize(&x, s)
		}
		x.Close()
	}
	for range 6 {
		x.Close()
	}
	return x.Bytes()
}

// inUnit is a style with its stops in another unit, if they can be.
func inUnit(s *styles.Style, unit string) *styles.Style {
	to, ok := elements.Convert(s.Unit, unit)
	if !ok || unit == "" || unit == s.Unit {
		return s
	}
	other := *s
	other.Unit, other.Stops = unit, slices.Clone(s.Stops)
	for i, stop := range s.Stops {
		other.Stops[i].Value = stop.Value*to.Scale + to.Offset
	}
	return &other
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// hex writes a colour; one that is transparent in part has its alpha before it.
func hex(c color.NRGBA) string {
	if c.A == 255 {
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.A, c.R, c.G, c.B)
}

// nothing is the colour of what is not painted.
const nothing = "#00000000"

// abrupt is the part of a scale in which it changes to the colour beyond its end: Interpolate has none beyond, but goes on with its last.
const abrupt = 1e-4

func interpolate(x *ogc.XML, s *styles.Style) {
	x.Open("se:Interpolate", "fallbackValue", nothing)
	x.Leaf("se:LookupValue", "Rasterdata")
	point := func(value float64, c color.NRGBA) {
		x.Open("se:InterpolationPoint")
		x.Leaf("se:Data", ogc.Number(value))
		x.Leaf("se:Value", hex(c))
		x.Close()
	}
	first, last := s.Stops[0].Value, s.Stops[len(s.Stops)-1].Value
	if s.Under != nil {
		point(first-(last-first)*abrupt, *s.Under)
	}
	for _, stop := range s.Stops {
		point(stop.Value, stop.Color)
	}
	if s.Over != nil {
		point(last+(last-first)*abrupt, *s.Over)
	}
	x.Close()
}

// categorize writes classes; categories lie half way about their values.
func categorize(x *ogc.XML, s *styles.Style) {
	x.Open("se:Categorize", "fallbackValue", nothing, "thresholdsBelongTo", "succeeding")
	x.Leaf("se:LookupValue", "Rasterdata")
	below := nothing
	if s.Kind == styles.Classes {
		below = hex(s.Stops[0].Color)
		if s.Under != nil {
			below = hex(*s.Under)
		}
	}
	x.Leaf("se:Value", below)
	for i, stop := range s.Stops {
		at := stop.Value
		if s.Kind == styles.Categories {
			if at -= 0.5; i > 0 {
				at = (s.Stops[i-1].Value + stop.Value) / 2
			}
		}
		x.Leaf("se:Threshold", ogc.Number(at))
		x.Leaf("se:Value", hex(stop.Color))
	}
	x.Close()
}

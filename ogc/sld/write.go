package sld

import (
	"fmt"
	"image/color"

	"isobar/ogc"
	"isobar/styles"
)

// Type is the media type of what Write writes.
const Type = "application/vnd.ogc.sld+xml;version=1.1"

// Write writes a style as SLD 1.1 for a layer: Interpolate for smooth colours, Categorize for others, with the stops in the style's
// own unit. A style that fills nothing has a symbolizer without colours.
func Write(layer string, s *styles.Style) []byte {
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

func interpolate(x *ogc.XML, s *styles.Style) {
	x.Open("se:Interpolate", "fallbackValue", nothing)
	x.Leaf("se:LookupValue", "Rasterdata")
	for _, stop := range s.Stops {
		x.Open("se:InterpolationPoint")
		x.Leaf("se:Data", ogc.Number(stop.Value))
		x.Leaf("se:Value", hex(stop.Color))
		x.Close()
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

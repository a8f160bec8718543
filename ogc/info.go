package ogc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
)

// The media types that values are told in.
const (
	TypeText    = "text/plain"
	TypeHTML    = "text/html"
	TypeGML     = "application/vnd.ogc.gml"
	TypeJSON    = "application/json"
	TypeGeoJSON = "application/geo+json"
)

// InfoFormat is a form that values at a place can be told in.
type InfoFormat struct {
	Type  string // media type
	Write func(at geo.LonLat, values []answer.Values) []byte
}

// ContentType is the media type with the character set; JSON is UTF-8 always.
func (f InfoFormat) ContentType() string {
	if f.Type == TypeText || f.Type == TypeHTML {
		return f.Type + "; charset=utf-8"
	}
	return f.Type
}

// infoFormats are the forms offered, the default first: GDAL takes GML, OpenLayers JSON, QGIS text and HTML.
var infoFormats = []InfoFormat{{TypeText, infoText}, {TypeHTML, infoHTML}, {TypeGML, infoGML}, {TypeJSON, infoJSON}, {TypeGeoJSON, infoJSON}}

// InfoTypes lists the media types that values can be told in, the default first.
func InfoTypes() (types []string) {
	for _, f := range infoFormats {
		types = append(types, f.Type)
	}
	return types
}

// FindInfoFormat is the form asked for, the default if none is; ok is false if it is not offered.
func FindInfoFormat(asked string) (f InfoFormat, ok bool) {
	if asked == "" {
		return infoFormats[0], true
	}
	i := slices.IndexFunc(infoFormats, func(f InfoFormat) bool { return f.Type == MediaType(asked) })
	if i < 0 {
		return InfoFormat{}, false
	}
	return infoFormats[i], true
}

// digits is how many a value is told with: what tells any 32 bit number. Those that count are fewer, and known where values are read.
const digits = 9

// figure writes a value for people and programs; a missing one is told as missing.
func figure(v float64, missing string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return missing
	}
	return strconv.FormatFloat(Rounded(v), 'f', -1, 64)
}

// Rounded drops what the conversion of units has added to a value.
func Rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// degrees writes a coordinate to a tenth of a metre.
func degrees(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }

// level writes a level, or "" if its kind has no value.
func level(l field.Level) string {
	if l.Value == 0 && l.To == 0 {
		return ""
	}
	text := degrees(l.Value)
	if l.To != l.Value {
		text += " to " + degrees(l.To)
	}
	return text
}

// infoText tells values line by line.
func infoText(at geo.LonLat, values []answer.Values) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "longitude %s, latitude %s\n", degrees(at.Lon), degrees(at.Lat))
	for _, v := range values {
		fmt.Fprintf(&b, "\n%s: %s\n", v.Layer.Name, v.Layer.Title)
		for _, x := range v.At {
			fmt.Fprintf(&b, "%s  %s\n", x.Pick.Valid, strings.TrimSpace(figure(x.Value, "no data")+" "+unitOf(v, x)))
		}
	}
	return b.Bytes()
}

// unitOf is the unit of a value for people; what is missing has none.
func unitOf(v answer.Values, x answer.Value) string {
	if math.IsNaN(x.Value) {
		return ""
	}
	return elements.UnitLabel(v.Unit)
}

// infoHTML tells values as a table a layer.
func infoHTML(at geo.LonLat, values []answer.Values) []byte {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Values</title></head><body>\n")
	fmt.Fprintf(&b, "<p>%s&deg; E, %s&deg; N</p>\n", degrees(at.Lon), degrees(at.Lat))
	for _, v := range values {
		fmt.Fprintf(&b, "<table>\n<caption>%s (%s)</caption>\n", html.EscapeString(v.Layer.Title), html.EscapeString(v.Layer.Name))
		for _, x := range v.At {
			fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td></tr>\n", x.Pick.Valid, html.EscapeString(strings.TrimSpace(figure(x.Value, "no data")+" "+unitOf(v, x))))
		}
		b.WriteString("</table>\n")
	}
	b.WriteString("</body></html>\n")
	return b.Bytes()
}

// infoGML tells values as the features of a collection, in the plain form that GDAL and QGIS read.
func infoGML(at geo.LonLat, values []answer.Values) []byte {
	var x XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("FeatureCollection", "xmlns:gml", "http://www.opengis.net/gml")
	for _, v := range values {
		for _, one := range v.At {
			x.Open("gml:featureMember")
			x.Open("Value")
			x.Leaf("layer", v.Layer.Name)
			x.Leaf("title", v.Layer.Title)
			x.Leaf("value", figure(one.Value, ""))
			x.Leaf("unit", v.Unit)
			x.Leaf("time", one.Pick.Valid.String())
			x.Leaf("reference_time", one.Pick.Run.String())
			x.Some("elevation", level(one.Pick.Level))
			x.Open("gml:Point", "srsName", "EPSG:4326")
			x.Leaf("gml:coordinates", degrees(at.Lon)+","+degrees(at.Lat))
			x.Close()
			x.Close()
			x.Close()
		}
	}
	x.Close()
	return x.Bytes()
}

// properties are what GeoJSON tells of one value. Value is nil where there is none.
type properties struct {
	Layer     string   `json:"layer"`
	Title     string   `json:"title"`
	Value     *float64 `json:"value"`
	Unit      string   `json:"unit"`
	Time      string   `json:"time"`
	Reference string   `json:"reference_time"`
	Elevation *float64 `json:"elevation,omitempty"`
	Member    *int     `json:"member,omitempty"`
}

type point struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

type feature struct {
	Type       string     `json:"type"`
	Geometry   *point     `json:"geometry"`
	Properties properties `json:"properties"`
}

// infoJSON tells values as GeoJSON (RFC 7946), a feature each. A place off the map's world has no geometry.
func infoJSON(at geo.LonLat, values []answer.Values) []byte {
	collection := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", []feature{}}
	var where *point
	if !math.IsNaN(at.Lon) && !math.IsNaN(at.Lat) {
		where = &point{"Point", [2]float64{math.Round(at.Lon*1e6) / 1e6, math.Round(at.Lat*1e6) / 1e6}}
	}
	for _, v := range values {
		for _, x := range v.At {
			collection.Features = append(collection.Features, feature{"Feature", where, propertiesOf(v, x)})
		}
	}
	body, err := json.Marshal(collection)
	if err != nil { // no value that JSON lacks gets here
		return nil
	}
	return append(body, '\n')
}

func propertiesOf(v answer.Values, x answer.Value) properties {
	p := properties{Layer: v.Layer.Name, Title: v.Layer.Title, Unit: v.Unit, Time: x.Pick.Valid.String(), Reference: x.Pick.Run.String()}
	if !math.IsNaN(x.Value) && !math.IsInf(x.Value, 0) {
		value := Rounded(x.Value)
		p.Value = &value
	}
	if level(x.Pick.Level) != "" {
		p.Elevation = &x.Pick.Level.Value
	}
	if len(v.Layer.Members) > 1 {
		p.Member = &x.Pick.Member
	}
	return p
}

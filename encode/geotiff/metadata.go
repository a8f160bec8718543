package geotiff

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/elements"
	"isobar/field"
)

// metadata is GDAL's, as XML: what each band is of, and when.
func metadata(s *coverage.Source) string {
	var b strings.Builder
	b.WriteString("<GDALMetadata>\n")
	model := s.Variables[0].Layer.Model
	for _, i := range [][2]string{{"MODEL", model.Title}, {"ATTRIBUTION", model.Attribution}, {"LICENCE", model.Licence}} {
		if i[1] != "" {
			item(&b, -1, i[0], "", i[1])
		}
	}
	band := 0
	for v := range s.Variables {
		for plane := range s.Planes(v) {
			describe(&b, s, v, plane, band)
			band++
		}
	}
	b.WriteString("</GDALMetadata>\n")
	return b.String()
}

// describe writes the items of a band. Times are named as GDAL names those of GRIB, so that its users find them.
func describe(b *strings.Builder, s *coverage.Source, v, plane, band int) {
	layer := s.Variables[v].Layer
	el := layer.Element
	_, time, level := s.Plane(v, plane)
	valid := s.Times[time]
	p, published := s.Pick(v, plane)
	text := layer.Title
	if l := levelText(s.Variables[v].Levels[level]); l != "" && s.HasLevels(v) {
		text += ", " + l
	}
	if s.HasTimes() {
		text += ", " + valid.String()
	}
	item(b, band, "DESCRIPTION", "description", text)
	if el.Unit != "" {
		item(b, band, "UNITTYPE", "unittype", el.Unit)
		item(b, band, "units", "", el.Unit)
	}
	item(b, band, "name", "", el.ID)
	item(b, band, "long_name", "", layer.Title)
	if el.StandardName != "" {
		item(b, band, "standard_name", "", el.StandardName)
	}
	item(b, band, "valid_time", "", valid.String())
	item(b, band, "GRIB_VALID_TIME", "", fmt.Sprintf("%d sec UTC", valid))
	if published {
		item(b, band, "reference_time", "", p.Run.String())
		item(b, band, "GRIB_REF_TIME", "", fmt.Sprintf("%d sec UTC", p.Run))
		item(b, band, "GRIB_FORECAST_SECONDS", "", fmt.Sprintf("%d sec", valid-p.Run))
		if p.Span > 0 {
			item(b, band, "interval", "", (valid-field.Time(p.Span)).String()+"/"+valid.String())
		}
	}
	if l := levelText(s.Variables[v].Levels[level]); l != "" {
		item(b, band, "level", "", l)
	}
	if len(layer.Members) > 1 {
		member, _, _ := s.Plane(v, plane)
		item(b, band, "member", "", strconv.Itoa(s.Members[member]))
	}
}

// levelText is a level for people and programs alike: "pressure 50000 Pa".
func levelText(l field.Level) string {
	if l.Value == 0 && l.To == 0 {
		return string(l.Kind)
	}
	text := string(l.Kind) + " " + strconv.FormatFloat(l.Value, 'f', -1, 64)
	if l.To != l.Value {
		text += " to " + strconv.FormatFloat(l.To, 'f', -1, 64)
	}
	switch l.Kind {
	case elements.Pressure, elements.PressureLay:
		text += " Pa"
	case elements.Height, elements.HeightLayer, elements.Altitude, elements.Depth, elements.SeaDepth:
		text += " m"
	case elements.Isotherm, elements.Theta:
		text += " K"
	}
	return text
}

// item writes one item of a band; band -1 is the file.
func item(b *strings.Builder, band int, name, role, value string) {
	b.WriteString("  <Item name=\"" + name + "\"")
	if band >= 0 {
		b.WriteString(" sample=\"" + strconv.Itoa(band) + "\"")
	}
	if role != "" {
		b.WriteString(" role=\"" + role + "\"")
	}
	b.WriteString(">")
	_ = xml.EscapeText(b, []byte(value)) // a strings.Builder never fails
	b.WriteString("</Item>\n")
}

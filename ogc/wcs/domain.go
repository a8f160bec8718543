package wcs

import (
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// The namespaces of documents.
const (
	nsWCS   = "http://www.opengis.net/wcs/2.0"
	nsOWS   = "http://www.opengis.net/ows/2.0"
	nsGML   = "http://www.opengis.net/gml/3.2"
	nsCOV   = "http://www.opengis.net/gmlcov/1.0"
	nsRGrid = "http://www.opengis.net/gml/3.3/rgrid"
	nsSWE   = "http://www.opengis.net/swe/2.0"
	nsXlink = "http://www.w3.org/1999/xlink"
	nsXSI   = "http://www.w3.org/2001/XMLSchema-instance"
	xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
)

// scribe writes a document.
type scribe struct {
	ogc.XML
}

// domain is where a coverage's cells lie: the plane, and the axes besides.
type domain struct {
	id     string
	g      *coverage.Geometry
	more   []extra // after the two of the plane, in the order of the document
	fields []coverage.Variable
	exact  bool // uneven rows are told as they lie: a description has even ones, as clients know no others
}

// uneven tells that rows have positions of their own.
func (d domain) uneven() bool { return d.exact && d.g.DY == 0 && d.g.Height() > 1 }

// plain tells that the grid is rectified: a plane of even rows.
func (d domain) plain() bool { return len(d.more) == 0 && !d.uneven() }

// extra is an axis besides the plane's.
type extra struct {
	label, unit, system string
	positions           []string  // as SUBSET takes them
	low, high           string    // in the envelope
	values              []float64 // positions as numbers in the unit
}

// domainOf describes a coverage.
func domainOf(id string, s *coverage.Source) domain {
	d := domain{id: id, g: &s.Geometry, fields: s.Variables}
	if s.HasTimes() {
		d.more = append(d.more, timeAxis(s.Times))
	}
	if s.HasLevels(0) {
		d.more = append(d.more, levelAxis(s.Variables[0].Layer, s.Variables[0].Levels))
	}
	if s.HasMembers() {
		d.more = append(d.more, memberAxis(s.Members))
	}
	return d
}

// inNumbers is the domain as the schema of GML has it, in numbers throughout: the envelope, the origin, and coefficients, which count from
// the origin. Descriptions have positions as SUBSET takes them: OWSLib reads times from coefficients, in ISO 8601.
func (d domain) inNumbers() domain {
	more := make([]extra, len(d.more))
	for i, e := range d.more {
		first := e.values[0]
		e.low, e.high = ogc.Number(first), ogc.Number(e.values[len(e.values)-1])
		e.positions = make([]string, len(e.values))
		for k, v := range e.values {
			e.positions[k] = ogc.Number(v - first)
		}
		more[i] = e
	}
	d.more, d.exact = more, true
	return d
}

// ansiEpoch is how many days 1970 begins after the ANSI date's day 0, the last of 1600.
const ansiEpoch = 134775

// timeLabel is what the axis of time is called: OWSLib knows no other name as time's.
const timeLabel = "ansi"

func timeAxis(times []field.Time) extra {
	e := extra{label: timeLabel, unit: "d", system: "http://www.opengis.net/def/crs/OGC/0/AnsiDate"}
	for _, t := range times {
		e.positions = append(e.positions, `"`+t.String()+`"`)
		e.values = append(e.values, ansiEpoch+float64(t)/86400)
	}
	return e.bounded()
}

func levelAxis(l *layers.Layer, levels []field.Level) extra {
	unit, _ := ogc.LevelUnit(l)
	if unit == "" {
		unit = "1"
	}
	e := extra{label: ogc.Elevation, unit: unit, system: index(ogc.Elevation)}
	for _, level := range levels {
		e.positions = append(e.positions, ogc.Number(l.Elevation(level)))
		e.values = append(e.values, l.Elevation(level))
	}
	return e.bounded()
}

func memberAxis(members []int) extra {
	e := extra{label: ogc.Member, unit: "1", system: index(ogc.Member)}
	for _, m := range members {
		e.positions = append(e.positions, strconv.Itoa(m))
		e.values = append(e.values, float64(m))
	}
	return e.bounded()
}

// index is the system of an axis that is no place on the Earth.
func index(label string) string {
	return `http://www.opengis.net/def/crs/OGC/0/Index1D?axis-label="` + label + `"`
}

func (e extra) bounded() extra {
	e.low, e.high = e.positions[0], e.positions[len(e.positions)-1]
	return e
}

// srs is the name of the system of all axes.
func (d domain) srs() string {
	name := srsName(d.g)
	if len(d.more) == 0 {
		return name
	}
	parts := []string{name}
	for _, e := range d.more {
		parts = append(parts, e.system)
	}
	for i, p := range parts {
		parts[i] = strconv.Itoa(i+1) + "=" + p
	}
	return "http://www.opengis.net/def/crs-compound?" + strings.Join(parts, "&")
}

// srsName is the name of a plane's system: the register's, or, of a grid's own, a description that GDAL and PROJ read.
func srsName(g *coverage.Geometry) string {
	if g.Ref.Code == "" && g.Native != nil {
		return projString(g.Native)
	}
	return uri(g.Ref)
}

// uri is a registered system's name on the web (OGC 09-048r5).
func uri(ref geo.Reference) string {
	if ref.Code == "CRS:84" {
		return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strings.TrimPrefix(ref.Code, "EPSG:")
}

// pair orders an x and a y as the system's authority does.
func pair(ref geo.Reference, x, y string) string {
	if ref.NorthFirst {
		return y + " " + x
	}
	return x + " " + y
}

// dims is how many axes there are.
func (d domain) dims() int { return 2 + len(d.more) }

// axisLabels are the names of all axes in the order of the system.
func (d domain) axisLabels() string {
	x, y := labels(d.g.Ref)
	return d.with(pair(d.g.Ref, x, y), func(e extra) string { return e.label })
}

// gridLabels are the names of all axes in the order that the cells are numbered in, columns first.
func (d domain) gridLabels() string {
	x, y := labels(d.g.Ref)
	return d.with(x+" "+y, func(e extra) string { return e.label })
}

func (d domain) uomLabels() string {
	u := units(d.g.Ref)
	return d.with(u+" "+u, func(e extra) string { return e.unit })
}

// with adds something of each further axis.
func (d domain) with(text string, f func(e extra) string) string {
	for _, e := range d.more {
		text += " " + f(e)
	}
	return text
}

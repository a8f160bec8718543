package wcs

import (
	"math"
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

// boundedBy writes the envelope: the outer edges of all cells.
func (s *scribe) boundedBy(d domain) {
	b := d.g.Box
	s.Open("gml:boundedBy")
	s.Open("gml:Envelope", "srsName", d.srs(), "axisLabels", d.axisLabels(), "uomLabels", d.uomLabels(), "srsDimension", strconv.Itoa(d.dims()))
	s.Leaf("gml:lowerCorner", d.with(pair(d.g.Ref, ogc.Number(b.MinX()), ogc.Number(b.MinY())), func(e extra) string { return e.low }))
	s.Leaf("gml:upperCorner", d.with(pair(d.g.Ref, ogc.Number(b.MaxX()), ogc.Number(b.MaxY())), func(e extra) string { return e.high }))
	s.Close()
	s.Close()
}

// step is the height of a row; the mean of uneven ones.
func step(g *coverage.Geometry) float64 {
	if g.DY > 0 {
		return g.DY
	}
	if n := g.Height(); n > 1 {
		return math.Round((g.Y[0]-g.Y[n-1])/float64(n-1)*1e9) / 1e9
	}
	return g.DX
}

// domainSet writes the grid (OGC 09-146r2): rectified as a plane, else referenceable, each further axis with its positions. The origin
// is the centre of the first cell, the northernmost and westernmost.
func (s *scribe) domainSet(d domain) {
	s.Open("gml:domainSet")
	if d.plain() {
		s.rectified(d)
	} else {
		s.referenceable(d)
	}
	s.Close()
}

// limits writes how many cells there are along each axis.
func (s *scribe) limits(d domain) {
	s.Open("gml:limits")
	s.Open("gml:GridEnvelope")
	s.Leaf("gml:low", d.with("0 0", func(extra) string { return "0" }))
	s.Leaf("gml:high", d.with(strconv.Itoa(d.g.Width()-1)+" "+strconv.Itoa(d.g.Height()-1), func(e extra) string { return strconv.Itoa(len(e.positions) - 1) }))
	s.Close()
	s.Close()
	s.Leaf("gml:axisLabels", d.gridLabels())
}

func (s *scribe) rectified(d domain) {
	g := d.g
	s.Open("gml:RectifiedGrid", "gml:id", ncName(d.id)+"-grid", "dimension", "2")
	s.limits(d)
	s.Open("gml:origin")
	s.Open("gml:Point", "gml:id", ncName(d.id)+"-origin", "srsName", d.srs())
	s.Leaf("gml:pos", pair(g.Ref, ogc.Number(g.X[0]), ogc.Number(g.Y[0])))
	s.Close()
	s.Close()
	s.Leaf("gml:offsetVector", pair(g.Ref, ogc.Number(g.DX), "0"), "srsName", d.srs())
	s.Leaf("gml:offsetVector", pair(g.Ref, "0", ogc.Number(-step(g))), "srsName", d.srs())
	s.Close()
}

// referenceable writes a gmlrgrid:ReferenceableGridByVectors (GML 3.3).
func (s *scribe) referenceable(d domain) {
	g := d.g
	s.Open("gmlrgrid:ReferenceableGridByVectors", "gml:id", ncName(d.id)+"-grid", "dimension", strconv.Itoa(d.dims()),
		"uomLabels", d.uomLabels(), "srsDimension", strconv.Itoa(d.dims()))
	s.limits(d)
	s.Open("gmlrgrid:origin")
	s.Open("gml:Point", "gml:id", ncName(d.id)+"-origin", "srsName", d.srs(), "axisLabels", d.axisLabels(), "uomLabels", d.uomLabels(), "srsDimension", strconv.Itoa(d.dims()))
	s.Leaf("gml:pos", d.with(pair(g.Ref, ogc.Number(g.X[0]), ogc.Number(g.Y[0])), func(e extra) string { return e.low }))
	s.Close()
	s.Close()
	x, y := labels(g.Ref)
	zeros := func(extra) string { return "0" }
	s.gridAxis(d, d.with(pair(g.Ref, ogc.Number(g.DX), "0"), zeros), "", x)
	if d.uneven() {
		south := make([]string, len(g.Y))
		for j, v := range g.Y {
			south[j] = ogc.Number(math.Round((g.Y[0]-v)*1e9) / 1e9)
		}
		s.gridAxis(d, d.with(pair(g.Ref, "0", "-1"), zeros), strings.Join(south, " "), y)
	} else {
		s.gridAxis(d, d.with(pair(g.Ref, "0", ogc.Number(-step(g))), zeros), "", y)
	}
	for _, e := range d.more {
		s.gridAxis(d, d.with("0 0", func(o extra) string {
			if o.label == e.label {
				return "1"
			}
			return "0"
		}), strings.Join(e.positions, " "), e.label)
	}
	s.Close()
}

// gridAxis writes one axis; coefficients are its positions where they are listed.
func (s *scribe) gridAxis(d domain, offset, coefficients, label string) {
	s.Open("gmlrgrid:generalGridAxis")
	s.Open("gmlrgrid:GeneralGridAxis")
	s.Leaf("gmlrgrid:offsetVector", offset, "srsName", d.srs(), "axisLabels", d.axisLabels(), "uomLabels", d.uomLabels(), "srsDimension", strconv.Itoa(d.dims()))
	s.Leaf("gmlrgrid:coefficients", coefficients)
	s.Leaf("gmlrgrid:gridAxesSpanned", label)
	s.Leaf("gmlrgrid:sequenceRule", "Linear", "axisOrder", "+1")
	s.Close()
	s.Close()
}

// rangeType writes what the values are (SWE Common 2.0).
func (s *scribe) rangeType(d domain) {
	s.Open("gmlcov:rangeType")
	s.Open("swe:DataRecord")
	for _, v := range d.fields {
		s.Open("swe:field", "name", ncName(v.Name))
		var attributes []string
		if n := v.Layer.Element.StandardName; n != "" {
			attributes = []string{"definition", "http://vocab.nerc.ac.uk/standard_name/" + n + "/"}
		}
		s.Open("swe:Quantity", attributes...)
		s.Some("swe:label", v.Layer.Title)
		s.Open("swe:nilValues")
		s.Open("swe:NilValues")
		s.Leaf("swe:nilValue", "NaN", "reason", "http://www.opengis.net/def/nil/OGC/0/missing")
		s.Close()
		s.Close()
		s.uom(v.Layer)
		s.Close()
		s.Close()
	}
	s.Close()
	s.Close()
}

func (s *scribe) uom(l *layers.Layer) {
	unit := l.Element.Unit
	if unit == "" {
		unit = "1"
	}
	s.Leaf("swe:uom", "", "code", unit)
}

// ncName is a name as XML takes it as an ID: letters, digits, points, hyphens and underscores, no digit first.
func ncName(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, name)
	if clean == "" || clean[0] >= '0' && clean[0] <= '9' || clean[0] == '.' || clean[0] == '-' {
		clean = "_" + clean
	}
	return clean
}

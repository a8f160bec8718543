package wcs

import (
	"math"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/layers"
	"isobar/ogc"
)

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

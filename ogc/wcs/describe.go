package wcs

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/layers"
	"isobar/ogc"
)

// maxDescribed bounds the coverages of one DescribeCoverage.
const maxDescribed = 64

// describeCoverage answers DescribeCoverage (8.3).
func (h *Handler) describeCoverage(w http.ResponseWriter, q *request) error {
	name, _ := q.First("coverageid", "identifiers", "coverage")
	ids := q.List(name)
	switch {
	case len(ids) == 0:
		return &ogc.Fault{Status: http.StatusNotFound, Code: "emptyCoverageIdList", Locator: "coverageId", Text: "no coverage is named"}
	case len(ids) > maxDescribed:
		return ogc.Invalid("coverageId", "%d coverages are named; at most %d are described at once", len(ids), maxDescribed)
	}
	var x ogc.XML
	x.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.Open("wcs:CoverageDescriptions", append(slices.Clone(namespaces), "xsi:schemaLocation",
		"http://www.opengis.net/wcs/2.0 http://schemas.opengis.net/wcs/2.0/wcsAll.xsd")...)
	for _, id := range ids {
		n, err := h.find(id)
		if err != nil {
			return err
		}
		if err := h.describe(&x, q, &n); err != nil {
			return err
		}
	}
	x.Close()
	ogc.Document(w, q.Request, "application/xml", x.Bytes(), capabilitiesAge)
	return nil
}

// describe writes one coverage's description.
func (h *Handler) describe(x *ogc.XML, q *request, n *named) error {
	s, done, err := h.coverages.Describe(q.Context(), n.request())
	if err != nil {
		return err
	}
	defer done()
	d := domainOf(s, n)
	x.Open("wcs:CoverageDescription", "gml:id", n.id)
	d.envelope(x)
	x.Leaf("wcs:CoverageId", n.id)
	x.Open("gml:coverageFunction")
	x.Open("gml:GridFunction")
	x.Leaf("gml:sequenceRule", "Linear", "axisOrder", "+1 +2")
	x.Leaf("gml:startPoint", strings.TrimSpace(strings.Repeat("0 ", len(d.axes))))
	x.Close()
	x.Close()
	d.set(x)
	rangeType(x, n.layers)
	x.Open("wcs:ServiceParameters")
	x.Leaf("wcs:CoverageSubtype", n.subtype())
	x.Leaf("wcs:nativeFormat", h.formats()[0])
	x.Close()
	x.Close()
	return nil
}

// subtype is the kind of grid.
func (n *named) subtype() string {
	if n.cube {
		return "ReferenceableGridCoverage"
	}
	return "RectifiedGridCoverage"
}

// along is an axis of a domain: its label in the grid, its cells, its extreme positions, and the positions where they are uneven.
type along struct {
	label, unit, low, high string
	n                      int
	origin, step           string // of the first cell, and to the next
	at                     []string
}

// domain is where a coverage's cells lie.
type domain struct {
	id        string
	srs       string
	northward bool // the system's first axis is north
	even      bool // a RectifiedGrid
	axes      []along
}

// unknownSystem names a system that no registry has.
const unknownSystem = "http://www.opengis.net/def/nil/OGC/0/unknown"

// domainOf describes a coverage's domain: x, y, then time, level and member where they are axes.
func domainOf(s *coverage.Source, n *named) *domain {
	d := &domain{id: n.id, srs: unknownSystem, even: true}
	x, y, unit := "x", "y", "m"
	if s.Ref.Degrees {
		unit = "deg"
	}
	if s.Ref.Code != "" {
		d.srs, d.northward = uri(s.Ref), s.Ref.NorthFirst
		if s.Ref.Degrees {
			x, y = "Long", "Lat"
		}
	}
	w, h := s.Width(), s.Height()
	dy := s.DY
	if dy == 0 && h > 1 {
		dy = (s.Y[0] - s.Y[h-1]) / float64(h-1)
	}
	d.axes = []along{
		{label: x, unit: unit, low: decimal(s.Box.MinX()), high: decimal(s.Box.MaxX()), n: w, origin: decimal(s.X[0]), step: decimal(s.DX)},
		{label: y, unit: unit, low: decimal(s.Box.MinY()), high: decimal(s.Box.MaxY()), n: h, origin: decimal(s.Y[0]), step: decimal(-dy)},
	}
	if s.HasTimes() {
		var at []string
		for _, t := range s.Times {
			at = append(at, `"`+t.String()+`"`)
		}
		d.listed("ansi", "d", "http://www.opengis.net/def/crs/OGC/0/AnsiDate", at)
	}
	if s.HasLevels(0) {
		unit, _ := ogc.LevelUnit(n.layers[0])
		var at []string
		for _, l := range s.Variables[0].Levels {
			at = append(at, decimal(n.layers[0].Elevation(l)))
		}
		d.listed("elevation", unit, unknownSystem+"/elevation", at)
	}
	if s.HasMembers() {
		var at []string
		for _, m := range s.Members {
			at = append(at, strconv.Itoa(m))
		}
		d.listed("member", "1", unknownSystem+"/member", at)
	}
	return d
}

// listed adds an axis by its positions, and its system to the compound.
func (d *domain) listed(label, unit, system string, at []string) {
	if unit == "" {
		unit = "1"
	}
	if d.even {
		d.even = false
		d.srs = "http://www.opengis.net/def/crs-compound?1=" + d.srs
	}
	d.axes = append(d.axes, along{label: label, unit: unit, low: at[0], high: at[len(at)-1], n: len(at), origin: at[0], step: "1", at: at})
	d.srs += "&" + strconv.Itoa(len(d.axes)-1) + "=" + system
}

// inOrder is a text of each axis in the order of the system's axes.
func (d *domain) inOrder(of func(i int, a *along) string) string {
	text := make([]string, len(d.axes))
	for i := range d.axes {
		text[i] = of(i, &d.axes[i])
	}
	if d.northward {
		text[0], text[1] = text[1], text[0]
	}
	return strings.Join(text, " ")
}

// inGrid is a text of each axis in the order of the grid's axes, columns first.
func (d *domain) inGrid(of func(a *along) string) string {
	text := make([]string, len(d.axes))
	for i := range d.axes {
		text[i] = of(&d.axes[i])
	}
	return strings.Join(text, " ")
}

// envelope writes gml:boundedBy.
func (d *domain) envelope(x *ogc.XML) {
	label := func(_ int, a *along) string { return a.label }
	x.Open("gml:boundedBy")
	x.Open("gml:Envelope", "srsName", d.srs, "axisLabels", d.inOrder(label), "uomLabels", d.inOrder(func(_ int, a *along) string { return a.unit }),
		"srsDimension", strconv.Itoa(len(d.axes)))
	x.Leaf("gml:lowerCorner", d.inOrder(func(_ int, a *along) string { return a.low }))
	x.Leaf("gml:upperCorner", d.inOrder(func(_ int, a *along) string { return a.high }))
	x.Close()
	x.Close()
}

// set writes gml:domainSet.
func (d *domain) set(x *ogc.XML) {
	x.Open("gml:domainSet")
	element, prefix := "gml:RectifiedGrid", "gml:"
	if !d.even {
		element, prefix = "gmlrgrid:ReferenceableGridByVectors", "gmlrgrid:"
	}
	x.Open(element, "gml:id", "grid-"+d.id, "dimension", strconv.Itoa(len(d.axes)), "srsName", d.srs)
	x.Open("gml:limits")
	x.Open("gml:GridEnvelope")
	x.Leaf("gml:low", d.inGrid(func(*along) string { return "0" }))
	x.Leaf("gml:high", d.inGrid(func(a *along) string { return strconv.Itoa(a.n - 1) }))
	x.Close()
	x.Close()
	x.Leaf("gml:axisLabels", d.inGrid(func(a *along) string { return a.label }))
	x.Open(prefix + "origin")
	x.Open("gml:Point", "gml:id", "origin-"+d.id, "srsName", d.srs)
	x.Leaf("gml:pos", d.inOrder(func(_ int, a *along) string { return a.origin }))
	x.Close()
	x.Close()
	for k := range d.axes {
		vector := d.inOrder(func(i int, a *along) string {
			if i == k {
				return a.step
			}
			return "0"
		})
		if d.even {
			x.Leaf("gml:offsetVector", vector, "srsName", d.srs)
			continue
		}
		x.Open("gmlrgrid:generalGridAxis")
		x.Open("gmlrgrid:GeneralGridAxis")
		x.Leaf("gmlrgrid:offsetVector", vector, "srsName", d.srs)
		x.Leaf("gmlrgrid:coefficients", strings.Join(d.axes[k].at, " "))
		x.Leaf("gmlrgrid:gridAxesSpanned", d.axes[k].label)
		x.Leaf("gmlrgrid:sequenceRule", "Linear", "axisOrder", "+1")
		x.Close()
		x.Close()
	}
	x.Close()
	x.Close()
}

// rangeType writes gmlcov:rangeType: a quantity for each element.
func rangeType(x *ogc.XML, all []*layers.Layer) {
	x.Open("gmlcov:rangeType")
	x.Open("swe:DataRecord")
	for _, l := range all {
		x.Open("swe:field", "name", fieldName(l))
		definition := l.Element.StandardName
		if definition != "" {
			definition = "http://vocab.nerc.ac.uk/standard_name/" + definition + "/"
		}
		attributes := []string{}
		if definition != "" {
			attributes = append(attributes, "definition", definition)
		}
		x.Open("swe:Quantity", attributes...)
		x.Leaf("swe:label", l.Title)
		x.Open("swe:nilValues")
		x.Open("swe:NilValues")
		x.Leaf("swe:nilValue", "NaN", "reason", "http://www.opengis.net/def/nil/OGC/0/missing")
		x.Close()
		x.Close()
		unit := l.Element.Unit
		if unit == "" {
			unit = "1"
		}
		x.Leaf("swe:uom", "", "code", unit)
		x.Close()
		x.Close()
	}
	x.Close()
	x.Close()
}

// decimal writes a number so that it is read back exactly.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

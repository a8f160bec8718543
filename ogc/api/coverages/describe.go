package coverages

import (
	"isobar/answer"
	"isobar/coverage"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// whole asks for all cells at the default time: of one layer, as all of a collection's lie on one grid.
func whole(of ogc.Collection) answer.CoverageRequest {
	l := of.Layers[0]
	return answer.CoverageRequest{Layers: []string{l.Name}, Cut: coverage.Cut{X: allX(l), Y: coverage.All}}
}

// domain is a domain set as CIS 1.1 has it in JSON (OGC 09-146r6).
type domain struct {
	Type        string `json:"type"`
	GeneralGrid grid11 `json:"generalGrid"`
}

type grid11 struct {
	Type   string   `json:"type"`
	SRS    string   `json:"srsName"`
	Labels []string `json:"axisLabels"`
	Axes   []axis   `json:"axis"`
	Limits limits   `json:"gridLimits"`
}

type axis struct {
	Type       string  `json:"type"`
	Label      string  `json:"axisLabel"`
	Low        any     `json:"lowerBound,omitempty"`
	High       any     `json:"upperBound,omitempty"`
	Resolution float64 `json:"resolution,omitempty"`
	Unit       string  `json:"uomLabel"`
}

type limits struct {
	Type   string   `json:"type"`
	Labels []string `json:"axisLabels"`
	Axes   []limit  `json:"axis"`
}

type limit struct {
	Type  string `json:"type"`
	Label string `json:"axisLabel"`
	Low   int    `json:"lowerBound"`
	High  int    `json:"upperBound"`
}

// domainSet answers where the cells lie: of the plane, with its outer edges.
func (s *service) domainSet(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	source, done, err := s.coverages.Describe(c.Context(), whole(of))
	if err != nil {
		return s.explain(c, err)
	}
	defer done()
	ref := reference(source)
	x, y, unit := "Lon", "Lat", "deg"
	if !ref.Degrees {
		x, y, unit = "x", "y", "m"
	}
	name := "http://www.opengis.net/def/nil/OGC/0/unknown"
	if ref.Code != "" {
		name = api.URI(ref)
	}
	d := domain{Type: "DomainSet", GeneralGrid: grid11{Type: "GeneralGridCoverage", SRS: name, Labels: []string{x, y}}}
	g, b := &d.GeneralGrid, source.Box
	dy := source.DY
	if dy == 0 {
		dy = (b.MaxY() - b.MinY()) / float64(source.Height())
	}
	g.Axes = []axis{
		{Type: "RegularAxis", Label: x, Low: b.MinX(), High: b.MaxX(), Resolution: source.DX, Unit: unit},
		{Type: "RegularAxis", Label: y, Low: b.MinY(), High: b.MaxY(), Resolution: dy, Unit: unit},
	}
	g.Limits = limits{Type: "GridLimits", Labels: []string{"i", "j"}, Axes: []limit{
		{Type: "IndexAxis", Label: "i", High: source.Width() - 1}, {Type: "IndexAxis", Label: "j", High: source.Height() - 1},
	}}
	return c.Document("Domain set of "+of.Title, d)
}

// rangeType answers what the values are (SWE Common in JSON, as CIS 1.1 has it).
func (s *service) rangeType(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	fields := []any{}
	for _, l := range of.OneGrid() {
		fields = append(fields, quantity(l))
	}
	return c.Document("Range type of "+of.Title, map[string]any{"type": "DataRecord", "field": fields})
}

// quantity is a field of a range type.
func quantity(l *layers.Layer) map[string]any {
	field := map[string]any{
		"type": "Quantity", "id": fieldName(l), "name": fieldName(l), "label": l.Title, "encodingInfo": map[string]any{"dataType": relDataType + "float32"},
		"uom": map[string]any{"type": "UnitReference", "code": unitOf(l)},
	}
	if n := l.Element.StandardName; n != "" {
		field["definition"] = standardName(n)
	}
	return field
}

const relDataType = "http://www.opengis.net/def/dataType/OGC/0/"

// standardName is a CF name on the web.
func standardName(name string) string { return "http://vocab.nerc.ac.uk/standard_name/" + name + "/" }

func unitOf(l *layers.Layer) string {
	if l.Element.Unit == "" {
		return "1"
	}
	return l.Element.Unit
}

// schema answers a collection's fields (OGC API Common Part 3).
func (s *service) schema(c *api.Call) error {
	of, err := c.Collection(s.hold)
	if err != nil {
		return err
	}
	fields, dims := map[string]any{}, []string{}
	for i, l := range of.OneGrid() {
		fields[fieldName(l)] = property(l, i+1)
	}
	for _, d := range of.Dimensions(c.Now) {
		dims = append(dims, d.Name)
	}
	return c.Document("Schema of "+of.Title, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": api.CollectionURL(c.Base, of.ID) + "/schema", "type": "object", "title": of.Title,
		"properties": fields, "x-dimensions": dims,
	})
}

// property is a field of a schema: the place-th of a coverage's bands.
func property(l *layers.Layer, place int) map[string]any {
	field := map[string]any{"title": l.Title, "type": "number", "x-ogc-propertySeq": place, "x-ogc-unit": unitOf(l), "x-ogc-unitLang": "UCUM"}
	if n := l.Element.StandardName; n != "" {
		field["x-ogc-definition"] = standardName(n)
	}
	if l.Element.Abstract != "" {
		field["description"] = l.Element.Abstract
	}
	return field
}

package wcs

import (
	"fmt"
	"math"
	"net/http"
	"net/textproto"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/geo"
	"isobar/ogc"
)

// The namespaces of WCS 1.1.
const (
	ns11    = "http://www.opengis.net/wcs/1.1.1"
	nsOWS11 = "http://www.opengis.net/ows/1.1"
	nsOWCS  = "http://www.opengis.net/wcs/1.1/ows"
)

// write11 writes the capabilities of WCS 1.1.1 (OGC 07-067r5, 8.3).
func (s *capabilities) write11() {
	a := s.h.about
	s.Raw(xmlHead)
	s.Open("wcs:Capabilities", "xmlns:wcs", ns11, "xmlns:ows", nsOWS11, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
		"xsi:schemaLocation", ns11+" http://schemas.opengis.net/wcs/1.1.1/wcsAll.xsd", "version", v111, "updateSequence", ogc.Sequence(s.catalogue.Updated()))
	a.Fees, a.AccessConstraints = orNone(a.Fees), orNone(a.AccessConstraints)
	s.Identification(a, "WCS", versions, nil)
	s.Provider(a)
	s.operations11()
	s.Open("wcs:Contents")
	for _, o := range offers10(s.catalogue) {
		s.Open("wcs:CoverageSummary")
		s.Leaf("ows:Title", o.title)
		s.GeographicBox(o.extent())
		s.supported11(s.h.coverages.Formats())
		s.Leaf("wcs:Identifier", o.id)
		s.Close()
	}
	s.Close()
	s.Close()
}

// supported11 writes the systems and the formats.
func (s *scribe) supported11(formats []encode.Coverage) {
	for _, ref := range geo.References() {
		s.Leaf("wcs:SupportedCRS", ogc.URN(ref))
	}
	for _, f := range formats {
		s.Leaf("wcs:SupportedFormat", typeOf(f))
	}
}

func (s *capabilities) operations11() {
	s.Open("ows:OperationsMetadata")
	for _, name := range []string{"GetCapabilities", "DescribeCoverage", "GetCoverage"} {
		s.Open("ows:Operation", "name", name)
		s.Open("ows:DCP")
		s.Open("ows:HTTP")
		s.Leaf("ows:Get", "", "xlink:href", s.base+"?")
		s.Close()
		s.Close()
		for _, p := range [][2]string{{"service", "WCS"}, {"version", v111}} {
			s.Allowed("ows:Parameter", p[0], p[1])
		}
		if name == "GetCoverage" {
			s.Allowed("ows:Parameter", "store", "false")
		}
		s.Close()
	}
	s.Close()
}

// describeCoverage11 answers DescribeCoverage of WCS 1.1.1 (OGC 07-067r5, 9).
func (h *Handler) describeCoverage11(w http.ResponseWriter, q *request) error {
	if q.Get("identifiers") == "" {
		return ogc.Missing("identifiers")
	}
	return h.describeOld(w, q, "identifiers", func(s *scribe) {
		s.Open("wcs:CoverageDescriptions", "xmlns:wcs", ns11, "xmlns:ows", nsOWS11, "xmlns:gml", nsGML10, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
			"xsi:schemaLocation", ns11+" http://schemas.opengis.net/wcs/1.1.1/wcsAll.xsd")
	}, (*scribe).description11)
}

// urn is the name of a plane's system.
func urn(g *coverage.Geometry) string {
	if g.Ref.Code == "" {
		return srsName(g)
	}
	return ogc.URN(g.Ref)
}

func (s *scribe) description11(d *described) {
	g, b := d.Geometry, d.box
	s.Open("wcs:CoverageDescription")
	s.Leaf("ows:Title", d.title)
	s.Leaf("wcs:Identifier", d.id)
	s.Open("wcs:Domain")
	s.Open("wcs:SpatialDomain")
	s.box11("urn:ogc:def:crs:OGC::imageCRS", "0 0", fmt.Sprint(g.Width()-1, " ", g.Height()-1))
	s.box11(urn(g), pair(g.Ref, ogc.Number(g.Box.MinX()), ogc.Number(g.Box.MinY())), pair(g.Ref, ogc.Number(g.Box.MaxX()), ogc.Number(g.Box.MaxY())))
	s.box11("urn:ogc:def:crs:OGC:2:84", ogc.Number(b.MinX())+" "+ogc.Number(b.MinY()), ogc.Number(b.MaxX())+" "+ogc.Number(b.MaxY()))
	s.Open("wcs:GridCRS")
	s.Leaf("wcs:GridBaseCRS", urn(g))
	s.Leaf("wcs:GridType", "urn:ogc:def:method:WCS:1.1:2dSimpleGrid")
	s.Leaf("wcs:GridOrigin", pair(g.Ref, d.originX(), d.originY()))
	s.Leaf("wcs:GridOffsets", pair(g.Ref, ogc.Number(g.DX), ogc.Number(-step(g)))) // GDAL takes them as the system's axes
	s.Leaf("wcs:GridCS", "urn:ogc:def:cs:OGC:0.0:Grid2dSquareCS")
	s.Close()
	s.Close()
	s.temporal("wcs:TemporalDomain", d.times)
	s.Close()
	s.Open("wcs:Range")
	s.Open("wcs:Field")
	s.Leaf("wcs:Identifier", fieldName(d.layer))
	s.Open("wcs:Definition")
	s.Leaf("ows:AnyValue", "")
	s.Close()
	s.Leaf("wcs:NullValue", "nan")
	s.Open("wcs:InterpolationMethods")
	s.Leaf("wcs:InterpolationMethod", "nearest")
	s.Leaf("wcs:InterpolationMethod", "linear")
	s.Leaf("wcs:Default", "linear")
	s.Close()
	s.Close()
	s.Close()
	s.supported11(d.forms)
	s.Close()
}

func (s *scribe) box11(system, low, high string) {
	s.Open("ows:BoundingBox", "crs", system, "dimensions", "2")
	s.Leaf("ows:LowerCorner", low)
	s.Leaf("ows:UpperCorner", high)
	s.Close()
}

// getCoverage11 answers GetCoverage of WCS 1.1.1 (OGC 07-067r5, 10).
func (h *Handler) getCoverage11(w http.ResponseWriter, q *request) error {
	_, id := q.First("identifier", "identifiers")
	if v := q.Get("timesequence"); v != "" {
		q.Query["time"] = []string{v}
	}
	a, err := h.askOld(q, "identifier", id, map[axis]string{axisX: "boundingbox", axisY: "boundingbox", axisTime: "timesequence"})
	if err != nil {
		return err
	}
	if err := a.cut11(q); err != nil {
		return err
	}
	if q.True("store") {
		return ogc.Invalid("store", "coverages are not stored")
	}
	if err := h.formatOld(q, &a); err != nil {
		return err
	}
	c, err := h.coverages.Coverage(q.Context(), a.CoverageRequest)
	if err != nil {
		return a.explain(err)
	}
	return h.send(w, q, mixed(a, c), "", "multipart/mixed; boundary="+boundary)
}

// cut11 reads BOUNDINGBOX, GRIDBASECRS and GRIDOFFSETS. A box has its axes as its system's authority has, and lies on the centres of the
// outermost cells.
func (a *asked) cut11(q *request) error {
	list := q.List("boundingbox")
	if len(list) < 4 {
		return ogc.Missing("boundingbox")
	}
	system := "urn:ogc:def:crs:OGC:1.3:CRS84"
	if len(list) > 4 {
		system = list[4]
	}
	in, err := lookup11(system)
	if err != nil {
		return ogc.Invalid("boundingbox", "%v", err)
	}
	q.Query["boundingbox"] = []string{strings.Join(list[:4], ",")}
	b, err := numbers(q, "boundingbox", 4, 4)
	if err != nil {
		return err
	}
	if in.NorthFirst {
		b = []float64{b[1], b[0], b[3], b[2]}
	}
	out := in
	if v := q.Get("gridbasecrs"); v != "" {
		if out, err = lookup11(v); err != nil {
			return ogc.Invalid("gridbasecrs", "%v", err)
		}
	}
	a.Cut.In, a.Cut.Out = &in, &out
	a.Cut.X, a.Cut.Y = coverage.Interval{Low: b[0], High: b[2]}, coverage.Interval{Low: b[1], High: b[3]}
	if q.Get("gridoffsets") == "" || in.Code != out.Code {
		return nil
	}
	offsets, err := numbers(q, "gridoffsets", 2, 4)
	if err != nil {
		return err
	}
	dx, dy := offsets[0], offsets[1]
	if in.NorthFirst {
		dx, dy = dy, dx
	}
	if len(offsets) == 4 { // a matrix, of which the diagonal, or, latitude first, the other one, is not 0
		dx, dy = offsets[0]+offsets[1], offsets[2]+offsets[3]
	}
	w, ht := math.Round((b[2]-b[0])/math.Abs(dx))+1, math.Round((b[3]-b[1])/math.Abs(dy))+1
	if !(w >= 1 && ht >= 1 && w < 1<<20 && ht < 1<<20) {
		return ogc.Invalid("gridoffsets", "gridoffsets give no number of cells")
	}
	a.Cut.Width, a.Cut.Height, a.Cut.Frame = int(w), int(ht), true
	dx, dy = (b[2]-b[0])/max(w-1, 1), (b[3]-b[1])/max(ht-1, 1) // the box runs from centre to centre
	a.Cut.X, a.Cut.Y = coverage.Interval{Low: b[0] - dx/2, High: b[2] + dx/2}, coverage.Interval{Low: b[1] - dy/2, High: b[3] + dy/2}
	return nil
}

// lookup11 finds a system; OGC:2:84 is WCS 1.1's own name of CRS84.
func lookup11(name string) (geo.Reference, error) {
	if strings.HasSuffix(strings.ToUpper(name), "OGC:2:84") || strings.HasSuffix(strings.ToUpper(name), "OGC::84") {
		name = "CRS:84"
	}
	return geo.Lookup(name)
}

// mixed is an answer of two parts (OGC 07-067r5, 10.3.12): what the coverage is, and the file.
func mixed(a asked, c answer.Coverage) answer.Coverage {
	var s scribe
	s.Raw(xmlHead)
	s.Open("Coverages", "xmlns", ns11, "xmlns:ows", nsOWS11, "xmlns:owcs", nsOWCS, "xmlns:xlink", nsXlink)
	s.Open("Coverage")
	s.Leaf("ows:Title", a.title)
	s.Leaf("Identifier", a.id)
	s.Leaf("Reference", "", "xlink:href", "cid:coverage", "xlink:role", "urn:ogc:def:role:WCS:1.1:coverage")
	s.Close()
	s.Close()
	return parted(c, "m", part{textproto.MIMEHeader{"Content-Type": {"text/xml; charset=utf-8"}, "Content-Id": {"<wcs>"}}, s.Bytes()}, textproto.MIMEHeader{
		"Content-Type": {typeOf(c.Format)}, "Content-Transfer-Encoding": {"binary"}, "Content-Id": {"<coverage>"},
		"Content-Disposition": {fmt.Sprintf("inline; filename=%q", ncName(a.id+c.Format.Extension))},
	})
}

package wms

import (
	"net/url"
	"strconv"
	"strings"

	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/styles"
)

// service writes what the service is and whose (WMS 1.3.0 7.2.4.3).
func (s *scribe) service() {
	a := s.h.about
	s.Open("Service")
	if s.version == v111 {
		s.Leaf("Name", "OGC:WMS")
	} else {
		s.Leaf("Name", "WMS")
	}
	s.Leaf("Title", s.title)
	s.Some("Abstract", a.Abstract)
	s.keywords(a.Keywords)
	s.online(s.url)
	if a.Person != "" || a.Organization != "" || a.Email != "" {
		s.Open("ContactInformation")
		if a.Person != "" || a.Organization != "" {
			s.Open("ContactPersonPrimary")
			s.Leaf("ContactPerson", a.Person)
			s.Leaf("ContactOrganization", a.Organization)
			s.Close()
		}
		s.Some("ContactElectronicMailAddress", a.Email)
		s.Close()
	}
	s.Some("Fees", a.Fees)
	s.Some("AccessConstraints", a.AccessConstraints)
	if s.version == v130 {
		s.Leaf("LayerLimit", strconv.Itoa(a.LayerLimit))
		s.Leaf("MaxWidth", strconv.Itoa(s.largest[0]))
		s.Leaf("MaxHeight", strconv.Itoa(s.largest[1]))
	}
	s.Close()
}

func (s *scribe) keywords(words []string) {
	if len(words) == 0 {
		return
	}
	s.Open("KeywordList")
	for _, w := range words {
		s.Leaf("Keyword", w)
	}
	s.Close()
}

// online writes a link. It goes before the elements that need the namespace of XLink in 1.1.1, whose root declares none.
func (s *scribe) online(link string) {
	if s.version == v111 {
		s.Leaf("OnlineResource", "", "xmlns:xlink", "http://www.w3.org/1999/xlink", "xlink:type", "simple", "xlink:href", link)
		return
	}
	s.Leaf("OnlineResource", "", "xlink:type", "simple", "xlink:href", link)
}

// requests writes the operations and their formats.
func (s *scribe) requests() {
	capabilities := typeCapabilities130
	legend := "sld:GetLegendGraphic"
	if s.version == v111 {
		capabilities, legend = typeCapabilities111, "GetLegendGraphic"
	}
	var pictures []string
	for _, p := range s.h.pictures {
		pictures = append(pictures, p.Type)
	}
	s.Open("Request")
	s.operation("GetCapabilities", capabilities)
	s.operation("GetMap", pictures...)
	s.operation("GetFeatureInfo", ogc.InfoTypes()...)
	s.operation(legend, append(pictures, "image/svg+xml", ogc.TypeJSON)...)
	s.Close()
}

func (s *scribe) operation(name string, formats ...string) {
	s.Open(name)
	for _, f := range formats {
		s.Leaf("Format", f)
	}
	s.Open("DCPType")
	s.Open("HTTP")
	for _, method := range []string{"Get", "Post"} {
		s.Open(method)
		s.online(s.url)
		s.Close()
	}
	s.Close()
	s.Close()
	s.Close()
}

// exceptions writes the ways to be told of a fault (WMS 1.3.0 7.3.3.11).
func (s *scribe) exceptions() {
	names := []string{"XML", "INIMAGE", "BLANK"}
	if s.version == v111 {
		names = []string{typeSE, "application/vnd.ogc.se_inimage", "application/vnd.ogc.se_blank"}
	}
	s.Open("Exception")
	for _, n := range names {
		s.Leaf("Format", n)
	}
	s.Close()
}

// geographic writes a box in degrees.
func (s *scribe) geographic(b geo.Box) {
	t, ok := s.degrees[b]
	if !ok {
		t = texts(b)
		s.degrees[b] = t
	}
	if s.version == v111 {
		s.Leaf("LatLonBoundingBox", "", "minx", t[0], "miny", t[1], "maxx", t[2], "maxy", t[3])
		return
	}
	s.Open("EX_GeographicBoundingBox")
	s.Leaf("westBoundLongitude", t[0])
	s.Leaf("eastBoundLongitude", t[2])
	s.Leaf("southBoundLatitude", t[1])
	s.Leaf("northBoundLatitude", t[3])
	s.Close()
}

// texts are a box's edges as they are written.
func texts(b geo.Box) (t [4]string) {
	for i, edge := range b {
		t[i] = coordinate(edge)
	}
	return t
}

// boxesOf are an extent's boxes in all reference systems that it meets.
func (s *scribe) boxesOf(extent geo.Box) []ogcBox {
	if boxes, ok := s.boxes[extent]; ok {
		return boxes
	}
	boxes := []ogcBox{}
	for _, ref := range geo.References() {
		if box, ok := ogc.Box(ref, extent); ok {
			boxes = append(boxes, s.boxIn(ref, box))
		}
	}
	s.boxes[extent] = boxes
	return boxes
}

// boxIn is a box, x first, in the order of axes that the version wants (WMS 1.3.0 6.7.2).
func (s *scribe) boxIn(ref geo.Reference, at geo.Box) ogcBox {
	if s.version == v130 && ref.NorthFirst {
		at = geo.Box{at[1], at[0], at[3], at[2]}
	}
	return ogcBox{ref, texts(at)}
}

// box writes a BoundingBox.
func (s *scribe) box(b ogcBox) {
	s.Leaf("BoundingBox", "", s.crsName(), b.ref.Code, "minx", b.text[0], "miny", b.text[1], "maxx", b.text[2], "maxy", b.text[3])
}

// coordinate writes a number to a tenth of a millimetre or of a microdegree: no more can be meant.
func coordinate(v float64) string {
	text := strconv.FormatFloat(v, 'f', 7, 64)
	short, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

func (s *scribe) attribution(title, link string) {
	if title == "" {
		return
	}
	s.Open("Attribution")
	s.Leaf("Title", title)
	if link != "" {
		s.online(link)
	}
	s.Close()
}

// layer writes one layer. Boxes in most systems are inherited from its model; those that clients look for here are repeated.
func (s *scribe) layer(l *layers.Layer) {
	s.Open("Layer", "queryable", "1", "opaque", "0")
	s.Leaf("Name", l.Name)
	s.Leaf("Title", l.Title)
	s.Some("Abstract", s.abstract(l))
	s.keywords(keywords(l))
	s.geographic(ogc.Geographic(l.Extent))
	for _, b := range s.boxesOf(l.Extent) {
		if b.ref.Turn != 0 {
			s.box(b)
		}
	}
	s.dimensions(l)
	s.metadata(l)
	for i, style := range l.Styles {
		s.style(l, style, i == 0)
	}
	s.Close()
}

// metadata writes where more is told of a layer (WMS 1.3.0 7.2.4.6.10): its collection.
func (s *scribe) metadata(l *layers.Layer) {
	if s.version == v111 { // whose DTD knows two standards of metadata alone
		return
	}
	s.Open("MetadataURL", "type", "other")
	s.Leaf("Format", "application/json")
	s.online(s.base + "/collections/" + url.PathEscape(l.Name) + "?f=json")
	s.Close()
}

// abstract tells of the element what its title does not, and how large its maps may be where the service tells of larger ones.
func (s *scribe) abstract(l *layers.Layer) string {
	text := l.Element.Abstract
	if len(l.Styles) > 0 && l.Styles[0].Unit != "" {
		if text != "" {
			text += " "
		}
		text += "Shown in " + l.Styles[0].Unit + "; the values are in " + l.Element.Unit + "."
	}
	if w, h := s.h.about.Size(l.Name); w < s.largest[0] || h < s.largest[1] {
		text = strings.TrimSpace(text + " Maps are at most " + strconv.Itoa(w) + " x " + strconv.Itoa(h) + " pixels.")
	}
	return text
}

// keywords are the words that a layer can be found by.
func keywords(l *layers.Layer) (words []string) {
	for _, w := range []string{l.Element.Theme, l.Element.StandardName, l.Element.ID, l.Model.ID} {
		if w != "" {
			words = append(words, w)
		}
	}
	return words
}

// dimensions writes time, run, level and member (WMS 1.3.0 C.2; in 1.1.1 a Dimension declares and an Extent tells).
func (s *scribe) dimensions(l *layers.Layer) {
	dims := ogc.Dimensions(l, s.now)
	for _, d := range dims {
		attributes := []string{"name", d.Name, "units", d.Units}
		if d.Symbol != "" {
			attributes = append(attributes, "unitSymbol", d.Symbol)
		}
		if s.version == v111 {
			s.Leaf("Dimension", "", attributes...)
			continue
		}
		attributes = append(attributes, "default", d.Default)
		if d.Current {
			attributes = append(attributes, "current", "1")
		}
		s.Leaf("Dimension", d.Values, attributes...)
	}
	if s.version != v111 {
		return
	}
	for _, d := range dims {
		s.Leaf("Extent", d.Values, "name", d.Name, "default", d.Default)
	}
}

// style writes one style and where its legend is. The first one's name may be left out of requests.
func (s *scribe) style(l *layers.Layer, style *styles.Style, first bool) {
	s.Open("Style")
	s.Leaf("Name", style.ID)
	s.Leaf("Title", style.Title)
	text := style.Abstract
	if first {
		text = "The default. " + text
	}
	s.Leaf("Abstract", text)
	s.Open("LegendURL", "width", strconv.Itoa(ogc.LegendWidth), "height", strconv.Itoa(ogc.LegendHeight))
	s.Leaf("Format", s.h.pictures[0].Type)
	s.online(ogc.LegendURL(s.base, s.version.String(), l.Name, style.ID, s.h.pictures[0].Type))
	s.Close()
	s.Close()
}

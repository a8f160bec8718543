package wms

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// The media types of capabilities: 1.3.0 6.6 and 1.1.1 6.6, 7.1.
const (
	typeCapabilities130 = "text/xml"
	typeCapabilities111 = "application/vnd.ogc.wms_xml"
)

// capabilitiesAge is how long a client may keep capabilities without asking again: runs come every hour or so.
const capabilitiesAge = time.Minute

// getCapabilities answers GetCapabilities (WMS 1.3.0 7.2). FORMAT is ignored: the document has one form (6.5.5).
func (h *Handler) getCapabilities(w http.ResponseWriter, q *request) error {
	catalogue, release := h.hold()
	defer release()
	if q.model != "" && len(layersOf(catalogue, q.model)) == 0 {
		return noModel(q.model)
	}
	if err := ogc.CheckSequence(q.Get("updatesequence"), catalogue.Updated()); err != nil {
		return err
	}
	base, now := h.baseURL(q.Request), q.now.Truncate(capabilitiesAge)
	mediaType := typeCapabilities130
	if q.version == v111 {
		mediaType = typeCapabilities111
	}
	h.kept.Send(w, q.Request, mediaType, h.kept.Key(q.version.String()+" "+q.model, base, catalogue, now), capabilitiesAge, func() []byte {
		return h.capabilities(q.version, q.model, catalogue, base, now)
	})
	return nil
}

// frameBytes and layerBytes are about how long the document is without layers, and how much each adds.
const (
	frameBytes = 32 << 10
	layerBytes = 3400
)

// layersOf are the layers of a model, or all of them if it is "".
func layersOf(c ogc.Catalogue, model string) []*layers.Layer {
	all := c.Layers()
	if model == "" {
		return all
	}
	first := slices.IndexFunc(all, func(l *layers.Layer) bool { return l.Model.ID == model })
	if first < 0 {
		return nil
	}
	last := first
	for last < len(all) && all[last].Model.ID == model {
		last++
	}
	return all[first:last]
}

// noModel is the fault of a path that names no model.
func noModel(model string) error {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.LayerNotDefined, Text: "there is no model " + strconv.Quote(model)}
}

// scribe writes one capabilities document.
type scribe struct {
	ogc.XML
	h       *Handler
	version version
	base    string // how clients reach the server
	url     string // of the service, ending in "?"
	title   string // of the service, and of the layer that holds all others
	now     time.Time
	largest [2]int // width and height that some layer's map may have
	boxes   map[geo.Box][]ogcBox
	degrees map[geo.Box][4]string
}

// ogcBox is a layer's box in one reference system, in the order of axes that the version wants.
type ogcBox struct {
	ref  geo.Reference
	text [4]string
}

// capabilities writes the document: layers lie below their model, and models below the root. With a model it is those of that model.
func (h *Handler) capabilities(v version, model string, c ogc.Catalogue, base string, now time.Time) []byte {
	all := layersOf(c, model)
	s := &scribe{h: h, version: v, base: base, url: base + Path + "?", title: h.about.Title, now: now, boxes: map[geo.Box][]ogcBox{}, degrees: map[geo.Box][4]string{}}
	if model != "" && len(all) > 0 {
		s.url, s.title = base+Path+"/"+url.PathEscape(model)+"?", h.about.Title+": "+all[0].Model.Title
	}
	for _, l := range all {
		width, height := h.about.Size(l.Name)
		s.largest = [2]int{max(s.largest[0], width), max(s.largest[1], height)}
	}
	if len(all) == 0 {
		s.largest = [2]int{h.about.MaxWidth, h.about.MaxHeight}
	}
	s.Grow(frameBytes + layerBytes*len(all))
	s.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	update := ogc.Sequence(c.Updated())
	if v == v111 {
		s.Raw(`<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://schemas.opengis.net/wms/1.1.1/WMS_MS_Capabilities.dtd">` + "\n")
		s.Open("WMT_MS_Capabilities", "version", "1.1.1", "updateSequence", update)
	} else {
		s.Open("WMS_Capabilities", "version", "1.3.0", "updateSequence", update, "xmlns", "http://www.opengis.net/wms",
			"xmlns:sld", "http://www.opengis.net/sld", "xmlns:xlink", "http://www.w3.org/1999/xlink", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
			"xsi:schemaLocation", "http://www.opengis.net/wms http://schemas.opengis.net/wms/1.3.0/capabilities_1_3_0.xsd "+
				"http://www.opengis.net/sld http://schemas.opengis.net/sld/1.1.0/sld_capabilities.xsd")
	}
	s.service()
	s.Open("Capability")
	s.requests()
	s.exceptions()
	s.root(all)
	s.Close()
	s.Close()
	return s.Bytes()
}

// root writes the layer that holds all others. Layers come by model, as the catalogue lists them.
func (s *scribe) root(all []*layers.Layer) {
	s.Open("Layer")
	s.Leaf("Title", s.title)
	for _, ref := range geo.References() {
		s.Leaf(s.crsName(), ref.Code)
	}
	s.geographic(geo.Box{-180, -90, 180, 90})
	if s.version == v130 {
		s.box(s.boxIn(mustCRS84(), geo.Box{-180, -90, 180, 90}))
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Model.ID == all[0].Model.ID {
			n++
		}
		s.model(all[:n])
		all = all[n:]
	}
	s.Close()
}

// model writes the layers of one model, which lie on one grid: their boxes are told once, here, and inherited.
func (s *scribe) model(of []*layers.Layer) {
	m := of[0].Model
	s.Open("Layer")
	s.Leaf("Title", m.Title)
	s.Some("Abstract", m.Abstract)
	s.geographic(ogc.Geographic(of[0].Extent))
	for _, b := range s.boxesOf(of[0].Extent) {
		s.box(b)
	}
	s.attribution(m.Attribution, m.URL)
	for _, l := range of {
		s.layer(l)
	}
	s.Close()
}

// crsName is what the version calls a reference system's element.
func (s *scribe) crsName() string {
	if s.version == v111 {
		return "SRS"
	}
	return "CRS"
}

// mustCRS84 is the reference system that every layer is offered in.
func mustCRS84() geo.Reference {
	ref, err := geo.Lookup("CRS:84")
	if err != nil {
		return geo.Reference{Code: "CRS:84"}
	}
	return ref
}

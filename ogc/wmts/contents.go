package wmts

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"isobar/geo"
	"isobar/geo/tilematrix"
	"isobar/layers"
	"isobar/ogc"
)

// scribe writes one capabilities document.
type scribe struct {
	ogc.XML
	h      *Handler
	base   string
	now    time.Time
	limits map[limitsKey][]setLimits
}

// limitsKey is what a layer's tile matrix limits depend on.
type limitsKey struct{ extent geo.Box }

// setLimits are a set and the tiles of each of its matrices that a layer touches.
type setLimits struct {
	set    *tilematrix.Set
	limits []tilematrix.Limits
	text   string // once it is written: many layers share one extent
}

// capabilities writes the document.
func (h *Handler) capabilities(wanted []string, c ogc.Catalogue, base string, now time.Time) []byte {
	s := &scribe{h: h, base: base, now: now, limits: map[limitsKey][]setLimits{}}
	s.Raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	s.Open("Capabilities", "xmlns", "http://www.opengis.net/wmts/1.0", "xmlns:ows", "http://www.opengis.net/ows/1.1", "xmlns:xlink", "http://www.w3.org/1999/xlink",
		"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation", "http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd",
		"version", "1.0.0", "updateSequence", ogc.Sequence(c.Updated()))
	all := c.Layers()
	for _, section := range wanted {
		switch section {
		case "ServiceIdentification":
			s.Identification(s.h.about, "OGC WMTS", []string{"1.0.0"}, nil)
		case "ServiceProvider":
			s.Provider(s.h.about)
		case "OperationsMetadata":
			s.operations()
		case "Contents":
			s.contents(all)
		case "Themes":
			s.themes(all)
		}
	}
	if len(wanted) == len(sections) { // a section alone is nothing but that
		s.Leaf("ServiceMetadataURL", "", "xlink:href", base+restRoot+"/"+capabilitiesFile)
	}
	s.Close()
	return s.Bytes()
}

// contents writes the layers and the tile matrix sets (table 5).
func (s *scribe) contents(all []*layers.Layer) {
	s.Open("Contents")
	for _, l := range all {
		s.layer(l)
	}
	for _, set := range s.h.sets.Sets() {
		s.set(set)
	}
	s.Close()
}

// layer writes one layer (table 6).
func (s *scribe) layer(l *layers.Layer) {
	s.Open("Layer")
	s.Leaf("ows:Title", l.Model.Title+": "+l.Title)
	s.Some("ows:Abstract", l.Element.Abstract)
	s.GeographicBox(l.Extent)
	s.Leaf("ows:Identifier", l.Name)
	s.styles(l)
	for _, p := range s.h.pictures {
		if announced[p.Type] {
			s.Leaf("Format", p.Type)
		}
	}
	for _, t := range ogc.InfoTypes() {
		s.Leaf("InfoFormat", t)
	}
	dims := dimensions(l)
	dims[0].initial = l.DefaultTime(s.now).String()
	if len(l.Runs) < 2 {
		dims = dims[:len(dims)-1]
	}
	for _, d := range dims {
		s.Open("Dimension")
		s.Leaf("ows:Identifier", d.name)
		s.Some("ows:UOM", d.unit)
		s.Leaf("Default", d.initial)
		s.Leaf("Current", strconv.FormatBool(d.name == "Time"))
		for _, v := range d.values {
			s.Leaf("Value", v)
		}
		s.Close()
	}
	links := s.links(l)
	for i := range links {
		s.link(&links[i])
	}
	s.resources(l)
	s.Close()
}

// announced are the formats that capabilities name: those that every client reads. Others are sent to those who ask for them.
var announced = map[string]bool{"image/png": true, "image/jpeg": true}

// styles writes the layer's styles. Title and identifier are the same, as OpenLayers finds a style by either.
func (s *scribe) styles(l *layers.Layer) {
	for i, style := range l.Styles {
		s.Open("Style", "isDefault", strconv.FormatBool(i == 0))
		s.Leaf("ows:Title", style.ID)
		s.Some("ows:Abstract", strings.TrimSpace(style.Title+". "+style.Abstract))
		s.Leaf("ows:Identifier", style.ID)
		s.Leaf("LegendURL", "", "format", s.h.pictures[0].Type, "width", strconv.Itoa(ogc.LegendWidth), "height", strconv.Itoa(ogc.LegendHeight),
			"xlink:href", ogc.LegendURL(s.base, "1.3.0", l.Name, style.ID, s.h.pictures[0].Type))
		s.Close()
	}
}

// links are the sets that a layer has tiles in.
func (s *scribe) links(l *layers.Layer) []setLimits {
	key := limitsKey{l.Extent}
	if found, ok := s.limits[key]; ok {
		return found
	}
	found := []setLimits{}
	for _, set := range s.h.sets.Sets() {
		link := setLimits{set: set}
		for _, m := range set.Matrices {
			if limits, ok := limitsOf(l, set, m); ok {
				link.limits = append(link.limits, limits)
			}
		}
		if len(link.limits) == len(set.Matrices) {
			found = append(found, link)
		}
	}
	s.limits[key] = found
	return found
}

// link writes a set's limits, unless the layer fills all of it.
func (s *scribe) link(of *setLimits) {
	if of.text != "" {
		s.Raw(of.text)
		return
	}
	from := len(s.Bytes())
	defer func() { of.text = string(s.Bytes()[from:]) }()
	s.Open("TileMatrixSetLink")
	s.Leaf("TileMatrixSet", of.set.ID)
	first := of.set.Matrices[len(of.set.Matrices)-1]
	if of.limits[len(of.limits)-1] != (tilematrix.Limits{MaxRow: first.Height - 1, MaxCol: first.Width - 1}) {
		s.Open("TileMatrixSetLimits")
		for i, l := range of.limits {
			s.Open("TileMatrixLimits")
			s.Leaf("TileMatrix", of.set.Matrices[i].ID)
			s.Leaf("MinTileRow", strconv.Itoa(l.MinRow))
			s.Leaf("MaxTileRow", strconv.Itoa(l.MaxRow))
			s.Leaf("MinTileCol", strconv.Itoa(l.MinCol))
			s.Leaf("MaxTileCol", strconv.Itoa(l.MaxCol))
			s.Close()
		}
		s.Close()
	}
	s.Close()
}

// resources writes the templates of REST paths. One picture format only: OpenLayers takes all tile templates as mirrors.
func (s *scribe) resources(l *layers.Layer) {
	path := s.base + restRoot + "/" + url.PathEscape(l.Name) + "/{Style}"
	names := dimensionNames(l)
	if len(l.Runs) < 2 {
		names = names[:len(names)-1]
	}
	for _, name := range names {
		path += "/{" + name + "}"
	}
	path += "/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
	s.Leaf("ResourceURL", "", "format", s.h.pictures[0].Type, "resourceType", "tile", "template", path+".png")
	for _, ending := range infoEndings {
		s.Leaf("ResourceURL", "", "format", infoTypes[ending], "resourceType", "FeatureInfo", "template", path+"/{J}/{I}."+ending)
	}
}

// set writes a tile matrix set (table 11). Corners are in the order of the reference system's axes (6.1).
func (s *scribe) set(set *tilematrix.Set) {
	s.Open("TileMatrixSet")
	s.Leaf("ows:Title", set.Title)
	s.Leaf("ows:Identifier", set.ID)
	known := wellKnown(set)
	s.Leaf("ows:SupportedCRS", supportedCRS(set, known))
	s.Some("WellKnownScaleSet", known)
	for _, m := range set.Matrices {
		corner := ogc.Number(m.Origin.X) + " " + ogc.Number(m.Origin.Y)
		if set.Ref.NorthFirst {
			corner = ogc.Number(m.Origin.Y) + " " + ogc.Number(m.Origin.X)
		}
		s.Open("TileMatrix")
		s.Leaf("ows:Identifier", m.ID)
		s.Leaf("ScaleDenominator", ogc.Number(m.ScaleDenominator))
		s.Leaf("TopLeftCorner", corner)
		s.Leaf("TileWidth", strconv.Itoa(tilematrix.TileSize))
		s.Leaf("TileHeight", strconv.Itoa(tilematrix.TileSize))
		s.Leaf("MatrixWidth", strconv.Itoa(m.Width))
		s.Leaf("MatrixHeight", strconv.Itoa(m.Height))
		s.Close()
	}
	s.Close()
}

// wellKnown is the set's well-known scale set as WMTS 1.0.0 annex E spells it.
func wellKnown(set *tilematrix.Set) string {
	name := set.Known[strings.LastIndex(set.Known, "/")+1:]
	if name == "" || name == "GoogleCRS84Quad" { // that one begins with one tile, level 0 here with two
		return ""
	}
	return "urn:ogc:def:wkss:OGC:1.0:" + name
}

// supportedCRS is the set's reference system, for GoogleMapsCompatible in the very spelling of annex E.4, which its scale set wants.
func supportedCRS(set *tilematrix.Set, known string) string {
	if strings.HasSuffix(known, ":GoogleMapsCompatible") {
		return "urn:ogc:def:crs:EPSG:6.18:3:3857"
	}
	return ogc.URN(set.Ref)
}

// themes groups the layers by model (table 20).
func (s *scribe) themes(all []*layers.Layer) {
	s.Open("Themes")
	for len(all) > 0 {
		m := all[0].Model
		s.Open("Theme")
		s.Leaf("ows:Title", m.Title)
		s.Some("ows:Abstract", m.Abstract)
		s.Leaf("ows:Identifier", m.ID)
		for len(all) > 0 && all[0].Model.ID == m.ID {
			s.Leaf("LayerRef", all[0].Name)
			all = all[1:]
		}
		s.Close()
	}
	s.Close()
}

package api

import (
	"net/http"
	"strings"

	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// Link leads to another resource (RFC 8288).
type Link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// typeOpenAPI is the media type of the API document; features' conformance test compares it to the letter.
const typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"

// landing is the landing page (OGC API Common 1.0, 8.2).
type landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Attribution string `json:"attribution,omitempty"`
	Extent      Extent `json:"extent"`
	Links       []Link `json:"links"`
}

// crs84 is the reference system of longitudes and latitudes.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

type conformance struct {
	ConformsTo []string `json:"conformsTo"`
}

// common is the part that all others stand on.
func (h *Handler) common() Part {
	const common = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
	return Part{
		Conformance: []string{
			common + "core", common + "landing-page", common + "json", common + "html", common + "oas30",
			"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
		},
		Operations: []Operation{
			{Path: "/", ID: "getLandingPage", Summary: "Landing page", Tag: "Capabilities", Types: documents, Handle: h.landing},
			{Path: "/conformance", ID: "getConformance", Summary: "Conformance classes", Tag: "Capabilities", Types: documents, Handle: h.conformance},
			{Path: "/api", ID: "getAPI", Summary: "This document", Tag: "Capabilities", Types: []string{typeOpenAPI, TypeHTML}, Handle: h.openAPI},
			{Path: "/collections", ID: "getCollections", Summary: "All collections", Tag: "Collections", Types: documents, Handle: h.collections},
			{Path: "/collections/{collectionId}", ID: "getCollection", Summary: "One collection", Tag: "Collections", Types: documents, Handle: h.collection},
		},
	}
}

// landing answers the landing page; a browser sees the viewer there unless it asks for f=html.
func (h *Handler) landing(c *Call) error {
	if t, err := c.Choose(documents, documentNames); err == nil && t == TypeHTML && c.Query.Get("f") == "" {
		h.viewer.ServeHTTP(c.ResponseWriter, c.Request)
		return nil
	}
	catalogue, release := h.hold()
	defer release()
	page := landing{Title: h.about.Title, Description: h.about.Abstract, Extent: extentOf(catalogue.Layers()...)}
	page.Links = append(c.Self("/"),
		Link{c.Base + "/api", "service-desc", typeOpenAPI, "The API as OpenAPI 3.0", false},
		Link{c.Base + "/api?f=html", "service-doc", TypeHTML, "The API for people", false},
		Link{c.Base + "/conformance", "conformance", TypeJSON, "Conformance classes", false},
		Link{c.Base + "/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", TypeJSON, "Conformance classes", false},
		Link{c.Base + "/collections", "data", TypeJSON, "Collections", false},
		Link{c.Base + "/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", TypeJSON, "Collections", false},
	)
	for _, p := range h.parts {
		if p.Landing != nil {
			page.Links = append(page.Links, p.Landing(c.Base)...)
		}
	}
	return c.Document(h.about.Title, page)
}

// Self is a document's links to itself and to its other form.
func (c *Call) Self(path string) []Link {
	json, html := Link{c.Base + path + "?f=json", "self", TypeJSON, "This document", false}, Link{c.Base + path + "?f=html", "alternate", TypeHTML, "This document for people", false}
	if t, err := c.Choose(documents, documentNames); err == nil && t == TypeHTML {
		json.Rel, html.Rel = "alternate", "self"
		return []Link{html, json}
	}
	return []Link{json, html}
}

func (h *Handler) conformance(c *Call) error {
	var all conformance
	for _, p := range h.parts {
		all.ConformsTo = append(all.ConformsTo, p.Conformance...)
	}
	return c.Document("Conformance", all)
}

// TellCRS says which reference system an answer is in; one in CRS84 need not say so (OGC API Maps 1.0, 7.2.2).
func TellCRS(h http.Header, ref geo.Reference) {
	if uri := URI(ref); uri != crs84 {
		h.Set("Content-Crs", "<"+uri+">")
	}
}

// TellTime says which time a map of a collection shows; with several collections, of the first (OGC API Maps 1.0, 7.2.2).
func (c *Call) TellTime(hold ogc.Hold, collection string, s layers.Selection) {
	catalogue, release := hold()
	defer release()
	l, err := catalogue.Layer(collection)
	if err != nil { // gone since the map was made
		return
	}
	if pick, err := l.Pick(s, c.Now); err == nil {
		c.Header().Set("Content-Datetime", pick.Valid.String())
	}
}

// URI is a reference system's name on the web.
func URI(ref geo.Reference) string {
	if ref.Code == "CRS:84" {
		return crs84
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strings.TrimPrefix(ref.Code, "EPSG:")
}

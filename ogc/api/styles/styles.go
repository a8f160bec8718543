// Package styles speaks OGC API - Styles (draft OGC 20-009): the styles that maps are drawn in, as JSON of our own and as SLD 1.1.
package styles

import (
	"net/http"
	"net/url"
	"strconv"

	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/ogc/sld"
	"isobar/styles"
)

// The relations of links.
const (
	relStyles   = "http://www.opengis.net/def/rel/ogc/1.0/styles"
	relMap      = "http://www.opengis.net/def/rel/ogc/1.0/map"
	relTilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
	relLegend   = "http://www.opengis.net/def/rel/ogc/1.0/legend"
)

// service makes the part.
type service struct {
	hold    ogc.Hold
	picture string // media type of maps and legends that are linked to
}

// forms are what a style comes as.
var (
	forms     = []string{api.TypeJSON, sld.Type, api.TypeHTML}
	formNames = map[string]string{"json": api.TypeJSON, "sld": sld.Type, "sld11": sld.Type, "html": api.TypeHTML}
)

// Part is the styles of all collections and of each. picture is the media type of the maps that are linked to.
func Part(hold ogc.Hold, picture string) api.Part {
	s := &service{hold, picture}
	documents := []string{api.TypeJSON, api.TypeHTML}
	return api.Part{
		Conformance: []string{
			"http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/core", "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/sld-11",
			"http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/html",
		},
		Landing: func(base string) []api.Link {
			return []api.Link{{Href: base + "/styles", Rel: relStyles, Type: api.TypeJSON, Title: "Styles"}}
		},
		Collection: func(base string, l *layers.Layer) []api.Link {
			return []api.Link{{Href: pathOf(base, l) + "/styles", Rel: relStyles, Type: api.TypeJSON, Title: "Styles"}}
		},
		Operations: []api.Operation{
			{Path: "/styles", ID: "styles.getStyles", Summary: "All styles", Tag: "Styles", Types: documents, Handle: s.all},
			{Path: "/styles/{styleId}", ID: "styles.getStyle", Summary: "One style", Tag: "Styles", Types: forms, Handle: s.one},
			{Path: "/styles/{styleId}/metadata", ID: "styles.getStyleMetadata", Summary: "What a style is for", Tag: "Styles", Types: documents, Handle: s.metadata},
			{Path: "/collections/{collectionId}/styles", ID: "styles.collection.getStyles", Summary: "The styles of a collection", Tag: "Styles", Types: documents, Handle: s.ofCollection},
			{Path: "/collections/{collectionId}/styles/{styleId}", ID: "styles.collection.getStyle", Summary: "A style as a collection has it", Tag: "Styles", Types: forms, Handle: s.one},
		},
	}
}

// pathOf is where a collection lives.
func pathOf(base string, l *layers.Layer) string {
	return base + "/collections/" + url.PathEscape(l.Name)
}

// entry is a style of a list.
type entry struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Links []api.Link `json:"links"`
}

// list is the styles of one or of all collections. The default is the first of a collection.
type list struct {
	Links   []api.Link `json:"links"`
	Default string     `json:"default,omitempty"`
	Styles  []entry    `json:"styles"`
}

// all lists the styles that any collection offers, in the order in which they are first met.
func (s *service) all(c *api.Call) error {
	catalogue, release := s.hold()
	defer release()
	told := list{Links: c.Self("/styles"), Styles: []entry{}}
	seen := map[string]bool{}
	for _, l := range catalogue.Layers() {
		for _, style := range l.Styles {
			if seen[style.ID] {
				continue
			}
			seen[style.ID] = true
			here := c.Base + "/styles/" + url.PathEscape(style.ID)
			told.Styles = append(told.Styles, entry{style.ID, style.Title, append(sheets(here, true),
				api.Link{Href: here + "/map", Rel: relMap, Type: s.picture, Title: "A map of the first collection in this style; collections= chooses others"})})
		}
	}
	return c.Document("Styles", told)
}

// sheets are the links to a style's forms.
func sheets(here string, described bool) []api.Link {
	links := []api.Link{
		{Href: here + "?f=json", Rel: "stylesheet", Type: api.TypeJSON, Title: "The style as JSON"},
		{Href: here + "?f=sld", Rel: "stylesheet", Type: sld.Type, Title: "The style as SLD"},
	}
	if described {
		links = append(links, api.Link{Href: here + "/metadata?f=json", Rel: "describedby", Type: api.TypeJSON, Title: "What the style is for"})
	}
	return links
}

// ofCollection lists a collection's styles, with links to maps, tiles and legends in each.
func (s *service) ofCollection(c *api.Call) error {
	catalogue, release := s.hold()
	defer release()
	l, err := catalogue.Layer(c.Path("collectionId"))
	if err != nil {
		return err
	}
	told := list{Links: c.Self("/collections/" + url.PathEscape(l.Name) + "/styles"), Styles: []entry{}, Default: l.Styles[0].ID}
	for _, style := range l.Styles {
		told.Styles = append(told.Styles, entry{style.ID, style.Title, s.uses(c.Base, l, style)})
	}
	return c.Document("Styles of "+l.Title, told)
}

// uses are the links of a style as a collection has it.
func (s *service) uses(base string, l *layers.Layer, style *styles.Style) []api.Link {
	here := pathOf(base, l) + "/styles/" + url.PathEscape(style.ID)
	return append(sheets(here, false),
		api.Link{Href: here + "/map", Rel: relMap, Type: s.picture, Title: "A map in this style"},
		api.Link{Href: here + "/map/tiles", Rel: relTilesets, Type: api.TypeJSON, Title: "Tilesets in this style"},
		api.Link{Href: ogc.LegendURL(base, "1.3.0", l.Name, style.ID, s.picture), Rel: relLegend, Type: s.picture, Title: "The legend"},
	)
}

// find is the style of the path, and the collections that have it; with a collection in the path that one alone.
func (s *service) find(c *api.Call) (style *styles.Style, of []*layers.Layer, err error) {
	catalogue, release := s.hold()
	defer release()
	id := c.Path("styleId")
	if name := c.Path("collectionId"); name != "" {
		l, err := catalogue.Layer(name)
		if err != nil {
			return nil, nil, err
		}
		style, err = l.Style(id)
		return style, []*layers.Layer{l}, err
	}
	for _, l := range catalogue.Layers() {
		for _, one := range l.Styles {
			if one.ID == id {
				if style == nil {
					style = one
				}
				of = append(of, l)
			}
		}
	}
	if style == nil {
		return nil, nil, &ogc.Fault{Status: http.StatusNotFound, Code: ogc.StyleNotDefined, Locator: "styles", Text: "there is no style " + strconv.Quote(id)}
	}
	return style, of, nil
}

// one answers a style, in one of its forms.
func (s *service) one(c *api.Call) error {
	style, of, err := s.find(c)
	if err != nil {
		return err
	}
	form, err := c.Choose(forms, formNames)
	if err != nil {
		return err
	}
	if form == sld.Type {
		c.Bytes(sld.Type, sld.Write(of[0].Name, style, of[0].Element.Unit))
		return nil
	}
	sheet := sheetOf(style)
	if c.Path("collectionId") != "" {
		sheet.Links = append(c.Self("/collections/"+url.PathEscape(of[0].Name)+"/styles/"+url.PathEscape(style.ID)), s.uses(c.Base, of[0], style)...)
	} else {
		here := "/styles/" + url.PathEscape(style.ID)
		sheet.Links = append(c.Self(here), sheets(c.Base+here, true)...)
	}
	return c.Document(style.Title, sheet)
}

// metadata answers what a style is for (20-009, 7.4).
func (s *service) metadata(c *api.Call) error {
	style, of, err := s.find(c)
	if err != nil {
		return err
	}
	here := "/styles/" + url.PathEscape(style.ID)
	told := described{ID: style.ID, Title: style.Title, Description: style.Abstract, Scope: "style", Links: c.Self(here + "/metadata")}
	for _, f := range []struct{ title, version, mediaType, name, specification string }{
		{"JSON", "1.0", api.TypeJSON, "json", c.Base + "/api"}, {"OGC SLD", "1.1", sld.Type, "sld", "https://www.ogc.org/standards/sld"},
	} {
		told.Sheets = append(told.Sheets, stylesheet{f.title, f.version, f.specification, f.name == "json",
			api.Link{Href: c.Base + here + "?f=" + f.name, Rel: "stylesheet", Type: f.mediaType, Title: f.title}})
	}
	for _, l := range of {
		told.Layers = append(told.Layers, usedBy{l.Name, "raster", api.Link{Href: pathOf(c.Base, l), Rel: "start", Type: api.TypeJSON, Title: l.Title}})
	}
	return c.Document(style.Title, told)
}

// Package maps speaks OGC API - Maps 1.0 (OGC 20-058).
package maps

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/styles"
)

// relMap is the relation of a link to a map.
const relMap = "http://www.opengis.net/def/rel/ogc/1.0/map"

// service makes the part.
type service struct {
	answers  ogc.Answers
	hold     ogc.Hold
	about    ogc.About
	pictures api.Pictures
}

// Part is maps of collections, of several at once, and in one of their styles.
func Part(answers ogc.Answers, hold ogc.Hold, about ogc.About, pictures api.Pictures) api.Part {
	s := &service{answers, hold, about.Complete(), pictures}
	params := []api.Param{
		api.BoxParam, api.BoxCRS, api.Crs, api.DateTime, api.Subset, subsetCRS, centre, centreCRS,
		api.WholeParam("width", "Width in pixels", s.about.MaxWidth), api.WholeParam("height", "Height in pixels", s.about.MaxHeight),
		scale, pixel, api.BGColor, api.Transparent,
	}
	types := pictures.Types()
	return api.Part{
		Conformance: conformance(),
		Landing: func(base string) []api.Link {
			return []api.Link{{Href: base + "/map", Rel: relMap, Type: types[0], Title: "A map of the first collection; collections= chooses others"}}
		},
		Describe: func(base string, of ogc.Collection, into *api.CollectionInfo) {
			l := of.Layers[0] // a model shows the first
			into.Links = append(into.Links,
				api.Link{Href: api.CollectionURL(base, of.ID) + "/map", Rel: relMap, Type: types[0], Title: "A map"},
				api.Link{Href: ogc.LegendURL(base, "1.3.0", l.Name, l.Styles[0].ID, types[0]), Rel: "http://www.opengis.net/def/rel/ogc/1.0/legend", Type: types[0], Title: "The map's legend"})
		},
		Operations: []api.Operation{
			{Path: "/map", ID: "maps.dataset.getMap", Summary: "A map of one or more collections", Tag: "Maps", Types: types,
				Params: append([]api.Param{api.CollectionsParam}, params...), Handle: s.dataset},
			{Path: "/styles/{styleId}/map", ID: "maps.dataset.style.getMap", Summary: "A map of one or more collections in a style", Tag: "Maps", Types: types,
				Params: append([]api.Param{api.CollectionsParam}, params...), Handle: s.dataset},
			{Path: "/collections/{collectionId}/map", ID: "maps.collection.getMap", Summary: "A map of a collection", Tag: "Maps", Types: types, Params: params, Handle: s.collection},
			{Path: "/collections/{collectionId}/styles/{styleId}/map", ID: "maps.collection.style.getMap", Summary: "A map of a collection in one of its styles", Tag: "Maps",
				Types: types, Params: params, Handle: s.collection},
		},
	}
}

// conformance lists the classes by http and by https: the standard prints one, its tests look for the other.
func conformance() (uris []string) {
	for _, name := range []string{"core", "background", "collections-selection", "scaling", "display-resolution", "spatial-subsetting", "datetime", "general-subsetting", "crs",
		"collection-map", "dataset-map", "styled-map", "png", "jpeg", "api-operations", "cors"} {
		uris = append(uris, "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/"+name, "https://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/"+name)
	}
	return uris
}

// collection draws one collection.
func (s *service) collection(c *api.Call) error {
	return s.draw(c, []string{c.Mapped(s.hold)}, c.Path("styleId"))
}

// dataset draws the collections that are named, or the first there is; in a style, the first that has it.
func (s *service) dataset(c *api.Call) error {
	style := c.Path("styleId")
	if style != "" && c.Query.Get("collections") == "" {
		name, err := s.offering(style)
		if err != nil {
			return err
		}
		return s.draw(c, []string{name}, style)
	}
	names, err := c.Collections(s.hold, s.about.LayerLimit)
	if err != nil {
		return err
	}
	return s.draw(c, names, style)
}

// offering is the first collection that has a style.
func (s *service) offering(style string) (string, error) {
	catalogue, release := s.hold()
	defer release()
	for _, l := range catalogue.Layers() {
		if slices.ContainsFunc(l.Styles, func(one *styles.Style) bool { return one.ID == style }) {
			return l.Name, nil
		}
	}
	return "", &ogc.Fault{Status: http.StatusNotFound, Code: ogc.StyleNotDefined, Locator: "styles", Text: "there is no style " + strconv.Quote(style)}
}

// draw makes the map.
func (s *service) draw(c *api.Call, names []string, style string) error {
	format, err := s.pictures.Choose(c)
	if err != nil {
		return err
	}
	selection, axes, err := c.Selection()
	if err != nil {
		return err
	}
	extent, err := s.extent(names)
	if err != nil {
		return err
	}
	limited := *s
	limited.about.MaxWidth, limited.about.MaxHeight = s.about.Size(names...)
	view, err := limited.view(c, axes, extent)
	if err != nil {
		return err
	}
	m := answer.MapRequest{View: view, Format: format.Type}
	if m.Background, m.Transparent, err = c.Ground(format); err != nil {
		return err
	}
	for _, name := range names {
		m.Layers = append(m.Layers, answer.LayerChoice{Name: name, Style: style, Selection: selection})
	}
	a, err := s.answers.Map(c.Context(), m)
	if err != nil {
		return err
	}
	tell(c, view)
	c.TellTime(s.hold, names[0], selection)
	c.Pin(s.hold, a, m.Layers, format)
	return ogc.Send(c.ResponseWriter, c.Request, a)
}

// extent is the box of degrees around layers.
func (s *service) extent(names []string) (box geo.Box, err error) {
	catalogue, release := s.hold()
	defer release()
	for i, name := range names {
		l, err := catalogue.Layer(name)
		if err != nil {
			return box, err
		}
		b := ogc.Geographic(l.Extent)
		if i == 0 {
			box = b
		}
		box = geo.Box{min(box[0], b[0]), min(box[1], b[1]), max(box[2], b[2]), max(box[3], b[3])}
	}
	return box, nil
}

// tell says what the map shows (OGC API Maps 1.0, 7.2.2): in the order of the system's axes.
func tell(c *api.Call, v geo.View) {
	b := v.Box
	if v.Ref.NorthFirst {
		b = geo.Box{b[1], b[0], b[3], b[2]}
	}
	words := make([]string, len(b))
	for i, n := range b {
		words[i] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	c.Header().Set("Content-Bbox", strings.Join(words, ","))
	api.TellCRS(c.Header(), v.Ref)
}

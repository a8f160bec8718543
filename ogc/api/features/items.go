package features

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"isobar/feature"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

var itemNames = map[string]string{"json": typeGeoJSON, "geojson": typeGeoJSON, "geo+json": typeGeoJSON, "html": api.TypeHTML, "csv": typeCSV, "application/json": typeGeoJSON}

// items answers a page of features (OGC 17-069r4 7.15).
func (s *service) items(c *api.Call) error {
	found, about, err := s.opened(c)
	if err != nil {
		return err
	}
	mediaType, err := c.Choose([]string{typeGeoJSON, api.TypeJSON, api.TypeHTML, typeCSV}, itemNames)
	if err != nil {
		return err
	}
	a, err := ask(c, about)
	if err != nil {
		return err
	}
	page, err := a.page(c, found)
	if err != nil {
		return err
	}
	if err := a.check(about, page); err != nil {
		return err
	}
	links := pageLinks(c, about.ID, mediaType, a.query, page)
	c.Header().Set("Cache-Control", "no-cache")
	tellCRS(c, a.ref)
	for _, l := range links {
		if l.Rel == "next" || l.Rel == "prev" {
			c.Header().Add("Link", "<"+l.Href+`>; rel="`+l.Rel+`"; type="`+l.Type+`"`)
		}
	}
	switch mediaType {
	case api.TypeHTML:
		return sendTable(c, about, a, links, page)
	case typeCSV:
		return sendCSV(c, about, a, page)
	}
	return send(c, mediaType, a, links, page)
}

// tellCRS names the system, CRS84 too (OGC 18-058r1 6.4).
func tellCRS(c *api.Call, ref geo.Reference) { c.Header().Set("Content-Crs", "<"+api.URI(ref)+">") }

// check refuses properties that neither the collection nor a feature of the page has.
func (a asked) check(about feature.About, page feature.Page) error {
	for _, name := range a.properties {
		known := slices.ContainsFunc(about.Queryables, func(q feature.Queryable) bool { return q.Name == name }) ||
			slices.ContainsFunc(page.Features, func(f feature.Feature) bool { _, ok := f.Property(name); return ok })
		if !known {
			return ogc.Invalid("properties", "there is no property %q", ogc.Clip(name))
		}
	}
	return nil
}

// digits are the decimals of coordinates that were brought into metres (1 mm), and into degrees in another order (as they are).
func digits(ref geo.Reference) int {
	if ref.Degrees {
		return 0
	}
	return 3
}

// send writes GeoJSON as it is made.
func send(c *api.Call, mediaType string, a asked, links []api.Link, page feature.Page) error {
	members := []feature.Property{{Name: "timeStamp", Value: c.Now.UTC().Format(time.RFC3339)}}
	if page.Matched >= 0 {
		members = append(members, feature.Property{Name: "numberMatched", Value: page.Matched})
	}
	members = append(members, feature.Property{Name: "numberReturned", Value: len(page.Features)}, feature.Property{Name: "links", Value: links})
	c.Header().Set("Content-Type", mediaType)
	w := feature.NewWriter(c.ResponseWriter, feature.Form{Properties: a.properties, NoGeometry: a.noGeometry, Digits: digits(a.ref)}, members...)
	for i := range page.Features {
		f := page.Features[i]
		f.Geometry = a.geometry(f.Geometry)
		if w.Write(&f) != nil { // the client has left
			return nil
		}
	}
	_ = w.Close() // likewise
	return nil
}

// pageLinks lead to the page itself, its other forms, the collection, and the pages before and behind it.
func pageLinks(c *api.Call, collection, mediaType string, q feature.Query, page feature.Page) []api.Link {
	url := api.CollectionURL(c.Base, collection)
	links := []api.Link{}
	for _, form := range []struct{ mediaType, name, title string }{{typeGeoJSON, "json", "This page as GeoJSON"}, {api.TypeHTML, "html", "This page for people"}, {typeCSV, "csv", "This page as CSV"}} {
		rel := "alternate"
		if form.mediaType == mediaType || form.name == "json" && mediaType == api.TypeJSON {
			rel = "self"
		}
		links = append(links, api.Link{Href: url + "/items?" + with(c, "f", form.name), Rel: rel, Type: form.mediaType, Title: form.title})
	}
	slices.SortStableFunc(links, func(a, b api.Link) int { return strings.Compare(b.Rel, a.Rel) })
	links = append(links, api.Link{Href: url, Rel: "collection", Type: api.TypeJSON, Title: "The collection"})
	last := q.Offset + len(page.Features)
	if len(page.Features) > 0 && (page.Matched < 0 && len(page.Features) == q.Limit || last < page.Matched) {
		links = append(links, api.Link{Href: url + "/items?" + with(c, "offset", strconv.Itoa(last)), Rel: "next", Type: mediaType, Title: "The next page"})
	}
	if q.Offset > 0 {
		links = append(links, api.Link{Href: url + "/items?" + with(c, "offset", strconv.Itoa(max(0, q.Offset-q.Limit))), Rel: "prev", Type: mediaType, Title: "The page before"})
	}
	return links
}

// with is the request's query with one parameter changed.
func with(c *api.Call, name, value string) string {
	var parts []string
	for part := range strings.SplitSeq(c.URL.RawQuery, "&") {
		given, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(given); err == nil {
			given = plain
		}
		if part != "" && !strings.EqualFold(given, name) {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, name+"="+value), "&")
}

// item answers one feature (OGC 17-069r4 7.16).
func (s *service) item(c *api.Call) error {
	found, about, err := s.opened(c)
	if err != nil {
		return err
	}
	mediaType, err := c.Choose([]string{typeGeoJSON, api.TypeJSON, api.TypeHTML}, itemNames)
	if err != nil {
		return err
	}
	ref, err := system(c, about, "crs")
	if err != nil {
		return err
	}
	f, err := found.Feature(c.Context(), c.Path("featureId"))
	if err != nil {
		return explain(err)
	}
	etag := etagOf(&f)
	c.Header().Set("ETag", etag)
	c.Header().Set("Cache-Control", "no-cache")
	tellCRS(c, ref)
	if ogc.Has(c.Request, etag) {
		c.WriteHeader(304)
		return nil
	}
	self := itemURL(c.Base, about.ID, f.ID)
	links := []api.Link{
		{Href: self + "?" + with(c, "f", "json"), Rel: "self", Type: typeGeoJSON, Title: "This feature as GeoJSON"},
		{Href: self + "?" + with(c, "f", "html"), Rel: "alternate", Type: api.TypeHTML, Title: "This feature for people"},
		{Href: api.CollectionURL(c.Base, about.ID), Rel: "collection", Type: api.TypeJSON, Title: "The collection"},
	}
	f.Geometry = projected(f.Geometry, ref)
	if mediaType == api.TypeHTML {
		links[0].Rel, links[1].Rel = "alternate", "self"
		return sendFeature(c, about, &f, []api.Link{links[1], links[0], links[2]})
	}
	form := feature.Form{Digits: digits(ref), Members: func(*feature.Feature) []feature.Property { return []feature.Property{{Name: "links", Value: links}} }}
	ogc.Plain(c.ResponseWriter, mediaType, append(form.Append(nil, &f), '\n'))
	return nil
}

// itemURL is where a feature is.
func itemURL(base, collection, id string) string {
	return api.CollectionURL(base, collection) + "/items/" + url.PathEscape(id)
}

// etagOf is a sum of all that a feature holds. It is weak, as the answer may be compressed on its way.
func etagOf(f *feature.Feature) string {
	sum := sha256.Sum256(feature.Form{}.Append(nil, f))
	return `W/"` + hex.EncodeToString(sum[:8]) + `"`
}

package edr

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/encode/geojson"
	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/places"
)

// How many places a list has.
const (
	mostPlaces  = 10_000
	usualPlaces = 1000
)

// mostAsked bounds the named places of one question.
const mostAsked = 100

// locations answers with the named places that lie on the parameters' grid, as EDR GeoJSON.
func (s *service) locations(c *api.Call, q *question) error {
	if _, err := c.Choose([]string{geoJSON, api.TypeJSON}, map[string]string{"geojson": geoJSON, "json": geoJSON}); err != nil {
		return err
	}
	p, err := q.readPage(c)
	if err != nil {
		return err
	}
	extent := geo.Box(boxOf(q.of.Layers))
	if len(q.layers) == 0 {
		return errNothing
	}
	names := q.names()
	when := whenOf(q)
	root := c.Base + c.URL.EscapedPath()
	for _, place := range s.places() {
		at := geo.LonLat{Lon: place.Lon, Lat: place.Lat}
		if !holds(extent, at) || p.box != nil && !holds(*p.box, at) {
			continue
		}
		properties := []feature.Property{
			{Name: "label", Value: place.Name}, {Name: "datetime", Value: when}, {Name: "parameter-name", Value: names},
			{Name: "edrqueryendpoint", Value: root + "/" + url.PathEscape(place.ID)},
		}
		if place.Country != "" {
			properties = append(properties, feature.Property{Name: "country", Value: place.Country})
		}
		if place.Kind != "" {
			properties = append(properties, feature.Property{Name: "kind", Value: place.Kind})
		}
		p.add(&feature.Feature{ID: place.ID, Geometry: geom.Point{at.Lon, at.Lat}, Properties: properties})
	}
	c.Bytes(geojson.Type, p.document(c))
	return nil
}

// places are all that have names.
func (s *service) places() []places.Place {
	if s.Places == nil {
		return nil
	}
	return s.Places.All()
}

// holds tells that a place lies in a box, in any turn.
func holds(b geo.Box, at geo.LonLat) bool {
	if at.Lat < b[1] || at.Lat > b[3] {
		return false
	}
	for _, turn := range []float64{-360, 0, 360} {
		if lon := at.Lon + turn; lon >= b[0] && lon <= b[2] {
			return true
		}
	}
	return false
}

// names are the parameters' names.
func (q *question) names() []any {
	names := make([]any, len(q.layers))
	for i, l := range q.layers {
		names[i] = fieldName(l)
	}
	return names
}

// whenOf is from the first to the last time that a question is of.
func whenOf(q *question) string {
	var first, last field.Time
	for _, l := range q.layers {
		if times := runTimes(l, q.run); len(times) > 0 {
			if first == 0 || times[0] < first {
				first = times[0]
			}
			last = max(last, times[len(times)-1])
		}
	}
	return first.String() + "/" + last.String()
}

// page is a part of a list of features, as it is written.
type page struct {
	box           *geo.Box // nil: there is none
	offset, limit int
	matched       int
	written       int
	text          []byte
}

// readPage reads which part of a list is wanted.
func (q *question) readPage(c *api.Call) (p page, err error) {
	if p.limit, p.offset, err = c.Part(usualPlaces, mostPlaces); err != nil {
		return p, err
	}
	ref := q.ref
	ref.NorthFirst = false // x is first in all systems
	box, ok, err := c.Box(ref)
	if ok {
		p.box = &box
	}
	return p, err
}

// add counts a feature, and writes it if it is in the page.
func (p *page) add(f *feature.Feature) {
	p.matched++
	if p.matched <= p.offset || p.written == p.limit {
		return
	}
	if p.written++; p.written > 1 {
		p.text = append(p.text, ',')
	}
	p.text = feature.Form{}.Append(p.text, f)
}

// document is the page as EDR GeoJSON.
func (p *page) document(c *api.Call) []byte {
	link := func(t []byte, href, rel string) []byte {
		return append(feature.AppendValue(append(t, `{"href":`...), href), `,"rel":"`+rel+`","type":"application/geo+json"}`...)
	}
	root := c.Base + c.URL.EscapedPath()
	t := append(append([]byte(`{"type":"FeatureCollection","features":[`), p.text...), `],"links":[`...)
	t = link(t, root, "self")
	if p.matched > p.offset+p.written && p.written > 0 {
		next := url.Values{}
		for name, values := range c.Query {
			next[name] = values
		}
		next.Set("offset", strconv.Itoa(p.offset+p.written))
		next.Set("limit", strconv.Itoa(p.limit))
		t = link(append(t, ','), root+"?"+next.Encode(), "next")
	}
	t = fmt.Appendf(t, `],"numberMatched":%d,"numberReturned":%d,"timeStamp":"%s"}`, p.matched, p.written, c.Now.UTC().Format("2006-01-02T15:04:05Z"))
	return append(t, '\n')
}

// location answers with values at named places, one or several with commas.
func (s *service) location(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	ids := strings.Split(c.Path("locationId"), ",")
	if len(ids) > mostAsked {
		return ogc.Invalid("locationId", "%d places are more than %d", len(ids), mostAsked)
	}
	at, names := make([]geo.LonLat, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		ok, place := false, places.Place{}
		if s.Places != nil {
			place, ok = s.Places.Named(strings.TrimSpace(id))
		}
		if !ok {
			return unknown("locationId", "there is no place %q", ogc.Clip(id))
		}
		at[i], names[i] = geo.LonLat{Lon: place.Lon, Lat: place.Lat}, place.Name
	}
	return s.at(c, q, "locations", at, names)
}

// unknown is the fault of what the path names and is not there.
func unknown(name, format string, args ...any) error {
	return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.InvalidParameterValue, Locator: name, Text: fmt.Sprintf(format, args...)}
}

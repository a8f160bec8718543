package watches

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"isobar/feature"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
	"isobar/watch"
)

// stream is a stream as clients write and read it.
type stream struct {
	ID            string            `json:"id,omitempty"`
	Title         string            `json:"title,omitempty"`
	Description   string            `json:"description,omitempty"`
	Owner         string            `json:"owner,omitempty"`
	Layers        []string          `json:"layers"`
	Levels        []float64         `json:"levels,omitempty"`
	Interpolation string            `json:"interpolation,omitempty"`
	Units         map[string]string `json:"units,omitempty"`
	Bearing       string            `json:"bearingProperty,omitempty"`
	Keep          float64           `json:"keep,omitempty"`     // hours
	Features      json.RawMessage   `json:"features,omitempty"` // GeoJSON, or a collection's identity

	Count   int        `json:"numberOfFeatures,omitempty"`
	Created *time.Time `json:"created,omitempty"`
	Links   []api.Link `json:"links,omitempty"`
}

var spaces = []string{"", "nearest", "bilinear"}

// told is a stream for clients; whole: with its places.
func told(base string, d watch.Stream, whole bool) (stream, error) {
	t := stream{
		ID: d.ID, Title: d.Title, Description: d.Description, Owner: d.Owner, Layers: d.Layers, Levels: d.Levels, Units: d.Units, Bearing: d.Bearing, Keep: hours(d.Keep),
		Count: len(d.Features), Created: &d.Created,
	}
	if int(d.Space) < len(spaces) {
		t.Interpolation = spaces[d.Space]
	}
	at := base + "/streams/" + url.PathEscape(d.ID)
	t.Links = []api.Link{
		{Href: at, Rel: "self", Type: api.TypeJSON, Title: "This stream"}, {Href: at + "/series", Rel: "http://isobar.org/rel/series", Type: typeGeoJSON, Title: "What it has kept, by place"},
		{Href: api.CollectionURL(base, d.ID), Rel: "collection", Type: api.TypeJSON, Title: "What it has kept, as a collection of features"},
	}
	var err error
	if whole {
		t.Features, err = written(d.Features)
	}
	return t, err
}

// readStream reads the stream that is sent.
func (s *service) readStream(c *api.Call) (d watch.Stream, err error) {
	if err := s.allowed(c); err != nil {
		return d, err
	}
	var t stream
	if err := read(c, &t); err != nil {
		return d, err
	}
	d = watch.Stream{
		ID: t.ID, Title: t.Title, Description: t.Description, Owner: t.Owner, Layers: t.Layers, Levels: t.Levels, Units: t.Units, Bearing: t.Bearing, Keep: duration(t.Keep),
	}
	switch strings.ToLower(t.Interpolation) {
	case "":
	case "nearest":
		d.Space = probe.Nearest
	case "bilinear":
		d.Space = probe.Bilinear
	default:
		return d, ogc.Invalid("interpolation", "interpolation is nearest or bilinear")
	}
	d.Features, err = s.places(c, t.Features)
	for i := range d.Features { // who sends none means their order
		if d.Features[i].ID == "" {
			d.Features[i].ID = strconv.Itoa(i + 1)
		}
	}
	return d, err
}

func (s *service) streams(c *api.Call) error {
	list, err := s.Streams.List(c.Context())
	if err != nil {
		return err
	}
	all, t := []stream{}, api.Table{Note: "Places whose values are worked out as data arrive", Head: []string{"Stream", "Title", "Layers", "Places"}}
	for _, d := range list {
		one, err := told(c.Base, d, false)
		if err != nil {
			return err
		}
		all = append(all, one)
		t.Rows = append(t.Rows, []api.Cell{{Text: d.ID, Link: api.CollectionURL(c.Base, d.ID) + "?f=html"}, {Text: d.Title}, {Text: strings.Join(d.Layers, " ")}, {Text: strconv.Itoa(one.Count)}})
	}
	return listed(c, "Streams", map[string]any{"streams": all, "links": c.Self("/streams")}, t)
}

func (s *service) stream(c *api.Call) error {
	d, err := s.Streams.Get(c.Context(), c.Path("streamId"))
	if err != nil {
		return explain(err)
	}
	return s.tellStream(c, http.StatusOK, d)
}

func (s *service) tellStream(c *api.Call, status int, d watch.Stream) error {
	t, err := told(c.Base, d, true)
	if err != nil {
		return err
	}
	return live(c, status, t)
}

func (s *service) createStream(c *api.Call) error {
	d, err := s.readStream(c)
	if err != nil {
		return err
	}
	if err := s.free(c.Context(), d.ID); err != nil {
		return explain(err)
	}
	if d, err = s.Streams.Create(c.Context(), d); err != nil {
		return explain(err)
	}
	c.Header().Set("Location", c.Base+"/streams/"+url.PathEscape(d.ID))
	return s.tellStream(c, http.StatusCreated, d)
}

// free tells whether no collection of features has the identity of a new stream, whose collection it would hide or be hidden by.
func (s *service) free(ctx context.Context, id string) error {
	for _, catalogue := range s.Features {
		switch _, err := catalogue.Collection(ctx, id); {
		case err == nil:
			return fmt.Errorf("collection %.80q: %w", id, feature.ErrExists)
		case !errors.Is(err, feature.ErrNotFound):
			return err
		}
	}
	return nil
}

func (s *service) replaceStream(c *api.Call) error {
	d, err := s.readStream(c)
	if err != nil {
		return err
	}
	if id := c.Path("streamId"); d.ID == "" || d.ID == id {
		d.ID = id
	} else {
		return ogc.Invalid("id", "the stream is %.80q, the path %.80q", d.ID, id)
	}
	if d, err = s.Streams.Replace(c.Context(), d); err != nil {
		return explain(err)
	}
	return s.tellStream(c, http.StatusOK, d)
}

func (s *service) removeStream(c *api.Call) error {
	if err := s.allowed(c); err != nil {
		return err
	}
	if err := s.Streams.Delete(c.Context(), c.Path("streamId")); err != nil {
		return explain(err)
	}
	c.WriteHeader(http.StatusNoContent)
	return nil
}

// The bounds of a page of series.
const (
	usualPlaces = 1000
	mostPlaces  = 20_000
)

func seriesParams() []api.Param {
	limit := api.WholeParam("limit", "How many places at most", mostPlaces)
	limit.Schema["default"] = usualPlaces
	return []api.Param{
		api.BoxParam, limit, {Name: "offset", Description: "How many places are passed over", Schema: map[string]any{"type": "integer", "minimum": 0, "default": 0}},
		{Name: "datetime", Description: "Times: an instant, or an interval; .. is an open end", Schema: map[string]any{"type": "string"}},
		api.TextParam("ids", "Identities of places, with commas"),
	}
}

// series answers what a stream has kept, by place.
func (s *service) series(c *api.Call) error {
	var q feature.Query
	var err error
	if q.Limit, err = c.Query.Whole("limit", usualPlaces, 1, mostPlaces); err != nil {
		return err
	}
	if q.Offset, err = c.Query.Whole("offset", 0, 0, 1<<31-1); err != nil {
		return err
	}
	q.IDs = c.Query.List("ids")
	ref, err := geo.Lookup("CRS:84")
	if err != nil {
		return err
	}
	box, ok, err := c.Box(ref)
	if err != nil {
		return err
	}
	if ok {
		q.Box = &box
	}
	if q.Time, err = interval(c); err != nil {
		return err
	}
	page, err := s.Streams.Series(c.Context(), c.Path("streamId"), q)
	if err != nil {
		return explain(err)
	}
	c.Header().Set("Content-Type", typeGeoJSON)
	c.Header().Set("Cache-Control", "no-store")
	w := feature.NewWriter(c.ResponseWriter, feature.Form{})
	for i := range page.Features {
		if w.Write(&page.Features[i]) != nil {
			return nil // the client has left
		}
	}
	_ = w.Close(feature.Property{Name: "numberMatched", Value: page.Matched}, feature.Property{Name: "numberReturned", Value: len(page.Features)})
	return nil
}

// interval reads datetime.
func interval(c *api.Call) (*feature.Interval, error) {
	text := c.Query.Get("datetime")
	if text == "" {
		return nil, nil
	}
	from, to, ranged := strings.Cut(text, "/")
	if !ranged {
		to = from
	}
	ends := [2]layers.TimeChoice{}
	for i, end := range []string{from, to} {
		if ranged && (end == "" || end == "..") {
			ends[i] = layers.TimeChoice{Start: feature.Earliest, End: feature.Latest}
			continue
		}
		var err error
		if ends[i], err = ogc.ParseTime(end, c.Now); err != nil {
			return nil, ogc.Invalid("datetime", "datetime: %.80q %v", end, err)
		}
	}
	return &feature.Interval{Start: ends[0].Start, End: ends[1].End}, nil
}

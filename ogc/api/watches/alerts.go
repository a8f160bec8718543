package watches

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"isobar/feature"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/watch"
)

// alert is an alert as clients write and read it.
type alert struct {
	ID          string             `json:"id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Owner       string             `json:"owner,omitempty"`
	Expression  string             `json:"expression"`
	Model       string             `json:"model,omitempty"`
	Levels      map[string]float64 `json:"levels,omitempty"`
	Clear       string             `json:"clear,omitempty"`
	Features    json.RawMessage    `json:"features,omitempty"` // GeoJSON, or a collection's identity
	Area        json.RawMessage    `json:"area,omitempty"`     // a geometry
	Start       float64            `json:"start"`              // hours from now
	End         float64            `json:"end,omitempty"`      // hours from now
	For         float64            `json:"for,omitempty"`      // hours
	Webhooks    []watch.Webhook    `json:"webhooks,omitempty"`
	Expires     *time.Time         `json:"expires,omitempty"`

	Created *time.Time   `json:"created,omitempty"`
	State   *watch.State `json:"state,omitempty"`
	Links   []api.Link   `json:"links,omitempty"`
}

// toldAlert is an alert for clients, with how it stands; whole: with its places. Who is told of it is for those who may change it, and
// what signs is for nobody.
func (s *service) toldAlert(c *api.Call, d watch.Alert, whole, trusted bool) (t alert, err error) {
	t = alert{
		ID: d.ID, Title: d.Title, Description: d.Description, Owner: d.Owner, Expression: d.Expression, Model: d.Model, Levels: d.Levels, Clear: d.Clear,
		Start: hours(d.Start), End: hours(d.End), For: hours(d.For), Created: &d.Created,
	}
	if !d.Expires.IsZero() {
		t.Expires = &d.Expires
	}
	for _, w := range d.Webhooks {
		if trusted {
			t.Webhooks = append(t.Webhooks, watch.Webhook{URL: w.URL})
		}
	}
	if whole && d.Area != nil {
		t.Area = feature.AppendGeometry(nil, d.Area)
	} else if whole {
		if t.Features, err = written(d.Features); err != nil {
			return t, err
		}
	}
	at := c.Base + "/alerts/" + url.PathEscape(d.ID)
	t.Links = []api.Link{
		{Href: at, Rel: "self", Type: api.TypeJSON, Title: "This alert"},
		{Href: c.Base + "/collections/" + watch.AlertsID + "/items/" + url.PathEscape(d.ID), Rel: "item", Type: typeGeoJSON, Title: "The alert as a feature"},
		{Href: c.Base + EventsPath + "?source=" + url.QueryEscape("/collections/"+watch.AlertsID+"/items/"+d.ID), Rel: "monitor", Type: "text/event-stream", Title: "When it fires and clears"},
	}
	state, err := s.Alerts.State(c.Context(), d.ID)
	if err != nil {
		return t, err
	}
	t.State = &state
	return t, nil
}

// readAlert reads the alert that is sent.
func (s *service) readAlert(c *api.Call) (d watch.Alert, err error) {
	if err := s.allowed(c); err != nil {
		return d, err
	}
	var t alert
	if err := read(c, &t); err != nil {
		return d, err
	}
	d = watch.Alert{
		ID: t.ID, Title: t.Title, Description: t.Description, Owner: t.Owner, Expression: t.Expression, Model: t.Model, Levels: t.Levels, Clear: t.Clear,
		Start: duration(t.Start), End: duration(t.End), For: duration(t.For), Webhooks: t.Webhooks,
	}
	if t.Expires != nil {
		d.Expires = *t.Expires
	}
	if len(t.Area) > 0 && string(t.Area) != "null" {
		if d.Area, err = feature.ReadGeometry(bytes.NewReader(t.Area), feature.DefaultLimits); err != nil {
			return d, ogc.Invalid("area", "%v", err)
		}
	}
	d.Features, err = s.places(c, t.Features)
	for i := range d.Features {
		if d.Features[i].ID == "" {
			d.Features[i].ID = strconv.Itoa(i + 1)
		}
	}
	return d, err
}

func (s *service) alerts(c *api.Call) error {
	list, err := s.Alerts.List(c.Context())
	if err != nil {
		return err
	}
	trusted := s.Authorize != nil && s.Authorize(c.Request) == nil
	all, t := []alert{}, api.Table{Note: "Conditions that are looked at as data arrive", Head: []string{"Alert", "Title", "Condition", "Active", "Fired"}}
	for _, d := range list {
		one, err := s.toldAlert(c, d, false, trusted)
		if err != nil {
			return explain(err)
		}
		all = append(all, one)
		t.Rows = append(t.Rows, []api.Cell{
			{Text: d.ID, Link: c.Base + "/collections/" + watch.AlertsID + "/items/" + url.PathEscape(d.ID) + "?f=html"}, {Text: d.Title}, {Text: d.Expression},
			{Text: strconv.FormatBool(one.State.Active)}, {Text: strconv.Itoa(one.State.Fired)},
		})
	}
	return listed(c, "Alerts", map[string]any{"alerts": all, "links": c.Self("/alerts")}, t)
}

func (s *service) alert(c *api.Call) error {
	d, err := s.Alerts.Get(c.Context(), c.Path("alertId"))
	if err != nil {
		return explain(err)
	}
	return s.tellAlert(c, http.StatusOK, d, s.Authorize != nil && s.Authorize(c.Request) == nil)
}

func (s *service) tellAlert(c *api.Call, status int, d watch.Alert, trusted bool) error {
	t, err := s.toldAlert(c, d, true, trusted)
	if err != nil {
		return explain(err)
	}
	return live(c, status, t)
}

func (s *service) createAlert(c *api.Call) error {
	d, err := s.readAlert(c)
	if err != nil {
		return err
	}
	if d, err = s.Alerts.Create(c.Context(), d); err != nil {
		return explain(err)
	}
	c.Header().Set("Location", c.Base+"/alerts/"+url.PathEscape(d.ID))
	return s.tellAlert(c, http.StatusCreated, d, true)
}

func (s *service) replaceAlert(c *api.Call) error {
	d, err := s.readAlert(c)
	if err != nil {
		return err
	}
	if id := c.Path("alertId"); d.ID == "" || d.ID == id {
		d.ID = id
	} else {
		return ogc.Invalid("id", "the alert is %.80q, the path %.80q", d.ID, id)
	}
	if d, err = s.Alerts.Replace(c.Context(), d); err != nil {
		return explain(err)
	}
	return s.tellAlert(c, http.StatusOK, d, true)
}

func (s *service) removeAlert(c *api.Call) error {
	if err := s.allowed(c); err != nil {
		return err
	}
	if err := s.Alerts.Delete(c.Context(), c.Path("alertId")); err != nil {
		return explain(err)
	}
	c.WriteHeader(http.StatusNoContent)
	return nil
}

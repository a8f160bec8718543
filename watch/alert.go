package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-spatial/geom"

	"isobar/elements"
	"isobar/feature"
	"isobar/geo"
	"isobar/probe"
	"isobar/records"
)

// Alert is a condition that is looked at again when data arrive.
type Alert struct {
	ID, Title, Description, Owner string

	// Expression is the condition (elements.ParseExpression), over elements of Model or whole names of layers: "speed(u10, v10) > 15".
	Expression string
	Model      string
	Levels     map[string]float64 // by a name in the expression; others are at their layer's default
	// Clear is the condition that ends an alert, if it is to be another than that Expression is true nowhere: it must be true wherever
	// there are data ("speed(u10, v10) < 12").
	Clear string
	// Features are the points looked at, each with an identity; else Area, a Polygon or MultiPolygon: all cells in it.
	Features   []feature.Feature
	Area       geom.Geometry
	Start, End time.Duration // the window, from now on; both zero: the next 24 hours
	For        time.Duration // how long the condition must be true at one place, at all times that there are
	Webhooks   []Webhook
	Expires    time.Time // zero: never
	Created    time.Time
}

// Webhook is who is told when an alert fires and clears.
type Webhook struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"` // signs what is sent: webhook.Sign
}

// Bounds of alerts.
const (
	MaxCells    = 20_000 // of an area
	MaxWebhooks = 10
	usualWindow = 24 * time.Hour
	maxWindow   = 31 * 24 * time.Hour
)

// alertAtRest is an alert as it is kept.
type alertAtRest struct {
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Owner       string             `json:"owner,omitempty"`
	Expression  string             `json:"expression"`
	Model       string             `json:"model,omitempty"`
	Levels      map[string]float64 `json:"levels,omitempty"`
	Clear       string             `json:"clear,omitempty"`
	Features    json.RawMessage    `json:"features,omitempty"`
	Area        json.RawMessage    `json:"area,omitempty"`
	Start       int64              `json:"startSeconds"`
	End         int64              `json:"endSeconds"`
	For         int64              `json:"forSeconds,omitempty"`
	Webhooks    []Webhook          `json:"webhooks,omitempty"`
	Expires     time.Time          `json:"expires,omitzero"`
	Created     time.Time          `json:"created"`
}

// alert is a definition prepared. Immutable.
type alert struct {
	Alert
	version int64
	fires   *probe.Condition
	clears  *probe.Condition // nil: none of its own
	extreme measure
	at      []geo.LonLat
	region  probe.Region
	middle  geo.LonLat
}

func (a *alert) definition() Alert { return a.Alert }
func (a *alert) revision() int64   { return a.version }

// prepareAlert checks a definition.
func prepareAlert(d Alert) (*alert, error) {
	if err := checkTexts(d.ID, [2]string{"title", d.Title}, [2]string{"description", d.Description}, [2]string{"owner", d.Owner}, [2]string{"model", d.Model}); err != nil {
		return nil, err
	}
	if d.Start == 0 && d.End == 0 {
		d.End = usualWindow
	}
	a := &alert{Alert: d}
	var err error
	if a.fires, err = probe.ParseCondition(d.Expression); err != nil {
		return nil, wrong("expression", "%s", reason(err))
	}
	if d.Clear != "" {
		if a.clears, err = probe.ParseCondition(d.Clear); err != nil {
			return nil, wrong("clear", "%s", reason(err))
		}
	}
	a.extreme.expr, a.extreme.least = a.fires.Bounded()
	for name := range d.Levels {
		if !slices.Contains(a.fires.Names(), name) && (a.clears == nil || !slices.Contains(a.clears.Names(), name)) {
			return nil, wrong("levels."+name, "the expression does not name it")
		}
	}
	switch {
	case d.End < d.Start || d.Start < -maxWindow || d.End > maxWindow:
		return nil, wrong("window", "from %v to %v, within %v around now is wanted", d.Start, d.End, maxWindow)
	case d.For < 0 || d.For > d.End-d.Start:
		return nil, wrong("for", "%v is longer than the window", d.For)
	case len(d.Webhooks) > MaxWebhooks:
		return nil, wrong("webhooks", "%d are more than %d", len(d.Webhooks), MaxWebhooks)
	}
	return a, a.prepareWhere()
}

// reason is what is wrong, without the name of the parameter.
func reason(err error) string {
	var p *probe.ParameterError
	if errors.As(err, &p) {
		return p.Reason
	}
	return err.Error()
}

// prepareWhere checks the places, or the area.
func (a *alert) prepareWhere() (err error) {
	if (a.Area == nil) == (len(a.Features) == 0) {
		return wrong("features", "either points or an area is wanted")
	}
	if a.Area == nil {
		a.at, _, err = placesOf("features", a.Features)
		return err
	}
	var list []geom.Polygon
	switch g := feature.Flat(a.Area).(type) {
	case geom.Polygon:
		list = []geom.Polygon{g}
	case geom.MultiPolygon:
		for _, p := range g {
			list = append(list, p)
		}
	default:
		return wrong("area", "a Polygon or MultiPolygon is wanted")
	}
	if a.region, err = probe.Polygons(list...); err != nil {
		return wrong("area", "%s", reason(err))
	}
	middle, ok := feature.ShapeOf(a.Area).Middle()
	if !ok {
		return wrong("area", "it is empty")
	}
	a.middle = geo.LonLat{Lon: middle[0], Lat: middle[1]}
	return nil
}

// measure is the quantity that a condition bounds, and to which side it is worse.
type measure struct {
	expr  *elements.Expression // nil: there is none
	least bool                 // the least is the worst
}

// atRest writes a definition.
func (a *alert) atRest() (d records.Document, err error) {
	rest := alertAtRest{a.Title, a.Description, a.Owner, a.Expression, a.Model, a.Levels, a.Clear, nil, nil,
		int64(a.Start / time.Second), int64(a.End / time.Second), int64(a.For / time.Second), a.Webhooks, a.Expires, a.Created}
	if a.Area != nil {
		rest.Area = feature.AppendGeometry(nil, a.Area)
	} else if rest.Features, err = collection(a.Features); err != nil {
		return d, fmt.Errorf("alert %q: %w", a.ID, err)
	}
	if d.Body, err = json.Marshal(rest); err != nil {
		return d, fmt.Errorf("alert %q: %w", a.ID, err)
	}
	d.ID, d.Expires = a.ID, a.Expires
	return d, nil
}

// readAlert reads a definition.
func readAlert(d records.Document) (*alert, error) {
	fail := func(err error) (*alert, error) { return nil, fmt.Errorf("alert %q: %w", d.ID, err) }
	var r alertAtRest
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return fail(err)
	}
	def := Alert{
		ID: d.ID, Title: r.Title, Description: r.Description, Owner: r.Owner, Expression: r.Expression, Model: r.Model, Levels: r.Levels,
		Clear: r.Clear, Start: time.Duration(r.Start) * time.Second, End: time.Duration(r.End) * time.Second,
		For: time.Duration(r.For) * time.Second, Webhooks: r.Webhooks, Expires: r.Expires, Created: r.Created,
	}
	var err error
	if len(r.Area) > 0 {
		def.Area, err = feature.ReadGeometry(bytes.NewReader(r.Area), feature.DefaultLimits)
	} else {
		def.Features, err = feature.Read(bytes.NewReader(r.Features), feature.DefaultLimits)
	}
	if err != nil {
		return fail(err)
	}
	a, err := prepareAlert(def)
	if err != nil {
		return fail(err)
	}
	a.version = d.Version
	return a, nil
}

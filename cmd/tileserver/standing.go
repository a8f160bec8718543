package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/go-spatial/geom"

	"isobar/events/webhook"
	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/probe"
	"isobar/watch"
)

// streamConfig is a probe stream that the configuration sets up.
type streamConfig struct {
	ID          string            `yaml:"id"`               // of the collection that it is
	Title       string            `yaml:"title"`            // for people
	Description string            `yaml:"description"`      // for people
	Features    string            `yaml:"features"`         // a GeoJSON file, or the identity of a collection of places: airports
	Layers      []string          `yaml:"layers"`           // whose values are kept: gfs-0p25.t2m
	Levels      []float64         `yaml:"levels"`           // of layers that have levels, Pa or m
	Units       map[string]string `yaml:"units"`            // by layer, instead of the element's own
	Space       string            `yaml:"interpolation"`    // nearest or bilinear; "": as is usual for the element
	Bearing     string            `yaml:"bearing_property"` // of the places, in degrees: directions are given relative to it, too
	Keep        time.Duration     `yaml:"keep"`             // how long what is past is kept
}

// alertConfig is an alert that the configuration sets up.
type alertConfig struct {
	ID          string             `yaml:"id"`          // of its feature in the collection of alerts
	Title       string             `yaml:"title"`       // for people
	Description string             `yaml:"description"` // for people
	Model       string             `yaml:"model"`       // whose elements the expression names
	Expression  string             `yaml:"expression"`  // the condition: ws10 > 20
	Clear       string             `yaml:"clear"`       // the condition that ends it; "": that the expression is true nowhere
	Levels      map[string]float64 `yaml:"levels"`      // by name in the expression, Pa or m
	Features    string             `yaml:"features"`    // where it looks: a GeoJSON file of points, or the identity of a collection of places
	Area        string             `yaml:"area"`        // or well-known text: POLYGON((-20 35,-5 35,-5 45,-20 45,-20 35))
	Start       time.Duration      `yaml:"start"`       // from when on it looks, from now
	End         time.Duration      `yaml:"end"`         // until when; both 0: the next day
	For         time.Duration      `yaml:"for"`         // how long the condition must be true at one place
	Webhooks    []alertHookConfig  `yaml:"webhooks"`    // who is told when it fires and clears
}

// alertHookConfig is one who is told of an alert by POST. Its host must be among the callbacks.
type alertHookConfig struct {
	URL    string `yaml:"url"`    // where it is told: https://hooks.example.org/x
	Secret string `yaml:"secret"` // signs what is sent; ${NAME} stands for a variable of the environment
}

// checkStanding tells what is wrong with the streams and alerts, as far as that can be known without places and forecasts.
func (c *config) checkStanding() error {
	streams, alerts := map[string]bool{}, map[string]bool{}
	for i, s := range c.Streams {
		switch _, err := s.space(); {
		case s.ID == "" || streams[s.ID]:
			return fmt.Errorf("streams[%d].id: %q, a name of its own is wanted", i, s.ID)
		case s.Features == "":
			return fmt.Errorf("streams[%d].features: none are named", i)
		case len(s.Layers) == 0:
			return fmt.Errorf("streams[%d].layers: none are named", i)
		case err != nil:
			return fmt.Errorf("streams[%d].interpolation: %w", i, err)
		}
		streams[s.ID] = true
	}
	for i, a := range c.Alerts {
		if a.ID == "" || alerts[a.ID] {
			return fmt.Errorf("alerts[%d].id: %q, a name of its own is wanted", i, a.ID)
		}
		alerts[a.ID] = true
		if (a.Features == "") == (a.Area == "") {
			return fmt.Errorf("alerts[%d].features: either features or an area is wanted", i)
		}
		if _, err := probe.ParseCondition(a.Expression); err != nil {
			return fmt.Errorf("alerts[%d].expression: %w", i, err)
		}
		if _, err := probe.ParseCondition(a.Clear); err != nil && a.Clear != "" {
			return fmt.Errorf("alerts[%d].clear: %w", i, err)
		}
		if _, err := a.shape(); err != nil {
			return fmt.Errorf("alerts[%d].area: %w", i, err)
		}
		for k, w := range a.Webhooks {
			if err := webhook.Hosts(c.Callbacks).Check(w.URL); err != nil {
				return fmt.Errorf("alerts[%d].webhooks[%d].url: %w (see callbacks)", i, k, err)
			}
		}
	}
	return nil
}

// space is how values between cells are made.
func (s streamConfig) space() (probe.Space, error) {
	switch s.Space {
	case "":
		return probe.Usual, nil
	case "nearest":
		return probe.Nearest, nil
	case "bilinear":
		return probe.Bilinear, nil
	}
	return probe.Usual, fmt.Errorf("%q is neither nearest nor bilinear", s.Space)
}

// shape is the area; nil if there is none.
func (a alertConfig) shape() (geom.Geometry, error) {
	if a.Area == "" {
		return nil, nil
	}
	return wkt.Parse(a.Area)
}

// ensure sets up the streams and alerts of the configuration: they are made, changed to what it says, or left as they are. What it does not
// name is left alone. Their forecasts need not be there yet.
func (h *house) ensure(ctx context.Context) error {
	for i, s := range h.conf.Streams {
		d := watch.Stream{
			ID: s.ID, Title: s.Title, Description: s.Description, Layers: s.Layers, Levels: s.Levels, Units: s.Units, Bearing: s.Bearing, Keep: s.Keep,
		}
		var err error
		if d.Space, err = s.space(); err == nil {
			if d.Features, err = h.placesOf(ctx, s.Features); err == nil {
				err = h.keeping.streams.Ensure(ctx, d)
			}
		}
		if err != nil {
			return fmt.Errorf("streams[%d]: %w", i, err)
		}
	}
	for i, a := range h.conf.Alerts {
		d := watch.Alert{
			ID: a.ID, Title: a.Title, Description: a.Description, Model: a.Model, Expression: a.Expression, Clear: a.Clear, Levels: a.Levels,
			Start: a.Start, End: a.End, For: a.For,
		}
		for _, w := range a.Webhooks {
			d.Webhooks = append(d.Webhooks, watch.Webhook{URL: w.URL, Secret: os.ExpandEnv(w.Secret)})
		}
		var err error
		if d.Area, err = a.shape(); err == nil && d.Area == nil {
			d.Features, err = h.placesOf(ctx, a.Features)
		}
		if err == nil {
			err = h.keeping.alerts.Ensure(ctx, d)
		}
		if err != nil {
			return fmt.Errorf("alerts[%d]: %w", i, err)
		}
	}
	return nil
}

// placesOf are the features of a collection, or of a file. Those without an identity are numbered.
func (h *house) placesOf(ctx context.Context, name string) ([]feature.Feature, error) {
	for _, c := range h.keeping.features {
		found, err := c.Collection(ctx, name)
		if errors.Is(err, feature.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page, err := found.Query(ctx, feature.Query{})
		return page.Features, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("features: %q is neither a collection nor a file: %w", name, err)
	}
	defer file.Close()
	list, err := feature.Read(file, feature.DefaultLimits)
	for i := range list {
		if list[i].ID == "" {
			list[i].ID = strconv.Itoa(i + 1)
		}
	}
	return list, err
}

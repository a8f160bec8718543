// Package wcs fetches fields one by one from a Web Coverage Service 2.0.1, as Meteo-France's portal has them.
package wcs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	URL      string            `yaml:"url"`      // of GetCoverage
	Coverage string            `yaml:"coverage"` // template of the coverage's ID; words are those of the elements' names
	Format   string            `yaml:"format"`   // "": the server's default, GeoTIFF
	Header   map[string]string `yaml:"header"`   // apikey: ${METEO_FRANCE_TOKEN}
	Axes     axes              `yaml:"axes"`
}

// axes are what the service calls its axes.
type axes struct {
	Lon  string `yaml:"lon"`
	Lat  string `yaml:"lat"`
	Time string `yaml:"time"`
}

type wcs struct {
	feed     models.Feed
	set      settings
	coverage source.Template
	header   http.Header
	client   *fetch.Client
}

// token is what a field is asked for by.
type token struct {
	id     string
	level  string // "height(2)"
	valid  field.Time
	bounds *[4]float64
}

// New makes the source of a feed. Elements are named by the words of the coverage's template and "level", the axis that their
// levels lie along ("height", "pressure"; none for the ground); "period" is how long sums reach back, "unit" what values are in.
func New(f models.Feed, client *fetch.Client) (source.Source, error) {
	s := &wcs{feed: f, client: client}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	if u, err := url.Parse(s.set.URL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("feed of %s: url: %q is no address", f.Model, s.set.URL)
	}
	var err error
	if s.coverage, err = source.ParseTemplate(s.set.Coverage, source.Words(f)...); err != nil {
		return nil, fmt.Errorf("feed of %s: coverage: %w", f.Model, err)
	}
	for _, w := range f.Elements {
		if w.Element == "" {
			return nil, fmt.Errorf("feed of %s: elements: a coverage holds no name: element is missing", f.Model)
		}
		if p := w.Names["period"]; p != "" {
			if _, err := time.ParseDuration(p); err != nil {
				return nil, fmt.Errorf("feed of %s: elements: %s: period: %w", f.Model, w.Element, err)
			}
		}
	}
	for _, d := range []struct {
		name  *string
		usual string
	}{{&s.set.Axes.Lon, "long"}, {&s.set.Axes.Lat, "lat"}, {&s.set.Axes.Time, "time"}} {
		if *d.name == "" {
			*d.name = d.usual
		}
	}
	s.header = source.Header(s.set.Header, os.Getenv)
	return s, nil
}

// Runs is unlisted: the schedule tells.
func (s *wcs) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// Items lists a run's fields.
func (s *wcs) Items(_ context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	for _, step := range source.Steps(s.feed.Schedule, run) {
		for _, w := range s.feed.Elements {
			if time.Duration(step)*time.Second < w.From {
				continue
			}
			levels := w.Levels
			if len(levels) == 0 {
				levels = []float64{0}
			}
			for _, level := range levels {
				items = append(items, s.item(run, step, w, level))
			}
		}
	}
	return items, true, nil
}

// item is one field. Pressures are Pa here and hPa there.
func (s *wcs) item(run field.Time, step field.Seconds, w models.Wanted, level float64) source.Item {
	period, _ := time.ParseDuration(w.Names["period"]) // checked
	t := token{id: s.coverage.Expand(run, step, w.Names) + suffix(period), valid: run + field.Time(step), bounds: s.feed.Area}
	id := source.StepID(step) + "/" + w.Element
	if axis := w.Names["level"]; axis != "" {
		there := level
		if axis == "pressure" {
			there /= 100
		}
		t.level = axis + "(" + strconv.FormatFloat(there, 'f', -1, 64) + ")"
		id += "-" + strconv.FormatFloat(level, 'f', -1, 64)
	}
	return source.Item{
		ID: id, Run: run, Steps: []field.Seconds{step}, Name: strings.ReplaceAll(id, "/", "-") + ".tif", From: fetch.Show(s.set.URL) + " " + t.id, Token: t,
		Says: &source.Says{Unit: w.Names["unit"], Key: field.Key{
			Model: s.feed.Model, Run: run, Element: w.Element, Level: field.Level{Value: level, To: level}, Valid: t.valid, Span: field.Seconds(period / time.Second),
		}},
	}
}

// suffix is how the portal names sums: _PT3H, _P1D.
func suffix(period time.Duration) string {
	switch {
	case period <= 0:
		return ""
	case period%(24*time.Hour) == 0:
		return fmt.Sprintf("_P%dD", period/(24*time.Hour))
	}
	return fmt.Sprintf("_PT%dH", period/time.Hour)
}

// Fetch writes the coverage. An exception report is an error that tells what it says.
func (s *wcs) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	t, ok := item.Token.(token)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	q := url.Values{"service": {"WCS"}, "version": {"2.0.1"}, "request": {"GetCoverage"}, "coverageid": {t.id}}
	if s.set.Format != "" {
		q.Set("format", s.set.Format)
	}
	subset := func(text string) { q.Add("subset", text) }
	subset(s.set.Axes.Time + "(" + t.valid.String() + ")")
	if b := t.bounds; b != nil {
		n := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		subset(s.set.Axes.Lon + "(" + n(b[0]) + "," + n(b[2]) + ")")
		subset(s.set.Axes.Lat + "(" + n(b[1]) + "," + n(b[3]) + ")")
	}
	if t.level != "" {
		subset(t.level)
	}
	joint := "?"
	if strings.Contains(s.set.URL, "?") {
		joint = "&"
	}
	_, err := s.client.Get(ctx, fetch.Request{Provider: s.feed.Provider, URL: s.set.URL + joint + q.Encode(), Header: s.header}, w)
	return err
}

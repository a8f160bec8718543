// Package nomads fetches chosen variables, levels and an area of NCEP's files through the filter of NOMADS.
package nomads

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// provider is whose rate holds where a feed does not say.
const provider = "nomads"

// settings are the keys of a feed's source.
type settings struct {
	URL  string `yaml:"url"`  // of the script: https://nomads.ncep.noaa.gov/cgi-bin/filter_gfs_0p25.pl
	Dir  string `yaml:"dir"`  // template: /gfs.{run:20060102}/{run:15}/atmos
	File string `yaml:"file"` // template: gfs.t{run:15}z.pgrb2.0p25.f{step:3}
}

type nomads struct {
	feed      models.Feed
	set       settings
	dir, file source.Template
	client    *fetch.Client
}

// New makes the source of a feed. Elements are named by "var" (TMP) and "lev" ("2 m above ground").
func New(f models.Feed, client *fetch.Client) (source.Source, error) {
	if f.Provider == "" {
		f.Provider = provider
	}
	s := &nomads{feed: f, client: client}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	if u, err := url.Parse(s.set.URL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("feed of %s: url: %q is no address", f.Model, s.set.URL)
	}
	var err error
	if s.dir, err = source.ParseTemplate(s.set.Dir); err != nil {
		return nil, fmt.Errorf("feed of %s: dir: %w", f.Model, err)
	}
	if s.file, err = source.ParseTemplate(s.set.File); err != nil {
		return nil, fmt.Errorf("feed of %s: file: %w", f.Model, err)
	}
	for _, w := range f.Elements {
		if w.Names["var"] == "" || w.Names["lev"] == "" {
			return nil, fmt.Errorf("feed of %s: elements: %q has no var, or no lev", f.Model, w.Element)
		}
	}
	if len(f.Elements) == 0 {
		return nil, fmt.Errorf("feed of %s: elements: none is wanted", f.Model)
	}
	return s, nil
}

// Runs is unlisted: the schedule tells.
func (s *nomads) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// Items lists a run's steps: one request each.
func (s *nomads) Items(_ context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	for _, step := range source.Steps(s.feed.Schedule, run) {
		q := s.query(run, step)
		if q == "" {
			continue
		}
		address := s.set.URL + "?" + q
		items = append(items, source.Item{
			ID: source.StepID(step), Run: run, Steps: []field.Seconds{step}, Name: s.file.Expand(run, step, nil), From: fetch.Show(address), Token: address,
		})
	}
	return items, true, nil
}

// query is the filter's; "" if nothing is wanted at the step. The filter joins every variable with every level: what comes too
// much is left out when it is read.
func (s *nomads) query(run field.Time, step field.Seconds) string {
	var variables, levels []string
	for _, names := range source.Named(s.feed, step) {
		variables = append(variables, "var_"+strings.TrimPrefix(names["var"], "var_")+"=on")
		levels = append(levels, "lev_"+url.QueryEscape(strings.ReplaceAll(strings.TrimPrefix(names["lev"], "lev_"), " ", "_"))+"=on")
	}
	if len(variables) == 0 {
		return ""
	}
	parts := []string{"dir=" + url.QueryEscape(s.dir.Expand(run, step, nil)), "file=" + url.QueryEscape(s.file.Expand(run, step, nil))}
	slices.Sort(variables)
	slices.Sort(levels)
	parts = append(append(parts, slices.Compact(variables)...), slices.Compact(levels)...)
	if a := s.feed.Area; a != nil {
		n := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		parts = append(parts, "subregion=", "leftlon="+n(a[0]), "rightlon="+n(a[2]), "toplat="+n(a[3]), "bottomlat="+n(a[1]))
	}
	return strings.Join(parts, "&")
}

// Fetch writes what the filter gives.
func (s *nomads) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	address, ok := item.Token.(string)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	_, err := s.client.Get(ctx, fetch.Request{Provider: s.feed.Provider, URL: address}, w)
	return err
}

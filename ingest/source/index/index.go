// Package index fetches chosen messages of GRIB files by byte ranges, as the file's index tells them: NOAA's .idx and ECMWF's .index.
package index

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	URL    string            `yaml:"url"`    // template of the file
	Index  string            `yaml:"index"`  // template of its index; "": the file's address and ".idx"
	Form   string            `yaml:"form"`   // "wgrib2" (the default) or "ecmwf"
	Header map[string]string `yaml:"header"` // ${NAME} stands for a variable of the environment
	Gap    int64             `yaml:"gap"`    // ranges that lie no farther apart are asked for as one; 0: 64 KiB
}

// maxIndex bounds an index: GFS' has 60 kB.
const maxIndex = 16 << 20

type index struct {
	feed       models.Feed
	set        settings
	url, index source.Template
	header     http.Header
	client     *fetch.Client
}

// New makes the source of a feed.
func New(f models.Feed, client *fetch.Client) (source.Source, error) {
	s := &index{feed: f, client: client}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	if s.set.URL == "" {
		return nil, fmt.Errorf("feed of %s: url: missing", f.Model)
	}
	if s.set.Index == "" {
		s.set.Index = s.set.URL + ".idx"
	}
	if s.set.Gap == 0 {
		s.set.Gap = 64 << 10
	}
	if s.set.Form == "" {
		s.set.Form = "wgrib2"
	}
	if s.set.Form != "wgrib2" && s.set.Form != "ecmwf" {
		return nil, fmt.Errorf("feed of %s: form: %q is not wgrib2 or ecmwf", f.Model, s.set.Form)
	}
	var err error
	if s.url, err = source.ParseTemplate(s.set.URL); err != nil {
		return nil, fmt.Errorf("feed of %s: url: %w", f.Model, err)
	}
	if s.index, err = source.ParseTemplate(s.set.Index); err != nil {
		return nil, fmt.Errorf("feed of %s: index: %w", f.Model, err)
	}
	if len(f.Elements) == 0 {
		return nil, fmt.Errorf("feed of %s: elements: none is wanted", f.Model)
	}
	s.header = source.Header(s.set.Header, os.Getenv)
	return s, nil
}

// Runs is unlisted: the schedule tells.
func (s *index) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// Items lists a run's steps.
func (s *index) Items(_ context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	for _, step := range source.Steps(s.feed.Schedule, run) {
		url := s.url.Expand(run, step, nil)
		items = append(items, source.Item{
			ID: fmt.Sprintf("f%03d", step/3600), Run: run, Steps: []field.Seconds{step}, Name: path.Base(url), From: fetch.Show(url), Token: step,
		})
	}
	return items, true, nil
}

// Fetch reads the index, and writes the messages that are wanted, in the order of the file.
func (s *index) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	step, ok := item.Token.(field.Seconds)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	var text bytes.Buffer
	q := fetch.Request{Provider: s.feed.Provider, URL: s.index.Expand(item.Run, step, nil), Header: s.header, Max: maxIndex}
	if _, err := s.client.Get(ctx, q, &text); err != nil {
		return err
	}
	parse := parseIDX
	if s.set.Form == "ecmwf" {
		parse = parseECMWF
	}
	entries, err := parse(text.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w: %w", fetch.Show(q.URL), source.ErrContent, err)
	}
	ranges := join(choose(entries, source.Named(s.feed, step)), s.set.Gap)
	if len(ranges) == 0 {
		return fmt.Errorf("%s: %w: it names none of the elements that are wanted", fetch.Show(q.URL), source.ErrContent)
	}
	q.URL, q.Max = s.url.Expand(item.Run, step, nil), 0
	for _, r := range ranges {
		if err := s.part(ctx, q, r, w); err != nil {
			return err
		}
	}
	return nil
}

// part fetches a joined range, and writes the messages in it that are wanted.
func (s *index) part(ctx context.Context, q fetch.Request, r joined, w io.Writer) error {
	q.From, q.To = r.from, r.to
	cut := &cutter{to: w, keep: r.parts, at: r.from}
	if _, err := s.client.Get(ctx, q, cut); err != nil {
		return err
	}
	return cut.check()
}

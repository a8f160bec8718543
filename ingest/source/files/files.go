// Package files fetches whole files from addresses that follow a pattern: one for a step, for a range of steps, or for an element at a step,
// packed or not. So come DWD's open data and Meteo-France's packages.
package files

import (
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	URL    string            `yaml:"url"`    // template; words are those of the elements' names, "range" of the ranges
	Packed string            `yaml:"packed"` // "bzip2", "gzip", or nothing
	Header map[string]string `yaml:"header"` // ${NAME} stands for a variable of the environment
	Ranges []stepRange       `yaml:"ranges"` // files that hold several steps

	Constants []string `yaml:"constants"` // templates of files that are the same in every run, as those of a grid's places: fetched once, first
}

// stepRange is a file's steps.
type stepRange struct {
	Name string `yaml:"name"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
	from field.Seconds
	to   field.Seconds
}

type files struct {
	feed   models.Feed
	url    source.Template
	always []source.Template
	set    settings
	header http.Header
	client *fetch.Client
}

// New makes the source of a feed.
func New(f models.Feed, client *fetch.Client) (source.Source, error) {
	s := &files{feed: f, client: client}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	var err error
	if s.url, err = source.ParseTemplate(s.set.URL, append(source.Words(f), "range")...); err != nil {
		return nil, fmt.Errorf("feed of %s: url: %w", f.Model, err)
	}
	if s.set.URL == "" {
		return nil, fmt.Errorf("feed of %s: url: missing", f.Model)
	}
	for _, text := range s.set.Constants {
		t, err := source.ParseTemplate(text)
		if err != nil {
			return nil, fmt.Errorf("feed of %s: constants: %w", f.Model, err)
		}
		s.always = append(s.always, t)
	}
	switch s.set.Packed {
	case "", "bzip2", "gzip":
	default:
		return nil, fmt.Errorf("feed of %s: packed: %q is not bzip2 or gzip", f.Model, s.set.Packed)
	}
	for i := range s.set.Ranges {
		if err := s.set.Ranges[i].parse(); err != nil {
			return nil, fmt.Errorf("feed of %s: ranges: %w", f.Model, err)
		}
	}
	s.header = source.Header(s.set.Header, os.Getenv)
	return s, nil
}

// parse reads the durations.
func (r *stepRange) parse() error {
	from, err := time.ParseDuration(r.From)
	if err != nil {
		return fmt.Errorf("%s: from: %w", r.Name, err)
	}
	to, err := time.ParseDuration(r.To)
	if err != nil {
		return fmt.Errorf("%s: to: %w", r.Name, err)
	}
	if to < from || r.Name == "" {
		return fmt.Errorf("%q from %s to %s", r.Name, r.From, r.To)
	}
	r.from, r.to = field.Seconds(from/time.Second), field.Seconds(to/time.Second)
	return nil
}

// Runs is unlisted: the schedule tells.
func (s *files) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// Items lists all files of a run.
func (s *files) Items(_ context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	steps := source.Steps(s.feed.Schedule, run)
	for i, t := range s.always {
		item := s.item(t, run, []field.Seconds{0}, nil, fmt.Sprintf("constant/%d", i))
		item.Steps, item.Once = nil, true
		items = append(items, item)
	}
	if len(s.set.Ranges) > 0 {
		for _, r := range s.set.Ranges {
			var within []field.Seconds
			for _, step := range steps {
				if step >= r.from && step <= r.to {
					within = append(within, step)
				}
			}
			if len(within) > 0 {
				items = append(items, s.item(s.url, run, within, map[string]string{"range": r.Name}, r.Name))
			}
		}
		return items, true, nil
	}
	for _, step := range steps {
		if !s.byElement() {
			items = append(items, s.item(s.url, run, []field.Seconds{step}, nil, source.StepID(step)))
			continue
		}
		for _, words := range source.Named(s.feed, step) {
			items = append(items, s.item(s.url, run, []field.Seconds{step}, words, source.StepID(step)+"/"+source.Label(words)))
		}
	}
	return items, true, nil
}

// byElement tells that the address names elements.
func (s *files) byElement() bool {
	for _, w := range source.Words(s.feed) {
		if s.url.Has(w) {
			return true
		}
	}
	return false
}

func (s *files) item(t source.Template, run field.Time, steps []field.Seconds, words map[string]string, id string) source.Item {
	url := t.Expand(run, steps[len(steps)-1], words)
	name := path.Base(strings.SplitN(url, "?", 2)[0])
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".bz2"), ".gz")
	return source.Item{ID: id, Run: run, Steps: steps, Name: cmp.Or(name, id), From: fetch.Show(url), Token: url}
}

// Fetch writes a file, unpacked.
func (s *files) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	url, ok := item.Token.(string)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	q := fetch.Request{Provider: s.feed.Provider, URL: url, Header: s.header}
	if s.set.Packed == "" {
		_, err := s.client.Get(ctx, q, w)
		return err
	}
	return source.Through(w, func(r io.Reader) (io.Reader, error) {
		if s.set.Packed == "bzip2" {
			return bzip2.NewReader(r), nil
		}
		return gzip.NewReader(r)
	}, func(packed io.Writer) error {
		_, err := s.client.Get(ctx, q, packed)
		return err
	})
}

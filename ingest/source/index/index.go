// Package index fetches chosen messages of GRIB files by byte ranges, as the file's index tells them: NOAA's .idx and ECMWF's .index.
package index

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"strings"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	URL    string            `yaml:"url"`    // template of the file; words are those of the elements' names: {member}
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
	words      []string // of the address: they tell files apart, the other names messages
	header     http.Header
	client     *fetch.Client
}

// token is a file, and what is wanted of it.
type token struct {
	url, index string
	wanted     []map[string]string
}

// New makes the source of a feed. Names of elements are those of the index; a value may have places, as "{minutes} min fcst".
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
	words := source.Words(f)
	var err error
	if s.url, err = source.ParseTemplate(s.set.URL, words...); err != nil {
		return nil, fmt.Errorf("feed of %s: url: %w", f.Model, err)
	}
	if s.index, err = source.ParseTemplate(s.set.Index, words...); err != nil {
		return nil, fmt.Errorf("feed of %s: index: %w", f.Model, err)
	}
	for _, w := range words {
		if s.url.Has(w) {
			s.words = append(s.words, w)
		}
	}
	if len(f.Elements) == 0 {
		return nil, fmt.Errorf("feed of %s: elements: none is wanted", f.Model)
	}
	for _, names := range source.Named(f, maxStep) {
		for name, value := range names {
			if _, err := source.ParseTemplate(value); err != nil {
				return nil, fmt.Errorf("feed of %s: elements: %s: %w", f.Model, name, err)
			}
		}
	}
	s.header = source.Header(s.set.Header, os.Getenv)
	return s, nil
}

// maxStep is beyond all steps: what is wanted there is wanted at some.
const maxStep = field.Seconds(1 << 32)

// Runs is unlisted: the schedule tells.
func (s *index) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// Items lists a run's steps, each as often as the words of the address have values.
func (s *index) Items(_ context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	for _, step := range source.Steps(s.feed.Schedule, run) {
		at := map[string]int{} // the file's words -> its item
		for _, names := range source.Named(s.feed, step) {
			file := map[string]string{}
			for _, w := range s.words {
				file[w] = names[w]
				delete(names, w)
			}
			for name, value := range names {
				if strings.Contains(value, "{") {
					t, err := source.ParseTemplate(value)
					if err != nil {
						return nil, false, err
					}
					names[name] = t.Expand(run, step, nil)
				}
			}
			label := source.Label(file)
			i, ok := at[label]
			if !ok {
				i = len(items)
				at[label] = i
				items = append(items, s.item(run, step, file, label))
			}
			t := items[i].Token.(*token)
			t.wanted = append(t.wanted, names)
		}
	}
	return items, true, nil
}

// item is a file of which nothing is wanted yet.
func (s *index) item(run field.Time, step field.Seconds, file map[string]string, label string) source.Item {
	t := &token{url: s.url.Expand(run, step, file), index: s.index.Expand(run, step, file)}
	id := source.StepID(step)
	if label != "" {
		id += "/" + label
	}
	return source.Item{ID: id, Run: run, Steps: []field.Seconds{step}, Name: path.Base(t.url), From: fetch.Show(t.url), Token: t}
}

// Fetch reads the index, and writes the messages that are wanted, in the order of the file.
func (s *index) Fetch(ctx context.Context, item source.Item, w io.Writer) (err error) {
	t, ok := item.Token.(*token)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	defer func() {
		if err != nil { // the index may be what is wrong
			s.client.Forget(t.index)
		}
	}()
	text, err := s.client.Small(ctx, fetch.Request{Provider: s.feed.Provider, URL: t.index, Header: s.header, Max: maxIndex})
	if err != nil {
		return err
	}
	parse := parseIDX
	if s.set.Form == "ecmwf" {
		parse = parseECMWF
	}
	entries, err := parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", fetch.Show(t.index), source.ErrContent, err)
	}
	chosen, all := choose(entries, t.wanted)
	q := fetch.Request{Provider: s.feed.Provider, URL: t.url, Header: maps.Clone(s.header)}
	if !all {
		if err := s.whole(ctx, q, entries); err != nil {
			return fmt.Errorf("%s: %w", fetch.Show(t.index), err)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("%s: %w: it names none of the elements that are wanted", fetch.Show(t.index), source.ErrContent)
	}
	for _, r := range join(chosen, s.set.Gap) {
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

// whole sees that the last message of an index ends where the file ends. An index that lacks something may have been cut short on its
// way, and does not show it.
func (s *index) whole(ctx context.Context, q fetch.Request, entries []entry) error {
	if len(entries) == 0 {
		return fmt.Errorf("%w: it is empty", source.ErrContent)
	}
	last := entries[len(entries)-1]
	var head bytes.Buffer
	q.From, q.To = last.from, last.from+16 // section 0 of GRIB
	r, err := s.client.Get(ctx, q, &head)
	if err != nil {
		return err
	}
	length := int64(0)
	switch b := head.Bytes(); {
	case string(b[:4]) == "GRIB" && b[7] == 2:
		length = int64(binary.BigEndian.Uint64(b[8:]))
	case string(b[:4]) == "GRIB" && b[7] == 1:
		length = int64(b[4])<<16 | int64(b[5])<<8 | int64(b[6])
	}
	if r.Size > 0 && last.from+length != r.Size {
		return fmt.Errorf("%w: its last message ends at byte %d, the file at %d", source.ErrContent, last.from+length, r.Size)
	}
	return nil
}

// Package object lists and fetches the objects of a bucket that speaks S3's protocol, without a key: public buckets, MinIO.
package object

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	URL    string `yaml:"url"`    // of the bucket: https://noaa-gfs-bdp-pds.s3.amazonaws.com
	Prefix string `yaml:"prefix"` // template of what a run's keys begin with
	Match  string `yaml:"match"`  // regular expression of the rest of the key; its group "step" is the step in hours; "": all
}

const (
	maxPages  = 100 // of a thousand objects
	maxAnswer = 8 << 20
)

type object struct {
	feed   models.Feed
	set    settings
	prefix source.Template
	match  *regexp.Regexp
	client *fetch.Client
}

// New makes the source of a feed.
func New(f models.Feed, client *fetch.Client) (source.Source, error) {
	s := &object{feed: f, client: client}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	if u, err := url.Parse(s.set.URL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("feed of %s: url: %q is no address", f.Model, s.set.URL)
	}
	s.set.URL = strings.TrimRight(s.set.URL, "/")
	var err error
	if s.prefix, err = source.ParseTemplate(s.set.Prefix); err != nil {
		return nil, fmt.Errorf("feed of %s: prefix: %w", f.Model, err)
	}
	if s.match, err = regexp.Compile("^(?:" + s.set.Match + ")$"); err != nil {
		return nil, fmt.Errorf("feed of %s: match: %w", f.Model, err)
	}
	if s.set.Match == "" {
		s.match = regexp.MustCompile("")
	}
	return s, nil
}

// Runs is unlisted: the schedule tells.
func (s *object) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }

// listing is an answer to ListObjectsV2.
type listing struct {
	IsTruncated           bool
	NextContinuationToken string
	Contents              []struct {
		Key  string
		Size int64
	}
}

// Items lists what is there of a run; it is never known to be all.
func (s *object) Items(ctx context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	prefix := s.prefix.Expand(run, 0, nil)
	q := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	for range maxPages {
		address := s.set.URL + "/?" + q.Encode()
		text, err := s.client.Small(ctx, fetch.Request{Provider: s.feed.Provider, URL: address, Max: maxAnswer})
		if err != nil {
			return nil, false, err
		}
		var page listing
		if err := xml.Unmarshal(text, &page); err != nil {
			s.client.Forget(address)
			return nil, false, fmt.Errorf("%s: %w: %w", s.set.URL, source.ErrContent, err)
		}
		for _, o := range page.Contents {
			if item, ok := s.item(run, prefix, o.Key, o.Size); ok {
				items = append(items, item)
			}
		}
		if !page.IsTruncated || page.NextContinuationToken == "" {
			break
		}
		q.Set("continuation-token", page.NextContinuationToken)
	}
	if len(items) == 0 {
		return nil, false, fmt.Errorf("%s/%s: %w", s.set.URL, prefix, source.ErrNotYet)
	}
	return items, false, nil
}

// item is an object whose key matches.
func (s *object) item(run field.Time, prefix, key string, size int64) (source.Item, bool) {
	rest, ok := strings.CutPrefix(key, prefix)
	m := s.match.FindStringSubmatch(rest)
	if !ok || m == nil || strings.HasSuffix(key, "/") {
		return source.Item{}, false
	}
	address := s.set.URL + "/" + (&url.URL{Path: key}).EscapedPath()
	item := source.Item{ID: rest, Run: run, Name: path.Base(key), From: address, Size: size, Token: address}
	if i := s.match.SubexpIndex("step"); i > 0 {
		hours, err := strconv.Atoi(m[i])
		if err != nil {
			return source.Item{}, false
		}
		item.Steps = []field.Seconds{field.Seconds(hours) * 3600}
	}
	return item, true
}

// Fetch writes an object.
func (s *object) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	address, ok := item.Token.(string)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	r, err := s.client.Get(ctx, fetch.Request{Provider: s.feed.Provider, URL: address}, w)
	if err == nil && item.Size > 0 && r.Bytes != item.Size {
		return fmt.Errorf("%s: %w: %d bytes, and %d were listed", address, source.ErrContent, r.Bytes, item.Size)
	}
	return err
}

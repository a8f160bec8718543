package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"isobar/events"
	"isobar/field"
	"isobar/ingest/archive"
	"isobar/ingest/claim"
	"isobar/ingest/fetch"
	"isobar/ingest/schedule"
	"isobar/ingest/source"
	"isobar/ingest/source/files"
	"isobar/ingest/source/index"
	"isobar/ingest/source/nomads"
	"isobar/ingest/source/object"
	"isobar/ingest/source/program"
	"isobar/ingest/source/wcs"
	"isobar/models"
	"isobar/store"
	"isobar/store/mongo"
)

// sources are the kinds of source that feeds name.
func sources(client *fetch.Client) map[string]func(models.Feed) (source.Source, error) {
	asking := func(open func(models.Feed, *fetch.Client) (source.Source, error)) func(models.Feed) (source.Source, error) {
		return func(f models.Feed) (source.Source, error) { return open(f, client) }
	}
	return map[string]func(models.Feed) (source.Source, error){
		"http": asking(files.New), "index": asking(index.New), "nomads": asking(nomads.New), "wcs": asking(wcs.New), "s3": asking(object.New),
		"exec": program.New,
	}
}

// feedsConfig is which models are kept coming, and how.
type feedsConfig struct {
	Models   []string              `yaml:"models"`   // IDs of models that have a feed
	Folder   string                `yaml:"folder"`   // where files wait and what was done is written down; "": in the data folder
	Parallel int                   `yaml:"parallel"` // files of one model fetched at once
	Rates    map[string]rateConfig `yaml:"rates"`    // by provider
	Blocked  time.Duration         `yaml:"blocked"`  // how long a provider that blocks us is left alone; 0: ten minutes
	Webhooks []webhookConfig       `yaml:"webhooks"` // who is told of steps and runs
}

// rateConfig is how a provider is treated.
type rateConfig struct {
	PerMinute int `yaml:"per_minute"` // requests
	Parallel  int `yaml:"parallel"`   // requests at the same time
}

// folder is where feeds work.
func (c *config) feedsFolder() string {
	if c.Feeds.Folder != "" {
		return c.Feeds.Folder
	}
	return filepath.Join(c.Data, "feeds")
}

// nameModels takes what --models was given: IDs, and folders of rows.
func (c *config) nameModels(names []string) {
	var ids []string
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.IsDir() && strings.ContainsAny(name, `./\`) {
			c.Rows.Models = name
			continue
		}
		ids = append(ids, name)
	}
	if len(ids) > 0 {
		c.Feeds.Models = ids
	}
}

// scheduler makes what keeps the configured models coming; nil if there are none.
func (c *config) scheduler(env *environment, known *models.Catalogue, intake schedule.Taker, fields store.Store, shared sharing, tell func(events.Event)) (*schedule.Scheduler, error) {
	if len(c.Feeds.Models) == 0 {
		return nil, nil
	}
	var feeds []models.Feed
	for _, id := range c.Feeds.Models {
		f, ok := feedOf(known, id)
		if !ok {
			names, hint := feedNames(known), ""
			if best := nearest(id, names); best != "" {
				hint = fmt.Sprintf(", did you mean %q?", best)
			}
			return nil, fmt.Errorf("feeds.models: no row says where %q is fetched%s; there are %s", id, hint, strings.Join(names, ", "))
		}
		feeds = append(feeds, f)
	}
	originals := archive.New(archive.Options{})
	for _, f := range feeds {
		if err := originals.Check(f.Archive); err != nil {
			return nil, fmt.Errorf("feed of %s: %w", f.Model, err)
		}
	}
	rates := map[string]fetch.Rate{}
	for name, r := range c.Feeds.Rates {
		rates[name] = fetch.Rate{PerMinute: r.PerMinute, Parallel: r.Parallel}
	}
	kinds := sources(fetch.New(fetch.Options{Rates: rates, Agent: "isobar/" + version(), Blocked: c.Feeds.Blocked, Folder: filepath.Join(c.feedsFolder(), "providers")}))
	return schedule.New(schedule.Options{
		Feeds: feeds, Intake: intake, Fields: fields, Folder: c.feedsFolder(), Parallel: c.Feeds.Parallel, Tell: tell, Log: env.log, Archive: originals.Keep, Size: c.runSize,
		Shared: shared,
		Source: func(f models.Feed) (source.Source, error) {
			open, ok := kinds[f.Kind]
			if !ok {
				return nil, fmt.Errorf("feed of %s: kind %q is not known", f.Model, f.Kind)
			}
			return open(f)
		},
	})
}

// feedOf is a model's feed; "gfs" means the first of its grids that has one.
func feedOf(known *models.Catalogue, id string) (models.Feed, bool) {
	if f, ok := known.Feed(id); ok {
		return f, true
	}
	for _, f := range known.Feeds() {
		if strings.HasPrefix(f.Model, id+"-") {
			return f, true
		}
	}
	return models.Feed{}, false
}

// sharing gives what processes on several machines have in common that work for forecasts; nil where those lie in a folder.
type sharing func(context.Context) (*claim.Shared, error)

// sharingOf is the sharing of a store of fields.
func sharingOf(fields store.Store) sharing {
	s, ok := fields.(*mongo.Store)
	if !ok {
		return nil
	}
	worker := ownHolder()
	return func(ctx context.Context) (*claim.Shared, error) {
		kept, err := s.Records(ctx)
		if err != nil {
			return nil, err
		}
		claims, err := s.Claims(ctx)
		if err != nil {
			return nil, err
		}
		return &claim.Shared{Claims: claims, Records: kept, Worker: worker}, nil
	}
}

// feedNames lists the models that have a feed.
func feedNames(known *models.Catalogue) (names []string) {
	for _, f := range known.Feeds() {
		names = append(names, f.Model)
	}
	slices.Sort(names)
	return names
}

// runSize is what a run takes on disk.
func (c *config) runSize(model string, run field.Time) (bytes int64, ok bool) {
	folder := filepath.Join(c.Data, "runs", model, run.UTC().Format("20060102T150405Z"))
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			bytes += info.Size()
		}
	}
	return bytes, err == nil
}

// keepComing runs the feeds until ctx ends, and tells what they, and those of other processes, do.
func (h *house) keepComing(ctx context.Context) error {
	h.metrics.MustRegister(feedMeters{h.statuses})
	group, ctx := errgroup.WithContext(ctx)
	if h.feeds != nil {
		group.Go(func() error { return h.feeds.Run(ctx) })
	}
	group.Go(func() error { return h.followOthers(ctx) })
	group.Go(func() error { return h.callWebhooks(ctx) })
	return group.Wait()
}

// statusPath tells how the feeds do, whichever process works for them.
const statusPath = "/status"

// statuses are those of all feeds that work in the data folder, or for the database.
func (h *house) statuses(ctx context.Context) ([]schedule.Status, error) {
	if h.shared != nil {
		if _, out := h.outage(); out {
			return nil, store.ErrUnavailable
		}
		s, err := h.shared(ctx)
		if err != nil {
			return nil, err
		}
		return schedule.ReadShared(ctx, s.Records)
	}
	all, err := schedule.Read(h.conf.feedsFolder())
	if errors.Is(err, fs.ErrNotExist) { // no feed has worked here
		err = nil
	}
	return all, err
}

// status answers with the state of all feeds that work in the data folder, or for the database.
func (h *house) status(c echo.Context) error {
	all, err := h.statuses(c.Request().Context())
	if err != nil {
		return err
	}
	if all == nil {
		all = []schedule.Status{}
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	c.Response().WriteHeader(http.StatusOK)
	return json.NewEncoder(c.Response()).Encode(map[string]any{"feeds": all})
}

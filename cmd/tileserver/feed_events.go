package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"isobar/events"
	"isobar/events/webhook"
	"isobar/field"
	"isobar/ingest/schedule"
	"isobar/records"
)

// webhookConfig is one who is told of steps and runs by POST, as CloudEvents. Its host must be among the callbacks.
type webhookConfig struct {
	URL    string   `yaml:"url"`    // that is called by POST
	Secret string   `yaml:"secret"` // that signs (Standard Webhooks 1.0); ${NAME} stands for a variable of the environment
	Types  []string `yaml:"types"`  // of events; none: steps, whole runs, failed runs
	Models []string `yaml:"models"` // IDs, with * and ?; none: all
}

// told are the events that webhooks are of, where they do not say.
var told = []string{events.StepPublished, events.RunComplete, events.RunFailed}

// checkWebhooks tells what is wrong with the webhooks.
func (c *config) checkWebhooks() error {
	for i, w := range c.Feeds.Webhooks {
		if err := webhook.Hosts(c.Callbacks).Check(w.URL); err != nil {
			return fmt.Errorf("feeds.webhooks[%d].url: %w (see callbacks)", i, err)
		}
		for _, t := range w.Types {
			if !slices.Contains(told, t) {
				return fmt.Errorf("feeds.webhooks[%d].types: %q is none of %v", i, t, told)
			}
		}
		for _, m := range w.Models {
			if _, err := path.Match(m, ""); err != nil {
				return fmt.Errorf("feeds.webhooks[%d].models: %q is no pattern such as gfs-*", i, m)
			}
		}
	}
	return nil
}

// wants tells that one is to be told of an event.
func (w webhookConfig) wants(e *events.Event) bool {
	types := w.Types
	if len(types) == 0 {
		types = told
	}
	return slices.Contains(types, e.Type) && (len(w.Models) == 0 || slices.ContainsFunc(w.Models, func(m string) bool {
		ok, err := path.Match("/collections/"+m, e.Source)
		return ok && err == nil
	}))
}

// callWebhooks gives events to the outbox until ctx ends: of all processes that share the records one does, as all of them see every event. Whoever
// has the role delivers; where another process has the records nobody is told.
func (h *house) callWebhooks(ctx context.Context) error {
	if len(h.conf.Feeds.Webhooks) == 0 || h.keeping.sender == nil || !h.conf.does(roleProbe) {
		return nil
	}
	return records.Hold(ctx, h.keeping.store, webhooksLease, h.keeping.holder, webhooksLife, h.passOn)
}

// The lease of the process that gives events to the outbox.
const (
	webhooksLease = "feed-webhooks"
	webhooksLife  = 6 * time.Second
)

// passOn gives events to the outbox, from now on.
func (h *house) passOn(ctx context.Context, _ int64) error {
	for reader := h.keeping.bus.Listen(""); ; {
		m, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		for _, w := range h.conf.Feeds.Webhooks {
			if !w.wants(&m.Event) {
				continue
			}
			if err := h.keeping.sender.SendEvent(ctx, w.URL, os.ExpandEnv(w.Secret), m.Event); err != nil && ctx.Err() == nil {
				h.log.Error("a webhook can't be kept for delivery", "url", w.URL, "error", err)
			}
		}
	}
}

// lookAtOthers is how often the feeds of other processes are looked at.
const lookAtOthers = time.Second

// followOthers tells of whole and failed runs of feeds that other processes work for, from what they write down. Steps are told as they
// appear in the catalogue, whoever published them.
func (h *house) followOthers(ctx context.Context) error {
	own := map[string]bool{}
	if h.feeds != nil && h.shared == nil { // runs that are shared may be completed by another
		for _, s := range h.feeds.Status() {
			own[s.Model] = true
		}
	}
	var known map[string]schedule.Status
	for tick := time.NewTicker(lookAtOthers); ; {
		if all, err := h.statuses(ctx); err == nil {
			known = h.tellOthers(known, all, own)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// tellOthers tells what has changed since the last look; at the first look nothing has.
func (h *house) tellOthers(known map[string]schedule.Status, all []schedule.Status, own map[string]bool) map[string]schedule.Status {
	now := map[string]schedule.Status{}
	for _, s := range all {
		now[s.Model] = s
		was := known[s.Model]
		if own[s.Model] || known == nil {
			continue
		}
		say := func(kind string, run field.Time, format string) {
			h.keeping.bus.Publish(events.Event{Type: kind, Source: "/collections/" + s.Model, Subject: run.String(), Data: fmt.Appendf(nil, format, run)})
		}
		if s.Complete != was.Complete && s.Complete != 0 {
			say(events.RunComplete, s.Complete, `{"run":%q}`)
		}
		if s.Failed != was.Failed && s.Failed != 0 {
			say(events.RunFailed, s.Failed, `{"run":%q,"reason":"incomplete"}`)
		}
	}
	return now
}

// feedMeters are the metrics of all feeds that work in a folder or for a database, of whichever process.
type feedMeters struct {
	statuses func(context.Context) ([]schedule.Status, error)
}

// readTime bounds how long it may take to find out how feeds do.
const readTime = 2 * time.Second

// The metrics of a feed.
var (
	feedAge      = prometheus.NewDesc("isobar_feed_age_seconds", "Time since the start of the newest run that has something published.", []string{"model"}, nil)
	feedWhole    = prometheus.NewDesc("isobar_feed_complete_age_seconds", "Time since the start of the newest complete run.", []string{"model"}, nil)
	feedLate     = prometheus.NewDesc("isobar_feed_late_seconds", "How long ago the next complete run was expected; 0: it is not late.", []string{"model"}, nil)
	feedFields   = prometheus.NewDesc("isobar_feed_fields_total", "Fields published.", []string{"model"}, nil)
	feedBytes    = prometheus.NewDesc("isobar_feed_bytes_total", "Bytes fetched.", []string{"model"}, nil)
	feedFailures = prometheus.NewDesc("isobar_feed_failures_total", "Files that could not be fetched, or were not what was asked for.", []string{"model"}, nil)
)

// Describe implements prometheus.Collector.
func (feedMeters) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{feedAge, feedWhole, feedLate, feedFields, feedBytes, feedFailures} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (m feedMeters) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	all, err := m.statuses(ctx)
	if err != nil {
		return // nobody knows
	}
	now := time.Now()
	for _, s := range all {
		gauge := func(d *prometheus.Desc, v float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, s.Model)
		}
		count := func(d *prometheus.Desc, v int64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), s.Model)
		}
		if s.PublishedRun != 0 {
			gauge(feedAge, now.Sub(s.PublishedRun.UTC()).Seconds())
		}
		if s.Complete != 0 {
			gauge(feedWhole, now.Sub(s.Complete.UTC()).Seconds())
		}
		gauge(feedLate, max(now.Sub(cmp.Or(s.Expected, now)).Seconds(), 0))
		count(feedFields, s.Fields)
		count(feedBytes, s.Bytes)
		count(feedFailures, s.Failures)
	}
}

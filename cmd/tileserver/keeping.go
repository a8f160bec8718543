package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"isobar/events"
	"isobar/events/webhook"
	"isobar/feature"
	"isobar/field"
	"isobar/jobs"
	"isobar/layers"
	"isobar/ogc/api"
	"isobar/ogc/api/processes"
	"isobar/ogc/api/watches"
	"isobar/places"
	"isobar/places/kept"
	"isobar/probe"
	"isobar/records"
	"isobar/records/bolt"
	"isobar/store"
	"isobar/watch"
)

// keeping is what a server keeps beside its fields, and what works on that: jobs, probe streams, alerts, collections of features. Where
// another process owns the records there is none of it, and processes are done at once.
type keeping struct {
	bus       *events.Bus
	store     records.Store // nil: another process owns the file
	jobs      *jobs.Runner
	kept      *kept.Catalogue
	streams   *watch.Streams
	alerts    *watch.Alerts
	sender    *webhook.Sender
	processes *processes.Service
	features  []feature.Catalogue
	authorize func(*http.Request) error // nil: nobody may write
	holder    string                    // names this process among those that share the records
}

// remembered is how many events a listener can go back.
const remembered = 4096

// newKeeping opens the records and wires what works on them.
func (h *house) newKeeping(engine *probe.Engine, named *places.Catalogue) error {
	k := &keeping{bus: events.NewBus(remembered, nil), features: []feature.Catalogue{named}, authorize: h.door.authorize(), holder: h.holder()}
	h.keeping = k
	kept, err := h.openRecords()
	if err != nil && !errors.Is(err, bolt.ErrHeld) {
		return err
	}
	if err != nil {
		h.log.Warn("the records can't be had: no jobs, streams, alerts and kept results here", "error", err)
	} else {
		k.open(h, kept, engine)
	}
	rooms := processes.Rooms{Probes: engine, Catalogue: h.catalogue.Hold, Features: k.features, Authorize: k.authorize}
	if k.kept != nil {
		rooms.Kept = k.kept
	}
	k.processes = processes.New(rooms)
	if k.store != nil {
		k.jobs = jobs.New(k.store, k.processes.Works(), jobs.Options{
			Workers: h.conf.Jobs.Workers, Queue: h.conf.Jobs.Queue, Keep: h.conf.Jobs.Keep, MaxResult: h.conf.Jobs.ResultSize << 20, Log: h.log, Holder: k.holder, CallbackHosts: h.conf.Callbacks, Changed: k.changed,
		})
	}
	return nil
}

// holder names this process among those that share the records. A file of records has one process, so that the next one goes on at once; a database
// has many.
func (h *house) holder() string {
	if h.database == nil {
		return "serve"
	}
	return ownHolder()
}

// ownHolder names this process among all.
func ownHolder() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// open wires what works on records.
func (k *keeping) open(h *house, store records.Store, engine *probe.Engine) {
	k.store, k.kept = store, kept.New(store)
	k.sender = webhook.New(webhook.Options{Store: store, Hosts: h.conf.Callbacks, Holder: k.holder, Log: h.log})
	definitions := store
	if len(h.conf.Only) > 0 && !h.conf.does(roleServe) {
		definitions = ofTheirModels{store, &onlyModels{names: h.conf.Only}}
	}
	o := watch.Options{Store: definitions, Catalogues: h.catalogue, Prober: engine, Sender: k.sender, Bus: k.bus, Log: h.log, Holder: k.holder}
	k.streams, k.alerts = watch.NewStreams(o), watch.NewAlerts(o)
	for _, c := range []feature.Catalogue{k.kept, k.streams, oneCollection{watch.AlertsID, k.alerts}} {
		k.features = append(k.features, present{c, h.outage})
	}
}

// oneCollection is a catalogue of one collection, which is listed when there is something in it: clients look at the first feature of
// whatever is listed.
type oneCollection struct {
	id string
	of feature.Collection
}

// Collections implements feature.Catalogue.
func (c oneCollection) Collections(ctx context.Context) ([]feature.Collection, error) {
	page, err := c.of.Query(ctx, feature.Query{Limit: 1})
	if err != nil || page.Matched == 0 {
		return nil, err
	}
	return []feature.Collection{c.of}, nil
}

// Collection implements feature.Catalogue.
func (c oneCollection) Collection(_ context.Context, id string) (feature.Collection, error) {
	if id != c.id {
		return nil, fmt.Errorf("collection %.80q: %w", id, feature.ErrNotFound)
	}
	return c.of, nil
}

// parts are the resources of what is kept.
func (k *keeping) parts() []api.Part {
	rooms := watches.Rooms{Bus: k.bus, Features: k.features, Authorize: k.authorize}
	if k.store == nil {
		return []api.Part{k.processes.Part(nil), watches.Part(rooms)}
	}
	rooms.Streams, rooms.Alerts = k.streams, k.alerts
	return []api.Part{k.processes.Part(k.jobs), watches.Part(rooms)}
}

// run lets all that is kept work until ctx ends, if that is a role of this process.
func (k *keeping) run(ctx context.Context, h *house) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return h.announce(ctx) })
	if k.store != nil && h.conf.does(roleProbe) {
		group.Go(func() error { return h.ensureReachable(ctx) })
		group.Go(func() error { return k.jobs.Run(ctx) })
		group.Go(func() error { return k.sender.Run(ctx) })
		group.Go(func() error { return k.streams.Run(ctx) })
		group.Go(func() error { return k.alerts.Run(ctx) })
	}
	return group.Wait()
}

// ensureReachable is ensure, when the database is within reach.
func (h *house) ensureReachable(ctx context.Context) error {
	for {
		err := h.ensure(ctx)
		if !errors.Is(err, store.ErrUnavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// close lets the records go.
func (k *keeping) close() error {
	if k.store == nil {
		return nil
	}
	return k.store.Close()
}

// changed tells of a job.
func (k *keeping) changed(j jobs.Job) {
	data, err := json.Marshal(j.Info())
	if err != nil { // texts and numbers
		return
	}
	k.bus.Publish(events.Event{Type: events.JobChanged, Source: "/jobs/" + j.ID, Subject: string(j.Status), Data: data})
}

// tell tells what the feeds say; steps are told as they appear in the catalogue, wherever they come from, and so are runs that several
// machines work for.
func (h *house) tell(e events.Event) {
	if e.Type != events.StepPublished && h.shared == nil {
		h.keeping.bus.Publish(e)
	}
}

// step is a time of a run of a model.
type step struct {
	model      string
	run, valid field.Time
}

// announce tells of each step that appears in the catalogue.
func (h *house) announce(ctx context.Context) error {
	var known map[step]bool
	for {
		changed := h.catalogue.Changed()
		c, release := h.catalogue.Hold()
		now := publishedSteps(c)
		release()
		for s := range now {
			if known == nil || known[s] {
				continue
			}
			data := fmt.Sprintf(`{"model":%q,"run":%q,"valid":%q}`, s.model, s.run, s.valid)
			h.keeping.bus.Publish(events.Event{Type: events.StepPublished, Source: "/collections/" + s.model, Subject: s.valid.String(), Data: json.RawMessage(data)})
		}
		known = now
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// publishedSteps are all steps of a catalogue.
func publishedSteps(c *layers.Catalogue) map[step]bool {
	all := map[step]bool{}
	for _, l := range c.Layers() {
		for _, run := range l.Runs {
			for _, valid := range l.RunTimes(run) {
				all[step{l.Model.ID, run, valid}] = true
			}
		}
	}
	return all
}

// jobsConfig bounds work that outlives a request.
type jobsConfig struct {
	Workers int           `yaml:"workers"` // jobs at the same time
	Queue   int           `yaml:"queue"`   // jobs that may wait
	Keep    time.Duration `yaml:"keep"`    // how long jobs that are done are kept, with their results

	ResultSize int `yaml:"result_size"` // MiB of one result
}

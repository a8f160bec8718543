package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest"
	"isobar/ingest/schedule"
)

// ingestCmd puts files into a data folder without serving, or keeps models coming there.
type ingestCmd struct {
	Paths  []string `arg:"" optional:"" type:"path" help:"Forecast files and folders."`
	Models []string `aliases:"model" placeholder:"ID,..." env:"ISOBAR_MODELS" help:"Fetch these models (see: tileserver models). A folder stands for rows of your own."`
	RunAt  string   `name:"run" default:"latest" help:"Which run to fetch: latest, or its time as 2026-11-24T06:00:00Z."`
	Once   bool     `help:"Fetch what there is now, and leave."`
	Data   string   `required:"" placeholder:"DIR" env:"ISOBAR_DATA" help:"The data folder; a server may be using it."`
	Config string   `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file."`
}

// Run reads the files, with a bar where someone watches, and prints one line at the end; then it fetches what was named. Status 1:
// something failed.
func (c *ingestCmd) Run(env *environment) error {
	conf, err := (&settings{Config: c.Config, Data: c.Data, Models: c.Models}).load(c.Paths)
	if err != nil {
		return err
	}
	if len(conf.Paths)+len(conf.Feeds.Models) == 0 {
		return errors.New("nothing to read: name forecast files or folders, or models to fetch (--models)")
	}
	rows, err := loadRows(conf.Rows)
	if err != nil {
		return err
	}
	conf.Memory.Chunks = 0 // nothing is read
	client, err := conf.Store.connect()
	if err != nil {
		return err
	}
	fields, err := conf.openFields(env, client, rows.elements.IsCategory)
	if err != nil {
		return err
	}
	defer fields.Close()
	shared := sharingOf(fields)
	intake := ingest.New(fields, rows.elements, rows.models, formats(), env.log, ingest.Options{Data: conf.Data, Originals: conf.Originals, MaxCells: conf.Limits.FieldCells, Shared: shared})
	feeds, err := conf.scheduler(env, rows.models, intake, fields, shared, nil)
	if err != nil {
		return err
	}
	failed := false
	if len(conf.Paths) > 0 {
		summary, err := intake.Paths(env.ctx, conf.Paths, bar(env))
		if err != nil {
			return err
		}
		fmt.Fprintln(env.stdout, summary.String())
		failed = summary.Failed > 0
	}
	if feeds != nil {
		if err := c.fetch(env, feeds); err != nil {
			return err
		}
	}
	if failed {
		return statusError(1)
	}
	return nil
}

// fetch works for the feeds: once, or until the program is stopped.
func (c *ingestCmd) fetch(env *environment, feeds *schedule.Scheduler) error {
	defer feedsBar(env, feeds)()
	if !c.Once {
		if err := feeds.Run(env.ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}
	var run *field.Time
	if c.RunAt != "latest" {
		t, err := time.Parse(time.RFC3339, c.RunAt)
		if err != nil {
			return fmt.Errorf("--run: %q is not latest, nor a time such as 2026-11-24T06:00:00Z", c.RunAt)
		}
		at := field.At(t)
		run = &at
	}
	err := feeds.Once(env.ctx, run)
	for _, s := range feeds.Status() {
		fmt.Fprintf(env.stdout, "%s: run %s, %d of %d files, %d fields\n", s.Model, s.Run, s.Done, s.Items, s.Fields)
	}
	return err
}

// drawnOf is how far feeds are in the runs that they work on, and what there is to say of it.
func drawnOf(all []schedule.Status) (items, done int, said string) {
	var at []string
	bytes := int64(0)
	for _, s := range all {
		items, done, bytes = items+s.Items, done+s.Done, bytes+s.Bytes
		if s.State != schedule.Waiting {
			at = append(at, fmt.Sprintf("%s %s", s.Model, s.Run.UTC().Format("02T15Z")))
		}
	}
	return max(items, 1), done, fmt.Sprintf("%s, %.1f MiB", cmp.Or(strings.Join(at, ", "), "waiting"), float64(bytes)/(1<<20))
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"isobar/ingest/schedule"
	"isobar/models"
	recordsmongo "isobar/records/mongo"
)

// modelsCmd lists the models whose files can be fetched.
type modelsCmd struct {
	Config string   `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file."`
	Models []string `placeholder:"DIR" help:"A folder of your own rows."`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run prints a line for each.
func (c *modelsCmd) Run(env *environment) error {
	conf, err := (&settings{Config: c.Config, Models: c.Models}).load(nil)
	if err != nil {
		return err
	}
	rows, err := loadRows(conf.Rows)
	if err != nil {
		return err
	}
	feeds := rows.models.Feeds()
	if c.JSON {
		return printJSON(env.stdout, feeds)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODEL\tTITLE\tSOURCE\tRUNS\tFIRST STEP AFTER\tSTEPS\tLICENCE")
	for _, f := range feeds {
		m := rows.models.Get(f.Model)
		source := f.Kind
		if f.Provider != "" {
			source += ", " + f.Provider
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Model, m.Title, source, every(f.Schedule.Every), short(f.Schedule.Delay), stepsOf(f.Schedule), m.Licence)
	}
	return w.Flush()
}

// every is how often runs come.
func every(d time.Duration) string {
	if d == 0 {
		return "as they come"
	}
	return "every " + short(d)
}

// short is a length of time without what is nought.
func short(d time.Duration) string {
	text := d.String() // "1h0m0s"
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// stepsOf is which steps a run has, as "0-120h by 1h".
func stepsOf(s models.Schedule) string {
	var parts []string
	for _, r := range s.Steps {
		text := fmt.Sprintf("%d-%dh by %s", int(r.From.Hours()), int(r.To.Hours()), short(r.Every))
		if len(r.RunHours) > 0 {
			text += fmt.Sprintf(" of %02d", r.RunHours)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// statusCmd tells how the feeds of a data folder do.
type statusCmd struct {
	Data   string `required:"" placeholder:"DIR" env:"ISOBAR_DATA" help:"The data folder."`
	Config string `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run prints a line for each feed. Status 1: one of them has never had a whole run, is late with one, or its last look failed.
func (c *statusCmd) Run(env *environment) error {
	conf, err := (&settings{Config: c.Config, Data: c.Data}).load(nil)
	if err != nil {
		return err
	}
	all, err := conf.readStatuses(env.ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if c.JSON {
		err = printJSON(env.stdout, all)
	} else {
		err = printStatus(env.stdout, now, all)
	}
	if err == nil && slices.ContainsFunc(all, func(s schedule.Status) bool { return troubled(now, s) }) {
		return statusError(1)
	}
	return err
}

// readStatuses reads what feeds have written in the data folder, or in the database.
func (c *config) readStatuses(ctx context.Context) ([]schedule.Status, error) {
	client, err := c.Store.connect()
	if err != nil {
		return nil, err
	}
	if client == nil {
		all, err := schedule.Read(c.feedsFolder())
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no feed has worked here", c.feedsFolder())
		}
		return all, err
	}
	defer client.Disconnect(context.WithoutCancel(ctx))
	kept, err := recordsmongo.Open(ctx, client, c.Store.Database)
	if err != nil {
		return nil, err
	}
	defer kept.Close()
	return schedule.ReadShared(ctx, kept)
}

// troubled tells that a feed needs someone to look at it.
func troubled(now time.Time, s schedule.Status) bool {
	return s.Complete == 0 || lastError(now, s) != "" || !s.Expected.IsZero() && now.After(s.Expected)
}

// printStatus prints a table.
func printStatus(out io.Writer, now time.Time, all []schedule.Status) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODEL\tSTATE\tRUN\tFILES\tWHOLE RUN\tPUBLISHED\tFIELDS\tMiB\tFAILURES\tLAST ERROR")
	for _, s := range all {
		whole := "none yet"
		switch {
		case s.Complete != 0 && !s.Expected.IsZero() && now.After(s.Expected):
			whole = s.Complete.String() + ", the next is late"
		case s.Complete != 0:
			whole = s.Complete.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d of %d\t%s\t%s\t%d\t%.1f\t%d\t%s\n", s.Model, s.State, s.Run, s.Done, s.Items, whole, ago(now, s.Published), s.Fields,
			float64(s.Bytes)/(1<<20), s.Failures, lastError(now, s))
	}
	return w.Flush()
}

// ago is how long ago something was.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return short(now.Sub(t).Round(time.Second)) + " ago"
}

// lastError is the last error, if nothing was published since.
func lastError(now time.Time, s schedule.Status) string {
	if s.Error == "" || s.Published.After(s.ErrorAt) {
		return ""
	}
	return ago(now, s.ErrorAt) + ": " + s.Error
}

// printJSON writes a value for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

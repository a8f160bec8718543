package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"isobar/ingest"
	"isobar/store/local"
)

// ingestCmd puts files into a data folder without serving.
type ingestCmd struct {
	Paths  []string `arg:"" type:"path" help:"Forecast files and folders."`
	Data   string   `required:"" placeholder:"DIR" env:"ISOBAR_DATA" help:"The data folder; a server may be using it."`
	Config string   `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file."`
}

// Run reads the files, with a bar where someone watches, and prints one line at the end. Status 1: something failed.
func (c *ingestCmd) Run(env *environment) error {
	conf, err := (&settings{Config: c.Config, Data: c.Data}).load(c.Paths)
	if err != nil {
		return err
	}
	rows, err := loadRows(conf.Rows)
	if err != nil {
		return err
	}
	fields, err := local.Open(conf.Data, local.Options{Categories: rows.elements.IsCategory})
	if err != nil {
		return err
	}
	defer fields.Close()
	intake := ingest.New(fields, rows.elements, rows.models, formats(), env.log, ingest.Options{Data: conf.Data, Originals: conf.Originals})
	summary, err := intake.Paths(env.ctx, conf.Paths, bar(env))
	if err != nil {
		return err
	}
	fmt.Fprintln(env.stdout, summary.String())
	if summary.Failed > 0 {
		return statusError(1)
	}
	return nil
}

// bar draws progress on a terminal; elsewhere it is silent.
func bar(env *environment) func(ingest.Progress) {
	out, ok := env.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return func(ingest.Progress) {}
	}
	b := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	return func(p ingest.Progress) {
		b.ChangeMax64(p.Bytes)
		b.Describe(fmt.Sprintf("%d of %d files, %d fields", p.FilesDone, p.Files, p.Fields))
		_ = b.Set64(p.BytesDone) // a bar that can't be drawn is no reason to stop
	}
}

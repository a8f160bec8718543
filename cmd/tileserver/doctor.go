package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

// doctorCmd looks whether the machine can do what the settings say.
type doctorCmd struct {
	settings
	JSON    bool          `name:"json" help:"Print JSON."`
	Timeout time.Duration `default:"5s" help:"How long whoever is asked over the network may take."`
}

// health is how a check came out.
type health string

// What a check says. Only what is wrong gives an exit status.
const (
	fine    health = "ok"
	doubted health = "warning" // it works, or will, but someone should know
	wrong   health = "error"
)

// finding is one check; its JSON names are read by scripts.
type finding struct {
	Check  string `json:"check"`
	Status health `json:"status"`
	Says   string `json:"says"`
	Do     string `json:"do,omitempty"` // what to do about it
}

// diagnosis is what a doctor finds, in the order of the checks.
type diagnosis struct {
	conf    config
	timeout time.Duration
	mu      sync.Mutex
	clocks  []time.Duration // how far those who were asked are ahead of this machine
	all     []finding
}

// add notes a finding.
func (d *diagnosis) add(check string, status health, do, format string, args ...any) {
	d.all = append(d.all, finding{check, status, fmt.Sprintf(format, args...), do})
}

// Run checks one thing after the other. Status 1: something is wrong; what is merely doubted, as a provider that can't be reached, is not.
func (c *doctorCmd) Run(env *environment) error {
	d := &diagnosis{timeout: c.Timeout}
	d.program()
	d.configuration(c.settings)
	d.rows()
	d.data()
	d.ports()
	d.certificates()
	d.store(env.ctx)
	d.sources(env.ctx)
	d.clock()
	d.memory()
	d.limits()
	if err := d.print(env.stdout, c.JSON); err != nil {
		return err
	}
	if slices.ContainsFunc(d.all, func(f finding) bool { return f.Status == wrong }) {
		return statusError(1)
	}
	return nil
}

// colours of the kinds of health, as terminals know them (ECMA-48 8.3.117).
var colours = map[health]string{fine: "32", doubted: "33", wrong: "31"}

// print writes a line a check, in colours where someone sees them.
func (d *diagnosis) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(out, d.all)
	}
	coloured, count := inColour(out), map[health]int{}
	for _, f := range d.all {
		count[f.Status]++
		status := fmt.Sprintf("%-7s", f.Status)
		if coloured {
			status = "\x1b[" + colours[f.Status] + "m" + status + "\x1b[0m"
		}
		line := fmt.Sprintf("%s  %-11s  %s", status, f.Check, f.Says)
		if f.Do != "" {
			line += ": " + f.Do
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d ok, %d warnings, %d errors\n", count[fine], count[doubted], count[wrong])
	return err
}

// program tells what runs, and where.
func (d *diagnosis) program() {
	d.add("program", fine, "", "isobar %s, %s, %s/%s, %d processors", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
}

// configuration reads the settings as every command does. What can't be read leaves the defaults for the other checks.
func (d *diagnosis) configuration(s settings) {
	conf, err := s.load(nil)
	d.conf = conf
	if conf.Data == "" {
		d.conf.Data, _ = ownFolder(append(slices.Clone(conf.Paths), conf.Feeds.Models...)) // an error is one of the working directory
	}
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		d.add("config", wrong, "docs/configuration.md tells all keys", "%s", first)
		return
	}
	if s.Config == "" {
		d.add("config", fine, "", "no file, defaults and flags")
		return
	}
	text, err := os.ReadFile(s.Config)
	var content map[string]any
	if err == nil {
		err = yaml.Unmarshal(text, &content)
	}
	if err != nil {
		d.add("config", wrong, "", "%v", err)
		return
	}
	known := slices.DeleteFunc(keyPaths(reflect.TypeFor[config](), ""), func(k string) bool { _, set := valueAt(content, k); return !set })
	d.add("config", fine, "", "%s sets %d keys: %s", s.Config, len(known), strings.Join(known, ", "))
	if info, err := os.Stat(s.Config); err == nil && info.Mode().Perm()&0o004 != 0 && (len(d.conf.Auth.Tokens) > 0 || strings.Contains(d.conf.Store.URI, "@")) {
		d.add("config", doubted, "chmod 640 "+s.Config, "it holds secrets and everybody on this machine may read it")
	}
}

// keyPaths are the dotted keys of a configuration that hold values.
func keyPaths(t reflect.Type, prefix string) (keys []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			keys = append(keys, keyPaths(f.Type, prefix)...)
		case name == "" || name == "-":
		case f.Type.Kind() == reflect.Struct:
			keys = append(keys, keyPaths(f.Type, prefix+name+".")...)
		default:
			keys = append(keys, prefix+name)
		}
	}
	return keys
}

// valueAt is what a document has at a dotted key.
func valueAt(content map[string]any, key string) (value any, ok bool) {
	name, rest, deeper := strings.Cut(key, ".")
	value, ok = content[name]
	if !deeper || !ok {
		return value, ok
	}
	inner, ok := value.(map[string]any)
	if !ok {
		return nil, false
	}
	return valueAt(inner, rest)
}

// rows reads the rows that ship with the program and the user's own.
func (d *diagnosis) rows() {
	r, err := loadRows(d.conf.Rows)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		d.add("rows", wrong, "docs/ADDING.md tells how rows are written", "%s", first)
		return
	}
	own := slices.DeleteFunc([]string{d.conf.Rows.Elements, d.conf.Rows.Models, d.conf.Rows.Styles, d.conf.Rows.Places, d.conf.Rows.TileMatrixSets}, func(s string) bool { return s == "" })
	for _, folder := range own {
		if found, err := filepath.Glob(filepath.Join(folder, "*.yaml")); err != nil || len(found) == 0 {
			d.add("rows", doubted, "rows are files that end in .yaml", "%s holds none", folder)
		}
	}
	says := "those of the program"
	if len(own) > 0 {
		says += ", and " + strings.Join(own, ", ")
	}
	d.add("rows", fine, "", "%d named elements, %d feeds; %s", len(r.elements.IDs()), len(r.models.Feeds()), says)
}

// bounded is a context of the time that whoever is asked may take.
func (d *diagnosis) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.timeout)
}

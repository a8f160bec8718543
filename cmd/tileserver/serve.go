package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"isobar/cmd/tileserver/samples"
)

// serveCmd serves files and folders, and what appears there later.
type serveCmd struct {
	settings
	Paths []string `arg:"" optional:"" type:"path" help:"Forecast files and folders. None: what the data folder holds."`
	Roles []string `placeholder:"ROLE,..." env:"ISOBAR_ROLES" help:"Do part of the work: serve, ingest, probe. Without ingest, --models are those that are served."`
}

// Run serves until the environment's context ends.
func (c *serveCmd) Run(env *environment) error {
	c.only = c.Roles
	conf, err := c.load(c.Paths)
	if err != nil {
		return err
	}
	if conf.Data == "" {
		if len(conf.Paths)+len(conf.Feeds.Models) == 0 {
			return errors.New("nothing to serve: name forecast files or folders, or a data folder (--data)")
		}
		if conf.Data, err = ownFolder(append(conf.Paths, conf.Feeds.Models...)); err != nil {
			return err
		}
	}
	return serve(env, conf, func() error { return nil })
}

// demoCmd serves the samples.
type demoCmd struct {
	settings
}

// Run serves the samples until the environment's context ends. Without a data folder it leaves nothing behind.
func (c *demoCmd) Run(env *environment) error {
	conf, err := c.load(nil)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "isobar-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if conf.Data == "" {
		conf.Data = filepath.Join(scratch, "data")
	}
	folder := filepath.Join(conf.Data, "samples")
	conf.Paths = []string{folder}
	return serve(env, conf, func() error { return unpackSamples(folder) }) // the store has made its folder by then
}

// unpackSamples writes the sample files that are not there yet, each aside first.
func unpackSamples(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	names, err := fs.Glob(samples.Files, "*")
	if err != nil {
		return err
	}
	for _, name := range names {
		to := filepath.Join(folder, name)
		if _, err := os.Stat(to); err == nil {
			continue
		}
		body, err := samples.Files.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to+".part", body, 0o644); err != nil {
			return err
		}
		if err := os.Rename(to+".part", to); err != nil {
			return err
		}
	}
	return nil
}

// dataVersion is part of an own folder's name, so that a program with another form of data begins anew.
const dataVersion = "v1"

// ownFolder is the data folder of a server that was given none: in the user's cache, one for each set of paths, so that
// a restart finds its fields and other servers' fields do not show up.
func ownFolder(paths []string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil { // no home, as in a bare container
		cache = os.TempDir()
	}
	full := make([]string, len(paths))
	for i, p := range paths {
		if full[i], err = filepath.Abs(p); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(full, "\n")))
	return filepath.Join(cache, "isobar", dataVersion, hex.EncodeToString(sum[:8])), nil
}

// serve runs all parts of a server until the context ends or one of them fails.
// prepare is called when the data folder is there.
func serve(env *environment, conf config, prepare func() error) error {
	h, err := newHouse(env, conf)
	if err != nil {
		return err
	}
	defer h.close()
	if err := prepare(); err != nil {
		return err
	}
	if err := h.work(env.ctx); err != nil {
		return err
	}
	env.log.Info("stopped")
	return nil
}

// ingest reads what was named, says that it is served, and goes on with what appears later.
func (h *house) ingest(ctx context.Context) error {
	if len(h.conf.Paths) > 0 {
		summary, err := h.intake.Paths(ctx, h.conf.Paths, h.progress)
		if err != nil {
			return err
		}
		h.log.Info("files read", "summary", summary.String())
	}
	if err := h.caughtUp(ctx); err != nil {
		return err
	}
	h.ready.Store(true)
	h.log.Info("ready", "url", h.url)
	if len(h.conf.Paths) == 0 {
		return nil
	}
	return h.intake.Watch(ctx, h.conf.Paths)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/sync/errgroup"

	"isobar/ogc/api"
)

// The roles of a process. One without a list has all of them.
const (
	roleServe  = "serve"  // answers requests
	roleIngest = "ingest" // reads the files that are named, and fetches models
	roleProbe  = "probe"  // works for probe streams, alerts and jobs, and tells webhooks
)

// does tells that the process has a role.
func (c *config) does(role string) bool {
	return len(c.Roles) == 0 || slices.Contains(c.Roles, role)
}

// checkRoles says what is wrong with the roles. A file of documents has one process, so its parts can't be apart.
func (c *config) checkRoles() error {
	for i, role := range c.Roles {
		if !slices.Contains([]string{roleServe, roleIngest, roleProbe}, role) {
			return fmt.Errorf("roles[%d]: %q is none of %s, %s, %s", i, role, roleServe, roleIngest, roleProbe)
		}
	}
	if c.Store.Kind != keptInMongo && c.does(roleServe) != c.does(roleProbe) {
		return fmt.Errorf("roles: %s and %s are apart only where store.kind is %s", roleServe, roleProbe, keptInMongo)
	}
	if len(c.Only) > 0 && c.Store.Kind == keptInMongo && c.does(roleServe) && c.does(roleProbe) {
		return fmt.Errorf("only: a process with the role %s sees all models: leave that to another (roles: [%s])", roleProbe, roleServe)
	}
	return nil
}

// shown are the models that are seen. Jobs may be about any, so who works for them sees all: the models that it is for are those of its streams and
// alerts.
func (c *config) shown() []string {
	if !c.does(roleServe) {
		return nil
	}
	return c.Only
}

// probeCmd works for probe streams, alerts and jobs, and answers nothing but how it does.
type probeCmd struct {
	settings
}

// Run works until the environment's context ends.
func (c *probeCmd) Run(env *environment) error {
	c.only = []string{roleProbe}
	conf, err := c.load(nil)
	if err != nil {
		return err
	}
	if conf.Data == "" {
		if conf.Data, err = ownFolder([]string{"probe", conf.Store.Database, conf.Store.Records}); err != nil {
			return err
		}
	}
	return serve(env, conf, func() error { return nil })
}

// bareRoutes is the HTTP side of a process that does not serve: how it does, and what happens.
func (h *house) bareRoutes() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = api.NoRoute
	e.IPExtractor = echo.ExtractIPDirect()
	e.Pre(turn, tidy)
	e.Use(h.watch(), middleware.Recover())
	getOrHead(e, "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	getOrHead(e, readyPath, h.readyz)
	getOrHead(e, statusPath, h.status)
	return e
}

// work runs the parts of the process's roles until ctx ends.
func (h *house) work(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range []struct {
		run func(context.Context) error
		is  bool
	}{
		{h.catalogue.Run, true}, {h.listen, true}, {h.serveMetrics, true}, {h.ingest, true}, {h.keepComing, true},
		{func(ctx context.Context) error { return h.keeping.run(ctx, h) }, true},
		{func(ctx context.Context) error { return h.door.run(ctx, h.log) }, h.conf.does(roleServe)},
		{h.prerender, h.conf.does(roleServe)}, {h.heartbeat, h.conf.does(roleServe)},
	} {
		if part.is {
			group.Go(func() error { return part.run(ctx) })
		}
	}
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

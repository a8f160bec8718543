package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"isobar/gateway"
)

// instanceConfig is how a server tells gateways of itself.
type instanceConfig struct {
	URL   string        `yaml:"url"`   // how gateways reach it; "": it does not tell
	Every time.Duration `yaml:"every"` // how often it tells
}

// check says what is wrong, naming the key.
func (c instanceConfig) check() error {
	if c.URL == "" {
		return nil
	}
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("instance.url: %q is no address such as http://10.0.0.3:8080", c.URL)
	}
	if c.Every < time.Second {
		return fmt.Errorf("instance.every: %v is shorter than a second", c.Every)
	}
	return nil
}

// heartbeat tells of the server in the records, for gateways, from when it is ready until ctx ends.
func (h *house) heartbeat(ctx context.Context) error {
	if h.conf.Instance.URL == "" {
		return nil
	}
	if h.keeping.store == nil {
		h.log.Warn("no records here: gateways are not told of this server")
		return nil
	}
	for !h.ready.Load() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	gateway.Heartbeat(ctx, h.keeping.store, h.conf.Instance.Every, h.instance, func(err error) { h.log.Warn("heartbeat", "error", err) })
	return ctx.Err()
}

// instance is what the server tells of itself.
func (h *house) instance() gateway.Instance {
	c, release := h.catalogue.Hold()
	defer release()
	one := gateway.Instance{URL: h.conf.Instance.URL, Version: version()}
	for _, l := range c.Layers() { // by model
		if n := len(one.Models); n == 0 || one.Models[n-1] != l.Model.ID {
			one.Models = append(one.Models, l.Model.ID)
		}
	}
	return one
}

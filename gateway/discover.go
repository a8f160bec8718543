package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"isobar/records"
)

// Kind is the kind of the records that servers tell of themselves in.
const Kind = "instance"

// maxInstances bounds how many servers are known.
const maxInstances = 1000

// Instance is what a server tells of itself.
type Instance struct {
	URL     string    `json:"url"` // how gateways reach it
	Models  []string  `json:"models"`
	Version string    `json:"version"` // of the program
	Seen    time.Time `json:"seen"`
}

// Heartbeat tells of a server until ctx ends, when it takes back what it told: tell is asked what to tell, and each telling lasts for
// three beats. What goes wrong is told to failed, and tried again with the next beat.
func Heartbeat(ctx context.Context, store records.Store, every time.Duration, tell func() Instance, failed func(error)) {
	var id string
	for {
		one := tell()
		one.Seen = time.Now().UTC()
		body, err := json.Marshal(one)
		if err == nil {
			id = one.URL
			_, err = store.Put(ctx, Kind, records.Document{ID: id, Version: records.Any, Body: body, Expires: one.Seen.Add(3 * every)})
		}
		if err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("telling of this server: %w", err))
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = store.Delete(last, Kind, id, records.Any) // else it expires
			return
		case <-time.After(every):
		}
	}
}

// source finds addresses of servers. An error leaves those that it found before.
type source interface {
	find(ctx context.Context) ([]string, error)
}

// listed are those of the configuration.
type listed []string

func (l listed) find(context.Context) ([]string, error) { return l, nil }

// resolver is the part of net.Resolver that is needed.
type resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// named are those that a name in the DNS stands for.
type named struct {
	Name
	resolver resolver
}

func (n named) find(ctx context.Context) (all []string, err error) {
	if n.SRV != "" {
		_, services, err := n.resolver.LookupSRV(ctx, "", "", n.SRV)
		if err != nil {
			return nil, err
		}
		for _, s := range services {
			all = append(all, "http://"+net.JoinHostPort(strings.TrimSuffix(s.Target, "."), strconv.Itoa(int(s.Port))))
		}
		return all, nil
	}
	hosts, err := n.resolver.LookupHost(ctx, n.Host)
	for _, host := range hosts {
		all = append(all, "http://"+net.JoinHostPort(host, strconv.Itoa(n.Port)))
	}
	return all, err
}

// told are those that tell of themselves.
type told struct{ store records.Store }

func (t told) find(ctx context.Context) (all []string, err error) {
	for d, err := range t.store.List(ctx, Kind, records.Range{Limit: maxInstances}) {
		if err != nil {
			return nil, err
		}
		var one Instance
		if err := json.Unmarshal(d.Body, &one); err != nil || address(one.URL) != nil {
			continue // of another version
		}
		all = append(all, one.URL)
	}
	return all, nil
}

// sources are those that the configuration names.
func (c Instances) sources(store records.Store) (all []source, err error) {
	if len(c.Static) > 0 {
		all = append(all, listed(c.Static))
	}
	for _, n := range c.DNS {
		all = append(all, named{n, net.DefaultResolver})
	}
	if store != nil {
		all = append(all, told{store})
	} else if c.Records != "" {
		return nil, errors.New("instances.records: no records are open")
	}
	return all, nil
}

// finder remembers what each source found last.
type finder struct {
	sources []source
	last    [][]string
}

// find is all addresses, each once, in order. An error tells that those of a source may be old.
func (f *finder) find(ctx context.Context) (all []string, err error) {
	if f.last == nil {
		f.last = make([][]string, len(f.sources))
	}
	for i, s := range f.sources {
		found, problem := s.find(ctx)
		if problem != nil {
			err = errors.Join(err, problem)
		} else {
			f.last[i] = found
		}
		for _, text := range f.last[i] {
			if u, bad := url.Parse(text); bad == nil && len(all) < maxInstances {
				u.Path = strings.TrimRight(u.Path, "/")
				all = append(all, u.String())
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

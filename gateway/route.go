package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strings"
	"time"

	"log/slog"

	"isobar/auth"
)

// route is a line of the proxy table, ready to use.
type route struct {
	Route
	targets  []*upstream
	rewrites []*regexp.Regexp
	balancer *balancer
	probe    time.Duration
	log      *slog.Logger
	client   *http.Client
}

// newRoute makes the line ready.
func (g *Gateway) newRoute(c Route) (*route, error) {
	r := &route{Route: c, probe: g.config.Instances.Probe, log: g.log}
	for _, text := range c.Targets {
		u, err := newUpstream(text)
		if err != nil {
			return nil, err
		}
		r.targets = append(r.targets, u)
	}
	for _, one := range c.Rewrite {
		e, err := regexp.Compile(one.From)
		if err != nil {
			return nil, err
		}
		r.rewrites = append(r.rewrites, e)
	}
	timeouts, retries := g.config.Timeouts, g.config.Retries
	if c.Timeouts != nil {
		timeouts = *c.Timeouts
	}
	if c.Retries != nil {
		retries = *c.Retries
	}
	transport := newTransport(timeouts)
	r.client = &http.Client{Transport: transport, CheckRedirect: noRedirect, Timeout: max(r.probe, time.Second)}
	r.balancer = &balancer{base: transport, retries: retries, most: g.config.Limits.Pending, idle: timeouts.Idle, retried: g.meters.retried, address: r.address}
	return r, nil
}

// route is the line with the longest prefix that a path lies below; nil: none.
func (g *Gateway) route(path string) (best *route) {
	for _, r := range g.routes {
		below := path == r.Prefix || r.Prefix == "/" || strings.HasPrefix(path, r.Prefix+"/")
		if below && (best == nil || len(r.Prefix) > len(best.Prefix)) {
			best = r
		}
	}
	return best
}

// address sends a request to a target: the prefix gives way to the target's path, or the path is rewritten.
func (r *route) address(to *upstream, out *http.Request) {
	path := out.URL.EscapedPath()
	if len(r.rewrites) == 0 && r.Prefix != "/" {
		path = strings.TrimPrefix(path, r.Prefix)
	}
	for i, e := range r.rewrites {
		path = e.ReplaceAllString(path, r.Rewrite[i].To)
	}
	base := strings.TrimRight(to.url.EscapedPath(), "/")
	if path != "" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if base+path == "" {
		path = "/"
	}
	out.URL.Scheme, out.URL.Host = to.url.Scheme, to.url.Host
	out.URL.Path, out.URL.RawPath = unescaped(base + path)
	if !r.KeepHost {
		out.Host = to.url.Host
	}
}

// watch probes the targets that have a path for it, until ctx ends.
func (r *route) watch(ctx context.Context) {
	if r.Health == "" { // one that was found gone is tried again
		for tick(ctx, r.probe) {
			for _, u := range r.targets {
				u.probed(nil)
			}
		}
		return
	}
	for {
		for _, u := range r.targets {
			if err := r.ask(ctx, u); u.probed(err) && ctx.Err() == nil {
				r.log.Info("target", "url", u.url.String(), "up", err == nil, "reason", fmt.Sprint(err))
			}
		}
		if !tick(ctx, r.probe) {
			return
		}
	}
}

// tick waits; false: ctx has ended.
func tick(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// ask asks whether a target is well.
func (r *route) ask(ctx context.Context, u *upstream) error {
	target := *u.url
	target.Path = r.Health
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return err
	}
	res, err := r.client.Do(q)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", res.Status)
	}
	return nil
}

// serveRoute answers a request by a line of the table.
func (g *Gateway) serveRoute(w http.ResponseWriter, r *http.Request, one *route, c client) {
	who := auth.Who(auth.Principal{}, r)
	if guard := g.options.Guard; one.Role != "" {
		if guard == nil {
			g.refuse(w, r, http.StatusForbidden, "NoApplicableCode", "", "nobody is known here who may use this")
			return
		}
		p, err := guard.Require(r, one.Role)
		switch {
		case errors.Is(err, auth.ErrForbidden):
			g.refuse(w, r, http.StatusForbidden, "NoApplicableCode", "", err.Error())
			return
		case err != nil:
			g.unknown(w, r, err)
			return
		}
		who = auth.Who(p, r)
	}
	leave, f := g.limits.enter(who, r, w.Header())
	if f != nil {
		g.refuse(w, r, f.status, f.code, f.locator, f.text)
		return
	}
	defer leave()
	p := &plan{candidates: one.targets}
	out := r.Clone(withPlan(r.Context(), p))
	auth.WithoutSession(out.Header) // it is not the target's to know
	proxy := &httputil.ReverseProxy{Transport: one.balancer, ErrorHandler: g.broken, ErrorLog: g.proxy.ErrorLog, ModifyResponse: one.answered(p, c)}
	proxy.Rewrite = func(q *httputil.ProxyRequest) {
		rewriter(c, one.Prefix, out)(q)
		setHeaders(q.Out.Header, one.RequestHeaders)
	}
	counted := &counter{ResponseWriter: w}
	proxy.ServeHTTP(counted, out)
	g.meters.count(one.Prefix, counted.status)
}

// setHeaders sets headers; "" removes.
func setHeaders(h http.Header, values map[string]string) {
	for name, value := range values {
		if value == "" {
			h.Del(name)
		} else {
			h.Set(name, value)
		}
	}
}

// answered puts a target's own addresses right in an answer, and sets its headers.
func (r *route) answered(p *plan, c client) func(*http.Response) error {
	return func(res *http.Response) error {
		if at := res.Header.Get("Location"); at != "" && p.took != nil && len(r.rewrites) == 0 {
			res.Header.Set("Location", r.outside(at, p.took, c))
		}
		setHeaders(res.Header, r.ResponseHeaders)
		return nil
	}
}

// outside is a target's address as clients write it: below the prefix.
func (r *route) outside(address string, of *upstream, c client) string {
	origin, base := of.url.Scheme+"://"+of.url.Host, strings.TrimRight(of.url.EscapedPath(), "/")
	path, ours := strings.CutPrefix(address, origin)
	if !ours && (!strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//")) {
		return address
	}
	rest, below := strings.CutPrefix(path, base)
	if !below || rest != "" && !strings.ContainsAny(rest[:1], "/?#") {
		return address
	}
	return c.base() + strings.TrimRight(r.Prefix, "/") + rest
}

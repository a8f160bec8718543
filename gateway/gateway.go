// Package gateway is one door to many servers: it finds them, sends each request to one that can answer it, and makes one of their
// lists and capabilities.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"isobar/auth"
	"isobar/records"
)

// Options is what a gateway works with.
type Options struct {
	Records records.Store // in which servers tell of themselves; nil: none
	Guard   *auth.Guard   // who may do what; nil: the instances say
	Quotas  *auth.Quotas  // what may be asked in a day or a month; nil: any number
	// SignIn makes what answers below auth.SignInPath, given how clients reach the gateway's forecasts; nil: the instances answer there.
	SignIn func(base func(*http.Request) string) (http.Handler, error)
	// Page shows a merged document to people; nil: an instance's own page is shown.
	Page    func(title, base string, doc []byte) ([]byte, error)
	Metrics prometheus.Registerer // nil: none
	Log     *slog.Logger
}

// Gateway is the door. Make it with New. Safe for concurrent use.
type Gateway struct {
	config    Config
	options   Options
	log       *slog.Logger
	external  *url.URL
	proxies   []netip.Prefix
	pool      *pool
	routes    []*route
	instances *balancer
	proxy     *httputil.ReverseProxy
	limits    *Limiter
	signIn    http.Handler // nil: the instances'
	meters    *meters
	shelf     shelf
	once      singleflight.Group
}

var _ http.Handler = (*Gateway)(nil)

// New makes a gateway. The error names the key of the configuration that is wrong.
func New(c Config, o Options) (*Gateway, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	g := &Gateway{config: c, options: o, log: o.Log, limits: NewLimiter(c.Limits), meters: newMeters(o.Metrics)}
	g.limits.Keep(o.Quotas)
	if c.ExternalURL != "" {
		u, err := url.Parse(c.ExternalURL)
		if err != nil {
			return nil, err
		}
		g.external = u
	}
	for _, text := range c.TrustedProxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		g.proxies = append(g.proxies, p)
	}
	if o.SignIn != nil {
		var err error
		if g.signIn, err = o.SignIn(g.base); err != nil {
			return nil, err
		}
	}
	found, err := c.Instances.sources(o.Records)
	if err != nil {
		return nil, err
	}
	transport := newTransport(c.Timeouts)
	g.pool = newPool(c.Instances, finder{sources: found}, &http.Client{Transport: transport, CheckRedirect: noRedirect}, o.Log)
	g.instances = &balancer{base: transport, retries: c.Retries, most: c.Limits.Pending, idle: c.Timeouts.Idle, peek: true, retried: g.meters.retried, address: atRoot}
	g.proxy = &httputil.ReverseProxy{
		Transport: g.instances, ErrorHandler: g.broken, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	for _, one := range c.Proxy {
		r, err := g.newRoute(one)
		if err != nil {
			return nil, err
		}
		g.routes = append(g.routes, r)
	}
	g.meters.watch(g.pool)
	return g, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// atRoot sends a request to an instance: its address goes before the path.
func atRoot(to *upstream, out *http.Request) {
	out.URL.Scheme, out.URL.Host = to.url.Scheme, to.url.Host
	if to.url.Path != "" {
		joined := to.url.JoinPath(out.URL.EscapedPath())
		out.URL.Path, out.URL.RawPath = joined.Path, joined.RawPath
	}
	out.Host = to.url.Host
}

// Run finds and watches the servers until ctx ends.
func (g *Gateway) Run(ctx context.Context) error {
	for _, r := range g.routes {
		go r.watch(ctx)
	}
	return g.pool.run(ctx)
}

// Ready tells that some instance answers, or that none is configured.
func (g *Gateway) Ready() bool {
	return len(g.pool.find.sources) == 0 || g.pool.view.Load().up() > 0
}

// base is how a client reaches the forecasts.
func (g *Gateway) base(r *http.Request) string { return g.client(r).base() + g.config.Prefix }

// ServeHTTP answers one request: by a route of the proxy table, else by the instances.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.limits.Counting(http.HandlerFunc(g.serve)).ServeHTTP(w, r)
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		g.health(w, r)
		return
	}
	c := g.client(r)
	r.Header.Del(IdentityHeader) // nobody but the gateway says this
	r = r.WithContext(auth.WithClient(r.Context(), c.ip))
	if r.ContentLength > g.config.Limits.Body {
		g.refuse(w, r, http.StatusRequestEntityTooLarge, "InvalidParameterValue", "", "the body is too long")
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, g.config.Limits.Body)
	}
	if one := g.route(r.URL.Path); one != nil {
		g.serveRoute(w, r, one, c)
		return
	}
	inner, ok := strings.CutPrefix(r.URL.Path, g.config.Prefix)
	if !ok || inner != "" && inner[0] != '/' {
		g.refuse(w, r, http.StatusNotFound, "NoApplicableCode", "", "there is nothing at "+r.URL.Path)
		return
	}
	if inner == "" && g.config.Prefix != "" && wantsHTML(r) { // the viewer's own addresses are relative
		http.Redirect(w, r, c.prefix+g.config.Prefix+"/", http.StatusMovedPermanently)
		return
	}
	if g.signIn != nil && strings.HasPrefix(inner, auth.SignInPath) {
		g.signIn.ServeHTTP(w, r)
		return
	}
	g.serveInstances(w, g.stripped(r), c)
}

// stripped is a request without the prefix.
func (g *Gateway) stripped(r *http.Request) *http.Request {
	if g.config.Prefix == "" {
		return r
	}
	out := new(http.Request)
	*out = *r
	u := *r.URL
	u.Path = "/" + strings.TrimLeft(strings.TrimPrefix(u.Path, g.config.Prefix), "/")
	if u.RawPath != "" {
		u.RawPath = "/" + strings.TrimLeft(strings.TrimPrefix(u.RawPath, g.config.Prefix), "/")
	}
	out.URL = &u
	return out
}

// health tells how the gateway does.
func (g *Gateway) health(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusOK, "ok\n"
	if r.URL.Path == "/readyz" && !g.Ready() {
		status, text = http.StatusServiceUnavailable, "no instance is ready\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text))
	}
}

// refuse tells what went wrong.
func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, status int, code, locator, text string) {
	if status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "2")
	}
	g.meters.count("gateway", status)
	Refuse(w, r, status, code, locator, text)
}

// broken tells of a request that no server could answer.
func (g *Gateway) broken(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	switch {
	case r.Context().Err() != nil:
		w.WriteHeader(499) // nobody reads it
	case errors.As(err, &large):
		g.refuse(w, r, http.StatusRequestEntityTooLarge, "InvalidParameterValue", "", "the body is too long")
	case errors.Is(err, errNone):
		g.refuse(w, r, http.StatusServiceUnavailable, "NoApplicableCode", "", "no server answers now")
	default:
		g.log.Warn("request not answered", "method", r.Method, "path", r.URL.Path, "error", err)
		status := http.StatusServiceUnavailable // it may be asked again
		if !repeatable(r.Method) && !unsent(err) {
			status = http.StatusBadGateway
		}
		g.refuse(w, r, status, "NoApplicableCode", "", "the server that has this does not answer")
	}
}

// secure sets what browsers are told of all answers; what a server says goes before.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
}

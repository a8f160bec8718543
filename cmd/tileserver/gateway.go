package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"isobar/auth"
	"isobar/gateway"
	"isobar/internal/mongodb"
	"isobar/internal/rows"
	"isobar/ogc/api"
	"isobar/records"
	"isobar/records/bolt"
	"isobar/records/mongo"
)

// gatewayCmd is one door to many servers.
type gatewayCmd struct {
	Config string `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file (see docs/gateway.md)."`
	Listen string `placeholder:"ADDRESS" env:"ISOBAR_LISTEN" help:"Serve at this address (127.0.0.1:8080)."`
	Check  bool   `help:"Say whether the configuration is right, and leave."`

	Instances []string `arg:"" optional:"" help:"Addresses of servers, beside those of the configuration: http://10.0.0.3:8080."`
}

// gatewayConfig is the gateway's settings.
type gatewayConfig struct {
	Listen  string      `yaml:"listen"`  // address of the service
	Metrics string      `yaml:"metrics"` // address of Prometheus metrics and of /instances; "": none
	TLS     tlsConfig   `yaml:"tls"`     // how the address is served by TLS
	Auth    auth.Config `yaml:"auth"`    // who may do what; without it the instances say
	Records string      `yaml:"records"` // file of quotas and sessions that have ended, without instances.records; "": they are forgotten at its end

	gateway.Config `yaml:",inline"`
}

// secretVariable is the environment variable of the secret that gateway and instances share.
const secretVariable = "ISOBAR_IDENTITY_SECRET"

// load gives the settings in force: defaults, file, environment, flags.
func (c *gatewayCmd) load() (conf gatewayConfig, err error) {
	conf = gatewayConfig{Listen: "127.0.0.1:8080", Config: gateway.Defaults()}
	conf.Auth.Session.Age = auth.SessionAge
	if c.Config != "" {
		if err := readRows(c.Config, &conf); err != nil {
			return conf, err
		}
	}
	if c.Listen != "" {
		conf.Listen = c.Listen
	}
	if secret := os.Getenv(secretVariable); secret != "" {
		conf.IdentitySecret = secret
	}
	conf.Instances.Static = append(conf.Instances.Static, c.Instances...)
	for _, one := range []struct{ key, value string }{{"listen", conf.Listen}, {"metrics", conf.Metrics}} {
		if _, _, err := net.SplitHostPort(one.value); err != nil && (one.value != "" || one.key == "listen") {
			return conf, fmt.Errorf("%s: %q is no address such as 127.0.0.1:8080", one.key, one.value)
		}
	}
	if err := conf.TLS.check(); err != nil {
		return conf, err
	}
	conf.Auth = withSecrets(conf.Auth)
	if _, err := auth.New(context.Background(), conf.Auth); err != nil {
		return conf, err
	}
	return conf, conf.Check()
}

// sharedRecords opens the records of a MongoDB: the database is the URI's, or isobar.
func sharedRecords(ctx context.Context, uri string) (records.Store, error) {
	o := mongodb.Options{URI: uri}
	if uri == "mongodb" { // the URI has a password, and stands in the environment
		o.URI = os.Getenv(mongodb.Variable)
	}
	client, err := mongodb.Connect(o)
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(o.URI, "://")
	_, database, _ := strings.Cut(rest, "/")
	database, _, _ = strings.Cut(database, "?")
	if database == "" {
		database = "isobar"
	}
	return mongo.Open(ctx, client, database)
}

// guarded tells that the gateway itself asks who comes.
func (c gatewayConfig) guarded() bool {
	return len(c.Auth.Keys)+len(c.Auth.Users)+len(c.Auth.Rules) > 0 || c.Auth.OIDC.Issuer != ""
}

// readRows lays a YAML file over settings.
func readRows(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return meant(rows.Decode(file, text, into), into)
}

// Run serves until the environment's context ends.
func (c *gatewayCmd) Run(env *environment) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	options := gateway.Options{Page: api.Page, Metrics: registry, Log: env.log}
	kept, err := conf.open(env, &options)
	if err != nil {
		return err
	}
	if kept != nil {
		defer kept.Close()
	}
	door, err := conf.door(env, kept, &options)
	if err != nil {
		return err
	}
	g, err := gateway.New(conf.Config, options)
	if err != nil {
		return err
	}
	if _, _, err := conf.TLS.build(env.log); err != nil {
		return err
	}
	if c.Check {
		fmt.Fprintln(env.stdout, "right")
		return nil
	}
	return serveGateway(env, conf, g, registry, door)
}

// open opens the records: those in which instances tell of themselves, or a file of the gateway's own; nil: there are none.
func (c gatewayConfig) open(env *environment, options *gateway.Options) (kept records.Store, err error) {
	switch {
	case c.Instances.Records != "":
		if kept, err = sharedRecords(env.ctx, c.Instances.Records); err != nil {
			return nil, fmt.Errorf("instances.records: %w", err)
		}
		options.Records = kept
	case c.Records != "":
		if kept, err = bolt.Open(c.Records, bolt.Options{Log: env.log}); err != nil {
			return nil, fmt.Errorf("records: %w", err)
		}
	}
	return kept, nil
}

// door makes what asks who comes, and what counts that; run keeps it going.
func (c gatewayConfig) door(env *environment, kept records.Store, options *gateway.Options) (run func(context.Context) error, err error) {
	holder := "gateway"
	if c.Instances.Records != "" {
		holder = ownHolder()
	}
	options.Quotas = auth.NewQuotas(c.Auth.Quotas, kept, holder, time.Now)
	if !c.guarded() {
		return func(ctx context.Context) error { return options.Quotas.Run(ctx, env.log) }, nil
	}
	if options.Guard, err = auth.New(env.ctx, c.Auth); err != nil {
		return nil, err
	}
	var in *auth.SignIn
	options.SignIn = func(base func(*http.Request) string) (http.Handler, error) {
		in, err = options.Guard.SignIn(env.ctx, auth.SignInOptions{Base: base, Records: kept, Session: c.Auth.Session, Title: defaults().Service.Title, Log: env.log})
		return in, err
	}
	return func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return options.Quotas.Run(ctx, env.log) })
		group.Go(func() error { return in.Run(ctx) })
		return group.Wait()
	}, nil
}

// serveGateway listens until the context ends.
func serveGateway(env *environment, conf gatewayConfig, g *gateway.Gateway, registry *prometheus.Registry, door func(context.Context) error) error {
	main, err := net.Listen("tcp", conf.Listen)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(env.ctx)
	group.Go(func() error { return g.Run(ctx) })
	group.Go(func() error { return door(ctx) })
	group.Go(func() error { return conf.TLS.serve(ctx, main, g, env.log) })
	if conf.Metrics != "" {
		listener, err := net.Listen("tcp", conf.Metrics)
		if err != nil {
			main.Close()
			return err
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
		mux.Handle("GET /instances", g.Status())
		group.Go(func() error { return serveUntil(ctx, listener, mux, nil, env.log) })
	}
	env.log.Info("gateway", "url", conf.TLS.scheme()+main.Addr().String()+conf.Prefix)
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	env.log.Info("stopped")
	return nil
}

// strict tells browsers to come by HTTPS alone (RFC 6797).
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=15768000")
		next.ServeHTTP(w, r)
	})
}

// serveUntil serves a handler on a listener until ctx ends, then lets the requests under way finish. With TLS it speaks HTTP/2 too.
func serveUntil(ctx context.Context, on net.Listener, handler http.Handler, secured *tls.Config, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, TLSConfig: secured, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 1 << 20, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() {
		if secured != nil {
			done <- server.ServeTLS(on, "", "")
		} else {
			done <- server.Serve(on)
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return ctx.Err()
}

// healthcheckCmd asks a server whether it is ready: what a container's health check runs.
type healthcheckCmd struct {
	URL     string        `arg:"" optional:"" help:"What is asked; else /readyz at the address of ISOBAR_LISTEN, or of 127.0.0.1:8080."`
	Timeout time.Duration `default:"4s" help:"How long an answer may take."`
}

// Run asks once.
func (c *healthcheckCmd) Run(env *environment) error {
	if c.URL == "" {
		c.URL = ownURL(os.Getenv("ISOBAR_LISTEN"))
	}
	ctx, cancel := context.WithTimeout(env.ctx, c.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: strings.HasPrefix(c.URL, "https://127.0.0.1")}}} // a certificate is for names
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", c.URL, res.Status)
	}
	fmt.Fprintln(env.stdout, "ready")
	return nil
}

// ownURL is where a server that listens at an address is asked from the same machine.
func ownURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		host, port = "127.0.0.1", "8080"
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + readyPath
}

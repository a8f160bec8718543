package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// tlsConfig is how an address is served by TLS: by certificates in files, or by those that an authority gives by ACME (RFC 8555).
type tlsConfig struct {
	Certificate string     `yaml:"certificate"` // file, PEM, with its chain; read again when it changes
	Key         string     `yaml:"key"`         // file, PEM
	ACME        acmeConfig `yaml:"acme"`        // certificates of an authority instead
	Redirect    string     `yaml:"redirect"`    // address whose plain HTTP leads to HTTPS, and answers ACME's questions: 0.0.0.0:80; "": none
	HSTS        bool       `yaml:"hsts"`        // browsers are told to come by HTTPS alone for half a year
}

// on tells that there is TLS.
func (c tlsConfig) on() bool { return c.Certificate != "" || len(c.ACME.Hosts) > 0 }

// check says what is wrong, naming the key.
func (c tlsConfig) check() error {
	switch {
	case c.Redirect != "" && !c.on():
		return fmt.Errorf("tls.redirect: there is no TLS to lead to")
	case (c.Certificate == "") != (c.Key == ""):
		return fmt.Errorf("tls: certificate and key belong together")
	case c.Certificate != "" && len(c.ACME.Hosts) > 0:
		return fmt.Errorf("tls: either certificate or acme")
	case len(c.ACME.Hosts) > 0 && c.ACME.Folder == "":
		return fmt.Errorf("tls.acme.folder: missing: authorities give a name few certificates a week")
	}
	if _, _, err := net.SplitHostPort(c.Redirect); err != nil && c.Redirect != "" {
		return fmt.Errorf("tls.redirect: %q is no address such as 0.0.0.0:80", c.Redirect)
	}
	for i, host := range c.ACME.Hosts {
		if !strings.Contains(host, ".") || strings.ContainsAny(host, "*/:") {
			return fmt.Errorf("tls.acme.hosts[%d]: %q is no name such as maps.example.org", i, host)
		}
	}
	return nil
}

// scheme begins the addresses of what is served.
func (c tlsConfig) scheme() string {
	if c.on() {
		return "https://"
	}
	return "http://"
}

// serve serves a handler on a listener until ctx ends: by TLS, if it is on, with the plain address beside it.
func (c tlsConfig) serve(ctx context.Context, on net.Listener, handler http.Handler, log *slog.Logger) error {
	secured, plain, err := c.build(log)
	if err != nil {
		return err
	}
	if secured != nil && c.HSTS {
		handler = strict(handler)
	}
	var beside net.Listener
	if c.Redirect != "" && plain != nil {
		if beside, err = net.Listen("tcp", c.Redirect); err != nil {
			return err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveUntil(ctx, on, handler, secured, log) })
	if beside != nil {
		group.Go(func() error { return serveUntil(ctx, beside, plain, nil, log) })
	}
	return group.Wait()
}

// listenTLS is listen by TLS.
func (h *house) listenTLS(ctx context.Context) error {
	return h.conf.TLS.serve(ctx, h.listener, h.handler, h.log)
}

// build makes the settings of a listener, and what answers on the plain one: nil without TLS.
func (c tlsConfig) build(log *slog.Logger) (*tls.Config, http.Handler, error) {
	redirect := http.Handler(http.HandlerFunc(toHTTPS))
	switch {
	case !c.on():
		return nil, nil, nil
	case c.Certificate != "":
		files := &pair{certificate: c.Certificate, key: c.Key, log: log}
		if _, err := files.get(nil); err != nil {
			return nil, nil, fmt.Errorf("tls: %w", err)
		}
		return &tls.Config{GetCertificate: files.get, MinVersion: tls.VersionTLS12}, redirect, nil
	}
	m, err := c.ACME.manager()
	if err != nil {
		return nil, nil, err
	}
	t := m.TLSConfig()
	t.MinVersion = tls.VersionTLS12
	return t, withoutPort(m.HTTPHandler(redirect)), nil
}

// bareHost is a host without its port.
func bareHost(host string) string {
	name, _, err := net.SplitHostPort(host)
	switch {
	case err != nil:
		return host
	case strings.Contains(name, ":"):
		return "[" + name + "]"
	}
	return name
}

// withoutPort lets a handler see hosts without ports: an authority may be led to another port than 80.
func withoutPort(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bare := r.WithContext(r.Context())
		bare.Host = bareHost(r.Host)
		next.ServeHTTP(w, bare)
	})
}

// toHTTPS leads a request to the same address by TLS. Only what is read may be asked again.
func toHTTPS(w http.ResponseWriter, r *http.Request) {
	host := bareHost(r.Host)
	if r.Method != http.MethodGet && r.Method != http.MethodHead || host == "" {
		http.Error(w, "this is served by HTTPS", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusMovedPermanently)
}

// pairAge is how long a certificate is used without a look at its file.
const pairAge = time.Minute

// pair is a certificate in files, which are read again when they change, so that one that is renewed needs no restart.
type pair struct {
	certificate, key string
	log              *slog.Logger

	mu      sync.Mutex
	held    *tls.Certificate
	written time.Time
	looked  time.Time
}

// get implements tls.Config.GetCertificate. Files that can't be read leave the certificate that was read before.
func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && time.Since(p.looked) < pairAge {
		return p.held, nil
	}
	p.looked = time.Now()
	info, err := os.Stat(p.certificate)
	if err == nil && p.held != nil && info.ModTime().Equal(p.written) {
		return p.held, nil
	}
	read, err := tls.LoadX509KeyPair(p.certificate, p.key)
	if err != nil {
		if p.held != nil {
			p.log.Warn("the certificate can't be read again: the one before is used on", "file", p.certificate, "error", err, "until", p.held.Leaf.NotAfter)
			return p.held, nil
		}
		return nil, err
	}
	if p.held != nil {
		p.log.Info("another certificate", "file", p.certificate, "until", read.Leaf.NotAfter)
	}
	p.held, p.written = &read, info.ModTime()
	return p.held, nil
}

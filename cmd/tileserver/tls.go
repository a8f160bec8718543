package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
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

// acmeConfig names an authority and what it is asked for.
type acmeConfig struct {
	Hosts     []string `yaml:"hosts"`     // names that certificates are for
	Folder    string   `yaml:"folder"`    // where they are kept
	Email     string   `yaml:"email"`     // whom the authority warns
	Directory string   `yaml:"directory"` // of the authority; "": Let's Encrypt
	CA        string   `yaml:"ca"`        // file, PEM, of whom the authority's own address is trusted by; "": the system's
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
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveUntil(ctx, on, handler, secured, log) })
	if c.Redirect != "" && plain != nil {
		beside, err := net.Listen("tcp", c.Redirect)
		if err != nil {
			return err
		}
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
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(c.ACME.Hosts...), Cache: autocert.DirCache(c.ACME.Folder), Email: c.ACME.Email}
	if c.ACME.Directory != "" || c.ACME.CA != "" {
		m.Client = &acme.Client{DirectoryURL: cmp.Or(c.ACME.Directory, autocert.DefaultACMEDirectory)}
	}
	if c.ACME.CA != "" {
		client, err := c.ACME.client()
		if err != nil {
			return nil, nil, fmt.Errorf("tls.acme.ca: %w", err)
		}
		m.Client.HTTPClient = client
	}
	t := m.TLSConfig()
	t.MinVersion = tls.VersionTLS12
	return t, m.HTTPHandler(redirect), nil
}

// client asks an authority whose own certificate is another's than the system trusts.
func (c acmeConfig) client() (*http.Client, error) {
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate", c.CA)
	}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}, nil
}

// toHTTPS leads a request to the same address by TLS. Only what is read may be asked again.
func toHTTPS(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
		if strings.Contains(name, ":") {
			host = "[" + name + "]"
		}
	}
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

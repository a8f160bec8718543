package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// acmeConfig names an authority and what it is asked for.
type acmeConfig struct {
	Hosts     []string `yaml:"hosts"`     // names that certificates are for
	Folder    string   `yaml:"folder"`    // where they are kept
	Email     string   `yaml:"email"`     // whom the authority warns
	Directory string   `yaml:"directory"` // of the authority; "": Let's Encrypt
	CA        string   `yaml:"ca"`        // file, PEM, of whom the authority's own address is trusted by; "": the system's
}

// manager gets certificates, and keeps them.
func (c acmeConfig) manager() (*autocert.Manager, error) {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.acme.ca: %w", err)
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("tls.acme.ca: %s has no certificate", c.CA)
		}
	}
	way := &ordering{next: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust, ForceAttemptHTTP2: true}, orders: map[string]string{}}
	return &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(c.Hosts...), Cache: autocert.DirCache(c.Folder), Email: c.Email,
		Client: &acme.Client{DirectoryURL: cmp.Or(c.Directory, autocert.DefaultACMEDirectory), HTTPClient: &http.Client{Transport: way, Timeout: time.Minute}},
	}, nil
}

// ordering tells the client where an order is when the authority says so at its beginning alone: RFC 8555 7.4 asks for no more, but the
// client wants to hear it again when the order is finalised.
type ordering struct {
	next http.RoundTripper

	mu     sync.Mutex
	orders map[string]string // addresses of orders, by those at which they are finalised
}

const (
	// maxOrders bounds how many are remembered: an order takes seconds.
	maxOrders = 1000
	// maxOrder bounds an order in bytes.
	maxOrder = 1 << 20
)

// RoundTrip implements http.RoundTripper.
func (o *ordering) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := o.next.RoundTrip(r)
	if err != nil || r.Method != http.MethodPost {
		return res, err
	}
	at := res.Header.Get("Location")
	o.mu.Lock()
	defer o.mu.Unlock()
	if known := o.orders[r.URL.String()]; known != "" && at == "" {
		res.Header.Set("Location", known)
	}
	if res.StatusCode != http.StatusCreated || at == "" {
		return res, nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOrder))
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	var order struct{ Finalize string }
	if json.Unmarshal(body, &order) == nil && order.Finalize != "" {
		if len(o.orders) >= maxOrders {
			clear(o.orders)
		}
		o.orders[order.Finalize] = at
	}
	return res, nil
}

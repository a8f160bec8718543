package main

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestACertificateThatChangesIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	log := &written{}
	held := func(p *pair) *tls.Certificate {
		t.Helper()
		p.looked = time.Time{} // a while later
		c, err := p.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, _, err := (tlsConfig{Certificate: cert, Key: key}).build(slog.New(slog.DiscardHandler)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("files that are not there: %v", err)
	}
	certificate(t, cert, key)
	p := &pair{certificate: cert, key: key, log: slog.New(slog.NewTextHandler(log, nil))}
	first := held(p)
	if held(p) != first {
		t.Error("read again although it has not changed")
	}
	certificate(t, cert, key)
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	second := held(p)
	if second == first || second.Leaf.Equal(first.Leaf) {
		t.Error("not read again although it has changed")
	}
	writeFile(t, cert, []byte("half of a certi"))
	if held(p) != second || !strings.Contains(log.String(), "can't be read again") {
		t.Errorf("a broken file replaces what was right, or is not told: %s", log)
	}
}

func TestPlainAddressesLeadToTLS(t *testing.T) {
	for _, c := range []struct {
		method, host, path, want string
		status                   int
	}{
		{"GET", "maps.example.org", "/wms?A=b%20c", "https://maps.example.org/wms?A=b%20c", 301},
		{"HEAD", "maps.example.org:8080", "/", "https://maps.example.org/", 301},
		{"GET", "[2001:db8::1]:80", "/a", "https://[2001:db8::1]/a", 301},
		{"GET", "maps.example.org", "//evil.example/", "https://maps.example.org//evil.example/", 301},
		{"POST", "maps.example.org", "/alerts", "", 400},
		{"GET", "", "/", "", 400},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, "http://x"+c.path, nil)
		r.Host = c.host
		toHTTPS(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.want {
			t.Errorf("%s %s%s: %d %s, want %d %s", c.method, c.host, c.path, w.Code, w.Header().Get("Location"), c.status, c.want)
		}
	}
}

func TestAPlainAddressBesideTLSLeadsThere(t *testing.T) {
	dir := t.TempDir()
	certificate(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	plain := freeAddress(t)
	startGateway(t, "tls: {certificate: "+filepath.Join(dir, "cert.pem")+", key: "+filepath.Join(dir, "key.pem")+", redirect: \""+plain+"\"}\n")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	until(t, "the plain address leads on", func() bool {
		res, err := client.Get("http://" + plain + "/collections")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusMovedPermanently && res.Header.Get("Location") == "https://127.0.0.1/collections"
	})
}

// freeAddress is one at which nobody listens yet.
func freeAddress(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(nil)
	defer s.Close()
	return strings.TrimPrefix(s.URL, "http://")
}

// answering is a way to an authority that answers by path.
type answering map[string]*http.Response

// RoundTrip implements http.RoundTripper.
func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a[r.URL.Path], nil }

func TestAnOrderIsFoundAgainWhereTheAuthorityTellsItOnce(t *testing.T) {
	answer := func(status int, location, body string) *http.Response {
		h := http.Header{}
		if location != "" {
			h.Set("Location", location)
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
	}
	o := &ordering{orders: map[string]string{}, next: answering{
		"/new":        answer(201, "https://ca.example/order/1", `{"status":"pending","finalize":"https://ca.example/finish/1"}`),
		"/account":    answer(201, "https://ca.example/account/1", `{}`),
		"/finish/1":   answer(200, "", `{"status":"processing"}`),
		"/finish/2":   answer(200, "", `{}`),
		"/finish/own": answer(200, "https://ca.example/order/own", `{}`),
	}}
	for _, c := range []struct{ path, want, body string }{
		{"/finish/1", "", `{"status":"processing"}`}, {"/account", "https://ca.example/account/1", `{}`},
		{"/new", "https://ca.example/order/1", `{"status":"pending","finalize":"https://ca.example/finish/1"}`},
		{"/finish/1", "https://ca.example/order/1", ""}, {"/finish/2", "", `{}`}, {"/finish/own", "https://ca.example/order/own", `{}`},
	} {
		r, err := http.NewRequest(http.MethodPost, "https://ca.example"+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := o.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if got := res.Header.Get("Location"); got != c.want || string(body) != c.body || err != nil {
			t.Errorf("%s: at %q, %q, %v, want %q, %q", c.path, got, body, err, c.want, c.body)
		}
	}
}

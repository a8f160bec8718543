// Package acme shows that the program gets its certificates from an authority: Pebble, Let's Encrypt's own for tests, within the test.
package acme

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

const host = "maps.example.org"

// program builds the program once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "isobar-acme-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "tileserver")
	build := exec.Command("go", "build", "-o", file, "./cmd/tileserver")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if file, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(status)
}

// authority is Pebble, and what is needed to trust it.
type authority struct {
	directory string
	own       string         // file of its own certificate
	roots     *x509.CertPool // of those that it gives
}

// newAuthority starts one that asks names at these ports of this machine.
func newAuthority(t *testing.T, httpPort, tlsPort int) authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	names := startDNS(t)
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	gives := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "the usual"}})
	front := wfe.New(quiet, store, va.New(quiet, httpPort, tlsPort, true, names, store), gives, []string{"authority.example.org"}, true, false, 1, 1)
	s := httptest.NewTLSServer(front.Handler())
	t.Cleanup(s.Close)
	a := authority{directory: s.URL + wfe.DirectoryPath, own: filepath.Join(t.TempDir(), "authority.pem"), roots: x509.NewCertPool()}
	if err := os.WriteFile(a.own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	a.roots.AppendCertsFromPEM(gives.GetRootCert(0).PEM())
	return a
}

// startDNS is a server of names, by TCP as Pebble asks, all of which are this machine's.
func startDNS(t *testing.T) (address string) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{Listener: on, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg).SetReply(asked)
		if q := asked.Question[0]; q.Qtype == dns.TypeA {
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(answer)
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return on.Addr().String()
}

// freePort is one at which nobody listens yet.
func freePort(t *testing.T) int {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	return on.Addr().(*net.TCPAddr).Port
}

// start runs the gateway until the test ends or stop is called.
func start(t *testing.T, a authority, tlsPort, httpPort int, folder string) (stop func()) {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "gateway.yaml")
	text := fmt.Sprintf("listen: 127.0.0.1:%d\ntls:\n  acme: {hosts: [%s], folder: %s, email: ops@example.org, directory: %q, ca: %s}\n  redirect: 127.0.0.1:%d\n", tlsPort, host, folder, a.directory, a.own, httpPort)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(file, "gateway", "--config", config, "--check").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := exec.Command(file, "gateway", "--config", config)
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	listening, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for scan := bufio.NewScanner(log); scan.Scan(); {
			if strings.Contains(scan.Text(), "msg=gateway") {
				close(listening)
			}
		}
	}()
	stop = sync.OnceFunc(func() {
		_ = p.Process.Signal(syscall.SIGTERM)
		<-ended
		if err := p.Wait(); err != nil {
			t.Errorf("the program: %v", err)
		}
	})
	t.Cleanup(stop)
	select {
	case <-listening:
	case <-ended:
		t.Fatal("the program ended")
	}
	return stop
}

// visit asks for /healthz by HTTPS, and gives the certificate's number.
func visit(t *testing.T, a authority, port int, name string) (res *http.Response, serial *big.Int, err error) {
	t.Helper()
	transport := &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: a.roots},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
	defer transport.CloseIdleConnections()
	res, err = (&http.Client{Transport: transport, Timeout: time.Minute}).Get("https://" + name + "/healthz")
	if err != nil {
		return nil, nil, err
	}
	res.Body.Close()
	return res, res.TLS.PeerCertificates[0].SerialNumber, nil
}

func TestCertificatesComeFromAnAuthority(t *testing.T) {
	closed := freePort(t)
	for name, by := range map[string]struct{ http, tls bool }{"by TLS-ALPN-01 (RFC 8737)": {tls: true}, "by HTTP-01 (RFC 8555 8.3)": {http: true}} {
		t.Run(name, func(t *testing.T) {
			httpPort, tlsPort, asksHTTP, asksTLS := freePort(t), freePort(t), closed, closed
			if by.http {
				asksHTTP = httpPort
			}
			if by.tls {
				asksTLS = tlsPort
			}
			a, folder := newAuthority(t, asksHTTP, asksTLS), t.TempDir()
			stop := start(t, a, tlsPort, httpPort, folder)
			res, first, err := visit(t, a, tlsPort, host)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
				t.Errorf("%s %s, want 200 by HTTP/2", res.Status, res.Proto)
			}
			if _, _, err := visit(t, a, tlsPort, "other.example.org"); err == nil {
				t.Error("a name that is not configured gets a certificate")
			}
			plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			q, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/collections?f=json", httpPort), nil)
			if err != nil {
				t.Fatal(err)
			}
			q.Host = host
			res, err = plain.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := res.Header.Get("Location"); res.StatusCode != http.StatusMovedPermanently || got != "https://"+host+"/collections?f=json" {
				t.Errorf("the plain address: %s %s", res.Status, got)
			}
			stop()
			start(t, a, tlsPort, httpPort, folder)
			if _, again, err := visit(t, a, tlsPort, host); err != nil || again.Cmp(first) != 0 {
				t.Errorf("after a restart: %v, certificate %v, want the one that was kept, %v", err, again, first)
			}
		})
	}
}

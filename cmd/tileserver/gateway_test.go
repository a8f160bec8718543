package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// written keeps what a program writes.
type written struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Buffer.Write(p)
}

// String is all that was written.
func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Buffer.String()
}

// startGateway runs the gateway, and gives its address once an instance answers. Its end is the test's.
func startGateway(t *testing.T, config string, args ...string) (address string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	writeFile(t, file, []byte(config))
	ctx, cancel := context.WithCancel(context.Background())
	log, done := &written{}, make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"gateway", "--config", file, "--listen", "127.0.0.1:0"}, args...), log, log)
	}()
	t.Cleanup(func() {
		cancel()
		if status := <-done; status != 0 {
			t.Errorf("the gateway ended with status %d:\n%s", status, log)
		}
	})
	url := regexp.MustCompile(`msg=gateway url=(https?://[^/\s]+)`)
	until(t, "the gateway listens", func() bool { return url.MatchString(log.String()) })
	return url.FindStringSubmatch(log.String())[1]
}

func TestAGatewayServesWhatTwoServersHave(t *testing.T) {
	dir := t.TempDir()
	instance := filepath.Join(dir, "instance.yaml")
	writeFile(t, instance, []byte("trusted_proxies: [127.0.0.0/8]\n"))
	var urls []string
	for _, name := range []string{"arome", "hrrr"} {
		sampleFiles(t, filepath.Join(dir, name), name)
		s := start(t, "serve", filepath.Join(dir, name), "--data", filepath.Join(dir, name+"-data"), "--config", instance)
		urls = append(urls, s.url)
	}
	at := startGateway(t, "prefix: /weather\ninstances: {probe: 100ms, refresh: 200ms}\n", urls...)
	base := at + "/weather"
	var body []byte
	until(t, "both servers' collections are there", func() bool {
		status, _, b := visit(t, base+"/collections?f=json")
		body = b
		return status == http.StatusOK && bytes.Contains(b, []byte(`"arome-france-0p025"`)) && bytes.Contains(b, []byte(`"hrrr"`))
	})
	var list struct {
		Collections []struct {
			ID    string
			Links []struct{ Href string }
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Collections {
		for _, l := range c.Links {
			if strings.HasPrefix(l.Href, "http://127.0.0.1") && !strings.HasPrefix(l.Href, base+"/") {
				t.Fatalf("collection %s leads past the gateway: %s", c.ID, l.Href)
			}
		}
	}
	for path, want := range map[string]string{
		"/xyz/hrrr.t_surface/3/1/3.png":                                 "image/png",
		"/xyz/arome-france-0p025.tcc/5/16/11.png":                       "image/png",
		"/collections/hrrr/position?coords=POINT(-100%2040)":            "application/vnd.cov+json",
		"/wms?SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0":        "text/xml",
		"/wmts/1.0.0/WMTSCapabilities.xml":                              "application/xml",
		"/wcs?SERVICE=WCS&REQUEST=GetCapabilities&ACCEPTVERSIONS=2.0.1": "application/xml",
		"/api":                "application/vnd.oai.openapi+json;version=3.0",
		"/collections?f=html": "text/html; charset=utf-8",
	} {
		status, h, body := visit(t, base+path)
		if status != http.StatusOK || h.Get("Content-Type") != want {
			t.Errorf("%s: %d %s, want 200 %s: %.200s", path, status, h.Get("Content-Type"), want, body)
		}
		if strings.Contains(path, "apabilities") && (!bytes.Contains(body, []byte("hrrr.t_surface<")) || !bytes.Contains(body, []byte("arome-france-0p025.tcc<"))) {
			t.Errorf("%s: not the layers of both", path)
		}
	}
	status, _, body := visit(t, base+"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=nope&STYLES=&CRS=CRS:84&BBOX=0,0,1,1&WIDTH=8&HEIGHT=8&FORMAT=image/png")
	if status != http.StatusBadRequest || !bytes.Contains(body, []byte(`code="LayerNotDefined"`)) {
		t.Errorf("an unknown layer: %d %s", status, body)
	}
}

// visit asks for an address.
func visit(t *testing.T, url string) (status int, header http.Header, body []byte) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return res.StatusCode, res.Header, b.Bytes()
}

func TestTheGatewaySpeaksTLSAndHTTP2(t *testing.T) {
	dir := t.TempDir()
	pool := certificate(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	at := startGateway(t, "tls: {certificate: "+filepath.Join(dir, "cert.pem")+", key: "+filepath.Join(dir, "key.pem")+", hsts: true}\n")
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "maps.example.org"}}}
	res, err := client.Get(at + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %s %v", res.Proto, res.Status, res.Header)
	}
}

func TestAServerSpeaksTLS(t *testing.T) {
	dir := t.TempDir()
	pool := certificate(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	file := filepath.Join(dir, "c.yaml")
	writeFile(t, file, []byte("tls:\n  certificate: "+filepath.Join(dir, "cert.pem")+"\n  key: "+filepath.Join(dir, "key.pem")+"\n"))
	sampleFiles(t, filepath.Join(dir, "in"), "hrrr")
	s := start(t, "serve", filepath.Join(dir, "in"), "--data", filepath.Join(dir, "data"), "--config", file)
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "maps.example.org"}}}
	res, err := client.Get(s.url + "/collections/hrrr?f=json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var c struct{ Links []struct{ Href string } }
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.ProtoMajor != 2 || len(c.Links) == 0 || !strings.HasPrefix(c.Links[0].Href, "https://") {
		t.Errorf("%s %s, %v, %v", res.Proto, res.Status, err, c.Links)
	}
}

// certificate writes one that signs itself.
func certificate(t *testing.T, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"maps.example.org"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for file, text := range map[string][]byte{certFile: cert, keyFile: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	return pool
}

func TestAKeyThatIsMadeIsKnown(t *testing.T) {
	status, out, errs := call("auth", "key", "loader", "--role", "admin")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	file := filepath.Join(t.TempDir(), "g.yaml")
	writeFile(t, file, []byte(out))
	conf, err := (&gatewayCmd{Config: file}).load()
	if err != nil || len(conf.Auth.Keys) != 1 || conf.Auth.Keys[0].Name != "loader" {
		t.Errorf("%+v, %v from %s", conf.Auth, err, out)
	}
}

func TestTheExamplesOfDeploymentAreRight(t *testing.T) {
	files, err := filepath.Glob("../../deploy/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range configMaps(t, "../../deploy/kubernetes/isobar.yaml") {
		file := filepath.Join(t.TempDir(), name)
		writeFile(t, file, []byte(text))
		files = append(files, file)
	}
	checked := 0
	for _, file := range files {
		switch filepath.Base(file) {
		case "gateway.yaml":
			_, err = (&gatewayCmd{Config: file}).load()
		case "server.yaml":
			_, err = (&settings{Config: file}).load(nil)
		default:
			continue
		}
		if checked++; err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if checked != 4 {
		t.Errorf("%d configurations were found, want 4", checked)
	}
}

// configMaps are the files in the ConfigMaps of a manifest.
func configMaps(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		var doc struct {
			Kind string
			Data map[string]string
		}
		if err := yaml.Unmarshal([]byte(part), &doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if doc.Kind == "ConfigMap" {
			maps.Copy(all, doc.Data)
		}
	}
	return all
}

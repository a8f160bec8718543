package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// env is an environment of the tests: the keys are those of AWS' examples.
func env(more map[string]string) func(string) string {
	return func(name string) string {
		if v, ok := more[name]; ok {
			return v
		}
		return map[string]string{"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}[name]
	}
}

// TestSignaturesAreThoseOfTheDocumentation signs the two examples of "Signature Calculations for the Authorization Header" of the
// Amazon S3 API reference that have the headers which we send.
func TestSignaturesAreThoseOfTheDocumentation(t *testing.T) {
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	sum := sha256.Sum256([]byte("Welcome to Amazon S3."))
	empty := sha256.Sum256(nil)
	for _, c := range []struct {
		method, url, sum string
		header           map[string]string
		want             string
	}{
		{"GET", "https://examplebucket.s3.amazonaws.com/test.txt", hex.EncodeToString(empty[:]), map[string]string{"Range": "bytes=0-9"},
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"PUT", "https://examplebucket.s3.amazonaws.com/test%24file.text", hex.EncodeToString(sum[:]),
			map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"},
			"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
	} {
		r, err := http.NewRequest(c.method, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range c.header {
			r.Header.Set(name, v)
		}
		e := env(nil)
		sign(r, c.sum, "us-east-1", e("AWS_ACCESS_KEY_ID"), e("AWS_SECRET_ACCESS_KEY"), now)
		if _, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature="); got != c.want {
			t.Errorf("%s %s: signature %s, want %s", c.method, c.url, got, c.want)
		}
	}
}

func TestABucketGetsTheFile(t *testing.T) {
	got, path, auth := "", "", ""
	status := http.StatusOK
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, path, auth = string(body), r.Method+" "+r.URL.EscapedPath(), r.Header.Get("Authorization")
		sum := sha256.Sum256(body)
		if r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) {
			t.Error("the body's hash is wrong")
		}
		w.WriteHeader(status)
	}))
	defer h.Close()
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("GRIB 7777"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := New(Options{Env: env(map[string]string{"AWS_ENDPOINT_URL": h.URL, "AWS_REGION": "eu-west-3"})})
	if err := a.Check("s3://kept/forecasts/"); err != nil {
		t.Error(err)
	}
	if err := a.Keep(t.Context(), "s3://kept/forecasts/", "gfs/2026/f001%2Fa b", file); err != nil {
		t.Fatal(err)
	}
	if got != "GRIB 7777" || path != "PUT /kept/forecasts/gfs/2026/f001%252Fa%20b" || !strings.Contains(auth, "/eu-west-3/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,") {
		t.Errorf("%s: %q, %s", path, got, auth)
	}
	status = http.StatusForbidden
	if err := a.Keep(t.Context(), "s3://kept", "x", file); err == nil || !strings.Contains(err.Error(), "s3://kept/x: 403") {
		t.Errorf("a refusal is %v", err)
	}
}

func TestAFolderGetsTheFileOnce(t *testing.T) {
	dir := t.TempDir()
	file, to := filepath.Join(dir, "f"), filepath.Join(dir, "archive")
	if err := os.WriteFile(file, []byte("GRIB"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := New(Options{}).Keep(context.Background(), to, "gfs/f001", file); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(to, "gfs", "f001")); err != nil || string(got) != "GRIB" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestBadAddressesAreTold(t *testing.T) {
	for to, want := range map[string]string{"ftp://x": "neither a folder nor", "s3://": "no bucket", "s3://kept": "AWS_ACCESS_KEY_ID"} {
		a := New(Options{Env: func(string) string { return "" }})
		if err := a.Check(to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
}

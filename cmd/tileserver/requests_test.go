package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/ingest"
)

var update = flag.Bool("update", false, "write what the server answers into testdata/*.txt")

// demoHouse is a whole server over the samples, shared by the tests of this package.
var demoHouse = sync.OnceValues(func() (*house, error) {
	dir, err := os.MkdirTemp("", "isobar-test-")
	if err != nil {
		return nil, err
	}
	samples := filepath.Join(dir, "samples")
	if err := unpackSamples(samples); err != nil {
		return nil, err
	}
	conf := defaults()
	conf.Listen, conf.Data, conf.Paths = "127.0.0.1:0", filepath.Join(dir, "data"), []string{samples}
	conf.ExternalURL = "http://isobar.test"
	env := &environment{ctx: context.Background(), stdout: io.Discard, stderr: io.Discard, log: slog.New(slog.DiscardHandler)}
	h, err := newHouse(env, conf)
	if err != nil {
		return nil, err
	}
	go func() { _ = h.catalogue.Run(env.ctx) }()
	if _, err := h.intake.Paths(env.ctx, conf.Paths, func(ingest.Progress) {}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(env.ctx, 10*time.Second)
	defer cancel()
	if err := h.caughtUp(ctx); err != nil {
		return nil, err
	}
	h.ready.Store(true)
	return h, nil
})

// TestRequests asks the whole server what testdata/*.txt holds and compares the answers: a file is cases, a case is a comment, a
// request line, perhaps headers, dashes, and the answer as status, type and body. Pictures are told by size and share painted.
func TestRequests(t *testing.T) {
	h, err := demoHouse()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { answerFile(t, h, file) })
	}
}

const separator = "\n====\n"

// answerFile plays one file of cases.
func answerFile(t *testing.T, h *house, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var now []string
	for _, c := range strings.Split(string(text), separator) {
		question, want, _ := strings.Cut(c, "\n----\n")
		got := ask(t, h.handler, question)
		now = append(now, question+"\n----\n"+got)
		if got != strings.TrimSpace(want) && !*update {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", question, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(now, separator)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// ask plays one request and writes the answer down.
func ask(t *testing.T, handler http.Handler, question string) string {
	t.Helper()
	var r *http.Request
	for line := range strings.Lines(question) {
		line = strings.TrimSpace(line)
		if name, value, ok := strings.Cut(line, ": "); ok && r != nil {
			r.Header.Set(name, value)
		} else if method, target, ok := strings.Cut(line, " "); ok && !strings.HasPrefix(line, "#") {
			r = httptest.NewRequest(method, target, nil)
		}
	}
	if r == nil {
		t.Fatalf("no request in %q", question)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n", w.Code, w.Header().Get("Content-Type"))
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("%s\nis open to origins %q, want all", question, got)
	}
	for _, name := range []string{"Cache-Control", "Warning", "Content-Bbox", "Content-Crs", "Content-Datetime"} {
		if v := w.Header().Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	b.WriteString(describe(w.Body.Bytes(), w.Header().Get("Content-Type")))
	return strings.TrimSpace(b.String())
}

// faultID is what differs from one internal error to the next.
var faultID = regexp.MustCompile(`[0-9a-f]{16}`)

// describe is a body as text; a picture is told by its size and how much of it is painted.
func describe(body []byte, mediaType string) string {
	if !strings.HasPrefix(mediaType, "image/") {
		return faultID.ReplaceAllString(string(body), "ID")
	}
	img, kind, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	b, painted := img.Bounds(), 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if _, _, _, a := img.At(x, y).RGBA(); a > 0 {
				painted++
			}
		}
	}
	return fmt.Sprintf("%s %dx%d, %d %% painted", kind, b.Dx(), b.Dy(), 100*painted/(b.Dx()*b.Dy()))
}

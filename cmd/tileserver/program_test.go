package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/cmd/tileserver/samples"
)

// asProgram makes this test's binary behave as the program: tests start it to have a process that they can kill.
const asProgram = "ISOBAR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// sampleFiles writes some samples into a folder of their own, by the beginnings of their names; none: all.
func sampleFiles(t *testing.T, dir string, beginnings ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := samples.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		wanted := len(beginnings) == 0
		for _, b := range beginnings {
			wanted = wanted || strings.HasPrefix(e.Name(), b)
		}
		if wanted {
			writeFile(t, filepath.Join(dir, e.Name()), sampleBytes(t, e.Name()))
		}
	}
}

// sampleBytes is one sample's content.
func sampleBytes(t *testing.T, name string) []byte {
	t.Helper()
	body, err := samples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// writeFile writes aside and renames, as a careful downloader does.
func writeFile(t *testing.T, name string, body []byte) {
	t.Helper()
	if err := os.WriteFile(name+".part", body, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".part", name); err != nil {
		t.Fatal(err)
	}
}

// call runs the program to its end.
func call(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// server is a program that serves.
type server struct {
	url  string
	log  *lines
	stop func() int
}

// lines keeps what a server logs.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(line + "\n")
}

// String is all that was logged.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var readyLine = regexp.MustCompile(`msg=ready url=(\S+)`)

// start runs a serving command until the test ends or stop is called, and waits until it is ready.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended, ready := make(chan int, 1), make(chan string, 1)
	s := &server{log: &lines{}}
	go func() { ended <- run(ctx, append(args, "--listen", "127.0.0.1:0"), io.Discard, w); w.Close() }()
	go func() {
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			s.log.add(scan.Text())
			if m := readyLine.FindStringSubmatch(scan.Text()); m != nil {
				ready <- m[1]
			}
		}
	}()
	s.stop = sync.OnceValue(func() int { cancel(); return <-ended })
	t.Cleanup(func() { s.stop() })
	select {
	case s.url = <-ready:
	case status := <-ended:
		ended <- status
		t.Fatalf("the server ended with status %d:\n%s", status, s.log)
	case <-time.After(time.Minute):
		t.Fatalf("the server is not ready after a minute:\n%s", s.log)
	}
	return s
}

// fetch asks the server for a path.
func (s *server) fetch(t *testing.T, path string) (int, string) {
	t.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

var layerName = regexp.MustCompile(`<Name>([^<]+\.[^<]+)</Name>`)

// layers lists the names of the layers that capabilities tell of.
func (s *server) layers(t *testing.T) map[string]bool {
	t.Helper()
	_, body := s.fetch(t, "/wms?SERVICE=WMS&REQUEST=GetCapabilities")
	names := map[string]bool{}
	for _, m := range layerName.FindAllStringSubmatch(body, -1) {
		names[m[1]] = true
	}
	return names
}

// until asks again until something holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("after 30 s still not: %s", what)
}

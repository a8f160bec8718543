package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// How the viewer's sources name rows of words.
var (
	spoken = []*regexp.Regexp{regexp.MustCompile(`\bt\('([^']+)'`), regexp.MustCompile(`data-words(?:-[a-z-]+)?="([^"]+)"`), regexp.MustCompile(`small\('.', '(\w+)'`)}
	either = regexp.MustCompile(`'(\w+)' : '(\w+)'`)
)

// TestWords holds the page's words to their rows: none is missing in a language, and none is there for nothing.
func TestWords(t *testing.T) {
	var rows map[string]map[string]string
	body, err := os.ReadFile("src/strings.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &rows); err != nil {
		t.Fatal(err)
	}
	for key, row := range rows {
		for _, language := range []string{"en", "fr"} {
			if row[language] == "" {
				t.Errorf("%s: no words in %q", key, language)
			}
		}
	}
	used := map[string]bool{}
	for name, text := range sources(t) {
		for _, m := range either.FindAllStringSubmatch(text, -1) { // t(on ? 'pause' : 'play')
			used[m[1]], used[m[2]] = true, true
		}
		for _, pattern := range spoken {
			for _, m := range pattern.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
				if rows[m[1]] == nil {
					t.Errorf("%s: the words %q have no row", name, m[1])
				}
			}
		}
	}
	for key := range rows {
		if used[key] || key[0] >= 'A' && key[0] <= 'Z' || key == "min" || key == "mean" || key == "max" { // themes; statistics by their names
			continue
		}
		t.Errorf("%s: the row is not used", key)
	}
}

// TestImports follows what the pages and modules name: each file is there, of the sources or of those that others made.
func TestImports(t *testing.T) {
	names := regexp.MustCompile(`(?:from|src|href|fetch\(|Worker\()[=:\s(]*['"]((?:viewer/|\./)?[\w./-]+\.(?:js|css|svg|json|html))['"]`)
	for name, text := range sources(t) {
		for _, m := range names.FindAllStringSubmatch(text, -1) {
			file := strings.TrimPrefix(strings.TrimPrefix(m[1], "viewer/"), "./")
			_, err := os.Stat(path.Join("src", file))
			if strings.HasPrefix(m[1], "viewer/") || strings.HasSuffix(name, ".html") { // what a browser asks for
				_, err = static.Open(path.Join("static", file))
			}
			if err != nil {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	}
}

// TestServe asks for files as browsers do.
func TestServe(t *testing.T) {
	page, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, mediaType string
		status          int
	}{
		{"/", "text/html; charset=utf-8", 200},
		{"/viewer/app.js", "text/javascript; charset=utf-8", 200},
		{"/viewer/vendor/countries-110m.json", "application/json", 200},
		{"/viewer/nothing.js", "text/plain; charset=utf-8", 404},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		page.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType {
			t.Errorf("GET %s: got %d %s, want %d %s", c.path, w.Code, w.Header().Get("Content-Type"), c.status, c.mediaType)
		}
		if c.status != 200 {
			continue
		}
		again := httptest.NewRecorder()
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		if page.ServeHTTP(again, r); again.Code != http.StatusNotModified {
			t.Errorf("GET %s again: got %d, want 304", c.path, again.Code)
		}
	}
}

// sources is the text of the viewer's own pages and modules.
func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir("src")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); ext == ".js" || ext == ".html" {
			body, err := os.ReadFile("src/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			out[e.Name()] = string(body)
		}
	}
	return out
}

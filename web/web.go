// Package web is the viewer: a page that shows the maps with nothing but the services that everybody else has.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:generate go run ./build

//go:embed static
var static embed.FS

// file is one part of the page, ready to send.
type file struct {
	mediaType string
	etag      string
	plain     []byte
	gzipped   []byte // nil where it saves little
}

// Page serves the viewer below a root: "/" and "/viewer/...". Files are compressed once, when it is made.
type Page struct {
	files map[string]file
}

// New reads the embedded files.
func New() (*Page, error) {
	p := &Page{files: map[string]file{}}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := pack(name, body)
		p.files[strings.TrimPrefix(name, "static/")] = f
		return err
	})
	return p, err
}

// pack makes a file ready to send.
func pack(name string, body []byte) (file, error) {
	sum := sha256.Sum256(body)
	f := file{plain: body, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, mediaType: mime.TypeByExtension(path.Ext(name))}
	switch path.Ext(name) { // the system's table of types may lack or misname these
	case ".js":
		f.mediaType = "text/javascript; charset=utf-8"
	case ".json":
		f.mediaType = "application/json"
	case ".md", ".LICENSE":
		f.mediaType = "text/plain; charset=utf-8"
	}
	var squeezed bytes.Buffer
	w, err := gzip.NewWriterLevel(&squeezed, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	if _, err := w.Write(body); err != nil {
		return f, err
	}
	if err := w.Close(); err != nil {
		return f, err
	}
	if squeezed.Len() < len(body)*9/10 {
		f.gzipped = squeezed.Bytes()
	}
	return f, nil
}

// lasting is how long a file may be kept: parts are named by what is in them, what others made changes with a release, and all else is asked
// for again, so that a page is never of two releases.
func lasting(name string) string {
	switch {
	case strings.HasPrefix(name, "part-"):
		return "public, max-age=31536000, immutable"
	case strings.HasPrefix(name, "vendor/"):
		return "public, max-age=86400"
	}
	return "no-cache"
}

// ServeHTTP answers GET and HEAD for "/" (the page) and "/viewer/<file>".
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/viewer/")
	if r.URL.Path == "/" {
		name = "index.html"
	}
	f, ok := p.files[name]
	if !ok {
		http.Error(w, fmt.Sprintf("the viewer has no file %q", name), http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", lasting(name))
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if f.gzipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzipped
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, bytes.NewReader(body)) // a client that has left is no error of ours
	}
}

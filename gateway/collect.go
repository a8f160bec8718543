package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of what is kept of documents.
const (
	maxDocument = 256 << 20       // bytes of one
	maxKept     = 256             // documents of all kinds
	fresh       = time.Second     // how long one is not asked for again
	partialAge  = 5 * time.Second // how long one may be kept by others from which instances are missing
)

// part is an instance's document.
type part struct {
	status int
	header http.Header
	body   []byte
	sum    string
	asked  time.Time
}

// whole is a merged document.
type whole struct {
	of     string // the sums of its parts
	header http.Header
	body   []byte
	gzip   []byte
	etag   string
	latest *upstream // whose update sequence it has
}

// shelf keeps documents.
type shelf struct {
	mu     sync.Mutex
	parts  map[string]*part
	wholes map[string]*whole
}

func (s *shelf) part(key string) *part {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts[key]
}

func (s *shelf) whole(key string) *whole {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wholes[key]
}

func (s *shelf) keepPart(key string, p *part) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil || len(s.parts) >= maxKept {
		s.parts = map[string]*part{}
	}
	s.parts[key] = p
}

func (s *shelf) keepWhole(key string, w *whole) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wholes == nil || len(s.wholes) >= maxKept {
		s.wholes = map[string]*whole{}
	}
	s.wholes[key] = w
}

// told is a document of an instance, with the instance.
type toldPart struct {
	*part
	by *upstream
}

// gather asks instances for their parts until all collections that can be had are covered.
func (g *Gateway) gather(ctx context.Context, d *document, c client, identity http.Header) (all []toldPart, missing []string, err error) {
	failed := map[*upstream]bool{}
	for {
		var some []*upstream
		some, missing = g.pool.view.Load().cover(failed)
		if len(some) == 0 {
			return nil, missing, errNone
		}
		all = make([]toldPart, len(some))
		problems := make([]error, len(some))
		var group sync.WaitGroup
		for i, u := range some {
			group.Go(func() {
				var p *part
				p, problems[i] = g.fetch(ctx, d, u, c, identity)
				all[i] = toldPart{p, u}
			})
		}
		group.Wait()
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		for i, problem := range problems {
			if problem != nil {
				g.log.Warn("document not had", "instance", some[i].name, "path", d.path, "error", problem)
				failed[some[i]] = true
			}
		}
		if errors.Join(problems...) == nil {
			return all, missing, nil
		}
	}
}

// fetch is an instance's part: the one that is kept, if the instance says that it has not changed.
func (g *Gateway) fetch(ctx context.Context, d *document, u *upstream, c client, identity http.Header) (*part, error) {
	key := u.name + "\n" + d.key(c.base())
	kept := g.shelf.part(key)
	if d.live {
		kept = nil
	}
	if kept != nil && time.Since(kept.asked) < fresh {
		return kept, nil
	}
	method := http.MethodGet
	if d.body != nil {
		method = http.MethodPost
	}
	target := u.url.JoinPath(d.path)
	target.RawQuery = d.query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(d.body))
	if err != nil {
		return nil, err
	}
	for name, values := range identity {
		r.Header[name] = values
	}
	c.forward(r.Header, g.config.Prefix)
	for name, value := range map[string]string{"Accept": d.accept, "Content-Type": d.mime} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if kept != nil && kept.header.Get("ETag") != "" {
		r.Header.Set("If-None-Match", kept.header.Get("ETag"))
	}
	u.pending.Add(1)
	defer u.pending.Add(-1)
	res, err := g.instances.base.RoundTrip(r)
	if err != nil {
		u.failed(time.Now(), err.Error(), unsent(err))
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified && kept != nil {
		again := *kept
		again.asked = time.Now()
		g.shelf.keepPart(key, &again)
		return &again, nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil || len(body) > maxDocument || res.StatusCode >= http.StatusInternalServerError {
		u.failed(time.Now(), fmt.Sprintf("%s, %v", res.Status, err), false)
		return nil, fmt.Errorf("%s: %s, %w", u.name, res.Status, errors.Join(err, errNone))
	}
	u.succeeded()
	p := &part{status: res.StatusCode, header: res.Header, body: body, sum: sum(body), asked: time.Now()}
	if p.status == http.StatusOK && !d.live {
		g.shelf.keepPart(key, p)
	}
	return p, nil
}

// collect answers with a merged document.
func (g *Gateway) collect(w http.ResponseWriter, r *http.Request, d *document, c client, identity http.Header) {
	all, missing, err := g.gather(r.Context(), d, c, identity)
	if err != nil {
		if r.Context().Err() == nil {
			g.refuse(w, r, http.StatusServiceUnavailable, "NoApplicableCode", "", "no instance answers now")
		}
		return
	}
	for _, p := range all {
		if p.status != http.StatusOK { // what one refuses all do
			sendPart(w, r, p.part)
			return
		}
	}
	one, err := g.assemble(d, c, all)
	if err != nil {
		g.log.Error("merging documents", "path", d.path, "error", err)
		g.refuse(w, r, http.StatusBadGateway, "NoApplicableCode", "", "the instances' documents can't be merged")
		return
	}
	if n, ok := parseSequence(d.update); d.update != "" && (!ok || n >= sequenceIn(one.body)) {
		g.pass(w, r, c, identity, &plan{candidates: []*upstream{one.latest}})
		return
	}
	one.send(w, r, missing)
}

// sequenceIn is the update sequence of a document.
func sequenceIn(doc []byte) int64 {
	root, err := scanXML(doc, 1)
	if err != nil {
		return 0
	}
	return sequenceOf(doc, root)
}

// assemble merges parts, once for all requests.
func (g *Gateway) assemble(d *document, c client, all []toldPart) (*whole, error) {
	key := d.key(c.base()) + fmt.Sprint(d.asPage)
	of := &strings.Builder{}
	for _, p := range all {
		of.WriteString(p.sum)
	}
	if kept := g.shelf.whole(key); kept != nil && kept.of == of.String() {
		return kept, nil
	}
	made, err, _ := g.once.Do(key+of.String(), func() (any, error) {
		docs := make([][]byte, len(all))
		one := &whole{of: of.String(), header: all[0].header.Clone(), latest: all[0].by}
		var latest int64
		for i, p := range all {
			docs[i] = p.body
			if n := sequenceIn(p.body); d.tables == nil && n > latest {
				latest, one.latest = n, p.by
			}
		}
		body, err := d.merge(docs)
		if err == nil && d.asPage {
			title := titles[d.path]
			body, err = g.options.Page(title, c.base()+g.config.Prefix, body)
			one.header.Set("Content-Type", "text/html; charset=utf-8")
		}
		if err != nil {
			return nil, err
		}
		one.body, one.etag = body, `W/"`+sum(body)+`"`
		if one.header.Get("Content-Encoding") == "" { // identity: some of its readers look at the bytes as they come
			one.gzip = zipped(body)
		}
		if !d.live {
			g.shelf.keepWhole(key, one)
		}
		return one, nil
	})
	if err != nil {
		return nil, err
	}
	one, _ := made.(*whole)
	return one, nil
}

// passed are the headers of an instance's document that the merged one has too.
var passed = []string{"Content-Type", "Content-Encoding", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Link"}

func copyHeaders(to, from http.Header) {
	for _, name := range passed {
		if values := from.Values(name); len(values) > 0 {
			to[name] = values
		}
	}
}

// send writes the document, or 304 if the client has it. A Warning tells what is missing from it.
func (o *whole) send(w http.ResponseWriter, r *http.Request, missing []string) {
	h := w.Header()
	copyHeaders(h, o.header)
	h.Set("ETag", o.etag)
	if text := models(missing); text != "" {
		h.Set("Warning", `199 - "not served now: `+text+`"`)
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(partialAge.Seconds())))
	}
	if has(r, o.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := o.body
	if o.gzip != nil && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = o.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // an error means that the client has left
	}
}

// sendPart passes on what an instance answered.
func sendPart(w http.ResponseWriter, r *http.Request, p *part) {
	h := w.Header()
	copyHeaders(h, p.header)
	if v := p.header.Get("WWW-Authenticate"); v != "" {
		h.Set("WWW-Authenticate", v)
	}
	h.Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(p.body)
	}
}

// maxNamed bounds how many models a Warning names.
const maxNamed = 10

// models are the collections among some that no other belongs to: of gfs and gfs.t2m, gfs.
func models(ids []string) string {
	var named []string
	have := map[string]bool{}
	for _, id := range ids {
		have[id] = true
	}
	for _, id := range ids {
		if model, _, layer := strings.Cut(id, "."); layer && have[model] {
			continue
		}
		if len(named) == maxNamed {
			named = append(named, "and more")
			break
		}
		named = append(named, id)
	}
	return strings.ReplaceAll(strings.Join(named, ", "), `"`, "'")
}

// has tells that a client has a document (RFC 9110 13.1.2).
func has(r *http.Request, etag string) bool {
	for _, line := range r.Header.Values("If-None-Match") {
		for given := range strings.SplitSeq(line, ",") {
			if given = strings.TrimSpace(given); given == "*" || strings.TrimPrefix(given, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}

// takesGzip tells that a client takes gzip (RFC 9110 12.5.3).
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

func sum(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:8])
}

// leastZipped is the shortest document in bytes that is compressed.
const leastZipped = 1024

func zipped(body []byte) []byte {
	if len(body) < leastZipped {
		return nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil || w.Close() != nil { // into memory
		return nil
	}
	return b.Bytes()
}

// Package fetch asks providers for bytes: paced for each provider, timed out, and checked before they are believed.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"isobar/ingest/source"
)

// Options are a client's settings; the zero value is good.
type Options struct {
	Rates     map[string]Rate   // by provider, over those of Known
	Transport http.RoundTripper // nil: http.DefaultTransport's settings
	Idle      time.Duration     // how long nothing may come before a request is given up; 0: 30 s
	Slowest   int64             // bytes a second that a body must come at, over a minute; 0: 1 KiB
	Agent     string            // User-Agent
	Blocked   time.Duration     // how long a provider that blocks us is left alone; 0: ten minutes
	Folder    string            // where processes that ask the same providers keep their common pace, over restarts; "": nowhere
}

// Known are the limits that providers publish or are known to hold (2026-11-25).
func Known() map[string]Rate {
	return map[string]Rate{
		"nomads":       {PerMinute: 110, Parallel: 4}, // nomads.ncep.noaa.gov: 120 a minute, then 302 to a page
		"meteo-france": {PerMinute: 50, Parallel: 2},  // portail-api.meteofrance.fr: 50 a minute
		"ecmwf":        {PerMinute: 400, Parallel: 8}, // data.ecmwf.int: 500 connections for all
		"dwd":          {Parallel: 8},
		"noaa-aws":     {Parallel: 16},
	}
}

// Client asks. Safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client

	mu     sync.Mutex
	pacers map[string]*pacer
	count  map[string]*Count
	rates  map[string]Rate
	kept   map[string]kept
}

// Count is what was asked of a provider so far.
type Count struct {
	Requests, Failures, Bytes int64
}

// New makes a client.
func New(o Options) *Client {
	if o.Idle <= 0 {
		o.Idle = 30 * time.Second
	}
	if o.Slowest <= 0 {
		o.Slowest = 1 << 10
	}
	if o.Blocked <= 0 {
		o.Blocked = 10 * time.Minute
	}
	if o.Agent == "" {
		o.Agent = "isobar"
	}
	rates := Known()
	for name, r := range o.Rates {
		rates[name] = r
	}
	c := &Client{options: o, pacers: map[string]*pacer{}, count: map[string]*Count{}, rates: rates, kept: map[string]kept{}}
	c.http = &http.Client{Transport: o.Transport, CheckRedirect: redirected}
	return c
}

// redirected follows a few redirects, but not to a page that tells us off. Another host is not told our key.
func redirected(r *http.Request, via []*http.Request) error {
	if len(via) >= 5 || strings.Contains(r.URL.Path, "abuse") || strings.Contains(r.URL.Path, "blocked") {
		return http.ErrUseLastResponse
	}
	if r.URL.Host != via[0].URL.Host {
		for name := range r.Header {
			if name != "Range" && name != "Accept-Encoding" && name != "User-Agent" {
				r.Header.Del(name)
			}
		}
	}
	return nil
}

// Request is one question.
type Request struct {
	Provider string // whose rate holds; "": the URL's host
	URL      string
	Header   http.Header // keys of access, conditions
	From, To int64       // bytes, To excluded, ToEnd: the rest; both 0: all
	Max      int64       // bytes that an answer may have; 0: 4 GiB
	HTML     bool        // an HTML page is an answer; else it is none
}

// ToEnd as a Request's To means the rest of the file.
const ToEnd = -1

// part tells that not all of the file is wanted.
func (q *Request) part() bool { return q.To > q.From || q.To == ToEnd }

// Response is how a question was answered.
type Response struct {
	NotModified bool
	Bytes       int64
	Size        int64  // of the whole file, if it was told
	ETag        string // for If-None-Match
	Modified    string // for If-Modified-Since
}

// Get asks once and writes the body. Errors are those of source.Source.Fetch; after one, what was written is to be thrown away.
func (c *Client) Get(ctx context.Context, q Request, w io.Writer) (Response, error) {
	u, err := url.Parse(q.URL)
	if err != nil {
		return Response{}, fmt.Errorf("URL: %w", err)
	}
	name := q.Provider
	if name == "" {
		name = u.Host
	}
	p, count := c.provider(name)
	leave, err := p.enter(ctx)
	if err != nil {
		return Response{}, err
	}
	defer leave()
	r, err := c.ask(ctx, q, w)
	var later *source.RetryAfter
	if errors.As(err, &later) {
		err = errors.Join(err, p.hush(later.After))
	}
	c.mu.Lock()
	count.Requests++
	count.Bytes += r.Bytes
	if err != nil && !errors.Is(err, source.ErrNotYet) {
		count.Failures++
	}
	c.mu.Unlock()
	if err != nil {
		return r, fmt.Errorf("%s: %w", Show(q.URL), err)
	}
	return r, nil
}

// Counts tells what was asked of each provider.
func (c *Client) Counts() map[string]Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string]Count{}
	for name, n := range c.count {
		all[name] = *n
	}
	return all
}

func (c *Client) provider(name string) (*pacer, *Count) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pacers[name] == nil {
		rate, path := c.rates[name], ""
		if c.options.Folder != "" && rate.PerMinute+int(rate.Spacing) > 0 {
			path = filepath.Join(c.options.Folder, url.PathEscape(name)+".pace")
		}
		c.pacers[name] = newPacer(rate, path)
	}
	if c.count[name] == nil {
		c.count[name] = &Count{}
	}
	return c.pacers[name], c.count[name]
}

// ask makes the request.
func (c *Client) ask(ctx context.Context, q Request, w io.Writer) (Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, q.URL, nil)
	if err != nil {
		return Response{}, err
	}
	for name, values := range q.Header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", c.options.Agent)
	if q.part() {
		last := ""
		if q.To != ToEnd {
			last = strconv.FormatInt(q.To-1, 10)
		}
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%s", q.From, last))
		r.Header.Set("Accept-Encoding", "identity")
	}
	watch := time.AfterFunc(c.options.Idle, func() { cancel(errIdle) })
	defer watch.Stop()
	resp, err := c.http.Do(r)
	if err != nil {
		return Response{}, cause(ctx, err)
	}
	defer resp.Body.Close()
	if err := c.judge(q, resp); err != nil {
		return Response{}, err
	}
	a := Response{ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"), Size: whole(resp)}
	if resp.StatusCode == http.StatusNotModified {
		a.NotModified = true
		return a, nil
	}
	most := q.Max
	if most <= 0 {
		most = 4 << 30
	}
	body := &watched{from: io.LimitReader(resp.Body, most+1), timer: watch, idle: c.options.Idle, slowest: c.options.Slowest, began: time.Now()}
	a.Bytes, err = io.Copy(w, body)
	switch {
	case err != nil:
		return a, cause(ctx, err)
	case a.Bytes > most:
		return a, fmt.Errorf("%w: more than %d bytes", source.ErrContent, most)
	case resp.ContentLength >= 0 && a.Bytes != resp.ContentLength:
		return a, fmt.Errorf("%w: %d of %d bytes came", source.ErrContent, a.Bytes, resp.ContentLength)
	case q.To > q.From && a.Bytes != q.To-q.From:
		return a, fmt.Errorf("%w: %d bytes came of a range of %d", source.ErrContent, a.Bytes, q.To-q.From)
	case q.To == ToEnd && a.Bytes != a.Size-q.From:
		return a, fmt.Errorf("%w: %d bytes came from byte %d on of a file of %d", source.ErrContent, a.Bytes, q.From, a.Size)
	}
	return a, nil
}

// judge tells what an answer's head means.
func (c *Client) judge(q Request, resp *http.Response) error {
	later := retryAfter(resp.Header.Get("Retry-After"), time.Now())
	refused := func(usual time.Duration, why error) error {
		if later > 0 {
			usual = later
		}
		return &source.RetryAfter{After: usual, Err: why}
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // a type that can't be read is none
	switch s := resp.StatusCode; {
	case s == http.StatusNotModified:
		return nil
	case s >= 300 && s < 400:
		return refused(c.options.Blocked, fmt.Errorf("%w: sent to %s", source.ErrBlocked, Show(resp.Header.Get("Location"))))
	case s == http.StatusTooManyRequests:
		return refused(time.Minute/2, fmt.Errorf("%w: %s", source.ErrBlocked, resp.Status))
	case s == http.StatusNotFound || s == http.StatusRequestedRangeNotSatisfiable:
		return source.ErrNotYet
	case s == http.StatusGone:
		return source.ErrGone
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return fmt.Errorf("%w: %s: is the key of access right?", source.ErrBlocked, resp.Status)
	case s == http.StatusServiceUnavailable && later > 0:
		return refused(0, errors.New(resp.Status))
	case s != http.StatusOK && s != http.StatusPartialContent:
		return errors.New(resp.Status)
	case kind == "text/html" && !q.HTML && resp.Request != nil && resp.Request.Response != nil: // a redirect led to it
		return refused(c.options.Blocked, fmt.Errorf("%w: sent to a web page, %s", source.ErrBlocked, Show(resp.Request.URL.String())))
	case kind == "text/html" && !q.HTML:
		return fmt.Errorf("%w: a web page", source.ErrContent)
	case q.part() && s != http.StatusPartialContent:
		return fmt.Errorf("%w: the whole file where a part was wanted", source.ErrContent)
	}
	return nil
}

// whole is the size of the file that an answer is of, or is a part of.
func whole(resp *http.Response) int64 {
	if _, total, ok := strings.Cut(resp.Header.Get("Content-Range"), "/"); ok {
		if n, err := strconv.ParseInt(total, 10, 64); err == nil {
			return n
		}
	}
	return max(resp.ContentLength, 0)
}

// retryAfter reads seconds or a date (RFC 9110 10.2.3); at most a day.
func retryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	d := time.Duration(0)
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		d = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), 24*time.Hour)
}

// cause is why a request ended: our own reason, if there was one.
func cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil && !errors.Is(why, context.Canceled) {
		return why
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the body ended early", source.ErrContent)
	}
	var u *url.Error
	if errors.As(err, &u) { // it names the URL, keys and all
		return u.Err
	}
	return err
}

// Show is a URL without what is secret in it.
func Show(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "?"
	}
	u.User = nil
	q := u.Query()
	for name := range q {
		switch strings.ToLower(name) {
		case "apikey", "api_key", "key", "token", "signature", "x-amz-signature":
			q.Set(name, "***")
			u.RawQuery = q.Encode()
		}
	}
	return u.String()
}

// IsPage tells that bytes are the start of a web page or an XML report instead of data.
func IsPage(head []byte) bool {
	head = bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 256)]))
	return bytes.HasPrefix(head, []byte("<!doctype")) || bytes.HasPrefix(head, []byte("<html")) || bytes.HasPrefix(head, []byte("<?xml"))
}

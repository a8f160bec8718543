package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// eventsPath is where instances tell what happens, as server-sent events.
const eventsPath = "/events"

// maxFrame bounds one event in bytes.
const maxFrame = 1 << 20

// listening is one client that hears of all instances. An event's identity is the last one of each instance, so that a client that
// comes back goes on with each.
type listening struct {
	g        *Gateway
	r        *http.Request
	client   client
	identity http.Header

	mu   sync.Mutex
	w    http.ResponseWriter
	last url.Values // the last event's identity, by instance
	live map[*upstream]bool
}

// events tells what happens on all instances, until the client leaves.
func (g *Gateway) events(w http.ResponseWriter, r *http.Request, c client, identity http.Header) {
	l := &listening{g: g, r: r, client: c, identity: identity, w: w, live: map[*upstream]bool{}}
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = parameter(r, "last-event-id")
	}
	if l.last, _ = url.ParseQuery(after); l.last == nil { // what can't be read is nobody's
		l.last = url.Values{}
	}
	if some, _ := g.pool.view.Load().cover(nil); len(some) == 0 {
		g.refuse(w, r, http.StatusServiceUnavailable, "NoApplicableCode", "", "no instance answers now")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx
	h.Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(http.StatusOK)
	l.write(": hello\n\n")
	g.meters.count("events", http.StatusOK)
	var group sync.WaitGroup
	defer group.Wait()
	for {
		some, _ := g.pool.view.Load().cover(nil)
		for _, u := range some {
			if l.begin(u) {
				group.Go(func() { l.hear(u) })
			}
		}
		if !tick(r.Context(), g.config.Instances.Probe) {
			return
		}
	}
}

// begin notes that an instance is heard; false: it is already.
func (l *listening) begin(u *upstream) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.live[u]
	l.live[u] = true
	return !was
}

// hear passes on what an instance tells, until it ends. One that another has come to cover is left when it ends by itself.
func (l *listening) hear(u *upstream) {
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.live, u)
	}()
	ctx, cancel := context.WithCancel(l.r.Context())
	defer cancel()
	target := u.url.JoinPath(eventsPath)
	q := l.r.URL.Query()
	q.Del("last-event-id")
	target.RawQuery = q.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return
	}
	maps.Copy(r.Header, l.identity)
	l.client.forward(r.Header, l.g.config.Prefix)
	r.Header.Set("Accept", "text/event-stream")
	l.mu.Lock()
	if id := l.last.Get(u.name); id != "" {
		r.Header.Set("Last-Event-ID", id)
	}
	l.mu.Unlock()
	res, err := l.g.instances.base.RoundTrip(r)
	if err != nil {
		u.failed(time.Now(), err.Error(), unsent(err))
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return
	}
	silence := time.AfterFunc(l.g.config.Timeouts.Idle, cancel)
	defer silence.Stop()
	lines := bufio.NewReaderSize(res.Body, 64<<10)
	var frame strings.Builder
	id, has := "", false
	for {
		line, err := lines.ReadString('\n')
		if err != nil || frame.Len()+len(line) > maxFrame {
			return
		}
		silence.Reset(l.g.config.Timeouts.Idle)
		switch trimmed := strings.TrimRight(line, "\r\n"); {
		case trimmed == "":
			l.frame(u, frame.String(), id, has)
			frame.Reset()
			has = false
		case strings.HasPrefix(trimmed, "id:"):
			id, has = strings.TrimSpace(trimmed[3:]), true
		default:
			frame.WriteString(trimmed + "\n")
		}
	}
}

// frame writes an event with the identity of all.
func (l *listening) frame(u *upstream, text, id string, has bool) {
	l.mu.Lock()
	if has {
		l.last.Set(u.name, id)
		text = "id: " + l.last.Encode() + "\n" + text
	}
	l.mu.Unlock()
	if text != "" {
		l.write(text + "\n")
	}
}

// write sends a text at once.
func (l *listening) write(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.w, text) // an error means that the client has left
	_ = http.NewResponseController(l.w).Flush()
}

// Status tells how the instances do, for those who run them.
func (g *Gateway) Status() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		v := g.pool.view.Load()
		for _, u := range v.all {
			up, why := u.state()
			ids := slices.DeleteFunc(slices.Clone(v.ids[u]), func(id string) bool { return strings.Contains(id, ".") })
			fmt.Fprintf(w, "%s up=%v pending=%d collections=%d models=%s %s\n", u.url, up, u.pending.Load(), len(v.ids[u]), strings.Join(ids, ","), why)
		}
	})
}

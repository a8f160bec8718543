package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// How much of an answer is read before the first byte goes on to the client, so that a server that dies under it is not noticed.
const (
	wholeAnswer = 1 << 20  // bytes of an answer that tells its length
	peekAnswer  = 64 << 10 // bytes of one that does not
)

// errNone says that no server can take a request now, by wrapping.
var errNone = errors.New("no server answers")

// balancer sends a request to one of several servers, and to another if that fails and the request may be repeated. It is the
// http.RoundTripper of one route.
type balancer struct {
	base    http.RoundTripper
	retries int
	most    int // requests under way to one server
	idle    time.Duration
	peek    bool // answers of unknown length, too, are read ahead
	turn    atomic.Int64
	retried func()
	address func(to *upstream, out *http.Request) // completes the request for a server
}

// plan is who may take a request; the request's context carries it.
type plan struct {
	candidates []*upstream
	seek       bool // the one that knows the resource is looked for: 404 means to ask the next
	took       *upstream
}

type planKey struct{}

func withPlan(ctx context.Context, p *plan) context.Context {
	return context.WithValue(ctx, planKey{}, p)
}

// newTransport is the connections of one route.
func newTransport(t Timeouts) *http.Transport {
	dialer := &net.Dialer{Timeout: t.Dial, KeepAlive: 15 * time.Second}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: t.Dial + 3*time.Second, ResponseHeaderTimeout: t.FirstByte,
		MaxIdleConnsPerHost: 128, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
		DisableCompression: true, // what a client takes is between it and the server
	}
}

// RoundTrip implements http.RoundTripper.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	p, _ := r.Context().Value(planKey{}).(*plan)
	if p == nil || len(p.candidates) == 0 {
		return nil, errNone
	}
	repeatable := repeatable(r.Method)
	tried := map[*upstream]bool{}
	attempts := b.retries + 1
	if p.seek {
		attempts += len(p.candidates)
	}
	var last error
	for turn := int(b.turn.Add(1)); len(tried) < attempts; {
		u := pick(p.candidates, tried, b.most, time.Now(), turn)
		if u == nil {
			break
		}
		u.claim(time.Now())
		tried[u] = true
		if len(tried) > 1 && !p.seek {
			b.retried()
		}
		p.took = u
		res, err := b.try(r, u, repeatable)
		more := len(tried) < attempts && pick(p.candidates, tried, b.most, time.Now(), turn) != nil
		switch {
		case err == nil && !(more && again(res.StatusCode, repeatable, p.seek && replayable(r))):
			return res, nil
		case err == nil:
			discard(res)
			last = fmt.Errorf("%s answered %s", u.name, res.Status)
		case r.Context().Err() != nil:
			return nil, err
		case !repeatable && !(unsent(err) && replayable(r)):
			return nil, err
		default:
			last = err
		}
	}
	if last == nil {
		last = errNone
	}
	return nil, last
}

// repeatable tells that a request may be sent twice (RFC 9110 9.2.1).
func repeatable(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// again tells that an answer is worth asking another server.
func again(status int, repeatable, seek bool) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return repeatable
	case http.StatusNotFound:
		return seek
	}
	return false
}

// replayable tells that a request can be sent a second time.
func replayable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

// unsent tells that nothing of a request has left.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// discard lets an answer go, and its connection stay if that is cheap.
func discard(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	res.Body.Close()
}

// try sends a request to one server, and reads as much ahead as may be repeated.
func (b *balancer) try(r *http.Request, u *upstream, repeatable bool) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	out := r.Clone(ctx)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			cancel(nil)
			return nil, err
		}
		out.Body = body
	}
	b.address(u, out)
	u.pending.Add(1)
	done := sync.OnceFunc(func() { u.pending.Add(-1); cancel(nil) })
	res, err := b.base.RoundTrip(out)
	if err == nil && res.StatusCode == http.StatusSwitchingProtocols {
		u.succeeded()
		u.pending.Add(-1) // the connection lives on, its context too
		return res, nil
	}
	if err == nil {
		res.Body = &watched{ReadCloser: res.Body, idle: b.idle, cancel: cancel, done: done}
		if repeatable && r.Method != http.MethodHead {
			err = b.ahead(res)
		}
	}
	if err != nil {
		done()
		if r.Context().Err() == nil {
			u.failed(time.Now(), err.Error(), unsent(err))
		}
		return nil, err
	}
	if again(res.StatusCode, true, false) {
		u.failed(time.Now(), res.Status, false)
	} else {
		u.succeeded()
	}
	return res, nil
}

// ahead reads the beginning of an answer, or all of it. What is written as it happens is not waited for.
func (b *balancer) ahead(res *http.Response) error {
	var read []byte
	var err error
	switch n := res.ContentLength; {
	case n == 0:
		return nil
	case n > 0 && n <= wholeAnswer:
		read = make([]byte, n)
		_, err = io.ReadFull(res.Body, read)
	case n < 0 && b.peek && !live(res.Header.Get("Content-Type")):
		var buffer bytes.Buffer
		_, err = io.CopyN(&buffer, res.Body, peekAnswer)
		read = buffer.Bytes()
		if err == io.EOF { // that is all
			err, res.ContentLength = nil, int64(len(read))
			res.TransferEncoding = nil
			res.Header.Set("Content-Length", fmt.Sprint(len(read)))
		}
	default:
		return nil
	}
	if err != nil {
		res.Body.Close()
		return fmt.Errorf("the answer broke off: %w", err)
	}
	res.Body = &begun{Reader: io.MultiReader(bytes.NewReader(read), res.Body), Closer: res.Body}
	return nil
}

// live tells of media types that are written as things happen.
func live(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/event-stream") || strings.HasPrefix(mediaType, "application/x-ndjson") || strings.HasPrefix(mediaType, "application/json-seq")
}

// begun is a body whose beginning has been read.
type begun struct {
	io.Reader
	io.Closer
}

// watched is a body that may not be idle for too long, and that tells when it is done.
type watched struct {
	io.ReadCloser
	idle   time.Duration
	cancel context.CancelCauseFunc
	done   func()
}

var errIdle = errors.New("the server has sent nothing for too long")

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	timer := time.AfterFunc(w.idle, func() { w.cancel(errIdle) })
	n, err := w.ReadCloser.Read(p)
	timer.Stop()
	return n, err
}

// Close implements io.Closer.
func (w *watched) Close() error {
	err := w.ReadCloser.Close()
	w.done()
	return err
}

package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"isobar/records"
)

// Run delivers until ctx ends, while no other process does.
func (s *Sender) Run(ctx context.Context) error {
	return records.Hold(ctx, s.o.Store, s.o.Kind, s.o.Holder, s.o.Lease, s.deliver)
}

// deliver tries what is due, again and again.
func (s *Sender) deliver(ctx context.Context, _ int64) error {
	changes := s.o.Store.Changes(ctx, s.o.Kind)
	for {
		next, err := s.round(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.o.Log.Error("messages that wait can't be read", "kind", s.o.Kind, "error", err)
			next = s.o.Now().Add(s.o.First)
		}
		wake := time.NewTimer(max(next.Sub(s.o.Now()), time.Millisecond))
		select {
		case <-ctx.Done():
		case <-changes:
		case <-wake.C:
		}
		wake.Stop()
	}
}

// round tries all that is due, and tells when the next is.
func (s *Sender) round(ctx context.Context) (next time.Time, err error) {
	next = s.o.Now().Add(maxWait)
	seats := make(chan struct{}, atOnce)
	var trying sync.WaitGroup
	var failed atomic.Bool // a note could not be made
	defer func() {
		trying.Wait()
		if soon := s.o.Now().Add(s.o.First); failed.Load() && soon.Before(next) {
			next = soon
		}
	}()
	for d, err := range s.o.Store.List(ctx, s.o.Kind, records.Range{}) {
		if err != nil {
			return next, err
		}
		var w waiting
		if err := json.Unmarshal(d.Body, &w); err != nil {
			s.o.Log.Error("a message that waits can't be read", "id", d.ID, "error", err)
			continue
		}
		if w.Next.After(s.o.Now()) {
			if w.Next.Before(next) {
				next = w.Next
			}
			continue
		}
		select {
		case seats <- struct{}{}:
		case <-ctx.Done():
			return next, ctx.Err()
		}
		trying.Go(func() {
			defer func() { <-seats }()
			if !s.try(ctx, d, w) {
				failed.Store(true)
			}
		})
	}
	return next, nil
}

// try sends a message once, and notes how it went, which wakes the next round; noted is false if it could not be.
func (s *Sender) try(ctx context.Context, d records.Document, w waiting) (noted bool) {
	if _, err := s.o.Store.Get(ctx, s.sentKind(), d.ID); err == nil { // noted, and not yet removed
		return s.noted(ctx, d.ID, s.o.Store.Delete(ctx, s.o.Kind, d.ID, records.Any))
	} else if !errors.Is(err, records.ErrNotFound) {
		return s.noted(ctx, d.ID, err)
	}
	wait, err := s.post(ctx, w.Message)
	if ctx.Err() != nil {
		return true // it was not the receiver's fault
	}
	now := s.o.Now()
	w.Tries++
	final := errors.Is(err, ErrForbidden) || errors.Is(err, errGone) || now.Sub(w.Since) > s.o.Life
	switch {
	case err == nil:
		s.o.Log.Debug("message delivered", "id", w.ID, "tries", w.Tries)
		return s.settle(ctx, d)
	case final:
		s.o.Log.Warn("message given up", "id", w.ID, "url", w.URL, "tries", w.Tries, "error", err)
		return s.settle(ctx, d)
	default:
		w.Error, w.Next = err.Error(), now.Add(max(wait, s.wait(w.Tries)))
		s.o.Log.Info("message not delivered", "id", w.ID, "url", w.URL, "tries", w.Tries, "next", w.Next, "error", err)
		if d.Body, err = json.Marshal(w); err == nil {
			_, err = s.o.Store.Put(ctx, s.o.Kind, d)
		}
		return s.noted(ctx, w.ID, err)
	}
}

// wait is the time after so many tries: twice as long each time, and a random part of it more or less, so that those who failed
// together do not come together.
func (s *Sender) wait(tries int) time.Duration {
	wait := min(s.o.First<<min(tries-1, 20), maxWait)
	return time.Duration(float64(wait) * (0.75 + rand.Float64()/2))
}

// settle notes that a message is dealt with, first that it is not to be sent again.
func (s *Sender) settle(ctx context.Context, d records.Document) bool {
	_, err := s.o.Store.Put(ctx, s.sentKind(), records.Document{ID: d.ID, Version: records.Any, Expires: s.o.Now().Add(remember)})
	if err == nil {
		err = s.o.Store.Delete(ctx, s.o.Kind, d.ID, records.Any)
	}
	return s.noted(ctx, d.ID, err)
}

// noted tells that a note could be made; if not, it is logged, and the message will be tried again.
func (s *Sender) noted(ctx context.Context, id string, err error) bool {
	if err == nil || ctx.Err() != nil || errors.Is(err, records.ErrNotFound) {
		return true
	}
	s.o.Log.Error("it can't be noted how a message went", "id", id, "error", err)
	return false
}

// errGone is the answer of a receiver that wants no more.
var errGone = errors.New("the receiver wants no more (410)")

// post sends a message. What is not 2xx is an error, with the time that the receiver asks to wait.
func (s *Sender) post(ctx context.Context, m Message) (wait time.Duration, err error) {
	if err := s.Check(m.URL); err != nil { // the list may have changed since
		return 0, err
	}
	if m.Ref != "" {
		if s.o.Load == nil {
			return 0, errGone
		}
		if m.Type, m.Body, err = s.o.Load(ctx, m.Ref); err != nil {
			return 0, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", m.Type)
	r.Header.Set("User-Agent", "isobar")
	sign(r.Header, m.Secret, m.ID, s.o.Now(), m.Body)
	response, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode/100 == 2:
		return 0, nil
	case response.StatusCode == http.StatusGone:
		return 0, errGone
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return min(max(time.Duration(seconds), 0)*time.Second, maxWait), fmt.Errorf("the receiver answers %s", response.Status)
}

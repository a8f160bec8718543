// Package sse writes events as server-sent events (WHATWG HTML 9.2).
package sse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"isobar/events"
)

// Options say what is written.
type Options struct {
	Want      func(*events.Event) bool // nil: all
	Heartbeat time.Duration            // a comment after so long without an event, so that nothing on the way falls asleep; 0: 15 seconds
}

// writeTime bounds how long one write may take: who does not read is let go.
const writeTime = 30 * time.Second

// GapEvent is the type of the message that tells that events were missed.
const GapEvent = "gap"

// Serve writes events as CloudEvents in JSON until the client leaves: "event" is the event's type. It goes on after the message named by
// Last-Event-ID, or for those who can't set headers, by the parameter of that name (last-event-id). A message of type "gap" tells
// that some were missed. The error is that the connection can't be streamed to, or broke.
func Serve(w http.ResponseWriter, r *http.Request, bus *events.Bus, o Options) error {
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = r.URL.Query().Get("last-event-id")
	}
	reader := bus.Listen(after)
	s := stream{w: w, control: http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx
	w.WriteHeader(http.StatusOK)
	if err := s.send(": hello\n\n"); err != nil {
		return err
	}
	return s.follow(r, reader, o)
}

// stream is a client.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// follow writes what comes.
func (s stream) follow(r *http.Request, reader *events.Reader, o Options) error {
	for {
		ctx, cancel := context.WithTimeout(r.Context(), o.Heartbeat)
		m, err := reader.Next(ctx)
		cancel()
		switch {
		case r.Context().Err() != nil:
			return nil
		case err != nil:
			err = s.send(": still here\n\n")
		default:
			err = s.message(m, o.Want)
		}
		if err != nil {
			return err
		}
	}
}

// message writes an event if it is wanted. A gap is told in any case.
func (s stream) message(m events.Message, want func(*events.Event) bool) error {
	var b bytes.Buffer
	if m.Missed {
		fmt.Fprintf(&b, "event: %s\ndata: {}\n\n", GapEvent)
	}
	if want == nil || want(&m.Event) {
		body, err := m.Event.CloudEvent()
		if err != nil {
			return fmt.Errorf("sse: event %q: %w", m.Event.ID, err)
		}
		fmt.Fprintf(&b, "id: %s\nevent: %s\ndata: %s\n\n", m.ID, oneLine(m.Event.Type), body)
	}
	if b.Len() == 0 {
		return nil
	}
	return s.send(b.String())
}

// oneLine keeps a text from ending its line.
func oneLine(s string) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, []byte(s))
}

// send writes and flushes.
func (s stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("sse: %w", err)
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("sse: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("sse: %w", err)
	}
	return nil
}

// Package webhook sends messages to allowed hosts until they have them: signed, tried again, kept over a restart.
package webhook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"isobar/events"
	"isobar/records"
)

// Message is what is sent by POST.
type Message struct {
	// ID names it for ever: what was given to Send twice is sent once, and the receiver gets it with every try.
	ID     string `json:"id"`
	URL    string `json:"url"`
	Type   string `json:"type"`             // media type
	Secret string `json:"secret,omitempty"` // signs it; "": it is not signed
	Body   []byte `json:"body,omitempty"`
	Ref    string `json:"ref,omitempty"` // what Options.Load makes type and body of when it is sent; "": they are here
}

// Options of a Sender. Store, and Hosts if any may be called, must be given.
type Options struct {
	Store  records.Store
	Hosts  Hosts
	Kind   string // of the documents that wait; "": "outbox"
	Holder string // names this process among those of the store; "": a name of its own
	Log    *slog.Logger
	Now    func() time.Time
	Load   func(ctx context.Context, ref string) (mediaType string, body []byte, err error)

	Timeout time.Duration // of one try; 0: 15 seconds
	First   time.Duration // wait after the first try, twice as long after each; 0: a second
	Life    time.Duration // how long a message is tried; 0: a day
	Lease   time.Duration // after how long another process goes on with what this one left; 0: 6 seconds
	Client  *http.Client  // nil: that of Hosts
}

// Bounds of delivery.
const (
	maxWait   = 15 * time.Minute // between two tries
	remember  = 48 * time.Hour   // how long it is known that a message was sent
	atOnce    = 8                // tries
	maxAnswer = 64 << 10         // bytes of an answer that are read, so that the connection can be used again
)

// Sender keeps messages until they are delivered or too old. One process of those that share a store delivers. Between the
// receiver's answer and the note of it there is a moment in which a crash sends a message twice, with the same identity.
type Sender struct {
	o      Options
	client *http.Client
}

// New makes a sender; Run lets it deliver.
func New(o Options) *Sender {
	set := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	set(&o.Timeout, 15*time.Second)
	set(&o.First, time.Second)
	set(&o.Life, 24*time.Hour)
	set(&o.Lease, 6*time.Second)
	if o.Holder == "" {
		o.Holder = rand.Text()
	}
	if o.Kind == "" {
		o.Kind = "outbox"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = o.Hosts.Client(o.Timeout)
	}
	return &Sender{o: o, client: o.Client}
}

// Check tells whether a URL may be sent to; the error wraps ErrForbidden, or tells what is wrong with the URL.
func (s *Sender) Check(rawURL string) error { return s.o.Hosts.Check(rawURL) }

// waiting is a message at rest.
type waiting struct {
	Message
	Since time.Time `json:"since"`
	Tries int       `json:"tries"`
	Next  time.Time `json:"next"` // try
	Error string    `json:"error,omitempty"`
}

// sentKind is the kind of the notes of what was sent.
func (s *Sender) sentKind() string { return s.o.Kind + "-sent" }

// Send takes a message over: when it returns without error, the message is kept until it is delivered. One whose identity was sent
// before, or waits, is left out. Errors are those of Check and of the store.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if err := s.Check(m.URL); err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	switch _, err := s.o.Store.Get(ctx, s.sentKind(), m.ID); {
	case err == nil:
		return nil
	case !errors.Is(err, records.ErrNotFound):
		return fmt.Errorf("webhook: %w", err)
	}
	now := s.o.Now()
	body, err := json.Marshal(waiting{Message: m, Since: now, Next: now})
	if err != nil {
		return fmt.Errorf("webhook: message %q: %w", m.ID, err)
	}
	_, err = s.o.Store.Put(ctx, s.o.Kind, records.Document{ID: m.ID, Version: records.New, Body: body})
	if err != nil && !errors.Is(err, records.ErrConflict) {
		return fmt.Errorf("webhook: %w", err)
	}
	return nil
}

// SendEvent takes an event over, for one receiver: as a CloudEvent in structured mode (CloudEvents HTTP binding 1.0.2, 3.2). Its
// message has the event's identity and the receiver's.
func (s *Sender) SendEvent(ctx context.Context, url, secret string, e events.Event) error {
	body, err := e.CloudEvent()
	if err != nil {
		return fmt.Errorf("webhook: event %q: %w", e.ID, err)
	}
	to := sha256.Sum256([]byte(url))
	id := e.Source + "/" + e.ID + "@" + hex.EncodeToString(to[:8])
	return s.Send(ctx, Message{ID: id, URL: url, Type: events.ContentType, Secret: secret, Body: body})
}

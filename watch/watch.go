// Package watch asks standing questions again when data arrive: probe streams and alerts.
package watch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"isobar/events"
	"isobar/layers"
	"isobar/probe"
	"isobar/records"
)

// Catalogues is where data arrive: layers.Source.
type Catalogues interface {
	Hold() (c *layers.Catalogue, release func())
	// Changed is closed when another catalogue takes the place of the one that Hold gives.
	Changed() <-chan struct{}
}

// Prober reads values at places: probe.Engine.
type Prober interface {
	Probe(ctx context.Context, c *layers.Catalogue, now time.Time, r probe.Request) (probe.Result, error)
}

// Sender delivers events: webhook.Sender.
type Sender interface {
	Check(url string) error
	// SendEvent takes an event over: it is delivered once, however often it is given.
	SendEvent(ctx context.Context, url, secret string, e events.Event) error
}

// Options are what streams and alerts work with. Sender, Bus, Log and Now may be nil.
type Options struct {
	Store      records.Store
	Catalogues Catalogues
	Prober     Prober
	Sender     Sender
	Bus        *events.Bus
	Log        *slog.Logger
	Now        func() time.Time
	Holder     string        // names this process among those of the store, one of which does the work; "": a name of its own
	Lease      time.Duration // after how long another goes on where a dead one was; 0: 6 seconds
}

// withUsual fills in what may be left out.
func (o Options) withUsual() Options {
	if o.Bus == nil {
		o.Bus = events.NewBus(1, o.Now)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Holder == "" {
		o.Holder = rand.Text()
	}
	if o.Lease == 0 {
		o.Lease = 6 * time.Second
	}
	return o
}

// MemberError is a definition's member that is wrong.
type MemberError struct {
	Member string // "features[3].geometry"
	Reason string
}

// Error names the member.
func (e *MemberError) Error() string { return e.Member + ": " + e.Reason }

func wrong(member, format string, args ...any) error {
	return &MemberError{member, fmt.Sprintf(format, args...)}
}

// names are those that definitions may have: they stand in paths.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Bounds of definitions.
const (
	MaxText  = 4096 // bytes of a title, a description, an owner
	MaxPlace = 20_000
)

// checkTexts checks what all definitions have.
func checkTexts(id string, texts ...[2]string) error {
	if !names.MatchString(id) {
		return wrong("id", "%.80q is not 1 to 64 letters, digits, '.', '_' and '-'", id)
	}
	for _, t := range texts {
		if len(t[1]) > MaxText {
			return wrong(t[0], "longer than %d bytes", MaxText)
		}
	}
	return nil
}

// Waits after a failure.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// follow does something at each catalogue and each change of definitions, by the one process that has the lease, until ctx ends.
// What fails is done again.
func (o *Options) follow(ctx context.Context, name string, kind string, do func(ctx context.Context) error) error {
	return records.Hold(ctx, o.Store, name, o.Holder, o.Lease, func(ctx context.Context, _ int64) error {
		definitions := o.Store.Changes(ctx, kind)
		retry := firstRetry
		for {
			changed := o.Catalogues.Changed()
			err := do(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var again <-chan time.Time
			if err == nil {
				retry = firstRetry
			} else {
				if !errors.Is(err, records.ErrConflict) {
					o.Log.Error("what data bring can't be worked out; it will be tried again", "what", name, "error", err)
				}
				again = time.After(retry)
				retry = min(2*retry, lastRetry)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-changed:
			case <-definitions:
			case <-again:
			}
		}
	})
}

package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/probe"
	"isobar/records"
)

// Kinds of an alert's documents: what it is, and how it stands.
const (
	alertKind = "alert"
	stateKind = "alert-state"
)

// MaxHistory is how many changes of an alert are remembered.
const MaxHistory = 100

// State is how an alert stands.
type State struct {
	Active  bool      `json:"active"`
	Since   time.Time `json:"since,omitzero"`   // when it was found to be so; zero: it has never been active
	Checked time.Time `json:"checked,omitzero"` // when data were last looked at
	Fired   int       `json:"fired"`            // how often
	First   *Sighting `json:"first,omitempty"`  // where and when the condition is first true; of the last time, if it is not
	Extreme *Sighting `json:"extreme,omitempty"`
	Trouble string    `json:"trouble,omitempty"` // why it can't be looked at
	History []Change  `json:"history,omitempty"` // the newest last
}

// Sighting is a value at a place and a time.
type Sighting struct {
	Place string     `json:"place,omitempty"` // identity; "": a cell of the area
	At    [2]float64 `json:"at"`              // degrees, longitude first
	Time  field.Time `json:"-"`
	Value *float64   `json:"value"` // of what the condition bounds; nil: it bounds nothing
}

// MarshalJSON writes the time as text, and the value with the digits that data hold, which are of 32 bits.
func (s Sighting) MarshalJSON() ([]byte, error) {
	type plain Sighting
	var value *float32
	if s.Value != nil {
		v := float32(*s.Value)
		value = &v
	}
	return json.Marshal(struct {
		plain
		Value *float32 `json:"value"`
		Time  string   `json:"time"`
	}{plain(s), value, s.Time.String()})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Sighting) UnmarshalJSON(text []byte) error {
	type plain Sighting
	v := struct {
		*plain
		Time time.Time `json:"time"`
	}{plain: (*plain)(s)}
	err := json.Unmarshal(text, &v)
	s.Time = field.At(v.Time)
	if s.Value != nil {
		*s.Value = float64(float32(*s.Value))
	}
	return err
}

// Change is an alert that fired or cleared.
type Change struct {
	Active  bool      `json:"active"`
	Time    time.Time `json:"time"`
	First   *Sighting `json:"first,omitempty"`
	Extreme *Sighting `json:"extreme,omitempty"`
}

// stateAtRest is a state as it is kept.
type stateAtRest struct {
	State
	Seen string `json:"seen"` // what the state was found from
	// Pending is what is to be told: written with the state itself, and removed when all have it, so that a crash between leaves
	// nothing untold, and a change is made once.
	Pending []events.Event `json:"pending,omitempty"`

	version int64
}

// Alerts keeps standing conditions and how they stand, which it gives as a collection of features. Safe for concurrent use.
type Alerts struct {
	definitions[Alert, *alert]
	o Options

	cells map[cellsOf]probe.Cells // of Run
}

// cellsOf names an alert's cells.
type cellsOf struct {
	version int64
	grid    string
}

// NewAlerts makes alerts of what a store keeps; Run lets them look at data.
func NewAlerts(o Options) *Alerts {
	s := &Alerts{o: o.withUsual(), cells: map[cellsOf]probe.Cells{}}
	s.definitions = definitions[Alert, *alert]{
		store: o.Store, kind: alertKind, now: s.o.Now, held: map[string]*alert{},
		head:  func(d *Alert) (*string, *time.Time) { return &d.ID, &d.Created },
		knows: s.knows, admit: admitAlert, prepare: prepareAlert, read: readAlert,
	}
	return s
}

// Run looks at what arrives until ctx ends.
func (s *Alerts) Run(ctx context.Context) error { return s.o.follow(ctx, "alerts", alertKind, s.work) }

// Create keeps an alert, with an identity of its own if it has none, and gives it as it is kept. It is looked at at once. Errors are
// *MemberError, wrap feature.ErrExists, or are the store's.
func (s *Alerts) Create(ctx context.Context, d Alert) (Alert, error) {
	return s.create(ctx, d)
}

// Replace changes an alert; how it stands is found anew. Errors are *MemberError, wrap feature.ErrNotFound, or are the store's.
func (s *Alerts) Replace(ctx context.Context, d Alert) (Alert, error) {
	return s.replace(ctx, d)
}

// Ensure keeps an alert of the configuration: it is made, changed, or left as it is. Its layers need not be there yet.
func (s *Alerts) Ensure(ctx context.Context, d Alert) error {
	return s.ensure(ctx, d)
}

// knows checks that the expression names layers, and that who is told may be.
func (s *Alerts) knows(d Alert) error {
	a, err := prepareAlert(d)
	if err != nil {
		return err
	}
	for i, w := range d.Webhooks {
		if s.o.Sender == nil {
			return wrong("webhooks", "none can be called here")
		}
		if err := s.o.Sender.Check(w.URL); err != nil {
			return wrong(fmt.Sprintf("webhooks[%d].url", i), "%v", err)
		}
	}
	c, release := s.o.Catalogues.Hold()
	defer release()
	if _, err := a.columns(a.fires, c); err != nil {
		return wrong("expression", "%s", reason(err))
	}
	if a.clears != nil {
		if _, err := a.columns(a.clears, c); err != nil {
			return wrong("clear", "%s", reason(err))
		}
	}
	return nil
}

// admitAlert refuses an alert that is over.
func admitAlert(d Alert, now time.Time) error {
	if !d.Expires.IsZero() && !d.Expires.After(now) {
		return wrong("expires", "%s is past", d.Expires.Format(time.RFC3339))
	}
	return nil
}

// Get gives a definition; the error wraps feature.ErrNotFound.
func (s *Alerts) Get(ctx context.Context, id string) (Alert, error) {
	a, err := s.get(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	return a.Alert, nil
}

// List gives all definitions.
func (s *Alerts) List(ctx context.Context) ([]Alert, error) {
	return s.list(ctx)
}

// Delete removes an alert and how it stands; the error wraps feature.ErrNotFound.
func (s *Alerts) Delete(ctx context.Context, id string) error {
	if err := s.remove(ctx, id); err != nil {
		return err
	}
	if err := s.o.Store.Delete(ctx, stateKind, id, records.Any); err != nil && !errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("alert %q: %w", id, err)
	}
	return nil
}

// State tells how an alert stands; the error wraps feature.ErrNotFound.
func (s *Alerts) State(ctx context.Context, id string) (State, error) {
	a, err := s.get(ctx, id)
	if err != nil {
		return State{}, err
	}
	st, err := s.state(ctx, a)
	return st.State, err
}

// state reads how an alert stands; none is a zero state. One of an alert that had the same identity before is none.
func (s *Alerts) state(ctx context.Context, a *alert) (st stateAtRest, err error) {
	d, err := s.o.Store.Get(ctx, stateKind, a.ID)
	if errors.Is(err, records.ErrNotFound) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &st)
	}
	if err != nil {
		return st, fmt.Errorf("alert %q: %w", a.ID, err)
	}
	st.version = d.Version
	if !strings.HasPrefix(st.Seen, a.Created.Format(time.RFC3339Nano)) {
		st = stateAtRest{version: d.Version}
	}
	return st, nil
}

// save writes how an alert stands over the version that was read.
func (s *Alerts) save(ctx context.Context, a *alert, st *stateAtRest) error {
	body, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("alert %q: %w", a.ID, err)
	}
	d := records.Document{ID: a.ID, Version: st.version, Body: body}
	if !a.Expires.IsZero() {
		d.Expires = a.Expires.Add(24 * time.Hour)
	}
	if st.version, err = s.o.Store.Put(ctx, stateKind, d); err != nil {
		return fmt.Errorf("alert %q: %w", a.ID, err)
	}
	return nil
}

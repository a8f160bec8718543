package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"isobar/records"
)

// How often the leases are looked at; the life of one that is not renewed; how long after its end a run is taken by one that had nothing to do with it before.
const (
	leaseLook   = 300 * time.Millisecond
	lifeOfLease = 6 * time.Second
	unwanted    = 4 * time.Second
)

// leases watches who has which lease, as the database tells it.
type leases struct {
	house *house
	mu    sync.Mutex
	known map[string]*held
	wrote map[string]time.Time // when a holder was last seen to write anything
	dead  []death
	moves []move
	idle  int // leases of the dead that nobody wanted for a while
}

// held is a lease as it was last seen.
type held struct {
	holder  string
	version int64
	expires time.Time
}

// death is of a process.
type death struct {
	pid  int
	name string
	at   time.Time
}

// move is a lease that went from a dead holder to another.
type move struct {
	lease, from string
	took        time.Duration
}

// killed notes a death.
func (l *leases) killed(name string, pid int, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = append(l.dead, death{pid, name, at})
}

// watch looks until ctx ends.
func (l *leases) watch(ctx context.Context) {
	for ctx.Err() == nil {
		for _, database := range []string{fieldsDatabase, recordsDatabase} {
			l.look(ctx, database)
		}
		select {
		case <-ctx.Done():
		case <-time.After(leaseLook):
		}
	}
}

// look reads the leases of a database.
func (l *leases) look(ctx context.Context, database string) {
	short, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	found, err := l.house.client.Database(database).Collection("records").Find(short, bson.D{{Key: "k", Value: bson.D{{Key: "$in", Value: bson.A{records.LeaseKind, records.ClaimKind}}}}})
	if err != nil {
		return // the database is dead
	}
	var rows []struct {
		ID      string `bson:"_id"`
		Version int64  `bson:"v"`
		Expires int64  `bson:"x"`
		Holder  []byte `bson:"b"`
	}
	if err := found.All(short, &rows); err != nil {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		key, holder := database+" "+r.ID, string(r.Holder)
		if r.Expires == 0 { // let go
			delete(l.known, key)
			continue
		}
		was := l.known[key]
		if was != nil && was.holder != holder {
			l.moved(r.ID, was, now)
		}
		if was == nil || was.version != r.Version {
			l.known[key], l.wrote[holder] = &held{holder, r.Version, time.UnixMicro(r.Expires)}, now
		}
	}
}

// moved notes that a lease has another holder; it counts if the first died. The caller holds mu.
func (l *leases) moved(name string, was *held, now time.Time) {
	for _, d := range l.dead {
		named := strings.Contains(was.holder, fmt.Sprintf("/%d/", d.pid))
		nameless := !strings.Contains(was.holder, "/") && strings.HasPrefix(d.name, "ingester")
		if !named && !nameless || l.wrote[was.holder].After(d.at.Add(2*leaseLook)) || d.at.Sub(l.wrote[was.holder]) > lifeOfLease {
			continue
		}
		since := d.at
		if l.house.database != nil {
			since = l.house.database.back(d.at, now)
		}
		if nameless && now.Sub(was.expires) > unwanted && !was.expires.After(now) {
			l.idle++ // there was nothing to do
			return
		}
		l.moves = append(l.moves, move{name, d.name, now.Sub(since)})
		return
	}
}

// longest are the figures of all moves.
func (l *leases) longest() (n int, longest move, byKind map[string]time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	byKind = map[string]time.Duration{}
	for _, m := range l.moves {
		kind, _, _ := strings.Cut(strings.TrimPrefix(m.lease, "lease/"), "/")
		byKind[kind] = max(byKind[kind], m.took)
		if m.took > longest.took {
			longest = m
		}
	}
	return len(l.moves), longest, byKind
}

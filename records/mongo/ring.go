package mongo

import (
	"context"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// ringAfter is how long changes are gathered before other processes are told: many writes are one.
const ringAfter = 15 * time.Millisecond

// assumeEvery is how often a change is assumed that no one has told: a process may end between a write and its telling.
const assumeEvery = 30 * time.Second

// closing bounds how long the last changes may take to be told.
const closing = 2 * time.Second

// ringer tells changes by kind: those of this process at once, those of others when their count in the database has risen.
type ringer struct {
	bells *mongo.Collection
	due   chan struct{}

	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool // by kind
	rung      map[string]int64                  // by kind: changes to be told to others
	counts    map[string]int64                  // by kind: the database's, as it was last looked at
	looked    bool
	assumed   time.Time
}

func newRinger(bells *mongo.Collection) *ringer {
	return &ringer{
		bells: bells, due: make(chan struct{}, 1), listeners: map[string]map[chan struct{}]bool{}, rung: map[string]int64{},
		counts: map[string]int64{}, assumed: time.Now(),
	}
}

// Changes implements records.Store.
func (s *Store) Changes(ctx context.Context, kind string) <-chan struct{} {
	r, bell := s.ringing, make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listeners[kind] == nil {
		r.listeners[kind] = map[chan struct{}]bool{}
	}
	r.listeners[kind][bell] = true
	context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if delete(r.listeners[kind], bell); len(r.listeners[kind]) == 0 {
			delete(r.listeners, kind)
		}
	})
	return bell
}

// ring tells a change of this process.
func (r *ringer) ring(kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(kind)
	r.rung[kind]++
	select {
	case r.due <- struct{}{}:
	default:
	}
}

// tell tells those here who listen. The caller holds mu.
func (r *ringer) tell(kind string) {
	for bell := range r.listeners[kind] {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// write counts changes in the database, until ctx ends.
func (r *ringer) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.Background(), closing)
			defer cancel()
			r.count(last)
			return
		case <-r.due:
		}
		select {
		case <-ctx.Done():
		case <-time.After(ringAfter):
		}
		r.count(ctx)
	}
}

// count adds what was rung to the database's counts. What fails is left for later.
func (r *ringer) count(ctx context.Context) {
	r.mu.Lock()
	rung := r.rung
	r.rung = map[string]int64{}
	r.mu.Unlock()
	for kind, n := range rung {
		_, err := r.bells.UpdateOne(ctx, bson.D{{Key: "_id", Value: kind}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: n}}}},
			options.UpdateOne().SetUpsert(true))
		r.mu.Lock()
		if err != nil {
			r.rung[kind] += n
		} else if r.looked {
			r.counts[kind] += n // it was told here already
		}
		r.mu.Unlock()
	}
}

// look compares the database's counts with those before.
func (r *ringer) look(ctx context.Context) {
	found, err := r.bells.Find(ctx, bson.D{})
	if err != nil {
		return
	}
	var now []struct {
		Kind string `bson:"_id"`
		N    int64  `bson:"n"`
	}
	if err := found.All(ctx, &now); err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range now {
		if r.looked && b.N != r.counts[b.Kind] {
			r.tell(b.Kind)
		}
		r.counts[b.Kind] = b.N
	}
	r.looked = true
	if time.Since(r.assumed) > assumeEvery {
		r.assumed = time.Now()
		for kind := range r.listeners {
			r.tell(kind)
		}
	}
	if len(r.rung) > 0 { // what could not be counted before
		select {
		case r.due <- struct{}{}:
		default:
		}
	}
}

// Package mongo keeps fields in MongoDB, for any number of servers and ingesters.
package mongo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"isobar/field"
	"isobar/internal/mongodb"
	"isobar/records"
	recordsmongo "isobar/records/mongo"
	"isobar/store"
	"isobar/store/chunk"
)

// The collections of a database of forecasts, beside those of its leases.
const (
	stateName   = "state"   // one document: what is published
	metaName    = "meta"    // manifests, indexes, places of grids: never changed
	chunksName  = "chunks"  // blocks of fields, originals: never changed
	garbageName = "garbage" // what may be removed, and when
)

// Defaults of Options.
const (
	defaultGrace      = 15 * time.Minute
	defaultLease      = 6 * time.Second
	defaultBlockBytes = 64 << 20
	defaultDiskBytes  = 4 << 30
)

// pollEvery is how often it is looked whether another process has published, where the server does not tell.
const pollEvery = 400 * time.Millisecond

// patience bounds an operation that no context of the caller does.
const patience = 10 * time.Second

// Options are the settings of a store. Client and Database are needed.
type Options struct {
	Client   *mongodb.Client
	Database string // of forecasts and nothing else: it may be in another place than that of records

	Categories      func(element string) bool // elements whose pyramid takes the most frequent value; nil: none
	ChunkCacheBytes int64                     // decoded chunks kept in memory; 0: none
	BlockCacheBytes int64                     // blocks kept in memory as they are stored; 0: 64 MiB; below 0: none
	CacheDir        string                    // blocks kept on disk, also for the time when the database is out of reach; "": none
	CacheDirBytes   int64                     // 0: 4 GiB

	Grace time.Duration // how long what is replaced or dropped is kept for snapshots that hold it; 0: 15 min
	Lease time.Duration // how long a run stays taken of a writer that died; 0: 6 s
	Poll  bool          // look for changes from time to time, even where the server tells them
	Log   *slog.Logger  // nil: silent
}

// Store keeps fields in a database. Safe for concurrent use, and any number of processes may share one.
//
// One document, the state, lists the runs: for each the identity of its manifest, and who may write it. It is replaced against its version, a
// number that rises: that is the publication, and every process has the state of one version or the next, whole. A manifest
// names documents of the index; a record of the index names the documents of a field, each a block of neighbouring chunks. All but the state is written
// before it is named, and never changed, so it may be cached anywhere. What is named no more is removed after Options.Grace.
type Store struct {
	options Options
	log     *slog.Logger
	state   *mongo.Collection // the primary's
	meta    *mongo.Collection
	chunks  *mongo.Collection
	garbage *mongo.Collection
	leases  *recordsmongo.Store // guarded by updating
	claims  *records.Claims     // guarded by updating
	die     context.CancelFunc  // leaves what the process has claimed to expire

	coders     chunk.Coders
	readers    sync.Pool // *reader
	cache      *chunk.Cache
	blocks     *blockCache
	flights    flights
	lastRecord atomic.Uint64

	now      atomic.Pointer[state]
	updating sync.Mutex // held while now is replaced

	grids    grids
	health   atomic.Pointer[Health]
	changed  store.Bell           // rings when the published state has changed
	suspects map[string]time.Time // what no one names, since when; of the sweep

	follower mongodb.Follower
	stop     context.CancelFunc
	work     sync.WaitGroup
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Sharing = (*Store)(nil)
)

// Health is how a store stands with its database.
type Health struct {
	Reachable bool      // else only what is cached is served, as it was at Seen
	Seen      time.Time // when the published state was last known to be the newest
	Err       error     // why it is not reachable
}

// Open opens or makes the store of a database. If that is out of reach, but CacheDir holds what this machine last saw of it, that is served
// until it comes back; else the error wraps store.ErrUnavailable. It wraps store.ErrFormat if the database is of a newer version.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.filled()
	s := &Store{
		options: o, log: o.Log, cache: chunk.NewCache(o.ChunkCacheBytes), suspects: map[string]time.Time{},
	}
	db := o.Client.Database(o.Database)
	s.state = o.Client.Primary(db.Collection(stateName, options.Collection().SetReadConcern(readconcern.Majority())))
	s.meta, s.chunks, s.garbage = db.Collection(metaName), db.Collection(chunksName), o.Client.Primary(db.Collection(garbageName))
	s.now.Store(newState(nil, 0))
	s.health.Store(&Health{})
	var err error
	if s.blocks, err = newBlockCache(o.BlockCacheBytes, o.CacheDir, o.CacheDirBytes); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		if !errors.Is(err, store.ErrUnavailable) || s.openCached(ctx) != nil {
			return nil, err
		}
		s.log.Warn("the database is out of reach; what is cached is served", "error", cause(err))
	}
	inner, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.follower = mongodb.Follower{Of: s.state, Every: pollEvery, Look: s.look, Poll: o.Poll}
	s.work.Go(func() { s.follower.Run(inner) })
	s.work.Go(func() { s.sweepAlways(inner) })
	return s, nil
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Categories == nil {
		o.Categories = func(string) bool { return false }
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.Lease == 0 {
		o.Lease = defaultLease
	}
	if o.BlockCacheBytes == 0 {
		o.BlockCacheBytes = defaultBlockBytes
	}
	if o.CacheDirBytes == 0 {
		o.CacheDirBytes = defaultDiskBytes
	}
	return o
}

// connect finds out about the server and reads what is published.
func (s *Store) connect(ctx context.Context) error {
	for _, c := range []*mongo.Collection{s.meta, s.chunks} { // for removal by run; without it that takes longer
		_, err := c.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "r", Value: 1}}})
		if mongodb.Lost(err) {
			return s.fault(ctx, err)
		}
	}
	return s.update(ctx)
}

// leaseStore gives the records of leases and claims, opened when first needed: a server that only reads needs none.
func (s *Store) leaseStore(ctx context.Context) (*recordsmongo.Store, error) {
	s.updating.Lock()
	defer s.updating.Unlock()
	if s.leases == nil {
		opened, err := recordsmongo.Open(ctx, s.options.Client, s.options.Database)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		s.leases = opened
		living, die := context.WithCancel(context.Background())
		s.claims, s.die = records.NewClaims(living, opened, s.options.Lease), die
	}
	return s.leases, nil
}

// Records are documents beside the fields: what those who work for forecasts write down. They are the store's, and end with it.
func (s *Store) Records(ctx context.Context) (records.Store, error) {
	kept, err := s.leaseStore(ctx)
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// Claims are what this process has claimed of the work for forecasts. A writer of a process that lost its membership publishes nothing, once
// another has taken the run; so what is done under a claim is published by no one but who has it.
func (s *Store) Claims(ctx context.Context) (*records.Claims, error) {
	if _, err := s.leaseStore(ctx); err != nil {
		return nil, err
	}
	return s.claims, nil
}

// Hold implements store.Store.
func (s *Store) Hold(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &snapshot{store: s, state: s.now.Load()}, nil
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	return s.changed.Listen(ctx)
}

// Health tells how the store stands with its database, at once.
func (s *Store) Health() Health { return *s.health.Load() }

// Told tells that the server tells changes, so that they need not be looked for.
func (s *Store) Told() bool { return s.follower.Streaming() }

// Close implements store.Store.
func (s *Store) Close() error {
	s.stop()
	s.work.Wait()
	s.updating.Lock()
	defer s.updating.Unlock()
	s.now.Store(newState(nil, 0))
	if s.leases == nil {
		return nil
	}
	s.claims.Close()
	s.die()
	return s.leases.Close()
}

// fault is an error of the database as callers get it: the context's, if that has ended.
func (s *Store) fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case mongodb.Lost(err):
		return &outage{err}
	}
	return fmt.Errorf("mongodb %s: %w", s.options.Database, err)
}

// outage is the error of a database that is out of reach. Its text may be read by anyone, and tells nothing of the network behind.
type outage struct{ cause error }

func (o *outage) Error() string { return store.ErrUnavailable.Error() }

func (o *outage) Unwrap() []error { return []error{store.ErrUnavailable, o.cause} }

// newName names something once and for all.
func newName() string { return rand.Text()[:16] }

// runName names a run of a model.
type runName struct {
	model string
	run   field.Time
}

// String is how the run is told in logs and errors.
func (n runName) String() string { return fmt.Sprintf("%s of %s", n.model, n.run) }

// Package mongo keeps small documents in MongoDB, for many processes at once.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"isobar/internal/mongodb"
	"isobar/records"
)

// The collections of a database.
const (
	documentsName = "records"
	bellsName     = "recordsChanged"
)

// pollEvery is how often it is looked whether others have changed documents, where the server does not tell.
const pollEvery = 400 * time.Millisecond

// tombstone is how long a deleted or expired document leaves its version behind, so that versions rise across deletion on whichever
// machine's clock: they are times in microseconds, or one more than the last.
const tombstone = time.Hour

// never is when a document expires that does not.
const never = math.MaxInt64

// Store keeps documents in one collection, each as one of its own: identity (kind/id, "/" and "%" of the kind escaped), version, body, when it
// expires. One that is deleted or has expired is read as gone and removed later, by the server's TTL index where it has them, and by
// a sweep. Another collection counts changes by kind.
//
// Expiry is judged by the clocks of the processes.
type Store struct {
	client     *mongodb.Client
	all, bells *mongo.Collection
	ringing    *ringer
	stop       context.CancelFunc
	work       sync.WaitGroup
	ended      context.Context
}

var _ records.Store = (*Store)(nil)

// row is a document in the database.
type row struct {
	ID      string    `bson:"_id"`
	Kind    string    `bson:"k"`
	Version int64     `bson:"v"`
	Expires int64     `bson:"x"` // microseconds since 1970; 0: deleted
	Remove  time.Time `bson:"t"` // when the document may be removed; far off: never
	Body    []byte    `bson:"b"`
}

// far is later than any document expires.
var far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Open opens the records of a database. The client stays the caller's.
func Open(ctx context.Context, c *mongodb.Client, database string) (*Store, error) {
	s := newStore(c, database)
	if err := s.prepare(ctx); err != nil {
		return nil, s.fault(err)
	}
	s.begin(ctx)
	return s, nil
}

// Await opens the records of a database that may be out of reach: operations fail until it is there, and what it needs is made then.
func Await(ctx context.Context, c *mongodb.Client, database string) *Store {
	s := newStore(c, database)
	s.begin(ctx)
	s.work.Go(func() {
		for s.ended.Err() == nil && s.prepare(s.ended) != nil {
			select {
			case <-s.ended.Done():
			case <-time.After(time.Second):
			}
		}
	})
	return s
}

// newStore makes a store that is not at work yet.
func newStore(c *mongodb.Client, database string) *Store {
	db := c.Database(database)
	// What was written by one process is what the next one compares with: nothing that a failover may take back.
	all := c.Primary(db.Collection(documentsName, options.Collection().SetReadConcern(readconcern.Majority())))
	return &Store{client: c, all: all, bells: c.Primary(db.Collection(bellsName))}
}

// begin lets the store follow what others change, and sweep.
func (s *Store) begin(ctx context.Context) {
	s.ended, s.stop = context.WithCancel(context.Background())
	s.ringing = newRinger(s.bells)
	s.ringing.look(ctx) // what changes from now on is told
	s.work.Go(func() { s.ringing.write(s.ended) })
	follower := mongodb.Follower{Of: s.bells, Every: pollEvery, Look: s.ringing.look}
	s.work.Go(func() { follower.Run(s.ended) })
	s.work.Go(func() { s.sweep(s.ended) })
}

// prepare makes the TTL index where the server has them.
func (s *Store) prepare(ctx context.Context) error {
	_, err := s.all.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "t", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(0),
	})
	if mongodb.Lost(err) {
		return err
	}
	return nil // the sweep does the same
}

// Close implements records.Store. What was written last is told to others before.
func (s *Store) Close() error {
	s.stop()
	s.work.Wait()
	return nil
}

// outage is the error of a database that is out of reach. Its text may be read by anyone, and tells nothing of the network behind.
type outage struct{ cause error }

func (o *outage) Error() string { return records.ErrUnavailable.Error() }

func (o *outage) Unwrap() []error { return []error{records.ErrUnavailable, o.cause} }

// fault is an error as it is told.
func (s *Store) fault(err error) error {
	if mongodb.Lost(err) {
		return &outage{err}
	}
	return fmt.Errorf("records: mongodb %s: %w", s.all.Database().Name(), err)
}

// open is nil, or the error of a store that is closed or a context that has ended.
func (s *Store) open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.ended.Err() != nil {
		return s.fault(records.ErrClosed)
	}
	return nil
}

// failed is the error of an operation: the context's, if that has ended.
func (s *Store) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return s.fault(err)
}

var escape = strings.NewReplacer("%", "%25", "/", "%2F")

// prefix is what the identities of a kind begin with.
func prefix(kind string) string { return escape.Replace(kind) + "/" }

// check is records.Check, and refuses what no text of the database can be.
func check(kind string, d records.Document) error {
	if err := records.Check(kind, d); err != nil {
		return err
	}
	if !utf8.ValidString(kind) || !utf8.ValidString(d.ID) {
		return fmt.Errorf("%w: %.80q of kind %.80q is not UTF-8", records.ErrName, d.ID, kind)
	}
	return nil
}

// now is the time in microseconds.
func now() int64 { return time.Now().UnixMicro() }

// newRow is a document as it is written over a version.
func newRow(kind string, d records.Document, over int64) row {
	r := row{ID: prefix(kind) + d.ID, Kind: kind, Version: max(over+1, now()), Expires: never, Remove: far, Body: d.Body}
	if r.Body == nil {
		r.Body = []byte{}
	}
	if !d.Expires.IsZero() {
		r.Expires = max(d.Expires.UnixMicro(), 0)
		r.Remove = d.Expires.Add(tombstone)
		if r.Remove.Before(time.Now()) {
			r.Remove = time.Now().Add(tombstone)
		}
	}
	return r
}

// alive tells that a document is there for readers.
func (r *row) alive() bool { return r.Expires > now() }

// document is a row as readers get it.
func (r *row) document() records.Document {
	d := records.Document{ID: strings.TrimPrefix(r.ID, prefix(r.Kind)), Version: r.Version, Body: r.Body}
	if r.Expires != never {
		d.Expires = time.UnixMicro(r.Expires).UTC()
	}
	return d
}

// Get implements records.Store.
func (s *Store) Get(ctx context.Context, kind, id string) (records.Document, error) {
	if err := s.open(ctx); err != nil {
		return records.Document{}, err
	}
	r, err := s.find(ctx, prefix(kind)+id, nil)
	if err != nil {
		return records.Document{}, s.failed(ctx, err)
	}
	if r == nil || !r.alive() {
		return records.Document{}, fmt.Errorf("%w: %s %q", records.ErrNotFound, kind, id)
	}
	return r.document(), nil
}

// find reads a row, or some of its fields; nil if there is none.
func (s *Store) find(ctx context.Context, id string, fields bson.D) (*row, error) {
	r := &row{}
	o := options.FindOne()
	if fields != nil {
		o.SetProjection(fields)
	}
	err := s.all.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, o).Decode(r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	return r, err
}

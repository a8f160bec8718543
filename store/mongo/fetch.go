package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"isobar/internal/mongodb"
	"isobar/store/chunk"
)

// piece is a document that is never changed.
type piece struct {
	ID   string `bson:"_id"`
	Home string `bson:"r"` // of the run
	Data []byte `bson:"d"`
}

// errGone is a document that is not there any more.
var errGone = errors.New("a document is gone")

// Bounds of one request: how many documents are asked for at once, how many requests run side by side where a server finds one document
// a request only.
const (
	maxAsked  = 1000
	sideways  = 8
	insertion = 8 << 20 // bytes of documents that are inserted at once
)

// fetch gives documents' data, each followed by chunk.SpareBytes that may be read: from the caches, the rest in one request. The error wraps
// errGone or store.ErrUnavailable.
func (s *Store) fetch(ctx context.Context, from *mongo.Collection, ids []string) (map[string][]byte, error) {
	found := make(map[string][]byte, len(ids))
	var absent []string
	for _, id := range ids {
		if data := s.blocks.get(id); data != nil {
			found[id] = data
		} else {
			absent = append(absent, id)
		}
	}
	if len(absent) == 0 {
		return found, nil
	}
	mine, others := s.flights.begin(absent)
	if len(mine) > 0 {
		err := s.read(ctx, from, mine, found)
		s.flights.end(mine, found)
		if err != nil {
			return nil, err
		}
	}
	var again []string
	for id, f := range others {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.done:
		}
		if f.data == nil { // whoever read it failed, perhaps for its own reasons
			again = append(again, id)
			continue
		}
		found[id] = f.data
	}
	if len(again) > 0 {
		return found, s.read(ctx, from, again, found)
	}
	return found, nil
}

// read reads documents of the database into found and the caches. Where a secondary does not have one yet, the primary is asked.
func (s *Store) read(ctx context.Context, from *mongo.Collection, ids []string, found map[string][]byte) error {
	if h := s.Health(); !h.Reachable && !h.Seen.IsZero() {
		return &outage{h.Err}
	}
	for _, of := range []*mongo.Collection{from, s.options.Client.Primary(from)} {
		for len(ids) > 0 {
			n := min(len(ids), maxAsked)
			if err := s.ask(ctx, of, ids[:n], found); err != nil {
				return s.fault(ctx, err)
			}
			var left []string
			for _, id := range ids[:n] {
				if found[id] == nil {
					left = append(left, id)
				}
			}
			if len(left) == n {
				break
			}
			ids = append(left, ids[n:]...)
		}
		if len(ids) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: %s of %s", errGone, ids[0], from.Name())
}

// ask asks for documents in one request, or on simple servers in one for each.
func (s *Store) ask(ctx context.Context, of *mongo.Collection, ids []string, found map[string][]byte) error {
	simple, err := s.options.Client.Simple(ctx)
	if err != nil {
		return err
	}
	if len(ids) == 1 || !simple {
		var filter any = bson.D{{Key: "$in", Value: ids}}
		if len(ids) == 1 {
			filter = ids[0]
		}
		return s.find(ctx, of, filter, len(ids), func(p piece) { found[p.ID] = s.keep(p) })
	}
	var mu sync.Mutex
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(sideways)
	for _, id := range ids {
		group.Go(func() error {
			return s.find(inner, of, id, 1, func(p piece) {
				data := s.keep(p)
				mu.Lock()
				defer mu.Unlock()
				found[p.ID] = data
			})
		})
	}
	return group.Wait()
}

// find reads documents whose identity fits a filter.
func (s *Store) find(ctx context.Context, of *mongo.Collection, filter any, most int, take func(piece)) error {
	cursor, err := of.Find(ctx, bson.D{{Key: "_id", Value: filter}}, options.Find().SetBatchSize(int32(most+1)))
	if err != nil {
		return err
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	for cursor.Next(ctx) {
		id, ok := cursor.Current.Lookup("_id").StringValueOK()
		_, data, binary := cursor.Current.Lookup("d").BinaryOK()
		if ok && binary {
			take(piece{ID: id, Data: data})
		}
	}
	return cursor.Err()
}

// keep copies a document's data, with room behind it, and gives it to the caches.
func (s *Store) keep(p piece) []byte {
	data := padded(p.Data)
	s.blocks.put(p.ID, data)
	return data
}

// padded copies bytes, with chunk.SpareBytes behind them that may be read.
func padded(b []byte) []byte {
	room := make([]byte, len(b)+chunk.SpareBytes)
	copy(room, b)
	return room[:len(b):len(room)]
}

// insert writes documents that were not there. It is tried again when the connection is lost: documents that are there by then are this one's.
func (s *Store) insert(ctx context.Context, into *mongo.Collection, all []piece) error {
	for len(all) > 0 {
		n, size := 0, 0
		for n < len(all) && n < maxAsked && (n == 0 || size+len(all[n].Data) <= insertion) {
			size += len(all[n].Data)
			n++
		}
		if err := s.insertSome(ctx, into, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// insertions is how often an insertion is tried.
const insertions = 3

func (s *Store) insertSome(ctx context.Context, into *mongo.Collection, some []piece) (err error) {
	for range insertions {
		_, err = into.InsertMany(ctx, some, options.InsertMany().SetOrdered(false))
		if _, only := mongodb.OnlyDuplicates(err); only {
			return nil
		}
		if err == nil || ctx.Err() != nil || !mongodb.Lost(err) {
			break
		}
	}
	return s.fault(ctx, err)
}

// flights are documents that are being read, so that many who want one ask once.
type flights struct {
	mu sync.Mutex
	at map[string]*flight
}

// flight is one document's; data is nil if it could not be read.
type flight struct {
	done chan struct{}
	data []byte
}

// begin says which documents the caller reads, and which others do.
func (f *flights) begin(ids []string) (mine []string, others map[string]*flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[string]*flight{}
	}
	for _, id := range ids {
		if other := f.at[id]; other != nil {
			if others == nil {
				others = map[string]*flight{}
			}
			others[id] = other
			continue
		}
		f.at[id] = &flight{done: make(chan struct{})}
		mine = append(mine, id)
	}
	return mine, others
}

// end gives what was read to those who wait.
func (f *flights) end(ids []string, found map[string][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		one := f.at[id]
		delete(f.at, id)
		one.data = found[id]
		close(one.done)
	}
}

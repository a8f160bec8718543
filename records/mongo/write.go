package mongo

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"isobar/internal/mongodb"
	"isobar/records"
)

// versionOnly is what a writer wants to know of a document that is there.
var versionOnly = bson.D{{Key: "v", Value: 1}, {Key: "x", Value: 1}}

// Put implements records.Store.
func (s *Store) Put(ctx context.Context, kind string, d records.Document) (int64, error) {
	if err := check(kind, d); err != nil {
		return 0, err
	}
	if err := s.open(ctx); err != nil {
		return 0, err
	}
	version, err := s.put(ctx, kind, d)
	if err == nil {
		s.ringing.ring(kind)
	}
	return version, err
}

func (s *Store) put(ctx context.Context, kind string, d records.Document) (int64, error) {
	conflict := func() (int64, error) { return 0, fmt.Errorf("%w: %s %q", records.ErrConflict, kind, d.ID) }
	if d.Version > 0 {
		r := newRow(kind, d, d.Version)
		ok, err := s.swap(ctx, r, d.Version, true)
		if err != nil {
			return 0, s.failed(ctx, err)
		}
		if !ok {
			return conflict()
		}
		return r.Version, nil
	}
	for {
		was, err := s.find(ctx, prefix(kind)+d.ID, versionOnly)
		if err != nil {
			return 0, s.failed(ctx, err)
		}
		if was != nil && was.alive() && d.Version == records.New {
			return conflict()
		}
		r, ok := row{}, false
		if was == nil {
			r = newRow(kind, d, 0)
			_, err = s.all.InsertOne(ctx, r)
			ok = err == nil
			if mongodb.Duplicate(err) {
				err = nil
			}
		} else {
			r = newRow(kind, d, was.Version)
			ok, err = s.swap(ctx, r, was.Version, false)
		}
		if err != nil {
			return 0, s.failed(ctx, err)
		}
		if ok {
			return r.Version, nil
		}
	}
}

// swap writes a row over a version, which must not have expired if alive; it tells whether that was there.
func (s *Store) swap(ctx context.Context, r row, version int64, alive bool) (bool, error) {
	filter := bson.D{{Key: "_id", Value: r.ID}, {Key: "v", Value: version}}
	if alive {
		filter = append(filter, bson.E{Key: "x", Value: bson.D{{Key: "$gt", Value: now()}}})
	}
	there := false
	err := s.client.Alone(ctx, s.all, r.ID, func() error {
		done, err := s.all.UpdateOne(ctx, filter, r.set())
		there = err == nil && done.MatchedCount == 1
		return err
	})
	return there, err
}

// set is the update that makes a document this row.
func (r *row) set() bson.D {
	return bson.D{{Key: "$set", Value: bson.D{
		{Key: "v", Value: r.Version}, {Key: "x", Value: r.Expires}, {Key: "t", Value: r.Remove}, {Key: "b", Value: r.Body},
	}}}
}

// Delete implements records.Store.
func (s *Store) Delete(ctx context.Context, kind, id string, version int64) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	for {
		was, err := s.find(ctx, prefix(kind)+id, versionOnly)
		switch {
		case err != nil:
			return s.failed(ctx, err)
		case was == nil || !was.alive():
			return fmt.Errorf("%w: %s %q", records.ErrNotFound, kind, id)
		case version != records.Any && version != was.Version:
			return fmt.Errorf("%w: %s %q", records.ErrConflict, kind, id)
		}
		gone := row{ID: was.ID, Version: max(was.Version+1, now()), Remove: time.Now().Add(tombstone), Body: []byte{}}
		ok, err := s.swap(ctx, gone, was.Version, false)
		if err != nil {
			return s.failed(ctx, err)
		}
		if ok {
			s.ringing.ring(kind)
			return nil
		}
	}
}

// together is how many documents of PutAll go in one request.
const together = 500

// PutAll implements records.Store: two requests for documents of one batch, if no one else writes them.
func (s *Store) PutAll(ctx context.Context, kind string, all []records.Document) error {
	for _, d := range all {
		if err := check(kind, d); err != nil {
			return err
		}
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	if len(all) > 0 {
		defer s.ringing.ring(kind)
	}
	for len(all) > 0 {
		n := min(len(all), together)
		if err := s.putSome(ctx, kind, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (s *Store) putSome(ctx context.Context, kind string, some []records.Document) error {
	there, err := s.versions(ctx, kind, some)
	if err != nil {
		return s.failed(ctx, err)
	}
	var fresh []row
	var again, added []records.Document
	for _, d := range some {
		if _, ok := there[prefix(kind)+d.ID]; ok {
			again = append(again, d)
		} else {
			fresh, added = append(fresh, newRow(kind, d, 0)), append(added, d)
		}
	}
	if len(fresh) > 0 {
		_, err := s.all.InsertMany(ctx, fresh, options.InsertMany().SetOrdered(false))
		which, only := mongodb.OnlyDuplicates(err)
		if err != nil && !only {
			return s.failed(ctx, err)
		}
		for _, i := range which { // another was faster, or it is twice in the list
			again = append(again, added[i])
		}
	}
	return s.putOver(ctx, kind, again, there)
}

// putOver writes documents over others, those together of which the version is known and has not changed.
func (s *Store) putOver(ctx context.Context, kind string, again []records.Document, there map[string]int64) error {
	var writes []mongo.WriteModel
	for _, d := range again {
		if version, ok := there[prefix(kind)+d.ID]; ok {
			r := newRow(kind, d, version)
			writes = append(writes, mongo.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: r.ID}, {Key: "v", Value: version}}).SetUpdate(r.set()))
		}
	}
	simple, err := s.client.Simple(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	if len(writes) == len(again) && len(writes) > 0 && !simple {
		done, err := s.all.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
		if err != nil {
			return s.failed(ctx, err)
		}
		if done.MatchedCount == int64(len(writes)) {
			return nil
		}
	}
	for _, d := range again {
		d.Version = records.Any
		if _, err := s.put(ctx, kind, d); err != nil {
			return err
		}
	}
	return nil
}

// versions finds which documents are there, expired ones too.
func (s *Store) versions(ctx context.Context, kind string, some []records.Document) (map[string]int64, error) {
	ids := make([]string, len(some))
	for i, d := range some {
		ids[i] = prefix(kind) + d.ID
	}
	found, err := s.all.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}},
		options.Find().SetProjection(versionOnly).SetBatchSize(together))
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := found.All(ctx, &rows); err != nil {
		return nil, err
	}
	there := make(map[string]int64, len(rows))
	for _, r := range rows {
		there[r.ID] = r.Version
	}
	return there, nil
}

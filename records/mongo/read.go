package mongo

import (
	"context"
	"iter"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"isobar/records"
)

// page is how many documents a list reads at once: no cursor is left open while the reader takes its time.
const page = 128

// List implements records.Store.
func (s *Store) List(ctx context.Context, kind string, r records.Range) iter.Seq2[records.Document, error] {
	return func(yield func(records.Document, error) bool) {
		of := prefix(kind)
		from, to := of+r.From, of[:len(of)-1]+"0" // the byte behind "/"
		if r.To != "" {
			to = of + r.To
		}
		beyond := "$gte" // where the next page begins
		for left := r.Limit; from < to; {
			rows, err := s.page(ctx, from, to, beyond, r.Reverse, left)
			if err != nil {
				yield(records.Document{}, err)
				return
			}
			for _, row := range rows {
				if !yield(row.document(), nil) {
					return
				}
			}
			if left -= len(rows); len(rows) < page || r.Limit > 0 && left <= 0 {
				return
			}
			if last := rows[len(rows)-1].ID; r.Reverse {
				to = last
			} else {
				from, beyond = last, "$gt"
			}
		}
	}
}

// page reads documents from one identity on, up to another.
func (s *Store) page(ctx context.Context, from, to, beyond string, reverse bool, left int) ([]row, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	limit, order := page, 1
	if left > 0 {
		limit = min(left, page)
	}
	if reverse {
		order = -1
	}
	filter := bson.D{
		{Key: "_id", Value: bson.D{{Key: beyond, Value: from}, {Key: "$lt", Value: to}}},
		{Key: "x", Value: bson.D{{Key: "$gt", Value: now()}}},
	}
	found, err := s.all.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: order}}).SetLimit(int64(limit)).SetBatchSize(int32(limit)))
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	var rows []row
	if err := found.All(ctx, &rows); err != nil {
		return nil, s.failed(ctx, err)
	}
	return rows, nil
}

// sweepEvery is how often documents are removed that may be.
const sweepEvery = 10 * time.Minute

// sweep removes what may be removed, until ctx ends. Several processes may do so at once. It fails silently: the next one tries again.
func (s *Store) sweep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
		_, _ = s.all.DeleteMany(ctx, bson.D{{Key: "t", Value: bson.D{{Key: "$lt", Value: time.Now()}}}})
	}
}

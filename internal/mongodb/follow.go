package mongodb

import (
	"context"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

// How a collection is followed beside its change stream, and when a stream that could not be had is tried for again.
const (
	slowly     = 4 // times as seldom it is looked at while a change stream is open
	againAfter = time.Minute
	soonAfter  = time.Second
)

// Follower looks at a small collection whenever it may have changed: told by a change stream where the server has them, and from time to
// time, in any case.
type Follower struct {
	Of    *mongo.Collection
	Every time.Duration             // how often it is looked at without a change stream
	Look  func(ctx context.Context) // one call at a time
	Poll  bool                      // do without a change stream

	streaming atomic.Bool
}

// Streaming tells that the server tells changes.
func (f *Follower) Streaming() bool { return f.streaming.Load() }

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	wake, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		if !f.Poll {
			f.listen(ctx, wake)
		}
	}()
	defer func() { <-done }()
	for {
		wait := f.Every
		if f.Streaming() {
			wait *= slowly
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(wait):
		}
		f.Look(ctx)
	}
}

// listen keeps a change stream open, and wakes at each change, and when it has been opened: what happened before is not told.
func (f *Follower) listen(ctx context.Context, wake chan<- struct{}) {
	ring := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	for ctx.Err() == nil {
		wait := againAfter
		if stream, err := f.Of.Watch(ctx, mongo.Pipeline{}); err == nil {
			f.streaming.Store(true)
			ring()
			for stream.Next(ctx) {
				ring()
			}
			f.streaming.Store(false)
			stream.Close(context.WithoutCancel(ctx))
			wait = soonAfter
		} else if Lost(err) {
			wait = soonAfter
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

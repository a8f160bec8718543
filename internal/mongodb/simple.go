package mongodb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// kind is what a server has said of itself.
type kind struct {
	mu     sync.Mutex
	asked  bool
	simple bool
}

// Simple tells that a server is FerretDB 1: it reads a whole collection to find documents by anything but one identity, and does not
// compare and write a document in one step. MongoDB and all others do both well.
func (c *Client) Simple(ctx context.Context) (bool, error) {
	c.kind.mu.Lock()
	defer c.kind.mu.Unlock()
	if c.kind.asked {
		return c.kind.simple, nil
	}
	info, err := c.Database("admin").RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Raw()
	if err != nil {
		return false, err
	}
	_, err = info.LookupErr("ferretdbVersion")
	c.kind.asked, c.kind.simple = true, err == nil
	return c.kind.simple, nil
}

// guardsName is the collection of guards of simple servers.
const guardsName = "guards"

// guardTime is how long a guard holds of a process that ended before it took it away.
const guardTime = 3 * time.Second

// guardPause bounds how long a guard is left before it is tried again.
const guardPause = 20 * time.Millisecond

// Alone does something that compares a document and writes it. On simple servers no one else does so meanwhile: a document stands guard
// that can be inserted once.
func (c *Client) Alone(ctx context.Context, of *mongo.Collection, id string, do func() error) error {
	simple, err := c.Simple(ctx)
	if err != nil {
		return err
	}
	if !simple {
		return do()
	}
	guards := of.Database().Collection(guardsName)
	filter := bson.D{{Key: "_id", Value: of.Name() + "/" + id}}
	for pause := time.Millisecond; ; pause = min(2*pause, guardPause) {
		_, err := guards.InsertOne(ctx, bson.D{filter[0], {Key: "until", Value: time.Now().Add(guardTime)}})
		if err == nil {
			break
		}
		if !Duplicate(err) {
			return err
		}
		if err := expel(ctx, guards, filter); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another writes it: %w", ctx.Err())
		case <-time.After(pause/2 + rand.N(pause)):
		}
	}
	defer guards.DeleteOne(context.WithoutCancel(ctx), filter)
	return do()
}

// expel takes a guard away whose process must have ended.
func expel(ctx context.Context, guards *mongo.Collection, filter bson.D) error {
	var guard struct{ Until time.Time }
	err := guards.FindOne(ctx, filter).Decode(&guard)
	if err == mongo.ErrNoDocuments {
		return nil
	}
	if err != nil || time.Now().Before(guard.Until) {
		return err
	}
	_, err = guards.DeleteOne(ctx, filter)
	return err
}

package kept

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"isobar/feature"
	"isobar/records"
)

// Collection is one that is kept.
type Collection struct {
	of *Catalogue
	id string
}

var _ feature.Editable = (*Collection)(nil)

// About implements feature.Collection.
func (c *Collection) About(ctx context.Context) (feature.About, error) {
	r, _, err := c.of.row(ctx, c.id)
	return r.about(c.id), err
}

// Query implements feature.Collection.
func (c *Collection) Query(ctx context.Context, q feature.Query) (feature.Page, error) {
	s, err := c.of.load(ctx, c.id)
	if err != nil {
		return feature.Page{}, err
	}
	return s.Query(ctx, q)
}

// Feature implements feature.Collection.
func (c *Collection) Feature(ctx context.Context, id string) (feature.Feature, error) {
	s, err := c.of.load(ctx, c.id)
	if err != nil {
		return feature.Feature{}, err
	}
	return s.Feature(ctx, id)
}

// Create implements feature.Editable.
func (c *Collection) Create(ctx context.Context, f feature.Feature) (string, error) {
	r, doc, err := c.of.row(ctx, c.id)
	if err != nil {
		return "", err
	}
	if r.Count >= MaxFeatures {
		return "", fmt.Errorf("%w: a collection has %d features at most", ErrInvalid, MaxFeatures)
	}
	docs, err := documents(c.id, []feature.Feature{f}, doc.Expires)
	if err != nil {
		return "", err
	}
	docs[0].Version = records.New
	f.ID = docs[0].ID[len(c.id)+1:]
	if _, err := c.of.store.Put(ctx, kindItem, docs[0]); err != nil {
		if errors.Is(err, records.ErrConflict) {
			return "", fmt.Errorf("feature %q: %w", clip(f.ID), feature.ErrExists)
		}
		return "", err
	}
	return f.ID, c.of.written(ctx, c.id, []feature.Feature{f}, func(n int) int { return n + 1 })
}

// Replace implements feature.Editable.
func (c *Collection) Replace(ctx context.Context, f feature.Feature) error {
	_, doc, err := c.of.row(ctx, c.id)
	if err != nil {
		return err
	}
	now, err := c.of.store.Get(ctx, kindItem, c.id+"/"+f.ID)
	if errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("feature %q: %w", clip(f.ID), feature.ErrNotFound)
	}
	if err != nil {
		return err
	}
	docs, err := documents(c.id, []feature.Feature{f}, doc.Expires)
	if err != nil {
		return err
	}
	docs[0].Version = now.Version
	if _, err := c.of.store.Put(ctx, kindItem, docs[0]); err != nil {
		return err
	}
	return c.of.written(ctx, c.id, []feature.Feature{f}, func(n int) int { return n })
}

// Delete implements feature.Editable.
func (c *Collection) Delete(ctx context.Context, id string) error {
	err := c.of.store.Delete(ctx, kindItem, c.id+"/"+id, records.Any)
	if errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("feature %q: %w", clip(id), feature.ErrNotFound)
	}
	if err != nil {
		return err
	}
	return c.of.written(ctx, c.id, nil, func(n int) int { return max(0, n-1) })
}

// documents makes items of features; of one identity the last counts.
func documents(collection string, features []feature.Feature, expires time.Time) ([]records.Document, error) {
	if len(features) > MaxFeatures {
		return nil, fmt.Errorf("%w: %d features are more than the %d of a collection", ErrInvalid, len(features), MaxFeatures)
	}
	docs, at := make([]records.Document, 0, len(features)), map[string]int{}
	for i := range features {
		f := features[i]
		if f.ID == "" {
			f.ID = newID()
		}
		if len(f.ID) > maxIdentity {
			return nil, fmt.Errorf("%w: an identity is longer than %d bytes", ErrInvalid, maxIdentity)
		}
		doc := records.Document{ID: collection + "/" + f.ID, Version: records.Any, Body: feature.Form{}.Append(nil, &f), Expires: expires}
		if j, twice := at[f.ID]; twice {
			docs[j] = doc
			continue
		}
		at[f.ID] = len(docs)
		docs = append(docs, doc)
	}
	return docs, nil
}

// maxIdentity bounds a feature's identity in bytes.
const maxIdentity = 512

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// held is a collection as it was read at a version of its document.
type held struct {
	id      string
	version int64
	all     *feature.Static
}

// heldRoom and heldFeatures bound what is held in memory: collections, and their features all together.
const (
	heldRoom     = 64
	heldFeatures = 4 * MaxFeatures
)

// load reads a collection, or takes it as it was read before. A feature is written before the collection's document, so that what is
// read while someone writes is read again.
func (c *Catalogue) load(ctx context.Context, id string) (*feature.Static, error) {
	r, doc, err := c.row(ctx, id)
	if err != nil {
		return nil, err
	}
	if s := c.look(id, doc.Version); s != nil {
		return s, nil
	}
	limits := feature.Limits{Bytes: records.MaxBody, Features: 1, Vertices: feature.DefaultLimits.Vertices, Depth: feature.DefaultLimits.Depth}
	features := []feature.Feature{}
	for item, err := range c.store.List(ctx, kindItem, items(id)) {
		if err != nil {
			return nil, err
		}
		f, err := feature.ReadFeature(bytes.NewReader(item.Body), limits)
		if err != nil {
			return nil, fmt.Errorf("item %q: %w", clip(item.ID), err)
		}
		times(&f, r.Queryables)
		features = append(features, f)
	}
	s, err := feature.NewStatic(r.about(id), features)
	if err != nil {
		return nil, err
	}
	c.hold(&held{id, doc.Version, s})
	return s, nil
}

// look finds a collection that is held at a version.
func (c *Catalogue) look(id string, version int64) *feature.Static {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.held, func(h *held) bool { return h.id == id && h.version == version })
	if i < 0 {
		return nil
	}
	h := c.held[i]
	c.held = slices.Insert(slices.Delete(c.held, i, i+1), 0, h)
	return h.all
}

// hold takes a collection in, in place of an older version, and lets go what was not used for longest.
func (c *Catalogue) hold(h *held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = slices.DeleteFunc(c.held, func(o *held) bool { return o.id == h.id })
	c.held = slices.Insert(c.held, 0, h)
	sum := 0
	for i, o := range c.held {
		if sum += len(o.all.All()); i > 0 && (i >= heldRoom || sum > heldFeatures) {
			c.held = slices.Delete(c.held, i, len(c.held))
			return
		}
	}
}

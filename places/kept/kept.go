// Package kept keeps collections of features as records: those that users make, and results that are to stay for a while.
package kept

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/records"
)

// The kinds of documents. An item's identity is its collection's, "/" and its own.
const (
	kindCollection = "collection"
	kindItem       = "item"
)

// MaxFeatures bounds a collection.
const MaxFeatures = 100_000

// ErrInvalid says that something can't be kept, by wrapping.
var ErrInvalid = errors.New("can't be kept")

// Catalogue is the collections that a store keeps. Safe for concurrent use, also by several processes on one store.
type Catalogue struct {
	store records.Store
	mu    sync.Mutex
	held  []*held // the last used first
}

var _ feature.Catalogue = (*Catalogue)(nil)

// New makes a catalogue on a store.
func New(store records.Store) *Catalogue { return &Catalogue{store: store} }

// row is a collection's document.
type row struct {
	Title       string              `json:"title,omitempty"`
	Description string              `json:"description,omitempty"`
	Extent      geo.Box             `json:"extent"`
	Time        *feature.Interval   `json:"time,omitempty"`
	Queryables  []feature.Queryable `json:"queryables,omitempty"`
	Attribution string              `json:"attribution,omitempty"`
	License     string              `json:"license,omitempty"`
	Count       int                 `json:"count"` // features that were there when it was written
}

func rowOf(a feature.About) row {
	return row{Title: a.Title, Description: a.Description, Extent: a.Extent, Time: a.Time, Queryables: a.Queryables, Attribution: a.Attribution, License: a.License}
}

func (r row) about(id string) feature.About {
	return feature.About{
		ID: id, Title: r.Title, Description: r.Description, Extent: r.Extent, Time: r.Time, Queryables: r.Queryables, Attribution: r.Attribution, License: r.License,
	}
}

// identity is what a collection's may be: it stands in addresses, and before a "/" in those of items.
var identity = regexp.MustCompile(`^[\pL\pN][\pL\pN._:-]{0,79}$`)

// Create makes a collection of features; those without an identity get one. It is gone, with all its features, at expires, if that isn't
// zero. What about lacks of extent, time and queryables is found in the features. The error wraps feature.ErrExists or ErrInvalid.
func (c *Catalogue) Create(ctx context.Context, about feature.About, features []feature.Feature, expires time.Time) error {
	if !identity.MatchString(about.ID) {
		return fmt.Errorf("%w: a collection can't be called %q", ErrInvalid, clip(about.ID))
	}
	docs, err := documents(about.ID, features, expires)
	if err != nil {
		return err
	}
	r := rowOf(feature.Describe(about, features))
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	version, err := c.store.Put(ctx, kindCollection, records.Document{ID: about.ID, Version: records.New, Body: body, Expires: expires})
	if errors.Is(err, records.ErrConflict) {
		return fmt.Errorf("collection %q: %w", about.ID, feature.ErrExists)
	}
	if err != nil {
		return err
	}
	if err := c.purge(ctx, about.ID); err != nil { // what a process left that ended before it was done
		return err
	}
	if err := c.store.PutAll(ctx, kindItem, docs); err != nil {
		return err
	}
	r.Count = len(features)
	if body, err = json.Marshal(r); err != nil {
		return fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	_, err = c.store.Put(ctx, kindCollection, records.Document{ID: about.ID, Version: version, Body: body, Expires: expires})
	if errors.Is(err, records.ErrConflict) { // someone has written features meanwhile, and counted
		return nil
	}
	return err
}

// Upsert puts features into a collection, in place of those of the same identities: all of them are there when it returns. They are gone
// at expires, as readers see at the collection's next change, or with the collection if that is zero. The error wraps
// feature.ErrNotFound if there is no such collection, or ErrInvalid.
func (c *Catalogue) Upsert(ctx context.Context, id string, features []feature.Feature, expires time.Time) error {
	_, doc, err := c.row(ctx, id)
	if err != nil {
		return err
	}
	if expires.IsZero() || !doc.Expires.IsZero() && doc.Expires.Before(expires) {
		expires = doc.Expires
	}
	docs, err := documents(id, features, expires)
	if err != nil {
		return err
	}
	now, err := c.load(ctx, id)
	if err != nil {
		return err
	}
	added := 0
	for i := range docs {
		if _, err := now.Feature(ctx, docs[i].ID[len(id)+1:]); err != nil {
			added++
		}
	}
	if n := len(now.All()) + added; n > MaxFeatures {
		return fmt.Errorf("%w: %d features are more than the %d of a collection", ErrInvalid, n, MaxFeatures)
	}
	if err := c.store.PutAll(ctx, kindItem, docs); err != nil {
		return err
	}
	return c.written(ctx, id, features, func(int) int { return len(now.All()) + added })
}

// Drop removes a collection with its features. The error wraps feature.ErrNotFound.
func (c *Catalogue) Drop(ctx context.Context, id string) error {
	err := c.store.Delete(ctx, kindCollection, id, records.Any)
	if errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("collection %q: %w", clip(id), feature.ErrNotFound)
	}
	if err != nil {
		return err
	}
	return c.purge(ctx, id)
}

// purge removes items.
func (c *Catalogue) purge(ctx context.Context, id string) error {
	var ids []string
	for doc, err := range c.store.List(ctx, kindItem, items(id)) {
		if err != nil {
			return err
		}
		ids = append(ids, doc.ID)
	}
	for _, item := range ids {
		if err := c.store.Delete(ctx, kindItem, item, records.Any); err != nil && !errors.Is(err, records.ErrNotFound) {
			return err
		}
	}
	return nil
}

// items is the range of a collection's items: "0" is the character behind "/".
func items(id string) records.Range { return records.Prefix(id + "/") }

// Collections implements feature.Catalogue.
func (c *Catalogue) Collections(ctx context.Context) ([]feature.Collection, error) {
	all := []feature.Collection{}
	for doc, err := range c.store.List(ctx, kindCollection, records.Range{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, &Collection{c, doc.ID})
	}
	return all, nil
}

// Collection implements feature.Catalogue; what it finds is a *Collection.
func (c *Catalogue) Collection(ctx context.Context, id string) (feature.Collection, error) {
	if _, _, err := c.row(ctx, id); err != nil {
		return nil, err
	}
	return &Collection{c, id}, nil
}

// row reads a collection's document.
func (c *Catalogue) row(ctx context.Context, id string) (r row, doc records.Document, err error) {
	doc, err = c.store.Get(ctx, kindCollection, id)
	if errors.Is(err, records.ErrNotFound) {
		return r, doc, fmt.Errorf("collection %q: %w", clip(id), feature.ErrNotFound)
	}
	if err != nil {
		return r, doc, err
	}
	if err := json.Unmarshal(doc.Body, &r); err != nil {
		return r, doc, fmt.Errorf("collection %q: %w", clip(id), err)
	}
	return r, doc, nil
}

func clip(id string) string { return id[:min(len(id), 80)] }

// written tells of features that were put into a collection: its document gets a new version, by which readers know.
func (c *Catalogue) written(ctx context.Context, id string, features []feature.Feature, count func(before int) int) error {
	const tries = 20
	for range tries {
		r, doc, err := c.row(ctx, id)
		if err != nil {
			return err
		}
		empty := r.Count == 0
		if r.Count = count(r.Count); len(features) > 0 {
			r.include(feature.Describe(feature.About{}, features), empty)
		}
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		doc.Body = body
		if _, err = c.store.Put(ctx, kindCollection, doc); !errors.Is(err, records.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("collection %q: %w", clip(id), records.ErrConflict)
}

// include widens what a collection tells of itself; first: it held nothing before.
func (r *row) include(more feature.About, first bool) {
	e := more.Extent
	if !first {
		e = geo.Box{min(e[0], r.Extent[0]), min(e[1], r.Extent[1]), max(e[2], r.Extent[2]), max(e[3], r.Extent[3])}
	}
	r.Extent = e
	if t := more.Time; t != nil {
		if r.Time != nil {
			t = &feature.Interval{Start: min(t.Start, r.Time.Start), End: max(t.End, r.Time.End)}
		}
		r.Time = t
	}
	for _, q := range more.Queryables {
		known := false
		for i := range r.Queryables {
			known = known || r.Queryables[i].Name == q.Name
		}
		if !known {
			r.Queryables = append(r.Queryables, q)
		}
	}
}

// times gives properties that are times their type back: documents have texts.
func times(f *feature.Feature, queryables []feature.Queryable) {
	for i := range f.Properties {
		p := &f.Properties[i]
		text, ok := p.Value.(string)
		if !ok {
			continue
		}
		for _, q := range queryables {
			if q.Name == p.Name && q.Type == "date-time" {
				if t, err := time.Parse(time.RFC3339, text); err == nil {
					p.Value = field.At(t)
				}
			}
		}
	}
}

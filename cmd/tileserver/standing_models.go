package main

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"isobar/records"
)

// ofTheirModels is records in which only the streams and alerts are seen that are of some models: who works for them leaves the others to others, and has
// leases of its own.
type ofTheirModels struct {
	records.Store
	models *onlyModels
}

// The kinds of what stands, which are the names of their workers' leases but for an s.
var standing = []string{"stream", "alert"}

// own tells that a definition is of the models.
func (o ofTheirModels) own(d records.Document) bool {
	var of struct {
		Layers []string
		Model  string
	}
	if json.Unmarshal(d.Body, &of) != nil {
		return false
	}
	if len(of.Layers) > 0 {
		of.Model, _, _ = strings.Cut(of.Layers[0], ".")
	}
	return o.models.shows(of.Model)
}

// List implements records.Store.
func (o ofTheirModels) List(ctx context.Context, kind string, r records.Range) iter.Seq2[records.Document, error] {
	if !slices.Contains(standing, kind) {
		return o.Store.List(ctx, kind, r)
	}
	return func(yield func(records.Document, error) bool) {
		for d, err := range o.Store.List(ctx, kind, r) {
			if (err != nil || o.own(d)) && !yield(d, err) {
				return
			}
		}
	}
}

// lease is how a lease is named here.
func (o ofTheirModels) lease(kind, id string) string {
	if kind == records.LeaseKind && slices.Contains(standing, strings.TrimSuffix(id, "s")) {
		return id + "@" + strings.Join(o.models.names, ",")
	}
	return id
}

// Get implements records.Store.
func (o ofTheirModels) Get(ctx context.Context, kind, id string) (records.Document, error) {
	return o.Store.Get(ctx, kind, o.lease(kind, id))
}

// Put implements records.Store.
func (o ofTheirModels) Put(ctx context.Context, kind string, d records.Document) (int64, error) {
	d.ID = o.lease(kind, d.ID)
	return o.Store.Put(ctx, kind, d)
}

// Delete implements records.Store.
func (o ofTheirModels) Delete(ctx context.Context, kind, id string, version int64) error {
	return o.Store.Delete(ctx, kind, o.lease(kind, id), version)
}

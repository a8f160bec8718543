package layers

import (
	"fmt"
	"slices"
	"time"

	"isobar/store"
)

// Catalogue is all layers at one version. Immutable; holds the snapshot that its keys are read from.
type Catalogue struct {
	version  string
	updated  time.Time
	layers   []*Layer
	byName   map[string]*Layer
	snapshot store.Snapshot
}

// newCatalogue sorts layers.
func newCatalogue(snapshot store.Snapshot, updated time.Time, all []*Layer) *Catalogue {
	c := &Catalogue{version: snapshot.Version(), updated: updated, layers: all, byName: make(map[string]*Layer, len(all)), snapshot: snapshot}
	slices.SortFunc(c.layers, order)
	for _, l := range all {
		c.byName[l.Name] = l
	}
	return c
}

// Version names the catalogue: it follows the store's version.
func (c *Catalogue) Version() string { return c.version }

// Updated is when this version was first seen, in whole milliseconds. It rises with every version.
func (c *Catalogue) Updated() time.Time { return c.updated }

// Layers lists all layers, by model, theme and title. The list is shared: not to be written to.
func (c *Catalogue) Layers() []*Layer { return c.layers }

// Layer finds a layer by name; the error wraps ErrUnknownLayer.
func (c *Catalogue) Layer(name string) (*Layer, error) {
	if l, ok := c.byName[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("%w %q", ErrUnknownLayer, name)
}

// Snapshot is what the catalogue's picks are read from. It is closed when the last holder of the catalogue lets it go; nil in
// the empty catalogue of a closed source.
func (c *Catalogue) Snapshot() store.Snapshot { return c.snapshot }

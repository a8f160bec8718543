// Package ogc is what the map services share: parameters, dimensions, faults, and how an answer is sent.
package ogc

import (
	"context"
	"time"

	"isobar/answer"
	"isobar/layers"
)

// Answers makes what is asked for; package answer does.
type Answers interface {
	Map(ctx context.Context, r answer.MapRequest) (answer.Answer, error)
	Legend(ctx context.Context, r answer.LegendRequest) (answer.Answer, error)
	Values(ctx context.Context, r answer.ValuesRequest) ([]answer.Values, error)
	Path(ctx context.Context, r answer.PathRequest) (answer.Path, error)
	Range(ctx context.Context, c answer.LayerChoice) (low, high float64, unit string, err error)
}

// Service is Answers and the catalogue that they are made from.
type Service interface {
	Answers
	Catalogue() (c *layers.Catalogue, release func())
}

// Catalogue is what services tell of the layers, at one version.
type Catalogue interface {
	Version() string
	Updated() time.Time
	Layers() []*layers.Layer
	Layer(name string) (*layers.Layer, error)
}

var _ Catalogue = (*layers.Catalogue)(nil)

// Hold gives the current catalogue; release it when the request is done.
type Hold func() (c Catalogue, release func())

// HoldOf is how a service's catalogue is held.
func HoldOf(s Service) Hold {
	return func() (Catalogue, func()) { return s.Catalogue() }
}

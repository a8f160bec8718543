package answer

import (
	"context"
	"errors"

	"isobar/cache"
	"isobar/encode"
	"isobar/layers"
	"isobar/render"
	"isobar/sample"
)

// Limits bounds what one request may ask for.
type Limits struct {
	Width, Height int // pixels
	Layers        int // of one map
	Renders       int // pictures drawn at once; others wait
}

// Parts is what a service is made of.
type Parts struct {
	Catalogue *layers.Source
	Sampler   *sample.Sampler
	Painter   *render.Renderer
	Cache     cache.Cache
	Formats   []encode.Picture // the first is the default
	Limits    Limits
}

// Service answers requests. Safe for concurrent use.
type Service struct{ parts Parts }

// New makes a service.
func New(p Parts) *Service { return &Service{parts: p} }

// Catalogue gives the current catalogue; call release when the request is done.
func (s *Service) Catalogue() (c *layers.Catalogue, release func()) { return s.parts.Catalogue.Hold() }

// Map resolves a map; the picture is drawn when the answer's Body is called.
func (s *Service) Map(ctx context.Context, r MapRequest) (Answer, error) {
	return Answer{}, errors.New("not written")
}

// Legend resolves a legend.
func (s *Service) Legend(ctx context.Context, r LegendRequest) (Answer, error) {
	return Answer{}, errors.New("not written")
}

// Values gives the values of layers at a place, layer by layer in the order asked for.
func (s *Service) Values(ctx context.Context, r ValuesRequest) ([]Values, error) {
	return nil, errors.New("not written")
}

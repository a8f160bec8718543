package answer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"
	"time"

	"isobar/cache"
	"isobar/encode"
	"isobar/encode/datatile"
	"isobar/geo"
	"isobar/layers"
	"isobar/render"
	"isobar/sample"
)

// The errors that are the request's fault, wrapped with what is wrong. Those of layers and encode come besides.
var (
	ErrTooLarge    = errors.New("is beyond the limits")
	ErrUnknownUnit = errors.New("no such unit")
)

// Limits bounds what one request may ask for. What is 0 takes a default.
type Limits struct {
	Width, Height int // pixels
	Layers        int // of one map
	Renders       int // pictures drawn at once; others wait
}

// The limits where Limits has none.
const (
	defaultSide   = 4096
	defaultLayers = 16
)

// Painter draws; *render.Renderer does.
type Painter interface {
	Draw(ctx context.Context, f sample.Fields, m render.Map) (image.Image, error)
	Legend(l render.Legend) (image.Image, error)
	Document(l render.Legend, mediaType string) ([]byte, error) // a legend as SVG or JSON
	Recycle(img image.Image)                                    // of Draw, when nobody holds it any more
}

// Sampler gives values at places and at pixels; *sample.Sampler does.
type Sampler interface {
	View(ctx context.Context, f sample.Fields, in sample.Input, v geo.View, dst []float32) error
	Places(ctx context.Context, f sample.Fields, ins []sample.Input, at []geo.LonLat, dst [][]float32) error
}

// Parts is what a service is made of.
type Parts struct {
	Catalogue *layers.Source
	Sampler   Sampler
	Painter   Painter
	Cache     cache.Cache
	Formats   []encode.Picture // the first is the default
	Limits    Limits
}

// Service answers requests. Safe for concurrent use.
type Service struct {
	parts   Parts
	flights flights
	seats   chan struct{} // one for each picture that may be drawn at once
	tiles   *datatile.Encoder
	now     func() time.Time
}

// New makes a service.
func New(p Parts) *Service {
	p.Limits.Width = orElse(p.Limits.Width, defaultSide)
	p.Limits.Height = orElse(p.Limits.Height, defaultSide)
	p.Limits.Layers = orElse(p.Limits.Layers, defaultLayers)
	return &Service{parts: p, seats: make(chan struct{}, orElse(p.Limits.Renders, runtime.GOMAXPROCS(0))), tiles: datatile.New(), now: time.Now}
}

func orElse(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// Catalogue gives the current catalogue; call release when the request is done.
func (s *Service) Catalogue() (c *layers.Catalogue, release func()) { return s.parts.Catalogue.Hold() }

// format finds a format; "" is the first.
func (s *Service) format(mediaType string) (encode.Picture, error) {
	for i, p := range s.parts.Formats {
		if p.Type == mediaType || mediaType == "" && i == 0 {
			return p, nil
		}
	}
	return encode.Picture{}, fmt.Errorf("%w %q", encode.ErrUnknownFormat, mediaType)
}

// within is an error that names a parameter, unless its value lies between two limits.
func within(name string, n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("%s %d %w: %d to %d", name, n, ErrTooLarge, least, most)
	}
	return nil
}

// seat waits for a place among those who work; leave gives it back.
func (s *Service) seat(ctx context.Context) (leave func(), err error) {
	select {
	case s.seats <- struct{}{}:
		return func() { <-s.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

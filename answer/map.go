package answer

import (
	"context"
	"fmt"
	"sync"
	"time"

	"isobar/cache"
	"isobar/encode"
	"isobar/field"
	"isobar/layers"
	"isobar/render"
)

const (
	year = 365 * 24 * time.Hour
	// shortly is how long an answer may be kept that the next run changes. Asking again costs a 304.
	shortly = time.Minute
)

// Map resolves a map; the picture is drawn when the answer's Body is called. Call the answer's Done in any case. Errors are
// those of layers, encode.ErrUnknownFormat and ErrTooLarge.
func (s *Service) Map(ctx context.Context, r MapRequest) (Answer, error) {
	format, err := s.format(r.Format)
	if err != nil {
		return Answer{}, err
	}
	if err := s.checkMap(r); err != nil {
		return Answer{}, err
	}
	if r.moves(format) {
		return s.animation(r, format)
	}
	catalogue, release := s.parts.Catalogue.Hold()
	m, err := s.resolve(catalogue, r, format)
	if err != nil {
		release()
		return Answer{}, err
	}
	hold := newLease(release)
	a := Answer{Type: format.Type, ETag: m.etag, MaxAge: shortly, Pinned: m.pinned, Modified: m.modified, Run: m.run, Valid: m.valid, Done: sync.OnceFunc(hold.leave)}
	if a.Pinned {
		a.MaxAge = year
	}
	a.Body = func(ctx context.Context) ([]byte, error) {
		return s.body(ctx, m.etag, format, hold, func(ctx context.Context) ([]byte, error) {
			img, err := s.parts.Painter.Draw(ctx, catalogue.Snapshot(), m.picture)
			if err != nil {
				return nil, err
			}
			defer s.parts.Painter.Recycle(img)
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return format.Encode(img)
		})
	}
	return a, nil
}

// checkMap compares a map with the limits.
func (s *Service) checkMap(r MapRequest) error {
	if err := within("width", r.View.Width, 1, s.parts.Limits.Width); err != nil {
		return err
	}
	if err := within("height", r.View.Height, 1, s.parts.Limits.Height); err != nil {
		return err
	}
	return within("layers", len(r.Layers), 1, s.parts.Limits.Layers)
}

// resolved is a map of which everything is known.
type resolved struct {
	picture  render.Map
	etag     string
	pinned   bool
	modified field.Time // the newest run, if it is not ahead of the clock

	run, valid field.Time // of all layers; 0: they differ
}

// resolve finds fields and styles of all layers, and names what will be made of them.
func (s *Service) resolve(c *layers.Catalogue, r MapRequest, format encode.Picture) (resolved, error) {
	now := s.now()
	m := resolved{pinned: true, picture: render.Map{View: snapped(r.View), Transparent: r.Transparent && format.Alpha}}
	if !m.picture.Transparent {
		m.picture.Background = r.Background
	}
	f := make(fingerprint, 0, 2048)
	f.text("map 1")
	f.text(format.Type)
	f.view(m.picture.View)
	f.flag(m.picture.Transparent)
	f.color(m.picture.Background)
	m.picture.Layers = make([]render.Layer, 0, len(r.Layers))
	for i, choice := range r.Layers {
		layer, pick, err := s.paint(c, choice, now, &f)
		if err != nil {
			return m, err
		}
		m.picture.Layers = append(m.picture.Layers, layer)
		m.pinned = m.pinned && pick.Pinned
		m.modified = max(m.modified, pick.Run)
		if i == 0 {
			m.run, m.valid = pick.Run, pick.Valid
		} else if pick.Run != m.run || pick.Valid != m.valid {
			m.run, m.valid = 0, 0
		}
	}
	if m.modified > field.At(now) { // RFC 9110 8.8.2.1
		m.modified = 0
	}
	m.etag = f.etag()
	return m, nil
}

// paint resolves one layer, and adds it to the fingerprint.
func (s *Service) paint(c *layers.Catalogue, choice LayerChoice, now time.Time, f *fingerprint) (render.Layer, layers.Pick, error) {
	l, err := c.Layer(choice.Name)
	if err != nil {
		return render.Layer{}, layers.Pick{}, err
	}
	style, err := l.Style(choice.Style)
	if err != nil {
		return render.Layer{}, layers.Pick{}, err
	}
	pick, err := l.Pick(choice.Selection, now)
	if err != nil {
		return render.Layer{}, pick, err
	}
	if style, err = recoloured(c, l, style, pick, choice.Recolour); err != nil {
		return render.Layer{}, pick, err
	}
	f.text(l.Name) // of a derived layer, which expression
	f.text(l.Element.Unit)
	if err := f.input(c.Snapshot(), pick.Input); err != nil {
		return render.Layer{}, pick, fmt.Errorf("layer %s: %w", l.Name, err)
	}
	f.style(style)
	layer := render.Layer{Input: pick.Input, Unit: l.Element.Unit, Style: style}
	for _, source := range l.Sampled(style, pick) {
		f.text(source.Unit)
		f.whole(int64(len(source.Inputs)))
		for _, in := range source.Inputs {
			if err := f.input(c.Snapshot(), in); err != nil {
				return render.Layer{}, pick, fmt.Errorf("layer %s: %w", l.Name, err)
			}
		}
		layer.Sampled = append(layer.Sampled, render.Sampled(source))
	}
	return layer, pick, nil
}

// body gives the bytes of a picture: from the cache, or from one flight for all who ask at once.
func (s *Service) body(ctx context.Context, etag string, format encode.Picture, hold *lease, make func(context.Context) ([]byte, error)) ([]byte, error) {
	if e, ok := s.parts.Cache.Get(ctx, etag); ok {
		return e.Body, nil
	}
	return s.flights.do(ctx, etag, hold, func(ctx context.Context) ([]byte, error) {
		leave, err := s.seat(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		body, err := make(ctx)
		if err != nil {
			return nil, err
		}
		s.parts.Cache.Put(ctx, etag, cache.Entry{Body: body, Type: format.Type})
		return body, nil
	})
}

package answer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"isobar/encode"
	"isobar/field"
	"isobar/layers"
)

// Motion is how the pictures of several times follow one another.
type Motion struct {
	Delay time.Duration // each is shown so long; 0: defaultDelay
	Step  field.Seconds // only times that lie a multiple of it after the interval's start; 0: all
}

// The limits of animations.
const (
	defaultDelay = 500 * time.Millisecond
	leastDelay   = 20 * time.Millisecond // browsers slow down what is faster
	mostDelay    = 10 * time.Second
	maxFrames    = 240
	// maxFramePixels bounds the pixels of all frames together, which are held in memory at once: 128 MiB where they are no palette.
	maxFramePixels = 1 << 25
)

// moves tells that a request is for pictures of several times: a layer's selection is an interval, and the format can show it.
func (r *MapRequest) moves(f encode.Picture) bool {
	if f.Animate == nil {
		return false
	}
	for _, choice := range r.Layers {
		if inMotion(choice.Selection) {
			return true
		}
	}
	return false
}

// inMotion tells that a selection is of several times.
func inMotion(s layers.Selection) bool { return s.Interval && s.Time != nil && !s.Time.Current }

// animation resolves the maps of all times within the interval; it is Map for formats with motion.
func (s *Service) animation(r MapRequest, format encode.Picture) (Answer, error) {
	delay := r.Motion.Delay
	if delay == 0 {
		delay = defaultDelay
	}
	if delay < leastDelay || delay > mostDelay {
		return Answer{}, fmt.Errorf("frame_delay %d %w: %d to %d milliseconds", delay.Milliseconds(), ErrTooLarge, leastDelay.Milliseconds(), mostDelay.Milliseconds())
	}
	catalogue, release := s.parts.Catalogue.Hold()
	frames, err := s.frames(catalogue, r, format)
	if err != nil {
		release()
		return Answer{}, err
	}
	f := make(fingerprint, 0, 1024)
	f.text("animation 1")
	f.text(format.Type)
	f.whole(int64(delay))
	a := Answer{Type: format.Type, MaxAge: year, Pinned: true}
	for _, m := range frames {
		f.text(m.etag)
		a.Pinned = a.Pinned && m.pinned
		a.Modified = max(a.Modified, m.modified)
	}
	if !a.Pinned {
		a.MaxAge = shortly
	}
	a.ETag = f.etag()
	hold := newLease(release)
	a.Done = sync.OnceFunc(hold.leave)
	a.Body = func(ctx context.Context) ([]byte, error) {
		return s.body(ctx, a.ETag, format, hold, func(ctx context.Context) ([]byte, error) {
			return s.film(ctx, catalogue, frames, format, delay)
		})
	}
	return a, nil
}

// frames resolves the map of each time. A time that one of the layers in motion does not have is left out.
func (s *Service) frames(c *layers.Catalogue, r MapRequest, format encode.Picture) (frames []resolved, err error) {
	times, err := s.timesOf(c, r)
	if err != nil {
		return nil, err
	}
	if n := len(times); n > maxFrames || n*r.View.Width > maxFramePixels/r.View.Height {
		return nil, fmt.Errorf("time %w: %d pictures of %d x %d pixels; at most %d, and %d pixels in all", ErrTooLarge, n, r.View.Width, r.View.Height, maxFrames, maxFramePixels)
	}
	var refused error
	for _, t := range times {
		one := r
		one.Layers = append([]LayerChoice(nil), r.Layers...)
		for i := range one.Layers {
			if selection := &one.Layers[i].Selection; inMotion(*selection) {
				selection.Time, selection.Interval = &layers.TimeChoice{Start: t, End: t}, false
			}
		}
		m, err := s.resolve(c, one, format)
		var dimension *layers.DimensionError
		switch {
		case errors.As(err, &dimension) && dimension.Dimension == "time":
			refused = err
		case err != nil:
			return nil, err
		default:
			frames = append(frames, m)
		}
	}
	if len(frames) == 0 {
		return nil, refused
	}
	return frames, nil
}

// timesOf are the times of the lowest layer in motion.
func (s *Service) timesOf(c *layers.Catalogue, r MapRequest) (times []field.Time, err error) {
	for _, choice := range r.Layers {
		if !inMotion(choice.Selection) {
			continue
		}
		l, err := c.Layer(choice.Name)
		if err != nil {
			return nil, err
		}
		picks, err := l.Series(choice.Selection, s.now(), maxTimes)
		if errors.Is(err, layers.ErrTooMany) {
			return nil, fmt.Errorf("time of layer %s %w: its interval has more than %d times", l.Name, ErrTooLarge, maxTimes)
		}
		if err != nil {
			return nil, err
		}
		for _, p := range picks {
			if step := field.Time(r.Motion.Step); step <= 0 || (p.Valid-choice.Selection.Time.Start)%step == 0 {
				times = append(times, p.Valid)
			}
		}
		if len(times) == 0 {
			return nil, &layers.DimensionError{Dimension: "time", Layer: l.Name, Value: "at such a period"}
		}
		return times, nil
	}
	return nil, nil
}

// film draws all frames and encodes them.
func (s *Service) film(ctx context.Context, c *layers.Catalogue, frames []resolved, format encode.Picture, delay time.Duration) ([]byte, error) {
	var drawn []image.Image
	defer func() {
		for _, img := range drawn {
			s.parts.Painter.Recycle(img)
		}
	}()
	for _, m := range frames {
		img, err := s.parts.Painter.Draw(ctx, c.Snapshot(), m.picture)
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, img)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return format.Animate(drawn, delay)
}

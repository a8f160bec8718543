package answer

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"isobar/encode"
	"isobar/field"
	"isobar/layers"
)

// film is a format that tells how many frames it was given.
func film() encode.Picture {
	f := format("image/film", true)
	f.Animate = func(frames []image.Image, delay time.Duration) ([]byte, error) {
		return fmt.Append(nil, len(frames), " frames of ", frames[0].Bounds(), " for ", delay), nil
	}
	return f
}

// between is the selection of an interval in hours.
func between(from, to int) layers.Selection {
	return layers.Selection{Interval: true, Time: &layers.TimeChoice{Start: run0 + hour*field.Time(from), End: run0 + hour*field.Time(to)}}
}

func TestAnIntervalIsAnAnimation(t *testing.T) {
	b := newBench(t, Limits{})
	b.parts.Formats = append(b.parts.Formats, film())
	r := tile("a.t", "b.t")
	r.Format = "image/film"
	r.Layers[0].Selection = between(1, 4)
	for _, c := range []struct {
		motion Motion
		want   string
		draws  int64
	}{
		{Motion{}, "4 frames of (0,0)-(256,256) for 500ms", 4},
		{Motion{Delay: 100 * time.Millisecond, Step: 2 * 3600}, "2 frames of (0,0)-(256,256) for 100ms", 6},
		{Motion{}, "4 frames of (0,0)-(256,256) for 500ms", 6}, // from the cache
	} {
		r.Motion = c.motion
		a := ask(t, b, r)
		body, err := a.Body(t.Context())
		a.Done()
		if err != nil || string(body) != c.want || b.easel.draws.Load() != c.draws || a.Type != "image/film" || a.Pinned {
			t.Errorf("%+v: %q, %v, %d draws, %+v; want %q, %d draws", c.motion, body, err, b.easel.draws.Load(), a, c.want, c.draws)
		}
	}
	if n := b.easel.recycled.Load(); n != 6 {
		t.Errorf("%d pictures are given back, want 6", n)
	}
	r.Format = "image/png"
	if body, err := ask(t, b, r).Body(t.Context()); err != nil || !strings.HasPrefix(string(body), "image/png") {
		t.Errorf("a format without motion: %q, %v", body, err)
	}
	run := run0
	for i := range r.Layers {
		r.Layers[i].Selection = between(0, 6)
		r.Layers[i].Selection.Run = &run
	}
	r.Format = "image/film"
	if a := ask(t, b, r); !a.Pinned || a.MaxAge != year {
		t.Errorf("an animation of one run's interval: pinned %v for %v", a.Pinned, a.MaxAge)
	}
}

func TestAnimationsAreBounded(t *testing.T) {
	b := newBench(t, Limits{Width: 1 << 14, Height: 1 << 14})
	b.parts.Formats = append(b.parts.Formats, film())
	r := tile("a.t")
	r.Format, r.Layers[0].Selection = "image/film", between(0, 6)
	for _, c := range []struct {
		text   string
		want   error
		change func(*MapRequest)
	}{
		{"7 pictures", ErrTooLarge, func(r *MapRequest) { r.View.Width, r.View.Height = 4096, 4096 }},
		{"frame_delay 1", ErrTooLarge, func(r *MapRequest) { r.Motion.Delay = time.Millisecond }},
		{"frame_delay 3600000", ErrTooLarge, func(r *MapRequest) { r.Motion.Delay = time.Hour }},
		{"nope", layers.ErrUnknownLayer, func(r *MapRequest) { r.Layers[0].Name = "nope" }},
		{"nope", layers.ErrUnknownStyle, func(r *MapRequest) { r.Layers[0].Style = "nope" }},
	} {
		one := r
		one.Layers = append([]LayerChoice(nil), r.Layers...)
		c.change(&one)
		if _, err := b.Map(t.Context(), one); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("got %v, want %v with %s", err, c.want, c.text)
		}
	}
	var dimension *layers.DimensionError
	r.Layers[0].Selection = between(100, 200)
	if _, err := b.Map(t.Context(), r); !errors.As(err, &dimension) {
		t.Errorf("an interval without times: %v, want a DimensionError", err)
	}
}

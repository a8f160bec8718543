package answer

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// ask resolves a map and lets it go after the test.
func ask(t testing.TB, b *bench, r MapRequest) Answer {
	t.Helper()
	a, err := b.Map(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Done)
	return a
}

func TestAMapIsDrawnOnce(t *testing.T) {
	b := newBench(t, Limits{})
	for range 3 {
		a := ask(t, b, tile("a.t", "b.t"))
		if a.Type != "image/png" || a.Pinned || a.MaxAge != shortly || a.Modified != run0 {
			t.Errorf("got %+v", a)
		}
		body, err := a.Body(t.Context())
		if want := "image/png(0,0)-(256,256)"; err != nil || string(body) != want {
			t.Errorf("body %q, %v, want %q", body, err, want)
		}
		a.Done()
		a.Done() // once is enough
	}
	if n := b.easel.draws.Load(); n != 1 {
		t.Errorf("%d draws of one picture, want 1", n)
	}
	if n := b.easel.recycled.Load(); n != 1 {
		t.Errorf("%d pictures are given back, want 1", n)
	}
}

func TestAnETagTakesNoWork(t *testing.T) {
	b := newBench(t, Limits{})
	a := ask(t, b, tile("a.t"))
	if len(a.ETag) != 34 || a.ETag[0] != '"' || a.ETag[33] != '"' {
		t.Errorf("ETag %s is not 32 digits in quotes", a.ETag)
	}
	a.Done()
	if n := b.easel.draws.Load(); n != 0 {
		t.Errorf("%d draws for an ETag, want 0", n)
	}
	if n := b.shelf.open.Load(); n != 1 {
		t.Errorf("%d snapshots are open after Done, want the source's own", n)
	}
}

func TestWhatMakesAPictureIsInItsETag(t *testing.T) {
	red, green := color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 255}
	change := func(f func(*MapRequest)) MapRequest {
		r := tile("a.t")
		f(&r)
		return r
	}
	at := func(h field.Time) *layers.TimeChoice {
		return &layers.TimeChoice{Start: run0 + h*hour, End: run0 + h*hour}
	}
	seen := map[string]string{}
	for name, r := range map[string]MapRequest{
		"as it is":     tile("a.t"),
		"element":      tile("a.u"),
		"model":        tile("b.t"),
		"two":          tile("a.t", "a.u"),
		"two, turned":  tile("a.u", "a.t"),
		"style":        change(func(r *MapRequest) { r.Layers[0].Style = "grey" }),
		"time":         change(func(r *MapRequest) { r.Layers[0].Selection.Time = at(5) }),
		"width":        change(func(r *MapRequest) { r.View.Width = 255 }),
		"height":       change(func(r *MapRequest) { r.View.Height = 255 }),
		"place":        change(func(r *MapRequest) { r.View.Box[0] -= 1000 }),
		"reference":    change(func(r *MapRequest) { r.View.Ref.Code = "EPSG:3035" }),
		"format":       change(func(r *MapRequest) { r.Format = "image/jpeg" }),
		"red ground":   change(func(r *MapRequest) { r.Transparent, r.Background = false, red }),
		"green ground": change(func(r *MapRequest) { r.Transparent, r.Background = false, green }),
		"green JPEG":   change(func(r *MapRequest) { r.Format, r.Background = "image/jpeg", green }),
	} {
		etag := ask(t, newBench(t, Limits{}), r).ETag
		if other, ok := seen[etag]; ok {
			t.Errorf("%q and %q have the same ETag", name, other)
		}
		seen[etag] = name
	}
	first := ask(t, newBench(t, Limits{}), tile("a.t")).ETag
	for name, r := range map[string]MapRequest{
		"the same time, named":      change(func(r *MapRequest) { r.Layers[0].Selection.Time = at(2) }),
		"the default style, named":  change(func(r *MapRequest) { r.Layers[0].Style = "warm" }),
		"the default format":        change(func(r *MapRequest) { r.Format = "" }),
		"a ground that nobody sees": change(func(r *MapRequest) { r.Background = red }),
		"a box of another client":   change(func(r *MapRequest) { r.View.Box[2] = 5009377.085697312 }),
		"a box a hair further":      change(func(r *MapRequest) { r.View.Box[0] = -1e-9 }),
	} {
		if etag := ask(t, newBench(t, Limits{}), r).ETag; etag != first {
			t.Errorf("%s: the ETag is another one", name)
		}
	}
	b := newBench(t, Limits{})
	b.shelf.now.etag = "y"
	b.serve(t, rows{250}, Limits{})
	if ask(t, b, tile("a.t")).ETag == first {
		t.Error("a field with other values has the same ETag")
	}
	b.shelf.now.etag = "x"
	b.serve(t, rows{251}, Limits{})
	if ask(t, b, tile("a.t")).ETag == first {
		t.Error("a style with other stops has the same ETag")
	}
}

func TestBoxesAreSnappedByLessThanAnyoneSees(t *testing.T) {
	for _, box := range []geo.Box{
		{-180, -90, 180, 90}, {0, 0, 5009377.085697312, 5009377.085697312}, {-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244},
		{1e9, 1e9, 1e9 + 1e-6, 1e9 + 1e-6}, {-1e-9, -1e-9, 1, 1},
	} {
		v := geo.View{Box: box, Width: 256, Height: 256}
		got := snapped(v)
		for i := range box {
			pixel := (box[2+i%2] - box[i%2]) / 256
			if off := got.Box[i] - box[i]; !(off <= pixel*snapPixels/2 && off >= -pixel*snapPixels/2) {
				t.Errorf("%v: edge %d moves by %v of a pixel, want at most half of %v", box, i, off/pixel, snapPixels)
			}
		}
		if again := snapped(got); again.Box != got.Box {
			t.Errorf("%v: snapped twice it is %v, once %v", box, again.Box, got.Box)
		}
	}
	whole := geo.Box{-180, -90, 180, 90}
	if got := snapped(geo.View{Box: whole, Width: 1000, Height: 500}).Box; got != whole {
		t.Errorf("whole degrees move to %v", got)
	}
}

func TestTransparencyNeedsAFormatThatHasIt(t *testing.T) {
	b := newBench(t, Limits{})
	r := tile("a.t")
	r.Format, r.Background = "image/jpeg", color.NRGBA{R: 9, A: 255}
	if _, err := ask(t, b, r).Body(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := b.easel.last.Load(); m.Transparent || m.Background != r.Background {
		t.Errorf("a JPEG is drawn transparent %v on %v, want on %v", m.Transparent, m.Background, r.Background)
	}
}

func TestPinnedMapsMayBeKeptForAYear(t *testing.T) {
	b := newBench(t, Limits{})
	r := tile("a.t", "b.t")
	run := run0
	r.Layers[0].Selection = layers.Selection{Time: &layers.TimeChoice{Start: run0, End: run0}, Run: &run}
	if a := ask(t, b, r); a.Pinned {
		t.Error("a map with one layer of the default time is pinned")
	}
	r.Layers[1].Selection = r.Layers[0].Selection
	if a := ask(t, b, r); !a.Pinned || a.MaxAge != year {
		t.Errorf("a map that names run and time of all layers: pinned %v for %v", a.Pinned, a.MaxAge)
	}
}

func TestARunAheadOfTheClockIsNotToldAsModified(t *testing.T) {
	b := newBench(t, Limits{})
	b.Service.now = (run0 - hour).UTC
	if a := ask(t, b, tile("a.t")); a.Modified != 0 {
		t.Errorf("modified %v, an hour ahead of the clock", a.Modified)
	}
}

func TestWhatIsWrongWithAMapIsSaid(t *testing.T) {
	b := newBench(t, Limits{Width: 300, Height: 300, Layers: 2})
	change := func(f func(*MapRequest)) MapRequest {
		r := tile("a.t")
		f(&r)
		return r
	}
	for _, c := range []struct {
		r    MapRequest
		want error
		text string
	}{
		{tile("nope"), layers.ErrUnknownLayer, `"nope"`},
		{change(func(r *MapRequest) { r.Layers[0].Style = "nope" }), layers.ErrUnknownStyle, `"nope"`},
		{change(func(r *MapRequest) { r.Format = "image/nope" }), encode.ErrUnknownFormat, `"image/nope"`},
		{change(func(r *MapRequest) { r.View.Width = 301 }), ErrTooLarge, "width 301"},
		{change(func(r *MapRequest) { r.View.Height = 0 }), ErrTooLarge, "height 0"},
		{tile("a.t", "a.t", "a.t"), ErrTooLarge, "layers 3"},
		{tile(), ErrTooLarge, "layers 0"},
	} {
		_, err := b.Map(t.Context(), c.r)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("got %v, want %v with %s", err, c.want, c.text)
		}
	}
	var dimension *layers.DimensionError
	r := change(func(r *MapRequest) { r.Layers[0].Selection.Time = &layers.TimeChoice{Start: 1, End: 1} })
	if _, err := b.Map(t.Context(), r); !errors.As(err, &dimension) {
		t.Errorf("a time that is not there: got %v, want a DimensionError", err)
	}
}

func TestManyAtOnceAreOneFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{})
		b.easel.gate = make(chan struct{})
		var work sync.WaitGroup
		for range 20 {
			a := ask(t, b, tile("a.t"))
			work.Go(func() {
				if body, err := a.Body(t.Context()); err != nil || len(body) == 0 {
					t.Errorf("body %q, %v", body, err)
				}
				a.Done()
			})
		}
		synctest.Wait()
		close(b.easel.gate)
		work.Wait()
		if n := b.easel.draws.Load(); n != 1 {
			t.Errorf("%d draws for 20 who ask at once, want 1", n)
		}
	})
}

func TestWhoLeavesTakesNothingFromTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{})
		b.easel.gate = make(chan struct{})
		ctx, leave := context.WithCancel(t.Context())
		first, second := ask(t, b, tile("a.t")), ask(t, b, tile("a.t"))
		errs := make(chan error, 2)
		go func() {
			_, err := first.Body(ctx)
			first.Done()
			errs <- err
		}()
		synctest.Wait() // the first has begun the flight
		go func() {
			_, err := second.Body(t.Context())
			second.Done()
			errs <- err
		}()
		synctest.Wait()
		leave()
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("who left gets %v, want that it left", err)
		}
		b.source.Close() // the flight has a hold of its own
		close(b.easel.gate)
		if err := <-errs; err != nil {
			t.Errorf("who stayed gets %v", err)
		}
		if n := b.easel.draws.Load(); n != 1 {
			t.Errorf("%d draws, want 1", n)
		}
	})
}

func TestTheLastToLeaveEndsTheDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{})
		b.easel.gate = make(chan struct{})
		var leave []context.CancelFunc
		var work sync.WaitGroup
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			leave = append(leave, cancel)
			a := ask(t, b, tile("a.t"))
			work.Go(func() { _, _ = a.Body(ctx); a.Done() })
		}
		synctest.Wait()
		for i, cancel := range leave {
			if n := b.easel.stopped.Load(); n != 0 {
				t.Errorf("drawing stops while %d of 3 wait", 3-i)
			}
			cancel()
			synctest.Wait()
		}
		work.Wait()
		if n := b.easel.stopped.Load(); n != 1 {
			t.Errorf("drawing was stopped %d times, want once", n)
		}
		// Who comes after the last has left gets a picture, not its end.
		close(b.easel.gate)
		if _, err := ask(t, b, tile("a.t")).Body(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestFewAreDrawnAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{Renders: 2})
		b.easel.gate = make(chan struct{})
		var work sync.WaitGroup
		for i := range 8 {
			r := tile("a.t")
			r.View.Width = 100 + i
			a := ask(t, b, r)
			work.Go(func() {
				if _, err := a.Body(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		// One in the queue leaves.
		ctx, leave := context.WithCancel(t.Context())
		r := tile("a.u")
		a := ask(t, b, r)
		work.Go(func() {
			if _, err := a.Body(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("who left the queue gets %v", err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		if n := b.easel.draws.Load(); n != 2 {
			t.Errorf("%d are drawn at once, want 2", n)
		}
		close(b.easel.gate)
		work.Wait()
		if n, most := b.easel.draws.Load(), b.easel.busiest.Load(); n != 8 || most > 2 {
			t.Errorf("%d draws, at most %d at once, want 8 and 2", n, most)
		}
	})
}

func TestFaultsOfDrawingAreToldAndNotKept(t *testing.T) {
	b := newBench(t, Limits{})
	b.easel.fault = func() error { return errors.New("no paint") }
	if _, err := ask(t, b, tile("a.t")).Body(t.Context()); err == nil || !strings.Contains(err.Error(), "no paint") {
		t.Errorf("got %v, want no paint", err)
	}
	b.easel.fault = func() error { panic("the easel fell over") }
	if _, err := ask(t, b, tile("a.t")).Body(t.Context()); err == nil || !strings.Contains(err.Error(), "the easel fell over") {
		t.Errorf("got %v, want the panic as an error", err)
	}
	b.easel.fault = nil
	if _, err := ask(t, b, tile("a.t")).Body(t.Context()); err != nil {
		t.Errorf("after a fault: %v", err)
	}
}

func TestABodyAfterDoneIsRefused(t *testing.T) {
	b := newBench(t, Limits{})
	a := ask(t, b, tile("a.t"))
	a.Done()
	if _, err := a.Body(t.Context()); !errors.Is(err, errFinished) {
		t.Errorf("got %v, want errFinished", err)
	}
}

func TestManyOfAllKinds(t *testing.T) {
	b := newBench(t, Limits{Renders: 3})
	var work sync.WaitGroup
	for w := range 8 {
		work.Go(func() {
			for i := range 100 {
				r := tile("a.t")
				r.View.Width = 100 + (i+w)%17
				ctx, cancel := context.WithCancel(t.Context())
				a, err := b.Map(ctx, r)
				if err != nil {
					t.Error(err)
					cancel()
					return
				}
				if i%5 == 0 {
					cancel()
				}
				body, err := a.Body(ctx)
				want := fmt.Sprintf("image/png(0,0)-(%d,256)", r.View.Width)
				if err == nil && string(body) != want || err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("body %q, %v, want %q", body, err, want)
				}
				a.Done()
				cancel()
			}
		})
	}
	work.Wait()
}

func BenchmarkMapFromCache(b *testing.B) {
	s := newBench(b, Limits{})
	r := tile("a.t")
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		a, err := s.Map(ctx, r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := a.Body(ctx); err != nil {
			b.Fatal(err)
		}
		a.Done()
	}
	if n := s.easel.draws.Load(); n != 1 {
		b.Errorf("%d draws, want 1", n)
	}
}

package answer

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

func TestLowZoomsAreDrawnBeforeTheyAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- b.Prerender(ctx, Prerendering{Zoom: 1, Layers: []string{"a.*", "nope"}}, slog.New(slog.DiscardHandler))
		}()
		time.Sleep(lookEvery / 2)
		synctest.Wait()
		// Two layers of seven times; the grid lies in one tile of each zoom.
		want := int64(2 * 7 * 2)
		if n := b.easel.draws.Load(); n != want {
			t.Errorf("%d tiles are drawn, want %d", n, want)
		}
		for h := range field.Time(7) {
			r := tile("a.t")
			r.View = geo.Tile(0, 0, 0, 256)
			r.Layers[0].Selection = layers.Selection{Time: &layers.TimeChoice{Start: run0 + h*hour, End: run0 + h*hour}}
			a := ask(t, b, r)
			if _, err := a.Body(t.Context()); err != nil {
				t.Fatal(err)
			}
			a.Done()
		}
		if n := b.easel.draws.Load(); n != want {
			t.Errorf("what is asked for is drawn again: %d draws, want %d", n, want)
		}
		time.Sleep(10 * lookEvery)
		if n := b.easel.draws.Load(); n != want {
			t.Errorf("without a new run there are %d draws, want %d", n, want)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that it was told to stop", err)
		}
	})
}

func TestPrerenderingWaitsForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Limits{Renders: 2})
		leave, err := b.seat(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- b.Prerender(ctx, Prerendering{Layers: []string{"a.t"}}, slog.New(slog.DiscardHandler))
		}()
		time.Sleep(time.Minute)
		if n := b.easel.draws.Load(); n != 0 {
			t.Errorf("%d tiles are drawn while another draws, want none", n)
		}
		leave()
		time.Sleep(time.Second)
		if n := b.easel.draws.Load(); n != 7 {
			t.Errorf("%d tiles are drawn, want 7", n)
		}
		stop()
		<-done
	})
}

func TestTilesBesideALayerAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		extent     geo.Box
		zoom, x, y int
		want       bool
	}{
		{geo.Box{-180, -90, 180, 90}, 0, 0, 0, true}, {geo.Box{0, 40, 20, 60}, 1, 0, 0, false}, {geo.Box{0, 40, 20, 60}, 1, 1, 0, true},
		{geo.Box{0, 40, 20, 60}, 1, 1, 1, false}, {geo.Box{170, 0, 190, 10}, 2, 0, 1, true}, {geo.Box{170, 0, 190, 10}, 2, 3, 1, true},
		{geo.Box{170, 0, 190, 10}, 2, 1, 1, false},
	} {
		if got := touches(c.extent, geo.Tile(c.zoom, c.x, c.y, 256)); got != c.want {
			t.Errorf("%v, tile %d/%d/%d: %v, want %v", c.extent, c.zoom, c.x, c.y, got, c.want)
		}
	}
}

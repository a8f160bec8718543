package answer

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"path"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// Prerendering is which tiles are drawn before anybody asks for them.
type Prerendering struct {
	Zoom   int      // down to this zoom, which is included
	Layers []string // patterns of names, as path.Match reads them
}

// The limits of prerendering.
const (
	maxPrerenderZoom = 8
	maxPrerendered   = 50_000 // tiles of one version of the catalogue
	lookEvery        = 2 * time.Second
	yieldFor         = 10 * time.Millisecond // while others draw
	tilePixels       = 256
)

// errStale ends a turn whose catalogue is not the current one any more.
var errStale = errors.New("answer: the catalogue has changed")

// Prerender draws the tiles of the newest runs into the cache, after each change of the catalogue, until ctx ends. It draws one at a
// time, and none while others draw.
func (s *Service) Prerender(ctx context.Context, p Prerendering, log *slog.Logger) error {
	if len(p.Layers) == 0 {
		return nil
	}
	p.Zoom = min(p.Zoom, maxPrerenderZoom)
	done := ""
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if version := s.version(); version != done {
			began := time.Now()
			n, err := s.prerender(ctx, p, version)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, errStale):
				continue
			case err != nil:
				log.Warn("prerendering stopped", "tiles", n, "error", err)
			case n > 0:
				log.Info("prerendered", "tiles", n, "took", time.Since(began).Round(time.Millisecond))
			}
			done = version
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// version is the current catalogue's.
func (s *Service) version() string {
	c, release := s.parts.Catalogue.Hold()
	defer release()
	return c.Version()
}

// prerender draws all tiles of one version, as far as they are bounded.
func (s *Service) prerender(ctx context.Context, p Prerendering, version string) (n int, err error) {
	for r := range s.lowTiles(p) {
		for len(s.seats) > 0 {
			select {
			case <-ctx.Done():
				return n, ctx.Err()
			case <-time.After(yieldFor):
			}
		}
		if n >= maxPrerendered || ctx.Err() != nil {
			return n, ctx.Err()
		}
		if n&63 == 63 && s.version() != version {
			return n, errStale
		}
		a, err := s.Map(ctx, r)
		if err != nil {
			return n, err
		}
		_, err = a.Body(ctx)
		a.Done()
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// lowTiles lists what is to be drawn: the lowest zooms of all first, then the times in their order.
func (s *Service) lowTiles(p Prerendering) iter.Seq[MapRequest] {
	return func(yield func(MapRequest) bool) {
		for zoom := range p.Zoom + 1 {
			for _, l := range s.matching(p.Layers) {
				for _, t := range l.times {
					for i := range 1 << (2 * zoom) {
						x, y := i&(1<<zoom-1), i>>zoom
						view := geo.Tile(zoom, x, y, tilePixels)
						if !touches(l.extent, view) {
							continue
						}
						if !yield(MapRequest{View: view, Format: s.parts.Formats[0].Type, Transparent: true, Layers: []LayerChoice{{
							Name: l.name, Selection: layers.Selection{Time: &layers.TimeChoice{Start: t, End: t}}}}}) {
							return
						}
					}
				}
			}
		}
	}
}

// early is a layer to draw early.
type early struct {
	name   string
	extent geo.Box
	times  []field.Time // of its newest run
}

// matching lists the layers that one of the patterns matches.
func (s *Service) matching(patterns []string) (list []early) {
	c, release := s.parts.Catalogue.Hold()
	defer release()
	for _, l := range c.Layers() {
		for _, p := range patterns {
			if ok, err := path.Match(p, l.Name); err != nil || !ok || len(l.Runs) == 0 {
				continue
			}
			run := l.Runs[len(l.Runs)-1]
			picks, err := l.Series(layers.Selection{Run: &run}, s.now(), maxTimes)
			if err != nil { // a run of many times: the default one is asked for most
				picks = []layers.Pick{{Valid: l.DefaultTime(s.now())}}
			}
			e := early{name: l.Name, extent: l.Extent}
			for _, pick := range picks {
				e.times = append(e.times, pick.Valid)
			}
			list = append(list, e)
			break
		}
	}
	return list
}

// touches tells that a tile has something of an extent in degrees, which may go on beyond 180.
func touches(extent geo.Box, tile geo.View) bool {
	corners := []geo.XY{{X: tile.Box[0], Y: tile.Box[1]}, {X: tile.Box[2], Y: tile.Box[3]}}
	at := make([]geo.LonLat, len(corners))
	tile.Ref.Inverse(at, corners)
	const slack = 1e-9 // degrees, of edges that only meet
	if at[1].Lat < extent[1]+slack || at[0].Lat > extent[3]-slack {
		return false
	}
	west, east := at[0].Lon, at[1].Lon
	if east <= west { // the edge at 180 degrees
		east += 360
	}
	for _, turn := range []float64{-360, 0, 360} {
		if west+turn < extent[2]-slack && east+turn > extent[0]+slack {
			return true
		}
	}
	return false
}

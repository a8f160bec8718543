package zarr

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode/cf"
	"isobar/encode/zarr"
	"isobar/field"
	"isobar/grid"
	"isobar/layers"
	"isobar/ogc"
)

// keptViews bounds how many runs' views are kept.
const keptViews = 16

// viewKey is all that a view is made from.
type viewKey struct {
	model   string
	run     field.Time
	version string // of the catalogue
}

// shelved is a view that is made once.
type shelved struct {
	mu   sync.Mutex
	view *view // nil: not made yet
}

// view is a run as arrays. Immutable.
type view struct {
	run    field.Time
	group  *zarr.Group
	tag    string // of the documents, and so of where chunks lie
	fields []axes // by the number of the coverage in the layout
}

// axes are what the numbers of a layer's chunks stand for.
type axes struct {
	layer                           string
	members                         []int
	times                           []field.Time
	levels                          []float64
	hasMembers, hasTimes, hasLevels bool
	listed                          bool // a grid without rows
}

// view finds a run's view, or makes it.
func (h *Handler) view(ctx context.Context, catalogue ogc.Catalogue, model string, run field.Time) (*view, error) {
	k := viewKey{model, run, catalogue.Version()}
	h.mu.Lock()
	s := h.kept[k]
	if s == nil {
		if len(h.kept) >= keptViews { // mostly out of date
			clear(h.kept)
		}
		s = &shelved{}
		h.kept[k] = s
	}
	h.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view != nil {
		return s.view, nil
	}
	v, err := h.make(ctx, catalogue, model, run)
	if err != nil {
		return nil, err
	}
	s.view = v
	return v, nil
}

// make lays a run's layers out. A layer of more fields than one coverage may have is left out, and named in the group's attributes.
func (h *Handler) make(ctx context.Context, catalogue ogc.Catalogue, model string, run field.Time) (*view, error) {
	v := &view{run: run}
	var sources []*coverage.Source
	leftOut := []string{}
	for _, l := range catalogue.Layers() {
		if l.Model.ID != model || !slices.Contains(l.Runs, run) {
			continue
		}
		s, done, err := h.coverages.Describe(ctx, answer.CoverageRequest{
			Layers: []string{l.Name}, Run: &run, Cube: true, Cut: coverage.Cut{X: coverage.All, Y: coverage.All},
		})
		var none *layers.DimensionError
		switch {
		case errors.Is(err, answer.ErrTooLarge):
			leftOut = append(leftOut, fmt.Sprintf("%s: %v", l.Name, err))
			continue
		case errors.As(err, &none): // it went since the catalogue was read
			continue
		case err != nil:
			return nil, err
		}
		done() // what is left is where values are, not the values
		sources = append(sources, s)
	}
	if len(sources) == 0 {
		return nil, lacks("run", "run %s of %s has no arrays; %d layers are left out: %q", runName(run), model, len(leftOut), leftOut)
	}
	common(sources)
	for _, s := range sources {
		v.fields = append(v.fields, axesOf(s))
	}
	attrs := map[string]any{"model": model, "forecast_reference_time": run.String()}
	if len(leftOut) > 0 {
		attrs["left_out"] = leftOut
	}
	group, err := zarr.NewGroup(cf.Join(sources, h.params, v.fields[0].listed), attrs)
	if err != nil {
		return nil, err
	}
	v.group = group
	text, _ := group.Document("zarr.json")
	sum := sha256.Sum256(text)
	v.tag = hex.EncodeToString(sum[:8])
	return v, nil
}

// common puts sources first whose times most others have, too: their axis is the one that is called time.
func common(sources []*coverage.Source) {
	count := map[string]int{}
	text := func(s *coverage.Source) string { return fmt.Sprint(s.Times) }
	for _, s := range sources {
		count[text(s)]++
	}
	slices.SortStableFunc(sources, func(a, b *coverage.Source) int {
		return cmp.Or(cmp.Compare(count[text(b)], count[text(a)]), cmp.Compare(a.Variables[0].Layer.Name, b.Variables[0].Layer.Name))
	})
}

// axesOf keeps of a source what chunks are found by.
func axesOf(s *coverage.Source) axes {
	l := s.Variables[0].Layer
	a := axes{layer: l.Name, members: s.Members, times: s.Times, hasMembers: s.HasMembers(), hasTimes: s.HasTimes(), hasLevels: s.HasLevels(0)}
	for _, level := range s.Variables[0].Levels {
		a.levels = append(a.levels, l.Elevation(level))
	}
	_, raster := grid.NativeOf(l.Grid)
	a.listed = !raster
	return a
}

// document is one of the view's documents as an answer.
func (v *view) document(text []byte, pinned bool) answer.Answer {
	return answer.Answer{
		Type: typeJSON, ETag: `W/"` + v.tag + `"`, MaxAge: listAge, Pinned: pinned,
		Body: func(context.Context) ([]byte, error) { return text, nil },
	}
}

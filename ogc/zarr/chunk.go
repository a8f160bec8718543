package zarr

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode/zarr"
	"isobar/grid"
	"isobar/layers"
)

// chunk finds a chunk. Its values are read when its body is asked for.
func (h *Handler) chunk(ctx context.Context, v *view, c zarr.Chunk, pinned bool) (answer.Answer, error) {
	if c.Values != nil || c.Rows != nil || c.Cells != nil {
		return answer.Answer{
			Type: typeChunk, ETag: etag(v, c), MaxAge: listAge, Pinned: pinned,
			Body: func(context.Context) ([]byte, error) { return c.Coordinates() },
		}, nil
	}
	a := v.fields[c.Of]
	s, done, err := h.coverages.Describe(ctx, a.request(v, c))
	var none *layers.DimensionError
	if errors.As(err, &none) { // a step that is not there, or not yet
		return answer.Answer{
			Type: typeChunk, ETag: etag(v, c, "missing"), MaxAge: listAge,
			Body: func(context.Context) ([]byte, error) { return c.Fields(missing(c)) },
		}, nil
	}
	if err != nil {
		return answer.Answer{}, err
	}
	_, published := s.Pick(0, 0)
	return answer.Answer{
		Type: typeChunk, ETag: etag(v, c, s.Tags(0, 0)...), MaxAge: listAge, Pinned: pinned && published, Modified: v.run, Done: done,
		Body: func(ctx context.Context) ([]byte, error) {
			w := window(a, c)
			values := make([]float32, w.NX*w.NY)
			if err := s.Stored(ctx, 0, 0, w, values); err != nil {
				return nil, err
			}
			return c.Fields(values)
		},
	}, nil
}

// etag names a chunk by where it lies and what it is made from.
func etag(v *view, c zarr.Chunk, of ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "zarr 1 %s %s %v %q", v.tag, c.Name, c.Index, of))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// request asks for the field that a chunk is a part of.
func (a axes) request(v *view, c zarr.Chunk) answer.CoverageRequest {
	r := answer.CoverageRequest{Layers: []string{a.layer}, Run: &v.run, Cut: coverage.Cut{X: coverage.All, Y: coverage.All}}
	index := c.Index
	next := func(has bool) (i int) {
		if has {
			i, index = index[0], index[1:]
		}
		return i
	}
	member := coverage.At(float64(a.members[next(a.hasMembers)]))
	t := a.times[next(a.hasTimes)]
	level := coverage.At(a.levels[next(a.hasLevels)])
	r.Member, r.Time, r.Level = &member, &layers.TimeChoice{Start: t, End: t}, &level
	return r
}

// window is the cells of a chunk.
func window(a axes, c zarr.Chunk) grid.Window {
	x, nx := c.Part(-1)
	if a.listed {
		return grid.Window{X0: x, NX: nx, NY: 1}
	}
	y, ny := c.Part(-2)
	return grid.Window{X0: x, Y0: y, NX: nx, NY: ny}
}

// missing is a chunk's part of nothing.
func missing(c zarr.Chunk) []float32 {
	n := 1
	for i := range c.Shape {
		_, k := c.Part(i)
		n *= k
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(math.NaN())
	}
	return values
}

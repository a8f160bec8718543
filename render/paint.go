package render

import (
	"context"
	"image"
	"image/color"
	"sync"

	"isobar/geo"
	"isobar/sample"
	"isobar/styles"
)

// Sampled is what one painter of a style samples: a field, or the two components of a vector. Without inputs the painter is
// left out.
type Sampled struct {
	Inputs []sample.Input
	Unit   string // of their values
}

// scratch is the memory that symbols of one map need.
type scratch struct {
	coats                []*coat
	spare                []*coat
	mask                 mask
	shares               []uint16
	values, other, third []float32
	block                []float32
	around, places       []geo.LonLat
	on, positions        []geo.XY
	compasses            []compass
	arrows               []arrow
	winds                [][2]float64
	streams              streams
	tracer               tracer
}

// coat begins a coat above all others.
func (s *scratch) coat(c color.NRGBA) *coat {
	n := len(s.spare)
	if n == 0 {
		s.spare = append(s.spare, &coat{})
		n = 1
	}
	made := s.spare[n-1]
	s.spare = s.spare[:n-1]
	made.color = c
	made.shapes.reset()
	made.hole.reset()
	s.coats = append(s.coats, made)
	return made
}

// coatOf finds the coat of a colour among those from an index on, or begins it.
func (s *scratch) coatOf(from int, c color.NRGBA) *coat {
	for _, k := range s.coats[from:] {
		if k.color == c {
			return k
		}
	}
	return s.coat(c)
}

// clear takes back all coats.
func (s *scratch) clear() {
	s.spare = append(s.spare, s.coats...)
	s.coats = s.coats[:0]
}

// scratches lends scratch memory. The zero value is ready.
type scratches struct{ pool sync.Pool }

func (p *scratches) take() *scratch {
	if s, ok := p.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

// keptCorners is how many corners and values a scratch may hold that is kept.
const keptCorners = 1 << 20

// give takes scratch memory back, unless it has grown large.
func (p *scratches) give(s *scratch) {
	s.clear()
	n := cap(s.values) + cap(s.shares)
	for _, c := range s.spare {
		n += cap(c.shapes.points)
	}
	if n <= keptCorners {
		p.pool.Put(s)
	}
}

// symbols collects the coats of all painters that draw over what lies below, from painter first on until the next fill.
func (r *Renderer) symbols(p *pane, l Layer, first int) (next int, err error) {
	for k := first; k < len(l.Style.Paint); k++ {
		painter := &l.Style.Paint[k]
		from, ok := l.source(k)
		if painter.Kind == styles.Fill || painter.Kind == styles.Bands {
			return k, nil
		}
		if !ok || !p.drawable() {
			continue
		}
		if err := p.ctx.Err(); err != nil {
			return k, err
		}
		in := from.Inputs[0]
		switch painter.Kind {
		case styles.Lines:
			err = p.lines(painter, in, from.Unit, &r.letters)
		case styles.Extremes:
			err = p.extremes(painter, in, from.Unit, &r.letters)
		case styles.Barbs:
			err = p.barbs(painter, from.Inputs, from.Unit)
		case styles.Arrows:
			err = p.arrowed(painter, from.Inputs, from.Unit)
		case styles.Streams:
			err = p.stream(painter, from.Inputs, from.Unit)
		}
		if err != nil {
			return k, err
		}
	}
	return len(l.Style.Paint), nil
}

// source finds what a painter samples; ok is false if that is not there.
func (l *Layer) source(k int) (s Sampled, ok bool) {
	if k >= len(l.Sampled) {
		return s, false
	}
	s = l.Sampled[k]
	switch l.Style.Paint[k].Kind {
	case styles.Barbs, styles.Arrows, styles.Streams:
		return s, len(s.Inputs) == 2
	}
	return s, len(s.Inputs) == 1
}

// painted paints a layer of several painters over a picture.
func (r *Renderer) painted(ctx context.Context, f sample.Fields, v geo.View, l Layer, img *image.NRGBA, indices *[]uint8) error {
	s := r.scratches.take()
	defer r.scratches.give(s)
	p := r.pane(ctx, f, v, s)
	for k := 0; k < len(l.Style.Paint); {
		if painter := &l.Style.Paint[k]; painter.Kind == styles.Fill || painter.Kind == styles.Bands {
			if from, ok := l.source(k); ok {
				if err := r.fill(ctx, f, v, from.Inputs[0], from.Unit, painter.Fill(), img, indices); err != nil {
					return err
				}
			}
			k++
			continue
		}
		next, err := r.symbols(p, l, k)
		if err != nil {
			return err
		}
		k = next
		s.mask.onColours(img, s.coats)
		s.clear()
	}
	return nil
}

// drawn paints a map of one layer that has no fill: as a palette where two inks suffice.
func (r *Renderer) drawn(ctx context.Context, f sample.Fields, m Map) (image.Image, error) {
	s := r.scratches.take()
	defer r.scratches.give(s)
	w, h := m.View.Width, m.View.Height
	if _, err := r.symbols(r.pane(ctx, f, m.View, s), m.Layers[0], 0); err != nil {
		return nil, err
	}
	in, ok := inksOf(s.coats)
	if !ok {
		img := r.pictures.nrgba(w, h, m.ground())
		s.mask.onColours(img, s.coats)
		return img, nil
	}
	img := r.pictures.paletted(w, h, r.mixtures.get(in, m.ground()), true)
	s.mask.onIndices(img, s.coats, in, &s.shares)
	return img, nil
}

// filling tells that a style has painters, and a fill among them.
func filling(s *styles.Style) bool {
	for i := range s.Paint {
		if k := s.Paint[i].Kind; k == styles.Fill || k == styles.Bands {
			return true
		}
	}
	return false
}

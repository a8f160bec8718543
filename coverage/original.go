package coverage

import (
	"context"
	"fmt"

	"isobar/field"
	"isobar/store"
)

// describer is what originals need to be known of fields; a store's snapshot is one.
type describer interface {
	Info(k field.Key) (info store.Info, ok bool)
}

// Tags are the store's tags of what a field is made of: they change when its values do. None: it is not published, or nothing is known.
func (s *Source) Tags(v, plane int) (tags []string) {
	known, ok := s.fields.(describer)
	p, published := s.Pick(v, plane)
	if !ok || !published {
		return nil
	}
	for _, k := range p.Input.Keys {
		if info, ok := known.Info(k); ok {
			tags = append(tags, info.ETag)
		}
	}
	return tags
}

// leaves tells that a cut takes nothing off a grid, and changes no cell.
func (c *Cut) leaves() bool {
	same := func(factor float64) bool { return factor == 0 || factor == 1 }
	return c.X.whole() && c.Y.whole() && !c.Frame && c.Width == 0 && c.Height == 0 && same(c.ScaleX) && same(c.ScaleY) && c.Out == nil
}

// wholeOf tells that a geometry is a grid as it is, in whatever turn its longitudes are.
func wholeOf(g *Geometry, c *Cut, nx, ny int) bool {
	return c.leaves() || g.Exact && g.window.NX == nx && g.window.NY == ny
}

// Whole tells that the answer is the fields as they are: all cells of their own grid. On a grid without rows the cells lie on an even one
// all the same, but for formats that give the fields' originals.
func (s *Source) Whole() bool { return s.whole }

// Original tells of the message that a field of a whole answer was read from. format is "" where there is none.
func (s *Source) Original(v, plane int) (format string, bytes int) {
	known, ok := s.fields.(describer)
	if !ok || !s.whole {
		return "", 0
	}
	if _, ok := s.fields.(store.Originals); !ok {
		return "", 0
	}
	p, ok := s.Pick(v, plane)
	if !ok || p.Input.Expr != nil || len(p.Input.Keys) != 1 {
		return "", 0
	}
	info, ok := known.Info(p.Input.Keys[0])
	if !ok {
		return "", 0
	}
	return info.Original, info.OriginalBytes
}

// ReadOriginal gives the message that Original told of.
func (s *Source) ReadOriginal(ctx context.Context, v, plane int) ([]byte, error) {
	if format, _ := s.Original(v, plane); format == "" {
		return nil, fmt.Errorf("coverage: field %d of %s has no original: %w", plane, s.Variables[v].Name, store.ErrNotFound)
	}
	p, _ := s.Pick(v, plane)
	message, ok, err := s.fields.(store.Originals).Original(ctx, p.Input.Keys[0])
	if err == nil && !ok {
		err = store.ErrNotFound
	}
	return message, err
}

package answer

import (
	"context"
	"fmt"
	"math"
	"sync"

	"isobar/elements"
	"isobar/encode"
	"isobar/encode/mvt"
	"isobar/geo"
	"isobar/layers"
)

// FeaturesRequest asks for the contours of a layer in a tile.
type FeaturesRequest struct {
	Layer     string
	Selection layers.Selection
	View      geo.View // the tile; its pixels do not count
	Interval  float64  // between contours, in the unit that people read the layer in; 0: a round one
}

// contourCells is how many cells a tile's side is cut into for contours: of four pixels of a tile of 256.
const contourCells = 64

// contourMargin is how many cells contours go on beyond a tile's edges, so that renderers see no seam.
const contourMargin = 1

// maxContours bounds the contours of one layer's whole range.
const maxContours = 500

// usualContours is about how many contours a layer's range has by default.
const usualContours = 20

// Features resolves a vector tile with two layers: isobands (low, high, unit) and isolines (value, unit). Errors are those of Map.
func (s *Service) Features(ctx context.Context, r FeaturesRequest) (Answer, error) {
	catalogue, release := s.parts.Catalogue.Hold()
	a, err := s.features(catalogue, r, newLease(release))
	if err != nil {
		release()
	}
	return a, err
}

func (s *Service) features(c *layers.Catalogue, r FeaturesRequest, hold *lease) (Answer, error) {
	l, err := c.Layer(r.Layer)
	if err != nil {
		return Answer{}, err
	}
	unit, conversion := shown(l)
	interval, err := intervalOf(l, conversion, r.Interval)
	if err != nil {
		return Answer{}, err
	}
	f := make(fingerprint, 0, 512)
	f.text("features 1")
	view := contourView(r.View)
	f.view(view)
	f.real(interval)
	f.text(unit)
	pick, err := s.choose(c, l, r.Selection, &f)
	if err != nil {
		return Answer{}, err
	}
	etag := f.etag()
	a := Answer{Type: mvt.Type, ETag: etag, MaxAge: shortly, Pinned: pick.Pinned, Run: pick.Run, Valid: pick.Valid, Done: sync.OnceFunc(hold.leave)}
	if a.Pinned {
		a.MaxAge = year
	}
	a.Body = func(ctx context.Context) ([]byte, error) {
		return s.body(ctx, etag, encode.Picture{Type: mvt.Type}, hold, func(ctx context.Context) ([]byte, error) {
			raster := mvt.Raster{
				NX: view.Width, NY: view.Height, Values: make([]float32, view.Width*view.Height),
				Step: mvt.Extent / contourCells, Origin: contourMargin * mvt.Extent / contourCells,
			}
			if err := s.parts.Sampler.View(ctx, c.Snapshot(), pick.Input, view, raster.Values); err != nil {
				return nil, err
			}
			for i, v := range raster.Values {
				raster.Values[i] = float32(float64(v)*conversion.Scale + conversion.Offset)
			}
			return contours(ctx, &raster, interval, elements.UnitLabel(unit))
		})
	}
	return a, nil
}

// contourView is the view whose pixels' centres are the nodes of contours: on the tile's edges, so that two tiles share them.
func contourView(tile geo.View) geo.View {
	const beyond = contourMargin + 0.5
	x, y := (tile.Box[2]-tile.Box[0])/contourCells, (tile.Box[3]-tile.Box[1])/contourCells
	const nodes = contourCells + 1 + 2*contourMargin
	return geo.View{
		Ref: tile.Ref, Width: nodes, Height: nodes,
		Box: geo.Box{tile.Box[0] - beyond*x, tile.Box[1] - beyond*y, tile.Box[2] + beyond*x, tile.Box[3] + beyond*y},
	}
}

// intervalOf checks the interval, or chooses one that suits the layer's range.
func intervalOf(l *layers.Layer, c elements.Conversion, asked float64) (float64, error) {
	span := (l.Max - l.Min) * math.Abs(c.Scale)
	if asked == 0 {
		if !(span > 0) || math.IsInf(span, 0) {
			return 1, nil
		}
		return roundInterval(span / usualContours), nil
	}
	if !(asked > 0) || math.IsInf(asked, 0) || span/asked > maxContours {
		return 0, fmt.Errorf("interval %g %w: at least %.3g", asked, ErrTooLarge, span/maxContours)
	}
	return asked, nil
}

// roundInterval is the nearest of 1, 2 and 5 times a power of ten.
func roundInterval(v float64) float64 {
	scale := math.Pow(10, math.Floor(math.Log10(v)))
	best := scale
	for _, m := range []float64{2, 5, 10} {
		if math.Abs(math.Log(m*scale/v)) < math.Abs(math.Log(best/v)) {
			best = m * scale
		}
	}
	return best
}

// contours draws all contours of a raster.
func contours(ctx context.Context, r *mvt.Raster, interval float64, unit string) ([]byte, error) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.Values {
		if v == v {
			low, high = min(low, float64(v)), max(high, float64(v))
		}
	}
	bands, lines := mvt.Layer{Name: "isobands"}, mvt.Layer{Name: "isolines"}
	if !(low <= high) {
		return mvt.Encode(bands, lines), nil
	}
	first, last := math.Floor(low/interval), math.Floor(high/interval)
	if last-first > maxContours { // values beyond the layer's range
		return nil, fmt.Errorf("interval %g %w", interval, ErrTooLarge)
	}
	for k := first; k <= last; k++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		from, to := multiple(k, interval), multiple(k+1, interval)
		if rings := r.Band(from, to); len(rings) > 0 {
			bands.Features = append(bands.Features, mvt.Feature{Kind: mvt.Polygon, Parts: rings,
				Tags: []mvt.Tag{{Name: "low", Value: mvt.Number(from)}, {Name: "high", Value: mvt.Number(to)}, {Name: "unit", Value: mvt.Text(unit)}}})
		}
		if parts := r.Lines(from); k > first && len(parts) > 0 {
			lines.Features = append(lines.Features, mvt.Feature{Kind: mvt.Line, Parts: parts,
				Tags: []mvt.Tag{{Name: "value", Value: mvt.Number(from)}, {Name: "unit", Value: mvt.Text(unit)}}})
		}
	}
	return mvt.Encode(bands, lines), nil
}

// multiple is k times an interval, as it would be written: 0.3, not 0.30000000000000004.
func multiple(k, interval float64) float64 { return widen(float32(k * interval)) }

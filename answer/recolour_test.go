package answer

import (
	"errors"
	"math"
	"testing"

	"isobar/styles"
)

func TestAMapIsRecoloured(t *testing.T) {
	b := newBench(t, Limits{})
	seen := map[string]string{}
	for name, c := range map[string]struct {
		change    *styles.Change
		low, high float64 // of the stops, in the unit of the style
	}{
		"as it is":        {nil, 250, 300},
		"over a range":    {&styles.Change{Low: 260, High: 280}, 260, 280},
		"in another unit": {&styles.Change{Low: 0, High: 10, Unit: "degC"}, 273.15, 283.15},
		"of its field":    {&styles.Change{Auto: true}, 0, 1},
		"with others":     {&styles.Change{Instead: &styles.Style{Kind: styles.Smooth, Stops: []styles.Stop{{Value: 1}, {Value: 2}}}}, 1, 2},
	} {
		r := tile("a.t")
		r.Layers[0].Recolour = c.change
		a := ask(t, b, r)
		if other, ok := seen[a.ETag]; ok {
			t.Errorf("%q and %q have the same ETag", name, other)
		}
		seen[a.ETag] = name
		if _, err := a.Body(t.Context()); err != nil {
			t.Fatal(err)
		}
		style := b.easel.last.Load().Layers[0].Style
		if low, high := style.Stops[0].Value, style.Stops[len(style.Stops)-1].Value; style.Unit != "K" || math.Abs(low-c.low) > 1e-9 || math.Abs(high-c.high) > 1e-9 {
			t.Errorf("%s: from %g to %g %s, want %g to %g K", name, low, high, style.Unit, c.low, c.high)
		}
	}
}

func TestALegendIsRecolouredAsItsMap(t *testing.T) {
	b := newBench(t, Limits{})
	plain, err := b.Legend(t.Context(), LegendRequest{Layer: "b.c"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.Legend(t.Context(), LegendRequest{Layer: "b.c", Recolour: &styles.Change{Low: 0, High: 10}})
	if err != nil || other.ETag == plain.ETag {
		t.Errorf("%v, ETags %s and %s", err, other.ETag, plain.ETag)
	}
	if _, err := b.Legend(t.Context(), LegendRequest{Layer: "b.c", Recolour: &styles.Change{Low: 0, High: 10, Unit: "m"}}); !errors.Is(err, styles.ErrUnit) {
		t.Errorf("a range in metres of a temperature: %v", err)
	}
}

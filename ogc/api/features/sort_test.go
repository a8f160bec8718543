package features

import (
	"math"
	"testing"

	"isobar/feature"
)

func TestWhatHasNoValueComesLast(t *testing.T) {
	of := func(id string, v any) feature.Feature {
		return feature.Feature{ID: id, Properties: []feature.Property{{Name: "t", Value: v}}}
	}
	all := []feature.Feature{of("none", nil), of("missing", float32(math.NaN())), of("cold", float32(270)), {ID: "bare"}, of("warm", float32(290))}
	for _, c := range []struct {
		sign int
		want string
	}{{1, "cold warm"}, {-1, "warm cold"}} {
		got := sorted(all, []sortKey{{"t", c.sign}})
		if first := got[0].ID + " " + got[1].ID; first != c.want {
			t.Errorf("sorted with sign %d: %s come first, want %s", c.sign, first, c.want)
		}
	}
}

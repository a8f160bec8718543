package grid

import (
	"math"
	"testing"

	"isobar/geo"
)

// TestANativeSystemHasTheCellsWhereTheyAre compares a grid's places with those of its native positions.
func TestANativeSystemHasTheCellsWhereTheyAre(t *testing.T) {
	for _, id := range []string{
		"latlon:36x19:-180,-90,170,90", "gaussian:16:64x32+0:-180,174.375", "rotated:11x9:-5,-4,5,4:10,-40,0",
		"lambert:31x21:-400000,300000,20000,20000:-97.5,38.5,38.5:6371229", "polar:21x21:-400000,400000,40000,40000:0,-105,60:6371229",
		"mercator:21x15:-500000,700000,50000,50000:20:6371200", "azimuthal:21x15:-500000,700000,50000,50000:10,52:wgs84",
	} {
		g, err := Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		n, ok := NativeOf(g)
		nx, ny := g.Shape()
		if !ok || len(n.X) != nx || len(n.Y) != ny || n.Kind != id[:len(n.Kind)] {
			t.Errorf("%s: got kind %q with %d columns and %d rows, want %d and %d", id, n.Kind, len(n.X), len(n.Y), nx, ny)
			continue
		}
		want, got := make([]geo.LonLat, g.Len()), make([]geo.LonLat, 1)
		g.Places(want, 0)
		for i, w := range want {
			n.Projection.Inverse(got, []geo.XY{{X: n.X[i%nx], Y: n.Y[i/nx]}})
			if math.Abs(math.Remainder(got[0].Lon-w.Lon, 360)) > 1e-9 && math.Abs(w.Lat) < 90 || math.Abs(got[0].Lat-w.Lat) > 1e-9 {
				t.Fatalf("%s: cell %d lies at %v, want %v", id, i, got[0], w)
			}
		}
	}
	if _, ok := NativeOf(loose{}); ok {
		t.Error("a grid without rows has a native system")
	}
}

// loose is a grid without rows.
type loose struct{ Grid }

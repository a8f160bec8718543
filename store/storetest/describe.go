package storetest

import (
	"math"

	"isobar/field"
	"isobar/grid"
)

func described(s *suite) {
	g := s.world()
	f := newField(key("gfs", monday, "t", 0), g, 1)
	for i := range f.Values[:1000] {
		f.Values[i*7] = missing
	}
	none := newField(key("gfs", monday, "none", 0), g, 1)
	for i := range none.Values {
		none.Values[i] = missing
	}
	s.publish(f, none)
	now := s.hold()
	defer now.Close()
	low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range f.Values {
		if v == v {
			low, high, sum, n = min(low, float64(v)), max(high, float64(v)), sum+float64(v), n+1
		}
	}
	got, ok := now.Info(f.Key)
	if !ok || got.Min != low || got.Max != high || math.Abs(got.Mean-sum/float64(n)) > 1e-6 || got.Missing != 1000 {
		s.Errorf("described as %+v, %v, want %v to %v, mean %v, 1000 missing", got, ok, low, high, sum/float64(n))
	}
	nx, ny := g.Shape()
	if got.Grid == nil || got.Grid.ID() != g.ID() || got.MaxLevel != grid.MaxLevel(nx, ny, true) {
		s.Errorf("grid %v, levels to %d", got.Grid, got.MaxLevel)
	}
	got, ok = now.Info(none.Key)
	if !ok || got.Min == got.Min || got.Max == got.Max || got.Mean == got.Mean || got.Missing != g.Len() {
		s.Errorf("a field without values is described as %+v, %v", got, ok)
	}
}

// quantumKept tells fields apart by how finely their source told them, whichever way they are packed at rest.
func quantumKept(s *suite) {
	g := s.region()
	packed := newField(key("gfs", monday, "t", 0), g, 1)
	converted := newField(key("gfs", monday, "u", 0), g, 2)
	converted.Packing, converted.Quantum = nil, 0.036
	floats := newField(key("gfs", monday, "v", 0), g, 3)
	floats.Packing = nil
	flat := newField(key("gfs", monday, "flat", 0), g, 4)
	for i := range flat.Values {
		flat.Values[i] = 200
	}
	rough := newField(key("gfs", monday, "rough", 0), g, 5) // not what the packing gives, so that it is kept as it is
	for i := range rough.Values {
		rough.Values[i] *= 1.0007
	}
	s.publish(packed, converted, floats, flat, rough)
	now := s.hold()
	defer now.Close()
	for _, f := range []*field.Field{packed, converted, floats, flat, rough} {
		if got, ok := now.Info(f.Key); !ok || math.Abs(got.Quantum-f.Step()) > 1e-12 {
			s.Errorf("%s in steps of %v is described as in steps of %v", f.Key.Element, f.Step(), got.Quantum)
		}
	}
}

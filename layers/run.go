package layers

import (
	"cmp"
	"log/slog"
	"maps"
	"math"
	"slices"

	"isobar/elements"
	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// runName names a run.
type runName struct {
	model string
	run   field.Time
}

// kindOf is an element at a kind of level.
type kindOf struct {
	element string
	kind    elements.LevelKind
}

// gathering is the keys of a run as they come.
type gathering struct {
	keys map[kindOf]*[]field.Key
	last *[]field.Key
	of   kindOf
}

func (g *gathering) add(k field.Key) {
	if of := (kindOf{k.Element, k.Level.Kind}); g.last == nil || of != g.of {
		g.of, g.last = of, g.keys[of]
		if g.last == nil {
			g.last = new([]field.Key)
			g.keys[of] = g.last
		}
	}
	*g.last = append(*g.last, k)
}

// runIndex is what one run holds, sorted. It depends on the run alone, and stays as long as the run does. Immutable.
type runIndex struct {
	runName
	version string // of the run; "": unknown
	grid    grid.Grid
	parts   []*part // by element, kind and family
}

// indexer makes indices of runs.
type indexer struct {
	elements Elements
	log      *slog.Logger
}

// index sorts what was gathered of a run, and adds what can be derived from it.
func (x *indexer) index(snapshot store.Snapshot, name runName, version string, g *gathering) *runIndex {
	r := &runIndex{runName: name, version: version}
	var like []field.Time
	for _, of := range sorted(g.keys) {
		keys := *g.keys[of]
		if !slices.IsSortedFunc(keys, compareKeys) {
			slices.SortFunc(keys, compareKeys)
		}
		row := x.elements.Get(of.element)
		found := families(keys)
		if len(found) > 1 {
			x.log.Debug("spans of several lengths end together; each is a layer of its own", "model", name.model, "run", name.run, "element", of.element, "layers", len(found))
		}
		var stored []*part
		for _, f := range slices.Sorted(maps.Keys(found)) {
			p := &part{partID: partID{of.element, of.kind, f}, row: row, keys: found[f], stride: 1}
			p.nearest, p.circular = row.Interpolation == elements.Nearest, row.Interpolation == elements.Circular
			r.describe(snapshot, p)
			p.list(like)
			like = p.valids
			stored = append(stored, p)
		}
		made, kept := x.sums(row, stored, keys)
		r.parts = append(append(r.parts, kept...), made...)
	}
	r.parts = append(r.parts, x.derive(r.parts)...)
	return r
}

// describe takes range, depth of pyramid and grid from what the snapshot knows of the fields.
func (r *runIndex) describe(snapshot store.Snapshot, p *part) {
	p.min, p.max, p.maxLevel = math.NaN(), math.NaN(), math.MaxInt
	for _, k := range p.keys {
		info, ok := snapshot.Info(k)
		if !ok {
			continue
		}
		p.widen(info.Min, info.Max)
		p.maxLevel = min(p.maxLevel, info.MaxLevel)
		if r.grid == nil {
			r.grid = info.Grid
		}
	}
	if p.maxLevel == math.MaxInt {
		p.maxLevel = 0
	}
}

// sorted is the keys of a gathering in an order that does not depend on chance.
func sorted(keys map[kindOf]*[]field.Key) []kindOf {
	return slices.SortedFunc(maps.Keys(keys), func(a, b kindOf) int {
		return cmp.Or(cmp.Compare(a.element, b.element), cmp.Compare(a.kind, b.kind))
	})
}

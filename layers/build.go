package layers

import (
	"cmp"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/models"
	"isobar/store"
	"isobar/styles"
)

// Elements is what a catalogue needs of the elements' rows.
type Elements interface {
	Get(id string) elements.Element
	Derive(stored []string) []elements.Derivation
}

// Models is what a catalogue needs of the models' rows.
type Models interface {
	Get(id string) models.Model
}

// Styles is what a catalogue needs of the styles' rows.
type Styles interface {
	For(el elements.Element, min, max float64) []*styles.Style
}

// versioned is a snapshot that can tell whether a run is as it was, so that only what changed is looked at again. Equal
// versions of a run hold equal fields; "" is no version.
type versioned interface {
	RunVersion(model string, run field.Time) string
}

// builder makes catalogues, each from what the one before and the store's changes have in common. Not safe for concurrent use.
type builder struct {
	indexer
	models Models
	styles Styles
	runs   map[runName]*runIndex
	built  map[string]*modelIndex
	last   time.Time // when the newest version was first seen
}

// modelIndex is the layers of one model and what they were made from.
type modelIndex struct {
	runs   []*runIndex // ascending
	layers []*Layer
}

// build makes the catalogue of a snapshot, which the catalogue then holds.
func (b *builder) build(snapshot store.Snapshot, now time.Time) *Catalogue {
	b.runs = b.index(snapshot)
	byModel := map[string][]*runIndex{}
	for _, r := range b.runs {
		byModel[r.model] = append(byModel[r.model], r)
	}
	built := map[string]*modelIndex{}
	var all []*Layer
	for id, runs := range byModel {
		slices.SortFunc(runs, func(x, y *runIndex) int { return cmp.Compare(x.run, y.run) })
		m := b.built[id]
		if m == nil || !slices.Equal(m.runs, runs) {
			m = &modelIndex{runs, b.layers(b.models.Get(id), runs)}
		}
		built[id] = m
		all = append(all, m.layers...)
	}
	b.built = built
	if now = now.Truncate(time.Millisecond); !now.After(b.last) { // what follows from it rises with every version
		now = b.last.Add(time.Millisecond)
	}
	b.last = now
	return newCatalogue(snapshot, now, all)
}

// index finds the index of each run: the one there was if the run is as it was, else a new one.
func (b *builder) index(snapshot store.Snapshot) map[runName]*runIndex {
	versions, _ := snapshot.(versioned)
	indices, fresh := map[runName]*runIndex{}, map[runName]*gathering{}
	now := map[runName]string{}
	var name runName
	var g *gathering
	for k := range snapshot.Keys() {
		if n := (runName{k.Model, k.Run}); n != name || len(now) == 0 {
			name = n
			if _, seen := now[n]; !seen {
				now[n] = ""
				if versions != nil {
					now[n] = versions.RunVersion(n.model, n.run)
				}
				if was := b.runs[n]; was != nil && was.version != "" && was.version == now[n] {
					indices[n] = was
				} else {
					fresh[n] = &gathering{keys: map[kindOf]*[]field.Key{}}
				}
			}
			g = fresh[n]
		}
		if g != nil {
			g.add(k)
		}
	}
	names := slices.Collect(maps.Keys(fresh))
	made := make([]*runIndex, len(names))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, n := range names {
		work.Go(func() error {
			made[i] = b.indexer.index(snapshot, n, now[n], fresh[n])
			return nil
		})
	}
	_ = work.Wait() // there is nothing to fail
	for i, n := range names {
		indices[n] = made[i]
	}
	return indices
}

// layers joins the runs of a model to layers.
func (b *builder) layers(m models.Model, runs []*runIndex) []*Layer {
	parts := map[partID][]runPart{}
	for _, r := range runs {
		if r.grid == nil {
			b.log.Warn("run is left out: nothing is known of its fields", "model", r.model, "run", r.run)
			continue
		}
		for _, p := range r.parts {
			parts[p.partID] = append(parts[p.partID], runPart{r.run, r.grid, p})
		}
	}
	ids := slices.SortedFunc(maps.Keys(parts), func(x, y partID) int {
		return cmp.Or(cmp.Compare(x.element, y.element), cmp.Compare(x.kind, y.kind), cmp.Compare(x.family, y.family))
	})
	// Rows name a kind; where none does, or no field is of it, the first is the element's own.
	own := map[string]elements.LevelKind{}
	for _, id := range ids {
		if _, ok := own[id.element]; !ok || id.kind == parts[id][0].row.LevelKind {
			own[id.element] = id.kind
		}
	}
	taken := map[string]bool{}
	for id := range parts {
		taken[m.ID+"."+id.element] = true
	}
	var union unions
	layers, all := make([]*Layer, 0, len(ids)), make(map[partID]*Layer, len(ids))
	for _, id := range ids {
		name, title := m.ID+"."+id.element, ""
		if kind := own[id.element]; id.kind != kind || id.family != shortest {
			suffix, words := id.family.suffix()
			if id.kind != kind {
				suffix, words = "_"+string(id.kind)+suffix, ", "+string(id.kind)+words
			}
			name, title = name+suffix, words
			for taken[name] {
				name += "_"
			}
			taken[name] = true
		}
		l := layerOf(m, parts[id], &union)
		l.Name, l.Title = name, l.Title+title
		l.Styles = b.styles.For(l.Element, known(l.Min, 0), known(l.Max, 1))
		if clash := l.addresses(); clash {
			b.log.Warn("levels of a layer can't be told apart by one number; the first is served", "layer", l.Name)
		}
		layers, all[id] = append(layers, l), l
	}
	b.accompany(all)
	return layers
}

// known is v, or what stands in for a number that is not known.
func known(v, fallback float64) float64 {
	if math.IsNaN(v) {
		return fallback
	}
	return v
}

// layerOf makes a layer of its parts, which ascend by run.
func layerOf(m models.Model, parts []runPart, union *unions) *Layer {
	newest := parts[len(parts)-1]
	l := &Layer{
		Title: newest.row.Title, Model: m, Element: newest.row, Grid: newest.grid, Extent: clamp(newest.grid.Extent()),
		Derived: newest.expr != nil || newest.recipes != nil, parts: slices.Clip(parts),
	}
	if l.Title == "" {
		l.Title = newest.element
	}
	whole := part{min: math.NaN(), max: math.NaN()}
	for _, p := range parts {
		whole.widen(p.min, p.max)
		l.Runs = append(l.Runs, p.run)
		l.Levels = append(l.Levels, p.levels...)
		l.Members = append(l.Members, p.members...)
	}
	l.Min, l.Max = whole.min, whole.max
	l.Times = union.times(parts)
	l.Members = ascending(l.Members)
	slices.SortFunc(l.Levels, func(x, y field.Level) int { return cmp.Or(cmp.Compare(x.Value, y.Value), cmp.Compare(x.To, y.To)) })
	l.Levels = slices.Clip(slices.CompactFunc(l.Levels, func(x, y field.Level) bool { return x.Value == y.Value && x.To == y.To }))
	return l
}

// unions merges times. Most layers of a model have the same in every run, and share them.
type unions struct {
	of     [][]field.Time
	merged []field.Time
}

func (u *unions) times(parts []runPart) []field.Time {
	same := len(u.of) == len(parts)
	for i := 0; same && i < len(parts); i++ {
		same = slices.Equal(u.of[i], parts[i].valids)
	}
	if same {
		return u.merged
	}
	u.of, u.merged = nil, nil
	for _, p := range parts {
		u.of = append(u.of, p.valids)
		u.merged = append(u.merged, p.valids...)
	}
	u.merged = ascending(u.merged)
	return u.merged
}

// clamp keeps a box between the poles: the outermost cells of some grids are centred beyond them by a rounding.
func clamp(b geo.Box) geo.Box { return geo.Box{b[0], max(b[1], -90), b[2], min(b[3], 90)} }

// order is by model, theme and title.
func order(x, y *Layer) int {
	return cmp.Or(strings.Compare(x.Model.Title, y.Model.Title), strings.Compare(x.Model.ID, y.Model.ID),
		strings.Compare(x.Element.Theme, y.Element.Theme), strings.Compare(x.Title, y.Title), strings.Compare(x.Name, y.Name))
}

package layers

import (
	"fmt"
	"maps"
	"slices"

	"isobar/field"
)

// family is which spans a layer takes: a length of time above 0, or one of the constants.
type family field.Seconds

const (
	shortest family = 0  // at each time the shortest there is
	total    family = -1 // since the run's start
)

// has tells that the family takes a field, other than as the shortest.
func (f family) has(k field.Key) bool {
	if f == total {
		return k.Span > 0 && field.Time(k.Span) == k.Valid-k.Run
	}
	return f > 0 && k.Span == field.Seconds(f)
}

// suffix is what the family adds to an element's name, and to its title.
func (f family) suffix() (name, title string) {
	switch {
	case f == total:
		return "_total", ", since the start of the run"
	case f == shortest:
		return "", ""
	case f%3600 == 0:
		return fmt.Sprintf("_%dh", f/3600), fmt.Sprintf(", over %d h", f/3600)
	case f%60 == 0:
		return fmt.Sprintf("_%dmin", f/60), fmt.Sprintf(", over %d min", f/60)
	}
	return fmt.Sprintf("_%ds", f), fmt.Sprintf(", over %d s", f)
}

// families divides the sorted keys of one element and kind: the shortest spans, and as many families as it takes to have every
// other field in one. Fixed spans come first, so that a 6 hour sum that happens to begin with the run stays among its like.
func families(keys []field.Key) map[family][]field.Key {
	keys = slices.CompactFunc(keys, func(a, b field.Key) bool { // the newest issue stands first
		return place(a, b.Level, b.Member, b.Valid) == 0 && a.Span == b.Span
	})
	together := func(i int) bool {
		return i > 0 && place(keys[i], keys[i-1].Level, keys[i-1].Member, keys[i-1].Valid) == 0
	}
	alone := true
	for i := range keys {
		alone = alone && !together(i)
	}
	if alone {
		return map[family][]field.Key{shortest: keys}
	}
	first := make([]field.Key, 0, len(keys))
	var others []field.Key
	for i, k := range keys {
		if together(i) {
			others = append(others, k)
			continue
		}
		first = append(first, k)
	}
	found := map[family][]field.Key{shortest: first}
	for _, k := range others {
		if !total.has(k) {
			found[family(k.Span)] = nil
		}
	}
	if slices.ContainsFunc(others, func(k field.Key) bool { _, fixed := found[family(k.Span)]; return !fixed }) {
		found[total] = nil
	}
	for _, f := range slices.Collect(maps.Keys(found)) {
		if f == shortest {
			continue
		}
		for _, k := range keys {
			if f.has(k) {
				found[f] = append(found[f], k)
			}
		}
	}
	return found
}

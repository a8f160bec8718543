package chunk

import (
	"cmp"
	"fmt"
	"strings"

	"isobar/field"
)

// CompareKeys orders the keys of a run.
func CompareKeys(a, b *Record) int {
	k, l := &a.Key, &b.Key
	if c := strings.Compare(k.Element, l.Element); c != 0 {
		return c
	}
	if c := strings.Compare(string(k.Level.Kind), string(l.Level.Kind)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(k.Level.Value, l.Level.Value), cmp.Compare(k.Level.To, l.Level.To), cmp.Compare(k.Member, l.Member),
		cmp.Compare(k.Valid, l.Valid), cmp.Compare(k.Span, l.Span), cmp.Compare(k.Issue, l.Issue))
}

// Merge merges two lists by key, each sorted; of equal keys the newer stays.
func Merge(old, newer []*Record) []*Record {
	merged := make([]*Record, 0, len(old)+len(newer))
	for len(old) > 0 && len(newer) > 0 {
		switch c := CompareKeys(old[0], newer[0]); {
		case c < 0:
			merged, old = append(merged, old[0]), old[1:]
		case c > 0:
			merged, newer = append(merged, newer[0]), newer[1:]
		default:
			old = old[1:]
		}
	}
	return append(append(merged, old...), newer...)
}

// Describe is a key as it is told in errors.
func Describe(k field.Key) string {
	s := fmt.Sprintf("%s.%s of %s for %s", k.Model, k.Element, k.Run, k.Valid)
	if k.Level.Kind != "" {
		s += fmt.Sprintf(" at %s %g", k.Level.Kind, k.Level.Value)
	}
	if k.Member != 0 {
		s += fmt.Sprintf(" member %d", k.Member)
	}
	return s
}

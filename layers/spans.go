package layers

import (
	"slices"

	"isobar/field"
)

// maxTerms bounds how many fields one sum is made of: a day of hours.
const maxTerms = 24

// spans finds, in the sums that a run holds of one element at one level of one member, those of other spans: GFS has the rain since
// the last full six hours, and since the run's start; the last hour's is what one of them has grown by.
type spans struct {
	ending map[field.Time][]field.Key  // by end, the longest first
	begun  map[field.Time][]field.Time // ends, ascending, by begin
	named  map[[2]field.Time]field.Key
	failed map[field.Time]bool // ends that no sum reaches the present start from
}

func newSpans(keys []field.Key) *spans {
	s := &spans{ending: map[field.Time][]field.Key{}, begun: map[field.Time][]field.Time{}, named: map[[2]field.Time]field.Key{}}
	for i := len(keys) - 1; i >= 0; i-- { // spans ascend
		if k := keys[i]; k.Span > 0 {
			s.ending[k.Valid] = append(s.ending[k.Valid], k)
			s.named[[2]field.Time{begin(k), k.Valid}] = k
			s.begun[begin(k)] = append(s.begun[begin(k)], k.Valid)
		}
	}
	for _, ends := range s.begun {
		slices.Sort(ends)
	}
	return s
}

// begin is when a sum's span begins.
func begin(k field.Key) field.Time { return k.Valid - field.Time(k.Span) }

// sum is fields that are added, and one that is taken away.
type sum struct {
	plus  []field.Key // the first ends where the sum does
	minus *field.Key
}

// over finds the sum from one time to another; ok is false if there is none.
func (s *spans) over(start, end field.Time) (sum, bool) {
	s.failed = map[field.Time]bool{}
	return s.reach(start, end, maxTerms-1)
}

// reach goes back from an end: by one field, by one that began before the start less what it had then, or by one and the rest.
func (s *spans) reach(start, end field.Time, most int) (sum, bool) {
	if k, ok := s.named[[2]field.Time{start, end}]; ok {
		return sum{plus: []field.Key{k}}, true
	}
	if most == 0 || s.failed[end] {
		return sum{}, false
	}
	for _, k := range slices.Backward(s.ending[end]) {
		if begin(k) < start {
			if less, ok := s.named[[2]field.Time{begin(k), start}]; ok {
				return sum{plus: []field.Key{k}, minus: &less}, true
			}
		}
	}
	for _, k := range s.ending[end] {
		if begin(k) > start {
			if rest, ok := s.reach(start, begin(k), most-1); ok {
				rest.plus = append([]field.Key{k}, rest.plus...)
				return rest, true
			}
		}
	}
	s.failed[end] = true
	return sum{}, false
}

// last finds the shortest sum that ends at a time: the shortest field there, or what one has grown by since it was last told.
func (s *spans) last(end field.Time) (best sum, span field.Seconds, ok bool) {
	for _, k := range s.ending[end] {
		if !ok || k.Span < span {
			best, span, ok = sum{plus: []field.Key{k}}, k.Span, true
		}
	}
	for _, k := range s.ending[end] {
		ends := s.begun[begin(k)]
		i, _ := slices.BinarySearch(ends, end)
		if i == 0 || field.Seconds(end-ends[i-1]) >= span {
			continue
		}
		less := s.named[[2]field.Time{begin(k), ends[i-1]}]
		best, span = sum{plus: []field.Key{k}, minus: &less}, field.Seconds(end-ends[i-1])
	}
	return best, span, ok
}

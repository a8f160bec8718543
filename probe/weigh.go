package probe

import (
	"cmp"
	"math"
	"slices"
)

// sumUp is the statistic of values by their weights; circle is a whole turn, or 0.
func sumUp(values []float32, weights []float64, circle float64) Statistic {
	s := Statistic{Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), SD: math.NaN()}
	low, high := math.Inf(1), math.Inf(-1)
	var all, sum, x, y float64
	for i, v := range values {
		if v != v {
			s.Missing++
			continue
		}
		s.Count++
		w, v := weights[i], float64(v)
		low, high = min(low, v), max(high, v)
		all += w
		sum += w * v
		if circle > 0 {
			sin, cos := math.Sincos(2 * math.Pi * v / circle)
			x, y = x+w*cos, y+w*sin
		}
	}
	if s.Count == 0 {
		return s
	}
	if !(all > 0) { // cells of no known size
		return sumUp(values, slices.Repeat([]float64{1}, len(values)), circle)
	}
	if circle > 0 {
		s.Mean = math.Atan2(y, x) / (2 * math.Pi) * circle
		if s.Mean < 0 {
			s.Mean += circle
		}
		s.SD = math.Sqrt(max(-2*math.Log(min(math.Hypot(x, y)/all, 1)), 0)) / (2 * math.Pi) * circle
		return s
	}
	s.Min, s.Max, s.Mean = low, high, sum/all
	var squares float64
	for i, v := range values {
		if off := float64(v) - s.Mean; off == off {
			squares += weights[i] * off * off
		}
	}
	s.SD = math.Sqrt(squares / all)
	return s
}

// weighted sorts values with their weights, in memory that is used again.
type weighted struct{ order []int32 }

// percentiles are values that so much of the whole weight lies below: with each value in the middle of its weight, and linear
// between. Equal weights give the usual median.
func (w *weighted) percentiles(values []float32, weights []float64, list []float64) []float64 {
	if len(list) == 0 {
		return nil
	}
	w.order = w.order[:0]
	all := 0.0
	for i, v := range values {
		if v == v && weights[i] > 0 {
			w.order = append(w.order, int32(i))
			all += weights[i]
		}
	}
	found := make([]float64, len(list))
	if len(w.order) == 0 {
		for k := range found {
			found[k] = math.NaN()
		}
		return found
	}
	slices.SortFunc(w.order, func(a, b int32) int { return cmp.Compare(values[a], values[b]) })
	ranks := make([]int, len(list))
	for k := range ranks {
		ranks[k] = k
	}
	slices.SortFunc(ranks, func(a, b int) int { return cmp.Compare(list[a], list[b]) })
	below, i := 0.0, 0 // the weight below order[i]
	before, beforeAt := float64(values[w.order[0]]), 0.0
	for _, k := range ranks {
		want := list[k] / 100 * all
		for ; i < len(w.order); i++ {
			own := weights[w.order[i]]
			middle := below + own/2
			if middle >= want {
				break
			}
			before, beforeAt = float64(values[w.order[i]]), middle
			below += own
		}
		if i == len(w.order) {
			found[k] = before
			continue
		}
		v, at := float64(values[w.order[i]]), below+weights[w.order[i]]/2
		if i == 0 || at <= beforeAt {
			found[k] = v
			continue
		}
		found[k] = before + (want-beforeAt)/(at-beforeAt)*(v-before)
	}
	return found
}

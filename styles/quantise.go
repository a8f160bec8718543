package styles

import "math"

// The sizes of a quantiser's table, tried in turn: the smaller one leaves more of the first-level cache to others.
const (
	minBins = 1 << 10
	maxBins = 1 << 12
)

// quantiser finds between which two of up to 255 edges a value lies, in the same time for all values. A monotone function
// sends a value to one of a few thousand bins; a table holds the index at the bin's lower end, and one comparison with
// the next edge makes it exact, as edges lie at most one to a bin. The function is the top bits of the float v*scale +
// offset: within one power of two they divide evenly, over several they are finer towards the low end, as rain classes are.
type quantiser struct {
	scale, offset float32
	shift         uint8
	crowded       bool // some bin holds more than one edge
	below, above  uint8
	edges         []float32
	// bins[i] is one more than the index at the lower end of bin i, next[k] the edge between the indices k-1 and k.
	bins *[maxBins]uint8
	next *[maxColours]float32
}

// oneBits is the float 1, where the bins begin.
const oneBits = 0x3f800000

// quantise makes a quantiser: values below edges[0] have the index first, those from edges[i] on first+i+1. There are at
// most 254-first edges.
func quantise(edges []float32, first uint8) quantiser {
	best := quantiser{below: first, above: first + uint8(len(edges)), edges: edges, bins: new([maxBins]uint8), next: new([maxColours]float32)}
	for i := range best.next {
		best.next[i] = float32(math.Inf(1))
	}
	copy(best.next[int(first)+1:], edges)
	best.crowded = true
	fewest := math.MaxInt
	for _, octaves := range []int{1, 2, 4, 6, 8, 10} {
		for bins := minBins; bins <= maxBins && fewest > 1; bins *= 2 {
			q := best
			if n, ok := q.aim(octaves, bins); ok && n < fewest {
				best, fewest = q, n
				best.crowded = n > 1
			}
		}
	}
	best.fill()
	return best
}

// aim chooses the function: the edges come to lie within [1, 2), or within several powers of two from 1 on. It tells how
// many edges the fullest bin holds; ok is false if no such function exists.
func (q *quantiser) aim(octaves, bins int) (crowd int, ok bool) {
	if len(q.edges) == 0 {
		return 0, false
	}
	low, high := float64(q.edges[0]), float64(q.edges[len(q.edges)-1])
	span := high - low
	if !(span > 0) {
		span = max(math.Abs(low), 1e-30)
	}
	scale := (math.Ldexp(1, octaves) - 1 - 1.0/16) / span // a little below the next power, for rounding
	q.scale, q.offset = float32(scale), float32(1-low*scale)
	q.shift = 23
	for n := octaves; n < bins; n *= 2 {
		q.shift--
	}
	// What the function puts below 1 must lie below all edges.
	for range 64 {
		if float32(q.edges[0]*q.scale)+q.offset >= 1 {
			break
		}
		q.offset = math.Nextafter32(q.offset, math.MaxFloat32)
	}
	n, last := 0, uint32(math.MaxUint32)
	for _, e := range q.edges {
		b := q.bin(e)
		if b >= maxBins {
			return 0, false
		}
		if b != last {
			n, last = 0, b
		}
		n++
		crowd = max(crowd, n)
	}
	return crowd, true
}

// bin is the bin of a value: maxBins or more if it lies below all edges, far above them or is no number. Within the bins
// it never falls as v grows: the conversions forbid a fused multiplication in one place and none in another.
func (q *quantiser) bin(v float32) uint32 {
	return uint32(int32(math.Float32bits(float32(v*q.scale)+q.offset))-oneBits) >> (q.shift & 31)
}

// fill notes for each bin the index at its lower end: first and one more for each edge in a bin below it.
func (q *quantiser) fill() {
	i := 0
	for b := range q.bins {
		q.bins[b] = q.below + uint8(i) + 1
		for i < len(q.edges) && int(q.bin(q.edges[i])) == b {
			i++
		}
	}
}

// index writes the index of each value, 0 for NaN.
func (q *quantiser) index(dst []uint8, values []float32) {
	if q.crowded {
		q.search(dst, values)
		return
	}
	scale, offset, shift, below, above := q.scale, q.offset, q.shift&31, q.below, q.above
	next, bins, first := q.next, q.bins, q.edges[0]
	dst = dst[:len(values)]
	for i, v := range values {
		b := uint32(int32(math.Float32bits(float32(v*scale)+offset))-oneBits) >> shift
		switch {
		case b < maxBins:
			at := bins[b]
			// The sign of the difference, 1 below the edge: no branch, as none could be foretold.
			dst[i] = at - uint8(math.Float32bits(v-next[at])>>31)
		case v < first:
			dst[i] = below
		case v == v:
			dst[i] = above
		default:
			dst[i] = 0
		}
	}
}

// search is index for edges that lie closer together than bins do, and for none.
func (q *quantiser) search(dst []uint8, values []float32) {
	for i, v := range values {
		if v != v {
			dst[i] = 0
			continue
		}
		low, high := 0, len(q.edges)
		for low < high {
			if mid := (low + high) / 2; v >= q.edges[mid] {
				low = mid + 1
			} else {
				high = mid
			}
		}
		dst[i] = q.below + uint8(low)
	}
}

package coverage

import (
	"fmt"
	"math"
	"strconv"
)

// sameCell is how far, in cells, a box may miss a centre and hold it all the same: clients write rounded numbers.
const sameCell = 1e-6

// farthestTurns is how many turns from zero an interval may begin on an axis that repeats, be it in degrees or metres: beyond it, turns
// would cost digits.
const farthestTurns = 2500

// choice is a run of cells of an axis: their numbers, which go beyond the axis' own where it wraps, and the turn by which positions
// of the answer differ from the axis' own.
type choice struct {
	first, n int
	shift    float64
}

// chooseX finds the columns of an interval. On an axis that repeats, the interval may lie in any turn.
func chooseX(x []float64, step, turn float64, wraps bool, in Interval) (choice, error) {
	n := len(x)
	if in.whole() {
		return choice{n: n}, nil
	}
	west, east := x[0]-step/2, x[n-1]+step/2
	if turn > 0 && in.Low > in.High && !in.Slice { // over the seam
		in.High += turn * math.Ceil((in.Low-in.High)/turn)
	}
	if in.Low > in.High {
		return choice{}, axisError(AxisX, in, ErrReversed)
	}
	if math.IsInf(in.Low, -1) {
		in.Low = west
		if turn > 0 && !math.IsInf(in.High, 1) {
			in.Low += turn * math.Floor((in.High-west)/turn)
		}
	}
	if math.IsInf(in.High, 1) {
		in.High = east
		if turn > 0 {
			in.High += turn * math.Ceil((in.Low-east)/turn)
		}
	}
	if wraps {
		farthest := farthestTurns * step * float64(n)
		if in.Low > farthest || in.High < -farthest {
			return choice{}, axisError(AxisX, in, ErrOutside)
		}
		in.Low, in.High = max(in.Low, -farthest), min(in.High, farthest)
		return wrapped(x[0], step, n, in), nil
	}
	shift := 0.0
	if turn > 0 {
		shift = bestTurn(in, west, east, turn)
	}
	if in.Low-shift > east+sameCell*step || in.High-shift < west-sameCell*step {
		return choice{}, axisError(AxisX, in, ErrOutside)
	}
	first := max(int(math.Ceil((in.Low-shift-x[0])/step-sameCell)), 0)
	last := min(int(math.Floor((in.High-shift-x[0])/step+sameCell)), n-1)
	if in.Slice || last < first {
		middle := (max(in.Low-shift, west) + min(in.High-shift, east)) / 2
		first = min(max(int(math.Round((middle-x[0])/step)), 0), n-1)
		last = first
	}
	return choice{first, last - first + 1, shift}, nil
}

// wrapped is the columns of an interval on an axis around the Earth, each once at most.
func wrapped(x0, step float64, n int, in Interval) choice {
	first := int(math.Ceil((in.Low-x0)/step - sameCell))
	last := int(math.Floor((in.High-x0)/step + sameCell))
	if in.Slice || last < first {
		first = int(math.Round(((in.Low+in.High)/2 - x0) / step))
		last = first
	}
	return choice{first: first, n: min(last-first+1, n)}
}

// bestTurn is by how many turns an interval must be moved to meet an axis best.
func bestTurn(in Interval, west, east, turn float64) float64 {
	nearest := turn * math.Round(((in.Low+in.High)-(west+east))/2/turn)
	best, most := nearest, math.Inf(-1)
	for _, shift := range []float64{nearest, nearest - turn, nearest + turn} {
		if common := min(in.High-shift, east) - max(in.Low-shift, west); common > most+1e-9 {
			best, most = shift, common
		}
	}
	return best
}

// chooseY finds the rows of an interval; y falls, and need not be even.
func chooseY(y []float64, step float64, in Interval) (choice, error) {
	n := len(y)
	if in.whole() {
		return choice{n: n}, nil
	}
	if in.Low > in.High {
		return choice{}, axisError(AxisY, in, ErrReversed)
	}
	edges := rowEdges(y, step)
	slack := sameCell * (edges[0] - edges[n]) / float64(n)
	if in.Low > edges[0]+slack || in.High < edges[n]-slack {
		return choice{}, axisError(AxisY, in, ErrOutside)
	}
	first, last := n, -1
	for j, v := range y {
		if v >= in.Low-slack && v <= in.High+slack {
			first, last = min(first, j), j
		}
	}
	if in.Slice || last < first {
		middle := (max(in.Low, edges[n]) + min(in.High, edges[0])) / 2
		for first = 0; first < n-1 && edges[first+1] > middle; first++ {
		}
		last = first
	}
	return choice{first: first, n: last - first + 1}, nil
}

// rowEdges are the edges of rows, n+1 of them, falling: half way between centres, half a step beyond the outermost.
func rowEdges(y []float64, step float64) []float64 {
	n := len(y)
	edges := make([]float64, n+1)
	for j := 1; j < n; j++ {
		edges[j] = (y[j-1] + y[j]) / 2
	}
	top, bottom := step/2, step/2
	if step == 0 && n > 1 {
		top, bottom = (y[0]-y[1])/2, (y[n-2]-y[n-1])/2
	}
	edges[0], edges[n] = y[0]+top, y[n-1]-bottom
	return edges
}

// axisError names an axis and what was asked of it.
func axisError(axis string, in Interval, err error) error {
	text := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	value := text(in.Low)
	if !in.Slice && in.High != in.Low {
		value = fmt.Sprintf("%s to %s", value, text(in.High))
	}
	return &AxisError{Axis: axis, Value: value, Err: err}
}

package grib

import "slices"

// layout is the order in which a file has the points of a grid (GRIB2 flag table 3.4, GRIB1 code table 8). The zero layout is
// the grid's own order: rows from north to south, each from west to east.
type layout struct {
	ni, nj      int
	rows        []int // lengths of the rows as stored, where they differ
	westwards   bool  // rows begin in the east
	northwards  bool  // the first row is the southernmost
	columnwise  bool  // points of a column follow each other
	alternating bool  // every other row (or column) runs the other way
	pole        pole  // of GRIB1's grids that have a pole once
}

// pole tells where a file has a row of one point that stands for a whole one.
type pole int

const (
	noPole pole = iota
	poleFirst
	poleLast
)

// The bits of a scanning mode.
const (
	scanWestwards   = 0x80
	scanNorthwards  = 0x40
	scanColumnwise  = 0x20
	scanAlternating = 0x10
	scanOddOffset   = 0x08 // the first row, the third and so on begin half a step further
	scanEvenOffset  = 0x04 // the second row, the fourth and so on do
	scanDownOffset  = 0x02 // all rows lie half a step further
	scanFewer       = 0x01 // where points are offset there is one fewer
	scanStaggered   = scanOddOffset | scanEvenOffset | scanDownOffset | scanFewer
)

// newLayout reads a scanning mode, but for the offsets.
func newLayout(ni, nj, mode int) layout {
	return layout{
		ni: ni, nj: nj,
		westwards: mode&scanWestwards != 0, northwards: mode&scanNorthwards != 0,
		columnwise: mode&scanColumnwise != 0, alternating: mode&scanAlternating != 0,
	}
}

// inOrder tells that the order is the grid's own.
func (l *layout) inOrder() bool {
	return !l.westwards && !l.northwards && !l.columnwise && !l.alternating && l.pole == noPole
}

// canonical is the index in the grid's order of the k-th point in the file's.
func (l *layout) canonical(k int) int {
	if l.inOrder() {
		return k
	}
	if l.rows != nil {
		return l.canonicalReduced(k)
	}
	if l.pole == poleFirst {
		k = min(max(0, k-1+l.ni), l.ni*l.nj-1) // a file has fewer points than the grid
	}
	run := l.ni
	if l.columnwise {
		run = l.nj
	}
	line, place := k/run, k%run
	if l.alternating && line%2 == 1 {
		place = run - 1 - place
	}
	i, j := place, line
	if l.columnwise {
		i, j = line, place
	}
	if l.westwards {
		i = l.ni - 1 - i
	}
	if l.northwards {
		j = l.nj - 1 - j
	}
	return j*l.ni + i
}

// canonicalReduced is canonical where rows differ in length.
func (l *layout) canonicalReduced(k int) int {
	before, row := 0, 0
	for row < len(l.rows) && k >= before+l.rows[row] {
		before += l.rows[row]
		row++
	}
	if row == len(l.rows) {
		return k
	}
	place := k - before
	if l.westwards != (l.alternating && row%2 == 1) {
		place = l.rows[row] - 1 - place
	}
	if !l.northwards {
		return before + place
	}
	after := 0
	for _, n := range l.rows[row+1:] {
		after += n
	}
	return after + place
}

// arrange brings values from the file's order into the grid's.
func (l *layout) arrange(v []float32) {
	if l.inOrder() {
		return
	}
	l.spreadPole(v)
	switch {
	case l.columnwise:
		l.transpose(v)
	case l.rows != nil:
		l.turnRows(v, func(row int) int { return l.rows[row] }, len(l.rows))
		if l.northwards {
			l.reverseRows(v)
		}
	default:
		l.turnRows(v, func(int) int { return l.ni }, l.nj)
		if l.northwards {
			for j, k := 0, l.nj-1; j < k; j, k = j+1, k-1 {
				swap(v[j*l.ni:][:l.ni], v[k*l.ni:][:l.ni])
			}
		}
	}
}

// turnRows reverses the rows that run from east to west.
func (l *layout) turnRows(v []float32, length func(row int) int, rows int) {
	if !l.westwards && !l.alternating {
		return
	}
	for row, at := 0, 0; row < rows; row++ {
		n := length(row)
		if l.westwards != (l.alternating && row%2 == 1) {
			slices.Reverse(v[at:][:n])
		}
		at += n
	}
}

// reverseRows turns rows of different lengths from south to north into rows from north to south: all values are reversed, then
// each row is turned again.
func (l *layout) reverseRows(v []float32) {
	slices.Reverse(v)
	at := 0
	for _, n := range slices.Backward(l.rows) {
		slices.Reverse(v[at:][:n])
		at += n
	}
}

// transpose turns columns into rows, by way of a copy.
func (l *layout) transpose(v []float32) {
	stored := slices.Clone(v)
	plain := *l
	plain.pole = noPole
	for k, x := range stored {
		v[plain.canonical(k)] = x
	}
}

// spreadPole fills the row of a pole that the file has once.
func (l *layout) spreadPole(v []float32) {
	switch l.pole {
	case poleFirst:
		first := v[0]
		copy(v[l.ni:], v[1:len(v)-l.ni+1])
		fill(v[:l.ni], first)
	case poleLast:
		row := v[len(v)-l.ni:]
		fill(row, row[0])
	}
}

// stored is how many points the file has.
func (l *layout) stored(points int) int {
	if l.pole != noPole {
		return points - l.ni + 1
	}
	return points
}

// lines are the lengths of the rows (or columns) in the order of the file.
func (l *layout) lines() []int {
	if l.rows != nil {
		return l.rows
	}
	run, lines := l.ni, l.nj
	if l.columnwise {
		run, lines = l.nj, l.ni
	}
	counts := make([]int, lines)
	for i := range counts {
		counts[i] = run
	}
	switch l.pole {
	case poleFirst:
		counts[0] = 1
	case poleLast:
		counts[lines-1] = 1
	}
	return counts
}

func swap(a, b []float32) {
	for i, x := range a {
		a[i], b[i] = b[i], x
	}
}

func fill(dst []float32, v float32) {
	for i := range dst {
		dst[i] = v
	}
}

package render

// The edges of a cell that a line crosses: upper, right, lower, left.
const (
	edgeN = iota
	edgeE
	edgeS
	edgeW
)

// crossings tells, by which corners of a cell are at or above a line's value (1 upper left, 2 upper right, 4 lower right, 8
// lower left), from which edge to which the line goes, the higher side on its left. The two cases of opposite corners are
// split by the value in the middle, the second pair of rows being for a middle below the line.
var crossings = [16][][2]uint8{
	1: {{edgeW, edgeN}}, 2: {{edgeN, edgeE}}, 4: {{edgeE, edgeS}}, 8: {{edgeS, edgeW}},
	14: {{edgeN, edgeW}}, 13: {{edgeE, edgeN}}, 11: {{edgeS, edgeE}}, 7: {{edgeW, edgeS}},
	3: {{edgeW, edgeE}}, 12: {{edgeE, edgeW}}, 6: {{edgeN, edgeS}}, 9: {{edgeS, edgeN}},
	5: {{edgeE, edgeN}, {edgeW, edgeS}}, 10: {{edgeN, edgeW}, {edgeS, edgeE}},
}

var apartCrossings = [16][][2]uint8{
	5: {{edgeW, edgeN}, {edgeE, edgeS}}, 10: {{edgeN, edgeE}, {edgeS, edgeW}},
}

// tracer follows the lines of one value after another through the cells between nodes (marching squares).
type tracer struct {
	*contour
	next    []int32 // by edge: the edge that the line goes to, plus one; 0: none
	entered []bool  // by edge: a line comes from another edge
	touched []int32
	line    []point
	curve   []point
}

// edge numbers the edge of a cell: those above cells first, then those left of them.
func (t *tracer) edge(x, y int, side uint8) int32 {
	switch side {
	case edgeN:
		return int32(y*t.nx + x)
	case edgeS:
		return int32((y+1)*t.nx + x)
	case edgeW:
		return int32(t.nx*t.ny + y*t.nx + x)
	}
	return int32(t.nx*t.ny + y*t.nx + x + 1)
}

// trace gives the lines of a value.
func (t *tracer) trace(v float64, emit func(line []point, closed bool)) {
	t.next, t.entered = cleared(t.next, 2*t.nx*t.ny), cleared(t.entered, 2*t.nx*t.ny)
	t.touched = t.touched[:0]
	t.link(float32(v))
	for pass := range 2 { // lines that begin somewhere, then those that are closed
		for _, e := range t.touched {
			if t.next[e] != 0 && (pass == 1 || !t.entered[e]) {
				t.follow(e, v, emit)
			}
		}
	}
}

// link finds in each cell from where to where the line goes.
func (t *tracer) link(v float32) {
	for y := range t.ny - 1 {
		above, below := t.v[y*t.nx:(y+1)*t.nx], t.v[(y+1)*t.nx:(y+2)*t.nx]
		a, d := above[0], below[0]
		last := bit(a >= v, 1) | bit(d >= v, 8)
		for x := range t.nx - 1 {
			b, c := above[x+1], below[x+1]
			next := bit(b >= v, 2) | bit(c >= v, 4)
			kind := last | next
			last = next>>1&1 | next<<1&8
			if kind == 0 || kind == 15 {
				continue
			}
			a, d = above[x], below[x]
			if m := a + b + c + d; m != m {
				continue
			}
			ways := crossings[kind]
			if len(ways) == 2 && (a+b+c+d)/4 < v {
				ways = apartCrossings[kind]
			}
			for _, w := range ways {
				from, to := t.edge(x, y, w[0]), t.edge(x, y, w[1])
				t.next[from] = to + 1
				t.entered[to] = true
				t.touched = append(t.touched, from)
			}
		}
	}
}

func bit(is bool, value uint8) uint8 {
	if is {
		return value
	}
	return 0
}

// cleared gives n zeros.
func cleared[T any](s []T, n int) []T {
	s = resize(&s, n)
	clear(s)
	return s
}

// resize gives n elements, in the memory there is if that is enough. What they hold is not defined.
func resize[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
	return *s
}

// leastLoop is the fewest crossings of a closed line that is drawn: smaller ones are specks.
const leastLoop = 6

// follow goes along a line from an edge on, and gives it with its corners cut.
func (t *tracer) follow(e int32, v float64, emit func([]point, bool)) {
	first, closed := e, false
	t.line = append(t.line[:0], t.crossing(e, v))
	for t.next[e] != 0 {
		to := t.next[e] - 1
		t.next[e] = 0
		if e = to; e == first {
			closed = true
			break
		}
		t.line = append(t.line, t.crossing(e, v))
	}
	if closed && len(t.line) < leastLoop || len(t.line) < 2 {
		return
	}
	t.cutCorners(closed)
	emit(t.curve, closed)
}

// cutCorners makes a line rounder (Chaikin 1974): each corner is replaced by two, a quarter along the sides.
func (t *tracer) cutCorners(closed bool) {
	n := len(t.line)
	t.curve = t.curve[:0]
	if !closed {
		t.curve = append(t.curve, t.line[0])
	}
	for i := range n {
		if i == n-1 && !closed {
			break
		}
		a, b := t.line[i], t.line[(i+1)%n]
		t.curve = append(t.curve, a.toward(b, 0.25), a.toward(b, 0.75))
	}
	if !closed {
		t.curve = append(t.curve, t.line[n-1])
	}
}

// crossing is where a value lies on an edge.
func (t *tracer) crossing(e int32, v float64) point {
	upright := false
	if n := int32(t.nx * t.ny); e >= n {
		e, upright = e-n, true
	}
	x, y := int(e)%t.nx, int(e)/t.nx
	a := float64(t.v[e])
	if upright {
		b := float64(t.v[int(e)+t.nx])
		return t.at(t.pane, float64(x), float64(y)+(v-a)/(b-a))
	}
	b := float64(t.v[e+1])
	return t.at(t.pane, float64(x)+(v-a)/(b-a), float64(y))
}

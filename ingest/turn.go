package ingest

import (
	"math"
	"sync"

	"isobar/field"
	"isobar/grid"
)

// turner turns wind from a grid's axes to true north. It remembers the angles of the grid it met last: a run is one grid.
type turner struct {
	mu       sync.Mutex
	gridID   string
	cos, sin []float32
}

// angleBlock is how many angles are asked of a grid at once.
const angleBlock = 4096

// angles gives the cosine and sine of the grid's y axis, east of true north, for each cell.
func (t *turner) angles(g grid.Grid) (cos, sin []float32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gridID == g.ID() {
		return t.cos, t.sin
	}
	n, angle := g.Len(), make([]float64, angleBlock)
	cos, sin = make([]float32, n), make([]float32, n)
	for first := 0; first < n; first += angleBlock {
		block := angle[:min(angleBlock, n-first)]
		g.(grid.Turned).North(block, first)
		for k, a := range block {
			s, c := math.Sincos(a)
			cos[first+k], sin[first+k] = float32(c), float32(s)
		}
	}
	t.gridID, t.cos, t.sin = g.ID(), cos, sin
	return cos, sin
}

// turn turns u and v in place; where one is missing, both are.
func (t *turner) turn(g grid.Grid, u, v []float32) {
	cos, sin := t.angles(g)
	for k := range u {
		c, s := cos[k], sin[k]
		u[k], v[k] = u[k]*c+v[k]*s, v[k]*c-u[k]*s
	}
}

// maxLonely bounds how many wind components wait for their partners; only their headers are held.
const maxLonely = 1 << 14

// pairName is what the two components of a wind have in common, with the element of one.
type pairName struct {
	key    field.Key
	gridID string
}

// waitingRoom holds wind components that can't be turned yet, across files and batches.
type waitingRoom map[pairName]*part

// partnerOf takes the other component of p out of the room, if it is there.
func (w waitingRoom) partnerOf(p *part) *part {
	name := pairName{p.key, p.grid.ID()}
	name.key.Element = p.partner
	other := w[name]
	if other != nil {
		delete(w, name)
		other.from.lonely--
	}
	return other
}

// add lets a component wait, in the place of an earlier one of its key. If the room is full it is only counted, which keeps
// its file out of the journal.
func (w waitingRoom) add(p *part) {
	p.from.lonely++
	if len(w) >= maxLonely {
		return
	}
	name := pairName{p.key, p.grid.ID()}
	if was := w[name]; was != nil {
		was.from.lonely--
	}
	w[name] = p
}

// forget drops what waits of a file, because it is read again.
func (w waitingRoom) forget(path string) {
	for name, p := range w {
		if p.from.Path == path {
			delete(w, name)
		}
	}
}

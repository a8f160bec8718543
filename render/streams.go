package render

import (
	"math"
	"slices"

	"isobar/sample"
	"isobar/styles"
)

// Streamlines are the same in every tile that sees them, and lie evenly. Each cell of a lattice that all maps of a zoom share
// owns a seed, from which a line goes a fixed length both ways. Seeds have ranks: those of every fourth cell come first, and
// their lines are the longest, then those of every second, then the rest. A line ends where it comes near one of a higher
// rank, or near where one of its own rank that has the greater number would go. So what a line is depends on what lies
// within a few lengths of it, and no further: streamMargins tells how far.
const (
	streamRanks  = 3
	streamPixels = 8   // between the nodes that the wind is read at
	streamStride = 4.0 // pixels a step
	streamFade   = 26  // pixels within which the end of a line tells its width
	calmest      = 0.02
	jitterShare  = 0.3  // how far a seed lies from its place on the lattice at most, in spacings
	cellShare    = 0.25 // side of the cells that lines keep from each other, in spacings: a power of two, so that they fit around the world
)

// streamReach is how far a line of each rank goes either way, in spacings.
var streamReach = [streamRanks]float64{2.3, 1.7, 1.1}

// seed is the beginning of a line.
type seed struct {
	number uint64 // who comes first among equals
	at     point
	begin  int     // of the line among all
	line   []point // from one end to the other
	speeds []float64
	middle int // which point of the line is the seed
	first  int // the part that is drawn
	last   int
}

// streams is the memory of a streams painter.
type streams struct {
	seeds []seed
	own   []int32  // by cell: one more than the seed whose line of a higher rank or the same lies there
	best  []uint64 // by cell: the greatest number of the rank that is being laid out
	all   []point
	u, v  []float32
	fast  []float64 // the speeds at all
	wide  []float64
}

// flow is the wind on a map, at nodes, and the cells that lines keep from each other.
type flow struct {
	*pane
	*streams
	nodes
	spacing float64 // between seeds of the last rank, in pixels
	sown    lattice
	calm    float64

	cell           float64 // side of a cell, in pixels
	cell0x, cell0y float64 // upper left corner of the first
	cx, cy         int
}

// stream adds the coat of a streams painter.
func (p *pane) stream(painter *styles.Painter, in []sample.Input, unit string) error {
	f := &flow{pane: p, streams: &p.scratch.streams}
	f.sown = p.seedLattice(painter.Spacing)
	f.spacing = f.sown.sx / p.dx
	full := fullSpeed(painter, unit)
	f.calm = full * calmest
	margins := f.margins()
	around := margins[0] + (streamReach[0]+1)*f.spacing
	if err := f.read(in, around); err != nil {
		return err
	}
	f.divide(around)
	f.streams.seeds, f.all, f.fast = f.streams.seeds[:0], f.all[:0], f.fast[:0]
	for rank := range streamRanks {
		f.lay(rank, margins[rank])
	}
	begun := len(p.scratch.coats)
	var halo *coat
	if painter.Halo.A > 0 {
		halo = p.scratch.coat(painter.Halo)
		begun++
	}
	ramp, err := rampOf(painter, unit)
	if err != nil {
		return err
	}
	for i := range f.streams.seeds {
		s := &f.streams.seeds[i]
		if s.last-s.first < leastStream {
			continue
		}
		if halo != nil {
			f.drawn(&halo.shapes, s, painter, full, haloWidth)
		}
		ink := p.scratch.coatOf(begun, colourAt(ramp, painter.Color, s.speeds[s.middle]))
		f.drawn(&ink.shapes, s, painter, full, 0)
	}
	return nil
}

// leastStream is the fewest steps that a line is drawn for.
const leastStream = 4

// seedLattice is a power of two of a turn, or of a metre or degree.
func (p *pane) seedLattice(spacing float64) lattice {
	base := 1.0
	if t := p.view.Ref.Turn; t > 0 {
		base = t
	}
	s := base * math.Exp2(math.Round(math.Log2(spacing*p.dx/base)))
	return lattice{s, s * math.Exp2(math.Round(math.Log2(p.dy/p.dx)))}
}

// margins is how far beyond the view seeds of each rank matter. The points of a line of rank r that lie within a of the view,
// from its seed on, lie within a + length; a rival's seed within length and keep of them, its points no further; and lines of
// higher ranks must be right where those points are.
func (f *flow) margins() (m [streamRanks]float64) {
	a, keep := streamFade+f.spacing/2, 2*cellShare*f.spacing
	for r := streamRanks - 1; r >= 0; r-- {
		length := streamReach[r] * f.spacing
		a += 2*length + keep
		m[r] = a + jitterShare*f.spacing
		a += keep
	}
	return m
}

// divide lays cells over the map and a margin: all maps of a zoom have the same.
func (f *flow) divide(margin float64) {
	f.cell = f.spacing * cellShare
	side := lattice{f.sown.sx * cellShare, f.sown.sy * cellShare}
	r := f.reach(side, margin)
	corner := f.place(float64(r.i0)*side.sx, -float64(r.j0)*side.sy)
	f.cell0x, f.cell0y = corner.x, corner.y
	f.cx, f.cy = r.i1-r.i0, r.j1-r.j0
	f.own, f.best = cleared(f.own, f.cx*f.cy), resize(&f.best, f.cx*f.cy)
}

// lay grows the lines of a rank.
func (f *flow) lay(rank int, margin float64) {
	begun := len(f.streams.seeds)
	every := 1 << (streamRanks - 1 - rank)
	r := f.reach(f.sown, margin)
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			if i%every != 0 || j%every != 0 || rank > 0 && i%(2*every) == 0 && j%(2*every) == 0 {
				continue
			}
			f.grow(rank, i, j)
		}
	}
	clear(f.best)
	mine := f.streams.seeds[begun:]
	for k := range mine { // the memory stays where it is now
		s := &mine[k]
		end := s.begin + s.last + 1
		s.line, s.speeds = f.all[s.begin:end:end], f.fast[s.begin:end:end]
	}
	for k := range mine {
		s := &mine[k]
		for _, at := range s.line[s.first : s.last+1] {
			f.near(at, func(cell int) { f.best[cell] = max(f.best[cell], s.number) })
		}
	}
	for k := range mine { // no nearer to a rival's line than a cell
		s := &mine[k]
		yields := func(at point) bool {
			cell, ok := f.cellOf(at)
			return !ok || f.best[cell] > s.number
		}
		s.cut(yields)
	}
	for k := range mine {
		s := &mine[k]
		for _, at := range s.line[s.first : s.last+1] {
			if s.last-s.first >= leastStream {
				f.near(at, func(cell int) { f.own[cell] = 1 })
			}
		}
	}
}

// cut ends a line where, from its seed on either way, something is in its way.
func (s *seed) cut(blocked func(point) bool) {
	if s.last < s.first || blocked(s.line[s.middle]) {
		s.first, s.last = s.middle, s.middle-1
		return
	}
	for k := s.middle - 1; k >= s.first; k-- {
		if blocked(s.line[k]) {
			s.first = k + 1
			break
		}
	}
	for k := s.middle + 1; k <= s.last; k++ {
		if blocked(s.line[k]) {
			s.last = k - 1
			break
		}
	}
}

// cellOf is the cell of a place.
func (f *flow) cellOf(at point) (int, bool) {
	x, y := int(math.Floor((at.x-f.cell0x)/f.cell)), int(math.Floor((at.y-f.cell0y)/f.cell))
	return y*f.cx + x, x >= 0 && y >= 0 && x < f.cx && y < f.cy
}

// near calls do for the cell of a place and those around it.
func (f *flow) near(at point, do func(cell int)) {
	cell, ok := f.cellOf(at)
	if x := cell % f.cx; !ok || x == 0 || x == f.cx-1 || cell < f.cx || cell >= len(f.own)-f.cx {
		return
	}
	for _, c := range [9]int{cell, cell - 1, cell + 1, cell - f.cx, cell - f.cx - 1, cell - f.cx + 1, cell + f.cx, cell + f.cx - 1, cell + f.cx + 1} {
		do(c)
	}
}

// scramble is a number that follows from two, as if by chance (the finaliser of SplitMix64).
func scramble(i, j int) uint64 {
	x := uint64(int64(i))*0x9e3779b97f4a7c15 ^ uint64(int64(j))*0xc2b2ae3d27d4eb4f
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// grow follows the wind from the seed of a cell both ways, up to the lines of higher ranks.
func (f *flow) grow(rank, i, j int) {
	column := i
	if t := f.view.Ref.Turn; t > 0 { // the seed one turn further is the same
		turn := max(int(math.Round(t/f.sown.sx)), 1)
		column = (i%turn + turn) % turn
	}
	number := scramble(column, j)
	jitter := func(bits uint64) float64 { return (float64(bits&0xffff)/0x10000 - 0.5) * 2 * jitterShare }
	x, y := (float64(i)+jitter(number))*f.sown.sx, -(float64(j)+jitter(number>>16))*f.sown.sy
	at := f.place(x, y)
	if f.taken(at) {
		return
	}
	steps := int(streamReach[rank] * f.spacing / streamStride)
	s := seed{number: number | 1, at: at}
	w, ok := f.windOn(at)
	if !ok || w.length() < f.calm {
		return
	}
	begin := len(f.all)
	s.begin = begin
	back := f.walk(at, steps, -1)
	slices.Reverse(f.all[begin:])
	slices.Reverse(f.fast[begin:])
	f.all, f.fast = append(f.all, at), append(f.fast, w.length())
	f.walk(at, steps, 1)
	s.middle, s.last = back, len(f.all)-1-begin
	f.streams.seeds = append(f.streams.seeds, s)
}

// taken tells that a line of a higher rank lies near a place.
func (f *flow) taken(at point) bool {
	cell, ok := f.cellOf(at)
	return !ok || f.own[cell] != 0
}

// windOn is the wind at a place of the map.
func (f *flow) windOn(at point) (point, bool) {
	origin, scale := f.nodes.at(f.pane, 0, 0), f.sx/f.dx
	return f.windAt((at.x-origin.x)/scale, (at.y-origin.y)/scale)
}

// walk follows the wind, or goes against it, and tells how many steps it went.
func (f *flow) walk(at point, steps int, sign float64) int {
	origin, scale := f.nodes.at(f.pane, 0, 0), 1/(f.sx/f.dx)
	for n := range steps {
		w, ok := f.windAt((at.x-origin.x)*scale, (at.y-origin.y)*scale)
		l := w.length()
		if !ok || l < f.calm {
			return n
		}
		half := at.plus(w.times(sign * streamStride / 2 / l))
		w, ok = f.windAt((half.x-origin.x)*scale, (half.y-origin.y)*scale)
		l = w.length()
		if !ok || l < f.calm {
			return n
		}
		if at = at.plus(w.times(sign * streamStride / l)); f.taken(at) {
			return n
		}
		f.all = append(f.all, at)
		f.fast = append(f.fast, l)
	}
	return steps
}

// drawn adds a line: thin where it begins, broader where the wind is strong, with a head at the seed.
func (f *flow) drawn(o *outlines, s *seed, painter *styles.Painter, full, wide float64) {
	line, speeds := s.line[s.first:s.last+1], s.speeds[s.first:s.last+1]
	widths := resize(&f.wide, len(line))
	for k := range line {
		tail := min(1, (0.25+float64(k)*streamStride/streamFade)/1.25)
		end := min(1, (0.5 + float64(len(line)-1-k)*streamStride/streamFade))
		strength := 0.55 + 0.75*math.Sqrt(min(speeds[k]/full, 1))
		widths[k] = painter.Width/2*strength*tail*end + wide
	}
	o.stroke(line, widths, false)
	if s.middle+2 > s.last || s.middle < s.first {
		return
	}
	at := s.line[s.middle]
	along := direction(s.line[max(s.middle-1, s.first)], s.line[s.middle+1])
	size := painter.Width * (1.6 + 1.6*math.Sqrt(min(s.speeds[s.middle]/full, 1)))
	side := along.left().times(size*0.75 + wide)
	back := at.minus(along.times(size*0.9 + wide))
	o.polygon(back.plus(side), at.plus(along.times(size*1.3+wide*2)), back.minus(side), at.minus(along.times(size*0.4)))
}

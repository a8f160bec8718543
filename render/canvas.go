package render

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"slices"
)

// point is a place on a map in pixels, y downwards.
type point struct{ x, y float64 }

func (p point) plus(q point) point              { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point             { return point{p.x - q.x, p.y - q.y} }
func (p point) times(s float64) point           { return point{p.x * s, p.y * s} }
func (p point) length() float64                 { return math.Hypot(p.x, p.y) }
func (p point) left() point                     { return point{p.y, -p.x} }
func (p point) toward(q point, s float64) point { return point{p.x + (q.x-p.x)*s, p.y + (q.y-p.y)*s} }

// onLattice moves a point to the lattice of outlines.
func (p point) onLattice() [2]int32 {
	return [2]int32{lattical(p.x), lattical(p.y)}
}

// farOff bounds coordinates, in pixels.
const farOff = 1 << 20

func lattical(v float64) int32 {
	return int32(math.Floor(min(max(v, -farOff), farOff)*subPixels + 0.5))
}

// outlines are closed shapes, all wound the same way, so that where they overlap they are one.
type outlines struct {
	points [][2]int32 // in subPixels
	ends   []int      // in points, of each shape
	bounds [][4]int32 // of each shape: left, top, right, bottom
}

func (o *outlines) reset() { o.points, o.ends, o.bounds = o.points[:0], o.ends[:0], o.bounds[:0] }

// add gives the last shape a corner; end closes it.
func (o *outlines) add(p point) { o.points = append(o.points, p.onLattice()) }

// start is where the last shape begins.
func (o *outlines) start() int {
	if n := len(o.ends); n > 0 {
		return o.ends[n-1]
	}
	return 0
}

// end closes a shape and, if its corners go round the other way, turns it.
func (o *outlines) end() {
	shape := o.points[o.start():]
	if len(shape) == 0 {
		return
	}
	area, last := int64(0), shape[len(shape)-1]
	for _, p := range shape {
		area += int64(last[0]-p[0]) * int64(last[1]+p[1])
		last = p
	}
	if area < 0 {
		slices.Reverse(shape)
	}
	o.close()
}

// close ends a shape that keeps its winding: a part of a letter, or a stroke.
func (o *outlines) close() {
	shape := o.points[o.start():]
	if len(shape) < 3 {
		o.points = o.points[:o.start()]
		return
	}
	b := [4]int32{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}
	for _, p := range shape {
		b = [4]int32{min(b[0], p[0]), min(b[1], p[1]), max(b[2], p[0]), max(b[3], p[1])}
	}
	o.ends, o.bounds = append(o.ends, len(o.points)), append(o.bounds, b)
}

// polygon adds a shape.
func (o *outlines) polygon(corners ...point) {
	for _, p := range corners {
		o.add(p)
	}
	o.end()
}

// circle adds a disc; turned round it is a hole in another shape.
func (o *outlines) circle(c point, radius float64, hole bool) {
	const corners = 20
	for i := range corners {
		a := 2 * math.Pi * float64(i) / corners
		if hole {
			a = -a
		}
		o.add(point{c.x + radius*math.Cos(a), c.y + radius*math.Sin(a)})
	}
	o.close()
}

// The limits of a stroke's corners: beyond sharpest (the cosine of the turn) a stroke is broken in two.
const (
	sharpest   = 0.3
	widestMite = 1.3
)

// stroke adds a line. half is half its width at each point, or everywhere if it has one value.
func (o *outlines) stroke(line []point, half []float64, closed bool) {
	n := len(line)
	if closed && n > 2 {
		k := firstSharp(line)
		if k < 0 {
			o.ring(line, half[0])
			return
		}
		line = append(append(append([]point(nil), line[k:]...), line[:k]...), line[k])
		n = len(line)
	}
	for from := 0; from+1 < n; {
		from = o.piece(line, half, from)
	}
}

// firstSharp finds a sharp corner of a closed line, or -1.
func firstSharp(line []point) int {
	n := len(line)
	before := direction(line[n-1], line[0])
	for k := range line {
		after := direction(line[k], line[(k+1)%n])
		if before.x*after.x+before.y*after.y < sharpest {
			return k
		}
		before = after
	}
	return -1
}

// ring adds a closed line: its left side, and its right side the other way round.
func (o *outlines) ring(line []point, half float64) {
	begin, n := len(o.points), len(line)
	before := direction(line[n-1], line[0])
	for k, p := range line {
		after := direction(p, line[(k+1)%n])
		o.add(p.plus(corner(before, after, half)))
		before = after
	}
	o.close()
	for k := n - 1; k >= 0; k-- {
		p, c := line[k].onLattice(), o.points[begin+k]
		o.points = append(o.points, [2]int32{2*p[0] - c[0], 2*p[1] - c[1]})
	}
	o.close()
}

// corner is how far left of a line's corner its side turns.
func corner(before, after point, half float64) point {
	along := before.plus(after)
	if l := along.length(); l > 0 {
		along = along.times(1 / l)
	}
	cos := before.x*after.x + before.y*after.y
	return along.left().times(half * min(1/math.Sqrt(max((1+cos)/2, 0.01)), widestMite))
}

// piece adds a line up to its end or the next sharp corner, and tells where that is.
func (o *outlines) piece(line []point, half []float64, from int) int {
	at := from
	before := direction(line[at], line[at+1])
	for ; at < len(line); at++ {
		after := before
		if at+1 < len(line) {
			after = direction(line[at], line[at+1])
		}
		stop := before.x*after.x+before.y*after.y < sharpest
		if stop {
			after = before
		}
		o.add(line[at].plus(corner(before, after, half[min(at, len(half)-1)])))
		if stop || at == len(line)-1 {
			break
		}
		before = after
	}
	last := min(at, len(line)-1)
	// Back along the other side: the corner opposite to one is its image across the line.
	n := len(o.points)
	for k := last; k >= from; k-- {
		p := line[k].onLattice()
		c := o.points[n-1-(last-k)]
		o.points = append(o.points, [2]int32{2*p[0] - c[0], 2*p[1] - c[1]})
	}
	o.close()
	return last
}

// direction is the unit vector from one point to another.
func direction(a, b point) point {
	d := b.minus(a)
	if l := d.length(); l > 0 {
		return d.times(1 / l)
	}
	return point{1, 0}
}

// coat is a colour and the shapes it fills, but for those that clear them.
type coat struct {
	color        color.NRGBA
	shapes, hole outlines
}

// chunkSide is how much is rasterised at once.
const chunkSide = 512

// mask is the coverage of one chunk.
type mask struct {
	shapes, holes raster
}

// draw gives the coverage of a coat within a part of the map, row by row; what is not given is none.
func (m *mask) draw(c *coat, part image.Rectangle, emit func(y, lo int, cover []uint8)) {
	if len(c.shapes.ends) == 0 {
		return
	}
	m.shapes.reset(part.Dx(), part.Dy())
	if !m.shapes.fill(&c.shapes, part.Min.X, part.Min.Y) {
		return
	}
	holes := len(c.hole.ends) > 0
	if holes {
		m.holes.reset(part.Dx(), part.Dy())
		holes = m.holes.fill(&c.hole, part.Min.X, part.Min.Y)
	}
	for y := range part.Dy() {
		lo, cover := m.shapes.row(y)
		if len(cover) == 0 {
			continue
		}
		if holes {
			from, hole := m.holes.row(y)
			for i, h := range hole {
				if k := from + i - lo; h != 0 && k >= 0 && k < len(cover) {
					cover[k] = uint8(uint32(cover[k]) * uint32(255-h) / 255)
				}
			}
		}
		emit(y, lo, cover)
	}
}

// covered calls f for the pixels of a row that are covered.
func covered(row []uint8, f func(i int, cover uint32)) {
	for i := 0; i < len(row); i++ {
		if i+8 <= len(row) && binary.LittleEndian.Uint64(row[i:]) == 0 {
			i += 7
			continue
		}
		if c := row[i]; c != 0 {
			f(i, uint32(c))
		}
	}
}

// parts cuts a picture into chunks.
func parts(w, h int, f func(image.Rectangle)) {
	for y := 0; y < h; y += chunkSide {
		for x := 0; x < w; x += chunkSide {
			f(image.Rect(x, y, min(x+chunkSide, w), min(y+chunkSide, h)))
		}
	}
}

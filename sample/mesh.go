package sample

import (
	"math"

	"isobar/geo"
)

// meshStep is the side of the coarsest squares of the mesh, in pixels.
const meshStep = 32

// emptyStep is the smallest square that is looked into for a part of a grid none of its nodes lies on: a corner of a grid
// that reaches less than half of this into a square may be lost.
const emptyStep = 4

// meshError is how far from the truth a position may be, in pixels.
const meshError = 0.1

// quad is a part of a band between the pixels (x0, y0) and (x1, y1), ends included.
type quad struct{ x0, y0, x1, y1 int }

// nodes are the pixels whose exact positions judge a quad: its corners, the middles of its sides and its own.
func (q quad) nodes() [9][2]int {
	mx, my := (q.x0+q.x1)/2, (q.y0+q.y1)/2
	return [9][2]int{{q.x0, q.y0}, {q.x1, q.y0}, {q.x0, q.y1}, {q.x1, q.y1}, {mx, q.y0}, {mx, q.y1}, {q.x0, my}, {q.x1, my}, {mx, my}}
}

// quarters adds the parts of a quad, cut at its middle where it is wider or higher than a pixel.
func (q quad) quarters(to []quad) []quad {
	mx, my := (q.x0+q.x1)/2, (q.y0+q.y1)/2
	if q.x1-q.x0 < 2 {
		mx = q.x1
	}
	if q.y1-q.y0 < 2 {
		my = q.y1
	}
	to = append(to, quad{q.x0, q.y0, mx, my})
	if mx < q.x1 {
		to = append(to, quad{mx, q.y0, q.x1, my})
	}
	if my < q.y1 {
		to = append(to, quad{q.x0, my, mx, q.y1})
	}
	if mx < q.x1 && my < q.y1 {
		to = append(to, quad{mx, my, q.x1, q.y1})
	}
	return to
}

// The states of a pixel whose position is not known, told by Y where X is NaN.
var (
	unknown = geo.XY{X: math.NaN(), Y: math.Inf(-1)}
	asked   = geo.XY{X: math.NaN(), Y: math.Inf(1)}
	nowhere = geo.XY{X: math.NaN(), Y: math.NaN()}
)

// mesh finds the positions of a band's pixels: exact at the nodes of a mesh that is refined where it bends, between them
// interpolated. Squares over the seam of a grid are unrolled; those that hold a pole or an edge end in exact positions.
func (p *plan) mesh(row, rows int) []geo.XY {
	key := planKey{p.raster.ID(), p.view.Ref.Code, p.view.Box, p.view.Width, p.view.Height, row}
	if at, ok := p.plans.get(key); ok {
		return at
	}
	m := &mesher{plan: p, row: row, extent: p.raster.Extent(), at: resize(&p.sc.at, rows*p.view.Width)}
	for i := range m.at {
		m.at[i] = unknown
	}
	m.refine(rows)
	for _, q := range p.sc.smooth {
		m.fill(q)
	}
	if p.raster.Wraps() {
		intoTurn(m.at, float64(p.nx))
	}
	p.plans.put(key, m.at)
	return m.at
}

// intoTurn brings columns to within [0, nx).
func intoTurn(at []geo.XY, nx float64) {
	for i := range at {
		if x := at[i].X; x < 0 || x >= nx {
			at[i].X = x - nx*math.Floor(x/nx)
		}
	}
}

// mesher makes the mesh of one band, whose first row of pixels is row.
type mesher struct {
	*plan
	row    int
	extent geo.Box  // of the grid
	at     []geo.XY // by pixel of the band
}

// refine splits squares until all are smooth or known pixel by pixel. The smooth ones are left in sc.smooth.
func (m *mesher) refine(rows int) {
	sc := m.sc
	quads, smooth := sc.quads[:0], sc.smooth[:0]
	lastX, lastY := m.view.Width-1, rows-1
	for y := 0; y < max(lastY, 1); y += meshStep {
		for x := 0; x < max(lastX, 1); x += meshStep {
			quads = append(quads, quad{x, y, min(x+meshStep, lastX), min(y+meshStep, lastY)})
		}
	}
	split := sc.split[:0]
	for len(quads) > 0 {
		for _, q := range quads {
			for _, n := range q.nodes() {
				m.ask(n[0], n[1])
			}
		}
		m.evaluate()
		split = split[:0]
		for _, q := range quads {
			if m.smooth(q) {
				smooth = append(smooth, q)
				continue
			}
			if q.x1-q.x0 <= 2 && q.y1-q.y0 <= 2 {
				continue // every pixel is a node
			}
			split = q.quarters(split)
		}
		quads, split = split, quads
	}
	sc.quads, sc.split, sc.smooth = quads, split, smooth
}

// ask notes that a pixel's exact position is wanted.
func (m *mesher) ask(x, y int) {
	i := y*m.view.Width + x
	if at := m.at[i]; at.X != at.X && math.IsInf(at.Y, -1) {
		m.at[i] = asked
		m.sc.nodes = append(m.sc.nodes, int32(i))
	}
}

// evaluate finds all positions that were asked for, in one go.
func (m *mesher) evaluate() {
	nodes := m.sc.nodes
	m.mapPlaces(len(nodes), func(i int) (x, y float64) {
		n := int(nodes[i])
		return float64(n % m.view.Width), float64(m.row + n/m.view.Width)
	})
	found := m.positions()
	for i, n := range nodes {
		m.at[n] = found[i]
		if found[i].X != found[i].X {
			m.at[n] = nowhere
		}
	}
	m.sc.nodes = nodes[:0]
}

// mapPlaces puts the geographic places of n pixels of the view, given by column and row, in sc.places.
func (p *plan) mapPlaces(n int, pixel func(i int) (x, y float64)) []geo.LonLat {
	mapAt, places := resize(&p.sc.mapAt, n), resize(&p.sc.places, n)
	box := p.view.Box
	dx, dy := (box.MaxX()-box.MinX())/float64(p.view.Width), (box.MaxY()-box.MinY())/float64(p.view.Height)
	for i := range mapAt {
		x, y := pixel(i)
		mapAt[i] = geo.XY{X: box.MinX() + (x+0.5)*dx, Y: box.MaxY() - (y+0.5)*dy}
	}
	p.view.Ref.Inverse(places, mapAt)
	return places
}

// positions are those of sc.places in the grid.
func (p *plan) positions() []geo.XY {
	found := resize(&p.sc.found, len(p.sc.places))
	for i := range p.sc.places {
		p.sc.places[i].Lat = p.cap.clamp(p.sc.places[i].Lat)
	}
	p.raster.Index(found, p.sc.places)
	for i, at := range p.sc.places {
		if at.Lon != at.Lon || at.Lat != at.Lat {
			found[i] = nowhere
		}
	}
	return found
}

// patch is the bilinear surface over a quad's corners.
type patch struct {
	corner        geo.XY
	along, down   geo.XY // steps a pixel at the corner
	twist         geo.XY // change of along by pixel down
	across, depth float64
}

// patch fits the surface; on a grid that wraps the corners are first brought to one turn.
func (m *mesher) patch(q quad, corners [4]geo.XY) patch {
	a := corners[0]
	for i := 1; i < 4; i++ {
		corners[i] = m.unroll(corners[i], a)
	}
	b, c, d := corners[1], corners[2], corners[3]
	w, h := float64(max(q.x1-q.x0, 1)), float64(max(q.y1-q.y0, 1))
	return patch{
		corner: a,
		along:  geo.XY{X: (b.X - a.X) / w, Y: (b.Y - a.Y) / w},
		down:   geo.XY{X: (c.X - a.X) / h, Y: (c.Y - a.Y) / h},
		twist:  geo.XY{X: (d.X - c.X - b.X + a.X) / (w * h), Y: (d.Y - c.Y - b.Y + a.Y) / (w * h)},
		across: w, depth: h,
	}
}

// unroll moves a position to the turn of another.
func (m *mesher) unroll(at, to geo.XY) geo.XY {
	if _, period := m.half(); period > 0 {
		at.X = to.X + turn(at.X-to.X, period)
	}
	return at
}

// smooth tells whether the surface over a quad's corners is true enough within: at the nodes in between.
func (m *mesher) smooth(q quad) bool {
	var at [9]geo.XY
	missing := 0
	nodes := q.nodes()
	for i, n := range nodes {
		at[i] = m.at[n[1]*m.view.Width+n[0]]
		if at[i].X != at[i].X {
			missing++
		}
	}
	if missing > 0 {
		return missing == len(at) && (max(q.x1-q.x0, q.y1-q.y0) <= emptyStep || m.beside(q))
	}
	s := m.patch(q, [4]geo.XY(at[:4]))
	// The error in cells becomes one in pixels by the inverse of the surface's slope at its middle.
	along := geo.XY{X: s.along.X + s.twist.X*s.depth/2, Y: s.along.Y + s.twist.Y*s.depth/2}
	down := geo.XY{X: s.down.X + s.twist.X*s.across/2, Y: s.down.Y + s.twist.Y*s.across/2}
	det := along.X*down.Y - down.X*along.Y
	for i := 4; i < len(at); i++ {
		guess := s.at(float64(nodes[i][0]-q.x0), float64(nodes[i][1]-q.y0))
		exact := m.unroll(at[i], guess)
		ex, ey := exact.X-guess.X, exact.Y-guess.Y
		px, py := (ex*down.Y-ey*down.X)/det, (ey*along.X-ex*along.Y)/det
		if !(px*px+py*py < meshError*meshError) { // a slope of zero gives NaN
			return false
		}
	}
	return true
}

// at is the surface's position, x and y pixels from the corner.
func (s *patch) at(x, y float64) geo.XY {
	return geo.XY{
		X: s.corner.X + y*s.down.X + x*(s.along.X+y*s.twist.X),
		Y: s.corner.Y + y*s.down.Y + x*(s.along.Y+y*s.twist.Y),
	}
}

// fill writes the positions of a smooth quad's pixels.
func (m *mesher) fill(q quad) {
	var corners [4]geo.XY
	for i, n := range q.nodes() {
		at := m.at[n[1]*m.view.Width+n[0]]
		if i < 4 {
			corners[i] = at
		}
	}
	empty := corners[0].X != corners[0].X
	s := m.patch(q, corners)
	for y := q.y0; y <= q.y1; y++ {
		line := m.at[y*m.view.Width+q.x0 : y*m.view.Width+q.x1+1]
		if empty {
			for i := range line {
				line[i] = nowhere
			}
			continue
		}
		start, stepX, stepY := s.at(0, float64(y-q.y0)), s.along.X+float64(y-q.y0)*s.twist.X, s.along.Y+float64(y-q.y0)*s.twist.Y
		for i := range line {
			line[i] = geo.XY{X: start.X + float64(i)*stepX, Y: start.Y + float64(i)*stepY}
		}
	}
}

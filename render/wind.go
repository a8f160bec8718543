package render

import (
	"math"

	"isobar/elements"
	"isobar/geo"
	"isobar/sample"
	"isobar/styles"
)

// compass is how the Earth lies on a map at a place: unit vectors in pixels towards east and north, and the ratio of the
// scales along them.
type compass struct {
	east, north point
	stretch     float64 // east's scale by north's: 1 where the map is true in angle
}

// compasses finds the compass at points of the view's system, by small steps from each. Where the map has no place X is NaN.
func (p *pane) compasses(at []geo.XY, places []geo.LonLat) []compass {
	n := len(at)
	p.view.Ref.Inverse(places[:n], at)
	const step = 1e-4 // degrees
	s := p.scratch
	around, on := resize(&s.around, 2*n), resize(&s.on, 2*n)
	for i, a := range places[:n] {
		north := a
		if north.Lat += step; north.Lat > 90 {
			north.Lat -= 2 * step
		}
		east := a
		east.Lon += step / math.Max(math.Cos(a.Lat*math.Pi/180), 1e-3)
		around[2*i], around[2*i+1] = north, east
	}
	p.view.Ref.Forward(on, around)
	found := resize(&s.compasses, n)
	for i, a := range places[:n] {
		north := point{(on[2*i].X - at[i].X) / p.dx, (at[i].Y - on[2*i].Y) / p.dy}
		if a.Lat+step > 90 {
			north = north.times(-1)
		}
		east := point{p.acrossSeam(on[2*i+1].X-at[i].X) / p.dx, (at[i].Y - on[2*i+1].Y) / p.dy}
		if north.x != north.x || p.view.Ref.Turn > 0 {
			north.x = 0
		}
		ln, le := north.length(), east.length()
		stretch := le / ln
		if math.Abs(a.Lat) > 89.9 || stretch != stretch {
			stretch = 1
		}
		north = north.times(1 / ln)
		// Near the poles east's step is not straight: it lies square to north on all maps that are true in angle.
		if e := (point{-north.y, north.x}); math.Abs(a.Lat) > 89 || !(le > 0) {
			east = e
		} else {
			east = east.times(1 / le)
		}
		found[i] = compass{east, north, stretch}
	}
	return found
}

// acrossSeam is a difference of x, not a turn.
func (p *pane) acrossSeam(d float64) float64 {
	if t := p.view.Ref.Turn; t > 0 {
		d -= t * math.Round(d/t)
	}
	return d
}

// turned is a wind on the map, in the unit of u and v: its angle is true to north.
func (c compass) turned(u, v float64) point {
	// The angle from north is kept, on whichever side east lies.
	side := point{-c.north.y, c.north.x}
	if side.x*c.east.x+side.y*c.east.y < 0 {
		side = side.times(-1)
	}
	return side.times(u).plus(c.north.times(v))
}

// flowing is a wind as it moves what lies on the map: where the map is stretched, so is it. Its length is the speed.
func (c compass) flowing(u, v float64) point {
	d := c.east.times(u * c.stretch).plus(c.north.times(v))
	if l := d.x*d.x + d.y*d.y; l > 0 {
		return d.times(math.Sqrt((u*u + v*v) / l))
	}
	return point{u, v} // calm, or missing
}

// arrow is a wind at a place of the map.
type arrow struct {
	at    point
	wind  point   // on the map
	speed float64 // in the unit of the values
	south bool    // of the equator
}

// symbolBlock is the side of the blocks that symbols' values are read in.
const symbolBlock = 8

// arrows finds the wind at the points of a lattice about so many pixels apart, as far as size beyond the view.
func (p *pane) arrows(in []sample.Input, spacing, size float64) ([]arrow, error) {
	l, staggered := p.symbols(spacing)
	r := p.reach(l, size)
	s := p.scratch
	u, err := p.sample(in[0], l, r, symbolBlock, &s.values)
	if err != nil {
		return nil, err
	}
	v, err := p.sample(in[1], l, r, symbolBlock, &s.other)
	if err != nil {
		return nil, err
	}
	s.arrows, s.positions, s.winds = s.arrows[:0], s.positions[:0], s.winds[:0]
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			k := (j-u.j0)*u.nx + i - u.i0
			if staggered && (i+j)%2 != 0 || u.v[k] != u.v[k] || v.v[k] != v.v[k] {
				continue
			}
			s.positions = append(s.positions, geo.XY{X: float64(i) * l.sx, Y: -float64(j) * l.sy})
			s.winds = append(s.winds, [2]float64{float64(u.v[k]), float64(v.v[k])})
		}
	}
	places := resize(&s.places, len(s.positions))
	for i, c := range p.compasses(s.positions, places) {
		w := s.winds[i]
		wind := c.turned(w[0], w[1])
		if wind.x != wind.x {
			continue
		}
		s.arrows = append(s.arrows, arrow{
			at: p.place(s.positions[i].X, s.positions[i].Y), wind: wind, speed: math.Hypot(w[0], w[1]), south: places[i].Lat < 0,
		})
	}
	return s.arrows, nil
}

// knots is how speeds of a unit become knots.
func knots(unit string) (float64, bool) {
	c, ok := elements.Convert(unit, "kt")
	return c.Scale, ok
}

// barbs adds the coats of a barbs painter.
func (p *pane) barbs(painter *styles.Painter, in []sample.Input, unit string) error {
	toKnots, ok := knots(unit)
	if !ok {
		return nil
	}
	all, err := p.arrows(in, painter.Spacing, painter.Size*1.3+painter.Width*2)
	if err != nil {
		return err
	}
	if painter.Halo.A > 0 {
		halo := p.scratch.coat(painter.Halo)
		for _, a := range all {
			barb(&halo.shapes, a.at, a.wind, a.speed*toKnots, a.south, painter.Size, painter.Width/2+haloWidth)
		}
	}
	ink := p.scratch.coat(painter.Color)
	for _, a := range all {
		barb(&ink.shapes, a.at, a.wind, a.speed*toKnots, a.south, painter.Size, painter.Width/2)
	}
	return nil
}

// feathers tells how a speed is drawn: pennants of 50 kt, feathers of 10 and a half one of 5, to the nearest 5. Below 1 kt it is
// calm, and below 2.5 a bare shaft.
func feathers(speedKnots float64) (pennants, full, half int, calm bool) {
	if speedKnots < 1 {
		return 0, 0, 0, true
	}
	n := int(speedKnots/5 + 0.5)
	return n / 10, n % 10 / 2, n % 2, false
}

// barb adds a wind barb whose tip stands at a place: the shaft points to where the wind comes from, the feathers to the side of
// low pressure, which is left of the flow in the north and right in the south.
func barb(o *outlines, at, wind point, speedKnots float64, south bool, size, half float64) {
	pennants, full, short, calm := feathers(speedKnots)
	if calm {
		radius := size * 0.13
		o.circle(at, radius+half, false)
		if radius > half {
			o.circle(at, radius-half, true)
		}
		return
	}
	shaft := wind.times(-1 / wind.length())
	side := wind.times(1 / wind.length()).left()
	if south {
		side = side.times(-1)
	}
	step := size * 0.145
	length := size
	if need := float64(pennants)*step*1.35 + float64(full+short)*step + size*0.25; need > length {
		length = need // more than 100 kt
	}
	widths := []float64{half}
	line := func(a, b point) {
		d := direction(a, b).times(half * 0.6)
		o.stroke([]point{a.minus(d), b.plus(d)}, widths, false)
	}
	feather := side.times(size * 0.42).plus(shaft.times(size * 0.16))
	line(at, at.plus(shaft.times(length)))
	where := length
	for range pennants {
		a, b := at.plus(shaft.times(where)), at.plus(shaft.times(where-step*1.25))
		tip := a.plus(b).times(0.5).plus(side.times(size * 0.42)).plus(shaft.times(size * 0.05))
		o.polygon(a, tip, b)
		line(a, tip)
		line(tip, b)
		where -= step * 1.35
	}
	if pennants > 0 {
		where -= step * 0.35
	}
	for range full {
		a := at.plus(shaft.times(where))
		line(a, a.plus(feather))
		where -= step
	}
	if short > 0 {
		if pennants+full == 0 {
			where -= step
		}
		a := at.plus(shaft.times(where))
		line(a, a.plus(feather.times(0.5)))
	}
}

// arrowed adds the coats of an arrows painter.
func (p *pane) arrowed(painter *styles.Painter, in []sample.Input, unit string) error {
	all, err := p.arrows(in, painter.Spacing, painter.Size)
	if err != nil {
		return err
	}
	ramp, err := rampOf(painter, unit)
	if err != nil {
		return err
	}
	full := fullSpeed(painter, unit)
	if painter.Halo.A > 0 {
		halo := p.scratch.coat(painter.Halo)
		for _, a := range all {
			dart(&halo.shapes, a.at, a.wind, a.speed/full, painter, haloWidth)
		}
	}
	begun := len(p.scratch.coats)
	for _, a := range all {
		ink := p.scratch.coatOf(begun, colourAt(ramp, painter.Color, a.speed))
		dart(&ink.shapes, a.at, a.wind, a.speed/full, painter, 0)
	}
	return nil
}

// fullSpeed is the speed at which arrows and streamlines are at their largest, in the values' unit.
func fullSpeed(painter *styles.Painter, unit string) float64 {
	c, ok := elements.Convert(painter.Unit, unit)
	if !ok || !(painter.Full > 0) {
		c, _ = elements.Convert("m/s", unit)
		return 20 * c.Scale
	}
	return painter.Full*c.Scale + c.Offset
}

// dart adds an arrow whose middle stands at a place. Its length grows with the root of the speed, so that light winds have a
// direction too; wide is how far its halo reaches. Calm is a dot.
func dart(o *outlines, at, wind point, share float64, painter *styles.Painter, wide float64) {
	strength := math.Sqrt(min(max(share, 0), 1))
	if strength < 0.12 || wind.length() == 0 {
		o.circle(at, painter.Width*0.8+wide, false)
		return
	}
	along := wind.times(1 / wind.length())
	side := along.left()
	length := painter.Size * (0.28 + 0.72*strength)
	half := painter.Width / 2 * (0.65 + 0.5*strength)
	head := min(painter.Size*0.2+painter.Size*0.14*strength, length*0.55)
	broad := head * 0.5
	tail, tip := at.minus(along.times(length/2+wide)), at.plus(along.times(length/2+wide*2))
	neck := tip.minus(along.times(head + wide*2.5))
	waist := neck.plus(along.times(head * 0.18))
	h, b := half+wide, broad+wide*1.3
	o.polygon(tail.plus(side.times(h*0.6)), waist.plus(side.times(h)), neck.plus(side.times(b)), tip,
		neck.minus(side.times(b)), waist.minus(side.times(h)), tail.minus(side.times(h*0.6)))
}

package render

import (
	"math"
	"slices"

	"isobar/geo"
	"isobar/sample"
)

// read reads the wind and lays it on the map.
func (f *flow) read(in []sample.Input, margin float64) error {
	l := f.pixels(streamPixels)
	r := f.reach(l, margin)
	u, err := f.sample(in[0], l, r, lineBlock, &f.streams.u)
	if err != nil {
		return err
	}
	v, err := f.sample(in[1], l, r, lineBlock, &f.streams.v)
	if err != nil {
		return err
	}
	f.nodes = u
	f.turn(u.v, v.v)
	return nil
}

// compassStep is how many nodes lie between those whose compass is reckoned where the map is upright or bends little.
const compassStep = 8

// turn makes the wind of u and v, in place.
func (f *flow) turn(u, v []float32) {
	s := f.scratch
	if f.view.Ref.Turn > 0 { // the compass depends on the row alone
		at := resize(&s.positions, f.ny)
		for j := range at {
			at[j] = geo.XY{X: float64(f.i0) * f.sx, Y: -float64(f.j0+j) * f.sy}
		}
		for j, c := range f.compasses(at, resize(&s.places, f.ny)) {
			f.turnRow(u[j*f.nx:(j+1)*f.nx], v[j*f.nx:(j+1)*f.nx], func(int) compass { return c })
		}
		return
	}
	// Blocks begin at multiples of compassStep, so that all maps reckon the same compasses.
	nx, ny := f.nx/compassStep+1, f.ny/compassStep+1
	at := resize(&s.positions, nx*ny)
	for k := range at {
		at[k] = geo.XY{X: float64(f.i0+k%nx*compassStep) * f.sx, Y: -float64(f.j0+k/nx*compassStep) * f.sy}
	}
	coarse := slices.Clone(f.compasses(at, resize(&s.places, nx*ny)))
	for j0 := 0; j0 < f.ny; j0 += compassStep {
		for i0 := 0; i0 < f.nx; i0 += compassStep {
			k := j0/compassStep*nx + i0/compassStep
			corners := [4]compass{coarse[k], coarse[k+1], coarse[k+nx], coarse[k+nx+1]}
			f.turnBlock(u, v, i0, j0, corners)
		}
	}
}

// turnBlock turns the wind of a block of nodes: between the compasses of its corners where these are much alike, else by
// that of each node.
func (f *flow) turnBlock(u, v []float32, i0, j0 int, c [4]compass) {
	alike := true
	for _, o := range c[1:] {
		alike = alike && o.north.x*c[0].north.x+o.north.y*c[0].north.y > 0.97
	}
	const n = compassStep
	at := resize(&f.scratch.positions, n*n)
	for k := range at {
		at[k] = geo.XY{X: float64(f.i0+i0+k%n) * f.sx, Y: -float64(f.j0+j0+k/n) * f.sy}
	}
	var exact []compass
	if !alike {
		exact = f.compasses(at, resize(&f.scratch.places, n*n))
	}
	for y := range n {
		from := (j0+y)*f.nx + i0
		f.turnRow(u[from:from+n], v[from:from+n], func(x int) compass {
			if !alike {
				return exact[y*n+x]
			}
			return between(c, float64(x)/n, float64(y)/n)
		})
	}
}

// between mixes four compasses.
func between(c [4]compass, x, y float64) compass {
	mix := func(a, b, c, d point) point { return a.toward(b, x).toward(c.toward(d, x), y) }
	return compass{
		mix(c[0].east, c[1].east, c[2].east, c[3].east), mix(c[0].north, c[1].north, c[2].north, c[3].north),
		c[0].stretch + x*(c[1].stretch-c[0].stretch) + y*(c[2].stretch-c[0].stretch),
	}
}

// turnRow replaces u and v by the wind on the map.
func (f *flow) turnRow(u, v []float32, at func(int) compass) {
	if c := at(0); f.view.Ref.Turn > 0 && math.Abs(c.stretch-1) < 1e-3 { // true in angle, north up
		for i := range v {
			v[i] = -v[i]
		}
		return
	}
	for i := range u {
		w := at(i).flowing(float64(u[i]), float64(v[i]))
		u[i], v[i] = float32(w.x), float32(w.y)
	}
}

// wind interpolates the wind at a place in pixels from node 0; its length is the speed.
func (f *flow) windAt(x, y float64) (w point, ok bool) {
	i, k := int(x), int(y)
	if x < 0 || y < 0 || i+1 >= f.nx || k+1 >= f.ny {
		return w, false
	}
	fx, fy := float32(x-float64(i)), float32(y-float64(k))
	at := k*f.nx + i
	u0, u1, v0, v1 := f.streams.u[at:at+2], f.streams.u[at+f.nx:at+f.nx+2], f.streams.v[at:at+2], f.streams.v[at+f.nx:at+f.nx+2]
	ut, ub := u0[0]+fx*(u0[1]-u0[0]), u1[0]+fx*(u1[1]-u1[0])
	vt, vb := v0[0]+fx*(v0[1]-v0[0]), v1[0]+fx*(v1[1]-v1[0])
	w = point{float64(ut + fy*(ub-ut)), float64(vt + fy*(vb-vt))}
	return w, w.x == w.x && w.y == w.y
}

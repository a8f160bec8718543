package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// halved is the next level of a pyramid, made as plainly as can be.
func halved(src []float32, nx, ny int, wraps bool) ([]float32, int, int) {
	hx, hy := grid.LevelShape(nx, ny, 1)
	dst := make([]float32, hx*hy)
	for j := range hy {
		for i := range hx {
			sum, weight := 0.0, 0.0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					x, y := 2*i+dx, 2*j+dy
					if wraps {
						x = (x + nx) % nx
					}
					if x < 0 || y < 0 || x >= nx || y >= ny {
						continue
					}
					if v := src[y*nx+x]; v == v {
						w := float64((2 - dx*dx) * (2 - dy*dy))
						sum, weight = sum+w*float64(v), weight+w
					}
				}
			}
			if dst[j*hx+i] = float32(sum / weight); src[2*j*nx+2*i] != src[2*j*nx+2*i] {
				dst[j*hx+i] = missing
			}
		}
	}
	return dst, hx, hy
}

func pyramid(s *suite) {
	world := s.world()
	nx, ny := world.Shape()
	plain := newField(key("gfs", monday, "plain", 0), world, 1)
	gaps := newField(key("gfs", monday, "gaps", 0), world, 2)
	noise := rand.New(rand.NewPCG(5, 6))
	for i := range gaps.Values {
		if noise.IntN(9) == 0 || i%nx > 100 && i%nx < 180 && i/nx > 30 {
			gaps.Values[i] = missing
		}
	}
	floats := newField(key("gfs", monday, "floats", 0), world, 3)
	floats.Packing = nil
	s.publish(plain, gaps, floats)
	now := s.hold()
	defer now.Close()
	half := math.Ldexp(1, packing.Binary) / math.Pow10(packing.Decimal) / 2
	for _, f := range []*field.Field{plain, gaps, floats} {
		info, _ := now.Info(f.Key)
		if info.MaxLevel < 2 {
			s.Fatalf("levels to %d, want 2", info.MaxLevel)
		}
		want, x, y := f.Values, nx, ny
		for level := 1; level <= info.MaxLevel; level++ {
			want, x, y = halved(want, x, y, true)
			got := s.read(now, f.Key, grid.Window{Level: level, NX: x, NY: y})
			for i, v := range got {
				if (v == v) != (want[i] == want[i]) || math.Abs(float64(v-want[i])) > half {
					s.Fatalf("%s: level %d, node %d, %d is %v, want %v +- %v", f.Key.Element, level, i%x, i/x, v, want[i], half)
				}
			}
		}
	}
}

// cell is what a window shows of a level.
func cell(values []float32, nx, ny int, wraps bool, x, y int) float32 {
	if wraps {
		x = ((x % nx) + nx) % nx
	}
	if x < 0 || y < 0 || x >= nx || y >= ny {
		return missing
	}
	return values[y*nx+x]
}

// shows checks windows of one level against the whole of it.
func (s *suite) shows(from store.Snapshot, f *field.Field, wraps bool, windows ...grid.Window) {
	s.Helper()
	for _, w := range windows {
		nx, ny := f.Grid.Shape()
		nx, ny = grid.LevelShape(nx, ny, w.Level)
		all := s.read(from, f.Key, grid.Window{Level: w.Level, NX: nx, NY: ny})
		got := s.read(from, f.Key, w)
		want := make([]float32, len(got))
		for i := range want {
			want[i] = cell(all, nx, ny, wraps, w.X0+i%w.NX, w.Y0+i/w.NX)
		}
		if i := differ(got, want); i >= 0 {
			s.Errorf("window %+v: cell %d, %d is %v, want %v", w, i%w.NX, i/w.NX, got[i], want[i])
		}
	}
}

func wrapping(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.world(), 1)
	s.publish(f)
	now := s.hold()
	defer now.Close()
	nx, ny := f.Grid.Shape()
	s.shows(now, f, true,
		grid.Window{X0: -3, Y0: 10, NX: 9, NY: 5},
		grid.Window{X0: nx - 2, Y0: 100, NX: 70, NY: 70},
		grid.Window{X0: nx + 5, Y0: 0, NX: 10, NY: 2},
		grid.Window{X0: -nx, Y0: 0, NX: 1, NY: 1},
		grid.Window{X0: -nx / 2, Y0: 60, NX: 2*nx + 3, NY: 10}, // more than twice round
		grid.Window{X0: -3 * nx, Y0: ny - 1, NX: 5, NY: 1},
		grid.Window{Level: 1, X0: -1, Y0: 0, NX: nx/2 + 2, NY: 9},
		grid.Window{Level: 2, X0: nx/4 - 1, Y0: 3, NX: 2, NY: 2},
		grid.Window{X0: 63, Y0: 63, NX: 2, NY: 2},
		grid.Window{X0: -5, Y0: -4, NX: 20, NY: ny + 8},
		grid.Window{X0: 17, Y0: 64, NX: 1, NY: 1},
	)
}

func beyond(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	now := s.hold()
	defer now.Close()
	nx, ny := f.Grid.Shape()
	s.shows(now, f, false,
		grid.Window{X0: -3, Y0: -2, NX: nx + 6, NY: ny + 5},
		grid.Window{X0: -10, Y0: 5, NX: 5, NY: 5},
		grid.Window{X0: nx, Y0: 5, NX: 5, NY: 5},
		grid.Window{X0: 5, Y0: ny, NX: 5, NY: 5},
		grid.Window{X0: 5, Y0: -9, NX: 5, NY: 5},
		grid.Window{X0: nx - 1, Y0: ny - 1, NX: 2, NY: 2},
		grid.Window{X0: 60, Y0: 60, NX: 8, NY: 6},
		grid.Window{X0: -1, Y0: 63, NX: 2, NY: 2},
	)
}

func scattered(s *suite) {
	f := newField(key("icon", monday, "t", 0), s.places(), 1)
	f.Values[5000] = missing
	s.publish(f)
	now := s.hold()
	defer now.Close()
	s.holds(now, f)
	if info, _ := now.Info(f.Key); info.MaxLevel != 0 || info.Grid == nil || info.Grid.ID() != f.Grid.ID() {
		s.Errorf("described as %+v", info)
	}
	s.shows(now, f, false,
		grid.Window{X0: 0, NX: 4096, NY: 1},
		grid.Window{X0: 4090, NX: 12, NY: 1},
		grid.Window{X0: 8000, NX: 1000, NY: 1},
		grid.Window{X0: -5, NX: 10, NY: 1},
		grid.Window{X0: 8990, NX: 20, NY: 1},
	)
}

func batch(s *suite) {
	const n = 16
	var fields []*field.Field
	for i := range n {
		run := []field.Time{monday, tuesday}[i%2]
		fields = append(fields, newField(key("gfs", run, "t", i), s.world(), uint64(i)))
	}
	for i := range 2 {
		var of []*field.Field
		for j := i; j < n; j += 2 {
			of = append(of, fields[j])
		}
		s.publish(of...)
	}
	now := s.hold()
	defer now.Close()
	w := grid.Window{X0: 300, Y0: 120, NX: 33, NY: 17}
	var list []field.Key
	var dst [][]float32
	for i := range n { // neither in the order they were put nor in that of keys, and one of them twice
		list = append(list, fields[(i*7+3)%n].Key)
		dst = append(dst, make([]float32, w.NX*w.NY))
	}
	list, dst = append(list, list[5]), append(dst, make([]float32, w.NX*w.NY))
	s.must(now.Windows(s.ctx, list, w, dst))
	for i, k := range list {
		if j := differ(dst[i], s.read(now, k, w)); j >= 0 {
			s.Errorf("window %d of the batch is not that of %+v", i, k)
		}
	}
	s.must(now.Windows(s.ctx, nil, w, nil))
}

func unknown(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	now := s.hold()
	defer now.Close()
	for _, k := range []field.Key{key("gfs", monday, "t", 1), key("gfs", tuesday, "t", 0), key("icon", monday, "t", 0)} {
		dst := [][]float32{make([]float32, 4), make([]float32, 4)}
		s.isError(now.Windows(s.ctx, []field.Key{f.Key, k}, grid.Window{NX: 2, NY: 2}, dst), store.ErrNotFound)
	}
}

func badWindow(s *suite) {
	f := newField(key("gfs", monday, "t", 0), s.region(), 1)
	s.publish(f)
	now := s.hold()
	defer now.Close()
	room := func(sizes ...int) (dst [][]float32) {
		for _, n := range sizes {
			dst = append(dst, make([]float32, n))
		}
		return dst
	}
	for _, c := range []struct {
		w   grid.Window
		dst [][]float32
	}{
		{grid.Window{NX: 2, NY: 2}, room(5)},
		{grid.Window{NX: 2, NY: 2}, room(3)},
		{grid.Window{NX: 2, NY: 2}, room()},
		{grid.Window{NX: 2, NY: 2}, room(4, 4)},
		{grid.Window{NX: -2, NY: -2}, room(4)},
		{grid.Window{Level: 1, NX: 2, NY: 2}, room(4)}, // the grid is too small for a pyramid
		{grid.Window{Level: -1, NX: 2, NY: 2}, room(4)},
	} {
		if err := now.Windows(s.ctx, []field.Key{f.Key}, c.w, c.dst); err == nil {
			s.Errorf("window %+v with room for %s is read", c.w, fmt.Sprint(len(c.dst)))
		}
	}
}

package sample

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// temperature is the key that most tests sample.
var temperature = field.Key{Element: "t"}

// world is a field around the Earth that is smooth and known everywhere: linear in latitude, a sine of longitude.
func world(at geo.LonLat) float32 { return float32(100 + at.Lat + 50*math.Sin(at.Lon*rad)) }

// plane is a field linear in longitude and latitude, with longitude from 200 to 320.
func plane(at geo.LonLat) float32 {
	lon := at.Lon - 260
	return float32(10 + at.Lat + 2*(lon-360*math.Round(lon/360)))
}

// centre is the place of a pixel's centre.
func centre(v geo.View, x, y int) geo.LonLat {
	at := []geo.XY{{
		X: v.Box.MinX() + (float64(x)+0.5)*(v.Box.MaxX()-v.Box.MinX())/float64(v.Width),
		Y: v.Box.MaxY() - (float64(y)+0.5)*(v.Box.MaxY()-v.Box.MinY())/float64(v.Height),
	}}
	out := make([]geo.LonLat, 1)
	v.Ref.Inverse(out, at)
	return out[0]
}

// draw samples a view.
func draw(t *testing.T, f Fields, in Input, v geo.View) []float32 {
	t.Helper()
	dst := make([]float32, v.Width*v.Height)
	if err := New(1<<20).View(context.Background(), f, in, v, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

// tile is a square view of a tile of web Mercator.
func tile(z, x, y, size int) geo.View {
	side := 2 * math.Pi * radius / float64(int(1)<<z)
	west, north := -math.Pi*radius+float64(x)*side, math.Pi*radius-float64(y)*side
	return geo.View{Ref: mercator, Box: geo.Box{west, north - side, west + side, north}, Width: size, Height: size}
}

func TestEveryPixelOfAKnownFieldIsTrue(t *testing.T) {
	quarter := latLon{1440, 721, 0, 90, 0.25}
	half := latLon{720, 361, -180, 90, 0.5}
	europe := latLon{241, 161, -20, 70, 0.25}
	america := latLon{241, 161, 230, 60, 0.25}
	lambert := conic{300, 200, 15000}
	for _, c := range []struct {
		name  string
		grid  grid.Raster
		value func(geo.LonLat) float32
		view  geo.View
		tol   float64
	}{
		{"the world in degrees", quarter, world, geo.View{Ref: plate, Box: geo.Box{-180, -90, 180, 90}, Width: 512, Height: 256}, 0.01},
		{"the world in degrees from 0 to 360", half, world, geo.View{Ref: plate, Box: geo.Box{0, -90, 360, 90}, Width: 512, Height: 256}, 0.01},
		{"a box over 180 degrees", quarter, world, geo.View{Ref: plate, Box: geo.Box{150, -30, 210, 30}, Width: 200, Height: 200}, 0.01},
		{"a box over the seam of the grid", quarter, world, geo.View{Ref: plate, Box: geo.Box{-10, -10, 10, 10}, Width: 100, Height: 100}, 0.01},
		{"three turns", half, world, geo.View{Ref: plate, Box: geo.Box{-540, -90, 540, 90}, Width: 900, Height: 150}, 0.02},
		{"a box a turn away", half, world, geo.View{Ref: plate, Box: geo.Box{400, 10, 440, 50}, Width: 80, Height: 80}, 0.01},
		{"far finer than the cells", quarter, world, geo.View{Ref: plate, Box: geo.Box{-0.2, 10, 0.3, 10.5}, Width: 64, Height: 64}, 0.01},
		{"tile 0/0/0", quarter, world, tile(0, 0, 0, 256), 0.05},
		{"tile 3/0/2", quarter, world, tile(3, 0, 2, 256), 0.01},
		{"tile 9/511/100", quarter, world, tile(9, 511, 100, 256), 0.01},
		{"a tile beyond the world", half, world, tile(2, 5, 1, 256), 0.01},
		{"a tile of a regional grid", europe, world, tile(4, 8, 5, 256), 0.01},
		{"around the pole", quarter, world, geo.View{Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 256, Height: 256}, 0.02},
		{"close to the pole", quarter, world, geo.View{Ref: arctic, Box: geo.Box{-2e5, -2e5, 2e5, 2e5}, Width: 256, Height: 256}, 0.02},
		{"the pole in a corner", half, world, geo.View{Ref: arctic, Box: geo.Box{0, 0, 4e6, 4e6}, Width: 256, Height: 256}, 0.02},
		{"a plate of a Lambert grid", lambert, plane, geo.View{Ref: plate, Box: geo.Box{-150, 10, -50, 70}, Width: 300, Height: 200}, 0.15},
		{"a tile of a Lambert grid", lambert, plane, tile(4, 3, 6, 256), 0.1},
		{"a Lambert grid a turn away", lambert, plane, geo.View{Ref: plate, Box: geo.Box{240, 30, 280, 50}, Width: 256, Height: 256}, 0.1},
		{"a Lambert grid over the pole", lambert, plane, geo.View{Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 256, Height: 256}, 0.5},
		{"a regional grid over the pole", america, plane, geo.View{Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 256, Height: 256}, 0.4},
		{"an odd size", quarter, world, geo.View{Ref: arctic, Box: geo.Box{-3e6, -5e6, 4e6, 1e6}, Width: 113, Height: 67}, 0.05},
		{"one pixel", quarter, world, geo.View{Ref: plate, Box: geo.Box{5, 5, 6, 6}, Width: 1, Height: 1}, 0.01},
		{"one pixel of a Lambert grid", lambert, plane, geo.View{Ref: plate, Box: geo.Box{-98, 38, -97.9, 38.1}, Width: 1, Height: 1}, 0.01},
		{"one row of a Lambert grid", lambert, plane, geo.View{Ref: plate, Box: geo.Box{-105, 38, -90, 38.1}, Width: 100, Height: 1}, 0.05},
		{"several bands", lambert, plane, geo.View{Ref: plate, Box: geo.Box{-110, 28, -85, 48}, Width: 900, Height: 700}, 0.1},
		{"several bands upright", quarter, world, geo.View{Ref: plate, Box: geo.Box{-110, 28, -85, 48}, Width: 900, Height: 700}, 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			nx, ny := c.grid.Shape()
			level := grid.MaxLevel(nx, ny, c.grid.Wraps())
			f := remember(c.grid, level, map[field.Key]func(geo.LonLat) float32{temperature: c.value})
			in := Input{Grid: c.grid, MaxLevel: level, Keys: []field.Key{temperature}}
			got := draw(t, f, in, c.view)
			inside, wrong := 0, 0
			for y := range c.view.Height {
				for x := range c.view.Width {
					at := centre(c.view, x, y)
					pos := make([]geo.XY, 1)
					c.grid.Index(pos, []geo.LonLat{at})
					g := got[y*c.view.Width+x]
					// Positions are true to 0.1 pixels: at the very edge of a grid either answer is.
					// And at the edge the outermost cell's value holds for half a cell.
					edge := !c.grid.Wraps() && nearEdge(pos[0], nx, ny, level)
					if pos[0].X != pos[0].X || edge {
						if g == g && !onEdge(c.grid, c.view, x, y) && !edge {
							t.Fatalf("pixel %d, %d at %v = %v, want none", x, y, at, g)
						}
						continue
					}
					inside++
					if want := float64(c.value(at)); !(math.Abs(float64(g)-want) <= c.tol+slack(c.value, c.view, x, y)) {
						if wrong++; wrong < 4 {
							t.Errorf("pixel %d, %d at %v = %v, want %v", x, y, at, g, want)
						}
					}
				}
			}
			if inside == 0 {
				t.Error("no pixel lies on the grid")
			}
			if wrong > 0 {
				t.Errorf("%d pixels of %d are wrong", wrong, inside)
			}
			if f.cells > maxWindowCells {
				t.Errorf("a window of %d cells was read, want at most %d", f.cells, maxWindowCells)
			}
		})
	}
}

// slack is how much a field may change over the tenth of a pixel that positions may be wrong by.
func slack(value func(geo.LonLat) float32, v geo.View, x, y int) float64 {
	across := value(centre(v, x+1, y)) - value(centre(v, x-1, y))
	down := value(centre(v, x, y+1)) - value(centre(v, x, y-1))
	return meshError * (math.Abs(float64(across)) + math.Abs(float64(down)))
}

// nearEdge tells that a position lies where values are clamped at some level.
func nearEdge(p geo.XY, nx, ny, level int) bool {
	margin := float64(int(1) << level)
	return p.X < 0.5 || p.Y < 0.5 || p.X > float64(nx)-1-margin || p.Y > float64(ny)-1-margin
}

// onEdge tells that a neighbouring pixel lies on the grid.
func onEdge(g grid.Raster, v geo.View, x, y int) bool {
	for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}} {
		pos := make([]geo.XY, 1)
		g.Index(pos, []geo.LonLat{centre(v, x+d[0], y+d[1])})
		if pos[0].X == pos[0].X {
			return true
		}
	}
	return false
}

func TestEveryPixelOnAGridHasAValue(t *testing.T) {
	g := conic{300, 200, 15000}
	f := remember(g, 1, map[field.Key]func(geo.LonLat) float32{temperature: plane})
	for name, v := range map[string]geo.View{
		"large": {Ref: plate, Box: geo.Box{-150, 10, -50, 70}, Width: 300, Height: 200},
		"small": {Ref: plate, Box: geo.Box{-180, -90, 180, 90}, Width: 200, Height: 100},
		"tiny":  {Ref: plate, Box: geo.Box{-900, -90, 900, 90}, Width: 200, Height: 20},
	} {
		got := draw(t, f, Input{Grid: g, MaxLevel: 1, Keys: []field.Key{temperature}}, v)
		lost, inside := 0, 0
		for i, val := range got {
			pos := make([]geo.XY, 1)
			g.Index(pos, []geo.LonLat{centre(v, i%v.Width, i/v.Width)})
			if pos[0].X == pos[0].X {
				inside++
				if val != val {
					lost++
				}
			}
		}
		if inside == 0 || lost*200 > inside {
			t.Errorf("%s: %d of %d pixels on the grid have no value, want at most 1 in 200", name, lost, inside)
		}
	}
}

func TestACellReachesHalfItsSizeAroundItsCentre(t *testing.T) {
	g := latLon{4, 3, 10, 50, 1}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(at geo.LonLat) float32 {
		return float32(at.Lon-10) + 10*float32(50-at.Lat)
	}})
	// Ten pixels a cell, from one cell west of the grid's edge on.
	v := geo.View{Ref: plate, Box: geo.Box{8.5, 46.5, 14.5, 51.5}, Width: 60, Height: 50}
	for _, nearest := range []bool{true, false} {
		got := draw(t, f, Input{Grid: g, Keys: []field.Key{temperature}, Nearest: nearest}, v)
		for i, val := range got {
			x, y := (float64(i%60)+0.5)/10-1.5, (float64(i/60)+0.5)/10-1.5 // in cells from the first centre
			outside := x < -0.5 || x > 3.5 || y < -0.5 || y > 2.5
			if nearest {
				x, y = math.Floor(x+0.5), math.Floor(y+0.5)
			}
			want := min(max(x, 0), 3) + 10*min(max(y, 0), 2)
			if outside != (val != val) || !outside && math.Abs(float64(val)-want) > 1e-4 {
				t.Fatalf("nearest %v: pixel %d, %d = %v, want %v (outside: %v)", nearest, i%60, i/60, val, want, outside)
			}
		}
	}
}

func TestPolesHaveNoHole(t *testing.T) {
	g := latLon{360, 179, -180, 89, 1} // its outermost rows end a degree short of the poles
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: world})
	for name, v := range map[string]geo.View{
		"upright": {Ref: plate, Box: geo.Box{-180, -90, 180, 90}, Width: 720, Height: 720},
		"polar":   {Ref: arctic, Box: geo.Box{-3e5, -3e5, 3e5, 3e5}, Width: 256, Height: 256},
	} {
		for i, val := range draw(t, f, Input{Grid: g, Keys: []field.Key{temperature}}, v) {
			if val != val {
				t.Fatalf("%s: pixel %d, %d has no value", name, i%v.Width, i/v.Width)
			}
		}
	}
	beyond := geo.View{Ref: plate, Box: geo.Box{-180, 90, 180, 270}, Width: 36, Height: 18}
	for i, val := range draw(t, f, Input{Grid: g, Keys: []field.Key{temperature}}, beyond) {
		if val == val {
			t.Fatalf("pixel %d beyond the pole = %v, want none", i, val)
		}
	}
}

func TestTheSeamOfAGridCannotBeSeen(t *testing.T) {
	for _, level := range []int{0, 1, 2} {
		g := latLon{720, 361, -180, 90, 0.5}
		f := remember(g, level, map[field.Key]func(geo.LonLat) float32{temperature: world})
		in := Input{Grid: g, MaxLevel: level, Keys: []field.Key{temperature}}
		for name, v := range map[string]geo.View{
			"upright": {Ref: plate, Box: geo.Box{170, 20, 190, 30}, Width: 400, Height: 20},
			"coarse":  {Ref: plate, Box: geo.Box{100, 20, 260, 30}, Width: 80, Height: 5},
			"polar":   {Ref: arctic, Box: geo.Box{-1e6, 3e6, 1e6, 4e6}, Width: 200, Height: 100},
		} {
			got := draw(t, f, in, v)
			for i := 1; i < len(got); i++ {
				if i%v.Width == 0 {
					continue
				}
				if step := math.Abs(float64(got[i] - got[i-1])); !(step < 3) {
					t.Fatalf("level %d, %s: %v beside %v in row %d at %d", level, name, got[i-1], got[i], i/v.Width, i%v.Width)
				}
			}
		}
	}
}

func TestCategoriesKeepTheirNumbers(t *testing.T) {
	g := latLon{360, 181, 0, 90, 1}
	kind := func(at geo.LonLat) float32 { return float32(int(at.Lon/7)%5 + 10*(int(at.Lat+90)/11%3)) }
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: kind})
	for name, v := range map[string]geo.View{
		"upright": {Ref: plate, Box: geo.Box{-33, -12, 77, 90}, Width: 300, Height: 200},
		"polar":   {Ref: arctic, Box: geo.Box{-5e6, -5e6, 5e6, 5e6}, Width: 200, Height: 200},
	} {
		wrong := 0
		for i, val := range draw(t, f, Input{Grid: g, Keys: []field.Key{temperature}, Nearest: true}, v) {
			at := centre(v, i%v.Width, i/v.Width)
			cell := geo.LonLat{Lon: math.Mod(math.Floor(at.Lon+0.5)+360, 360), Lat: math.Floor(at.Lat + 0.5)}
			if want := kind(cell); val != want {
				if val != float32(int(val)) {
					t.Fatalf("%s: pixel %d = %v, which is no category", name, i, val)
				}
				wrong++
			}
		}
		if wrong*20 > v.Width*v.Height { // within 0.1 pixels of a border either is right
			t.Errorf("%s: %d of %d pixels are in another cell", name, wrong, v.Width*v.Height)
		}
	}
}

func TestMissingCellsStayMissingAndDoNotBleed(t *testing.T) {
	g := latLon{60, 40, 0, 40, 1}
	hole := func(at geo.LonLat) bool {
		return at.Lon >= 20 && at.Lon <= 30 && at.Lat >= 15 && at.Lat <= 25 || at.Lon == 45 && at.Lat == 10
	}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(at geo.LonLat) float32 {
		if hole(at) {
			return missing
		}
		return 7
	}})
	in := Input{Grid: g, Keys: []field.Key{temperature}}
	for name, v := range map[string]geo.View{
		"finer":       {Ref: plate, Box: geo.Box{15, 5, 50, 30}, Width: 350, Height: 250},
		"about equal": {Ref: plate, Box: geo.Box{15, 5, 50, 30}, Width: 40, Height: 23},
		"coarser":     {Ref: plate, Box: geo.Box{1, 5, 58, 35}, Width: 13, Height: 7},
		"general":     {Ref: arctic, Box: geo.Box{1.3e6, -1.5e7, 9e6, -5e6}, Width: 256, Height: 256},
	} {
		checked := 0
		for i, val := range draw(t, f, in, v) {
			at := centre(v, i%v.Width, i/v.Width)
			pos := make([]geo.XY, 1)
			g.Index(pos, []geo.LonLat{at})
			if pos[0].X != pos[0].X || onEdge(g, v, i%v.Width, i/v.Width) && name == "general" && borders(pos[0]) {
				continue
			}
			checked++
			cell := geo.LonLat{Lon: math.Floor(pos[0].X + 0.5), Lat: 40 - math.Floor(pos[0].Y+0.5)}
			switch {
			case hole(cell) && val == val:
				t.Fatalf("%s: pixel %d at %v = %v, but cell %v is missing", name, i, at, val, cell)
			case !hole(cell) && math.Abs(float64(val-7)) > 1e-5 || !hole(cell) && val != val:
				t.Fatalf("%s: pixel %d at %v = %v, want 7 of cell %v", name, i, at, val, cell)
			}
		}
		if checked == 0 {
			t.Errorf("%s: nothing checked", name)
		}
	}
}

// borders tells that a position lies so near the border of two cells that a tenth of a pixel matters.
func borders(p geo.XY) bool {
	fx, fy := p.X-math.Floor(p.X), p.Y-math.Floor(p.Y)
	return math.Abs(fx-0.5) < 0.05 || math.Abs(fy-0.5) < 0.05
}

func TestTheLevelReadIsTheNextFinerThanThePixels(t *testing.T) {
	g := latLon{1440, 721, 0, 90, 0.25}
	for _, c := range []struct {
		degrees float64 // a pixel
		max     int
		want    int
	}{
		{0.1, 3, 0}, {0.25, 3, 0}, {0.49, 3, 0}, {0.5, 3, 1}, {0.9, 3, 1}, {1, 3, 2}, {1.99, 3, 2}, {2, 3, 3}, {5, 3, 3}, {5, 1, 1}, {5, 0, 0},
	} {
		for name, ref := range map[string]geo.Reference{"upright": plate, "general": {Code: "tilted", Projection: plate.Projection}} {
			levels := &levelSpy{}
			v := geo.View{Ref: ref, Box: geo.Box{10, -10, 10 + 30*c.degrees, -10 + 15*c.degrees}, Width: 30, Height: 15}
			in := Input{Grid: g, MaxLevel: c.max, Keys: []field.Key{temperature}}
			if err := New(0).View(context.Background(), levels, in, v, make([]float32, 30*15)); err != nil {
				t.Fatal(err)
			}
			if levels.got != c.want {
				t.Errorf("%s, pixels of %v degrees, levels to %d: level %d is read, want %d", name, c.degrees, c.max, levels.got, c.want)
			}
		}
	}
}

// levelSpy notes the level that is read.
type levelSpy struct{ got int }

func (s *levelSpy) Windows(_ context.Context, _ []field.Key, w grid.Window, _ [][]float32) error {
	s.got = w.Level
	return nil
}

func TestAHugeFieldIsReadInParts(t *testing.T) {
	g := latLon{3600, 1801, 0, 90, 0.1}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: world})
	in := Input{Grid: g, Keys: []field.Key{temperature}}
	for name, v := range map[string]geo.View{
		"upright": {Ref: plate, Box: geo.Box{-180, -90, 180, 90}, Width: 128, Height: 64},
		"general": {Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 64, Height: 64},
	} {
		got := draw(t, f, in, v)
		if f.cells > maxWindowCells {
			t.Errorf("%s: %d cells are read at once, want at most %d", name, f.cells, maxWindowCells)
		}
		for i, val := range got {
			if want := world(centre(v, i%v.Width, i/v.Width)); !(math.Abs(float64(val-want)) < 0.1+slack(world, v, i%v.Width, i/v.Width)) {
				t.Fatalf("%s: pixel %d = %v, want %v", name, i, val, want)
			}
		}
	}
}

func TestAGridWithoutRowsIsSampledByItsStencils(t *testing.T) {
	under := latLon{361, 181, -180, 90, 1}
	f := remember(loose{under}, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(at geo.LonLat) float32 {
		if at.Lat == 0 && at.Lon == 0 {
			return missing
		}
		return float32(at.Lon + 3*at.Lat)
	}})
	in := Input{Grid: loose{under}, Keys: []field.Key{temperature}}
	v := geo.View{Ref: arctic, Box: geo.Box{-1e6, -1.5e7, 1e6, -5e6}, Width: 50, Height: 250}
	holes := 0
	for i, val := range draw(t, f, in, v) {
		at := centre(v, i%v.Width, i/v.Width)
		near := math.Abs(at.Lon) < 1 && math.Abs(at.Lat) < 1
		if val != val {
			holes++
			if math.Abs(at.Lon) > 0.5001 || math.Abs(at.Lat) > 0.5001 {
				t.Fatalf("pixel %d at %v has no value", i, at)
			}
		} else if want := at.Lon + 3*at.Lat; !near && math.Abs(float64(val)-want) > 1e-3 {
			t.Fatalf("pixel %d at %v = %v, want %v", i, at, val, want)
		}
	}
	if holes == 0 {
		t.Error("the missing cell is not seen")
	}
}

func TestBandsGiveTheSameAsTheWhole(t *testing.T) {
	g := latLon{720, 361, -180, 90, 0.5}
	f := remember(g, 2, map[field.Key]func(geo.LonLat) float32{temperature: world})
	in := Input{Grid: g, MaxLevel: 2, Keys: []field.Key{temperature}}
	for _, v := range []geo.View{
		{Ref: plate, Box: geo.Box{-180, -90, 180, 90}, Width: 900, Height: 800},
		{Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 900, Height: 800},
	} {
		want := draw(t, f, in, v)
		next, bands := 0, 0
		err := New(0).Bands(context.Background(), f, in, v, func(row int, values []float32) error {
			if row != next {
				t.Fatalf("band at row %d, want %d", row, next)
			}
			for i, val := range values {
				if want := want[row*v.Width+i]; val != want {
					t.Fatalf("row %d, value %d = %v, want %v", row, i, val, want)
				}
			}
			next += len(values) / v.Width
			bands++
			return nil
		})
		if err != nil || next != v.Height || bands < 2 {
			t.Errorf("%d rows in %d bands, %v; want %d", next, bands, err, v.Height)
		}
		stop := errors.New("stop")
		if err := New(0).Bands(context.Background(), f, in, v, func(int, []float32) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error of emit = %v, want %v", err, stop)
		}
	}
}

func TestWhatCannotBeSampledIsAnError(t *testing.T) {
	g := latLon{36, 19, 0, 90, 10}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: world})
	good := Input{Grid: g, Keys: []field.Key{temperature}}
	v := geo.View{Ref: plate, Box: geo.Box{0, 0, 10, 10}, Width: 10, Height: 10}
	ended, end := context.WithCancel(context.Background())
	end()
	broken := &memory{err: errNoField}
	for _, c := range []struct {
		name string
		ctx  context.Context
		f    Fields
		in   Input
		w, n int
		want error
	}{
		{"no grid", context.Background(), f, Input{Keys: good.Keys}, 10, 100, ErrInput},
		{"no keys", context.Background(), f, Input{Grid: g}, 10, 100, ErrInput},
		{"two keys and no expression", context.Background(), f, Input{Grid: g, Keys: []field.Key{temperature, {}}}, 10, 100, ErrInput},
		{"a field that is not there", context.Background(), f, Input{Grid: g, Keys: []field.Key{{Element: "q"}}}, 10, 100, errNoField},
		{"a store that fails", context.Background(), broken, good, 10, 100, errNoField},
		{"the client has left", ended, f, good, 10, 100, context.Canceled},
		{"no pixels", context.Background(), f, good, 0, 0, nil},
		{"too many pixels", context.Background(), f, good, maxViewSide + 1, 10 * (maxViewSide + 1), nil},
		{"too little room", context.Background(), f, good, 10, 99, nil},
	} {
		v := v
		v.Width = c.w
		err := New(0).View(c.ctx, c.f, c.in, v, make([]float32, c.n))
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestKeptPlansAreBoundedAndGiveTheSame(t *testing.T) {
	g := conic{300, 200, 15000}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: plane})
	in := Input{Grid: g, Keys: []field.Key{temperature}}
	s := New(6 << 20) // holds five tiles
	for round := range 3 {
		for x := range 8 {
			v := tile(5, 4+x, 12, 256)
			got, want := make([]float32, 256*256), make([]float32, 256*256)
			if err := errors.Join(s.View(context.Background(), f, in, v, got), New(0).View(context.Background(), f, in, v, want)); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
					t.Fatalf("round %d: pixel %d = %v, want %v", round, i, got[i], want[i])
				}
			}
			if s.plans.held > s.plans.limit || len(s.plans.plans) == 0 {
				t.Fatalf("%d plans of %d bytes are kept, want some and at most %d bytes", len(s.plans.plans), s.plans.held, s.plans.limit)
			}
		}
	}
}

func TestManyViewsAtOnce(t *testing.T) {
	g := latLon{720, 361, -180, 90, 0.5}
	f := remember(g, 2, map[field.Key]func(geo.LonLat) float32{temperature: world})
	in := Input{Grid: g, MaxLevel: 2, Keys: []field.Key{temperature}}
	s, done := New(1<<22), make(chan error)
	for i := range 8 {
		go func() {
			v := tile(2, i%4, i%3, 256)
			if i%2 == 0 {
				v = geo.View{Ref: arctic, Box: geo.Box{-9e6, -9e6, 9e6, 9e6}, Width: 128 + i, Height: 128}
			}
			dst := make([]float32, v.Width*v.Height)
			err := s.View(context.Background(), &still{f}, in, v, dst)
			for k, val := range dst {
				if want := world(centre(v, k%v.Width, k/v.Width)); err == nil && !(math.Abs(float64(val-want)) < 0.1+slack(world, v, k%v.Width, k/v.Width)) {
					err = fmt.Errorf("view %d, pixel %d = %v, want %v", i, k, val, want)
				}
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// still is memory that counts nothing, and so may be read by many.
type still struct{ m *memory }

func (s *still) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	m := *s.m
	return m.Windows(ctx, keys, w, dst)
}

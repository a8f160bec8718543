package sample

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// ask samples places.
func ask(t *testing.T, f Fields, ins []Input, at ...geo.LonLat) [][]float32 {
	t.Helper()
	dst := make([][]float32, len(ins))
	for i := range dst {
		dst[i] = make([]float32, len(at))
	}
	if err := New(1<<20).Places(context.Background(), f, ins, at, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

// holed is world with holes in it.
func holed(at geo.LonLat) float32 {
	if math.Mod(math.Abs(at.Lon), 40) < 9 && math.Mod(math.Abs(at.Lat), 30) < 7 {
		return missing
	}
	return world(at)
}

func TestAValueIsThatOfTheMapAtTheSamePlace(t *testing.T) {
	for _, c := range []struct {
		name string
		grid grid.Grid
		view geo.View
		tol  float64
	}{
		{"a world", latLon{360, 181, 0, 90, 1}, geo.View{Ref: plate, Box: geo.Box{-190, -95, 190, 95}, Width: 380, Height: 190}, 1e-3},
		{"a world from its middle", latLon{360, 180, -180, 89.5, 1}, tile(1, 0, 1, 256), 1e-3},
		{"a region", latLon{81, 61, -20, 70, 0.5}, geo.View{Ref: plate, Box: geo.Box{-25, 35, 25, 75}, Width: 333, Height: 222}, 1e-3},
		{"a region over the seam of longitudes", latLon{81, 61, 160, 70, 0.5}, geo.View{Ref: plate, Box: geo.Box{155, 35, 205, 75}, Width: 100, Height: 80}, 1e-3},
		{"places without rows", loose{latLon{61, 41, 0, 40, 1}}, geo.View{Ref: plate, Box: geo.Box{-5, -5, 65, 45}, Width: 140, Height: 100}, 1e-4},
	} {
		for _, nearest := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, ", nearest: ", nearest), func(t *testing.T) {
				f := remember(c.grid, 0, map[field.Key]func(geo.LonLat) float32{temperature: holed})
				in := Input{Grid: c.grid, Keys: []field.Key{temperature}, Nearest: nearest}
				drawn := draw(t, f, in, c.view)
				var at []geo.LonLat
				for i := range drawn {
					at = append(at, centre(c.view, i%c.view.Width, i/c.view.Width))
				}
				told := ask(t, f, []Input{in}, at...)[0]
				values, holes := 0, 0
				for i, v := range told {
					if v == v {
						values++
					} else {
						holes++
					}
					if (v == v) != (drawn[i] == drawn[i]) || math.Abs(float64(v-drawn[i])) > c.tol {
						t.Fatalf("at %v the map shows %v, the value is %v", at[i], drawn[i], v)
					}
				}
				if values == 0 || holes == 0 {
					t.Errorf("%d values and %d holes, want both", values, holes)
				}
			})
		}
	}
}

func TestAPlaceOnACellHasTheCellsValue(t *testing.T) {
	for _, g := range []grid.Grid{latLon{36, 19, 0, 90, 10}, latLon{9, 7, -100, 40, 2}, conic{30, 20, 150000}, loose{latLon{20, 10, 0, 40, 1}}} {
		f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: holed})
		in := Input{Grid: g, Keys: []field.Key{temperature}}
		places := make([]geo.LonLat, g.Len())
		g.Places(places, 0)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
		for i, got := range ask(t, f, []Input{in}, places...)[0] {
			if want := holed(places[i]); (got == got) != (want == want) || math.Abs(float64(got-want)) > 1e-3 {
				t.Errorf("%s: at %v = %v, want %v", g.ID(), places[i], got, want)
			}
		}
	}
}

func TestAnyTurnOfALongitudeIsTheSamePlace(t *testing.T) {
	for _, g := range []latLon{{360, 181, 0, 90, 1}, {81, 61, 160, 70, 0.5}} {
		f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: world})
		got := ask(t, f, []Input{{Grid: g, Keys: []field.Key{temperature}}}, geo.LonLat{Lon: 170.3, Lat: 50.2},
			geo.LonLat{Lon: 170.3 - 360, Lat: 50.2}, geo.LonLat{Lon: 170.3 + 720, Lat: 50.2})[0]
		for _, v := range got {
			if math.Abs(float64(v-got[0])) > 1e-4 || v != v {
				t.Errorf("%s: values %v, want three alike", g.ID(), got)
			}
		}
	}
}

func TestPlacesOutsideHaveNoValue(t *testing.T) {
	nan := math.NaN()
	for _, g := range []grid.Grid{latLon{9, 7, 10, 50, 1}, loose{latLon{9, 7, 10, 50, 1}}, conic{30, 20, 15000}} {
		f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(geo.LonLat) float32 { return 1 }})
		at := []geo.LonLat{{Lon: 9.4, Lat: 47}, {Lon: 18.6, Lat: 47}, {Lon: 14, Lat: 50.6}, {Lon: 14, Lat: 43.4}, {Lon: -160, Lat: -47}, {Lon: 0, Lat: 91}}
		if _, raster := g.(grid.Raster); raster {
			at = append(at, geo.LonLat{Lon: nan, Lat: nan}, geo.LonLat{Lon: 14, Lat: nan})
		}
		for i, v := range ask(t, f, []Input{{Grid: g, Keys: []field.Key{temperature}}}, at...)[0] {
			if v == v {
				t.Errorf("%s: at %v = %v, want none", g.ID(), at[i], v)
			}
		}
	}
}

// series are the fields of n hours on a grid, hour h being world + h.
func series(g grid.Grid, n int) (*memory, []Input) {
	values, ins := map[field.Key]func(geo.LonLat) float32{}, make([]Input, n)
	for h := range n {
		k := field.Key{Element: "t", Valid: field.Time(h)}
		values[k] = func(at geo.LonLat) float32 { return world(at) + float32(h) }
		ins[h] = Input{Grid: g, Keys: []field.Key{k}}
	}
	return remember(g, 0, values), ins
}

func TestASeriesIsReadInOneBatchForPlacesNearEachOther(t *testing.T) {
	const hours = 50
	for _, g := range []grid.Grid{latLon{360, 181, 0, 90, 1}, loose{latLon{120, 30, 0, 60, 1}}} {
		f, ins := series(g, hours)
		at := []geo.LonLat{{Lon: 11, Lat: 48.5}, {Lon: 11.5, Lat: 49}, {Lon: 9.2, Lat: 45.4}}
		for h, row := range ask(t, f, ins, at...) {
			for i, v := range row {
				if want := world(at[i]) + float32(h); math.Abs(float64(v-want)) > 0.02 {
					t.Errorf("%s: hour %d at %v = %v, want %v", g.ID(), h, at[i], v, want)
				}
			}
		}
		if f.reads != 1 {
			t.Errorf("%s: %d reads, want 1", g.ID(), f.reads)
		}
	}
}

func TestPlacesFarFromEachOtherAreReadApart(t *testing.T) {
	g := latLon{1440, 721, 0, 90, 0.25}
	f, ins := series(g, 3)
	random := rand.New(rand.NewPCG(4, 5))
	var at []geo.LonLat
	for range 500 {
		at = append(at, geo.LonLat{Lon: 360*random.Float64() - 180, Lat: 180*random.Float64() - 90})
	}
	for h, row := range ask(t, f, ins, at...) {
		for i, v := range row {
			if want := world(at[i]) + float32(h); !(math.Abs(float64(v-want)) < 0.01) {
				t.Fatalf("hour %d at %v = %v, want %v", h, at[i], v, want)
			}
		}
	}
	if most := 3 * (blockSide + 2) * (blockSide + 2); f.cells > most || f.reads > 23*12 {
		t.Errorf("%d reads of up to %d cells, want at most %d of %d: one for each square of cells", f.reads, f.cells, 23*12, most)
	}
}

func TestALongSeriesIsReadInParts(t *testing.T) {
	const hours = 600
	g := latLon{360, 181, 0, 90, 1}
	f := &endless{}
	ins := make([]Input, hours)
	for h := range ins {
		ins[h] = Input{Grid: g, Keys: []field.Key{{Valid: field.Time(h)}}}
	}
	var at []geo.LonLat
	for i := range 60 {
		at = append(at, geo.LonLat{Lon: 2 + float64(i), Lat: 88 - float64(i)}) // over all of a square
	}
	for h, row := range ask(t, f, ins, at...) {
		for i, v := range row {
			if v != float32(h) {
				t.Fatalf("hour %d at %v = %v", h, at[i], v)
			}
		}
	}
	loosely := make([]Input, hours)
	for h := range loosely {
		loosely[h] = Input{Grid: loose{latLon{400, 100, 0, 99, 1}}, Keys: ins[h].Keys}
	}
	ask(t, f, loosely, at...)
	if f.cells > maxWindowCells || f.reads < 2 {
		t.Errorf("%d reads of up to %d cells, want some of at most %d", f.reads, f.cells, maxWindowCells)
	}
}

// endless has every field: the value is the key's time.
type endless struct{ reads, cells int }

func (e *endless) Windows(_ context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	e.reads++
	e.cells = max(e.cells, len(keys)*w.NX*w.NY)
	for i, k := range keys {
		for j := range dst[i] {
			dst[i][j] = float32(k.Valid)
		}
	}
	return nil
}

func TestDerivedValuesAreMadeOfInterpolatedOnes(t *testing.T) {
	speed, err := elements.ParseExpression("speed(u, v)")
	if err != nil {
		t.Fatal(err)
	}
	g := latLon{36, 19, 0, 90, 10}
	u, v := field.Key{Element: "u"}, field.Key{Element: "v"}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{
		u: func(at geo.LonLat) float32 { return float32(at.Lon/10 - 3) }, // 0 at 30 east, +-1 beside it
		v: func(at geo.LonLat) float32 { return 0 },
	})
	derived := Input{Grid: g, Keys: []field.Key{u, v}, Expr: speed}
	plain := Input{Grid: g, Keys: []field.Key{u}}
	got := ask(t, f, []Input{derived, plain, derived}, geo.LonLat{Lon: 25, Lat: 45}, geo.LonLat{Lon: 32, Lat: 41})
	for i, want := range []float64{0.5, 0.2} {
		if math.Abs(float64(got[0][i])-want) > 1e-5 || got[2][i] != got[0][i] {
			t.Errorf("speeds %v and %v, want %v", got[0][i], got[2][i], want)
		}
	}
	if math.Abs(float64(got[1][0])+0.5) > 1e-5 {
		t.Errorf("u = %v, want -0.5: an input of its own beside what is derived from it", got[1][0])
	}
	if f.reads > 1 {
		t.Errorf("%d reads, want 1: each key once", f.reads)
	}
	view := geo.View{Ref: plate, Box: geo.Box{20, 40, 40, 50}, Width: 20, Height: 10}
	for i, s := range draw(t, f, derived, view) {
		at := centre(view, i%20, i/20)
		if want := math.Abs(at.Lon/10 - 3); math.Abs(float64(s)-want) > 1e-5 {
			t.Fatalf("speed on a map at %v = %v, want %v", at, s, want)
		}
	}
}

func TestPlacesThatCannotBeSampledAreAnError(t *testing.T) {
	g, other := latLon{36, 19, 0, 90, 10}, latLon{9, 7, 10, 50, 1}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: world})
	good := Input{Grid: g, Keys: []field.Key{temperature}}
	at := []geo.LonLat{{Lon: 1, Lat: 2}}
	room := func(sizes ...int) (dst [][]float32) {
		for _, n := range sizes {
			dst = append(dst, make([]float32, n))
		}
		return dst
	}
	ended, end := context.WithCancel(context.Background())
	end()
	now := context.Background()
	for _, c := range []struct {
		name string
		ctx  context.Context
		f    Fields
		ins  []Input
		dst  [][]float32
		want error // nil: any
	}{
		{"no grid", now, f, []Input{{Keys: good.Keys}}, room(1), ErrInput},
		{"no keys", now, f, []Input{good, {Grid: g}}, room(1, 1), ErrInput},
		{"two grids", now, f, []Input{good, {Grid: other, Keys: good.Keys}}, room(1, 1), ErrInput},
		{"an unknown field", now, f, []Input{{Grid: g, Keys: []field.Key{{Element: "q"}}}}, room(1), errNoField},
		{"a store that fails", now, &memory{err: errNoField}, []Input{{Grid: loose{g}, Keys: good.Keys}}, room(1), errNoField},
		{"the client has left", ended, f, []Input{good}, room(1), context.Canceled},
		{"the client has left places without rows", ended, f, []Input{{Grid: loose{g}, Keys: good.Keys}}, room(1), context.Canceled},
		{"too few rooms", now, f, []Input{good, good}, room(1), nil},
		{"too little room", now, f, []Input{good}, room(0), nil},
		{"too much room", now, f, []Input{good}, room(2), nil},
	} {
		if err := New(0).Places(c.ctx, c.f, c.ins, at, c.dst); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		ins []Input
		at  []geo.LonLat
		dst [][]float32
	}{"no inputs": {nil, at, nil}, "no places": {[]Input{good}, nil, room(0)}} {
		if err := New(0).Places(now, f, c.ins, c.at, c.dst); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMixIsTheBilinearMeanOfWhatIsThere(t *testing.T) {
	cells := [4]float32{1, 2, 4, 8}
	for mask := range 16 {
		c := cells
		for i := range c {
			if mask>>i&1 != 0 {
				c[i] = missing
			}
		}
		for _, right := range []float32{0, 0.25, 0.5, 0.75, 1} {
			for _, down := range []float32{0, 0.25, 0.5, 0.75, 1} {
				got := mix(c[0], c[1], c[2], c[3], right, down)
				weights := [4]float32{(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down}
				nearest := 0
				if right >= 0.5 {
					nearest++
				}
				if down >= 0.5 {
					nearest += 2
				}
				sum, all := 0.0, 0.0
				for i, v := range c {
					if v == v && weights[i] > 0 {
						sum, all = sum+float64(weights[i]*v), all+float64(weights[i])
					}
				}
				want := sum / all
				if c[nearest] != c[nearest] {
					want = math.NaN()
				}
				if (got == got) != (want == want) || math.Abs(float64(got)-want) > 1e-5 {
					t.Errorf("of %v at %v, %v: %v, want %v", c, right, down, got, want)
				}
			}
		}
	}
}

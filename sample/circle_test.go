package sample

import (
	"fmt"
	"math"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// swirl is directions that turn through north, with holes.
func swirl(at geo.LonLat) float32 {
	if v := holed(at); v != v {
		return v
	}
	return float32(math.Mod(math.Mod(5*at.Lon+3*at.Lat, 360)+360, 360))
}

// apart is how far two directions lie from each other.
func apart(a, b float32) float64 { return math.Abs(math.Remainder(float64(a)-float64(b), 360)) }

func TestDirectionsAreInterpolatedAsVectors(t *testing.T) {
	g := latLon{2, 2, 0, 1, 1}
	for _, c := range []struct {
		cells    [4]float32 // north-west, north-east, south-west, south-east
		lon, lat float64
		want     float32
	}{
		{[4]float32{359, 1, 359, 1}, 0.5, 0.5, 0},
		{[4]float32{350, 20, 350, 20}, 0.5, 0.25, 5},
		{[4]float32{350, 350, 10, 10}, 0.3, 0.5, 0},
		{[4]float32{90, 180, 90, 180}, 0.5, 0, 135},
		{[4]float32{300, 7, 7, 7}, 0, 1, 300},
		{[4]float32{360, 360, 360, 360}, 0.5, 0.5, 0},
		{[4]float32{350, missing, 20, missing}, 0.2, 0.5, 5},
		{[4]float32{350, missing, 20, missing}, 0.8, 0.5, missing},
	} {
		for _, on := range []grid.Grid{g, loose{g}} {
			f := remember(on, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(at geo.LonLat) float32 {
				return c.cells[int(math.Round(at.Lon))+2*int(math.Round(1-at.Lat))]
			}})
			in := Input{Grid: on, Keys: []field.Key{temperature}, Circular: true}
			got := ask(t, f, []Input{in}, geo.LonLat{Lon: c.lon, Lat: c.lat})[0][0]
			if (got == got) != (c.want == c.want) || apart(got, c.want) > 1e-3 || got < 0 || got >= 360 {
				t.Errorf("%s: between %v at %v, %v: %v, want %v", on.ID(), c.cells, c.lon, c.lat, got, c.want)
			}
		}
	}
}

func TestADirectionIsThatOfTheMapAtTheSamePlace(t *testing.T) {
	for _, c := range []struct {
		name string
		grid grid.Grid
		view geo.View
	}{
		{"a world", latLon{360, 181, 0, 90, 1}, geo.View{Ref: plate, Box: geo.Box{-190, -95, 190, 95}, Width: 380, Height: 190}},
		{"finer than the cells", latLon{360, 181, 0, 90, 1}, geo.View{Ref: plate, Box: geo.Box{-10, 35, 25, 75}, Width: 333, Height: 222}},
		{"a tile", latLon{360, 180, -180, 89.5, 1}, tile(1, 0, 1, 256)},
		{"a cone", conic{60, 50, 50000}, geo.View{Ref: plate, Box: geo.Box{245, 25, 280, 50}, Width: 200, Height: 200}},
		{"places without rows", loose{latLon{61, 41, 0, 40, 1}}, geo.View{Ref: plate, Box: geo.Box{-5, -5, 65, 45}, Width: 140, Height: 100}},
	} {
		t.Run(fmt.Sprint(c.name), func(t *testing.T) {
			f := remember(c.grid, 0, map[field.Key]func(geo.LonLat) float32{temperature: swirl})
			in := Input{Grid: c.grid, Keys: []field.Key{temperature}, Circular: true}
			drawn := draw(t, f, in, c.view)
			var at []geo.LonLat
			for i := range drawn {
				at = append(at, centre(c.view, i%c.view.Width, i/c.view.Width))
			}
			values, rims := 0, 0 // a map's mesh is true to a tenth of a pixel: at the rim of a hole it may differ
			for i, v := range ask(t, f, []Input{in}, at...)[0] {
				if v == v {
					values++
				}
				if (v == v) != (drawn[i] == drawn[i]) {
					rims++
				} else if v == v && apart(v, drawn[i]) > 0.5 {
					t.Fatalf("at %v the map shows %v, the value is %v", at[i], drawn[i], v)
				}
			}
			if values == 0 || rims > len(drawn)/500 {
				t.Errorf("%d values, %d differ in whether there is one", values, rims)
			}
		})
	}
}

func TestNearestDirectionsAreThoseOfCells(t *testing.T) {
	g := latLon{2, 1, 0, 0, 1}
	f := remember(g, 0, map[field.Key]func(geo.LonLat) float32{temperature: func(at geo.LonLat) float32 { return 350 + float32(at.Lon) }})
	in := Input{Grid: g, Keys: []field.Key{temperature}, Circular: true, Nearest: true}
	if got := ask(t, f, []Input{in}, geo.LonLat{Lon: 0.4})[0][0]; got != 350 {
		t.Errorf("the nearest direction is %v, want 350", got)
	}
}

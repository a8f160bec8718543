package sample

import (
	"context"
	"testing"

	"isobar/field"
	"isobar/geo"
)

func TestAnInputMayAskForALevel(t *testing.T) {
	g := latLon{1440, 721, 0, 90, 0.25}
	for _, c := range []struct{ least, most, want int }{{0, 3, 1}, {1, 3, 1}, {2, 3, 2}, {3, 3, 3}, {2, 2, 2}, {0, 0, 0}, {5, 3, 3}} {
		levels := &levelSpy{}
		v := geo.View{Ref: plate, Box: geo.Box{10, -10, 28, -1}, Width: 30, Height: 15} // pixels of 0.6 degrees
		in := Input{Grid: g, MinLevel: c.least, MaxLevel: c.most, Keys: []field.Key{temperature}}
		if err := New(0).View(context.Background(), levels, in, v, make([]float32, 30*15)); err != nil {
			t.Fatal(err)
		}
		if levels.got != c.want {
			t.Errorf("levels from %d to %d: level %d is read, want %d", c.least, c.most, levels.got, c.want)
		}
	}
}

package sample

import (
	"context"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// BenchmarkView samples tiles of web Mercator from a field of a quarter degree: 0/0/0 is coarser than the finest level, 3/4/2 about as
// fine, 6/33/21 finer; gaps makes every tenth cell missing. The plan of views that are not upright is kept but where it says so.
func BenchmarkView(b *testing.B) {
	world1440, err := grid.LatLon(1440, 721, geo.Box{0, -90, 359.75, 90})
	if err != nil {
		b.Fatal(err)
	}
	lambert := conic{1799, 1059, 3000}
	polar := geo.View{Ref: arctic, Box: geo.Box{-4e6, -4e6, 4e6, 4e6}, Width: 256, Height: 256}
	full := remember(world1440, 3, map[field.Key]func(geo.LonLat) float32{temperature: world})
	gaps := remember(world1440, 3, map[field.Key]func(geo.LonLat) float32{temperature: holed})
	local := remember(lambert, 3, map[field.Key]func(geo.LonLat) float32{temperature: plane})
	for _, c := range []struct {
		name   string
		fields Fields
		grid   grid.Grid
		view   geo.View
		kept   int64
	}{
		{"0-0-0", full, world1440, tile(0, 0, 0, 256), 1 << 26},
		{"3-4-2", full, world1440, tile(3, 4, 2, 256), 1 << 26},
		{"6-33-21", full, world1440, tile(6, 33, 21, 256), 1 << 26},
		{"gaps", gaps, world1440, tile(3, 4, 2, 256), 1 << 26},
		{"polar", full, world1440, polar, 1 << 26},
		{"polar, new plan", full, world1440, polar, 0},
		{"lambert", local, lambert, tile(5, 7, 12, 256), 1 << 26},
		{"lambert, new plan", local, lambert, tile(5, 7, 12, 256), 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, dst := New(c.kept), make([]float32, c.view.Width*c.view.Height)
			in := Input{Grid: c.grid, MaxLevel: 3, Keys: []field.Key{temperature}}
			b.ReportAllocs()
			for b.Loop() {
				if err := s.View(context.Background(), c.fields, in, c.view, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

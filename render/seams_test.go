package render

import (
	"context"
	"errors"
	"image"
	"sync"
	"testing"

	"isobar/geo"
	"isobar/internal/golden"
)

// symbolStyles are a style of each painting, and the element that the tests paint with it.
var symbolStyles = []struct{ style, element string }{
	{"wind-barbs", "u"}, {"arrows", "u"}, {"streamlines", "u"}, {"isolines", "msl"}, {"isolines-highs-lows", "msl"}, {"isotherms", "t"},
}

// beside is the view to the right of or below another, of the same size.
func beside(v geo.View, columns, rows float64) geo.View {
	w, h := v.Box.MaxX()-v.Box.MinX(), v.Box.MaxY()-v.Box.MinY()
	v.Box = geo.Box{v.Box.MinX() + columns*w, v.Box.MinY() - rows*h, v.Box.MaxX() + columns*w, v.Box.MaxY() - rows*h}
	return v
}

// part cuts a picture.
func part(img image.Image, r image.Rectangle) image.Image {
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(r)
}

// TestNeighboursJoin draws tiles, and all of them as one picture: every pixel of a symbol is the same.
func TestNeighboursJoin(t *testing.T) {
	f, r := newFields(0.5, weather()), renderer(t)
	draw := func(v geo.View, l Layer) image.Image {
		img, err := r.Draw(context.Background(), f, Map{View: v, Layers: []Layer{l}, Transparent: true})
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	stereo, world := arctic(t, "EPSG:3995", 5e6, 256), arctic(t, "EPSG:4326", 90, 256)
	world.Box = geo.Box{0, 0, 45, 45}
	for name, first := range map[string]geo.View{
		"zoom 0": square(200, 0, 0, 0), "zoom 2": square(256, 2, 1, 1), "zoom 6": square(256, 6, 17, 23), "equator": square(256, 3, 2, 3), "antimeridian": square(256, 3, 7, 2),
		"pole": beside(stereo, -0.5, -0.5), "degrees": world,
	} {
		for _, s := range symbolStyles {
			l := symbols(t, f, s.element, s.style)
			both := first
			both.Width *= 2
			both.Height *= 2
			both.Box = geo.Box{first.Box.MinX(), beside(first, 0, 1).Box[1], beside(first, 1, 0).Box[2], first.Box.MaxY()}
			whole := draw(both, l)
			for _, at := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				tile := draw(beside(first, float64(at.X), float64(at.Y)), l)
				corner := image.Pt(at.X*first.Width, at.Y*first.Height)
				want := part(whole, image.Rectangle{corner, corner.Add(image.Pt(first.Width, first.Height))})
				if err := golden.Differ(tile, want); err != nil {
					t.Errorf("%s, %s, tile %v: %v", name, s.style, at, err)
				}
			}
		}
	}
}

// TestTheWorldJoinsItself draws the tiles on both sides of the antimeridian a turn apart, and as one picture.
func TestTheWorldJoinsItself(t *testing.T) {
	f, r := newFields(0.5, weather()), renderer(t)
	for _, s := range symbolStyles {
		l := symbols(t, f, s.element, s.style)
		for _, y := range []int{1, 2} {
			there, err := r.Draw(context.Background(), f, Map{View: square(256, 2, 4, y), Layers: []Layer{l}, Transparent: true})
			if err != nil {
				t.Fatal(err)
			}
			here, err := r.Draw(context.Background(), f, Map{View: square(256, 2, 0, y), Layers: []Layer{l}, Transparent: true})
			if err != nil {
				t.Fatal(err)
			}
			if n := differing(there, here); n > 256*256/500 {
				t.Errorf("%s: %d pixels of tile %d differ a turn further", s.style, n, y)
			}
		}
	}
}

// differing counts pixels that look different.
func differing(a, b image.Image) (n int) {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := colorAt(a, x, y), colorAt(b, x, y)
			if d := int(p.A) - int(q.A); d > 32 || d < -32 {
				n++
			}
		}
	}
	return n
}

func TestManySymbolsAtOnce(t *testing.T) {
	f, r := newFields(2, weather()), renderer(t)
	var work sync.WaitGroup
	for _, s := range symbolStyles {
		m := Map{View: square(128, 2, 1, 1), Layers: []Layer{symbols(t, f, s.element, s.style)}, Transparent: true}
		want, err := r.Draw(context.Background(), f, m)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			work.Go(func() {
				img, err := r.Draw(context.Background(), f, m)
				if err == nil {
					err = golden.Differ(img, want)
				}
				if err != nil {
					t.Errorf("%s: %v", s.style, err)
				}
				r.Recycle(img)
			})
		}
	}
	work.Wait()
}

func TestSymbolsStopWhenTheClientLeaves(t *testing.T) {
	f, r := newFields(5, weather()), renderer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, style := range []string{"wind-barbs", "wind"} {
		if _, err := r.Draw(ctx, f, Map{View: square(64, 1, 0, 0), Layers: []Layer{symbols(t, f, "u", style)}}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want %v", style, err, context.Canceled)
		}
	}
}

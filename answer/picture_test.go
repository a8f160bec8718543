package answer

import (
	"bytes"
	"context"
	"image/color"
	stdpng "image/png"
	"iter"
	"log/slog"
	"maps"
	"math"
	"testing"

	"isobar/cache/mem"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/png"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/render"
	"isobar/sample"
	"isobar/store"
	"isobar/styles"
)

// globe is a snapshot of fields on a real grid, whose values are linear in longitude and latitude.
type globe struct {
	grid  grid.Raster
	value map[field.Key]func(at geo.LonLat) float64
}

func (g globe) Hold(context.Context) (store.Snapshot, error) { return g, nil }
func (g globe) Close()                                       {}
func (g globe) Version() string                              { return "1" }
func (g globe) Keys() iter.Seq[field.Key]                    { return maps.Keys(g.value) }
func (g globe) Info(k field.Key) (info store.Info, present bool) {
	_, present = g.value[k]
	return store.Info{Grid: g.grid, Min: -40, Max: 40, ETag: "e"}, present
}

func (g globe) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	nx, ny := g.grid.Shape()
	place := make([]geo.LonLat, 1)
	for k, key := range keys {
		for i := range dst[k] {
			x, y := (w.X0+i%w.NX+nx)%nx, w.Y0+i/w.NX
			dst[k][i] = float32(math.NaN())
			if y >= 0 && y < ny {
				g.grid.Places(place, y*nx+x)
				dst[k][i] = float32(g.value[key](place[0]))
			}
		}
	}
	return nil
}

// globes is a store of one globe.
type globes struct {
	store.Store
	globe
}

func (g globes) Hold(context.Context) (store.Snapshot, error) { return g.globe, nil }
func (g globes) Close() error                                 { return nil }

// windRows know u and v, and speed by formula.
type windRows struct {
	speed *elements.Expression
}

func (windRows) Get(id string) elements.Element {
	partner := map[string]string{"u": "v", "v": "u"}[id]
	return elements.Element{ID: id, Unit: "m/s", Interpolation: elements.Linear, Partner: partner, U: id == "u"}
}

func (r windRows) Derive([]string) []elements.Derivation {
	return []elements.Derivation{{Element: r.Get("ws"), Inputs: []string{"u", "v"}, Expr: r.speed}}
}

func (windRows) For(el elements.Element, low, high float64) []*styles.Style {
	return []*styles.Style{{ID: "wind", Unit: "kt", Kind: styles.Classes, Stops: []styles.Stop{
		{Value: -1000, Color: color.NRGBA{B: 255, A: 255}}, {Value: 0, Color: color.NRGBA{G: 255, A: 255}}, {Value: 20, Color: color.NRGBA{R: 255, A: 255}},
	}}}
}

// globeService is a service on u, which is a tenth of the longitude in m/s, and v, which is a tenth of the latitude.
func globeService(t *testing.T) *Service {
	t.Helper()
	world, err := grid.LatLon(72, 37, geo.Box{-180, -90, 175, 90})
	if err != nil {
		t.Fatal(err)
	}
	speed, err := elements.ParseExpression("speed(u, v)")
	if err != nil {
		t.Fatal(err)
	}
	fields := globe{grid: world, value: map[field.Key]func(geo.LonLat) float64{
		key("g", "u", 0): func(at geo.LonLat) float64 { return at.Lon / 10 },
		key("g", "v", 0): func(at geo.LonLat) float64 { return at.Lat / 10 },
	}}
	r := windRows{speed: speed}
	source, err := layers.NewSource(t.Context(), globes{globe: fields}, r, modelRows{}, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	sampler := sample.New(1 << 20)
	painter, err := render.New(sampler)
	if err != nil {
		t.Fatal(err)
	}
	return New(Parts{Catalogue: source, Sampler: sampler, Painter: painter, Cache: mem.New(1 << 20), Formats: []encode.Picture{png.Format()}})
}

func TestMapAndValuesAgree(t *testing.T) {
	s := globeService(t)
	reference, err := geo.Lookup("EPSG:4326")
	if err != nil {
		t.Fatal(err)
	}
	view := geo.View{Ref: reference, Box: geo.Box{-160, -80, 160, 80}, Width: 64, Height: 32}
	for _, name := range []string{"g.u", "g.v", "g.ws"} {
		a, err := s.Map(t.Context(), MapRequest{Layers: []LayerChoice{{Name: name}}, View: view, Format: "image/png", Transparent: true})
		if err != nil {
			t.Fatal(err)
		}
		body, err := a.Body(t.Context())
		a.Done()
		if err != nil {
			t.Fatal(err)
		}
		img, err := stdpng.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for y := range view.Height {
			for x := range view.Width {
				at := geo.LonLat{Lon: -160 + (float64(x)+0.5)*5, Lat: 80 - (float64(y)+0.5)*5}
				values, err := s.Values(t.Context(), ValuesRequest{Layers: []LayerChoice{{Name: name}}, At: at})
				if err != nil {
					t.Fatal(err)
				}
				v := values[0].At[0].Value
				want := map[string]float64{"g.u": at.Lon / 10, "g.v": at.Lat / 10, "g.ws": math.Hypot(at.Lon, at.Lat) / 10}[name] * 3600 / 1852
				if math.Abs(v-want) > 1e-3 || values[0].Unit != "kt" {
					t.Fatalf("%s at %v is %v %s, want %v kt", name, at, v, values[0].Unit, want)
				}
				if math.Abs(v-20) < 0.01 || math.Abs(v) < 0.01 {
					continue // on the edge of a class
				}
				stop := 1
				switch {
				case v < 0:
					stop = 0
				case v >= 20:
					stop = 2
				}
				colour := values[0].Layer.Styles[0].Stops[stop].Color
				if got := color.NRGBAModel.Convert(img.At(x, y)); got != colour {
					t.Fatalf("%s: pixel %d,%d is %v, want %v for %v kt", name, x, y, got, colour, v)
				}
			}
		}
	}
}

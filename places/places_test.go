package places

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"isobar/feature"
	"isobar/geo"
)

func TestThePlacesThatShip(t *testing.T) {
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	for id, n := range map[string]int{"airports": 891, "cities": 242} {
		l, err := c.Collection(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		page, err := l.Query(context.Background(), feature.Query{Limit: 1})
		if err != nil || page.Matched != n {
			t.Errorf("%s: %d places, %v; want %d", id, page.Matched, err, n)
		}
	}
	for _, want := range []Place{
		{ID: "CDG", Name: "Charles de Gaulle International Airport", Lon: 2.55, Lat: 49.01, Country: "FR", Kind: "large", Collection: "airports"},
		{ID: "paris", Name: "Paris", Lon: 2.33, Lat: 48.87, Country: "FR", Kind: "capital", Collection: "cities"},
		{ID: "sydney", Name: "Sydney", Lon: 151.21, Lat: -33.87, Country: "AU", Kind: "city", Collection: "cities"},
	} {
		got, ok := c.Named(want.ID)
		if !ok || got.Name != want.Name || got.Country != want.Country || got.Kind != want.Kind || got.Collection != want.Collection ||
			math.Abs(got.Lon-want.Lon) > 0.03 || math.Abs(got.Lat-want.Lat) > 0.03 {
			t.Errorf("Named(%q) = %+v, %v; want %+v", want.ID, got, ok, want)
		}
	}
	if p, ok := c.Named("airports/CDG"); !ok || p.ID != "CDG" {
		t.Errorf("airports/CDG is %+v, %v", p, ok)
	}
	for _, p := range c.All() {
		if p.Name == "" || len(p.Country) != 2 || p.Kind == "" || math.Abs(p.Lon) > 180 || math.Abs(p.Lat) > 90 || strings.Contains(p.Name, "?") {
			t.Errorf("%+v lacks something", p)
		}
	}
	for _, city := range []string{"london", "tokyo", "nairobi", "washington-d-c", "chisinau", "copenhagen"} {
		p, ok := c.Named(city)
		if !ok || p.Kind != "capital" {
			t.Errorf("%s is %+v, %v", city, p, ok)
			continue
		}
		nearest := math.Inf(1)
		for _, a := range c.All() {
			if a.Collection == "airports" {
				nearest = min(nearest, feature.Distance(geo.LonLat{Lon: p.Lon, Lat: p.Lat}, geo.LonLat{Lon: a.Lon, Lat: a.Lat}))
			}
		}
		if nearest > 60e3 {
			t.Errorf("%s is %.0f km from its airport", city, nearest/1000)
		}
	}
}

func TestUsersHaveListsOfTheirOwn(t *testing.T) {
	c, err := Load(Rows(), fstest.MapFS{
		"buoys.yaml": {Data: []byte("id: buoys\nkind: buoy\nplaces:\n - {id: a1, lon: 3, lat: 54.5}\n - {id: a2, name: Two, lon: 3, lat: 55, country: NL}\n")},
		"air.yaml":   {Data: []byte("id: airports\ntitle: Mine\nfile: air.csv\nunits: {depth: m}\n")},
		"air.csv":    {Data: []byte("\uFEFFlat,lon,id,depth,note\n1,2,X,1.5,a\n3,4,Y,,\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := c.Named("a1"); !ok || p != (Place{ID: "a1", Name: "a1", Lon: 3, Lat: 54.5, Kind: "buoy", Collection: "buoys"}) {
		t.Errorf("a1 is %+v, %v", p, ok)
	}
	l, err := c.Collection(context.Background(), "airports")
	if err != nil {
		t.Fatal(err)
	}
	about, _ := l.About(context.Background())
	page, _ := l.Query(context.Background(), feature.Query{})
	if about.Title != "Mine" || page.Matched != 2 || len(about.Queryables) != 3 || about.Queryables[1] != (feature.Queryable{Name: "depth", Type: "number", Unit: "m"}) {
		t.Errorf("%+v, %+v", about, page)
	}
	if v, ok := page.Features[1].Property("depth"); !ok || v != nil {
		t.Errorf("an empty cell is %v, %v", v, ok)
	}
	if _, err := c.Collection(context.Background(), "nope"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("no list: %v", err)
	}
	if _, ok := c.Named("nope"); ok {
		t.Error("a place of no list")
	}
}

func TestWrongRowsAreNamed(t *testing.T) {
	for _, c := range []struct{ yaml, csv, want string }{
		{"title: x", "", "a.yaml: id:"},
		{"id: a b", "", `a.yaml:1: id: "a b" is no identity`},
		{"id: a\ncolour: red", "", `unknown field "colour"`},
		{"id: a\nplaces:\n - {id: x}", "", `a.yaml:3: places: "x" has no lon and lat`},
		{"id: a\nplaces:\n - {id: x, lon: 1, lat: 91}", "", "x lies nowhere"},
		{"id: a\nplaces:\n - {id: 'x/y', lon: 1, lat: 9}", "", "is no identity"},
		{"id: a\nplaces:\n - {id: x, lon: 1, lat: 9}\n - {id: x, lon: 1, lat: 9}", "", `list a: feature "x"`},
		{"id: a\nfile: ../b.csv", "", "is no file beside this one"},
		{"id: a\nfile: nope.csv", "", "nope.csv"},
		{"id: a\nfile: b.csv", "id,lon,lat\nx,1,2\ny,1\n", "b.csv: record on line 3"},
		{"id: a\nfile: b.csv", "id,lon,lat\nx,1,2\ny,east,2\n", `b.csv:3: lon: "east" is no number`},
		{"id: a\nfile: b.csv", "id,lon\nx,1\n", `b.csv:2: lat: "" is no number`},
		{"id: a\nfile: b.csv", "", "b.csv: no head"},
	} {
		_, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(c.yaml)}, "b.csv": {Data: []byte(c.csv)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %q: %v, want %q", c.yaml, c.csv, err, c.want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Rows()); err != nil {
			b.Fatal(err)
		}
	}
}

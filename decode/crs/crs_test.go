package crs

import (
	"errors"
	"math"
	"strings"
	"testing"

	"isobar/geo"
)

// Places by PROJ 9.1.
func TestDefinitionsAreThoseOfPROJ(t *testing.T) {
	for _, c := range []struct {
		text           string
		x, y, lon, lat float64
	}{
		{"+proj=lcc +lat_0=63 +lon_0=15 +lat_1=63 +lat_2=63 +R=6371000 +units=m +no_defs", -278076.2559, -322917.2534, 10, 60},
		{"+proj=lcc +lat_0=40 +lon_0=-97.5 +lat_1=33 +lat_2=45 +x_0=1000 +y_0=-2000 +R=6371229 +units=m +no_defs", -210791.1350, 913.3474, -100, 40},
		{"+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=5000 +a=6370040 +b=6370040 +units=m +no_defs", 135798.0224, -3745565.2987, 12, 55},
		{"+proj=stere +lat_0=90 +k=0.933012709177451 +lon_0=10 +R=6370040 +units=m +no_defs", 130798.0234, -3745565.3279, 12, 55},
		{"+proj=laea +lat_0=-20 +lon_0=30 +x_0=100 +ellps=WGS84 +units=m +no_defs", 505132.5843, -561442.3200, 35, -25},
		{"+proj=merc +lon_0=20 +lat_ts=20 +R=6371229 +units=m +no_defs", 1044928.0780, 3288694.1704, 30, 30},
		{"+proj=merc +lon_0=20 +k=0.95 +x_0=1000 +ellps=WGS84 +units=m +no_defs", 1058535.1625, 3308079.6311, 30, 30},
		{"+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996 +x_0=400000 +y_0=-100000 +ellps=airy +units=m +no_defs", 527915.6586, 569105.8716, 0, 55},
		{"+proj=aea +lat_0=0 +lon_0=132 +lat_1=-18 +lat_2=-36 +ellps=GRS80 +units=m +no_defs", 762760.0510, -3287210.3366, 140, -30},
		{"+proj=utm +zone=33 +ellps=WGS84 +units=km +no_defs", 425.4049, 5316.7840, 14, 48},
		{"+proj=ob_tran +o_proj=longlat +lon_0=-8.0 +o_lat_p=35.0 +o_lon_p=0.0 +a=6367470 +e=0 +no_defs", 5, -3, 0.074816084, 51.711236679},
		{"+proj=merc +a=6378137 +b=6378137 +lat_ts=0.0 +lon_0=0.0 +x_0=0.0 +y_0=0 +k=1.0 +units=m +nadgrids=@null +wktext  +no_defs", 1113194.9079, 6446275.8410, 10, 50},
		{"+proj=sterea +lat_0=52.15616055555555 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel +towgs84=565.4171,50.3319,465.5524,-0.398957388243134,0.343987817378283,-1.87740163998045,4.0725 +units=m +no_defs", 263225.7219, 558092.7685, 7, 53},
		{"+proj=geos +h=35785831 +lon_0=0 +a=6378169 +b=6356583.8 +units=m +no_defs", 669609.6245, 4539725.6149, 10, 50},
		{"+proj=utm +zone=33 +south +ellps=GRS80 +units=m +no_defs", 403549.8474, 6680793.7773, 14, -30},
		{"+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +datum=WGS84 +units=m +no_defs", 530896.2083, 2129308.3898, 14, -70},
		{"+proj=stere +lat_0=90 +k=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +datum=WGS84 +units=m +no_defs", 2542483.1836, -175781.2095, 14, 70},
	} {
		s, err := PROJ(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		step := 1000.0
		if s.Unit != 0 {
			step /= s.Unit
		}
		if s.Angles() {
			step = 0.1
		}
		// The cell in the middle of three by three, however they are stored.
		for _, sign := range []geo.XY{{X: 1, Y: -1}, {X: 1, Y: 1}, {X: -1, Y: -1}} {
			dx, dy := sign.X*step, sign.Y*step
			r := Raster{NX: 3, NY: 3, X: c.x - dx, Y: c.y - dy, DX: dx, DY: dy}
			g, err := s.Grid(r)
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
				continue
			}
			var all [9]geo.LonLat
			g.Places(all[:], 0)
			sameMesh(t, c.text, s, r, all)
			at := [1]geo.LonLat{all[4]}
			tolerance := 1e-7   // grids round to a millimetre and a millionth of a degree
			if s.Unit == 1000 { // the table has four digits
				tolerance = 2e-6
			}
			if math.Abs(math.Remainder(at[0].Lon-c.lon, 360)) > tolerance || math.Abs(at[0].Lat-c.lat) > tolerance {
				t.Errorf("%s: %v, %v is %v, want %v, %v", c.text, c.x, c.y, at[0], c.lon, c.lat)
			}
		}
	}
}

// sameMesh compares a grid with one of places one by one.
func sameMesh(t *testing.T, text string, s System, r Raster, want [9]geo.LonLat) {
	t.Helper()
	xs, ys := r.axes()
	for i := range xs {
		if s.Unit != 0 {
			xs[i], ys[i] = xs[i]*s.Unit, ys[i]*s.Unit
		}
	}
	g, err := s.Mesh(xs, ys)
	if err != nil {
		t.Errorf("%s: %v", text, err)
		return
	}
	var got [9]geo.LonLat
	g.Places(got[:], 0)
	for i := range got {
		if math.Abs(math.Remainder(got[i].Lon-want[i].Lon, 360)) > 1e-7 || math.Abs(got[i].Lat-want[i].Lat) > 1e-7 {
			t.Errorf("%s: place %d one by one is %v, on the grid %v", text, i, got[i], want[i])
		}
	}
}

func TestObliqueMapsAreUndone(t *testing.T) {
	s, err := EPSG(28992)
	if err != nil {
		t.Fatal(err)
	}
	places := []geo.LonLat{{Lon: 5.38763888888889, Lat: 52.15616055555555}, {Lon: 3, Lat: 50}, {Lon: 7.5, Lat: 54}, {Lon: 20, Lat: 45}}
	at, back := make([]geo.XY, len(places)), make([]geo.LonLat, len(places))
	s.places.Forward(at, places)
	s.places.Inverse(back, at)
	for i, p := range places {
		if math.Abs(p.Lon-back[i].Lon) > 1e-10 || math.Abs(p.Lat-back[i].Lat) > 1e-10 {
			t.Errorf("%v is at %v, which is %v", p, at[i], back[i])
		}
	}
	if math.Abs(at[0].X-155000) > 1e-6 || math.Abs(at[0].Y-463000) > 1e-6 {
		t.Errorf("the origin is at %v, want 155000, 463000", at[0])
	}
}

func TestUnknownSystemsAreNamed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"+proj=moll", "moll"}, {"", "projection"}, {"+proj=lcc +lat_1=x", "+lat_1"}, {"+proj=stere +lat_0=50", "50 degrees"},
		{"+proj=ob_tran +o_proj=moll", "moll"}, {"+proj=utm +zone=61", "61"}, {"+proj=longlat +ellps=flat", "flat"},
		{"+proj=merc +units=us-ft", "us-ft"}, {strings.Repeat("x", maxText+1), "4097 characters"}, {"+proj=lcc +lat_1=NaN", "NaN"},
		{"+proj=lcc +lat_1=50 +k_0=0.9", "scale 0.9"}, {"+proj=geos +h=35785831 +sweep=x", "x axis"},
	} {
		if _, err := PROJ(c.text); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: error %v, want one with %q", c.text, err, c.want)
		}
	}
	if _, err := EPSG(1); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "EPSG:1") {
		t.Errorf("EPSG 1: error %v", err)
	}
}

func TestImpossibleGridsAreRefused(t *testing.T) {
	for _, r := range []Raster{{}, {NX: 1 << 20, NY: 1 << 20, DX: 1, DY: 1}, {NX: 2, NY: 2, X: math.NaN(), DX: 1, DY: 1}, {NX: 2, NY: 2, Y: 100, DX: 1, DY: 1}} {
		if g, err := (System{}).Grid(r); err == nil || g != nil {
			t.Errorf("%+v: grid %v, error %v", r, g, err)
		}
	}
}

func FuzzPROJ(f *testing.F) {
	f.Add("+proj=lcc +lat_0=63 +lon_0=15 +lat_1=63 +lat_2=63 +R=6371000 +units=m +no_defs", 0.0, 0.0)
	f.Add("+proj=sterea +lat_0=52 +lon_0=5 +k=0.9999 +ellps=bessel", 100.0, 1e6)
	f.Add("+proj=stere +lat_0=90 +k=0.994", 1e7, 0.0)
	f.Fuzz(func(t *testing.T, text string, x, y float64) {
		s, err := PROJ(text)
		if err != nil {
			return
		}
		g, err := s.Grid(Raster{NX: 2, NY: 2, X: x, Y: y, DX: 1, DY: -1})
		if err != nil {
			return
		}
		g.Places(make([]geo.LonLat, 4), 0)
	})
}

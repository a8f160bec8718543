package crs

import (
	"errors"
	"fmt"
	"math"
	"os"
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
		{"+proj=stere +lat_0=56 +lon_0=10.5666 +lat_ts=56 +ellps=WGS84", 91726.2590, -110388.8672, 12.000000000, 55.000000000},
		{"+proj=stere +lat_0=52 +lon_0=10 +k=0.98 +R=6371229", 125084.7017, 328755.2575, 11.999999999, 55.000000000},
		{"+proj=eqc +lat_ts=30 +lon_0=10 +lat_0=5 +x_0=1000 +R=6371000", 193595.2625, 3891822.4326, 12.000000000, 40.000000000},
		{"+proj=cea +lat_ts=30 +ellps=WGS84", 1157835.3630, 4707084.1713, 12.000000000, 39.999999993},
		{"+proj=cea +R=6371228 +lon_0=20", -889591.2480, -4095346.4169, 12.000000000, -40.000000000},
		{"+proj=sinu +lon_0=0 +R=6371007.181", 1022164.2200, 4447802.0791, 12.000000000, 40.000000000},
		{"+proj=sinu +lon_0=10 +ellps=WGS84", 170787.7139, 4429529.0304, 12.000000000, 40.000000000},
		{"+proj=eqdc +lat_0=39 +lon_0=-96 +lat_1=33 +lat_2=45 +ellps=GRS80", 509251.4066, 127781.5916, -90.000000000, 40.000000000},
		{"+proj=eqdc +lat_0=-39 +lon_0=96 +lat_1=-33 +lat_2=-45 +R=6371000", -507966.6486, -127908.4580, 90.000000000, -40.000000000},
		{"+proj=aeqd +lat_0=45 +lon_0=10 +R=6371000", 560546.1668, 1705642.6467, 20.000000000, 60.000000000},
		{"+proj=aeqd +lat_0=45 +lon_0=10 +ellps=WGS84", 562571.9082, 1706984.8390, 20.000000000, 60.000000000},
		{"+proj=aeqd +lat_0=-10 +lon_0=10 +ellps=WGS84", -1643064.0548, 3318628.8595, -5.000000000, 20.000000000},
		{"+proj=gnom +lat_0=45 +lon_0=10 +R=6371000", 575871.7884, 1752275.7974, 20.000000000, 60.000000000},
		{"+proj=ortho +lat_0=45 +lon_0=10 +R=6371000", 553156.2700, 1683156.5003, 20.000000001, 60.000000000},
		{"+proj=somerc +lat_0=46.95240555555556 +lon_0=7.439583333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel", 2718656.8576, 1206471.2930, 9.000000000, 47.000000000},
		{"+proj=omerc +lat_0=46.95240555555556 +lonc=7.439583333333333 +alpha=90 +gamma=90 +k=1 +x_0=600000 +y_0=200000 +ellps=bessel", 488489.6495, 95160.8587, 6.000000000, 46.000000000},
		{"+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +a=6378249.2 +b=6356515 +pm=paris", 650403.5903, 2222443.5056, 3.000000001, 47.000000000},
		{"+proj=lcc +lat_0=25 +lon_0=-95 +lat_1=25 +lat_2=45 +ellps=GRS80 +units=us-ft", 1564442.5252, 1845910.1993, -90.000000000, 30.000000000},
		{"+proj=geos +h=35786023 +lon_0=-75 +sweep=x +ellps=GRS80", -1384660.2919, 3073407.1338, -90.000000000, 29.999999999},
		{"+proj=longlat +pm=2.5", 1.0000, 30.0000, 3.5, 30},
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
			tolerance := 1e-6   // grids round to a millimetre and a millionth of a degree
			if s.Unit == 1000 { // the table has four digits
				tolerance = 2e-6
			}
			if math.Abs(math.Remainder(at[0].Lon-c.lon, 360)) > tolerance || math.Abs(at[0].Lat-c.lat) > tolerance {
				t.Errorf("%s: %v, %v is %v, want %v, %v", c.text, c.x, c.y, at[0], c.lon, c.lat)
			}
		}
	}
}

// Places by PROJ 9.5 of a point in each system of the table: code, x, y, longitude from Greenwich and latitude.
func TestCodesStandForWhatPROJHas(t *testing.T) {
	text, err := os.ReadFile("testdata/epsg.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != len(definitions) {
		t.Errorf("%d places for %d definitions", len(lines), len(definitions))
	}
	const metres = 2e-5 // grids round scales to a millionth, so 6,000 km to 6 m at worst
	for _, line := range lines {
		var code int
		var x, y float64
		var want geo.LonLat
		if _, err := fmt.Sscan(line, &code, &x, &y, &want.Lon, &want.Lat); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		s, err := EPSG(code)
		if err != nil {
			t.Error(err)
			continue
		}
		var at [9]geo.LonLat
		g, err := s.Grid(Raster{NX: 3, NY: 3, X: x - 100, Y: y + 100, DX: 100, DY: -100})
		if err != nil {
			t.Errorf("EPSG:%d: %v", code, err)
			continue
		}
		if g.Places(at[:], 0); math.Abs(math.Remainder(at[4].Lon-want.Lon, 360)) > metres || math.Abs(at[4].Lat-want.Lat) > metres {
			t.Errorf("EPSG:%d: %v, %v is %v, want %v", code, x, y, at[4], want)
		}
	}
}

func TestWellKnownTextsAreDefinitions(t *testing.T) {
	const sphere = `GEOGCS["s",DATUM["d",SPHEROID["s",6371229,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`
	for _, c := range []struct{ text, want string }{
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",25],PARAMETER["central_meridian",-95],` +
				`PARAMETER["standard_parallel_1",25],PARAMETER["standard_parallel_2",45],PARAMETER["false_easting",5],UNIT["metre",1]]`,
			"+proj=lcc +lat_0=25 +lon_0=-95 +lat_1=25 +lat_2=45 +x_0=5 +R=6371229",
		},
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Lambert_Conformal_Conic"],PARAMETER["Central_Meridian",-95],PARAMETER["Latitude_Of_Origin",25],UNIT["Foot_US",0.3048006096012192]]`,
			"+proj=lcc +lat_0=25 +lon_0=-95 +lat_1=25 +R=6371229 +to_meter=0.3048006096012192",
		},
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Polar_Stereographic"],PARAMETER["latitude_of_origin",-60],PARAMETER["central_meridian",10],UNIT["km",1000]]`,
			"+proj=stere +lat_0=-90 +lat_ts=-60 +lon_0=10 +R=6371229 +units=km",
		},
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Stereographic_North_Pole"],PARAMETER["Central_Meridian",10],PARAMETER["Standard_Parallel_1",60],UNIT["Meter",1]]`,
			"+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +R=6371229",
		},
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Geostationary_Satellite"],PARAMETER["Longitude_Of_Center",-75],PARAMETER["Height",35786023],PARAMETER["Option",1],UNIT["Meter",1]]`,
			"+proj=geos +lon_0=-75 +h=35786023 +sweep=x +R=6371229",
		},
		{
			`PROJCS["a",` + sphere + `,PROJECTION["Mercator_2SP"],PARAMETER["standard_parallel_1",20],PARAMETER["central_meridian",150],UNIT["metre",1]]`,
			"+proj=merc +lat_ts=20 +lon_0=150 +R=6371229",
		},
		{
			`COMPD_CS["both",PROJCS["a",` + sphere + `,PROJECTION["Nonsense"],UNIT["metre",1],AUTHORITY["EPSG","2056"]],VERT_CS["h",VERT_DATUM["d",2005],UNIT["metre",1]]]`,
			"+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +x_0=2600000 +y_0=1200000 +ellps=bessel",
		},
		{
			`PROJCRS["a",BASEGEOGCRS["b",DATUM["d",ELLIPSOID["GRS 1980",6378137,298.257222101,LENGTHUNIT["metre",1]]]],CONVERSION["c",METHOD["Albers Equal Area",` +
				`ID["EPSG",9822]],PARAMETER["Latitude of false origin",23,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of false origin",-96],` +
				`PARAMETER["Latitude of 1st standard parallel",29.5],PARAMETER["Latitude of 2nd standard parallel",45.5],PARAMETER["Easting at false origin",0],` +
				`PARAMETER["Northing at false origin",7]],CS[Cartesian,2],AXIS["(E)",east],AXIS["(N)",north],LENGTHUNIT["metre",1]]`,
			"+proj=aea +lat_0=23 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 +y_0=7 +ellps=GRS80",
		},
		{`PROJCS["a",` + sphere + `,PROJECTION["x"],UNIT["metre",1],EXTENSION["PROJ4","+proj=geos +h=35786023 +sweep=x +ellps=GRS80"]]`, "+proj=geos +h=35786023 +sweep=x +ellps=GRS80"},
		{sphere, "+proj=longlat"},
	} {
		got, err := WKT(c.text)
		want, wantErr := PROJ(c.want)
		if err != nil || wantErr != nil {
			t.Errorf("%.100s: %v, %v", c.text, err, wantErr)
			continue
		}
		r := Raster{NX: 3, NY: 2, X: 10, Y: 20, DX: 1, DY: -1}
		a, err := got.Grid(r)
		b, wantErr := want.Grid(r)
		if err != nil || wantErr != nil || a.ID() != b.ID() {
			t.Errorf("%.100s: %v, %v; want %v, %v", c.text, a, err, b, wantErr)
		}
	}
	for _, text := range []string{"", "PROJCS", `PROJCS["a"`, `PROJCS["a]`, strings.Repeat("A[", 100), `PROJCS["a",PROJECTION["Winkel_III"]]`, strings.Repeat("x", 1<<20)} {
		if _, err := WKT(text); !errors.Is(err, ErrUnknown) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestMapsThatNoGridKnowsAreUndone(t *testing.T) {
	for _, text := range []string{
		"+proj=stere +lat_0=56 +lon_0=10 +ellps=WGS84", "+proj=cea +lat_ts=30 +ellps=WGS84", "+proj=sinu +ellps=WGS84", "+proj=somerc +lat_0=47 +lon_0=7 +ellps=bessel",
		"+proj=eqdc +lat_0=39 +lon_0=6 +lat_1=33 +lat_2=45 +ellps=GRS80", "+proj=aeqd +lat_0=45 +lon_0=10 +R=6371000", "+proj=gnom +lat_0=45 +lon_0=10 +R=6371000",
	} {
		s, err := PROJ(text)
		if err != nil {
			t.Fatal(err)
		}
		places := []geo.LonLat{{Lon: 7, Lat: 47}, {Lon: 9.5, Lat: 51.25}, {Lon: -3, Lat: 40}}
		at, back := make([]geo.XY, len(places)), make([]geo.LonLat, len(places))
		s.places.Forward(at, places)
		s.places.Inverse(back, at)
		for i, p := range places {
			if math.Abs(p.Lon-back[i].Lon) > 1e-9 || math.Abs(p.Lat-back[i].Lat) > 1e-9 {
				t.Errorf("%s: %v is at %v, which is %v", text, p, at[i], back[i])
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
		if math.Abs(math.Remainder(got[i].Lon-want[i].Lon, 360)) > 1e-6 || math.Abs(got[i].Lat-want[i].Lat) > 1e-6 {
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
		{"+proj=moll", "moll"}, {"", "projection"}, {"+proj=lcc +lat_1=x", "+lat_1"}, {"+proj=gnom +ellps=WGS84", "ellipsoid"},
		{"+proj=ob_tran +o_proj=moll", "moll"}, {"+proj=utm +zone=61", "61"}, {"+proj=longlat +ellps=flat", "flat"},
		{"+proj=merc +units=link", "link"}, {"+proj=omerc +alpha=30 +gamma=30", "30 degrees"}, {strings.Repeat("x", maxText+1), "4097 characters"}, {"+proj=lcc +lat_1=NaN", "NaN"},
		{"+proj=lcc +lat_1=50 +lat_2=60 +k_0=0.9", "scale 0.9"}, {"+proj=longlat +pm=atlantis", "atlantis"},
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

func FuzzWKT(f *testing.F) {
	f.Add(`PROJCS["a",GEOGCS["s",DATUM["d",SPHEROID["s",6371229,0]]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",150],UNIT["metre",1]]`)
	f.Add(`COMPD_CS["both",PROJCS["a",PROJECTION["Nonsense"],UNIT["metre",1],AUTHORITY["EPSG","2056"]]]`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := WKT(text)
		if err != nil {
			return
		}
		g, err := s.Grid(Raster{NX: 2, NY: 2, X: 10, Y: 10, DX: 1, DY: -1})
		if err == nil {
			g.Places(make([]geo.LonLat, 4), 0)
		}
	})
}

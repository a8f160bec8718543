package geo

import (
	"math"
	"math/rand/v2"
	"testing"
)

type pair struct {
	at   LonLat
	want XY
}

func ref(code string) Projection {
	r, err := Lookup(code)
	if err != nil {
		panic(err)
	}
	return r
}

func forward(p Projection, at LonLat) XY {
	var dst [1]XY
	p.Forward(dst[:], []LonLat{at})
	return dst[0]
}

func inverse(p Projection, q XY) LonLat {
	var dst [1]LonLat
	p.Inverse(dst[:], []XY{q})
	return dst[0]
}

// apart is the distance of two places in degrees of arc, whatever their turn.
func apart(a, b LonLat) float64 {
	dLon := math.Remainder(a.Lon-b.Lon, 360) * math.Cos(a.Lat*radians)
	return math.Hypot(dLon, a.Lat-b.Lat)
}

func TestImagesAreThoseOfPROJ(t *testing.T) {
	for _, c := range pairs {
		for _, p := range c.want {
			got := forward(c.p, p.at)
			// Doubles of tens of millions of metres are 4e-9 apart; far from where a projection is true, angles' rounding is
			// magnified. Rotated degrees are of degrees rounded to 1e-9.
			tolerance := 1e-6
			if c.name == "rotated pole" {
				tolerance = 1e-8
			}
			if d := math.Hypot(got.X-p.want.X, got.Y-p.want.Y); !(d <= tolerance) {
				t.Errorf("%s: %v is at %.9f, want %.9f: %g off", c.name, p.at, got, p.want, d)
			}
		}
	}
}

func TestPlacesAreThoseOfPROJ(t *testing.T) {
	for _, c := range pairs {
		for _, p := range c.want {
			tolerance := 1e-11
			if c.name == "rotated pole" {
				tolerance = 1e-8
			}
			if got := inverse(c.p, p.want); !(apart(got, p.at) <= tolerance) {
				t.Errorf("%s: place of %.9f is %v, want %v: %g off", c.name, p.want, got, p.at, apart(got, p.at))
			}
		}
	}
}

func TestInverseUndoesForward(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range pairs {
		found := 0
		for range 2000 {
			at := LonLat{random.Float64()*720 - 360, math.Asin(random.Float64()*2-1) * degrees}
			q := forward(c.p, at)
			if q.X != q.X {
				continue
			}
			found++
			// A metre on the map may be a hair on the Earth and the other way round: compare there.
			back := inverse(c.p, q)
			tolerance := 2e-11
			if math.Hypot(q.X, q.Y) > 1e7 {
				continue // where some maps stretch without end, and the transverse Mercator's series lose digits
			}
			if math.Abs(q.X) > 4.5e6 {
				tolerance = 1e-8
			}
			if c.name == "Meteosat" || c.name == "GOES" {
				tolerance = 1e-8 // at the limb, lines of sight are tangents
			}
			if !(apart(at, back) <= tolerance) {
				t.Fatalf("%s: %v comes back as %v by %v: %g off", c.name, at, back, q, apart(at, back))
			}
		}
		if found < 500 {
			t.Errorf("%s: only %d of 2000 places have an image", c.name, found)
		}
	}
}

func TestPolesArePrecise(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Projection
	}{
		{"polar stereographic", PolarStereographic(WGS84, false, 0, 60, XY{})},
		{"LAEA", LambertAzimuthal(WGS84, 0, 90, XY{})},
		{"LAEA Europe", ref("EPSG:3035")},
		{"Lambert-93", ref("EPSG:2154")},
		{"UTM", ref("EPSG:32631")},
		{"rotated", RotatedPole(LonLat{10, -40}, 12)},
	} {
		for _, lat := range []float64{90, 89.99999999, 89.9999, 89.9} {
			at := LonLat{12, lat}
			if back := inverse(c.p, forward(c.p, at)); !(math.Abs(back.Lat-lat) <= 1e-11) || !(apart(at, back) < 1e-11) {
				t.Errorf("%s: %v comes back as %v", c.name, at, back)
			}
		}
	}
}

func TestWhatHasNoImageIsNaN(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Projection
		at   LonLat
	}{
		{"the pole of Mercator", ref("EPSG:3857"), LonLat{0, 90}},
		{"the other pole of Mercator", ref("EPSG:3395"), LonLat{0, -90}},
		{"beyond the pole", ref("EPSG:3857"), LonLat{0, 91}},
		{"beyond the pole, in degrees", PlateCarree(), LonLat{0, -90.5}},
		{"the far pole of a stereographic map", ref("EPSG:3995"), LonLat{0, -90}},
		{"the far pole of a cone", ref("EPSG:2154"), LonLat{0, -90}},
		{"the far pole of a southern cone", LambertConformal(WGS84, 0, -30, -30, -30, XY{}), LonLat{0, 90}},
		{"the antipode", ref("EPSG:3035"), LonLat{-170, -52}},
		{"the side of the Earth", TransverseMercator(WGS84, 9, 0, 1, XY{}), LonLat{99, 0}},
		{"beyond the limb", Geostationary(WGS84, 0, 35785831, false, XY{}), LonLat{85, 0}},
		{"the back of the Earth", Geostationary(WGS84, 0, 35785831, true, XY{}), LonLat{180, 0}},
		{"no latitude", ref("EPSG:3035"), LonLat{0, math.NaN()}},
	} {
		if got := forward(c.p, c.at); got.X == got.X || got.Y == got.Y {
			t.Errorf("%s: image of %v is %v, want NaN", c.name, c.at, got)
		}
	}
	for _, c := range []struct {
		name string
		p    Projection
		q    XY
	}{
		{"outside the disk", LambertAzimuthal(WGS84, 0, 0, XY{}), XY{1.3e7, 0}},
		{"space", Geostationary(WGS84, 0, 35785831, false, XY{}), XY{5.6e6, 0}},
		{"the gap of a cone", ref("EPSG:2154"), XY{7e5, 2e7}},
		{"the gap of an equal-area cone", Albers(WGS84, 0, 40, 30, 50, XY{}), XY{0, 2e7}},
		{"above the pole of a cone of equal areas", Albers(WGS84, 0, 40, 30, 50, XY{}), XY{0, 5.5e6}},
		{"far east of the meridian", ref("EPSG:32631"), XY{5e7, 0}},
		{"nowhere", ref("EPSG:3857"), XY{math.NaN(), math.NaN()}},
	} {
		if got := inverse(c.p, c.q); got.Lon == got.Lon {
			t.Errorf("%s: place of %v is %v, want NaN", c.name, c.q, got)
		}
	}
}

func TestUprightSystemsKeepTheTurn(t *testing.T) {
	for _, code := range []string{"EPSG:3857", "EPSG:3395", "EPSG:4326"} {
		r, _ := Lookup(code)
		for _, lon := range []float64{-530, -180, 12, 180, 200, 719} {
			q := forward(r, LonLat{lon, 50})
			if got, want := q.X-forward(r, LonLat{lon - 360, 50}).X, r.Turn; math.Abs(got-want) > 1e-7 {
				t.Errorf("%s: a turn at %v is %v, want %v", code, lon, got, want)
			}
			if got := inverse(r, q); math.Abs(got.Lon-lon) > 1e-10 {
				t.Errorf("%s: longitude %v comes back as %v", code, lon, got.Lon)
			}
		}
		for _, far := range []float64{1e8, 1e12} {
			if got := inverse(r, XY{5, far}); got.Lon != got.Lon || got.Lat < 89.9 {
				t.Errorf("%s: place of y = %g is %v, want one near the pole or none, at a longitude", code, far, got)
			}
		}
	}
}

func TestSeriesOfLatitudesUndoEachOther(t *testing.T) {
	for _, e := range []Ellipsoid{WGS84, {6377563.396, 6356256.909237285}, Sphere(6371229)} {
		ecc := e.eccentricity()
		conformal, fromConformal := e.conformalFromGeodetic(), e.geodeticFromConformal()
		authalic, fromAuthalic := e.authalicFromGeodetic(), e.geodeticFromAuthalic()
		for deg := -89.5; deg < 90; deg += 0.5 {
			lat := deg * radians
			chi := math.Atan(math.Sinh(isometric(lat, ecc)))
			if got := conformal.at(lat); math.Abs(got-chi) > 1e-15 {
				t.Errorf("%v: conformal latitude of %v is %g off", e, deg, got-chi)
			}
			if got := fromConformal.at(conformal.at(lat)); math.Abs(got-lat) > 1e-15 {
				t.Errorf("%v: %v comes back from its conformal latitude %g off", e, deg, got-lat)
			}
			sin := authalicSine(math.Sin(lat), ecc) / authalicSine(1, ecc)
			if got := math.Sin(authalic.at(lat)); math.Abs(got-sin) > 1e-15 {
				t.Errorf("%v: sine of the authalic latitude of %v is %g off", e, deg, got-sin)
			}
			if got := fromAuthalic.at(authalic.at(lat)); math.Abs(got-lat) > 1e-15 {
				t.Errorf("%v: %v comes back from its authalic latitude %g off", e, deg, got-lat)
			}
		}
	}
}

func TestRotationTurnsEastwards(t *testing.T) {
	// GRIB2 template 3.1: clockwise as seen from the south pole to the north pole, after the pole was moved.
	plain, angled := RotatedPole(LonLat{10, -40}, 0), RotatedPole(LonLat{10, -40}, 25)
	if got := forward(plain, LonLat{10, 50}); math.Hypot(got.X, got.Y) > 1e-12 {
		t.Errorf("10E 50N is at %v, want the rotated origin", got)
	}
	at := LonLat{17, 44}
	a, b := forward(plain, at), forward(angled, at)
	if math.Abs(a.X-25-b.X) > 1e-12 || a.Y != b.Y {
		t.Errorf("%v is at %v, turned by 25 degrees at %v", at, a, b)
	}
}

func BenchmarkForward(b *testing.B) { benchmark(b, true) }
func BenchmarkInverse(b *testing.B) { benchmark(b, false) }

// benchmark takes a thousand places of a map at a time; ns/point is what counts.
func benchmark(b *testing.B, there bool) {
	for _, c := range pairs {
		b.Run(c.name, func(b *testing.B) {
			places, images := make([]LonLat, 1000), make([]XY, 1000)
			for i := range places {
				places[i] = c.want[i%len(c.want)].at
			}
			c.p.Forward(images, places)
			for b.Loop() {
				if there {
					c.p.Forward(images, places)
				} else {
					c.p.Inverse(places, images)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/point")
		})
	}
}

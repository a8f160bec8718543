package grid

import (
	"math"
	"strings"
	"testing"

	"isobar/geo"
)

var ncep = geo.Sphere(6371229) // GRIB2 shape 6

// spot is a cell in the order of its file, and where ecCodes 2.28 says it is.
type spot struct {
	stored   int
	lat, lon float64
}

// files are grids of real files, as their headers define them. up tells that rows are stored from south to north. Tolerances are
// large where ecCodes adds up rounded steps; the satellite's cells it counts from the north-west whatever the flags say.
func files(t *testing.T) []fileGrid {
	raster := func(p Plane, nx, ny int, dx, dy, lat, lon float64) Grid {
		return must(t)(Projected(p, Cells{NX: nx, NY: ny, DX: dx, DY: dy, First: geo.LonLat{Lon: lon, Lat: lat}}))
	}
	octahedral := make([]int, 64)
	for j := range octahedral {
		octahedral[j] = 20 + 4*min(j, 63-j)
	}
	n48 := []int{20, 25, 36, 40, 45, 50, 60, 60, 72, 75, 80, 90, 96, 100, 108, 120, 120, 120, 128, 135, 144, 144, 160, 160, 160, 160, 160,
		180, 180, 180, 180, 180, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192}
	for j := len(n48) - 1; j >= 0; j-- {
		n48 = append(n48, n48[j])
	}
	thinned := []int{2, 3, 5, 6, 8, 9, 11, 12, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 30, 32, 33, 35, 36, 38, 39, 40, 42, 43, 44, 45, 47,
		48, 49, 50, 51, 52, 54, 55, 56, 57, 58, 59, 60, 60, 61, 62, 63, 64, 65, 65, 66, 67, 67, 68, 69, 69, 70, 70, 71, 71, 71, 72, 72, 72,
		73, 73, 73, 73, 73, 73, 73, 73}
	return []fileGrid{
		{"HRRR, Lambert", raster(Lambert(ncep, 262.5, 38.5, 38.5), 1799, 1059, 3000, 3000, 21.138123, 237.280472), true, 1e-6, []spot{
			{0, 21.138123, 237.280472}, {519583, 30.51975670470088, 280.35247858665116}, {1558750, 47.51042515641576, 259.2201318438298}}},
		{"NAM of 2013, Lambert, two parallels, GRIB1", raster(Lambert(geo.Sphere(6367470), -98, 60, 30), 1199, 799, 4000, 4000, 21.641, -120.45), true, 1e-6, []spot{
			{0, 21.641, 239.55}, {261272, 30.02948507082982, 282.6099732266845}, {783818, 47.49895457122898, 277.10088070971193}}},
		{"AWIPS 211, Lambert", raster(Lambert(ncep, 265, 25, 25), 93, 65, 81271, 81271, 12.19, 226.541), true, 1e-6, []spot{
			{1648, 29.42340247927803, 277.56627808651217}, {4945, 51.47894751210313, 227.08826144013517}}},
		{"INCA, Lambert on Bessel's ellipsoid", raster(Lambert(geo.Ellipsoid{Major: 6377397.16, Minor: 6356078.96}, 13.333333, 46, 49), 701, 401, 1000, 1000, 45.772682, 8.444457), true, 1e-6, []spot{
			{76663, 46.84903675080401, 11.680507438067545}, {229990, 48.75183904718946, 9.005605977193445}}},
		{"air quality, polar stereographic", raster(PolarStereographic(ncep, false, 210, 60), 825, 553, 5953, 5953, 40.53, 181.429), true, 1e-6, []spot{
			{0, 40.53, 181.429}, {124424, 51.45136602949464, 229.57520904651517}, {373274, 69.44761092890263, 199.49539545717866}}},
		{"Stage IV, polar stereographic, GRIB1", raster(PolarStereographic(geo.Sphere(6367470), false, -105, 60), 1121, 881, 4763, 4763, 23.117, -119.023), true, 1e-6, []spot{
			{269345, 32.74526093372786, 251.0328408130299}, {808036, 45.556388798714806, 285.4700308454116}}},
		{"southern Africa, polar stereographic from above the south pole", raster(PolarStereographic(geo.Sphere(6371189), true, 28, -60), 210, 140, 47625, 47625, -33.184501, 337.2894), true, 1e-6, []spot{
			{8017, -31.171767993004092, 359.34085193253895}, {14700, -16.223274199963576, 354.09790951198914}, {24053, -12.687691668389613, 30.43977394577186}}},
		{"Arctic waves, polar stereographic on WGS 84", raster(PolarStereographic(geo.WGS84, false, 0, 70), 1006, 1006, 9000, 9000, 35.349744, 315), true, 1e-6, []spot{
			{276009, 68.10345825610176, -31.037447316011054}, {828028, 48.448872570389604, -127.84612726856528}}},
		{"Hawaii, Mercator", raster(Mercator(ncep, 20), 321, 225, 2500, 2500, 18.073, 198.475), true, 1e-4, []spot{
			{0, 18.073, 198.475}, {19697, 19.45482362913117, 201.25031062754232}, {59092, 22.204930011633344, 199.14490256526884}}},
		{"Puerto Rico, Mercator", raster(Mercator(geo.Sphere(6371200), 20), 177, 129, 2500, 2500, 16.828685, 291.804687), true, 1e-5, []spot{
			{0, 16.828685, 291.804687}}},
		{"HRDPS, rotated", must(t)(Rotated(2540, 1290, geo.Box{345.178780, -12.302501, 42.306283, 16.700001}, geo.LonLat{Lon: 245.305142, Lat: -36.088520}, 0)), true, 2e-6, []spot{
			{0, 39.626032, -133.62952}, {893617, 39.695612, -71.462128}, {2680853, 63.37678, -89.740928}}},
		{"COSMO-DE, rotated", must(t)(Rotated(421, 461, geo.Box{-5.002594, -4.996185, 5.498184, 6.499786}, geo.LonLat{Lon: 10, Lat: -40}, 0)), false, 2e-3, []spot{
			{0, 56.2, 1.039985}, {52930, 53.298656, 14.383984}, {158792, 46.981272, 5.419243}}},
		{"NAE, rotated", must(t)(Rotated(600, 360, geo.Box{326.219965, -20.069997, 392.109982, 19.419996}, geo.LonLat{Lon: 332.466980, Lat: -37.5}, 0)), true, 1e-3, []spot{
			{0, 24.234168, -62.47258}, {58908, 38.915332, -55.767784}, {176726, 64.700848, -22.772554}}},
		{"a rotated world, GRIB1", must(t)(Rotated(18, 9, geo.Box{0, -80, 340, 80}, geo.LonLat{Lon: -40, Lat: -20}, 0)), false, 3e-6, []spot{
			{0, 30, 140}, {43, -19.365186, 108.538024}, {131, -22.196616, -7.871821}}},
		{"HIRLAM, rotated, GRIB1", must(t)(Rotated(496, 372, geo.Box{-13.675, -1.027, 11.075, 17.523}, geo.LonLat{Lon: 10, Lat: -40}, 0)), true, 3e-6, []spot{
			{0, 47.112236, -10.323715}, {50321, 53.956308, 5.886518}, {150963, 63.842996, -0.437968}}},
		{"RTMA, NCEP's local template 32769", must(t)(RotatedAbout(geo.LonLat{Lon: 254, Lat: 54}, Cells{NX: 954, NY: 835, DX: 0.126, DY: 0.108, First: geo.LonLat{Lon: 215.866, Lat: -7.491}})), true, 1e-2, []spot{
			{0, -7.491, 215.866}, {954*835 - 1, 44.54, 14.802}}},
		{"a transverse Mercator by GDAL", must(t)(ProjectedAt(TransverseMercator(geo.Ellipsoid{Major: 6378206.4, Minor: 6356583.8}, 243, 0, 0.9996),
			Cells{NX: 20, NY: 60, DX: 60, DY: 60}, geo.XY{X: 440750 - 500000, Y: 3750150})), true, 1e-6, nil},
		{"Europe, equal-area azimuthal", raster(LambertAzimuthal(geo.WGS84, 10, 52), 400, 300, 10000, -10000, 60, -30), false, 1e-6, nil},
		{"Albers", raster(Albers(geo.WGS84, -96, 29.5, 45.5), 400, 300, 10000, -10000, 45, -120), false, 1e-6, nil},
		{"Albers of the south", raster(Albers(ncep, 132, -18, -36), 400, 300, 10000, -10000, -10, 110), false, 1e-6, nil},
		{"Gaussian of 94 rows", must(t)(Gaussian(47, 192, 94, geo.Box{0, -88.542, 358.125, 88.542})), false, 1e-9, []spot{
			{0, 88.54195013729753, 0}, {4921, 40.951685053809946, 226.875}, {14765, -56.189278907607395, 324.375}}},
		{"O32", must(t)(ReducedGaussian(32, octahedral, geo.Box{0, -87.863799, 357.5, 87.863799})), false, 1e-9, []spot{
			{0, 87.86379883923263, 0}, {1431, 26.510769325210994, 223.33333333333334}, {4293, -40.46364817811504, 69.54545454545455}}},
		{"N48", must(t)(ReducedGaussian(48, n48, geo.Box{0, -88.572, 358.125, 88.572})), false, 1e-9, []spot{
			{0, 88.57216851400727, 0}, {3621, 28.911492368717752, 99.375}, {10864, -41.96822026907537, 207}}},
		{"an octant of WAFS", must(t)(ReducedLatLon(thinned, geo.Box{240, 0, 330, 90})), false, 1e-9, []spot{
			{0, 90, 240}, {3446, 0, 330}, {3447 - 73 - 72, 1.25, 240 + 90./72}}},
		{"HEALPix of 8", must(t)(HEALPix(8, false, 45)), false, 1e-9, []spot{
			{0, 84.14973293629664, 45}, {209, 24.62431835216408, 11.25}, {418, -4.780191847199163, 202.5}, {627, -41.81031489577859, 39.375}}},
		{"waves of a sixth of a degree", must(t)(LatLon(2160, 406, geo.Box{0, -15, 359.833376, 52.5})), false, 2e-4, []spot{
			{239170, 34.16663000000035, 261.66669769337153}, {717511, -2.833443999999663, 65.16667439370096}}},
		{"Meteosat's view of Britain", must(t)(SpaceView(View{
			Earth: geo.Ellipsoid{Major: 6378168.8, Minor: 6356584}, EarthRadii: 6.610674, NX: 390, NY: 227, DiameterX: 3622, DiameterY: 3610,
			CentreX: 1856 - 1733, CentreY: 1856 - 3320, Westwards: true, Northwards: true,
		})), false, 1e-8, []spot{
			{0, 61.954200695528385, 343.05321686575286}, {24144, 56.84206754138935, 4.681692135083433}, {72432, 49.431625910796555, 0.7029777447690435}}},
	}
}

type fileGrid struct {
	name      string
	grid      Grid
	up        bool
	tolerance float64
	spots     []spot
}

func TestCellsLieWhereECCodesHasThem(t *testing.T) {
	for _, f := range files(t) {
		nx, ny := f.grid.Shape()
		for _, s := range f.spots {
			cell := s.stored
			if f.up {
				cell = (ny-1-cell/nx)*nx + cell%nx
			}
			var at [1]geo.LonLat
			f.grid.Places(at[:], cell)
			if d := apart(at[0], geo.LonLat{Lon: s.lon, Lat: s.lat}); !(d <= f.tolerance) {
				t.Errorf("%s: cell %d is at %v, want %v north %v east: %g degrees off", f.name, cell, at[0], s.lat, s.lon, d)
			}
		}
	}
}

func TestIDsMakeEqualGrids(t *testing.T) {
	for _, f := range files(t) {
		id := f.grid.ID()
		if strings.ContainsAny(id, " \t\n") || len(id) > 200 {
			t.Errorf("%s: ID %q has blanks or is long", f.name, id)
		}
		again, err := Parse(id)
		if err != nil {
			t.Errorf("%s: Parse(%q): %v", f.name, id, err)
			continue
		}
		if again.ID() != id || again.Len() != f.grid.Len() || again.Extent() != f.grid.Extent() {
			t.Errorf("%s: ID %q comes back as %q, %d cells for %d, %v for %v", f.name, id, again.ID(), again.Len(), f.grid.Len(), again.Extent(), f.grid.Extent())
		}
		step := max(1, f.grid.Len()/500)
		var a, b [1]geo.LonLat
		for cell := 0; cell < f.grid.Len(); cell += step {
			f.grid.Places(a[:], cell)
			again.Places(b[:], cell)
			if a != b && a[0].Lon == a[0].Lon {
				t.Errorf("%s: cell %d of %q is at %v, parsed at %v", f.name, cell, id, a, b)
				break
			}
		}
	}
}

// Every cell's own place has its index and its weights, and lies in the extent.
func TestCellsAreFoundWhereTheyAre(t *testing.T) {
	for _, f := range files(t) {
		step := max(1, f.grid.Len()/3001)
		nx, _ := f.grid.Shape()
		box := f.grid.Extent()
		for cell := 0; cell < f.grid.Len(); cell += step {
			var at [1]geo.LonLat
			f.grid.Places(at[:], cell)
			if at[0].Lon != at[0].Lon {
				continue // space
			}
			var s [1]Stencil
			f.grid.Weigh(s[:], at[:])
			if got := weightOf(s[0], cell); !(got > 0.999) && math.Abs(at[0].Lat) < 89.9 {
				t.Errorf("%s: cell %d at %v has the weight %v there: %v", f.name, cell, at[0], got, s[0])
				break
			}
			if r, ok := f.grid.(Raster); ok {
				var q [1]geo.XY
				r.Index(q[:], at[:])
				if !(math.Abs(q[0].X-float64(cell%nx)) < 1e-6 && math.Abs(q[0].Y-float64(cell/nx)) < 1e-6) && math.Abs(at[0].Lat) < 89.9 {
					t.Errorf("%s: cell %d,%d at %v has the index %v", f.name, cell%nx, cell/nx, at[0], q[0])
					break
				}
			}
			const slack = 0.01
			east := at[0].Lon - box[0]
			east -= 360 * math.Floor((east+slack)/360)
			if east > box[2]-box[0]+slack || at[0].Lat < box[1]-slack || at[0].Lat > box[3]+slack {
				t.Errorf("%s: cell %d at %v is not in the extent %v", f.name, cell, at[0], box)
				break
			}
		}
	}
}

func TestAngleToNorthIsThatOfTheNextCellUp(t *testing.T) {
	for _, f := range files(t) {
		g, ok := f.grid.(Turned)
		if !ok {
			continue
		}
		nx, ny := f.grid.Shape()
		if ny < 50 {
			continue // cells of thousands of kilometres
		}
		for k := range 40 {
			cell := (ny/2+k%5)*nx + (nx-1)*k/40
			var at, up, down [1]geo.LonLat
			f.grid.Places(at[:], cell)
			f.grid.Places(up[:], cell-nx)
			f.grid.Places(down[:], cell+nx)
			if math.Abs(at[0].Lat) > 80 || at[0].Lon != at[0].Lon {
				continue
			}
			var got [1]float64
			g.North(got[:], cell)
			cos := math.Cos(at[0].Lat * math.Pi / 180)
			want := math.Atan2(math.Remainder(up[0].Lon-down[0].Lon, 360)*cos, up[0].Lat-down[0].Lat)
			if d := math.Remainder(got[0]-want, 2*math.Pi); !(math.Abs(d) < 0.01) {
				t.Errorf("%s: at cell %d, %v, north is %v, want about %v", f.name, cell, at[0], got[0], want)
				break
			}
			if p, ok := g.(*projectedGrid); ok {
				exact := measureNorth(p.projection, p.centre(cell), p.dy/100, p.plane.earth)
				if d := math.Remainder(got[0]-exact, 2*math.Pi); !(math.Abs(d) < 1e-6) {
					t.Errorf("%s: at cell %d, %v, north is %v, want %v", f.name, cell, at[0], got[0], exact)
					break
				}
			}
		}
	}
}

func weightOf(s Stencil, cell int) float32 {
	sum := float32(0)
	for i, c := range s.Cell {
		if int(c) == cell {
			sum += s.Weight[i]
		}
	}
	return sum
}

// apart is a distance in degrees of arc.
func apart(a, b geo.LonLat) float64 {
	return math.Hypot(math.Remainder(a.Lon-b.Lon, 360)*math.Cos(a.Lat*math.Pi/180), a.Lat-b.Lat)
}

// must ends a test where there is no grid.
func must(t *testing.T) func(g Grid, err error) Grid {
	return func(g Grid, err error) Grid {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
}

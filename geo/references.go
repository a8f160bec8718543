package geo

import (
	"fmt"
	"math"
)

// worldWidth is the length of the equator, which web maps are wide.
const worldWidth = 2 * math.Pi * 6378137

// mercatorTop is the latitude where web maps end, so that they are square.
const mercatorTop = 85.051128779806604

// announced are the systems of capabilities, the most used first. Lookup knows the others.
var announced = []string{
	"EPSG:3857", "EPSG:4326", "CRS:84", "EPSG:3395", "EPSG:4258", "EPSG:3035", "EPSG:3034", "EPSG:2154",
	"EPSG:3995", "EPSG:3413", "EPSG:3031", "EPSG:32630", "EPSG:32631", "EPSG:32632", "EPSG:32633",
}

// References lists the systems that services announce, the most used first; Lookup knows more (all UTM zones).
func References() []Reference {
	all := make([]Reference, 0, len(announced))
	for _, code := range announced {
		r, ok := reference(code)
		if ok {
			all = append(all, r)
		}
	}
	return all
}

// reference makes the system of a canonical code. What it says is the EPSG registry's, v11; Bounds are the area's
// boundary in the system.
func reference(code string) (Reference, bool) {
	r, ok := upright(code)
	if !ok {
		r, ok = polar(code)
	}
	if !ok {
		r, ok = european(code)
	}
	if !ok {
		r, ok = utm(code)
	}
	r.Code = code
	return r, ok
}

// upright makes the systems that repeat.
func upright(code string) (r Reference, ok bool) {
	world := Box{-180, -90, 180, 90}
	half := worldWidth / 2
	switch code {
	case "EPSG:3857":
		return Reference{
			Title: "WGS 84 / Pseudo-Mercator", Area: Box{-180, -mercatorTop, 180, mercatorTop}, Bounds: Box{-half, -half, half, half},
			Turn: worldWidth, Projection: Mercator(Sphere(WGS84.Major), 0, 0, XY{}),
		}, true
	case "EPSG:3395":
		return Reference{
			Title: "WGS 84 / World Mercator", Area: Box{-180, -80, 180, 84},
			Bounds: Box{-half, -15496570.73972, half, 18764656.23138}, Turn: worldWidth, Projection: Mercator(WGS84, 0, 0, XY{}),
		}, true
	case "EPSG:4326", "EPSG:4258", "CRS:84":
		r = Reference{Title: "WGS 84", NorthFirst: true, Degrees: true, Area: world, Bounds: world, Turn: 360, Projection: PlateCarree()}
		if code == "EPSG:4258" {
			r.Title = "ETRS89"
			r.Area = Box{-16.1, 33.26, 38.01, 84.73}
			r.Bounds = r.Area
		}
		if code == "CRS:84" {
			r.Title, r.NorthFirst = "WGS 84 longitude-latitude", false
		}
		return r, true
	}
	return Reference{}, false
}

// polar makes the systems about a pole. Their axes lie along meridians, x first.
func polar(code string) (r Reference, ok bool) {
	arctic, antarctic := Box{-180, 60, 180, 90}, Box{-180, -90, 180, -60}
	switch code {
	case "EPSG:3995":
		return Reference{
			Title: "WGS 84 / Arctic Polar Stereographic", Area: arctic, Bounds: square(XY{}, 3333134.02763),
			Projection: PolarStereographic(WGS84, false, 0, 71, XY{}),
		}, true
	case "EPSG:3413":
		return Reference{
			Title: "WGS 84 / NSIDC Sea Ice Polar Stereographic North", Area: arctic, Bounds: square(XY{}, 3323160.27064),
			Projection: PolarStereographic(WGS84, false, -45, 70, XY{}),
		}, true
	case "EPSG:3031":
		return Reference{
			Title: "WGS 84 / Antarctic Polar Stereographic", Area: antarctic, Bounds: square(XY{}, 3333134.02763),
			Projection: PolarStereographic(WGS84, true, 0, -71, XY{}),
		}, true
	case "EPSG:5041":
		pole := XY{2e6, 2e6}
		return Reference{
			Title: "WGS 84 / UPS North (E,N)", Area: arctic, Bounds: square(pole, 3405880.71737),
			Projection: polarStereographic(WGS84, false, 0, 0.994, pole),
		}, true
	}
	return Reference{}, false
}

func square(middle XY, half float64) Box {
	return Box{middle.X - half, middle.Y - half, middle.X + half, middle.Y + half}
}

// european makes the systems of Europe's maps.
func european(code string) (r Reference, ok bool) {
	europe := Box{-35.58, 24.6, 44.83, 84.73}
	switch code {
	case "EPSG:3035":
		return Reference{
			Title: "ETRS89-extended / LAEA Europe", NorthFirst: true, Area: europe,
			Bounds:     Box{-146473.11324, 196462.58271, 7824928.56445, 6971477.48449},
			Projection: LambertAzimuthal(grs80, 10, 52, XY{4321000, 3210000}),
		}, true
	case "EPSG:3034":
		return Reference{
			Title: "ETRS89-extended / LCC Europe", NorthFirst: true, Area: europe,
			Bounds:     Box{-587060.15930, -228439.82426, 7600887.12868, 6860717.59279},
			Projection: LambertConformal(grs80, 10, 52, 35, 65, XY{4e6, 2.8e6}),
		}, true
	case "EPSG:2154":
		return Reference{
			Title: "RGF93 v1 / Lambert-93", Area: Box{-9.86, 41.15, 10.38, 51.56},
			Bounds:     Box{-378305.80996, 6005280.99013, 1320649.57123, 7235612.72478},
			Projection: LambertConformal(grs80, 3, 46.5, 49, 44, XY{7e5, 6.6e6}),
		}, true
	}
	return Reference{}, false
}

// utm makes the zones of the universal transverse Mercator system.
func utm(code string) (r Reference, ok bool) {
	var n int
	if _, err := fmt.Sscanf(code, "EPSG:%d", &n); err != nil || code != fmt.Sprint("EPSG:", n) {
		return Reference{}, false
	}
	series, zone := n/100, n%100
	known := zone >= 1 && zone <= 60 && (series == 326 || series == 327) || series == 258 && zone >= 28 && zone <= 38
	if !known {
		return Reference{}, false
	}
	middle := float64(6*zone - 183)
	r = Reference{
		Title: fmt.Sprintf("WGS 84 / UTM zone %dN", zone), Area: Box{middle - 3, 0, middle + 3, 84},
		Bounds: Box{166021.44308, 0, 833978.55692, 9329005.18245},
	}
	earth, origin := WGS84, XY{X: 500000}
	switch series {
	case 258:
		earth = grs80
		r.Title = fmt.Sprintf("ETRS89 / UTM zone %dN", zone)
	case 327:
		r.Title = fmt.Sprintf("WGS 84 / UTM zone %dS", zone)
		r.Area = Box{middle - 3, -80, middle + 3, 0}
		r.Bounds = Box{166021.44308, 1116915.04405, 833978.55692, 1e7}
		origin.Y = 1e7
	}
	r.Projection = TransverseMercator(earth, middle, 0, 0.9996, origin)
	return r, true
}

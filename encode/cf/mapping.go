package cf

import (
	"math"

	"isobar/coverage"
	"isobar/geo"
	"isobar/grid"
)

// Mapping are the attributes of a grid mapping variable (CF 5.6, appendix F); nil for a system that the conventions have no name for.
func Mapping(s *coverage.Source) []Attr {
	if s.Ref.Code == "" {
		return own(s.Native)
	}
	attrs := []Attr{Text("grid_mapping_name", "latitude_longitude")}
	earth := geo.WGS84
	if !s.Ref.Degrees {
		registered, figure, known := registered(s.Ref.Code)
		if !known {
			return nil
		}
		attrs, earth = registered, figure
	}
	return append(append(attrs, figure(earth)...), Text("epsg_code", s.Ref.Code))
}

// figure describes the Earth.
func figure(e geo.Ellipsoid) []Attr {
	if e.Major == e.Minor {
		return []Attr{number("earth_radius", e.Major)}
	}
	return []Attr{number("semi_major_axis", e.Major), number("semi_minor_axis", e.Minor)}
}

func number(name string, v ...float64) Attr { return Attr{Name: name, Numbers: v, Type: Double} }

// own describes a grid's own system by its parameters. Origins are those of the grid's plane.
func own(n *grid.Native) []Attr {
	p := n.Params
	var attrs []Attr
	switch n.Kind {
	case "rotated":
		north := geo.LonLat{Lon: p[0] + 180, Lat: -p[1]}
		north.Lon -= 360 * math.Floor((north.Lon+180)/360)
		return []Attr{
			Text("grid_mapping_name", "rotated_latitude_longitude"), number("grid_north_pole_latitude", north.Lat),
			number("grid_north_pole_longitude", north.Lon), number("north_pole_grid_longitude", p[2]+0),
		}
	case "lambert":
		attrs = cone("lambert_conformal_conic", p)
	case "albers":
		attrs = cone("albers_conical_equal_area", p)
	case "polar":
		pole, lat := 90.0, p[2]
		if p[0] != 0 {
			pole, lat = -90, -lat
		}
		attrs = []Attr{
			Text("grid_mapping_name", "polar_stereographic"), number("straight_vertical_longitude_from_pole", p[1]),
			number("latitude_of_projection_origin", pole), number("standard_parallel", lat),
		}
	case "mercator":
		attrs = []Attr{Text("grid_mapping_name", "mercator"), number("longitude_of_projection_origin", 0), number("standard_parallel", p[0])}
	case "azimuthal":
		attrs = []Attr{
			Text("grid_mapping_name", "lambert_azimuthal_equal_area"), number("longitude_of_projection_origin", p[0]), number("latitude_of_projection_origin", p[1]),
		}
	case "transverse":
		attrs = []Attr{
			Text("grid_mapping_name", "transverse_mercator"), number("longitude_of_central_meridian", p[0]),
			number("latitude_of_projection_origin", p[1]), number("scale_factor_at_central_meridian", p[2]),
		}
	case "geostationary", "geostationaryx":
		sweep := "y"
		if n.Kind == "geostationaryx" {
			sweep = "x"
		}
		attrs = []Attr{
			Text("grid_mapping_name", "geostationary"), number("longitude_of_projection_origin", p[0]), number("latitude_of_projection_origin", 0),
			number("perspective_point_height", p[1]), Text("sweep_angle_axis", sweep),
		}
	default:
		return nil
	}
	attrs = append(attrs, number("false_easting", 0), number("false_northing", 0))
	return append(attrs, figure(n.Earth)...)
}

// cone is a conic map.
func cone(name string, p []float64) []Attr {
	parallels := []float64{p[1], p[2]}
	if p[1] == p[2] {
		parallels = parallels[:1]
	}
	return []Attr{
		Text("grid_mapping_name", name), number("longitude_of_central_meridian", p[0]), number("latitude_of_projection_origin", p[1]),
		number("standard_parallel", parallels...),
	}
}

// registered describes systems of the EPSG registry.
func registered(code string) (attrs []Attr, earth geo.Ellipsoid, ok bool) {
	polar := func(lon, pole, lat float64) []Attr {
		return []Attr{
			Text("grid_mapping_name", "polar_stereographic"), number("straight_vertical_longitude_from_pole", lon),
			number("latitude_of_projection_origin", pole), number("standard_parallel", lat), number("false_easting", 0), number("false_northing", 0),
		}
	}
	conic := func(lon, lat, a, b, x, y float64) []Attr {
		return []Attr{
			Text("grid_mapping_name", "lambert_conformal_conic"), number("longitude_of_central_meridian", lon), number("latitude_of_projection_origin", lat),
			number("standard_parallel", a, b), number("false_easting", x), number("false_northing", y),
		}
	}
	earth = geo.WGS84
	switch code {
	case "EPSG:3857":
		earth = geo.Sphere(geo.WGS84.Major)
		fallthrough
	case "EPSG:3395":
		attrs = []Attr{
			Text("grid_mapping_name", "mercator"), number("longitude_of_projection_origin", 0), number("standard_parallel", 0),
			number("false_easting", 0), number("false_northing", 0),
		}
	case "EPSG:3995":
		attrs = polar(0, 90, 71)
	case "EPSG:3413":
		attrs = polar(-45, 90, 70)
	case "EPSG:3031":
		attrs = polar(0, -90, -71)
	case "EPSG:3035":
		attrs = []Attr{
			Text("grid_mapping_name", "lambert_azimuthal_equal_area"), number("longitude_of_projection_origin", 10),
			number("latitude_of_projection_origin", 52), number("false_easting", 4321000), number("false_northing", 3210000),
		}
	case "EPSG:3034":
		attrs = conic(10, 52, 35, 65, 4e6, 2.8e6)
	case "EPSG:2154":
		attrs = conic(3, 46.5, 49, 44, 7e5, 6.6e6)
	default:
		return zone(code)
	}
	return attrs, earth, true
}

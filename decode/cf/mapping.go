package cf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/decode/crs"
	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/geo"
)

// mapping is the coordinate system of two axes: that of the variable's grid mapping.
func (r *reading) mapping(v *netcdf.Var, x, y *axis) (crs.System, error) {
	if x.kind == longitude && y.kind == latitude {
		return crs.System{}, nil
	}
	name, _, _ := strings.Cut(v.Attrs.Text("grid_mapping"), ":")
	var m *netcdf.Var
	if words := strings.Fields(name); len(words) > 0 {
		m = r.file.Var(words[0])
	}
	if m == nil {
		return crs.System{}, fmt.Errorf("no grid mapping")
	}
	s, err := system(m)
	if err != nil {
		return s, fmt.Errorf("%s: %w", m.Name, err)
	}
	if s.Angles() {
		return s, nil
	}
	switch unit := x.of.Attrs.Text("units"); {
	case strings.HasPrefix(unit, "rad"):
		s.Unit = m.Attrs.Number("perspective_point_height", 1)
	case unit != "":
		conv, ok := elements.Convert(elements.ReadUnit(unit), "m")
		if !ok {
			return s, fmt.Errorf("%s in %q", x.of.Name, unit)
		}
		s.Unit = conv.Scale
	}
	return s, nil
}

// system reads a grid mapping (CF appendix F), or a definition of PROJ's that stands in for one.
func system(m *netcdf.Var) (crs.System, error) {
	name := m.Attrs.Text("grid_mapping_name")
	if s, ok := defined(m, name); ok {
		return s, nil
	}
	if name == "" {
		for _, attr := range []string{"proj4_params", "proj4", "proj4text", "proj4_string", "PROJ4", "projection"} {
			if text := m.Attrs.Text(attr); strings.Contains(text, "+proj=") {
				return crs.PROJ(text)
			}
		}
		for _, attr := range []string{"epsg_code", "EPSG_code", "id"} {
			code, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(m.Attrs.Text(attr)), "EPSG:"))
			if err == nil {
				return crs.EPSG(code)
			}
		}
		return crs.System{}, fmt.Errorf("%w: no grid_mapping_name", crs.ErrUnknown)
	}
	get := func(name string, other float64) float64 { return m.Attrs.Number(name, other) }
	e := ellipsoid(m)
	lon := get("longitude_of_central_meridian", get("longitude_of_projection_origin", get("straight_vertical_longitude_from_pole", 0)))
	o := crs.Origin{
		Lon: lon, Lat: get("latitude_of_projection_origin", 0), False: geo.XY{X: get("false_easting", 0), Y: get("false_northing", 0)},
	}
	parallels := m.Attrs.Numbers("standard_parallel")
	var lat1, lat2 float64
	if len(parallels) > 0 {
		lat1, lat2 = parallels[0], parallels[len(parallels)-1]
	}
	switch name {
	case "latitude_longitude":
		return crs.System{}, nil
	case "rotated_latitude_longitude":
		pole := geo.LonLat{Lon: get("grid_north_pole_longitude", 0) + 180, Lat: -get("grid_north_pole_latitude", 90)}
		return crs.Rotated(pole, -get("north_pole_grid_longitude", 0)), nil
	case "lambert_conformal_conic":
		return crs.Lambert(e, o, lat1, lat2), nil
	case "albers_conical_equal_area":
		return crs.Albers(e, o, lat1, lat2), nil
	case "lambert_azimuthal_equal_area":
		return crs.LambertAzimuthal(e, o), nil
	case "transverse_mercator":
		return crs.TransverseMercator(e, o, get("scale_factor_at_central_meridian", 1)), nil
	case "mercator":
		if len(parallels) == 0 {
			return crs.MercatorScaled(e, o, get("scale_factor_at_projection_origin", 1)), nil
		}
		return crs.Mercator(e, o, lat1), nil
	case "sinusoidal":
		return crs.Sinusoidal(e, o), nil
	case "azimuthal_equidistant":
		return crs.AzimuthalEquidistant(e, o), nil
	case "lambert_cylindrical_equal_area":
		return crs.CylindricalEqualArea(e, o, lat1), nil
	case "orthographic":
		if e.Major != e.Minor {
			return crs.System{}, fmt.Errorf("%w: an orthographic map of an ellipsoid", crs.ErrUnknown)
		}
		return crs.Orthographic(e, o), nil
	case "polar_stereographic", "stereographic":
		if math.Abs(o.Lat) != 90 {
			if name == "stereographic" {
				return crs.Stereographic(e, o, get("scale_factor_at_projection_origin", 1)), nil
			}
			o.Lat = math.Copysign(90, lat1)
		}
		if len(parallels) == 0 {
			return crs.PolarStereographicScaled(e, o.Lat < 0, o, get("scale_factor_at_projection_origin", 1)), nil
		}
		return crs.PolarStereographic(e, o.Lat < 0, o, lat1), nil
	case "geostationary":
		sweepX := m.Attrs.Text("sweep_angle_axis") == "x" || m.Attrs.Text("fixed_angle_axis") == "y"
		return crs.Geostationary(e, o, get("perspective_point_height", 0), sweepX), nil
	}
	return crs.System{}, fmt.Errorf("%w: the grid mapping %.60q", crs.ErrUnknown, name)
}

// mappings are the names of grid mappings that are read by their attributes.
var mappings = []string{
	"latitude_longitude", "rotated_latitude_longitude", "lambert_conformal_conic", "albers_conical_equal_area", "lambert_azimuthal_equal_area",
	"transverse_mercator", "mercator", "sinusoidal", "azimuthal_equidistant", "lambert_cylindrical_equal_area", "orthographic", "polar_stereographic",
	"stereographic", "geostationary",
}

// defined is the system of a mapping that has no name which is read, but a well-known text beside it (CF 5.6.1; GDAL's spatial_ref).
func defined(m *netcdf.Var, name string) (crs.System, bool) {
	if slices.Contains(mappings, name) {
		return crs.System{}, false
	}
	for _, attr := range []string{"crs_wkt", "spatial_ref", "esri_pe_string"} {
		if s, err := crs.WKT(m.Attrs.Text(attr)); err == nil {
			return s, true
		}
	}
	return crs.System{}, false
}

// ellipsoid is a mapping's figure of the Earth, WGS 84 if it tells none.
func ellipsoid(m *netcdf.Var) geo.Ellipsoid {
	get := func(name string) float64 { return m.Attrs.Number(name, 0) }
	major, minor, inverse := get("semi_major_axis"), get("semi_minor_axis"), get("inverse_flattening")
	switch radius := get("earth_radius"); {
	case major > 0 && minor > 0:
		return geo.Ellipsoid{Major: major, Minor: minor}
	case major > 0:
		return crs.Flattened(major, inverse)
	case radius > 0:
		return geo.Sphere(radius)
	}
	return geo.WGS84
}

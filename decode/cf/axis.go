package cf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"isobar/decode/netcdf"
	"isobar/elements"
)

// kind is what a coordinate counts.
type kind int

const (
	other kind = iota
	longitude
	latitude
	planeX // of a projection, or of a turned globe
	planeY
	timeAxis
	reference // forecast reference time
	lead      // forecast period
	vertical
	member
)

// horizontal tells that a coordinate is one of a place.
func (k kind) horizontal() bool { return k >= longitude && k <= planeY }

// axis is a coordinate variable and what it counts.
type axis struct {
	of    *netcdf.Var
	kind  kind
	level elements.LevelKind // of a vertical one
	scale float64            // to the level's unit

	read   bool
	values []float64
	err    error
}

// all reads the coordinates, once.
func (a *axis) all() ([]float64, error) {
	if !a.read {
		a.values, a.err = a.of.Coordinates()
		a.read = true
	}
	return a.values, a.err
}

// value is the i-th coordinate.
func (a *axis) value(i int) (float64, error) {
	values, err := a.all()
	if err != nil {
		return 0, err
	}
	if i >= len(values) || values[i]-values[i] != 0 {
		return 0, fmt.Errorf("%s[%d] is no number", a.of.Name, i)
	}
	return values[i], nil
}

// decimal is the shortest number that a coordinate of single precision can be: 2.6, not 2.5999999.
func (a *axis) decimal(x float64) float64 {
	if a.of.Type != netcdf.Float || float64(float32(x)) != x {
		return x
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
	if err != nil {
		return x
	}
	return short
}

// axis finds what a variable counts, if it is a coordinate.
func (r *reading) axis(v *netcdf.Var) *axis {
	if a := r.axes[v.Name]; a != nil {
		return a
	}
	a := &axis{of: v, scale: 1}
	if v.Numeric() {
		a.kind = r.kindOf(v)
	}
	if a.kind == other && v.Numeric() && len(v.Dims) <= 1 {
		a.vertical()
	}
	r.axes[v.Name] = a
	return a
}

// standards are the standard names of coordinates, and those that are met.
var standards = map[string]kind{
	"longitude": longitude, "latitude": latitude, "projection_x_coordinate": planeX, "projection_y_coordinate": planeY,
	"projection_x_angular_coordinate": planeX, "projection_y_angular_coordinate": planeY, "grid_longitude": planeX, "grid_latitude": planeY,
	"time": timeAxis, "forecast_reference_time": reference, "forecast_period": lead, "realization": member, "member": member, "ensemble_member": member,
}

// kindOf finds what a coordinate counts; the vertical ones are not told here.
func (r *reading) kindOf(v *netcdf.Var) kind {
	if k, ok := standards[v.Attrs.Text("standard_name")]; ok {
		return k
	}
	units := strings.ToLower(v.Attrs.Text("units"))
	switch units {
	case "degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese":
		return longitude
	case "degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn":
		return latitude
	}
	own := len(v.Dims) == 0 || len(v.Dims) == 1 && v.Dims[0] == v.Name
	if !own {
		if len(v.Dims) == 1 && strings.Contains(units, " since ") && r.file.Var(v.Dims[0]) == nil { // of a dimension without a coordinate
			return timeAxis
		}
		return other
	}
	name := strings.ToLower(v.Name)
	switch {
	case strings.Contains(units, " since "):
		if strings.Contains(name, "reftime") || strings.Contains(name, "reference") || name == "forecast_time0" || name == "initial_time" {
			return reference
		}
		return timeAxis
	case slices.Contains([]string{"member", "number", "ensemble", "ensemble_member", "realization", "ens"}, name):
		return member
	case name == "x" || v.Attrs.Text("axis") == "X" || name == "rlon":
		return planeX
	case name == "y" || v.Attrs.Text("axis") == "Y" || name == "rlat":
		return planeY
	case name == "lon" || name == "longitude":
		return longitude
	case name == "lat" || name == "latitude":
		return latitude
	case name == "step" || name == "lead_time" || name == "leadtime" || name == "forecast_period":
		return lead
	case name == "time" || v.Attrs.Text("axis") == "T":
		return timeAxis
	}
	return other
}

// heights are standard names of vertical coordinates in metres, and those that are met.
var heights = map[string]elements.LevelKind{
	"height": elements.Height, "height_above_ground_level_in_m": elements.Height, "height_above_ground": elements.Height,
	"altitude": elements.Altitude, "height_above_mean_sea_level": elements.Altitude, "height_above_geopotential_datum": elements.Altitude,
	"height_above_reference_ellipsoid": elements.Altitude, "depth": elements.Depth, "depth_below_geoid": elements.SeaDepth, "depth_below_sea_surface": elements.SeaDepth,
}

// numbered are standard names of vertical coordinates that have other units or none.
var numbered = map[string]elements.LevelKind{
	"model_level_number": elements.ModelLevel, "model_level": elements.ModelLevel, "hybrid_level": elements.ModelLevel, "hybrid": elements.ModelLevel,
	"atmosphere_hybrid_sigma_pressure_coordinate": elements.ModelLevel, "atmosphere_hybrid_height_coordinate": elements.ModelLevel,
	"atmosphere_sigma_coordinate": elements.Sigma, "sigma": elements.Sigma, "air_potential_temperature": elements.Theta,
}

// vertical finds the kind of level that a coordinate counts.
func (a *axis) vertical() {
	v := a.of
	standard, units := v.Attrs.Text("standard_name"), elements.ReadUnit(v.Attrs.Text("units"))
	own := len(v.Dims) == 0 || v.Dims[0] == v.Name
	name := strings.ToLower(v.Name)
	level := func(k elements.LevelKind, scale float64) { a.kind, a.level, a.scale = vertical, k, scale }
	conv, pressure := elements.Convert(units, "Pa")
	length, metres := elements.Convert(units, "m")
	positive := strings.ToLower(v.Attrs.Text("positive"))
	upright := positive != "" || v.Attrs.Text("axis") == "Z" || own && len(v.Dims) == 1
	switch k, known := heights[standard]; {
	case standard == "pressure_level_in_hpa":
		level(elements.Pressure, 100)
	case known && len(v.Dims) <= 1 && (metres || units == "" || units == "1"):
		if !metres {
			length.Scale = 1
		}
		level(k, length.Scale)
	case numbered[standard] != "" && upright:
		level(numbered[standard], 1)
	case pressure && units != "" && upright:
		level(elements.Pressure, conv.Scale)
	case metres && units != "" && upright && strings.Contains(name, "depth"):
		level(elements.Depth, length.Scale)
	case metres && units != "" && upright && (positive == "up" || strings.HasPrefix(name, "height") || strings.HasPrefix(name, "lv_htgl")):
		level(elements.Height, length.Scale)
	case metres && units != "" && upright && positive == "down":
		level(elements.Depth, length.Scale)
	case own && len(v.Dims) == 1 && (name == "plev" || name == "isobaricinhpa" || name == "pressure" || name == "pressure_level"):
		level(elements.Pressure, 100)
		if name == "plev" {
			a.scale = 1
		}
	case own && len(v.Dims) == 1 && (name == "hybrid" || name == "lev" || name == "level" || name == "model_level" || v.Attrs.Text("axis") == "Z"):
		level(elements.ModelLevel, 1)
	}
}

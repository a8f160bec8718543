package decode

import (
	"regexp"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/field"
)

// quantity is what an abbreviation stands for: a CF standard name and what was done over time.
type quantity struct {
	name    string
	process elements.Process
}

// abbreviations are NCEP's (ON388 table 2, GRIB 2 code table 4.2), which wgrib2 and GDAL name fields by.
var abbreviations = map[string]quantity{
	"TMP": {name: "air_temperature"}, "TMAX": {"air_temperature", elements.Maximum}, "TMIN": {"air_temperature", elements.Minimum},
	"DPT": {name: "dew_point_temperature"}, "POT": {name: "air_potential_temperature"}, "APTMP": {name: "apparent_air_temperature"},
	"HGT": {name: "geopotential_height"}, "GP": {name: "geopotential"}, "UGRD": {name: "eastward_wind"}, "VGRD": {name: "northward_wind"},
	"WIND": {name: "wind_speed"}, "WDIR": {name: "wind_from_direction"}, "GUST": {name: "wind_speed_of_gust"},
	"VVEL": {name: "lagrangian_tendency_of_air_pressure"}, "DZDT": {name: "upward_air_velocity"}, "ABSV": {name: "atmosphere_absolute_vorticity"},
	"RELV": {name: "atmosphere_relative_vorticity"}, "RELD": {name: "divergence_of_wind"}, "RH": {name: "relative_humidity"}, "SPFH": {name: "specific_humidity"},
	"MIXR": {name: "humidity_mixing_ratio"}, "PWAT": {name: "atmosphere_mass_content_of_water_vapor"}, "PRES": {name: "air_pressure"},
	"PRMSL": {name: "air_pressure_at_mean_sea_level"}, "MSLET": {name: "air_pressure_at_mean_sea_level"}, "APCP": {"precipitation_amount", elements.Sum},
	"ACPCP": {"convective_precipitation_amount", elements.Sum}, "PRATE": {name: "precipitation_flux"}, "CPRAT": {name: "convective_precipitation_flux"},
	"WEASD": {name: "surface_snow_amount"}, "SNOD": {name: "surface_snow_thickness"}, "SNOWC": {name: "surface_snow_area_fraction"},
	"TCDC": {name: "cloud_area_fraction"}, "LCDC": {name: "low_type_cloud_area_fraction"}, "MCDC": {name: "medium_type_cloud_area_fraction"},
	"HCDC": {name: "high_type_cloud_area_fraction"}, "CAPE": {name: "atmosphere_convective_available_potential_energy"},
	"CIN": {name: "atmosphere_convective_inhibition"}, "VIS": {name: "visibility_in_air"}, "REFC": {name: "equivalent_reflectivity_factor"},
	"DSWRF": {name: "surface_downwelling_shortwave_flux_in_air"}, "DLWRF": {name: "surface_downwelling_longwave_flux_in_air"},
	"USWRF": {name: "surface_upwelling_shortwave_flux_in_air"}, "ULWRF": {name: "surface_upwelling_longwave_flux_in_air"},
	"LHTFL": {name: "surface_upward_latent_heat_flux"}, "SHTFL": {name: "surface_upward_sensible_heat_flux"}, "ALBDO": {name: "surface_albedo"},
	"HPBL": {name: "atmosphere_boundary_layer_thickness"}, "LAND": {name: "land_binary_mask"}, "ICEC": {name: "sea_ice_area_fraction"},
	"ICETK": {name: "sea_ice_thickness"}, "WTMP": {name: "sea_water_temperature"}, "TSOIL": {name: "soil_temperature"}, "HTSGW": {name: "sea_surface_wave_significant_height"},
	"WVHGT": {name: "sea_surface_wind_wave_significant_height"}, "SWELL": {name: "sea_surface_swell_wave_significant_height"},
}

// words are how services for people name quantities (Meteo-France's WCS), for names that hold them; the longest one counts.
var words = map[string]quantity{
	"TEMPERATURE": {name: "air_temperature"}, "DEW_POINT_TEMPERATURE": {name: "dew_point_temperature"}, "MAXIMUM_TEMPERATURE": {"air_temperature", elements.Maximum},
	"MINIMUM_TEMPERATURE": {"air_temperature", elements.Minimum}, "RELATIVE_HUMIDITY": {name: "relative_humidity"}, "SPECIFIC_HUMIDITY": {name: "specific_humidity"},
	"U_COMPONENT_OF_WIND": {name: "eastward_wind"}, "V_COMPONENT_OF_WIND": {name: "northward_wind"}, "WIND_SPEED": {name: "wind_speed"},
	"WIND_DIRECTION": {name: "wind_from_direction"}, "WIND_SPEED_GUST": {name: "wind_speed_of_gust"}, "VERTICAL_VELOCITY_PRESSURE": {name: "lagrangian_tendency_of_air_pressure"},
	"GEOPOTENTIAL": {name: "geopotential"}, "GEOMETRIC_HEIGHT": {name: "surface_altitude"}, "ABSOLUTE_VORTICITY": {name: "atmosphere_absolute_vorticity"},
	"TOTAL_PRECIPITATION": {"precipitation_amount", elements.Sum}, "TOTAL_WATER_PRECIPITATION": {"rainfall_amount", elements.Sum},
	"TOTAL_SNOW_PRECIPITATION": {"snowfall_amount", elements.Sum}, "TOTAL_CLOUD_COVER": {name: "cloud_area_fraction"},
	"LOW_CLOUD_COVER": {name: "low_type_cloud_area_fraction"}, "MEDIUM_CLOUD_COVER": {name: "medium_type_cloud_area_fraction"},
	"HIGH_CLOUD_COVER": {name: "high_type_cloud_area_fraction"}, "CONVECTIVE_CLOUD_COVER": {name: "convective_cloud_area_fraction"},
	"CONVECTIVE_AVAILABLE_POTENTIAL_ENERGY": {name: "atmosphere_convective_available_potential_energy"},
	"SHORT_WAVE_RADIATION_FLUX":             {name: "surface_net_downward_shortwave_flux"}, "DOWNWARD_SHORT_WAVE_RADIATION_FLUX": {name: "surface_downwelling_shortwave_flux_in_air"},
}

// quantityIn finds the quantity that a name tells of by words.
func quantityIn(name string) (q quantity, ok bool) {
	name = strings.ToUpper(name)
	longest := 0
	for word, is := range words {
		if len(word) > longest && strings.Contains(name, word) {
			q, longest = is, len(word)
		}
	}
	if strings.Contains(name, "PRESSURE") && longest == 0 {
		q, longest = quantity{name: "surface_air_pressure"}, 1
		if strings.Contains(name, "MEAN_SEA_LEVEL") || strings.Contains(name, "SEA_LEVEL") || strings.Contains(name, "MSL") {
			q.name = "air_pressure_at_mean_sea_level"
		}
	}
	return q, longest > 0
}

// levelInName is a level as names have it: x_wind_10m, air_temperature__at_2m, temp_850hPa.
var levelInName = regexp.MustCompile(`(?i)(?:^|[^0-9.])([0-9]{1,4}(?:\.[0-9]+)?) ?(hpa|mb|m)(?:$|[^a-z0-9])`)

// levelIn finds the level that a name tells.
func levelIn(name string) (field.Level, bool) {
	at := levelInName.FindStringSubmatch(name)
	if at == nil {
		return field.Level{}, false
	}
	v, err := strconv.ParseFloat(at[1], 64)
	if err != nil || v <= 0 {
		return field.Level{}, false
	}
	if strings.EqualFold(at[2], "m") {
		return field.Level{Kind: elements.Height, Value: v, To: v}, true
	}
	return field.Level{Kind: elements.Pressure, Value: v * 100, To: v * 100}, true
}

// coldest is a temperature in kelvin that nothing in the atmosphere has.
const coldest = 100

// disguised tells that values of a temperature which are said to be in kelvin are in degrees Celsius: GDAL before 2.0 wrote such
// files, and so do others.
func disguised(name, unit string, values func() ([]float32, error)) bool {
	if !strings.HasSuffix(name, "temperature") || elements.ReadUnit(unit) != "K" {
		return false
	}
	all, err := values()
	if err != nil {
		return false
	}
	some := false
	for _, v := range all {
		if v >= coldest {
			return false
		}
		some = some || v == v
	}
	return some
}

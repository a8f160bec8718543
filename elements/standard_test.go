package elements

import "testing"

func TestNamesOfCFAreRows(t *testing.T) {
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		of   Parameter
		want string
		unit string // of the reading
	}{
		{Parameter{Name: "air_temperature", LevelKind: Height, LevelValue: 2, Unit: "K"}, "t2m", "K"},
		{Parameter{Name: "air_temperature", LevelKind: Height, LevelValue: 1.5, Unit: "degC"}, "t_height", "degC"},
		{Parameter{Name: "air_temperature", LevelKind: Pressure, LevelValue: 85000, Unit: "C"}, "t", "degC"},
		{Parameter{Name: "air_temperature", LevelKind: Height, LevelValue: 2, Unit: "K", Process: Maximum}, "tmax2m", "K"},
		{Parameter{Name: "air_temperature", Unit: "K"}, "t_none", "K"},
		{Parameter{Name: "eastward_wind", LevelKind: Pressure, LevelValue: 30000, Unit: "m s**-1"}, "u", "m/s"},
		{Parameter{Name: "eastward_wind", LevelKind: Height, LevelValue: 10, Unit: "m/s"}, "u10", "m/s"},
		{Parameter{Name: "air_pressure_at_mean_sea_level", Unit: "hPa"}, "msl", "hPa"},
		{Parameter{Name: "air_pressure_at_mean_sea_level", LevelKind: Surface, Unit: "Pa"}, "msl", "Pa"},
		{Parameter{Name: "surface_air_pressure", Unit: "Pa"}, "sp", "Pa"},
		{Parameter{Name: "precipitation_amount", Unit: "kg m-2", Process: Sum}, "tp", "kg/m2"},
		{Parameter{Name: "precipitation_amount", Unit: "mm"}, "tp", "mm"},
		{Parameter{Name: "wind_speed", LevelKind: Height, LevelValue: 10, Unit: "kts"}, "ws10", "kt"},
		{Parameter{Name: "surface_temperature", Unit: "K"}, "skt", "K"},
		{Parameter{Name: "cloud_area_fraction", Unit: "%"}, "tcc", "%"},
		{Parameter{Name: "wind_from_direction"}, "wd_none", "deg"},
		{Parameter{Name: "wind_from_direction", LevelKind: ModelLevel, LevelValue: 3}, "wd_model", "deg"},
		{Parameter{Name: "wind_from_direction", LevelKind: Height, LevelValue: 10}, "wd10", "deg"},
		{Parameter{Name: "wind_speed", LevelKind: Height, LevelValue: 80}, "ws_height", "m/s"},
		{Parameter{Name: "relative_humidity", LevelKind: Height, LevelValue: 2, Unit: "1"}, "r2m", "1"},
		{Parameter{Name: "t2m", Unit: "K"}, "t2m", "K"},
		{Parameter{Name: "t2m", Unit: "m"}, "var_t2m_none", ""},
		{Parameter{Name: "air_temperature", LevelKind: Surface, Unit: "Pa"}, "var_air-temperature_surface", ""},
		{Parameter{Name: "colour of the soil", LevelKind: Surface}, "var_colour-of-the-soil_surface", ""},
		{Parameter{Name: "x_prob_y", Process: Mean, Ensemble: "p10"}, "var_x-prob-y_none_mean_p10", ""},
		{Parameter{Name: "§", Unit: "K"}, "var_other_none", ""},
	} {
		e, r := c.Identify(p.of), c.Reading(p.of)
		if e.ID != p.want || r.Unit != p.unit {
			t.Errorf("%+v: %q in %q, want %q in %q", p.of, e.ID, r.Unit, p.want, p.unit)
		}
		if back := c.Get(e.ID); back != e {
			t.Errorf("%q: described as %+v, want %+v", e.ID, back, e)
		}
	}
}

func TestUnitsAreReadInAnySpelling(t *testing.T) {
	for text, want := range map[string]string{
		"K": "K", "degK": "K", "C": "degC", "kelvin": "K", "m s-1": "m/s", "m s**-1": "m/s", "m.s-1": "m/s", "m s^-1": "m/s", "m/s": "m/s", "meters/second": "m/s",
		"kg m-2 s-1": "kg/m2/s", "kg m**-2": "kg/m2", "W m-2": "W/m2", "J m**-2": "J/m2", "Pa s-1": "Pa/s", "s-1": "1/s", "s**-1": "1/s",
		"m**2 s**-2": "m2/s2", "K m**2 kg**-1 s**-1": "K.m2/kg/s", "kg kg**-1": "kg/kg", "millibars": "hPa", "kts": "kt", "%": "%", "1": "1",
		"(0 - 1)": "1", "degrees": "deg", "mm/h": "mm/h", "mm h-1": "mm/h", "mm hr-1": "mm/h", "m of water equivalent": "m",
		"": "", "furlong": "", "m s": "", "/": "", "1/": "", "hours since 1900-01-01": "",
	} {
		if got := ReadUnit(text); got != want {
			t.Errorf("ReadUnit(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzStandardNames(f *testing.F) {
	c, err := Load(Rows())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("air_temperature", "K", "height", 2.0, "max", "p10")
	f.Add("x_spread", "m s**-1", "", 0.0, "", "prob_gt_1")
	f.Fuzz(func(t *testing.T, name, unit, kind string, value float64, process, ensemble string) {
		e := c.Identify(Parameter{Name: name, Unit: unit, LevelKind: LevelKind(kind), LevelValue: value, Process: Process(process), Ensemble: ensemble})
		if e.ID == "" || c.Get(e.ID) != e {
			t.Errorf("%q %q %q: %q is %+v, want %+v", name, kind, process, e.ID, c.Get(e.ID), e)
		}
	})
}

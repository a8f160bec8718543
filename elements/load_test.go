package elements

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestBadRowsNameFileLineAndKey loads each testdata/*.bad.yaml over the shipped rows; its first line says the message.
func TestBadRowsNameFileLineAndKey(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad rows: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(content), "\n")
		want := strings.TrimPrefix(first, "# ")
		_, err = Load(Rows(), fstest.MapFS{"bad.yaml": {Data: content}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", file, err, want)
		}
	}
}

func TestLaterRowsReplaceEarlierOnes(t *testing.T) {
	c, err := Load(Rows(), fstest.MapFS{
		"own.yaml": {Data: []byte(`
theme: Mine
quantities:
  - {id: vis, title: How far one sees, unit: m, level: surface, grib2: [0.19.0]}
  - {id: widgets, title: Widgets, unit: "1", level: height, grib2: [0.19.250@7, 0.19.1]}
derived:
  - {quantity: ws, formula: "2 * speed(u, v)"}
`)},
		"readme.txt": {Data: []byte("not a row")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if e := c.Get("vis"); e.Title != "How far one sees" || e.Theme != "Mine" {
		t.Errorf("vis is %+v", e)
	}
	if e := c.Identify(Parameter{Edition: 2, Centre: 7, Category: 19, Number: 250, LevelKind: Height, LevelValue: 2}); e.ID != "widgets" || !e.Known {
		t.Errorf("widgets are %+v", e)
	}
	if e := c.Identify(Parameter{Edition: 2, Category: 19, Number: 1, LevelKind: Surface}); e.ID != "widgets_surface" {
		t.Errorf("what a later row claims is %+v", e)
	}
	if got := derived(c, "u", "v"); len(got) != 2 {
		t.Errorf("derived %v", got)
	}
	if e := c.Get("t2m"); e.Title != "Temperature at 2 m" {
		t.Errorf("t2m is %+v", e)
	}
}

func TestElementsAreDescribed(t *testing.T) {
	c := shipped(t)
	for _, want := range []Element{
		{ID: "t2m", Title: "Temperature at 2 m", Theme: "Temperature", Unit: "K", DisplayUnit: "degC", Interpolation: Linear, Style: "temperature",
			StandardName: "air_temperature", LevelKind: Height, Known: true},
		{ID: "u10", Title: "Eastward wind at 10 m", Theme: "Wind", Unit: "m/s", DisplayUnit: "m/s", Interpolation: Linear, Style: "wind-component",
			StandardName: "eastward_wind", LevelKind: Height, Known: true, Partner: "v10", U: true},
		{ID: "v_tropopause_ensmean", Title: "Northward wind at the tropopause, ensemble mean", Theme: "Wind", Unit: "m/s", DisplayUnit: "m/s", Interpolation: Linear, Style: "wind-component",
			StandardName: "northward_wind", LevelKind: Tropopause, Known: true, Partner: "u_tropopause_ensmean"},
		{ID: "t_spread", Title: "Temperature on pressure levels, ensemble spread", Theme: "Temperature", Unit: "K", DisplayUnit: "K", Interpolation: Linear,
			LevelKind: Pressure, Known: true},
		{ID: "tp_prob_gt_25", Title: "Precipitation, probability above 25 mm", Abstract: "Water of rain and of melted snow.", Theme: "Rain and snow", Unit: "%", DisplayUnit: "%",
			Interpolation: Linear, Style: "probability", LevelKind: Surface, Known: true},
		{ID: "ssrd", Title: "Solar energy downwards", Theme: "Radiation", Unit: "J/m2", DisplayUnit: "MJ/m2", Interpolation: Linear,
			StandardName: "integral_wrt_time_of_surface_downwelling_shortwave_flux_in_air", LevelKind: Surface, Known: true, Sum: true},
		{ID: "grib2_0_19_235_c7_surface", Title: "Parameter 0.19.235 of centre 7 (GRIB 2) at the surface", Abstract: "A parameter that no row of this server's catalogue names.",
			Theme: "Other", Interpolation: Linear, LevelKind: Surface},
		{ID: "nothing of the kind", Title: "nothing of the kind", Theme: "Other", Interpolation: Linear},
		{ID: "t_pressure", Title: "t_pressure", Theme: "Other", Interpolation: Linear}, // not how the name is spelled
	} {
		if got := c.Get(want.ID); got != want {
			t.Errorf("Get(%q)\n got %+v\nwant %+v", want.ID, got, want)
		}
	}
}

func TestCategories(t *testing.T) {
	c := shipped(t)
	for id, want := range map[string]bool{"ptype": true, "crain": true, "wd10": true, "mwd": true, "t2m": false, "crain_mean": false, "ptype_prob_gt_1": false, "stranger": false} {
		if got := c.IsCategory(id); got != want {
			t.Errorf("IsCategory(%q) = %v", id, got)
		}
	}
}

// BenchmarkGet describes an element by ID, as a catalogue of layers does for each.
func BenchmarkGet(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		c.Get("t2m")
		c.Get("u_tropopause_mean_p10")
	}
}

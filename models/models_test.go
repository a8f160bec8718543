package models

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// shipped is the catalogue that ships.
func shipped(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	worldGrid = "latlon:1440x721:0,-90,359.75,90"
	hrrrGrid  = "lambert:1799x1059:-2697520.143,1586693.847,3000,3000:-97.5,38.5,38.5:6371229"
)

func TestIdentify(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		origin    Origin
		id, title string
	}{
		{Origin{Edition: 2, Centre: 7, Process: 96, GridID: worldGrid}, "gfs-0p25", "GFS 0.25°"},
		{Origin{Edition: 2, Centre: 7, Process: 81, GridID: worldGrid}, "gfs-0p25", "GFS 0.25°"}, // its analysis
		{Origin{Edition: 1, Centre: 7, Process: 96, GridID: "latlon:85x47:-30,25,12,48"}, "gfs-0p5-natl", "GFS 0.5°, North Atlantic"},
		{Origin{Edition: 1, Centre: 7, Process: 96, GridID: "latlon:29x15:0,37,14,44"}, "gfs-0p5-29x15-9dae37a4", "GFS 0.5°, 29 × 15 cells (9dae37a4)"},
		{Origin{Edition: 2, Centre: 7, Process: 96, GridID: "latlon:288x145:0,-90,358.75,90"}, "wafs-1p25", "WAFS 1.25°"},
		{Origin{Edition: 2, Centre: 7, SubCentre: 2, Process: 107, Ensemble: true, GridID: "latlon:720x361:0,-90,359.5,90"}, "gefs-0p5", "GEFS 0.5°"},
		{Origin{Edition: 2, Centre: 7, Process: 83, GridID: hrrrGrid}, "hrrr", "HRRR 3 km"},
		{Origin{Edition: 2, Centre: 7, Process: 83, GridID: "polar:1299x919:1,2,3000,3000:0,-135,60:6371229"}, "hrrr-alaska-1299x919-c80f5962", "HRRR Alaska 3 km, 1299 × 919 cells (c80f5962)"},
		{Origin{Edition: 2, Centre: 85, Process: 204, GridID: "latlon:1121x717:-12,37.5,16,55.4"}, "arome-france-0p025", "AROME France 0.025°"},
		{Origin{Edition: 2, Centre: 98, Process: 158, GridID: "latlon:1440x721:-180,-90,179.75,90"}, "ifs-0p25", "IFS 0.25°"},
		{Origin{Edition: 1, Centre: 98, Process: 145, GridID: "latlon:49x17:-25,63,-13,67"}, "era5-0p25-49x17-a9d3e691", "ERA5 0.25°, 49 × 17 cells (a9d3e691)"},
		{Origin{Edition: 2, Centre: 98, Process: 154, GridID: "healpix:8:ring:45"}, "ifs-healpix-3ad8e70f", "IFS on HEALPix, grid 3ad8e70f"},
		{Origin{Edition: 2, Centre: 78, SubCentre: 255, Process: 11, GridID: "latlon:1215x746:-3.94,43.18,20.34,58.08"}, "icon-d2-0p02", "ICON-D2 0.02°"},
		{Origin{Edition: 2, Centre: 7, SubCentre: 12, Process: 254, GridID: "polar:210x140:1,2,3,4:1,28,60:6371189"}, "ncep-s12-p254-210x140-9838d9bf", "NCEP, sub-centre 12, process 254, 210 × 140 cells (9838d9bf)"},
		{Origin{Edition: 2, Centre: 12345, Process: 1, GridID: ""}, "c12345-p1-e3b0c442", "c12345-p1-e3b0c442"},
	} {
		got := c.Identify(test.origin)
		if got.ID != test.id || got.Title != test.title {
			t.Errorf("%+v\n got %s, %q\nwant %s, %q", test.origin, got.ID, got.Title, test.id, test.title)
		}
	}
}

// TestEveryRowIsFound asks for each grid that a row names whole: it gives the row's ID.
func TestEveryRowIsFound(t *testing.T) {
	c := shipped(t)
	for _, f := range c.families {
		for _, g := range f.Grids {
			if !g.exact() {
				continue
			}
			o := Origin{Edition: 2, Centre: f.From[0].Centre[0], GridID: g.Grid.Value, Process: 255}
			if row := f.From[0]; len(row.Process) > 0 {
				o.Process = row.Process[0]
			}
			if row := f.From[0]; len(row.SubCentre) > 0 {
				o.SubCentre = row.SubCentre[0]
			}
			if got := c.Identify(o); got.ID != g.ID.Value && c.byID[got.ID].family == f {
				t.Errorf("%+v is %s, want %s", o, got.ID, g.ID.Value)
			}
		}
	}
}

// FuzzIdentify holds that an ID depends on the grid, can be asked for again, and stands in a layer's name.
func FuzzIdentify(f *testing.F) {
	c := shipped(f)
	f.Add(2, 7, 0, 96, false, worldGrid, "latlon:29x15:0,37,14,44")
	f.Add(1, 98, 65535, 145, true, "reducedgaussian:32:64+0:0,360:20+4*32~", "latlon:1x1:0,0,0,0")
	f.Add(2, -1, -1, 1<<40, true, "latlon:999999999999x1:NaN", "\x00[")
	f.Fuzz(func(t *testing.T, edition, centre, sub, process int, ensemble bool, first, second string) {
		o := Origin{Edition: edition, Centre: centre, SubCentre: sub, Process: process, Ensemble: ensemble, GridID: first}
		one := c.Identify(o)
		if got := c.Get(one.ID); got != one {
			t.Errorf("Get(%q) = %+v, want %+v", one.ID, got, one)
		}
		if one.ID == "" || strings.Trim(one.ID, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || one.Title == "" {
			t.Errorf("%+v is %+v", o, one)
		}
		o.GridID = second
		if two := c.Identify(o); first != second && two.ID == one.ID {
			t.Errorf("%q and %q are both %s", first, second, one.ID)
		}
	})
}

func TestLaterRowsReplaceEarlierOnes(t *testing.T) {
	c, err := Load(Rows(), fstest.MapFS{"own.yaml": {Data: []byte(`
centres:
  - {centre: 7, id: washington, title: Washington}
families:
  - {id: gfs, title: My GFS, attribution: me, from: [{centre: [7], process: [96]}]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Identify(Origin{Centre: 7, Process: 96, GridID: worldGrid}); got.Title != "My GFS, 1440 × 721 cells (c41bbeee)" {
		t.Errorf("GFS is %+v", got)
	}
	if got := c.Identify(Origin{Centre: 7, Process: 5, GridID: worldGrid}); !strings.HasPrefix(got.ID, "washington-p5-1440x721-") || got.Attribution != "Washington" {
		t.Errorf("a stranger is %+v", got)
	}
}

func TestAnUnknownIDIsAModelOfThatName(t *testing.T) {
	c := shipped(t)
	if got, want := c.Get("my-model"), (Model{ID: "my-model", Title: "my-model"}); got != want {
		t.Errorf("got %+v", got)
	}
}

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

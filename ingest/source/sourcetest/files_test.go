package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
)

// listed are the items of a feed's run: their IDs, and where they come from.
func listed(t *testing.T, f models.Feed) (ids, from []string) {
	t.Helper()
	items, _, err := made(t, f, fetch.New(fetch.Options{})).Items(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		ids, from = append(ids, i.ID), append(from, i.From)
	}
	return ids, from
}

func TestMembersAreFilesOfTheirOwn(t *testing.T) {
	ids, from := listed(t, models.Feed{Kind: "index", Schedule: models.Schedule{Steps: []models.StepRange{{To: 3 * time.Hour, Every: 3 * time.Hour}}},
		Elements: []models.Wanted{{Names: map[string]string{"var": "TMP|HGT", "level": "500 mb", "member": "gec00|gep01"}}},
		Settings: map[string]any{"url": "http://x/{member}.t{run:15}z.f{step:3}"}})
	if want := []string{"f000/gec00", "f000/gep01", "f003/gec00", "f003/gep01"}; !slices.Equal(ids, want) || from[3] != "http://x/gep01.t06z.f003" {
		t.Errorf("items %v from %v, want %v", ids, from, want)
	}
}

func TestPartsOfAnHourAreStepsOfTheirOwn(t *testing.T) {
	ids, from := listed(t, models.Feed{Kind: "index", Schedule: models.Schedule{Steps: []models.StepRange{{From: 45 * time.Minute, To: 75 * time.Minute, Every: 15 * time.Minute}}},
		Elements: []models.Wanted{{Names: map[string]string{"var": "TMP", "time": "{minutes} min fcst"}}},
		Settings: map[string]any{"url": "http://x/hrrr.t{run:15}z.wrfsubhf{upper:2}.grib2"}})
	if want := []string{"f000m45", "f001", "f001m15"}; !slices.Equal(ids, want) || from[0] != from[1] || from[2] != "http://x/hrrr.t06z.wrfsubhf02.grib2" {
		t.Errorf("items %v from %v, want %v", ids, from, want)
	}
}

func TestConstantsComeFirst(t *testing.T) {
	ids, from := listed(t, models.Feed{Kind: "http", Schedule: models.Schedule{Steps: []models.StepRange{{}}},
		Settings: map[string]any{"url": "http://x/t2m_{step:3}", "constants": []any{"http://x/{run:15}/clat", "http://x/{run:15}/clon"}}})
	if want := []string{"constant/0", "constant/1", "f000"}; !slices.Equal(ids, want) || from[1] != "http://x/06/clon" {
		t.Errorf("items %v from %v, want %v", ids, from, want)
	}
}

// TestAnIndexThatWasCutShortIsNoIndex cuts the index at the end of a line, where it does not show.
func TestAnIndexThatWasCutShortIsNoIndex(t *testing.T) {
	url, client, _ := play(t)
	var whole http.Client
	resp, err := whole.Get(url + "/noaa/gfs.20261124/06/atmos/gfs.t06z.pgrb2.0p25.f003.idx")
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 4096)
	n, _ := resp.Body.Read(text)
	resp.Body.Close()
	first := string(text[:n])[:strings.Index(string(text[:n]), "\n")+1]
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, first) }))
	defer h.Close()
	for name, c := range map[string]struct {
		wanted string
		index  string
		want   error
	}{
		"cut short, and something lacks":      {"TMP|UGRD", h.URL + "/{step}", source.ErrContent},
		"cut short, and all is there":         {"TMP", h.URL + "/{step}", nil},
		"whole, and something is not in it":   {"TMP|RAIN", "", nil},
		"whole, and nothing wanted is in it":  {"RAIN", "", source.ErrContent},
		"an index of another, shorter file":   {"TMP|RAIN", url + "/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.2p50.f{step:3}.idx", source.ErrContent},
		"whole, and all is there":             {"TMP|UGRD", "", nil},
		"no index, because it is not there":   {"TMP", url + "/noaa/none", source.ErrNotYet},
		"no index, because it is a web page.": {"TMP", url + "/meteofrance/blocked.html", source.ErrContent},
	} {
		f := kinds(url)["index"].feed
		f.Elements = []models.Wanted{{Names: map[string]string{"var": c.wanted, "level": "900 mb"}}}
		if c.index != "" {
			f.Settings["index"] = c.index
		}
		s := made(t, f, client)
		items, _, err := s.Items(context.Background(), run)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fetched(t, s, items[3]); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestAListThatHasNotChangedIsNotSentAgain asks a bucket twice.
func TestAListThatHasNotChangedIsNotSentAgain(t *testing.T) {
	sent, spared := 0, 0
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			spared++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sent++
		fmt.Fprint(w, `<ListBucketResult><Contents><Key>x/f003</Key><Size>5</Size></Contents></ListBucketResult>`)
	}))
	defer h.Close()
	s := made(t, models.Feed{Kind: "s3", Settings: map[string]any{"url": h.URL, "prefix": "x/", "match": `f(?P<step>\d+)`}}, fetch.New(fetch.Options{}))
	for range 3 {
		items, whole, err := s.Items(context.Background(), run)
		if err != nil || whole || len(items) != 1 || items[0].Steps[0] != 3*3600 {
			t.Errorf("items %v, whole %v, %v", items, whole, err)
		}
	}
	if sent != 1 || spared != 2 {
		t.Errorf("the list was sent %d times and spared %d times", sent, spared)
	}
}

// TestBadSettingsOfEveryKindAreNamed has a table of what may be wrong with a feed's settings.
func TestBadSettingsOfEveryKindAreNamed(t *testing.T) {
	client := fetch.New(fetch.Options{})
	for _, c := range []struct {
		kind     string
		set      map[string]any
		elements []models.Wanted
		want     string
	}{
		{"http", map[string]any{"url": "http://x/{step}", "ranges": []any{map[string]any{"name": "a", "from": "6h", "to": "3h"}}}, nil, `ranges: "a" from 6h to 3h`},
		{"http", map[string]any{"url": "http://x/{step}", "constants": []any{"http://x/{clat}"}}, nil, "constants: "},
		{"index", map[string]any{}, nil, "url: missing"},
		{"index", map[string]any{"url": "http://x/{step}", "form": "csv"}, nil, `form: "csv" is not wgrib2 or ecmwf`},
		{"index", map[string]any{"url": "http://x/{step}"}, nil, "elements: none is wanted"},
		{"index", map[string]any{"url": "http://x/{step}"}, []models.Wanted{{Names: map[string]string{"time": "{hours} hour fcst"}}}, "elements: time: "},
		{"nomads", map[string]any{"url": "x"}, nil, `url: "x" is no address`},
		{"nomads", map[string]any{"url": "http://x", "dir": "/{run}"}, nil, "dir: "},
		{"nomads", map[string]any{"url": "http://x"}, []models.Wanted{{Names: map[string]string{"var": "TMP"}}}, "has no var, or no lev"},
		{"wcs", map[string]any{"url": "http://x", "coverage": "{name}"}, []models.Wanted{{Names: map[string]string{"name": "T"}}}, "element is missing"},
		{"wcs", map[string]any{"url": "http://x", "coverage": "{name}"}, []models.Wanted{{Element: "tp", Names: map[string]string{"name": "T", "period": "an hour"}}}, "tp: period: "},
		{"s3", map[string]any{"url": "bucket"}, nil, `url: "bucket" is no address`},
		{"s3", map[string]any{"url": "http://x", "match": "("}, nil, "match: "},
		{"exec", map[string]any{}, nil, "command: missing"},
		{"exec", map[string]any{"command": []any{"x"}, "timeout": "soon"}, nil, `timeout: "soon" is no length of time`},
		{"exec", map[string]any{"commands": []any{"x"}}, nil, `unknown field "commands"`},
	} {
		f := models.Feed{Model: "m", Kind: c.kind, Settings: c.set, Elements: c.elements}
		_, err := opened(f, client)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "feed of m: ") {
			t.Errorf("%s %v: %v, want %q", c.kind, c.set, err, c.want)
		}
	}
}

// TestShippedFeedsAreOpened opens every feed that ships, and lists a run of each.
func TestShippedFeedsAreOpened(t *testing.T) {
	known, err := models.Load(models.Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range known.Feeds() {
		items, whole, err := made(t, f, fetch.New(fetch.Options{})).Items(context.Background(), run-field.Time(6*3600))
		seen := map[string]bool{}
		for _, i := range items {
			if seen[i.ID] || i.From == "" || i.Name == "" {
				t.Errorf("%s: item %+v is there twice, or says too little", f.Model, i)
			}
			seen[i.ID] = true
		}
		if err != nil || !whole || len(items) < 10 && f.Kind != "http" || len(items) < 4 {
			t.Errorf("%s: %d items, whole %v, %v", f.Model, len(items), whole, err)
		}
		if f.Checked == "" || known.Get(f.Model).Licence == "" {
			t.Errorf("%s: no date on which its facts were looked up, or no licence", f.Model)
		}
	}
}

// Package sourcetest tries every kind of source on a server that plays the providers.
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"isobar/decode"
	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/ingest/source/files"
	"isobar/ingest/source/index"
	"isobar/ingest/source/nomads"
	"isobar/ingest/source/object"
	"isobar/ingest/source/program"
	"isobar/ingest/source/wcs"
	"isobar/models"
	"isobar/test/upstream"
)

var (
	now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	run = field.At(now.Add(-6 * time.Hour)) // seven steps of it are there
)

// hourly is a schedule of six steps.
var hourly = models.Schedule{Every: 6 * time.Hour, Steps: []models.StepRange{{From: 0, To: 9 * time.Hour, Every: time.Hour}}}

// play serves the samples, and makes a client for it.
func play(t *testing.T, faults ...upstream.Fault) (string, *fetch.Client, bool) {
	t.Helper()
	pool, err := upstream.Embedded(os.DirFS("../../../cmd/tileserver/samples"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := upstream.Shared(os.DirFS("../../../../shared/data"))
	pool = append(pool, more...)
	h := httptest.NewServer(upstream.New(pool, upstream.Options{Clock: func() time.Time { return now }, Delay: 3 * time.Hour, Pace: 30 * time.Minute, Faults: faults}))
	t.Cleanup(h.Close)
	return h.URL, fetch.New(fetch.Options{}), err == nil
}

// fetched is the fields of an item: their run, valid time and element's number.
func fetched(t *testing.T, s source.Source, item source.Item) (all []*decode.Message, err error) {
	t.Helper()
	var body bytes.Buffer
	if err := s.Fetch(context.Background(), item, &body); err != nil {
		return nil, err
	}
	format := decode.GRIB()
	if strings.HasSuffix(item.Name, ".tif") {
		format = decode.GeoTIFF()
	}
	for m, err := range format.Messages(bytes.NewReader(body.Bytes()), int64(body.Len())) {
		if m == nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all, nil
}

// kinds are the feeds that are tried: each gives n fields a step.
func kinds(url string) map[string]struct {
	feed  models.Feed
	n     int
	apart bool // needs the corpus
} {
	type k = struct {
		feed  models.Feed
		n     int
		apart bool
	}
	wind := []models.Wanted{{Names: map[string]string{"var": "TMP|UGRD", "level": "900 mb"}}}
	return map[string]k{
		"index": {models.Feed{Kind: "index", Schedule: hourly, Elements: wind, Settings: map[string]any{
			"url": url + "/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.0p25.f{step:3}"}}, 2, false},
		"ecmwf": {models.Feed{Kind: "index", Schedule: hourly3(), Elements: []models.Wanted{{Names: map[string]string{"param": "gh", "levelist": "925|700"}}}, Settings: map[string]any{
			"form": "ecmwf", "url": url + "/ecmwf/forecasts/{run:20060102}/{run:15}z/ifs/0p4-beta/oper/{run:20060102150405}-{step}h-oper-fc.grib2",
			"index": url + "/ecmwf/forecasts/{run:20060102}/{run:15}z/ifs/0p4-beta/oper/{run:20060102150405}-{step}h-oper-fc.index"}}, 2, true},
		"nomads": {models.Feed{Kind: "nomads", Schedule: hourly, Elements: []models.Wanted{{Names: map[string]string{"var": "TMP", "lev": "900 mb"}}}, Settings: map[string]any{
			"url": url + "/nomads/cgi-bin/filter_gfs_0p25.pl", "dir": "/gfs.{run:20060102}/{run:15}/atmos", "file": "gfs.t{run:15}z.pgrb2.0p25.f{step:3}"}}, 1, false},
		"files": {models.Feed{Kind: "http", Schedule: hourly, Settings: map[string]any{
			"url": url + "/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.0p25.f{step:3}"}}, 3, false},
		"dwd": {models.Feed{Kind: "http", Schedule: three(), Elements: []models.Wanted{{Names: map[string]string{"var": "u_10m|v_10m"}}}, Settings: map[string]any{
			"packed": "bzip2", "url": url + "/dwd/weather/nwp/icon-d2/grib/{run:15}/{var}/icon-d2_germany_regular-lat-lon_single-level_{run:2006010215}_{step:3}_2d_{var}.grib2.bz2"}}, 1, true},
		"wcs": {models.Feed{Kind: "wcs", Model: "arome", Schedule: hourly, Elements: []models.Wanted{{Element: "tcc", Names: map[string]string{"name": "TOTAL_CLOUD_COVER__GROUND_OR_WATER_SURFACE", "unit": "%"}}}, Settings: map[string]any{
			"url": url + "/meteofrance/public/arome/1.0/wcs/MF-NWP-HIGHRES-AROME-0025-FRANCE-WCS/GetCoverage", "coverage": "{name}___{run:2006-01-02T15.04.05Z}",
			"header": map[string]any{"apikey": "x"}}}, 1, false},
		"object": {models.Feed{Kind: "s3", Schedule: hourly, Settings: map[string]any{
			"url": url + "/noaa", "prefix": "gfs.{run:20060102}/{run:15}/atmos/", "match": `gfs\.t\d\dz\.pgrb2\.0p25\.f(?P<step>\d{3})`}}, 3, false},
	}
}

func hourly3() models.Schedule {
	s := hourly
	s.Steps = []models.StepRange{{From: 0, To: 9 * time.Hour, Every: 3 * time.Hour}}
	return s
}

// three is a schedule of three steps, one of which is late: packing takes long.
func three() models.Schedule {
	s := hourly
	s.Steps = []models.StepRange{{From: 0, To: time.Hour, Every: time.Hour}, {From: 9 * time.Hour, To: 9 * time.Hour}}
	return s
}

func made(t *testing.T, f models.Feed, c *fetch.Client) source.Source {
	t.Helper()
	s, err := opened(f, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// opened makes the source of a feed, by its kind.
func opened(f models.Feed, c *fetch.Client) (source.Source, error) {
	switch f.Kind {
	case "index":
		return index.New(f, c)
	case "nomads":
		return nomads.New(f, c)
	case "http":
		return files.New(f, c)
	case "wcs":
		return wcs.New(f, c)
	case "s3":
		return object.New(f, c)
	case "exec":
		return program.New(f)
	}
	return nil, fmt.Errorf("kind %q is not known", f.Kind)
}

func TestEveryKindGivesWhatWasAskedFor(t *testing.T) {
	url, client, corpus := play(t)
	for name, k := range kinds(url) {
		t.Run(name, func(t *testing.T) {
			if k.apart && !corpus {
				t.Skip("../shared/data is not there: this provider can't be played")
			}
			s := made(t, k.feed, client)
			items, _, err := s.Items(context.Background(), run)
			if err != nil || len(items) == 0 {
				t.Fatalf("%d items, %v", len(items), err)
			}
			came, late := 0, 0
			for _, item := range items {
				all, err := fetched(t, s, item)
				switch {
				case errors.Is(err, source.ErrNotYet) && item.Steps[0] > 6*3600:
					late++
					continue
				case err != nil:
					t.Errorf("%s: %v", item.ID, err)
					continue
				case len(all) != k.n:
					t.Errorf("%s has %d fields, want %d", item.ID, len(all), k.n)
				}
				came++
				for _, m := range all {
					if item.Says == nil && (m.Run != run || m.Valid != run+field.Time(item.Steps[0])) {
						t.Errorf("%s is of %s at %s", item.ID, m.Run, m.Valid)
					}
				}
			}
			if came == 0 || late == 0 && name != "object" && name != "ecmwf" && came > 7 {
				t.Errorf("%d items came, %d are late", came, late)
			}
		})
	}
}

func TestWhatIsDamagedIsNoAnswer(t *testing.T) {
	for _, kind := range []upstream.Kind{upstream.Missing, upstream.Redirect, upstream.Page, upstream.TooMany, upstream.Failing, upstream.Truncated, upstream.Reset} {
		url, client, _ := play(t, upstream.Fault{Kind: kind, Path: "f003", Wait: time.Second})
		feed := kinds(url)["index"].feed
		s := made(t, feed, client)
		items, _, err := s.Items(context.Background(), run)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fetched(t, s, items[3]); err == nil {
			t.Errorf("%s: no error", kind)
		}
	}
}

func TestAProgramIsASource(t *testing.T) {
	script := t.TempDir() + "/source.sh"
	sample := "../../../cmd/tileserver/samples/gfs_20231219_06z_0p25_f001_t_u.grib2"
	text := "#!/bin/sh\ncase $1 in\nruns) echo '{\"run\":\"2023-12-19T06:00:00Z\"}';;\nitems) echo '{\"id\":\"f001\",\"steps\":[3600]}'; echo '{\"id\":\"f002\"}'; echo '{\"whole\":true}';;\n" +
		"fetch) if [ $3 = f001 ]; then cat \"$SAMPLE\"; else exit 75; fi;;\n*) echo no such call >&2; exit 3;;\nesac\n"
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SAMPLE", sample)
	s := made(t, models.Feed{Model: "own", Kind: "exec", Settings: map[string]any{"command": []any{"sh", script}}}, nil)
	runs, err := s.Runs(context.Background())
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs %v, %v", runs, err)
	}
	items, whole, err := s.Items(context.Background(), runs[0])
	if err != nil || len(items) != 2 || !whole {
		t.Fatalf("items %v, whole %v, %v", items, whole, err)
	}
	if all, err := fetched(t, s, items[0]); err != nil || len(all) != 3 {
		t.Errorf("%d fields, %v", len(all), err)
	}
	if _, err := fetched(t, s, items[1]); !errors.Is(err, source.ErrNotYet) {
		t.Errorf("status 75 is %v, want not yet", err)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		set  map[string]any
		want string
	}{
		"a key that is not known": {"http", map[string]any{"url": "http://x/{step}", "pack": "gzip"}, "pack"},
		"no address":              {"http", nil, "url: missing"},
		"a bad place":             {"http", map[string]any{"url": "http://x/{stepp}"}, "{stepp}"},
		"a form without a time":   {"http", map[string]any{"url": "http://x/{run:abc}"}, "{run:2006010215}"},
		"another packing":         {"http", map[string]any{"url": "http://x/{step}", "packed": "zip"}, `"zip"`},
	} {
		_, err := files.New(models.Feed{Model: "m", Kind: c.kind, Settings: c.set}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "feed of m") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

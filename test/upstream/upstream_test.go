package upstream

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"isobar/decode"
	"isobar/field"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// start serves the embedded samples at noon: run 06 has its first seven steps.
func start(t *testing.T, faults ...Fault) (*Server, *httptest.Server) {
	t.Helper()
	pool, err := Embedded(os.DirFS("../../cmd/tileserver/samples"))
	if err != nil {
		t.Fatal(err)
	}
	if more, err := Shared(os.DirFS("../../../shared/data")); err == nil {
		pool = append(pool, more...)
	} else {
		t.Logf("without the corpus only NOAA's and Meteo-France's samples are tried: %v", err)
	}
	s := New(pool, Options{Clock: func() time.Time { return now }, Delay: 3 * time.Hour, Pace: 30 * time.Minute, Faults: faults})
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, h
}

func get(t *testing.T, url string, headers ...string) (int, []byte, http.Header) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return 0, nil, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return -1, body, resp.Header
	}
	return resp.StatusCode, body, resp.Header
}

// fields counts the messages of a GRIB file, and checks their run and time.
func fields(t *testing.T, body []byte, run time.Time, step time.Duration) (n int) {
	t.Helper()
	for m, err := range decode.GRIB().Messages(bytes.NewReader(body), int64(len(body))) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Run != field.At(run) || m.Valid != field.At(run.Add(step)) {
			t.Errorf("field %d is of run %s at %s, want %s + %s", m.Number, m.Run, m.Valid, run, step)
		}
		n++
	}
	return n
}

func TestStepsAppearOverTime(t *testing.T) {
	_, h := start(t)
	run := now.Add(-6 * time.Hour)
	const file = "/noaa/gfs.20261124/06/atmos/gfs.t06z.pgrb2.0p25.f00"
	status, body, _ := get(t, h.URL+file+"3")
	if status != 200 || fields(t, body, run, 3*time.Hour) != 3 {
		t.Errorf("step 3: %d, %d bytes", status, len(body))
	}
	if status, _, _ := get(t, h.URL+file+"7"); status != 404 {
		t.Errorf("step 7 is there before its time: %d", status)
	}
	status, index, _ := get(t, h.URL+file+"3.idx")
	if status != 200 || !bytes.Contains(index, []byte(":d=2026112406:UGRD:900 mb:3 hour fcst:")) {
		t.Errorf("index: %d %s", status, index)
	}
	if status, part, _ := get(t, h.URL+file+"3", "Range", "bytes=0-15"); status != 206 || string(part[:4]) != "GRIB" {
		t.Errorf("range: %d", status)
	}
	if status, body, _ := get(t, h.URL+"/nomads/cgi-bin/filter_gfs_0p25.pl?dir=/gfs.20261124/06/atmos&file=gfs.t06z.pgrb2.0p25.f003&var_TMP=on&lev_900_mb=on"); status != 200 || fields(t, body, run, 3*time.Hour) != 1 {
		t.Errorf("filter: %d", status)
	}
}

func TestMeteoFranceWantsAKeyAndSendsPictures(t *testing.T) {
	_, h := start(t)
	url := h.URL + "/meteofrance/" + aromeCoverages + "?service=WCS&coverageid=TOTAL_CLOUD_COVER__GROUND_OR_WATER_SURFACE___2026-11-24T06.00.00Z&subset=time(2026-11-24T08:00:00Z)"
	if status, _, _ := get(t, url); status != 401 {
		t.Errorf("without a key: %d", status)
	}
	if status, body, _ := get(t, url, "apikey", "x"); status != 200 || !bytes.HasPrefix(body, []byte("II*\x00")) {
		t.Errorf("coverage: %d", status)
	}
}

func TestFaultsAreOnDemand(t *testing.T) {
	const file = "/noaa/gfs.20261124/06/atmos/gfs.t06z.pgrb2.0p25.f003"
	for kind, want := range map[Kind]int{Missing: 404, Redirect: 302, Page: 200, TooMany: 429, Failing: 503, Truncated: -1, Short: 200, OtherRun: 200, Reset: 0, Flipped: 200, Slow: 200} {
		s, h := start(t, Fault{Kind: kind, Path: file, Times: 1, Wait: time.Second})
		status, body, header := get(t, h.URL+file)
		if status != want {
			t.Errorf("%s: %d, want %d", kind, status, want)
		}
		switch kind {
		case TooMany:
			if header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After is %q", header.Get("Retry-After"))
			}
		case OtherRun:
			fields(t, body, now.Add(-12*time.Hour), 3*time.Hour)
		}
		if status, body, _ := get(t, h.URL+file); status != 200 || fields(t, body, now.Add(-6*time.Hour), 3*time.Hour) != 3 {
			t.Errorf("%s: the second request is hit too: %d", kind, status)
		}
		if requests := s.Requests(); len(requests) != 2 || requests[0].Fault != kind {
			t.Errorf("%s: %d requests are told of", kind, len(requests))
		}
	}
}

func TestOtherProvidersOfTheCorpus(t *testing.T) {
	s, h := start(t)
	if len(s.pool.of("ifs")) == 0 {
		t.Skip("../shared/data is not there: ECMWF, DWD and ARPEGE can't be played")
	}
	run := now.Add(-6 * time.Hour)
	if status, body, _ := get(t, h.URL+"/ecmwf/forecasts/20261124/06z/ifs/0p4-beta/oper/20261124060000-6h-oper-fc.grib2"); status != 200 || fields(t, body, run, 6*time.Hour) != 9 {
		t.Errorf("ECMWF: %d", status)
	}
	if status, body, _ := get(t, h.URL+"/dwd/weather/nwp/icon-d2/grib/06/u_10m/icon-d2_germany_regular-lat-lon_single-level_2026112406_002_2d_u_10m.grib2.bz2"); status != 200 || !bytes.HasPrefix(body, []byte("BZh")) {
		t.Errorf("DWD: %d", status)
	}
	if status, body, _ := get(t, h.URL+"/meteofrance/"+arpegePackages+"?referencetime=2026-11-24T06:00:00Z&time=000H006H&format=grib2", "apikey", "x"); status != 200 || len(body) == 0 {
		t.Errorf("packages: %d", status)
	}
}

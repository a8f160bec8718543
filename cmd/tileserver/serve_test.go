package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The samples that tests use by name.
const (
	gfsWorld = "gfs_20231219_06z_0p25_f001_t_u.grib2"
	arome    = "arome_20260413_21z_f001_tcdc_ccsds.grib2"
	hrrr     = "hrrr_20230722_06z_f001_skt.grib2"
)

func TestFilesThatAppearLaterAreServed(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "in")
	sampleFiles(t, folder, "arome")
	s := start(t, "serve", folder, "--data", filepath.Join(dir, "data"))
	before := s.layers(t)
	if len(before) != 1 {
		t.Fatalf("layers at the start: %v", before)
	}
	if err := os.MkdirAll(filepath.Join(folder, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "sub", hrrr), sampleBytes(t, hrrr))
	until(t, "a file in a new folder becomes a layer", func() bool { return len(s.layers(t)) == 2 })
}

func TestARestartDecodesNothing(t *testing.T) {
	dir := t.TempDir()
	folder, data := filepath.Join(dir, "in"), filepath.Join(dir, "data")
	sampleFiles(t, folder, "arome", "hrrr")
	first := start(t, "serve", folder, "--data", data)
	want := first.layers(t)
	if status := first.stop(); status != 0 {
		t.Fatalf("the first server ended with status %d:\n%s", status, first.log)
	}
	second := start(t, "serve", folder, "--data", data)
	if got := second.layers(t); len(got) != len(want) || len(got) == 0 {
		t.Errorf("after a restart layers are %v, want %v", got, want)
	}
	if log := second.log.String(); !strings.Contains(log, "2 files, 0 fields") || !strings.Contains(log, "2 read before") {
		t.Errorf("the restart decoded again:\n%s", log)
	}
	second.stop()
	third := start(t, "serve", "--data", data) // the files need not be named, nor be there
	if got := third.layers(t); len(got) != len(want) {
		t.Errorf("without paths layers are %v, want %v", got, want)
	}
}

func TestIngestBesideAServerShowsWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	folder, more, data := filepath.Join(dir, "in"), filepath.Join(dir, "more"), filepath.Join(dir, "data")
	sampleFiles(t, folder, "arome")
	sampleFiles(t, more, "hrrr")
	s := start(t, "serve", folder, "--data", data)
	status, out, errs := call("ingest", more, "--data", data)
	if status != 0 || !strings.Contains(out, "1 file, 1 field of hrrr") {
		t.Fatalf("ingest: status %d, %s%s", status, out, errs)
	}
	until(t, "the other program's fields show up", func() bool { return s.layers(t)["hrrr.t_surface"] })
}

func TestBrokenFilesAreNamedAndStopNothing(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "in")
	sampleFiles(t, folder, "arome", "hrrr")
	world := sampleBytes(t, gfsWorld)
	writeFile(t, filepath.Join(folder, "cut.grib2"), world[:len(world)*2/3])
	flipped := append([]byte{}, world...)
	flipped[40] ^= 0xff // in the grid's or the product's header
	flipped[len(flipped)/2+99] ^= 0x10
	writeFile(t, filepath.Join(folder, "flipped.grib2"), flipped)
	writeFile(t, filepath.Join(folder, "page.grib2"), []byte("<!DOCTYPE html><html><body>404</body></html>"))
	writeFile(t, filepath.Join(folder, "empty.grib2"), nil)
	s := start(t, "serve", folder, "--data", filepath.Join(dir, "data"))
	names := s.layers(t)
	if !names["hrrr.t_surface"] || !names["arome-france-0p025.tcc"] {
		t.Errorf("good files beside broken ones are not served: %v", names)
	}
	log := s.log.String()
	for _, want := range []string{"cut.grib2", "page.grib2", "empty.grib2"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not name %s:\n%s", want, log)
		}
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "cut.grib2") && !strings.Contains(line, "message=3") {
			t.Errorf("the message that was cut is not named: %s", line)
		}
	}
	if status, _ := s.fetch(t, "/readyz"); status != http.StatusOK {
		t.Errorf("/readyz answers %d", status)
	}
}

func TestTheProgramSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: 127.0.0.1:1\nlisten_on: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(dir, "good.yaml")
	if err := os.WriteFile(good, []byte("listen: 127.0.0.1:0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"config", "check", good}, 0, "right"},
		{[]string{"config", "check", bad}, 1, "[2:1] unknown field \"listen_on\""},
		{[]string{"serve"}, 1, "nothing to serve"},
		{[]string{"serve", "--nope"}, 2, "unknown flag --nope"},
		{[]string{"serve", filepath.Join(dir, "absent"), "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "d")}, 1, "absent"},
		{[]string{"ingest", dir}, 2, "--data"},
		{[]string{"inspect", filepath.Join(dir, "absent")}, 1, "absent"},
		{[]string{"--version"}, 0, "isobar"},
	} {
		status, out, errs := call(c.args...)
		if status != c.status || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: status %d, %s%s; want %d and %q", c.args, status, out, errs, c.status, c.want)
		}
	}
}

func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	sampleFiles(t, filepath.Join(dir, "in"), "arome")
	s := start(t, "serve", filepath.Join(dir, "in"), "--data", filepath.Join(dir, "data"), "--metrics", "127.0.0.1:0")
	s.fetch(t, "/xyz/arome-france-0p025.tcc/5/16/11.png")
	_, rest, ok := strings.Cut(s.log.String(), "msg=metrics url=")
	if !ok {
		t.Fatalf("the log does not tell where metrics are:\n%s", s.log)
	}
	other := &server{url: strings.TrimSuffix(strings.Fields(rest)[0], "/metrics")}
	for _, want := range []string{`isobar_requests_total{method="GET",route="/xyz/:layer/:z/:x/:file",status="200"} 1`, "isobar_layers 1", "isobar_ready 1"} {
		until(t, "metrics tell "+want, func() bool {
			_, body := other.fetch(t, "/metrics")
			return strings.Contains(body, want)
		})
	}
	if status, _ := s.fetch(t, "/metrics"); status != http.StatusNotFound {
		t.Errorf("the service's own address answers %d for /metrics", status)
	}
}

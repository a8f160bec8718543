package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// examine runs the doctor and gives what it found, by check.
func examine(t *testing.T, want int, args ...string) map[string][]finding {
	t.Helper()
	status, out, errs := call(append([]string{"doctor", "--json", "--timeout", "2s"}, args...)...)
	if status != want {
		t.Errorf("doctor %v: status %d, want %d\n%s%s", args, status, want, out, errs)
	}
	var all []finding
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("doctor %v: %v\n%s%s", args, err, out, errs)
	}
	by := map[string][]finding{}
	for _, f := range all {
		by[f.Check] = append(by[f.Check], f)
	}
	return by
}

// expect looks for a finding.
func expect(t *testing.T, all []finding, status health, says, do string) {
	t.Helper()
	for _, f := range all {
		if f.Status == status && strings.Contains(f.Says, says) && strings.Contains(f.Do, do) {
			return
		}
	}
	t.Errorf("no %s that says %q and %q in %+v", status, says, do, all)
}

// textFile is a file with a text.
func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADoctorFindsAMachineFit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	file := textFile(t, "c.yaml", "listen: 127.0.0.1:0\nlimits:\n  layers: 8\n")
	by := examine(t, 0, "--config", file, "--data", dir)
	expect(t, by["config"], fine, "2 keys: listen, limits.layers", "")
	expect(t, by["data"], fine, "is not there yet and can be made", "")
	expect(t, by["port"], fine, "is free", "")
	expect(t, by["store"], fine, "data folder", "")
	for _, check := range []string{"program", "rows", "sources", "clock", "memory"} {
		expect(t, by[check], fine, "", "")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the doctor made the data folder")
	}
}

func TestADoctorSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	go func() { // it answers like no server
		for c, err := taken.Accept(); err == nil; c, err = taken.Accept() {
			c.Close()
		}
	}()
	by := examine(t, 1, "--listen", taken.Addr().String(), "--data", t.TempDir())
	expect(t, by["port"], wrong, "is taken by", "--listen")
	if runtime.GOOS == "linux" {
		expect(t, by["port"], wrong, "tileserver.test (", "")
	}

	by = examine(t, 1, "--config", textFile(t, "c.yaml", "lisen: 127.0.0.1:0\n"), "--listen", "127.0.0.1:0")
	expect(t, by["config"], wrong, `unknown field "lisen", did you mean "listen"?`, "docs/configuration.md")

	other := t.TempDir()
	writeFile(t, filepath.Join(other, "thesis.txt"), []byte("x"))
	by = examine(t, 1, "--listen", "127.0.0.1:0", "--data", other)
	expect(t, by["data"], wrong, "thesis.txt", "--data")

	rows := t.TempDir()
	writeFile(t, filepath.Join(rows, "mine.yaml"), []byte("families: [{idd: x}]\n"))
	by = examine(t, 1, "--listen", "127.0.0.1:0", "--config", textFile(t, "c.yaml", "rows: {models: '"+rows+"'}\n"))
	expect(t, by["rows"], wrong, "idd", "docs/ADDING.md")
}

func TestADoctorAsksProviders(t *testing.T) {
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusForbidden) // who asks for nothing may be refused: it is there
	}))
	defer late.Close()
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	rows := t.TempDir()
	writeFile(t, filepath.Join(rows, "feeds.yaml"), []byte(`feeds:
  - {model: gfs-0p25, kind: http, settings: {url: "`+late.URL+`/{run:20060102}/f{step:3}", header: {apikey: "${ISOBAR_TEST_UNSET}"}}, runs: {every: 6h, delay: 1h}, steps: [{from: 0h, to: 6h, every: 3h}]}
  - {model: gfs-0p5, kind: http, settings: {url: "http://`+dead.Addr().String()+`/f{step:3}"}, runs: {every: 6h, delay: 1h}, steps: [{from: 0h, to: 6h, every: 3h}]}
  - {model: gfs-1p0, kind: exec, settings: {command: [no-such-program]}, runs: {poll: 1m}}
`))
	file := textFile(t, "c.yaml", "listen: 127.0.0.1:0\nrows: {models: '"+rows+"'}\nfeeds: {models: [gfs-0p25, gfs-0p5, gfs-1p0, gfs-0p55]}\n")
	by := examine(t, 1, "--config", file, "--data", t.TempDir())
	expect(t, by["sources"], fine, "gfs-0p25: "+late.URL+" answers", "")
	expect(t, by["sources"], doubted, "gfs-0p5: http://"+dead.Addr().String()+" can't be reached", "fetched later")
	expect(t, by["sources"], wrong, "no-such-program", "install it")
	expect(t, by["sources"], wrong, "ISOBAR_TEST_UNSET is not set", "export ISOBAR_TEST_UNSET")
	expect(t, by["sources"], wrong, `"gfs-0p55"`, `"gfs-0p5"`)
	expect(t, by["clock"], doubted, "1h0m", "time service")
}

func TestADoctorSeesWhoHoldsTheRecords(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("who holds a file is told by Linux alone")
	}
	dir := t.TempDir()
	s := start(t, "serve", "--data", dir)
	by := examine(t, 0, "--data", dir, "--listen", "127.0.0.1:0")
	expect(t, by["locks"], doubted, "records.db is held by tileserver.test", "stop the first")
	expect(t, by["data"], fine, "can be written", "")
	by = examine(t, 1, "--data", dir, "--listen", strings.TrimPrefix(s.url, "http://"))
	expect(t, by["port"], wrong, "answers like this server", "--listen")
}

func TestADoctorsLinesAreOneACheckWithoutColours(t *testing.T) {
	_, out, _ := call("doctor", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines[:len(lines)-1] {
		if first := strings.Fields(line)[0]; first != "ok" && first != "warning" && first != "error" {
			t.Errorf("a line that is no check: %q", line)
		}
	}
	if strings.Contains(out, "\x1b") || !strings.HasSuffix(out, " errors\n") {
		t.Errorf("colours where nobody sees them, or no sum:\n%s", out)
	}
}

func TestLengthsOfTimeAreToldShort(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 30 * time.Second: "30s", 10 * time.Minute: "10m", 3 * time.Hour: "3h", 90 * time.Minute: "1h30m", 100 * time.Second: "1m40s"} {
		if got := short(d); got != want {
			t.Errorf("short(%v) = %q, want %q", d, got, want)
		}
	}
}

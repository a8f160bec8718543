package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"isobar/internal/mongodb/mongotest"
)

// database is a configuration for servers of one database, and the names of that and of the one of documents.
type database struct{ config, forecasts, documents string }

func newDatabase(t *testing.T, uri string) database {
	t.Helper()
	client := mongotest.Connect(t, uri)
	d := database{filepath.Join(t.TempDir(), "config.yaml"), mongotest.Database(t, client), mongotest.Database(t, client)}
	writeFile(t, d.config, fmt.Appendf(nil, "store: {kind: mongo, uri: %q, database: %q, records: %q}\n", uri, d.forecasts, d.documents))
	return d
}

// execute asks for a process to be done as a job; it gives the status and where the job is.
func (s *server) execute(t *testing.T) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+"/processes/echo/execution", strings.NewReader(`{"inputs":{"message":"x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Prefer", "respond-async")
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	location := answer.Header.Get("Location")
	if i := strings.Index(location, "/jobs/"); i >= 0 {
		location = location[i:]
	}
	return answer.StatusCode, location
}

// job is a job's status.
func (s *server) job(t *testing.T, path string) string {
	t.Helper()
	_, body := s.fetch(t, path)
	var info struct{ Status string }
	if err := json.Unmarshal([]byte(body), &info); err != nil {
		t.Fatalf("%s: %v: %s", path, err, body)
	}
	return info.Status
}

func TestRolesOfOneDatabase(t *testing.T) {
	d := newDatabase(t, mongotest.URI(t))
	in := t.TempDir()
	sampleFiles(t, in, "hrrr", "gfs")
	if status, out, said := call("ingest", in, "--data", t.TempDir(), "--config", d.config); status != 0 {
		t.Fatalf("ingest: %d %s %s", status, out, said)
	}
	all := start(t, "serve", "--roles", "serve", "--data", t.TempDir(), "--config", d.config)
	hrrr := start(t, "serve", "--roles", "serve", "--models", "hrrr", "--data", t.TempDir(), "--config", d.config)
	rest := start(t, "serve", "--roles", "serve", "--models", "gfs-*", "--data", t.TempDir(), "--config", d.config)
	some, other, whole := hrrr.layers(t), rest.layers(t), all.layers(t)
	if len(some) == 0 || len(other) == 0 || len(whole) != len(some)+len(other) {
		t.Errorf("%d layers of hrrr, %d of gfs, %d of all", len(some), len(other), len(whole))
	}
	for name := range some {
		if !strings.HasPrefix(name, "hrrr") {
			t.Errorf("%s is served with --models hrrr", name)
		}
	}
	status, job := all.execute(t)
	if status != http.StatusCreated {
		t.Fatalf("a job is answered by %d", status)
	}
	if now := all.job(t, job); now != "accepted" {
		t.Errorf("without a process for jobs it is %s", now)
	}
	works := start(t, "probe", "--data", t.TempDir(), "--config", d.config)
	until(t, "the job is done", func() bool { return hrrr.job(t, job) == "successful" })
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/status": 200, "/wms": 404, "/collections": 404, "/jobs": 404} {
		if got, _ := works.fetch(t, path); got != want {
			t.Errorf("a process for jobs answers %s by %d, want %d", path, got, want)
		}
	}
	if status, _, said := call("healthcheck", works.url+"/readyz"); status != 0 {
		t.Errorf("healthcheck: %s", said)
	}
	t.Run("streams of models by models", func(t *testing.T) {
		writeFile(t, d.config, fmt.Appendf(nil, "store: {kind: mongo, uri: %q, database: %q, records: %q}\nstreams: [{id: of-hrrr, features: airports, layers: [%s], keep: 80000h}, {id: of-gfs, features: airports, layers: [%s], keep: 80000h}]\n",
			mongotest.URI(t), d.forecasts, d.documents, firstOf(some, "."), firstOf(other, "0p25.")))
		works.stop()
		start(t, "probe", "--models", "hrrr", "--data", t.TempDir(), "--config", d.config)
		filled := func(id string) bool {
			_, body := all.fetch(t, "/collections/"+id+"/items?limit=1")
			return strings.Contains(body, "Feature\"") && !strings.Contains(body, `"numberReturned":0`)
		}
		until(t, "the stream of the model is worked for", func() bool { return filled("of-hrrr") })
		if filled("of-gfs") {
			t.Error("a stream of another model is, too")
		}
		start(t, "probe", "--models", "gfs", "--data", t.TempDir(), "--config", d.config)
		until(t, "another process works for the other", func() bool { return filled("of-gfs") })
	})
	t.Run("each database has its own", func(t *testing.T) {
		client := mongotest.Client(t)
		for name, want := range map[string][]string{d.forecasts: {"chunks", "meta", "state"}, d.documents: {"records"}} {
			names, err := client.Database(name).ListCollectionNames(t.Context(), bson.D{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range want {
				if !slices.Contains(names, c) {
					t.Errorf("%s lacks %s: it has %v", name, c, names)
				}
			}
			if name == d.documents && (slices.Contains(names, "chunks") || slices.Contains(names, "state")) {
				t.Errorf("the database of documents has %v", names)
			}
		}
		jobs, err := client.Database(d.forecasts).Collection("records").CountDocuments(t.Context(), bson.D{{Key: "k", Value: "job"}})
		if err != nil || jobs != 0 {
			t.Errorf("%d jobs in the database of forecasts, %v", jobs, err)
		}
	})
}

// firstOf is the first of names that has a part.
func firstOf(names map[string]bool, part string) string {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if strings.Contains(name, part) {
			return name
		}
	}
	return ""
}

func TestRolesAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		"roles: [serve, cook]": "roles[1]", "roles: [serve]": "apart only where", "roles: [probe]": "apart only where",
		"roles: [serve]\nstore: {kind: mongo}": "", "roles: [serve, probe]": "", "roles: [ingest]": "", "only: [gfs]": "",
		"only: [gfs]\nstore: {kind: mongo}": "only: a process", "only: [gfs]\nroles: [probe, ingest]\nstore: {kind: mongo}": "",
	} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		writeFile(t, file, []byte(text))
		_, err := (&settings{Config: file}).load(nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if status, _, said := call("probe", "--data", t.TempDir()); status != 1 || !strings.Contains(said, "apart only where") {
		t.Errorf("probe on a folder: %d %s", status, said)
	}
}

func TestAServerThatIsStartedInAnOutageGoesOnAsSoonAsItIsOver(t *testing.T) {
	ferret := mongotest.StartFerret(t)
	d := newDatabase(t, ferret.URI())
	config := fmt.Sprintf("store: {kind: mongo, uri: %q, database: forecasts, records: documents}\nstreams: [{id: places, features: airports, layers: [hrrr.skt]}]\n", ferret.URI())
	writeFile(t, d.config, []byte(config))
	data, in := t.TempDir(), t.TempDir()
	sampleFiles(t, in, "hrrr")
	before := start(t, "serve", in, "--data", data, "--config", d.config)
	if status, _ := before.execute(t); status != http.StatusCreated {
		t.Fatalf("a job is answered by %d", status)
	}
	want := before.layers(t)
	before.stop()
	ferret.Kill(t)
	s := start(t, "serve", "--data", data, "--config", d.config)
	if got := s.layers(t); len(got) != len(want) {
		t.Errorf("%d layers of %d are served from the cache", len(got), len(want))
	}
	for path, want := range map[string]int{"/readyz": 200, "/collections": 200, "/jobs": 503, "/streams": 503, "/alerts": 503} {
		if got, body := s.fetch(t, path); got != want || strings.Contains(body, ferret.Address) {
			t.Errorf("in the outage %s is answered by %d, want %d: %.300s", path, got, want, body)
		}
	}
	if status, _ := s.execute(t); status != http.StatusServiceUnavailable {
		t.Errorf("in the outage a job is answered by %d", status)
	}
	ferret.Start(t)
	job := ""
	until(t, "jobs are taken", func() bool {
		status, at := s.execute(t)
		job = at
		return status == http.StatusCreated
	})
	until(t, "the job is done", func() bool { return s.job(t, job) == "successful" })
	until(t, "the configuration's stream is there", func() bool { status, _ := s.fetch(t, "/streams/places"); return status == http.StatusOK })
}

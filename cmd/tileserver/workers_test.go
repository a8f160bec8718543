package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isobar/internal/mongodb/mongotest"
	"isobar/store/mongo"
)

// onMongo lets the program keep what it fetches of two models in a database of the test's own, and opens that.
func (l *live) onMongo(t *testing.T) *mongo.Store {
	t.Helper()
	l.models = []liveModel{{"gfs-2p5", "gfs.2p50", []string{"HGT"}, 3 * time.Hour, 36 * time.Hour}, liveModels[2]}
	feeds := fmt.Sprintf(liveFeeds, l.url)
	writeFile(t, filepath.Join(l.folder, "rows", "feeds.yaml"), []byte(strings.Replace(feeds, "HGT|TMP|UGRD|VGRD", "HGT", 1)))
	client := mongotest.Client(t)
	name := mongotest.Database(t, client)
	writeFile(t, filepath.Join(l.folder, "config.yaml"), fmt.Appendf(nil, `originals: false
rows: {models: %q}
feeds: {models: [gfs-2p5, arome-france-0p025], blocked: 1s}
store: {kind: mongo, uri: %q, database: %q, records: %q}
`, filepath.Join(l.folder, "rows"), mongotest.URI(t), name, name))
	fields, err := mongo.Open(t.Context(), mongo.Options{Client: client, Database: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fields.Close() })
	return fields
}

// machine is a program with a folder of its own.
type machine struct {
	name string
	p    *exec.Cmd
	said *bytes.Buffer
}

func (m *machine) start(t *testing.T, l *live) {
	t.Helper()
	m.p, m.said = l.start(t, "ingest", "--data", filepath.Join(l.folder, m.name))
}

func (m *machine) kill() {
	_ = m.p.Process.Kill()
	_ = m.p.Wait()
}

// TestWorkersOnSeveralMachinesShareRuns has two programs fetch the same models for one database, each with a folder of its own, and kills
// them in turn: every field that was offered is served, with the values that were offered, and none twice. In the end one is killed for good, and the other
// does what that had begun.
func TestWorkersOnSeveralMachinesShareRuns(t *testing.T) {
	mongotest.URI(t)
	kills, _ := lives(t)
	l := newLive(t, 12)
	fields := l.onMongo(t)
	machines := []*machine{{name: "one"}, {name: "two"}}
	for _, m := range machines {
		m.start(t, l)
	}
	for i := range kills {
		time.Sleep(time.Duration(300+rand.IntN(3000)) * time.Millisecond)
		m := machines[i%2]
		m.kill()
		m.start(t, l)
	}
	time.Sleep(time.Second)
	machines[0].kill()
	killed := time.Now()
	l.waitForAll(t, fields, func() string {
		machines[1].kill()
		return machines[1].said.String()
	})
	t.Logf("all is served %v after the last kill", time.Since(killed).Round(time.Millisecond))
	until(t, "the runs are complete", func() bool {
		status, out, _ := call("status", "--data", filepath.Join(l.folder, "none"), "--config", filepath.Join(l.folder, "config.yaml"))
		return status == 0 && strings.Count(out, l.runs[0].Format(time.RFC3339)) >= len(l.models)
	})
	machines[1].kill()
	l.compare(t, fields)
}

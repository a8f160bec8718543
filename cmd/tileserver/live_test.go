package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isobar/cmd/tileserver/samples"
	"isobar/decode"
	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/local"
	"isobar/test/upstream"
)

// liveFeeds are three models of played providers; %s is their address.
const liveFeeds = `
feeds:
  - model: gfs-0p25
    kind: nomads
    provider: nomads
    settings: {url: "%[1]s/nomads/cgi-bin/filter_gfs_0p25.pl", dir: "/gfs.{run:20060102}/{run:15}/atmos", file: "gfs.t{run:15}z.pgrb2.0p25.f{step:3}"}
    runs: {every: 6h, delay: 3h, poll: 1s, look: 4}
    steps: [{from: 0h, to: 4h, every: 1h}]
    elements: [{element: t, levels: [90000], names: {var: TMP, lev: 900 mb}}, {element: u, levels: [90000], names: {var: UGRD, lev: 900 mb}}]
    keep: {runs: 6}
  - model: gfs-2p5
    kind: index
    provider: played-noaa
    settings: {url: "%[1]s/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.2p50.f{step:3}"}
    runs: {every: 6h, delay: 3h, poll: 1s, look: 4}
    steps: [{from: 0h, to: 36h, every: 3h}]
    elements: [{names: {var: "HGT|TMP|UGRD|VGRD", level: "200 mb|300 mb|500 mb|700 mb|850 mb"}}]
    keep: {runs: 6}
  - model: arome-france-0p025
    kind: wcs
    provider: played-meteo-france
    settings: {url: "%[1]s/meteofrance/public/arome/1.0/wcs/MF-NWP-HIGHRES-AROME-0025-FRANCE-WCS/GetCoverage", coverage: "{name}___{run:2006-01-02T15.04.05Z}", header: {apikey: demo}}
    runs: {every: 6h, delay: 3h, poll: 1s, look: 4}
    steps: [{from: 0h, to: 3h, every: 1h}]
    elements: [{element: tcc, names: {name: TOTAL_CLOUD_COVER__GROUND_OR_WATER_SURFACE, unit: "%%"}}]
    publish: run
    keep: {runs: 6}
`

// perMinute is how many requests the program may make of NOMADS; upstream blocks one who makes more than limit.
const (
	perMinute = 70
	limit     = 75
)

const (
	liveDelay = 3 * time.Hour // from a run to its first step
	livePace  = time.Minute   // between steps
	liveRuns  = 4             // that are there in the end
	liveEvery = 6 * time.Hour // between runs
)

// lives is how often the program is killed: three times, or as ISOBAR_LIVES says. The clock of the providers comes from before the
// first run to now in a second and a half for each.
func lives(t *testing.T) (kills int, catchUp time.Duration) {
	t.Helper()
	kills = 3
	if text := os.Getenv("ISOBAR_LIVES"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	return kills, time.Duration(kills) * 3 * time.Second / 2
}

// liveModel is a model of the test: its product, variables and steps.
type liveModel struct {
	id, product string
	variables   []string
	every, last time.Duration
}

var liveModels = []liveModel{
	{"gfs-0p25", "gfs.0p25", nil, time.Hour, 4 * time.Hour},
	{"gfs-2p5", "gfs.2p50", []string{"HGT", "TMP", "UGRD", "VGRD"}, 3 * time.Hour, 36 * time.Hour},
	{"arome-france-0p025", "arome", nil, time.Hour, 3 * time.Hour},
}

// live is the played providers and a program that is killed again and again.
type live struct {
	pool     upstream.Pool
	upstream *upstream.Server
	url      string
	runs     []time.Time
	folder   string
	models   []liveModel
}

// randomFaults are faults of every kind, at random places: each hits the first, or a later, try of what it hits.
func randomFaults(r *rand.Rand, runs []time.Time, faults int) (all []upstream.Fault) {
	kinds := []upstream.Kind{upstream.Missing, upstream.Page, upstream.TooMany, upstream.Failing, upstream.Truncated, upstream.Short,
		upstream.OtherRun, upstream.Slow, upstream.Reset, upstream.Flipped, upstream.Redirect}
	for i := range faults {
		run := runs[r.IntN(len(runs))]
		path := ""
		switch i % 4 {
		case 0:
			path = fmt.Sprintf("gfs.t%sz.pgrb2.0p25.f%03d", run.Format("15"), r.IntN(5))
		case 1:
			path = fmt.Sprintf("gfs.t%sz.pgrb2.2p50.f%03d.idx", run.Format("15"), 3*r.IntN(13))
		case 2:
			path = fmt.Sprintf("gfs.t%sz.pgrb2.2p50.f%03d", run.Format("15"), 3*r.IntN(13))
		case 3:
			path = url.QueryEscape("time(" + run.Add(time.Duration(r.IntN(4))*time.Hour).Format(time.RFC3339) + ")")
		}
		all = append(all, upstream.Fault{Kind: kinds[i%len(kinds)], Path: path, From: r.IntN(2), Times: 1 + r.IntN(2), Wait: time.Second})
	}
	return all
}

// newLive starts the providers, whose clock begins before the first run.
func newLive(t *testing.T, faults int) *live {
	t.Helper()
	l := &live{folder: t.TempDir(), models: liveModels}
	var err error
	if l.pool, err = upstream.Embedded(samples.Files); err != nil {
		t.Fatal(err)
	}
	began := time.Now().UTC()
	newest := began.Add(-liveDelay).Truncate(liveEvery)
	for i := range liveRuns {
		l.runs = append(l.runs, newest.Add(-time.Duration(i)*liveEvery))
	}
	zero := l.runs[liveRuns-1].Add(liveDelay - time.Hour)
	_, catchUp := lives(t)
	speed := float64(began.Sub(zero)) / float64(catchUp)
	clock := func() time.Time {
		now := time.Now().UTC()
		if at := zero.Add(time.Duration(float64(now.Sub(began)) * speed)); at.Before(now) {
			return at
		}
		return now
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("faults of seed %d", seed)
	l.upstream = upstream.New(l.pool, upstream.Options{Clock: clock, Delay: liveDelay, Pace: livePace, Keep: 72 * time.Hour, Limit: limit,
		Faults: randomFaults(rand.New(rand.NewPCG(seed, 1)), l.runs, faults)})
	h := httptest.NewServer(l.upstream)
	t.Cleanup(h.Close)
	l.url = h.URL
	if err := os.MkdirAll(filepath.Join(l.folder, "rows"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(l.folder, "rows", "feeds.yaml"), fmt.Appendf(nil, liveFeeds, h.URL))
	writeFile(t, filepath.Join(l.folder, "config.yaml"), fmt.Appendf(nil, "originals: false\nrows: {models: %q}\nfeeds: {models: [gfs-0p25, gfs-2p5, arome-france-0p025], blocked: 1s, rates: {nomads: {per_minute: %d}}}\n",
		filepath.Join(l.folder, "rows"), perMinute))
	return l
}

func (l *live) data() string { return filepath.Join(l.folder, "data") }

// start starts the program, to serve or to fetch alone.
func (l *live) start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	if !slices.Contains(args, "--data") {
		args = append(args, "--data", l.data())
	}
	p := exec.Command(os.Args[0], append(args, "--config", filepath.Join(l.folder, "config.yaml"))...)
	p.Env = append(os.Environ(), asProgram+"=1")
	said := &bytes.Buffer{}
	p.Stdout, p.Stderr = said, said
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p, said
}

// offered is how many fields each step of each run has that upstream offers now.
func (l *live) offered() map[field.Key]int {
	all := map[field.Key]int{}
	for _, m := range l.models {
		for _, run := range l.runs {
			for step := time.Duration(0); step <= m.last; step += m.every {
				if is, _ := l.upstream.Published(run, step, int(step/m.every)); is {
					all[field.Key{Model: m.id, Run: field.At(run), Valid: field.At(run.Add(step))}] = len(l.messages(m, run, step))
				}
			}
		}
	}
	return all
}

func (l *live) messages(m liveModel, run time.Time, step time.Duration) [][]byte {
	messages, err := l.pool.Messages(m.product, run, step, m.variables...)
	if err != nil {
		panic(err) // the samples that ship can be moved
	}
	if m.id == "gfs-0p25" {
		messages = messages[:2] // the third, at 50 m, is not asked for
	}
	return messages
}

// served is the keys that are published, by model, run and valid time.
func served(t *testing.T, s store.Store) map[field.Key][]field.Key {
	t.Helper()
	held, err := s.Hold(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	all := map[field.Key][]field.Key{}
	for k := range held.Keys() {
		at := field.Key{Model: k.Model, Run: k.Run, Valid: k.Valid}
		all[at] = append(all[at], k)
	}
	return all
}

// TestKillLiveFeedsLosesNothing lets three models of four runs arrive from providers that fail in every way they can, kills the
// program again and again while they do, and looks at what is served in the end: every field that was offered, with the values that were
// offered, none twice and none else; and that nobody asked more often than allowed.
func TestKillLiveFeedsLosesNothing(t *testing.T) {
	kills, _ := lives(t)
	l := newLive(t, 90)
	for i := range kills {
		args := []string{"ingest"}
		if i%2 == 1 {
			args = []string{"serve", "--listen", "127.0.0.1:0"}
		}
		p, _ := l.start(t, args...)
		time.Sleep(time.Duration(300+rand.IntN(3000)) * time.Millisecond)
		_ = p.Process.Kill()
		_ = p.Wait()
	}
	p, said := l.start(t, "ingest")
	fields, err := local.Open(l.data(), local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fields.Close()
	l.waitForAll(t, fields, func() string {
		_ = p.Process.Kill()
		_ = p.Wait()
		return said.String()
	})
	_ = p.Process.Kill()
	_ = p.Wait()
	l.compare(t, fields)
	l.count(t, kills)
}

// patience is how long what is offered may take to be served after the last kill.
const patience = 4 * time.Minute

// waitForAll waits until all that is offered is served.
func (l *live) waitForAll(t *testing.T, fields store.Store, told func() string) {
	t.Helper()
	until := time.Now().Add(patience)
	for {
		missing := []string{}
		got := served(t, fields)
		offered := l.offered()
		for at, n := range offered {
			if len(got[at]) < n {
				missing = append(missing, fmt.Sprintf("%s %s %s: %d of %d", at.Model, at.Run, at.Valid, len(got[at]), n))
			}
		}
		if len(missing) == 0 && len(offered) > 60 && time.Since(until.Add(-patience)) > time.Second {
			return
		}
		if time.Now().After(until) {
			log := told()
			t.Fatalf("not served after %s:\n%s\nthe program said:\n%s", patience, strings.Join(missing, "\n"), log[max(0, len(log)-6000):])
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// compare matches the fields of each step with the messages that upstream has of it, by their values.
func (l *live) compare(t *testing.T, fields store.Store) {
	t.Helper()
	offered, all := l.offered(), served(t, fields)
	held, err := fields.Hold(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	steps, n := 0, 0
	for at, keys := range all {
		if _, ok := offered[at]; !ok {
			t.Errorf("%s %s %s is served and was never offered", at.Model, at.Run, at.Valid)
			continue
		}
		steps++
		var wanted [][]float32
		for _, m := range l.models {
			if m.id == at.Model {
				for _, message := range l.messages(m, at.Run.UTC(), at.Valid.UTC().Sub(at.Run.UTC())) {
					wanted = append(wanted, unpacked(t, message))
				}
			}
		}
		for _, k := range keys {
			values := whole(t, held, k)
			found := -1
			for i, w := range wanted {
				if alike(values, w) {
					found = i
				}
			}
			if found < 0 {
				t.Errorf("%v has values that upstream never had there", k)
				continue
			}
			wanted = append(wanted[:found], wanted[found+1:]...) // so that none is served twice
			n++
		}
		if len(wanted) > 0 {
			t.Errorf("%s %s %s: %d fields are missing", at.Model, at.Run, at.Valid, len(wanted))
		}
	}
	t.Logf("%d fields of %d steps are as they were offered", n, steps)
}

// unpacked is a message's values.
func unpacked(t *testing.T, message []byte) []float32 {
	t.Helper()
	for m, err := range decode.GRIB().Messages(bytes.NewReader(message), int64(len(message))) {
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float32, m.Grid.Len())
		if err := m.Unpack(values); err != nil {
			t.Fatal(err)
		}
		return values
	}
	t.Fatal("no message")
	return nil
}

// whole is a field's values.
func whole(t *testing.T, held store.Snapshot, k field.Key) []float32 {
	t.Helper()
	info, ok := held.Info(k)
	if !ok {
		t.Fatalf("%v is listed and not described", k)
	}
	nx, ny := info.Grid.Shape()
	values := make([]float32, nx*ny)
	if err := held.Windows(context.Background(), []field.Key{k}, grid.Window{NX: nx, NY: ny}, [][]float32{values}); err != nil {
		t.Fatal(err)
	}
	return values
}

// alike tells that values are the same but for a unit of percent and rounding.
func alike(got, want []float32) bool {
	if len(got) != len(want) {
		return false
	}
	for _, scale := range []float64{1, 0.01} {
		same := true
		for i := 0; i < len(got) && same; i++ {
			a, b := float64(got[i]), float64(want[i])*scale
			same = math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-3+1e-6*math.Abs(b)
		}
		if same {
			return true
		}
	}
	return false
}

// count looks at the requests that were made.
func (l *live) count(t *testing.T, kills int) {
	t.Helper()
	var nomads []time.Time
	whole, kinds := map[string]int{}, map[upstream.Kind]int{}
	for _, r := range l.upstream.Requests() {
		kinds[r.Fault]++
		if strings.HasPrefix(r.URL, "/nomads/") {
			nomads = append(nomads, r.At)
		}
		if r.Fault == "" && (r.Status == 200 || r.Status == 206) && !strings.HasSuffix(r.URL, ".idx") && !strings.HasSuffix(r.Range, "-15") {
			whole[r.URL+" "+r.Range]++
		}
	}
	most := 0
	for i := range nomads {
		n := 0
		for _, at := range nomads[i:] {
			if at.Sub(nomads[i]) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	if most > perMinute {
		t.Errorf("%d requests of NOMADS within a minute; %d are allowed", most, perMinute)
	}
	again := 0
	for what, n := range whole {
		again += n - 1
		if n > 1+kills {
			t.Errorf("%s was fetched %d times in %d lives", what, n, kills+1)
		}
	}
	for _, kind := range []upstream.Kind{upstream.Missing, upstream.Page, upstream.TooMany, upstream.Failing, upstream.Truncated, upstream.Short, upstream.OtherRun,
		upstream.Slow, upstream.Reset, upstream.Flipped, upstream.Redirect} {
		if kinds[kind] == 0 {
			t.Errorf("no request was hit by %q", kind)
		}
	}
	t.Logf("%d answers whole, %d of them again after a kill; at most %d requests of NOMADS within a minute; faults %v", len(whole), again, most, kinds)
}

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The models of the test, all of them real fields; source is that of which runs are made.
const (
	source   = "gfs_20130214_06z_0p5_natl_f000-f072_8params.grib1" // 13 steps of 8 parameters
	fetched  = "gfs-0p5-natl"                                      // its runs, a file for each step, by a feed
	replaced = "whole-0p5"                                         // one run of it in one file, whose newer versions take its place
	versions = 3
	process2 = 200 // the generating process of the latter
)

// others are files that are read once; those of ../shared are added where it is there.
var (
	others       = []string{"gfs_20170322_00z_2p5_f000_levels.grib2", "arome_20260413_21z_f001_tcdc_ccsds.grib2"}
	othersShared = []string{"ecmwf/ens_20131025_00z_storm_50members.grib1", "ecmwf/ifs_20180404_12z_4steps_4levels_ztu.grib1", "ecmwf/ifs_20111215_12z_windgust_5steps.grib1"}
)

// rows make the second model, and say where the runs of the first come from.
const rows = `
families:
  - id: whole
    title: Whole
    attribution: NOAA/NWS/NCEP
    licence: Public domain
    from: [{centre: [7], process: [200], grid: ["latlon:85x47:*"]}]
    grids: [{id: whole-0p5, title: Replaced as a whole, grid: "latlon:85x47:-30,25,12,48"}]
feeds:
  - model: gfs-0p5-natl
    kind: http
    settings: {url: "%s/run/{run:2006010215}/{step:3}.grib1"}
    runs: {every: 1h, poll: 1s, look: %d}
    steps: [{from: 0h, to: 72h, every: 6h}]
`

// forecast is all that is ingested.
type forecast struct {
	runs     []time.Time // of the first model, the oldest first
	steps    []int       // hours
	replaced time.Time   // run of the second
	files    map[string][]byte
	whole    [versions][]byte
	others   []string // files
}

// newForecast makes runs of the real one, the last an hour before now, whose values differ.
func newForecast(samples, shared string, runs int, now time.Time) (*forecast, error) {
	text, err := os.ReadFile(filepath.Join(samples, source))
	if err != nil {
		return nil, err
	}
	all, err := messages(text)
	if err != nil {
		return nil, err
	}
	f := &forecast{files: map[string][]byte{}, replaced: now.Truncate(time.Hour).Add(-2 * time.Hour)}
	for h := 0; h <= 72; h += 6 {
		f.steps = append(f.steps, h)
	}
	for n := range runs {
		run := now.Truncate(time.Hour).Add(time.Duration(n-runs) * time.Hour)
		f.runs = append(f.runs, run)
		for _, m := range all {
			name := stepName(run, m.hours())
			f.files[name] = append(f.files[name], m.of(run, 0).raised(0.02*float64(n))...)
		}
	}
	for v := range f.whole {
		var b bytes.Buffer
		for _, m := range all {
			b.Write(m.of(f.replaced, process2).raised(0.1 * float64(v)))
		}
		f.whole[v] = b.Bytes()
	}
	for _, name := range others {
		f.others = append(f.others, filepath.Join(samples, name))
	}
	for _, name := range othersShared {
		if path := filepath.Join(shared, "data", name); shared != "" {
			if _, err := os.Stat(path); err == nil {
				f.others = append(f.others, path)
			}
		}
	}
	return f, nil
}

func stepName(run time.Time, hours int) string {
	return fmt.Sprintf("/run/%s/%03d.grib1", run.Format("2006010215"), hours)
}

// write puts what a quiet server serves into a folder: all runs, the second model in a version, the other files.
func (f *forecast) write(folder string, version int) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, body := range f.files {
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(filepath.Dir(name))+"-"+filepath.Base(name)), body, 0o644); err != nil {
			return err
		}
	}
	for _, path := range f.others {
		if err := place(path, filepath.Join(folder, filepath.Base(path))); err != nil {
			return err
		}
	}
	return f.deliver(folder, version)
}

// deliver puts a version of the second model into a folder, at once.
func (f *forecast) deliver(folder string, version int) error {
	path := filepath.Join(folder, "whole.grib1")
	if err := os.WriteFile(path+".part", f.whole[version], 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// place copies a file.
func place(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// provider gives out the files of runs as time goes on.
type provider struct {
	forecast *forecast
	mu       sync.Mutex
	open     map[string]time.Time // since when a file is there
	given    int
}

// ServeHTTP gives a file whose time has come.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	since, there := p.open[r.URL.Path]
	there = there && time.Now().After(since)
	if there {
		p.given++
	}
	p.mu.Unlock()
	if !there {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, r.URL.Path, since, bytes.NewReader(p.forecast.files[r.URL.Path]))
}

// publish says when the files of a run come, from a moment on.
func (p *provider) publish(run int, from time.Time, every time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, h := range p.forecast.steps {
		p.open[stepName(p.forecast.runs[run], h)] = from.Add(time.Duration(i) * every)
	}
}

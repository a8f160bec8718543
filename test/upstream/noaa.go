package upstream

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wgrib is a product of NCEP: where its files lie, and how many steps a run has.
type wgrib struct {
	product string
	file    *regexp.Regexp // date, hour, step
	every   time.Duration
	runs    time.Duration
	last    time.Duration
}

// The products that NOAA's two services have.
var (
	gfs025 = wgrib{"gfs.0p25", regexp.MustCompile(`^gfs\.(\d{8})/(\d\d)/atmos/gfs\.t\d\dz\.pgrb2\.0p25\.f(\d{3})$`), time.Hour, 6 * time.Hour, 120 * time.Hour}
	gfs250 = wgrib{"gfs.2p50", regexp.MustCompile(`^gfs\.(\d{8})/(\d\d)/atmos/gfs\.t\d\dz\.pgrb2\.2p50\.f(\d{3})$`), 3 * time.Hour, 6 * time.Hour, 240 * time.Hour}
	hrrr   = wgrib{"hrrr", regexp.MustCompile(`^hrrr\.(\d{8})/conus/hrrr\.t(\d\d)z\.wrfsfcf(\d\d)\.grib2$`), time.Hour, time.Hour, 18 * time.Hour}
)

// asked is a file that was asked for.
type asked struct {
	samples []Sample
	run     time.Time
	step    time.Duration
	number  int // which step it is of the run
}

// find tells which file a path names; ok is false if there never is such a file.
func (s *Server) find(path string) (a asked, ok bool) {
	for _, p := range []wgrib{gfs025, gfs250, hrrr} {
		m := p.file.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		day, err := time.Parse("20060102", m[1])
		hour, _ := strconv.Atoi(m[2])
		step, _ := strconv.Atoi(m[3])
		a.run, a.step = day.Add(time.Duration(hour)*time.Hour), time.Duration(step)*time.Hour
		a.number, a.samples = int(a.step/p.every), s.pool.of(p.product)
		return a, err == nil && hour < 24 && time.Duration(hour)*time.Hour%p.runs == 0 && a.step%p.every == 0 && a.step <= p.last && len(a.samples) > 0
	}
	return a, false
}

// there answers for a file that is not there now, and tells when it is.
func (s *Server) there(w http.ResponseWriter, r *http.Request, a *asked) bool {
	is, _ := s.Published(a.run, a.step, a.number)
	if !is {
		http.NotFound(w, r)
		return false
	}
	if r.Header.Get(otherRun) != "" {
		a.run = a.run.Add(-6 * time.Hour)
	}
	return true
}

// noaa is a bucket: files, their .idx beside, and ListObjectsV2.
func (s *Server) noaa(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	if path == "" && r.URL.Query().Get("list-type") == "2" {
		s.list(w, r)
		return
	}
	name, index := strings.CutSuffix(path, ".idx")
	a, ok := s.find(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	published := a.run.Add(s.options.Delay)
	if !s.there(w, r, &a) {
		return
	}
	body, lines, err := a.whole(nil)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case index:
		send(w, r, published, []byte(lines))
	default:
		send(w, r, published, body)
	}
}

// whole is a file of the samples that are wanted (nil: all), and its index as wgrib2 writes it.
func (a asked) whole(wanted func(Sample) bool) (body []byte, index string, err error) {
	var lines strings.Builder
	n := 0
	for _, sample := range a.samples {
		if wanted != nil && !wanted(sample) {
			continue
		}
		m, err := sample.at(a.run, a.step)
		if err != nil {
			return nil, "", err
		}
		n++
		when := "anl"
		if a.step > 0 {
			when = fmt.Sprintf("%d hour fcst", a.step/time.Hour)
		}
		fmt.Fprintf(&lines, "%d:%d:d=%s:%s:%s:%s:\n", n, len(body), a.run.Format("2006010215"), sample.Var, sample.Level, when)
		body = append(body, m...)
	}
	return body, lines.String(), nil
}

// nomads is the filter: chosen variables and levels of a file.
func (s *Server) nomads(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	a, ok := s.find(strings.TrimPrefix(q.Get("dir"), "/") + "/" + q.Get("file"))
	if !ok || !strings.HasPrefix(r.PathValue("script"), "filter_") {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<html><body>data file is not present: ", q.Get("file"), "</body></html>\n")
		return
	}
	if !s.there(w, r, &a) {
		return
	}
	body, _, err := a.whole(func(sample Sample) bool {
		level := strings.NewReplacer(" ", "_").Replace(sample.Level)
		return (q.Get("var_"+sample.Var) == "on" || q.Get("all_var") == "on") && (q.Get("lev_"+level) == "on" || q.Get("all_lev") == "on")
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// list answers ListObjectsV2 for a prefix that names a run's folder.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	type object struct {
		Key  string
		Size int
	}
	result := struct {
		XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		Prefix      string
		IsTruncated bool
		Contents    []object
	}{Prefix: r.URL.Query().Get("prefix")}
	for _, p := range []struct {
		wgrib
		format string
	}{{gfs025, "gfs.%s/%s/atmos/gfs.t%sz.pgrb2.0p25.f%03d"}, {gfs250, "gfs.%s/%s/atmos/gfs.t%sz.pgrb2.2p50.f%03d"}} {
		now := s.options.Clock().Truncate(p.runs)
		for run := now.Add(-s.options.Keep).Truncate(p.runs); !run.After(now); run = run.Add(p.runs) {
			for step := time.Duration(0); step <= p.last; step += p.every {
				key := fmt.Sprintf(p.format, run.Format("20060102"), run.Format("15"), run.Format("15"), step/time.Hour)
				if is, _ := s.Published(run, step, int(step/p.every)); !is || !strings.HasPrefix(key, result.Prefix) {
					continue
				}
				size := 0
				for _, sample := range s.pool.of(p.product) {
					size += len(sample.Message)
				}
				if size > 0 && len(result.Contents) < 1000 {
					result.Contents = append(result.Contents, object{key, size})
				}
			}
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(result) // a client that has left
}

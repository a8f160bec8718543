package upstream

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/dsnet/compress/bzip2"
)

// iconFile is a file of DWD's open data: hour, variable, date with hour, step.
var iconFile = regexp.MustCompile(`^weather/nwp/icon-d2/grib/(\d\d)/(\w+)/icon-d2_germany_regular-lat-lon_single-level_(\d{10})_(\d{3})_2d_(\w+)\.grib2\.bz2$`)

// iconRuns and iconLast are the runs and steps there are, hour by hour.
const (
	iconRuns = 3 * time.Hour
	iconLast = 48 * time.Hour
)

// dwd is DWD's open data: one field a file, packed.
func (s *Server) dwd(w http.ResponseWriter, r *http.Request) {
	m := iconFile.FindStringSubmatch(r.PathValue("path"))
	if m == nil || m[2] != m[5] {
		http.NotFound(w, r)
		return
	}
	run, err := time.Parse("2006010215", m[3])
	hours, _ := strconv.Atoi(m[4])
	a := asked{run: run, step: time.Duration(hours) * time.Hour, number: hours}
	for _, sample := range s.pool.of("icon-d2") {
		if sample.Var == m[2] {
			a.samples = append(a.samples, sample)
		}
	}
	if err != nil || run.Format("15") != m[1] || run.Truncate(iconRuns) != run || a.step > iconLast || len(a.samples) == 0 {
		http.NotFound(w, r)
		return
	}
	published := run.Add(s.options.Delay)
	if !s.there(w, r, &a) {
		return
	}
	body, _, err := a.whole(nil)
	if err == nil {
		body, err = pack(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, published, body)
}

// pack compresses by bzip2.
func pack(body []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := bzip2.NewWriter(&out, &bzip2.WriterConfig{Level: bzip2.BestSpeed})
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

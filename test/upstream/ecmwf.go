package upstream

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// ifsFile is a file of ECMWF's open data: date, hour, step, ending.
var ifsFile = regexp.MustCompile(`^forecasts/(\d{8})/(\d\d)z/ifs/0p4-beta/oper/\d{14}-(\d+)h-oper-fc\.(grib2|index)$`)

// ifsEvery and its siblings are the runs and steps there are.
const (
	ifsEvery = 3 * time.Hour
	ifsRuns  = 6 * time.Hour
	ifsLast  = 144 * time.Hour
)

// ecmwf is ECMWF's open data.
func (s *Server) ecmwf(w http.ResponseWriter, r *http.Request) {
	m := ifsFile.FindStringSubmatch(r.PathValue("path"))
	if m == nil {
		http.NotFound(w, r)
		return
	}
	day, err := time.Parse("20060102", m[1])
	hour, _ := strconv.Atoi(m[2])
	hours, _ := strconv.Atoi(m[3])
	a := asked{samples: s.pool.of("ifs"), run: day.Add(time.Duration(hour) * time.Hour), step: time.Duration(hours) * time.Hour}
	a.number = int(a.step / ifsEvery)
	if err != nil || a.run.Truncate(ifsRuns) != a.run || a.step%ifsEvery != 0 || a.step > ifsLast || len(a.samples) == 0 {
		http.NotFound(w, r)
		return
	}
	published := a.run.Add(s.options.Delay)
	if !s.there(w, r, &a) {
		return
	}
	body, index, err := a.indexed()
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case m[4] == "index":
		send(w, r, published, index)
	default:
		send(w, r, published, body)
	}
}

// indexed is a file and its index: a JSON object a line.
func (a asked) indexed() (body, index []byte, err error) {
	for _, sample := range a.samples {
		m, err := sample.at(a.run, a.step)
		if err != nil {
			return nil, nil, err
		}
		line := map[string]any{
			"domain": "g", "date": a.run.Format("20060102"), "time": a.run.Format("1504"), "expver": "0001", "class": "od", "type": "fc", "stream": "oper",
			"step": strconv.Itoa(int(a.step / time.Hour)), "levtype": sample.Kind, "param": sample.Var, "_offset": len(body), "_length": len(m),
		}
		if sample.Level != "" {
			line["levelist"] = sample.Level
		}
		text, err := json.Marshal(line)
		if err != nil {
			return nil, nil, err
		}
		index = append(append(index, text...), '\n')
		body = append(body, m...)
	}
	return body, index, nil
}

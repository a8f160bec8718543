package upstream

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"isobar/decode"
)

// The services of Meteo-France's portal that are played, and what a request needs to be let in.
const (
	arpegePackages = "public/DPPaquetARPEGE/v1/models/ARPEGE/grids/0.5/packages/SP1/productARP"
	aromeCoverages = "public/arome/1.0/wcs/MF-NWP-HIGHRES-AROME-0025-FRANCE-WCS/GetCoverage"
	arpegeLast     = 102
	aromeLast      = 42
	mfRuns         = 6 * time.Hour
)

// packageTime is a package's steps: from and to, in hours.
var packageTime = regexp.MustCompile(`^(\d{3})H(\d{3})H$`)

// coverageID is what, where, and of which run: TOTAL_CLOUD_COVER__GROUND_OR_WATER_SURFACE___2026-11-24T06.00.00Z.
var coverageID = regexp.MustCompile(`^([A-Z0-9_]+?)__([A-Z0-9_]+?)___(\d{4}-\d\d-\d\dT\d\d[.:]\d\d[.:]\d\dZ)(_PT\d+H|_P\d+D)?$`)

// meteofrance lets in who has a key, to packages and coverages.
func (s *Server) meteofrance(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	if path == "blocked.html" {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
		return
	}
	if r.Header.Get("apikey") == "" && r.Header.Get("Authorization") == "" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"code":"900902","message":"Missing Credentials"}`)
		return
	}
	switch path {
	case arpegePackages:
		s.packages(w, r)
	case aromeCoverages:
		s.coverage(w, r)
	default:
		http.NotFound(w, r)
	}
}

// packages answers with all steps of a range in one file: it is there when its last step is.
func (s *Server) packages(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	run, err := time.Parse(time.RFC3339, q.Get("referencetime"))
	m := packageTime.FindStringSubmatch(q.Get("time"))
	samples := s.pool.of("arpege")
	if err != nil || m == nil || run.Truncate(mfRuns) != run || len(samples) == 0 {
		http.NotFound(w, r)
		return
	}
	from, _ := strconv.Atoi(m[1])
	to, _ := strconv.Atoi(m[2])
	if from > to || to > arpegeLast {
		http.NotFound(w, r)
		return
	}
	last := asked{run: run, step: time.Duration(to) * time.Hour, number: to / 3}
	if !s.there(w, r, &last) {
		return
	}
	var body []byte
	for hour := (from + 2) / 3 * 3; hour <= to; hour += 3 {
		for _, sample := range samples {
			message, err := sample.at(last.run, time.Duration(hour)*time.Hour)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			body = append(body, message...)
		}
	}
	send(w, r, run.Add(s.options.Delay), body)
}

// coverage answers GetCoverage with one field as GeoTIFF: neither run nor time stand in it.
func (s *Server) coverage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := q.Get("coverageid")
	if id == "" {
		id = q.Get("coverageId")
	}
	m := coverageID.FindStringSubmatch(id)
	if m == nil {
		refuseCoverage(w, http.StatusNotFound, "NoSuchCoverage", id)
		return
	}
	run, err := time.Parse(time.RFC3339, strings.ReplaceAll(m[3], ".", ":"))
	var valid time.Time
	for _, subset := range q["subset"] {
		if text, ok := strings.CutPrefix(subset, "time("); ok {
			valid, err = time.Parse(time.RFC3339, strings.Trim(strings.TrimSuffix(text, ")"), `"`))
		}
	}
	step := valid.Sub(run)
	if err != nil || step < 0 || step > aromeLast*time.Hour || step%time.Hour != 0 {
		refuseCoverage(w, http.StatusNotFound, "InvalidSubsetting", r.URL.RawQuery)
		return
	}
	a := asked{run: run, step: step, number: int(step / time.Hour)}
	if is, _ := s.Published(run, step, a.number); !is {
		refuseCoverage(w, http.StatusNotFound, "NoSuchCoverage", id)
		return
	}
	for _, sample := range s.pool.of("arome") {
		if sample.Var == m[1] && sample.Level == m[2] {
			s.picture(w, r, sample, a)
			return
		}
	}
	refuseCoverage(w, http.StatusNotFound, "NoSuchCoverage", id)
}

// picture sends a field as GeoTIFF.
func (s *Server) picture(w http.ResponseWriter, r *http.Request, sample Sample, a asked) {
	message, err := sample.at(a.run, a.step)
	var body []byte
	if err == nil {
		body, err = tiff(message)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/tiff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// tiff turns a message into a GeoTIFF.
func tiff(message []byte) ([]byte, error) {
	for m, err := range decode.GRIB().Messages(bytes.NewReader(message), int64(len(message))) {
		if err != nil {
			return nil, err
		}
		return geoTIFF(m)
	}
	return nil, errMessage
}

// refuseCoverage answers with an OWS exception.
func refuseCoverage(w http.ResponseWriter, status int, code, locator string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/2.0" version="2.0.1"><ows:Exception exceptionCode=%q locator=%q/></ows:ExceptionReport>`, code, locator)
}

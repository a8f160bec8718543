package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// grace is how long a server may not know yet what another has shown, while the database is there.
const grace = 10 * time.Second

// judge tells right answers from wrong ones, and remembers what has been seen.
type judge struct {
	house    *house
	forecast *forecast
	corpus   *corpus

	mu   sync.Mutex
	seen map[string]time.Time // when something published was seen first
}

// verdict is what an answer is.
type verdict int

// The verdicts.
const (
	right       verdict = iota
	early               // not published yet, or not seen yet by who answers
	unavailable         // 503 as it should be
	refused             // no connection, the gateway being dead
	wrong
)

// see notes what an answer shows.
func (j *judge) see(keys ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, key := range keys {
		if _, ok := j.seen[key]; !ok {
			j.seen[key] = time.Now()
		}
	}
}

// settled tells that something was seen so long before that everybody must have it by now.
func (j *judge) settled(key string, asked time.Time) bool {
	j.mu.Lock()
	since, ok := j.seen[key]
	j.mu.Unlock()
	return ok && asked.Sub(since)-j.house.unavailable(since) > grace && !j.cut(asked)
}

// cut tells that the database was away shortly before: servers that began meanwhile know only what they had seen.
func (j *judge) cut(asked time.Time) bool {
	return j.house.database != nil && j.house.database.away(asked.Add(-time.Second), asked.Add(time.Second), 4*time.Second)
}

func runKey(model string, run int) string { return fmt.Sprintf("%s/%d", model, run) }

func stepKey(run int, at string) string { return fmt.Sprintf("%s/%d/%s", fetched, run, at) }

func versionKey(v int) string { return fmt.Sprintf("%s version %d", replaced, v) }

// answer judges one to a request of the corpus.
func (j *judge) answer(a *ask, asked time.Time, res *http.Response, body []byte) (verdict, error) {
	switch res.StatusCode {
	case http.StatusOK:
		return j.content(a, asked, body)
	case http.StatusServiceUnavailable:
		return j.fault(a.form, res, body)
	case http.StatusBadRequest, http.StatusNotFound, http.StatusNoContent:
		key := runKey(a.model, a.run)
		if a.model == fetched && a.step >= 0 {
			key = stepKey(a.run, j.valid(a))
		}
		if j.settled(key, asked) {
			return wrong, fmt.Errorf("%s: %.200q: it was published long before", res.Status, body)
		}
		return early, nil
	}
	return wrong, fmt.Errorf("%s: %.200q", res.Status, body)
}

// valid is the time that a request for a step is of.
func (j *judge) valid(a *ask) string {
	return j.forecast.runs[a.run].Add(time.Duration(j.forecast.steps[a.step]) * time.Hour).Format("2006-01-02T15:04:05Z")
}

// content judges what came.
func (j *judge) content(a *ask, asked time.Time, body []byte) (verdict, error) {
	version, ok := a.right[sum(body)]
	switch {
	case ok && a.model == replaced:
		for v := version + 1; v < versions; v++ {
			if j.settled(versionKey(v), asked) {
				return wrong, fmt.Errorf("version %d, and version %d was seen long before", version, v)
			}
		}
		j.see(versionKey(version), runKey(a.model, a.run))
		return right, nil
	case ok:
		j.see(runKey(a.model, a.run))
		if a.model == fetched && a.step >= 0 {
			j.see(stepKey(a.run, j.valid(a)))
		}
		if a.whole != nil {
			return right, j.sawSeries(a, a.whole)
		}
		return right, nil
	case a.whole == nil:
		return wrong, fmt.Errorf("not what the quiet server gives: %d bytes, %.300q", len(body), body)
	}
	got, err := series(body)
	if err != nil {
		return wrong, err
	}
	return j.part(a, asked, got)
}

// sawSeries notes the steps of a series.
func (j *judge) sawSeries(a *ask, got values) error {
	for _, byTime := range got {
		for at := range byTime {
			j.see(stepKey(a.run, at))
		}
	}
	return nil
}

// part judges a series some steps of which are not there yet: the others are those of the run, and none is missing that was seen long before.
func (j *judge) part(a *ask, asked time.Time, got values) (verdict, error) {
	for name, byTime := range got {
		for at, v := range byTime {
			if want, ok := a.whole[name][at]; !ok || v != want {
				return wrong, fmt.Errorf("%s at %s is %v, want %v", name, at, v, want)
			}
		}
	}
	for name, byTime := range a.whole {
		for at := range byTime {
			if _, ok := got[name][at]; !ok && j.settled(stepKey(a.run, at), asked) {
				return wrong, fmt.Errorf("%s at %s is missing, and was seen long before", name, at)
			}
		}
	}
	j.see(runKey(a.model, a.run))
	return right, j.sawSeries(a, got)
}

// fault judges a 503: it says when to come again, and has the form of its service.
func (j *judge) fault(form string, res *http.Response, body []byte) (verdict, error) {
	if res.Header.Get("Retry-After") == "" {
		return wrong, fmt.Errorf("503 without Retry-After: %.200q", body)
	}
	kind := res.Header.Get("Content-Type")
	switch form {
	case "wms":
		if !strings.HasPrefix(kind, "text/xml") || !strings.Contains(string(body), "<ServiceExceptionReport") || wellFormed(body) != nil {
			return wrong, fmt.Errorf("503 that is no ServiceExceptionReport: %s, %.200q", kind, body)
		}
	case "wmts":
		if !strings.Contains(kind, "xml") || !strings.Contains(string(body), "ExceptionReport") || wellFormed(body) != nil {
			return wrong, fmt.Errorf("503 that is no ExceptionReport: %s, %.200q", kind, body)
		}
	default:
		var doc map[string]any
		if !strings.Contains(kind, "json") || json.Unmarshal(body, &doc) != nil {
			return wrong, fmt.Errorf("503 that is no JSON: %s, %.200q", kind, body)
		}
	}
	return unavailable, nil
}

// wellFormed reads XML to its end.
func wellFormed(body []byte) error {
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// document judges a list of everything: whole, and with what has long been published unless it says what is missing.
func (j *judge) document(path, form string, asked time.Time, res *http.Response, body []byte) (verdict, error) {
	switch {
	case res.StatusCode == http.StatusServiceUnavailable:
		return j.fault(form, res, body)
	case res.StatusCode != http.StatusOK:
		return wrong, fmt.Errorf("%s: %.200q", res.Status, body)
	}
	if form == "api" {
		var doc map[string]any
		if err := json.Unmarshal(body, &doc); err != nil {
			return wrong, err
		}
	} else if err := wellFormed(body); err != nil {
		return wrong, err
	}
	text := string(body)
	if times := wholeTimes(form, text); times > 0 && times != len(j.forecast.steps) {
		return wrong, fmt.Errorf("%d of %d times of a run that is published at once", times, len(j.forecast.steps))
	}
	if strings.Contains(path, "apabilities") || strings.Contains(path, "/collections") {
		for _, one := range []struct{ key, name string }{{runKey(replaced, -1), replaced + ".t2m"}, {runKey(fetched, 0), fetched + ".t2m"}} {
			if !strings.Contains(text, one.name) && res.Header.Get("Warning") == "" && j.settled(one.key, asked) {
				return wrong, fmt.Errorf("%s is not in it, and was seen long before", one.name)
			}
		}
	}
	return right, nil
}

// wholeTimes counts the times of the second model's temperature in WMS capabilities; 0: not there.
func wholeTimes(form, text string) int {
	if form != "wms" {
		return 0
	}
	_, layer, ok := strings.Cut(text, "<Name>"+replaced+".t2m</Name>")
	if !ok {
		return 0
	}
	_, list, ok := strings.Cut(layer, `<Dimension name="time"`)
	if !ok {
		return 0
	}
	_, list, _ = strings.Cut(list, ">")
	list, _, _ = strings.Cut(list, "<")
	return countTimes(strings.TrimSpace(list))
}

// countTimes counts a list of times; start/end/period counts its instants.
func countTimes(list string) (n int) {
	for one := range strings.SplitSeq(list, ",") {
		parts := strings.Split(one, "/")
		if len(parts) < 3 {
			n++
			continue
		}
		from, errFrom := time.Parse(time.RFC3339, parts[0])
		to, errTo := time.Parse(time.RFC3339, parts[1])
		every, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(parts[2], "PT")))
		if errors.Join(errFrom, errTo, err) == nil && every > 0 {
			n += int(to.Sub(from)/every) + 1
		}
	}
	return n
}

// documents are the lists that clients read.
var documents = []struct{ path, form string }{
	{"/collections?f=json", "api"}, {"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities", "wms"}, {"/wmts/1.0.0/WMTSCapabilities.xml", "wmts"},
	{"/?f=json", "api"}, {"/conformance?f=json", "api"}, {"/streams?f=json", "api"}, {"/jobs?f=json", "api"},
}

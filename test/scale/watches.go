package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The stream, the alert and the places of the test.
const (
	streamID = "gauges"
	alertID  = "warm"
)

var gauges = [][2]float64{{-20, 40}, {-10.3, 38.7}, {-5, 44.2}, {2.5, 33.1}}

// watches are standing questions, and jobs, that go on through the kills.
type watches struct {
	house *house
	hook  string // address that the alert tells

	mu    sync.Mutex
	told  map[string]int // deliveries by the event's identity
	kinds []string       // types of the events, each once
	jobs  []string       // addresses
	sent  int
}

// ServeHTTP takes what an alert tells.
func (w *watches) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	var e struct{ ID, Type string }
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &e) != nil {
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[e.ID] == 0 {
		w.kinds = append(w.kinds, e.Type)
	}
	w.told[e.ID]++
}

// post sends JSON to the gateway.
func (w *watches) post(path string, body any, prefer string) (*http.Response, []byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequest(http.MethodPost, w.house.gate+path, strings.NewReader(string(text)))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	if prefer != "" {
		r.Header.Set("Prefer", prefer)
	}
	client := &http.Client{Timeout: 30 * time.Second}
	res, err := client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res, answer, err
}

// define makes the stream and the alert, as soon as what they ask for is there.
func (w *watches) define(ctx context.Context) error {
	var features []any
	for i, at := range gauges {
		features = append(features, map[string]any{"type": "Feature", "id": fmt.Sprint("g", i), "geometry": map[string]any{"type": "Point", "coordinates": at}, "properties": map[string]any{}})
	}
	places := map[string]any{"type": "FeatureCollection", "features": features}
	for _, one := range []struct {
		path string
		body map[string]any
	}{
		{"/streams", map[string]any{"id": streamID, "title": "Gauges", "features": places, "layers": []string{replaced + ".t2m", fetched + ".msl"}, "keep": 480}},
		{"/alerts", map[string]any{"id": alertID, "title": "Warm", "model": replaced, "expression": "t2m > 200", "clear": "t2m < 100", "features": places, "end": 48,
			"webhooks": []any{map[string]any{"url": w.hook, "secret": "of the test"}}}},
	} {
		for last := ""; ; {
			res, body, err := w.post(one.path, one.body, "")
			if err == nil && (res.StatusCode == http.StatusCreated || res.StatusCode == http.StatusConflict) {
				break
			}
			if err == nil {
				last = res.Status + " " + string(body)
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s can't be made: %s", one.path, last)
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// work submits jobs until ctx ends. A job whose acceptance was not heard of does not count.
func (w *watches) work(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		res, _, err := w.post("/processes/echo/execution", map[string]any{"inputs": map[string]any{"message": fmt.Sprint("job ", n), "pause": 2}, "response": "document"}, "respond-async")
		w.mu.Lock()
		w.sent++
		if err == nil && res.StatusCode == http.StatusCreated {
			w.jobs = append(w.jobs, res.Header.Get("Location"))
		}
		w.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
	}
}

// done waits for all jobs, and tells how they ended.
func (w *watches) done(most time.Duration) (counts map[string]int) {
	client := &http.Client{Timeout: 10 * time.Second}
	for end := time.Now().Add(most); ; time.Sleep(time.Second) {
		counts = map[string]int{}
		for _, at := range w.jobs {
			var job struct{ Status, Message string }
			_, body, err := get(client, at+"?f=json", nil)
			if err != nil || json.Unmarshal(body, &job) != nil {
				job.Status = "unknown"
			}
			if job.Status == "failed" {
				job.Status += ": " + job.Message
			}
			counts[job.Status]++
		}
		if counts["accepted"]+counts["running"]+counts["unknown"] == 0 || time.Now().After(end) {
			return counts
		}
	}
}

// kept compares what the stream has kept with what a quiet server tells of its places.
func (w *watches) kept(q *quiet) error {
	client := &http.Client{Timeout: 30 * time.Second}
	_, body, err := get(client, w.house.gate+"/streams/"+streamID+"/series", nil)
	if err != nil {
		return err
	}
	var got struct {
		Features []struct {
			ID         string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Errorf("%w: %.200s", err, body)
	}
	if len(got.Features) != len(gauges) {
		return fmt.Errorf("%d places, want %d: %.300s", len(got.Features), len(gauges), body)
	}
	for i, f := range got.Features {
		for _, of := range []struct{ model, element string }{{replaced, "t2m"}, {fetched, "msl"}} {
			url := fmt.Sprintf("%s/collections/%s/position?coords=POINT(%g%%20%g)&parameter-name=%s", q.base, of.model, gauges[i][0], gauges[i][1], of.element)
			_, body, err := get(client, url, nil)
			if err != nil {
				return err
			}
			want, err := series(body)
			if err != nil {
				return fmt.Errorf("%s: %w", url, err)
			}
			if err := sameSeries(f.Properties, of.element, want[of.element]); err != nil {
				return fmt.Errorf("place %s: %w", f.ID, err)
			}
		}
	}
	return nil
}

// sameSeries compares a place's lists with what they should be: each time once.
func sameSeries(properties map[string]any, name string, want map[string]float64) error {
	all, _ := properties["forecastTime"].(map[string]any)
	texts, _ := all[name].([]any)
	numbers, ok := properties[name].([]any)
	if !ok || len(numbers) != len(texts) {
		return fmt.Errorf("%s has %d values at %d times: %.300v", name, len(numbers), len(texts), properties)
	}
	seen := map[string]bool{}
	for i, t := range texts {
		at, _ := t.(string)
		if seen[at] {
			return fmt.Errorf("%s is there twice", at)
		}
		seen[at] = true
		v, there := numbers[i].(float64)
		if w, wanted := want[at]; there && (!wanted || math.Abs(v-w) > 1e-5*math.Abs(w)) {
			return fmt.Errorf("%s at %s is %v, want %v", name, at, v, w)
		} else if !there && wanted {
			return fmt.Errorf("%s at %s is missing", name, at)
		}
	}
	for at := range want {
		if !seen[at] {
			return fmt.Errorf("%s at %s is missing", name, at)
		}
	}
	return nil
}

// alerts tells how often the alert fired, and how many deliveries were repeated.
func (w *watches) alerts() (fired []string, repeated int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.told {
		repeated += n - 1
	}
	return slices.Clone(w.kinds), repeated
}

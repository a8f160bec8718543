package processes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"isobar/feature"
	"isobar/probe"
)

func TestProcessesAreListedAndDescribed(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	list := document(t, h.ask("GET", "/processes?limit=3", ""), 200)
	if n := len(list["processes"].([]any)); n != 3 || !strings.Contains(fmt.Sprint(list["links"]), "offset=3") {
		t.Errorf("a page of 3 has %d processes and the links %v", n, list["links"])
	}
	for _, p := range document(t, h.ask("GET", "/processes", ""), 200)["processes"].([]any) {
		id := p.(map[string]any)["id"].(string)
		doc := document(t, h.ask("GET", "/processes/"+id, ""), 200)
		if len(doc["inputs"].(map[string]any)) == 0 || len(doc["outputs"].(map[string]any)) == 0 {
			t.Errorf("%s has no inputs or no outputs", id)
		}
	}
	if w := h.ask("GET", "/processes/nope", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "1.0/no-such-process") {
		t.Errorf("an unknown process: %d %s", w.Code, w.Body)
	}
}

const two = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[10,20]},"properties":{"name":"A","course":90}},
{"type":"Feature","id":"b","geometry":{"type":"Point","coordinates":[-30,-40]},"properties":{"name":"B","course":0}}]}`

func TestValuesComeWithTheFeatures(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct{ name, inputs, want string }{
		{"lists in the order of time, as Weacast has them", `{"features":` + two + `,"collection":"m","parameters":["t2m"],"datetime":"2026-11-24T00:00:00Z/2026-11-24T03:00:00Z"}`,
			`"name":"A","course":90,"t2m":[300,303],"forecastTime":{"t2m":["2026-11-24T00:00:00Z","2026-11-24T03:00:00Z"]},"runTime":{"t2m":["2026-11-24T00:00:00Z","2026-11-24T00:00:00Z"]}`},
		{"one value at one time", `{"features":` + two + `,"collection":"m","parameters":"t2m","datetime":"2026-11-24T03:00:00Z"}`,
			`"course":0,"t2m":243,"forecastTime":"2026-11-24T03:00:00Z","runTime":"2026-11-24T00:00:00Z"`},
		{"a feature for each time", `{"features":` + two + `,"collection":"m","parameters":"t2m","shape":"single","datetime":["2026-11-24T00:00:00Z","2026-11-24T06:00:00Z"]}`, `"id":"a.20261124T060000Z"`},
		{"times once", `{"features":` + two + `,"collection":"m","parameters":"t2m","shape":"compact"}`, `"forecastTime":{"t2m":["2026-11-24T00:00:00Z"`},
		{"in a unit", `{"features":` + two + `,"collection":"m.t2m","units":{"t2m":"degC"},"datetime":"2026-11-24T00:00:00Z"}`, `"t2m":26.85`},
		{"on levels", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":[50000,85000],"datetime":"2026-11-24T00:00:00Z"}`, `"t-50000":701,"t-85000":1051`},
		{"on levels by an interval", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":"50000/85000","datetime":"2026-11-24T00:00:00Z"}`, `"t-50000":701,"t-85000":1051`},
		{"on levels by an open interval", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":"60000/..","datetime":"2026-11-24T00:00:00Z"}`, `"properties":{"t-85000":1051,"forecastTime"`},
		{"on levels by a repeating interval", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":"R5/40000/10000","datetime":"2026-11-24T00:00:00Z"}`, `"properties":{"t-50000":701,"forecastTime"`},
		{"on levels by a list in a text", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":"50000, 85000","datetime":"2026-11-24T00:00:00Z"}`, `"t-50000":701,"t-85000":1051`},
		{"at times by a repeating interval", `{"coords":"POINT(10 20)","collection":"m.t2m","datetime":"R2/2026-11-24T00:00:00Z/PT6H","shape":"arrays"}`, `"forecastTime":{"t2m":["2026-11-24T00:00:00Z","2026-11-24T06:00:00Z"]}`},
		{"on all levels", `{"coords":"POINT(10 20)","collection":"m","parameters":"t","levels":"all","datetime":"2026-11-24T00:00:00Z"}`, `"t-50000":701,"t-85000":1051`},
		{"relative to a bearing", `{"features":` + two + `,"collection":"m","parameters":"wd10","bearingProperty":"course","datetime":"2026-11-24T00:00:00Z"}`, `"wd10":216.87,"wd10-relative":126.87`},
		{"by whole names", `{"coords":"MULTIPOINT((10 20),(20 20))","parameters":["m.t2m"],"datetime":"2026-11-24T00:00:00Z"}`, `"id":"2"`},
		{"between two times", `{"coords":"POINT(10 20)","collection":"m.t2m","datetime":"2026-11-24T01:00:00Z","interpolationTime":"linear"}`, `"t2m":301,"forecastTime":"2026-11-24T01:00:00Z","runTime":"2026-11-24T00:00:00Z","interpolated":true`},
		{"between some times", `{"coords":"POINT(10 20)","collection":"m.t2m","datetime":["2026-11-24T00:00:00Z","2026-11-24T01:00:00Z"],"interpolationTime":"linear"}`, `"interpolated":{"t2m":[false,true]}`},
		{"of a qualified value", `{"coords":{"value":"POINT(10 20)"},"collection":{"value":"m.t2m"},"datetime":"2026-11-24T00:00:00Z"}`, `"t2m":300`},
		{"of the latest run", `{"coords":"POINT(10 20)","collection":"m.t2m","run":"latest","datetime":"2026-11-24T00:00:00Z"}`, `"t2m":300`},
		{"at a collection's places", `{"features":"airports","collection":"m.t2m","datetime":"2026-11-24T00:00:00Z"}`, `"id":"CDG"`},
		{"at some of a collection's places", `{"features":{"href":"` + base + `/collections/airports/items?bbox=0,40,10,50&limit=2"},"collection":"m.t2m","datetime":"2026-11-24T00:00:00Z"}`, `"numberReturned":2`},
	} {
		w := h.do("probe", c.inputs)
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/geo+json" || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %s in %.900s", c.name, w.Code, w.Header().Get("Content-Type"), c.want, w.Body)
		}
	}
}

func TestFaultsNameTheInput(t *testing.T) {
	h := newHouse(t, probe.Limits{Places: 3, Values: 6, Columns: 4})
	for _, c := range []struct {
		process, inputs string
		status          int
		parameter       string
	}{
		{"probe", `{}`, 400, "inputs.features"},
		{"probe", `{"nope":1}`, 400, "inputs.nope"},
		{"probe", `{"features":{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}},{"type":"Feature","geometry":null,"properties":{}}]},"collection":"m"}`, 400, "inputs.features[1].geometry"},
		{"probe", `{"features":{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":["x",2]},"properties":{}}]},"collection":"m"}`, 400, "inputs.features[0].geometry.coordinates"},
		{"probe", `{"features":"nope","collection":"m"}`, 400, "inputs.features"},
		{"probe", `{"features":{"href":"https://example.org/collections/x/items"},"collection":"m"}`, 400, "inputs.features.href"},
		{"probe", `{"coords":"POINT(1","collection":"m"}`, 400, "inputs.coords"},
		{"probe", `{"coords":"POINT(1 91)","collection":"m"}`, 400, "inputs.coords"},
		{"probe", `{"coords":"POINT(1 2)"}`, 400, "inputs.collection"},
		{"probe", `{"coords":"POINT(1 2)","collection":"nope"}`, 400, "inputs.collection"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m","parameters":["t2m","nope"]}`, 400, "inputs.parameters[1]"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t","levels":[12345]}`, 400, "inputs.levels"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","datetime":"yesterday"}`, 400, "inputs.datetime"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","datetime":"2001-01-01T00:00:00Z"}`, 400, "inputs.datetime"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","run":"2001-01-01T00:00:00Z"}`, 400, "inputs.run"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","units":"m/s"}`, 400, "inputs.units"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","units":{"t2m":"m/s"}}`, 400, "inputs.units"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","interpolation":"cubic"}`, 400, "inputs.interpolation"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.wd10","bearingProperty":"course"}`, 400, "inputs.bearingProperty"},
		{"probe", `{"coords":"MULTIPOINT(1 2,2 2,3 2,4 2)","collection":"m.t2m"}`, 413, "inputs.coords"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m","parameters":["t","t2m","u10","v10","ws10"]}`, 413, "inputs.parameters"},
		{"probe", `{"coords":"MULTIPOINT(1 2,2 2)","collection":"m.t2m"}`, 413, "inputs.datetime"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t2m","store":true}`, 401, "inputs.store"},
		{"timeseries", `{"coords":"MULTIPOINT(1 2,2 2)","collection":"m.t2m"}`, 400, "inputs.coords"},
		{"transect", `{"coords":"POINT(1 2)","collection":"m.t2m"}`, 400, "inputs.coords"},
		{"statistics", `{"coords":"POINT(1 2)","collection":"m.t2m"}`, 400, "inputs.features[0].geometry"},
		{"statistics", `{"coords":"POLYGON((0 0,9 0,9 9,0 0))","collection":"m.t2m","percentiles":[101]}`, 400, "inputs.percentiles"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t","levels":"1/2"}`, 400, "inputs.levels"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t","levels":"R2/1"}`, 400, "inputs.levels"},
		{"probe", `{"coords":"POINT(1 2)","collection":"m.t","datetime":"R2/x/PT1H"}`, 400, "inputs.datetime"},
		{"threshold", `{"coords":"POINT(1 2)","collection":"m","when":"ws10 >"}`, 400, "inputs.when"},
		{"threshold", `{"coords":"POINT(1 2)","collection":"m","when":"nope > 1"}`, 400, "inputs.when"},
		{"threshold", `{"coords":"POINT(1 2)","collection":"m"}`, 400, "inputs.when"},
		{"echo", `{"message":["a"]}`, 400, "inputs.message"},
	} {
		for _, prefer := range []string{"", "respond-async"} { // what is wrong is told before it is a job
			w := h.do(c.process, c.inputs, "Prefer", prefer)
			var p struct {
				Status            int
				Detail, Parameter string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || p.Status != c.status || p.Parameter != c.parameter || p.Detail == "" {
				if c.parameter == "inputs.percentiles" && prefer != "" { // the engine knows
					continue
				}
				t.Errorf("%s %s %s: %d %s, want %d %s", c.process, c.inputs, prefer, w.Code, w.Body, c.status, c.parameter)
			}
		}
	}
	for _, body := range []string{`{`, `[]`, `{"inputs":[]}`, `{"inputs":{"message":"x"},"response":"no"}`, `{"inputs":{"message":"x"},"outputs":{"nope":{}}}`, `{"inputs":{"message":"x"},"outputs":{"message":{"transmissionMode":"carrier pigeon"}}}`} {
		if w := h.ask("POST", "/processes/echo/execution", body); w.Code != 400 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestFormatsAreChosen(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	const inputs = `{"coords":"POINT(10 20)","collection":"m","parameters":["t2m","ws10"]}`
	for _, c := range []struct{ process, inputs, mediaType, begins string }{
		{"probe", inputs, "application/vnd.cov+json", `{"type":"Coverage"`},
		{"probe", inputs, "text/csv", "time,reference_time,name,longitude,latitude,t2m [K],ws10 [m/s]"},
		{"timeseries", inputs, "application/geo+json", `{"type":"FeatureCollection"`},
		{"timeseries", inputs, "image/svg+xml", "<svg"},
		{"timeseries", inputs, "image/png", "\x89PNG"},
		{"profile", `{"coords":"POINT(10 20)","collection":"m.t"}`, "application/vnd.cov+json", `{"type":"Coverage"`},
		{"profile", `{"coords":"POINT(10 20)","collection":"m.t"}`, "image/svg+xml", "<svg"},
		{"transect", `{"coords":"LINESTRING(0 0,10 20,30 40)","collection":"m","parameters":"t2m"}`, "image/svg+xml", "<svg"},
		{"meteogram", inputs, "image/svg+xml", "<svg"},
		{"statistics", `{"coords":"POLYGON((0 0,30 0,30 30,0 30,0 0))","collection":"m.t2m"}`, "text/csv", "area,parameter,unit,time,run,cells,missing,min,max,mean,sd"},
	} {
		w := h.do(c.process, c.inputs, "Accept", c.mediaType)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), c.mediaType) || !strings.Contains(w.Body.String()[:min(w.Body.Len(), 400)], c.begins) {
			t.Errorf("%s as %s: %d %s %.200s", c.process, c.mediaType, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		body := `{"inputs":` + c.inputs + `,"outputs":{"result":{"format":{"mediaType":"` + c.mediaType + `"}}},"response":"document"}`
		doc := document(t, h.ask("POST", "/processes/"+c.process+"/execution", body), 200)
		if doc["result"] == nil {
			t.Errorf("%s as a document: %v", c.process, doc)
		}
	}
	w := h.do("meteogram", `{"coords":"POINT(10 20)","collection":"m","width":400,"theme":"dark"}`, "Accept", "image/png")
	if img, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil || img.Bounds().Dx() != 400 {
		t.Errorf("a meteogram is no picture of 400 pixels: %v", err)
	}
}

func TestAreasAndConditions(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	stats := document(t, h.do("statistics", `{"coords":"POLYGON((-5 -5,5 -5,5 5,-5 5,-5 -5))","collection":"m.t2m","percentiles":[50]}`), 200)
	got := fmt.Sprint(stats["features"].([]any)[0].(map[string]any)["properties"])
	if !strings.Contains(got, "mean:[280 283 286 289 292]") || !strings.Contains(got, "p50:[280 283 286 289 292]") || !strings.Contains(got, "cells:1") {
		t.Errorf("one cell: %s", got)
	}
	truths := document(t, h.do("threshold", `{"coords":"POINT(10 20)","collection":"m","when":"t2m > 304.5","interpolationTime":"linear"}`), 200)
	got = fmt.Sprint(truths["features"].([]any)[0].(map[string]any)["properties"])
	if !strings.Contains(got, "intervals:[[2026-11-24T04:30:00Z 2026-11-24T12:00:00Z]]") || !strings.Contains(got, "timesTrue:3") {
		t.Errorf("warmer than 304.5 K: %s", got)
	}
}

func TestJobs(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	body := `{"inputs":{"features":` + two + `,"collection":"m.t2m"}}`
	w := h.ask("POST", "/processes/probe/execution", body, "Prefer", "respond-async")
	doc := document(t, w, http.StatusCreated)
	at := strings.TrimPrefix(w.Header().Get("Location"), base)
	if doc["type"] != "process" || doc["processID"] != "probe" || at != "/jobs/"+doc["jobID"].(string) || w.Header().Get("Preference-Applied") != "respond-async" {
		t.Fatalf("%v at %s", doc, at)
	}
	for end := time.Now().Add(20 * time.Second); doc["status"] != "successful"; doc = document(t, h.ask("GET", at, ""), 200) {
		if time.Now().After(end) || doc["status"] == "failed" {
			t.Fatalf("the job is %v", doc)
		}
		time.Sleep(5 * time.Millisecond)
	}
	results, once := h.ask("GET", at+"/results", ""), h.ask("POST", "/processes/probe/execution", body)
	if results.Code != 200 || results.Body.String() != once.Body.String() || results.Header().Get("Content-Type") != once.Header().Get("Content-Type") {
		t.Errorf("a job's result is not what is given at once: %d %.200s", results.Code, results.Body)
	}
	for query, want := range map[string]int{"": 1, "?status=successful": 1, "?status=failed,running": 0, "?processID=echo": 0, "?type=process": 1, "?type=other": 0, "?limit=1&offset=1": 0, "?datetime=2001-01-01T00:00:00Z/..": 1, "?datetime=../2001-01-01T00:00:00Z": 0, "?minDuration=100": 0} {
		if n := len(document(t, h.ask("GET", "/jobs"+query, ""), 200)["jobs"].([]any)); n != want {
			t.Errorf("/jobs%s has %d jobs, want %d", query, n, want)
		}
	}
	if doc := document(t, h.ask("DELETE", at, ""), 200); doc["status"] != "dismissed" {
		t.Errorf("dismissed: %v", doc)
	}
	for _, path := range []string{at, at + "/results", "/jobs/nope"} {
		if w := h.ask("GET", path, ""); w.Code != 404 || !strings.Contains(w.Body.String(), "1.0/no-such-job") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	slow := strings.TrimPrefix(h.do("echo", `{"message":"x","pause":30}`, "Prefer", "respond-async").Header().Get("Location"), base)
	if w := h.ask("GET", slow+"/results", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "1.0/result-not-ready") {
		t.Errorf("a result before it is there: %d %s", w.Code, w.Body)
	}
	if doc := document(t, h.ask("DELETE", slow, ""), 200); doc["status"] != "dismissed" {
		t.Errorf("dismissed: %v", doc)
	}
	for url, want := range map[string]int{"https://hooks.example.org/x": 201, "https://elsewhere.example.org/x": 400, "http://127.0.0.1/x": 400} {
		body := `{"inputs":{"message":"x"},"subscriber":{"failedUri":"` + url + `"}}`
		if w := h.ask("POST", "/processes/echo/execution", body, "Prefer", "respond-async"); w.Code != want {
			t.Errorf("calling back %s: %d %s, want %d", url, w.Code, w.Body, want)
		}
	}
}

func TestResultsAreKept(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	doc := document(t, h.do("probe", `{"features":`+two+`,"collection":"m.t2m","store":true,"title":"Two","keep":1}`, "Authorization", "Bearer ok"), 200)
	c, err := h.kept.Collection(t.Context(), doc["collection"].(string))
	check(t, err)
	about, err := c.About(t.Context())
	check(t, err)
	page, err := c.Query(t.Context(), feature.Query{})
	check(t, err)
	if about.Title != "Two" || page.Matched != 10 || page.Features[0].ID != "a.20261124T000000Z" {
		t.Errorf("kept %q, %d features: %v", about.Title, page.Matched, page.Features)
	}
	if v, _ := page.Features[0].Property("t2m"); fmt.Sprint(v) != "300" {
		t.Errorf("kept values are %v", v)
	}
}

func TestTooManyFeaturesAreToldWithTheirCost(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	const one = `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}`
	many := strings.Repeat(one+",", feature.DefaultLimits.Features) + one
	doc := document(t, h.do("probe", `{"features":{"type":"FeatureCollection","features":[`+many+`]},"collection":"m.t2m"}`), 413)
	if doc["parameter"] != "inputs.features" || doc["limit"] != float64(feature.DefaultLimits.Features) || fmt.Sprint(doc["cost"]) != "map[places:100001]" {
		t.Errorf("%d features: %v", feature.DefaultLimits.Features+1, doc)
	}
}

func TestSeveralOutputs(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, c := range []struct{ body, mediaType, want string }{
		{`{"inputs":{"message":"hello"}}`, "multipart/related", "hello"},
		{`{"inputs":{"message":"hello"},"outputs":{"message":{}}}`, "text/plain", "hello"},
		{`{"inputs":{"message":"hello"},"outputs":{"length":{}}}`, "application/json", "5\n"},
		{`{"inputs":{"message":"hello"},"response":"document"}`, "application/json", `{"message":"hello"`},
	} {
		w := h.ask("POST", "/processes/echo/execution", c.body)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), c.mediaType) || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s %s", c.body, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}

func TestOutputsAreGivenByReference(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	const csv = `{"inputs":{"coords":"POINT(10 20)","collection":"m.t2m","datetime":"2026-11-24T00:00:00Z"},"outputs":{"result":{"transmissionMode":"reference","format":{"mediaType":"text/csv"}}}}`
	for _, prefer := range []string{"", "respond-async"} {
		for _, c := range []struct {
			process, body string
			status        int
			links         []string // mediaType and a part of each body
			want          string   // in the answer; HREF begins the address of an output
		}{
			{"echo", `{"inputs":{"message":"hello"},"outputs":{"message":{"transmissionMode":"reference"}}}`, 204, []string{"text/plain", "hello"}, ""},
			{"echo", `{"inputs":{"message":"hello"},"outputs":{"message":{"transmissionMode":"reference"},"length":{"transmissionMode":"reference"}}}`, 204, []string{"text/plain", "hello", "application/json", "5"}, ""},
			{"echo", `{"inputs":{"message":"hello"},"outputs":{"message":{"transmissionMode":"reference"},"length":{}}}`, 200, nil, "Content-Location: HREF/message"},
			{"echo", `{"inputs":{"message":"hello"},"outputs":{"message":{"transmissionMode":"reference"},"length":{}},"response":"document"}`, 200, nil, `{"message":{"href":"HREF/message","rel":"item","type":"text/plain","title":"message"}`},
			{"probe", csv, 204, []string{"text/csv", "300"}, ""},
			{"probe", strings.Replace(csv, "text/csv", "application/geo+json", 1), 204, []string{"application/geo+json", `"t2m":300`}, ""},
			{"timeseries", strings.Replace(csv, "text/csv", "image/png", 1), 204, []string{"image/png", "PNG"}, ""},
		} {
			w := h.ask("POST", "/processes/"+c.process+"/execution", c.body, "Prefer", prefer)
			at := ""
			if prefer != "" {
				at = strings.TrimPrefix(w.Header().Get("Location"), base)
				for w = h.ask("GET", at+"/results", ""); w.Code == 404; w = h.ask("GET", at+"/results", "") {
					time.Sleep(5 * time.Millisecond)
				}
			}
			var links []string
			for _, link := range w.Header().Values("Link") {
				href, rest, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
				if strings.Contains(rest, `rel="monitor"`) {
					at = strings.TrimPrefix(href, base)
					continue
				}
				links = append(links, strings.TrimPrefix(href, base))
			}
			if got := strings.ReplaceAll(w.Body.String(), base+at+"/results", "HREF"); w.Code != c.status || !strings.Contains(got, c.want) || len(links) != len(c.links)/2 {
				t.Errorf("%s %s %s: %d %v %s", prefer, c.process, c.body, w.Code, links, got)
				continue
			}
			for i, link := range links {
				one := h.ask("GET", link, "")
				if one.Code != 200 || !strings.HasPrefix(one.Header().Get("Content-Type"), c.links[2*i]) || !strings.Contains(one.Body.String(), c.links[2*i+1]) {
					t.Errorf("%s %s: %s is %d %s %.200s", prefer, c.body, link, one.Code, one.Header().Get("Content-Type"), one.Body)
				}
			}
			if w := h.ask("GET", at+"/results/nope", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "no-such-output") {
				t.Errorf("an output that is none: %d %s", w.Code, w.Body)
			}
		}
	}
}

func TestEachOutputOfAJobIsAResource(t *testing.T) {
	h := newHouse(t, probe.Limits{})
	for _, body := range []string{`{"inputs":{"message":"hello"}}`, `{"inputs":{"message":"hello"},"response":"document"}`, `{"inputs":{"message":"hello"},"outputs":{"message":{}}}`} {
		at := strings.TrimPrefix(h.ask("POST", "/processes/echo/execution", body, "Prefer", "respond-async").Header().Get("Location"), base)
		w := h.ask("GET", at+"/results/message", "")
		for ; w.Code == 404 && strings.Contains(w.Body.String(), "result-not-ready"); w = h.ask("GET", at+"/results/message", "") {
			time.Sleep(5 * time.Millisecond)
		}
		if w.Code != 200 || w.Body.String() != "hello" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s %q", body, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}

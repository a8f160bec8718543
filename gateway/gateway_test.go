package gateway

import (
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRequestsGoToTheServerThatHasTheLayer(t *testing.T) {
	a := startServer(t, "a", "gfs.t2m", "gfs.wind", "gfs", "airports")
	b := startServer(t, "b", "hrrr.t2m", "hrrr", "airports")
	h, _ := open(t, nil, a, b)
	for path, want := range map[string]string{
		"/wms?REQUEST=GetMap&LAYERS=gfs.t2m,gfs.wind":        "a",
		"/wms?request=GetMap&layers=hrrr.t2m":                "b",
		"/wms?request=GetLegendGraphic&layer=hrrr.t2m":       "b",
		"/wms/hrrr?request=GetMap":                           "b",
		"/wmts?request=GetTile&Layer=hrrr.t2m":               "b",
		"/wmts/1.0.0/gfs.wind/default/WebMercatorQuad/0/0/0": "a",
		"/wcs?request=GetCoverage&coverageId=hrrr.t2m.cube":  "b",
		"/wcs?request=GetCoverage&identifier=gfs.t2m":        "a",
		"/xyz/hrrr.t2m/3/1/3.png":                            "b",
		"/collections/gfs/position?coords=POINT(1%202)":      "a",
		"/collections/hrrr.t2m/map/tiles/x/0/0/0":            "b",
		"/collections/hrrr.of_tomorrow/map":                  "b", // the model's server says what is wrong
		"/map?collections=hrrr.t2m":                          "b",
		"/zarr/gfs/latest/zarr.json":                         "a",
	} {
		if res, body := get(t, h.URL+path); res.StatusCode != http.StatusOK || body != want+" "+path {
			t.Errorf("%s: %s %q, want that of %s", path, res.Status, body, want)
		}
	}
	for _, c := range []struct{ contentType, body, want string }{
		{"application/x-www-form-urlencoded", "request=GetMap&layers=hrrr.t2m", "b"},
		{"application/json", `{"inputs":{"layers":["hrrr\u002et2m"]}}`, "b"},
		{"text/xml", `<GetCoverage><CoverageId>gfs.t2m</CoverageId></GetCoverage>`, "a"},
	} {
		r, err := http.NewRequest(http.MethodPost, h.URL+"/wcs", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if res, _ := do(t, r, "Content-Type", c.contentType); res.Header.Get("X-Server") != c.want {
			t.Errorf("POST %s went to %q, want %s", c.body, res.Header.Get("X-Server"), c.want)
		}
	}
}

func TestLayersOfTwoServersAreRefusedInTheServicesForm(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "hrrr.t2m", "hrrr")
	h, _ := open(t, nil, a, b)
	for path, want := range map[string]string{
		"/wms?version=1.3.0&request=GetMap&layers=gfs.t2m,hrrr.t2m":        `<ServiceException code="InvalidParameterValue">`,
		"/wms?version=1.1.1&request=GetMap&layers=gfs.t2m,hrrr.t2m":        `<ServiceExceptionReport version="1.1.1">`,
		"/wcs?version=2.0.1&request=DescribeCoverage&coverageId=gfs,hrrr":  `xmlns:ows="http://www.opengis.net/ows/2.0"`,
		"/wcs?version=1.0.0&request=DescribeCoverage&coverage=gfs,hrrr":    `<ServiceExceptionReport version="1.2.0"`,
		"/wcs?version=1.1.1&request=DescribeCoverage&identifiers=gfs,hrrr": `xmlns:ows="http://www.opengis.net/ows/1.1"`,
		"/map?collections=gfs.t2m,hrrr.t2m":                                `"status":400`,
	} {
		res, body := get(t, h.URL+path)
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: %s %s, want 400 with %s", path, res.Status, body, want)
		}
		if strings.HasPrefix(body, "<") && xml.Unmarshal([]byte(body), new(struct{})) != nil {
			t.Errorf("%s: not well-formed: %s", path, body)
		}
	}
}

func TestListsOfAllServersAreOne(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs", "airports"), startServer(t, "b", "hrrr.t2m", "hrrr", "airports")
	h, _ := open(t, func(c *Config, _ *Options) { c.Prefix = "/weather" }, a, b)
	res, body := get(t, h.URL+"/weather/collections")
	for _, id := range []string{"gfs.t2m", "gfs", "hrrr.t2m", "hrrr", "airports"} {
		if strings.Count(body, `{"id":"`+id+`"`) != 1 {
			t.Errorf("%s is not there once: %s", id, body)
		}
	}
	if !strings.Contains(body, h.URL+"/weather/collections/hrrr.t2m") {
		t.Errorf("links do not lead to the gateway: %s", body)
	}
	etag := res.Header.Get("ETag")
	if again, _ := get(t, h.URL+"/weather/collections", "If-None-Match", etag); etag == "" || again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again with %q: %s", etag, again.Status)
	}
	if w := res.Header.Get("Warning"); w != "" {
		t.Errorf("a warning though all is well: %s", w)
	}
	_, body = get(t, h.URL+"/weather/wms?request=GetCapabilities&service=WMS")
	if strings.Count(body, "<Name>") != 2 || !strings.Contains(body, `updateSequence="3"`) || !strings.Contains(body, h.URL+"/weather/wms?") {
		t.Errorf("capabilities: %s", body)
	}
}

func TestUnchangedListsAreNotReadAgain(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "hrrr.t2m", "hrrr")
	h, _ := open(t, nil, a, b)
	get(t, h.URL+"/collections")
	before := a.fresh.Load() + b.fresh.Load()
	for range 3 {
		get(t, h.URL+"/collections")
		time.Sleep(fresh / 2)
	}
	if n := a.fresh.Load() + b.fresh.Load() - before; n != 0 {
		t.Errorf("%d lists were read that had not changed", n)
	}
}

func TestAServerThatIsDownIsMissedAloud(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "hrrr.t2m", "hrrr")
	h, g := open(t, nil, a, b)
	until(t, "both have told what they serve", func() bool { return len(g.pool.view.Load().by) == 4 })
	b.CloseClientConnections()
	b.Close()
	res, body := get(t, h.URL+"/collections")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "gfs.t2m") || strings.Contains(body, `"hrrr"`) {
		t.Errorf("%s %s", res.Status, body)
	}
	if w := res.Header.Get("Warning"); w != `199 - "not served now: hrrr"` {
		t.Errorf("Warning: %s", w)
	}
	res, body = get(t, h.URL+"/wms?version=1.3.0&request=GetMap&layers=hrrr.t2m")
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(body, "ServiceException") {
		t.Errorf("a map of it: %s %s", res.Status, body)
	}
	if res, _ := get(t, h.URL+"/wms?request=GetMap&layers=gfs.t2m"); res.StatusCode != http.StatusOK {
		t.Errorf("a map of the other: %s", res.Status)
	}
	if res, _ := get(t, h.URL+"/readyz"); res.StatusCode != http.StatusOK {
		t.Errorf("/readyz: %s", res.Status)
	}
}

func TestReplicasAreBalancedAndOneMayDie(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "gfs.t2m", "gfs")
	h, _ := open(t, nil, a, b)
	var wrong atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				res, err := http.Get(h.URL + "/xyz/gfs.t2m/0/0/0.png")
				if err != nil {
					wrong.Add(1)
					continue
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
					wrong.Add(1)
				}
				res.Body.Close()
				if a.asked.Load() == 100 {
					go b.Close()
					b.CloseClientConnections()
				}
			}
		})
	}
	group.Wait()
	if n := wrong.Load(); n != 0 {
		t.Errorf("%d of 400 requests failed", n)
	}
	if a.asked.Load() < 100 || b.asked.Load() < 50 {
		t.Errorf("%d and %d requests: not balanced", a.asked.Load(), b.asked.Load())
	}
}

func TestAnAnswerThatBreaksOffIsAskedElsewhere(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "gfs.t2m", "gfs")
	for _, s := range []*server{a, b} {
		s.override = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/xyz") || (a.asked.Load()+b.asked.Load())%2 == 0 {
				return false
			}
			if r.URL.Query().Has("known") {
				w.Header().Set("Content-Length", "100")
			}
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				c.Close()
			}
			return true
		}
	}
	h, _ := open(t, nil, a, b)
	for _, path := range []string{"/xyz/gfs.t2m/0/0/0.png?known", "/xyz/gfs.t2m/0/0/0.png"} {
		if res, body := get(t, h.URL+path); res.StatusCode != http.StatusOK || strings.HasPrefix(body, "half") {
			t.Errorf("%s: %s %q", path, res.Status, body)
		}
	}
	before := a.asked.Load() + b.asked.Load()
	r, err := http.NewRequest(http.MethodPost, h.URL+"/xyz/gfs.t2m", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err == nil {
		res.Body.Close()
	}
	if n := a.asked.Load() + b.asked.Load() - before; n != 1 {
		t.Errorf("a POST was sent %d times, want once", n)
	}
}

func TestAServerThatBreaksOffAloneIsMissedCleanly(t *testing.T) {
	a := startServer(t, "a", "gfs.t2m", "gfs")
	a.override = func(w http.ResponseWriter, r *http.Request) bool {
		if r.UserAgent() != "isobar-gateway" {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	h, _ := open(t, nil, a)
	for _, c := range []struct {
		method, path, form string
		status             int
	}{
		{http.MethodGet, "/wms?LAYERS=gfs.t2m&REQUEST=GetMap&VERSION=1.3.0", "<ServiceExceptionReport", http.StatusServiceUnavailable},
		{http.MethodGet, "/collections/gfs/position", `"status":503`, http.StatusServiceUnavailable},
		{http.MethodPost, "/collections/gfs/position", `"status":502`, http.StatusBadGateway}, // whether it was done is not known
	} {
		r, err := http.NewRequest(c.method, h.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, body := do(t, r)
		if res.StatusCode != c.status || !strings.Contains(body, c.form) || (res.Header.Get("Retry-After") != "") != (c.status == http.StatusServiceUnavailable) {
			t.Errorf("%s %s: %s, Retry-After %q, %s", c.method, c.path, res.Status, res.Header.Get("Retry-After"), body)
		}
	}
}

func TestAServerThatIsNotReadyGetsNothing(t *testing.T) {
	a, b := startServer(t, "a", "gfs.t2m", "gfs"), startServer(t, "b", "gfs.t2m", "gfs")
	b.ready.Store(false)
	h, _ := open(t, nil, a, b)
	for range 10 {
		get(t, h.URL+"/xyz/gfs.t2m/0/0/0.png")
	}
	if n := b.asked.Load(); n != 0 {
		t.Errorf("it got %d requests", n)
	}
	b.ready.Store(true)
	until(t, "it is asked when it is ready", func() bool {
		get(t, h.URL+"/xyz/gfs.t2m/0/0/0.png")
		return b.asked.Load() > 0
	})
}

func TestAJobIsFoundWhereItIs(t *testing.T) {
	a, b := startServer(t, "a", "gfs"), startServer(t, "b", "gfs")
	for _, s := range []*server{a, b} {
		s.override = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/jobs/") || r.URL.Path == "/jobs/of-"+s.name {
				return false
			}
			http.NotFound(w, r)
			return true
		}
	}
	h, _ := open(t, nil, a, b)
	for range 4 {
		for _, name := range []string{"a", "b"} {
			if res, _ := get(t, h.URL+"/jobs/of-"+name); res.Header.Get("X-Server") != name {
				t.Errorf("the job of %s: %s", name, res.Status)
			}
		}
	}
	if res, _ := get(t, h.URL+"/jobs/of-nobody"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a job that is not there: %s", res.Status)
	}
}

func TestEventsOfAllServersAreHeard(t *testing.T) {
	a, b := startServer(t, "a", "gfs"), startServer(t, "b", "hrrr")
	var seen sync.Map
	for _, s := range []*server{a, b} {
		s.override = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/events" {
				return false
			}
			seen.Store(s.name, r.Header.Get("Last-Event-ID"))
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "id: of "+s.name+"\nevent: e\ndata: {\"by\":\""+s.name+"\"}\n\n")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return true
		}
	}
	h, g := open(t, nil, a, b)
	until(t, "both have told what they serve", func() bool { return len(g.pool.view.Load().by) == 2 })
	hear := func(last string) (text string) {
		r, err := http.NewRequest(http.MethodGet, h.URL+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Last-Event-ID", last)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		buffer := make([]byte, 4096)
		for !strings.Contains(text, `"a"`) || !strings.Contains(text, `"b"`) {
			n, err := res.Body.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			text += string(buffer[:n])
		}
		return text
	}
	text := hear("")
	ids := strings.Split(text, "id: ")
	last, _, _ := strings.Cut(ids[len(ids)-1], "\n")
	hear(last)
	for _, name := range []string{"a", "b"} {
		if id, _ := seen.Load(name); id != "of "+name {
			t.Errorf("%s was asked to go on after %q", name, id)
		}
	}
}

func TestUpgradesPassThrough(t *testing.T) {
	a := startServer(t, "a", "gfs")
	a.override = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Upgrade") != "websocket" {
			return false
		}
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return true
		}
		defer c.Close()
		rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		rw.Flush()
		line, err := rw.ReadString('\n')
		if err == nil {
			rw.WriteString("echo " + line)
			rw.Flush()
		}
		return true
	}
	h, _ := open(t, nil, a)
	c, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	text, said := "", false
	buffer := make([]byte, 1024)
	for !strings.Contains(text, "echo hello") {
		n, err := c.Read(buffer)
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		text += string(buffer[:n])
		if !said && strings.Contains(text, "\r\n\r\n") { // a client waits for the 101
			said = true
			io.WriteString(c, "hello\n")
		}
	}
}

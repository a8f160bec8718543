package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/auth"
	"isobar/records"
	"isobar/records/recordstest"
)

// echo is a server that says how it was asked.
func echo(t *testing.T) *httptest.Server {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("redirect") {
			http.Redirect(w, r, "http://"+r.Host+"/api/elsewhere?x=1", http.StatusSeeOther)
			return
		}
		w.Header().Set("X-Powered-By", "echo")
		fmt.Fprintf(w, "%s %s host=%s for=%s host=%s proto=%s prefix=%s key=%s forwarded=%s", r.Method, r.RequestURI, r.Host, r.Header.Get("X-Forwarded-For"),
			r.Header.Get("X-Forwarded-Host"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Prefix"), r.Header.Get("X-Key"), r.Header.Get("Forwarded"))
	}))
	t.Cleanup(h.Close)
	return h
}

func TestTheProxyTableSendsWhatIsBelowAPrefixElsewhere(t *testing.T) {
	service := echo(t)
	host := strings.TrimPrefix(service.URL, "http://")
	h, _ := open(t, func(c *Config, _ *Options) {
		c.Proxy = []Route{
			{Prefix: "/api/service", Targets: []string{service.URL + "/api"}},
			{Prefix: "/old", Targets: []string{service.URL}, Rewrite: []Rewrite{{From: "^/old/v([0-9]+)", To: "/new/$1"}}, KeepHost: true},
			{Prefix: "/api/service/deep", Targets: []string{service.URL}, RequestHeaders: map[string]string{"X-Key": "secret"}, ResponseHeaders: map[string]string{"X-Powered-By": "", "X-By": "isobar"}},
		}
	})
	gate := strings.TrimPrefix(h.URL, "http://")
	for path, want := range map[string]string{
		"/api/service/1":           "GET /api/1 host=" + host, // Weacast: http://my.service.com/api/1
		"/api/service":             "GET /api host=" + host,
		"/api/service/a%2Fb?q=1;2": "GET /api/a%2Fb?q=1;2 host=" + host,
		"/old/v2/x":                "GET /new/2/x host=" + gate,
		"/api/service/deep/1":      "GET /1 host=" + host,
	} {
		res, body := get(t, h.URL+path, "X-Forwarded-For", "6.6.6.6", "X-Forwarded-Host", "evil.example")
		if !strings.HasPrefix(body, want+" for=127.0.0.1 host="+gate+" proto=http prefix=/") {
			t.Errorf("%s: %s %q, want %q", path, res.Status, body, want)
		}
	}
	res, body := get(t, h.URL+"/api/service/deep/1")
	if res.Header.Get("X-Powered-By") != "" || res.Header.Get("X-By") != "isobar" || !strings.Contains(body, "key=secret") {
		t.Errorf("headers: %v, %s", res.Header, body)
	}
	res, _ = get(t, h.URL+"/api/service/1?redirect")
	if at := res.Header.Get("Location"); at != h.URL+"/api/service/elsewhere?x=1" {
		t.Errorf("redirected to %s", at)
	}
	if res, _ := get(t, h.URL+"/api/services"); res.StatusCode != http.StatusServiceUnavailable { // no line's, and there are no instances
		t.Errorf("beside the prefix: %s", res.Status)
	}
}

func TestWhatATrustedProxySaysIsBelieved(t *testing.T) {
	service := echo(t)
	for name, c := range map[string]struct {
		trusted []string
		url     string
		headers []string
		want    string
	}{
		"nobody is trusted":   {nil, "", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "https", "X-Forwarded-Prefix", "/x"}, "for=127.0.0.1 host=GATE proto=http prefix=/s "},
		"one is trusted":      {[]string{"127.0.0.0/8"}, "", []string{"X-Forwarded-For", "9.9.9.9, 8.8.8.8", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "maps.example.org", "X-Forwarded-Prefix", "/x/"}, "for=8.8.8.8 host=maps.example.org proto=https prefix=/x/s "},
		"Forwarded":           {[]string{"127.0.0.0/8"}, "", []string{"Forwarded", `for="[2001:db8::1]:4711";proto=https;host="maps.example.org", for=127.0.0.3`}, `for=2001:db8::1 host=maps.example.org proto=https prefix=/s key= forwarded=for="[2001:db8::1]";host="maps.example.org";proto=https`},
		"an external address": {nil, "https://maps.example.org/w", nil, "for=127.0.0.1 host=maps.example.org proto=https prefix=/w/s "},
	} {
		h, _ := open(t, func(o *Config, _ *Options) {
			o.TrustedProxies, o.ExternalURL = c.trusted, c.url
			o.Proxy = []Route{{Prefix: "/s", Targets: []string{service.URL}}}
		})
		_, body := get(t, h.URL+"/s/1", c.headers...)
		if want := strings.ReplaceAll(c.want, "GATE", strings.TrimPrefix(h.URL, "http://")); !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %s", name, body, want)
		}
	}
}

func TestTheGatewayAsksWhoComesAndPassesItOn(t *testing.T) {
	const secret = "sixteen bytes and more"
	key, hash := auth.NewKey()
	a := startServer(t, "a", "arome.t2m", "arome", "gfs")
	h, _ := open(t, func(c *Config, o *Options) {
		guard, err := auth.New(context.Background(), auth.Config{
			Keys: []auth.KeyConfig{{Name: "loader", Hash: hash, Role: auth.Writer}}, Rules: []auth.Rule{{Collections: "arome*", Role: auth.Reader}},
		})
		if err != nil {
			t.Fatal(err)
		}
		o.Guard, c.IdentitySecret = guard, secret
		c.Proxy = []Route{{Prefix: "/admin", Targets: []string{a.URL}, Role: auth.Admin}}
	}, a)
	for _, c := range []struct {
		path    string
		headers []string
		status  int
		who     string
	}{
		{"/collections/gfs/map", nil, 200, ""},
		{"/collections/gfs/map", []string{"X-API-Key", key}, 200, "loader"},
		{"/collections/gfs/map", []string{"X-API-Key", key + "x"}, 401, ""},
		{"/collections/arome/map", nil, 401, ""},
		{"/wms?request=GetMap&layers=arome.t2m", nil, 401, ""},
		{"/collections/arome.of_tomorrow", nil, 401, ""},
		{"/map", nil, 401, ""},
		{"/wms?request=GetMap&layers=arome.t2m", []string{"Authorization", "Bearer " + key}, 200, "loader"},
		{"/admin/x", nil, 401, ""},
		{"/admin/x", []string{"X-API-Key", key}, 403, ""},
	} {
		a.last.Store(nil)
		res, body := get(t, h.URL+c.path, append(c.headers, IdentityHeader, "e30.forged")...)
		if res.StatusCode != c.status {
			t.Errorf("%s %v: %s %s, want %d", c.path, c.headers, res.Status, body, c.status)
		}
		if c.status == 401 && res.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: 401 without a challenge", c.path)
		}
		if c.status != 200 {
			continue
		}
		sent := a.last.Load()
		p, err := Verify([]byte(secret), sent.Header.Get(IdentityHeader), time.Now())
		if err != nil || p.Name != c.who {
			t.Errorf("%s: the instance is told %q, %v, want %q", c.path, p.Name, err, c.who)
		}
		if restricted := strings.Contains(c.path, "arome"); restricted != strings.Contains(res.Header.Get("Cache-Control"), "private") {
			t.Errorf("%s: Cache-Control: %s", c.path, res.Header.Get("Cache-Control"))
		}
		if c.who != "" && sent.Header.Get("Authorization")+sent.Header.Get("X-Api-Key") != "" {
			t.Errorf("%s: the instance is sent the client's key", c.path)
		}
	}
}

func TestIdentitiesAreBelievedOnlyIfSignedLately(t *testing.T) {
	secret, now := []byte("sixteen bytes and more"), time.Unix(1e9, 0)
	p := auth.Principal{Name: "ada", Role: auth.Writer, Groups: []string{"meteo"}}
	header := Sign(secret, p, now)
	if got, err := Verify(secret, header, now.Add(time.Second)); err != nil || got.Name != "ada" || got.Role != auth.Writer || len(got.Groups) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		secret, header string
		now            time.Time
	}{
		"old":            {string(secret), header, now.Add(2 * time.Minute)},
		"of the future":  {string(secret), header, now.Add(-2 * time.Minute)},
		"another secret": {"seventeen bytes or so", header, now},
		"changed":        {string(secret), "A" + header[1:], now},
		"nothing":        {string(secret), "", now},
		"no secret":      {"", Sign(nil, p, now), now},
	} {
		if _, err := Verify([]byte(c.secret), c.header, c.now); !errors.Is(err, ErrIdentity) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClientsAreKeptToTheirBudget(t *testing.T) {
	a := startServer(t, "a", "gfs")
	h, g := open(t, func(c *Config, _ *Options) {
		c.Limits.Requests = auth.Rate{Burst: 10, PerSecond: 0.01}
		c.Limits.Costs = []Cost{{Path: "/wcs", Request: "GetCoverage", Cost: 8}}
	}, a)
	for i, want := range []int{200, 200, 200, 429, 200} {
		path := "/xyz/gfs/0/0/0.png"
		if i == 2 || i == 3 {
			path = "/wcs?REQUEST=getcoverage&coverageId=gfs"
		}
		if i == 4 {
			continue
		}
		res, _ := get(t, h.URL+path)
		if res.StatusCode != want {
			t.Errorf("request %d: %s, want %d", i, res.Status, want)
		}
		if want == 429 && res.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/wcs", strings.NewReader(strings.Repeat("x", 33<<20))))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long body: %d", w.Code)
	}
}

// names is a DNS of a test.
type names map[string][]string

func (n names) LookupHost(_ context.Context, host string) ([]string, error) {
	if n[host] == nil {
		return nil, errors.New("no such host")
	}
	return n[host], nil
}

func (n names) LookupSRV(_ context.Context, _, _, name string) (string, []*net.SRV, error) {
	if n[name] == nil {
		return "", nil, errors.New("no such service")
	}
	return "", []*net.SRV{{Target: n[name][0] + ".", Port: 8081}}, nil
}

func TestServersAreFoundByNameAndByWhatTheyTell(t *testing.T) {
	store := recordstest.New()
	dns := names{"isobar.svc": {"10.0.0.2", "10.0.0.1"}, "_http._tcp.isobar.svc": {"a.isobar.svc"}}
	f := finder{sources: []source{listed{"http://10.0.0.1:8080/"}, named{Name{Host: "isobar.svc", Port: 8080}, dns}, named{Name{SRV: "_http._tcp.isobar.svc"}, dns}, told{store}}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		Heartbeat(ctx, store, time.Second, func() Instance { return Instance{URL: "http://b:1", Models: []string{"gfs"}} }, func(err error) { t.Error(err) })
	}()
	until(t, "the server has told of itself", func() bool {
		_, err := store.Get(context.Background(), Kind, "http://b:1")
		return err == nil
	})
	want := "http://10.0.0.1:8080 http://10.0.0.2:8080 http://a.isobar.svc:8081 http://b:1"
	if all, err := f.find(context.Background()); err != nil || strings.Join(all, " ") != want {
		t.Errorf("%v, %v, want %s", all, err, want)
	}
	delete(dns, "isobar.svc")
	if all, err := f.find(context.Background()); err == nil || strings.Join(all, " ") != want {
		t.Errorf("while the DNS fails: %v, %v, want those from before and an error", all, err)
	}
	cancel()
	<-done
	if _, err := store.Get(context.Background(), Kind, "http://b:1"); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("after its end the server is still told of: %v", err)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"external_url":        func(c *Config) { c.ExternalURL = "maps" },
		"prefix":              func(c *Config) { c.Prefix = "weather/" },
		"trusted_proxies[0]":  func(c *Config) { c.TrustedProxies = []string{"x"} },
		"identity_secret":     func(c *Config) { c.IdentitySecret = "short" },
		"instances.static[0]": func(c *Config) { c.Instances.Static = []string{"10.0.0.1:80"} },
		"instances.dns[0]":    func(c *Config) { c.Instances.DNS = []Name{{Host: "a"}} },
		"proxy[0].prefix":     func(c *Config) { c.Proxy = []Route{{Prefix: "api", Targets: []string{"http://a"}}} },
		"proxy[0].targets":    func(c *Config) { c.Proxy = []Route{{Prefix: "/api"}} },
		"proxy[0].rewrite[0]": func(c *Config) {
			c.Proxy = []Route{{Prefix: "/api", Targets: []string{"http://a"}, Rewrite: []Rewrite{{From: "("}}}}
		},
		"proxy[0].role":   func(c *Config) { c.Proxy = []Route{{Prefix: "/api", Targets: []string{"http://a"}, Role: "king"}} },
		"timeouts.dial":   func(c *Config) { c.Timeouts.Dial = 0 },
		"retries":         func(c *Config) { c.Retries = 11 },
		"limits.costs[0]": func(c *Config) { c.Limits.Costs = []Cost{{Path: "["}} },
		"limits: body":    func(c *Config) { c.Limits.Body = 0 },
	} {
		c := Defaults()
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

// cheapHash is a password's hash that costs little.
func cheapHash(password string) string {
	salt := []byte("salt of the test")
	sum := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	return fmt.Sprintf("$argon2id$v=19$m=64,t=1,p=1$%s$%s", b64(salt), b64(sum))
}

// page is what somebody's browser does at a service.
type page struct {
	*http.Client
	base string
	csrf string
}

func newPage(t *testing.T, base string) *page {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &page{Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, base: base}
}

// ask sends a request with the session's word.
func (p *page) ask(t *testing.T, method, path, mediaType, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	if p.csrf != "" {
		r.Header.Set("X-CSRF-Token", p.csrf)
	}
	res, err := p.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

var hiddenState = regexp.MustCompile(`name="state" value="([^"]+)"`)

// signIn signs in by the form, and gives the address that one comes back to.
func (p *page) signIn(t *testing.T, name, password string) (back string) {
	t.Helper()
	_, form := p.ask(t, "GET", "/auth/login", "", "")
	state := hiddenState.FindStringSubmatch(form)
	if state == nil {
		t.Fatalf("no form: %s", form)
	}
	res, text := p.ask(t, "POST", "/auth/login", "application/x-www-form-urlencoded", url.Values{"state": {state[1]}, "name": {name}, "password": {password}}.Encode())
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in: %s %s", res.Status, text)
	}
	_, text = p.ask(t, "GET", "/auth/session", "", "")
	var told struct {
		User *struct{ Name string }
		CSRF string
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil || told.User == nil || told.User.Name != name {
		t.Fatalf("session: %v %s", err, text)
	}
	p.csrf = told.CSRF
	return res.Header.Get("Location")
}

const (
	restricted = "/xyz/arome-france-0p025.tcc/5/16/11.png"
	anAlert    = `{"title":"Frost","condition":"hrrr.t_surface < 273","geometry":{"type":"Point","coordinates":[-100,40]}}`
)

func TestPeopleSignInWhereverTheDoorIs(t *testing.T) {
	const secret = "sixteen bytes and more"
	who := "auth:\n  users: [{name: ada, role: writer, password: \"" + cheapHash("correct horse") + "\"}]\n  rules: [{collections: \"arome*\", role: reader}]\n"
	dir := t.TempDir()
	sampleFiles(t, filepath.Join(dir, "in"), "arome", "hrrr")
	for name, c := range map[string]struct{ server, gateway string }{
		"the server's own":    {who, ""},
		"behind a gateway":    {who + "trusted_proxies: [127.0.0.0/8]\n", "prefix: /weather\n"},
		"the gateway's":       {"auth: {identity_secret: " + secret + "}\ntrusted_proxies: [127.0.0.0/8]\n", "prefix: /weather\nidentity_secret: " + secret + "\n" + who},
		"at another's prefix": {who + "external_url: https://maps.example.org/forecasts\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "c.yaml")
			writeFile(t, file, []byte(c.server))
			s := start(t, "serve", filepath.Join(dir, "in"), "--data", t.TempDir(), "--config", file)
			base, home := s.url, s.url
			if c.gateway != "" {
				base = startGateway(t, c.gateway+"instances: {probe: 100ms, refresh: 200ms}\n", s.url) + "/weather"
				home = base
				until(t, "the gateway knows the server", func() bool { status, _, _ := visit(t, base+"/collections/hrrr"); return status == http.StatusOK })
			}
			p := newPage(t, base)
			if strings.Contains(c.server, "external_url") { // cookies are for the outside then: only what is set is looked at
				res, _ := p.ask(t, "GET", "/auth/login", "", "")
				if got := res.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Secure-isobar_signin=") || !strings.Contains(got, "Path=/forecasts/auth;") || !strings.Contains(got, "Secure; SameSite=Lax") {
					t.Errorf("cookie %s", got)
				}
				return
			}
			if res, _ := p.ask(t, "GET", restricted, "", ""); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("before: %s", res.Status)
			}
			if back := p.signIn(t, "ada", "correct horse"); back != home+"/" {
				t.Errorf("came back to %s, want %s/", back, home)
			}
			res, _ := p.ask(t, "GET", restricted, "", "")
			if res.StatusCode != http.StatusOK || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Cookie") || strings.Contains(res.Header.Get("Cache-Control"), "public") {
				t.Errorf("after: %s %v", res.Status, res.Header)
			}
			if res, text := p.ask(t, "POST", "/alerts", "application/json", anAlert); res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden {
				t.Errorf("writing: %s %s", res.Status, text)
			}
			word := p.csrf
			p.csrf = ""
			if res, text := p.ask(t, "POST", "/alerts", "application/json", anAlert); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("writing without the word: %s %s", res.Status, text)
			}
			p.csrf = word
			p.ask(t, "POST", "/auth/logout", "", "")
			if res, _ := p.ask(t, "GET", restricted, "", ""); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("signed out: %s", res.Status)
			}
		})
	}
}

func TestTheProviderLeadsBackToTheGateway(t *testing.T) {
	var issuer *httptest.Server
	issuer = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":"x","jwks_uri":"x"}`, issuer.URL, issuer.URL+"/authorize")
	}))
	defer issuer.Close()
	base := startGateway(t, "prefix: /weather\nauth: {oidc: {issuer: \""+issuer.URL+"\", audience: isobar}}\n") + "/weather"
	res, text := newPage(t, base).ask(t, "GET", "/auth/login", "", "")
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s %v %s", res.Status, err, text)
	}
	q := to.Query()
	if q.Get("redirect_uri") != base+"/auth/callback" || q.Get("client_id") != "isobar" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" {
		t.Errorf("leads to %s", to)
	}
}

func TestQuotasOfAServerOutliveIt(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.yaml")
	writeFile(t, file, []byte("auth:\n  users: [{name: ada, role: reader, password: \""+cheapHash("correct horse")+"\"}]\n  quotas: [{who: \"client:*\", per: day, requests: 4}, {who: \"user:*\", per: day, requests: 100, bytes: 100000000}]\n"))
	sampleFiles(t, filepath.Join(dir, "in"), "hrrr")
	s := start(t, "serve", filepath.Join(dir, "in"), "--data", filepath.Join(dir, "data"), "--config", file)
	const tile = "/xyz/hrrr.t_surface/3/1/3.png"
	for i := range 4 {
		if status, _, _ := visit(t, s.url+tile); status != http.StatusOK {
			t.Fatalf("request %d: %d", i, status)
		}
	}
	if status := s.stop(); status != 0 {
		t.Fatalf("ended with %d", status)
	}
	s = start(t, "serve", "--data", filepath.Join(dir, "data"), "--config", file)
	until(t, "what was counted before is known again", func() bool { status, _, _ := visit(t, s.url+tile); return status == http.StatusTooManyRequests })
	for path, want := range map[string]string{
		tile: "application/problem+json", "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities": "text/xml", "/wcs?SERVICE=WCS&VERSION=2.0.1&REQUEST=GetCapabilities": "text/xml",
	} {
		status, h, body := visit(t, s.url+path)
		if status != http.StatusTooManyRequests || h.Get("Content-Type") != want || h.Get("Retry-After") == "" || !strings.HasPrefix(h.Get("RateLimit"), `"day";r=0;t=`) {
			t.Errorf("%s: %d %v %s", path, status, h, body)
		}
	}
	p := newPage(t, s.url)
	p.signIn(t, "ada", "correct horse")
	res, _ := p.ask(t, "GET", tile, "", "")
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("RateLimit"), `"day-bytes";r=`) {
		t.Errorf("somebody who has signed in: %s %v", res.Status, res.Header)
	}
	if status, _, _ := visit(t, s.url+"/readyz"); status != http.StatusOK {
		t.Errorf("whether it is ready may always be asked: %d", status)
	}
}

func TestPasswordsCanNotBeGuessedAtAServer(t *testing.T) {
	h := passing(t, authConfig{Config: configOf(t, "users: [{name: ada, role: writer, password: \""+cheapHash("correct horse")+"\"}]\n")})
	codes := map[int]int{}
	for range 12 {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/wms?SERVICE=WMS", nil)
		r.SetBasicAuth("ada", "guess")
		h.ServeHTTP(w, r)
		codes[w.Code]++
		if w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "ServiceException")) {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
	}
	if codes[http.StatusUnauthorized] != 10 || codes[http.StatusTooManyRequests] != 2 {
		t.Errorf("answers %v", codes)
	}
}

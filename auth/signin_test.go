package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"isobar/records"
	"isobar/records/recordstest"
)

// site is a service with signing in below a prefix, that says who asks.
type site struct {
	*httptest.Server
	guard *Guard
	in    *SignIn
	log   *lines
}

// lines is a log.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

const sitePrefix = "/weather"

func newSite(t *testing.T, c Config, store records.Store) *site {
	t.Helper()
	s := &site{guard: guard(t, c), log: &lines{}}
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	var err error
	s.in, err = s.guard.SignIn(t.Context(), SignInOptions{
		Base: func(*http.Request) string { return s.URL + sitePrefix }, Records: store, Session: c.Session, Title: "Isobar", Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(sitePrefix+SignInPath, s.in)
	mux.HandleFunc(sitePrefix+"/", func(w http.ResponseWriter, r *http.Request) {
		p, err := s.guard.Identify(r)
		fmt.Fprintf(w, "%s %s %v %v", p.Name, p.Role, p.Groups, err)
	})
	return s
}

// browser follows redirects, and keeps cookies.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second}
}

// fetched is an answer, read.
func fetched(t *testing.T, c *http.Client, method, url, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(r)
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

// told is what the session says.
type told struct {
	User *struct {
		Name   string
		Role   Role
		Groups []string
	}
	CanWrite bool `json:"can_write"`
	SignIn   bool `json:"sign_in"`
	CSRF     string
}

func (s *site) session(t *testing.T, c *http.Client) (v told) {
	t.Helper()
	_, text := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/session", "")
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

var stateOf = regexp.MustCompile(`name="state" value="([^"]+)"`)

// enter signs in by the form.
func (s *site) enter(t *testing.T, c *http.Client, name, password, returnTo string, headers ...string) (*http.Response, string) {
	t.Helper()
	_, page := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login?return_to="+url.QueryEscape(returnTo), "")
	state := stateOf.FindStringSubmatch(page)
	if state == nil {
		t.Fatalf("no form: %s", page)
	}
	return fetched(t, c, http.MethodPost, s.URL+sitePrefix+"/auth/login", url.Values{"state": {state[1]}, "name": {name}, "password": {password}}.Encode(), headers...)
}

// cheap is what a password costs here.
var cheap = cost{64, 1, 1}

func people() []UserConfig {
	return []UserConfig{{Name: "ada", Password: hashAt("correct horse", cheap), Role: Admin, Groups: []string{"meteo"}}, {Name: "bob", Password: hashAt("tr0ub4dor", cheap), Role: Reader}}
}

func oidcOf(p *fakeProvider) OIDCConfig {
	return OIDCConfig{Issuer: p.URL, Audience: "isobar", Client: "viewer", Roles: map[string]Role{"*": Reader, "forecasters": Writer}}
}

func TestSomebodySignsInAtTheProvider(t *testing.T) {
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.ES256} {
		p := newFakeProvider(t)
		p.rotate(alg, "first")
		s := newSite(t, Config{OIDC: oidcOf(p)}, recordstest.New())
		c := browser(t)
		if v := s.session(t, c); v.User != nil || v.CanWrite || !v.SignIn {
			t.Fatalf("before: %+v", v)
		}
		res, text := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login?return_to="+url.QueryEscape(sitePrefix+"/?a=b#layer=gfs.t2m&at=1,2"), "")
		if got, want := res.Request.URL.String(), s.URL+sitePrefix+"/?a=b#layer=gfs.t2m&at=1,2"; got != want || text != "grace writer [forecasters] <nil>" {
			t.Errorf("%s: came back to %s as %q, want %s", alg, got, text, want)
		}
		v := s.session(t, c)
		if v.User == nil || v.User.Name != "grace" || !v.CanWrite || v.CSRF == "" {
			t.Fatalf("after: %+v", v)
		}
		p.rotate(alg, "second") // a new key is found by itself
		if _, text := fetched(t, browser(t), http.MethodGet, s.URL+sitePrefix+"/auth/login", ""); !strings.HasPrefix(text, "grace") {
			t.Errorf("%s, after a rotation of keys: %s", alg, text)
		}
		_, text = fetched(t, c, http.MethodPost, s.URL+sitePrefix+"/auth/logout", "", CSRFHeader, v.CSRF)
		if want := p.URL + "/end?client_id=viewer&post_logout_redirect_uri=" + url.QueryEscape(s.URL+sitePrefix+"/"); !strings.Contains(text, strings.ReplaceAll(want, "&", `\u0026`)) {
			t.Errorf("signed out: %s, want %s", text, want)
		}
		if v := s.session(t, c); v.User != nil {
			t.Errorf("signed out, but %+v", v)
		}
	}
}

func TestWhatAProviderDoesNotTellInTheTokenIsAskedFor(t *testing.T) {
	p := newFakeProvider(t)
	p.person = map[string]any{"sub": "42"}
	p.told = map[string]any{"sub": "42", "preferred_username": "grace", "groups": []string{"forecasters"}}
	p.secret = "s3cret"
	o := oidcOf(p)
	o.Secret = p.secret
	s := newSite(t, Config{OIDC: o}, nil)
	if _, text := fetched(t, browser(t), http.MethodGet, s.URL+sitePrefix+"/auth/login", ""); !strings.HasPrefix(text, "grace writer") {
		t.Errorf("who signed in: %s", text)
	}
	p.told["sub"] = "43"
	if res, text := fetched(t, browser(t), http.MethodGet, s.URL+sitePrefix+"/auth/login", ""); res.StatusCode != http.StatusForbidden {
		t.Errorf("told of somebody else: %d %s", res.StatusCode, text)
	}
}

// unsigned is a token whose header says that it is signed by nothing.
func unsigned(token string) string {
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
}

func TestWhatIsNotRightSignsNobodyIn(t *testing.T) {
	other := newFakeProvider(t)
	claim := func(name string, value any) func(p *fakeProvider) {
		return func(p *fakeProvider) { p.change = func(c map[string]any) { c[name] = value } }
	}
	for name, change := range map[string]func(p *fakeProvider){
		"a wrong nonce":              claim("nonce", "another"),
		"no nonce":                   func(p *fakeProvider) { p.change = func(c map[string]any) { delete(c, "nonce") } },
		"an expired token":           claim("exp", time.Now().Add(-time.Minute).Unix()),
		"a token of another issuer":  claim("iss", "https://evil.example"),
		"a token for another client": claim("aud", "shop"),
		"a token of another client":  claim("azp", "shop"),
		"a token signed by nothing":  func(p *fakeProvider) { p.rewrite = unsigned },
		"a token signed by another": func(p *fakeProvider) {
			p.rewrite = func(string) string { return other.sign(map[string]any{"iss": p.URL, "aud": "viewer"}) }
		},
		"no token":                         func(p *fakeProvider) { p.rewrite = func(string) string { return "" } },
		"a code that the provider refuses": func(p *fakeProvider) { p.secret = "another" },
		"the provider says no":             func(p *fakeProvider) { p.refuse = "access_denied" },
	} {
		p := newFakeProvider(t)
		s := newSite(t, Config{OIDC: oidcOf(p)}, nil)
		change(p)
		c := browser(t)
		res, text := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login", "")
		if res.StatusCode != http.StatusForbidden || !strings.Contains(text, "<html") {
			t.Errorf("%s: %s %.200s, want a page with 403", name, res.Status, text)
		}
		if v := s.session(t, c); v.User != nil {
			t.Errorf("%s: signed in as %+v", name, v.User)
		}
	}
}

func TestAnAnswerThatNobodyWaitsForSignsNobodyIn(t *testing.T) {
	p := newFakeProvider(t)
	s := newSite(t, Config{OIDC: oidcOf(p)}, nil)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	begin := func(c *http.Client) (callback string) {
		c.CheckRedirect = stay
		res, _ := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login", "")
		res, _ = fetched(t, c, http.MethodGet, res.Header.Get("Location"), "")
		return res.Header.Get("Location")
	}
	mine, theirs := browser(t), browser(t)
	callback := begin(theirs)
	begin(mine)
	for name, c := range map[string]*http.Client{"another's answer": mine, "an answer without a beginning": browser(t)} {
		c.CheckRedirect = stay
		if res, text := fetched(t, c, http.MethodGet, callback, ""); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s %s", name, res.Status, text)
		}
	}
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]url.Values{"of another state": {"code": u.Query()["code"], "state": {"x"}}, "of another provider": {"code": u.Query()["code"], "state": u.Query()["state"], "iss": {"https://evil.example"}}} {
		c := browser(t)
		begin(c)
		if res, _ := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/callback?"+q.Encode(), ""); res.StatusCode != http.StatusForbidden {
			t.Errorf("an answer %s: %s", name, res.Status)
		}
	}
	res, _ := fetched(t, theirs, http.MethodGet, callback, "")
	if res.StatusCode != http.StatusSeeOther || s.session(t, theirs).User == nil {
		t.Errorf("the right answer: %s", res.Status)
	}
	if res, _ := fetched(t, theirs, http.MethodGet, callback, ""); res.StatusCode != http.StatusForbidden {
		t.Errorf("the right answer a second time: %s", res.Status)
	}
}

func TestAProviderThatIsAwayIsAskedAgainLater(t *testing.T) {
	p := newFakeProvider(t)
	p.down.Store(true)
	s := newSite(t, Config{OIDC: oidcOf(p), Users: people()}, nil)
	c := browser(t)
	if res, text := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login?with=provider", ""); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "Try again") {
		t.Errorf("%s %s", res.Status, text)
	}
	if res, _ := s.enter(t, c, "bob", "tr0ub4dor", ""); res.StatusCode != http.StatusOK || s.session(t, c).User == nil {
		t.Errorf("by password meanwhile: %s", res.Status)
	}
	if _, err := s.guard.Identify(asking("Authorization", "Bearer a.b.c")); err == nil || strings.Contains(err.Error(), ErrUnknown.Error()) {
		t.Errorf("a token meanwhile: %v, want a fault of the provider", err)
	}
	p.down.Store(false)
	s.guard.oidc.at = time.Time{} // a while later
	if _, text := fetched(t, c, http.MethodGet, s.URL+sitePrefix+"/auth/login?with=provider", ""); !strings.HasPrefix(text, "grace") {
		t.Errorf("when it is back: %s", text)
	}
}

func TestStrangeTokensDoNotMakeUsAskTheProviderForKeysAllTheTime(t *testing.T) {
	p, other := newFakeProvider(t), newFakeProvider(t)
	other.rotate(jose.RS256, "unknown")
	g := guard(t, Config{OIDC: oidcOf(p)})
	for range 20 {
		token := other.sign(map[string]any{"iss": p.URL, "aud": "isobar", "sub": "1", "exp": time.Now().Add(time.Minute).Unix()})
		if who, err := g.Identify(asking("Authorization", "Bearer "+token)); err == nil {
			t.Fatalf("believed: %+v", who)
		}
	}
	if n := p.asked.Load(); n > keysBurst+1 {
		t.Errorf("keys were asked for %d times", n)
	}
}

func TestSomebodySignsInByTheForm(t *testing.T) {
	s := newSite(t, Config{Users: people()}, nil)
	c := browser(t)
	res, text := s.enter(t, c, "ada", "correct horse", sitePrefix+"/viewer/status.html")
	if got := res.Request.URL.Path; got != sitePrefix+"/viewer/status.html" || text != "ada admin [meteo] <nil>" {
		t.Errorf("came to %s as %q", got, text)
	}
	cookies := c.Jar.Cookies(res.Request.URL)
	if len(cookies) != 1 || strings.Contains(cookies[0].Value, "ada") {
		t.Errorf("cookies %v", cookies)
	}
	for name, c := range map[string]struct{ user, password string }{"a wrong password": {"ada", "correct"}, "nobody": {"eve", "x"}, "another's": {"bob", "correct horse"}, "none": {"", ""}} {
		b := browser(t)
		res, text := s.enter(t, b, c.user, c.password, "")
		if res.StatusCode != http.StatusForbidden || !strings.Contains(text, "wrong") || !stateOf.MatchString(text) || s.session(t, b).User != nil {
			t.Errorf("%s: %s %.200s", name, res.Status, text)
		}
	}
	if strings.Contains(s.log.String(), "horse") {
		t.Errorf("the log tells a password: %s", s.log)
	}
}

func TestAFormThatWasNotAskedForIsRefused(t *testing.T) {
	s := newSite(t, Config{Users: people()}, nil)
	form := url.Values{"name": {"ada"}, "password": {"correct horse"}, "state": {"x"}}.Encode()
	for name, headers := range map[string][]string{"without a beginning": nil, "of another site": {"Sec-Fetch-Site", "cross-site"}} {
		if res, _ := fetched(t, browser(t), http.MethodPost, s.URL+sitePrefix+"/auth/login", form, headers...); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
	if res, _ := s.enter(t, browser(t), "ada", "correct horse", "", "Sec-Fetch-Site", "same-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("of a neighbour: %s", res.Status)
	}
}

func TestPasswordsCanNotBeGuessed(t *testing.T) {
	s := newSite(t, Config{Users: people()}, nil)
	codes := map[int]int{}
	for range int(guessesOfClient.Burst) + 2 {
		res, _ := s.enter(t, browser(t), "ada", "guess", "")
		codes[res.StatusCode]++
		if res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "" {
			t.Error("not told when to try again")
		}
	}
	if codes[http.StatusForbidden] != int(guessesOfClient.Burst) || codes[http.StatusTooManyRequests] != 2 {
		t.Errorf("answers %v", codes)
	}
	r := basic("ada", "correct horse")
	r.RemoteAddr = "127.0.0.1:999"
	if _, err := s.guard.Identify(r); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("the right one of the same client, in another way: %v", err)
	}
	r = basic("ada", "correct horse")
	r = r.WithContext(WithClient(r.Context(), "192.0.2.7"))
	if p, err := s.guard.Identify(r); err != nil || p.Name != "ada" {
		t.Errorf("another client: %v", err)
	}
}

func TestASessionWritesOnlyWithItsWord(t *testing.T) {
	s := newSite(t, Config{Users: people()}, nil)
	mine, theirs := browser(t), browser(t)
	s.enter(t, mine, "ada", "correct horse", "")
	s.enter(t, theirs, "bob", "tr0ub4dor", "")
	word, other := s.session(t, mine).CSRF, s.session(t, theirs).CSRF
	for name, c := range map[string]struct {
		method, word string
		known        bool
	}{"reading": {"GET", "", true}, "writing": {"POST", word, true}, "without": {"POST", "", false}, "another's": {"POST", other, false}, "deleting": {"DELETE", "", false}, "deleting with it": {"DELETE", word, true}} {
		if _, text := fetched(t, mine, c.method, s.URL+sitePrefix+"/alerts", "", CSRFHeader, c.word); strings.HasPrefix(text, "ada") != c.known {
			t.Errorf("%s: %s", name, text)
		}
	}
	if res, _ := fetched(t, mine, http.MethodPost, s.URL+sitePrefix+"/auth/logout", ""); res.StatusCode != http.StatusForbidden || s.session(t, mine).User == nil {
		t.Errorf("signed out without it: %s", res.Status)
	}
}

func TestSessionsEnd(t *testing.T) {
	store := recordstest.New()
	all := people()
	s := newSite(t, Config{Users: all}, store)
	c := browser(t)
	s.enter(t, c, "ada", "correct horse", "")
	stolen := c.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(s.URL, "http://"), Path: sitePrefix + "/"})[0]
	asks := func(s *site) string {
		r := asking("Cookie", stolen.Name+"="+stolen.Value)
		r.Method = http.MethodGet
		p, err := s.guard.Identify(r)
		return fmt.Sprint(p.Name, err)
	}
	twin := newSite(t, Config{Users: all}, store)
	if got := asks(twin); got != "ada<nil>" {
		t.Fatalf("another server over the same records: %s", got)
	}
	if got := asks(newSite(t, Config{Users: all}, nil)); got != "<nil>" {
		t.Errorf("a server with another secret: %s", got)
	}
	changed := append([]UserConfig{}, all[1], UserConfig{Name: "ada", Password: hashAt("correct horse", cheap), Role: Reader})
	if got := asks(newSite(t, Config{Users: changed}, store)); got != "<nil>" {
		t.Errorf("with another password: %s", got)
	}
	if got := asks(newSite(t, Config{Users: all[1:]}, store)); got != "<nil>" {
		t.Errorf("without the user: %s", got)
	}
	go twin.in.Run(t.Context())
	if res, _ := fetched(t, c, http.MethodPost, s.URL+sitePrefix+"/auth/logout", "", CSRFHeader, s.session(t, c).CSRF); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if got := asks(s); got != "<nil>" {
		t.Errorf("signed out, but the cookie still is: %s", got)
	}
	for end := time.Now().Add(10 * time.Second); asks(twin) != "<nil>"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("another server is not told that the session has ended")
		}
	}
}

func TestASessionGrowsOld(t *testing.T) {
	s := newSite(t, Config{Users: people(), Session: SessionConfig{Secret: "sixteen bytes and more", Age: time.Hour}}, nil)
	c := browser(t)
	s.enter(t, c, "ada", "correct horse", "")
	s.in.sessions.now = func() time.Time { return time.Now().Add(59 * time.Minute) }
	if s.session(t, c).User == nil {
		t.Error("ended early")
	}
	s.in.sessions.now = func() time.Time { return time.Now().Add(61 * time.Minute) }
	if s.session(t, c).User != nil {
		t.Error("not ended")
	}
}

func TestOnlyOwnAddressesAreComeBackTo(t *testing.T) {
	s := newSite(t, Config{Users: people()}, nil)
	base := s.URL + sitePrefix
	for to, want := range map[string]string{
		"": base + "/", sitePrefix + "/": base + "/", sitePrefix + "/viewer/?a=1#b=c,d": base + "/viewer/?a=1#b=c,d", sitePrefix: base,
		"https://evil.example/": base + "/", "//evil.example/weather/": base + "/", `/\evil.example`: base + "/", "/weather/../evil": base + "/", "/weathers/": base + "/", "/": base + "/",
		"/weather//evil.example": base + "//evil.example", "javascript:alert(1)": base + "/", "/weather/\r\nSet-Cookie: a=b": base + "/", "weather/": base + "/",
		"/%2f%2fevil.example": base + "/", "/weather/" + strings.Repeat("a", longestReturn): base + "/", "http:///weather/": base + "/",
	} {
		if got := s.in.destination(asking(), to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func TestCookiesAreWhatTheyShouldBe(t *testing.T) {
	for base, want := range map[string]string{
		"http://a.example":          `isobar_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`,
		"https://a.example":         `__Host-isobar_session=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax`,
		"https://a.example/weather": `__Secure-isobar_session=v; Path=/weather; Max-Age=60; HttpOnly; Secure; SameSite=Lax`,
	} {
		s := &sessions{base: func(*http.Request) string { return base }}
		w := httptest.NewRecorder()
		if s.set(w, asking(), "v", time.Minute); w.Header().Get("Set-Cookie") != want {
			t.Errorf("%s: %s, want %s", base, w.Header().Get("Set-Cookie"), want)
		}
	}
	h := http.Header{"Cookie": {"a=b; __Host-isobar_session=x", "__Secure-isobar_signin=y;c=d"}}
	if WithoutSession(h); h.Get("Cookie") != "a=b; c=d" {
		t.Errorf("what goes on to others: %q", h.Get("Cookie"))
	}
}

func TestThePageMayHoldNothingElse(t *testing.T) {
	s := newSite(t, Config{Users: people(), OIDC: OIDCConfig{Issuer: "https://login.example", Audience: "a", Title: `<script>alert(1)</script>`}}, nil)
	res, text := fetched(t, browser(t), http.MethodGet, s.URL+sitePrefix+"/auth/login?return_to="+url.QueryEscape(`/weather/"><script>`), "", "Accept-Language", "fr-CA,fr;q=0.9")
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("header %v", res.Header)
	}
	if strings.Contains(text, "<script>") || !strings.Contains(text, "Mot de passe") {
		t.Errorf("page %s", text)
	}
	if res, _ := fetched(t, browser(t), http.MethodDelete, s.URL+sitePrefix+"/auth/login", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE: %s", res.Status)
	}
	none := newSite(t, Config{}, nil)
	if v := none.session(t, browser(t)); v.SignIn || v.User != nil {
		t.Errorf("where nobody is known: %+v", v)
	}
	if res, _ := fetched(t, browser(t), http.MethodGet, none.URL+sitePrefix+"/auth/login", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("where nobody is known: %s", res.Status)
	}
}

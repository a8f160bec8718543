package auth

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// asking is a request with some headers.
func asking(headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/alerts", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// basic is a request with a name and a password.
func basic(name, password string) *http.Request {
	r := asking()
	r.SetBasicAuth(name, password)
	return r
}

func guard(t *testing.T, c Config) *Guard {
	t.Helper()
	g, err := New(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestWhoAsksIsFoundByKeyAndPassword(t *testing.T) {
	secret, hash := NewKey()
	g := guard(t, Config{
		Keys:  []KeyConfig{{Name: "loader", Hash: hash, Role: Writer}},
		Users: []UserConfig{{Name: "ada", Password: HashPassword("correct horse"), Role: Admin}, {Name: "bob", Password: hashAt("tr0ub4dor", cheap), Role: Reader}},
	})
	for name, c := range map[string]struct {
		r    *http.Request
		need Role
		want error
		who  string
	}{
		"nobody":                       {asking(), Writer, ErrUnknown, ""},
		"a key":                        {asking("X-API-Key", secret), Writer, nil, "loader"},
		"a key as bearer":              {asking("Authorization", "Bearer "+secret), Writer, nil, "loader"},
		"a key as password":            {basic("key", secret), Writer, nil, "loader"},
		"a key that may not do it":     {asking("X-API-Key", secret), Admin, ErrForbidden, "loader"},
		"a wrong key":                  {asking("X-API-Key", secret+"x"), Writer, ErrUnknown, ""},
		"a password":                   {basic("ada", "correct horse"), Admin, nil, "ada"},
		"a password again":             {basic("ada", "correct horse"), Admin, nil, "ada"},
		"a wrong password":             {basic("ada", "correct hors"), Reader, ErrUnknown, ""},
		"another's password":           {basic("ada", "tr0ub4dor"), Reader, ErrUnknown, ""},
		"an unknown name":              {basic("eve", "correct horse"), Reader, ErrUnknown, ""},
		"a reader who would write":     {basic("bob", "tr0ub4dor"), Writer, ErrForbidden, "bob"},
		"a token without a provider":   {asking("Authorization", "Bearer abc"), Writer, ErrUnknown, ""},
		"an empty password of no user": {basic("", ""), Writer, ErrUnknown, ""},
	} {
		p, err := g.Require(c.r, c.need)
		if !errors.Is(err, c.want) || c.want == nil && err != nil || p.Name != c.who {
			t.Errorf("%s: %q, %v, want %q, %v", name, p.Name, err, c.who, c.want)
		}
	}
	if got := g.Challenge(asking()); !strings.Contains(got, "Basic") || !strings.Contains(got, "Bearer") {
		t.Errorf("challenge %q", got)
	}
}

func TestAServerWithoutUsersLetsNobodyWrite(t *testing.T) {
	if _, err := guard(t, Config{}).Require(asking(), Writer); !errors.Is(err, ErrForbidden) {
		t.Errorf("%v", err)
	}
}

func TestRulesSayWhoMayRead(t *testing.T) {
	g := guard(t, Config{Rules: []Rule{{Collections: "arome*", Groups: []string{"meteo"}, Role: Admin}, {Collections: "hrrr.t2m"}, {Collections: "hrrr*", Role: Reader}}})
	for _, c := range []struct {
		who        Principal
		collection string
		want       bool
	}{
		{Principal{}, "gfs.t2m", true}, {Principal{}, "arome.tcc", false}, {Principal{Name: "a", Role: Reader, Groups: []string{"meteo"}}, "arome.tcc", true},
		{Principal{Name: "a", Role: Writer}, "arome.tcc", false}, {Principal{Name: "a", Role: Admin}, "arome.tcc", true},
		{Principal{}, "hrrr.t2m", true}, {Principal{}, "hrrr.gust", false}, {Principal{Name: "a", Role: Reader}, "hrrr.gust", true},
	} {
		if got := g.MayRead(c.who, c.collection); got != c.want {
			t.Errorf("%+v may read %s: %v", c.who, c.collection, got)
		}
	}
}

// provider is an OpenID provider with one key.
func provider(t *testing.T) (issuer string, sign func(claims map[string]any) string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"issuer": h.URL, "jwks_uri": h.URL + "/keys", "authorization_endpoint": h.URL + "/auth", "token_endpoint": h.URL + "/token", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &private.PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: "one"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h.URL, func(claims map[string]any) string {
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		token, err := signed.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

func TestTokensOfTheProviderAreBelieved(t *testing.T) {
	issuer, sign := provider(t)
	_, other := provider(t)
	g := guard(t, Config{OIDC: OIDCConfig{Issuer: issuer, Audience: "isobar", Roles: map[string]Role{"*": Reader, "forecasters": Writer}}})
	claims := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": issuer, "aud": "isobar", "sub": "42", "exp": time.Now().Add(time.Hour).Unix(), "preferred_username": "grace", "groups": []string{"forecasters"}}
		change(c)
		return c
	}
	same := func(map[string]any) {}
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"right":               {sign(claims(same)), nil},
		"another audience":    {sign(claims(func(c map[string]any) { c["aud"] = "shop" })), ErrUnknown},
		"expired":             {sign(claims(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() })), ErrUnknown},
		"another issuer":      {sign(claims(func(c map[string]any) { c["iss"] = "https://evil.example" })), ErrUnknown},
		"another's signature": {other(claims(same)), ErrUnknown},
		"no group":            {sign(claims(func(c map[string]any) { delete(c, "groups") })), ErrForbidden},
		"nonsense":            {"a.b.c", ErrUnknown},
	} {
		p, err := g.Require(asking("Authorization", "Bearer "+c.token), Writer)
		if !errors.Is(err, c.want) || c.want == nil && (err != nil || p.Name != "grace") {
			t.Errorf("%s: %+v, %v, want %v", name, p, err, c.want)
		}
	}
}

func TestBadConfigurationIsNamed(t *testing.T) {
	_, hash := NewKey()
	for want, c := range map[string]Config{
		"auth.keys[0].hash":        {Keys: []KeyConfig{{Name: "a", Hash: "sha256:12", Role: Writer}}},
		"auth.keys[0].role":        {Keys: []KeyConfig{{Name: "a", Hash: hash, Role: "king"}}},
		"auth.users[0].password":   {Users: []UserConfig{{Name: "a", Password: "secret", Role: Writer}}},
		"auth.users[0].name":       {Users: []UserConfig{{Name: "a:b", Password: hashAt("x", cheap), Role: Writer}}},
		"auth.oidc.issuer":         {OIDC: OIDCConfig{Issuer: "nowhere", Audience: "a"}},
		"auth.oidc.audience":       {OIDC: OIDCConfig{Issuer: "https://login.example"}},
		"auth.rules[0].role":       {Rules: []Rule{{Collections: "*", Role: "king"}}},
		"auth.quotas[0].per":       {Quotas: []Quota{{Who: "*", Per: "week", Requests: 1}}},
		"auth.quotas[0].requests":  {Quotas: []Quota{{Who: "*", Per: "day"}}},
		"auth.session.secret":      {Session: SessionConfig{Secret: "short"}},
		"auth.session.age":         {Session: SessionConfig{Age: time.Second}},
		"auth.rules[0].collection": {Rules: []Rule{{Collections: "["}}},
	} {
		if _, err := New(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestClientsAreKeptToTheirRate(t *testing.T) {
	now := time.Unix(0, 0)
	r := NewRates(Rate{Burst: 10, PerSecond: 2}, func() time.Time { return now })
	for i := range 10 {
		if _, ok := r.Take("a", 1); !ok {
			t.Fatalf("request %d of the burst is refused", i)
		}
	}
	wait, ok := r.Take("a", 1)
	if ok || wait != 500*time.Millisecond {
		t.Errorf("after the burst: %v, wait %s", ok, wait)
	}
	if _, ok := r.Take("b", 1); !ok {
		t.Error("another client is refused")
	}
	now = now.Add(wait)
	if _, ok := r.Take("a", 1); !ok {
		t.Error("refused after the wait that was told")
	}
	if _, ok := r.Take("c", 1000); !ok {
		t.Error("one request that is larger than the burst is never let through")
	}
	if _, ok := NewRates(Rate{}, time.Now).Take("a", 1e9); !ok {
		t.Error("no rate is no limit")
	}
}

func TestAnAddressThatAnybodyCanWriteIsNoName(t *testing.T) {
	tokens := &tokens{}
	for want, claims := range map[string]map[string]any{
		"grace@example.org": {"email": "grace@example.org"}, "ada@example.org": {"email": "ada@example.org", "email_verified": true}, "42": {"email": "eve@example.org", "email_verified": false},
	} {
		if p := tokens.principal("42", claims); p.Name != want {
			t.Errorf("%v: %s, want %s", claims, p.Name, want)
		}
	}
}

func TestManyThatKnowThePasswordDoNotLockThemselvesOut(t *testing.T) {
	g := guard(t, Config{Users: []UserConfig{{Name: "ada", Password: hashAt("correct horse", cheap), Role: Reader}}})
	var group sync.WaitGroup
	for range 3 * int(guessesOfClient.Burst) {
		group.Go(func() {
			if _, err := g.Identify(basic("ada", "correct horse")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestPasswordsDoNotQueueWithoutEnd(t *testing.T) {
	u := newUsers()
	for range waiting {
		u.queue <- struct{}{}
	}
	var often *TooOften
	if _, err := u.check(t.Context(), "192.0.2.1", "ada", "x"); !errors.As(err, &often) {
		t.Errorf("%v", err)
	}
}

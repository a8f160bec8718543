package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"isobar/records"
	"isobar/store"
)

// SignInPath is below which people sign in and out: login, callback, logout, session.
const SignInPath = "/auth/"

const (
	// signInCookie is what the cookie of somebody is called who is signing in.
	signInCookie = "isobar_signin"
	// signInTime is how long signing in may take.
	signInTime = 10 * time.Minute
	// longestReturn bounds the address to come back to, in bytes: it is kept in a cookie.
	longestReturn = 2000
	// longestForm bounds a form in bytes.
	longestForm = 8 << 10
)

// SignInOptions is what signing in needs of the service around it.
type SignInOptions struct {
	Base    func(*http.Request) string // how clients reach the service, without a slash at the end
	Records records.Store              // where the secret and the sessions that have ended are kept; nil: nowhere
	Session SessionConfig
	Title   string // of the service
	Log     *slog.Logger
}

// SignIn lets people sign in by a browser, by name and password or at an OpenID provider (authorization code with PKCE, RFC 7636, which
// the server exchanges), and keeps them signed in by a cookie. Make it with Guard.SignIn. Safe for concurrent use.
type SignIn struct {
	guard    *Guard
	sessions *sessions
	ended    *Ended
	paper    *template.Template // the page that asks who this is
	options  SignInOptions
	awaited  bool // the secret, in records that are out of reach
}

var _ http.Handler = (*SignIn)(nil)

// SignIn lets people sign in whom the guard knows. It is called before the guard is used, once. Records that are out of reach (store.ErrUnavailable) are
// asked for the secret of sessions by Run; until it is there nobody is signed in.
func (g *Guard) SignIn(ctx context.Context, o SignInOptions) (*SignIn, error) {
	secret, err, awaited := []byte(o.Session.Secret), error(nil), false
	if len(secret) == 0 {
		secret, err = SharedSecret(ctx, o.Records)
		if awaited = errors.Is(err, store.ErrUnavailable); awaited {
			secret, err = SharedSecret(ctx, nil)
		}
		if err != nil {
			return nil, err
		}
	}
	seals, err := newSealer(secret)
	if err != nil {
		return nil, err
	}
	paper, err := template.New("sign in").Parse(signInText)
	if err != nil {
		return nil, err
	}
	s := &SignIn{guard: g, ended: NewEnded(o.Records), paper: paper, options: o, awaited: awaited}
	s.sessions = &sessions{seals: seals, users: g.users, oidc: g.oidc, ended: s.ended, base: o.Base, age: o.Session.Age, now: time.Now}
	if s.sessions.age == 0 {
		s.sessions.age = SessionAge
	}
	g.methods = append(g.methods, s.sessions)
	return s, nil
}

// Run hears which sessions other servers have ended, until ctx ends.
func (s *SignIn) Run(ctx context.Context) error {
	for s.awaited {
		secret, err := SharedSecret(ctx, s.options.Records)
		if err == nil {
			err = s.sessions.seals.use(secret)
		}
		if s.awaited = err != nil; s.awaited {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
	return s.ended.Run(ctx, s.options.Log)
}

// ServeHTTP answers what is below SignInPath.
func (s *SignIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Del("Access-Control-Allow-Origin") // no other page may look
	h.Del("Access-Control-Expose-Headers")
	_, what, _ := strings.Cut(r.URL.Path, SignInPath)
	serve, method := map[string]func(http.ResponseWriter, *http.Request){
		"session GET": s.session, "login GET": s.login, "login POST": s.password, "callback GET": s.callback, "logout POST": s.logout,
	}, r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if one := serve[what+" "+method]; one != nil {
		one(w, r)
		return
	}
	http.Error(w, "there is nothing here, or not for "+r.Method, http.StatusNotFound)
}

// can tells that there is a way to sign in.
func (s *SignIn) can() bool { return s.guard.users != nil || s.guard.oidc != nil }

// session tells who asks.
func (s *SignIn) session(w http.ResponseWriter, r *http.Request) {
	type person struct {
		Name   string   `json:"name"`
		Role   Role     `json:"role"`
		Groups []string `json:"groups"`
	}
	told := struct {
		User     *person `json:"user"`
		CanWrite bool    `json:"can_write"`
		SignIn   bool    `json:"sign_in"`
		CSRF     string  `json:"csrf,omitempty"`
		Until    string  `json:"until,omitempty"`
	}{SignIn: s.can()}
	p, err := s.guard.Identify(r)
	if err == nil && p.Name != "" {
		told.User, told.CanWrite = &person{p.Name, p.Role, append([]string{}, p.Groups...)}, p.Has(Writer)
	}
	if _, t, ok := s.sessions.read(r); ok && p.Method == "session" {
		told.CSRF, told.Until = s.sessions.seals.word(t.ID), time.Unix(t.Until, 0).UTC().Format(time.RFC3339)
	}
	w.Header().Set("Vary", "Cookie, Authorization, X-API-Key")
	writeJSON(w, told)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // an error means that the client has left
}

// signingIn is what is kept while somebody signs in: in their browser, sealed.
type signingIn struct {
	State    string `json:"s"`
	Nonce    string `json:"n,omitempty"`
	Verifier string `json:"v,omitempty"` // of PKCE
	Redirect string `json:"r,omitempty"`
	ReturnTo string `json:"t"`
	Until    int64  `json:"u"`
}

// login shows the form, or leads to the provider if there is no other way.
func (s *SignIn) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.can() {
		s.page(w, r, http.StatusNotFound, pageData{Problem: "nobody"})
		return
	}
	one := signingIn{State: rand.Text(), ReturnTo: s.destination(r, q.Get("return_to")), Until: time.Now().Add(signInTime).Unix()}
	if s.guard.oidc != nil && (s.guard.users == nil || q.Get("with") == "provider") {
		s.leave(w, r, one)
		return
	}
	s.form(w, r, http.StatusOK, one, "")
}

// form shows the form, and keeps what it is for.
func (s *SignIn) form(w http.ResponseWriter, r *http.Request, status int, one signingIn, problem string) {
	if err := s.keep(w, r, one); err != nil {
		s.broken(w, r, err)
		return
	}
	d := pageData{State: one.State, Back: one.ReturnTo, Problem: problem}
	if s.guard.oidc != nil {
		d.Provider = s.guard.oidc.title()
		d.ProviderAt = s.options.Base(r) + SignInPath + "login?" + url.Values{"with": {"provider"}, "return_to": {pathOf(one.ReturnTo)}}.Encode()
	}
	s.page(w, r, status, d)
}

// keep writes the cookie of somebody who is signing in.
func (s *SignIn) keep(w http.ResponseWriter, r *http.Request, one signingIn) error {
	text, err := s.sessions.seals.seal("sign in", one)
	if err == nil {
		s.setSigning(w, r, text, signInTime)
	}
	return err
}

// setSigning sets the cookie of somebody who is signing in; "" removes it.
func (s *SignIn) setSigning(w http.ResponseWriter, r *http.Request, value string, age time.Duration) {
	name, at, secure := s.signingCookie(r)
	http.SetCookie(w, &http.Cookie{Name: name, Path: at, Value: value, MaxAge: int(age.Seconds()), Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (s *SignIn) signingCookie(r *http.Request) (name, at string, secure bool) {
	scheme, at := below(s.options.Base(r))
	at = strings.TrimSuffix(at, "/") + strings.TrimSuffix(SignInPath, "/")
	if scheme != "https" {
		return signInCookie, at, false
	}
	return "__Secure-" + signInCookie, at, true
}

// kept reads the cookie of somebody who is signing in, and removes it: it is good for one attempt.
func (s *SignIn) kept(w http.ResponseWriter, r *http.Request, state string) (one signingIn, ok bool) {
	name, _, _ := s.signingCookie(r)
	c, err := r.Cookie(name)
	if err != nil {
		return one, false
	}
	s.setSigning(w, r, "", -time.Second)
	if s.sessions.seals.open("sign in", c.Value, &one) != nil || time.Now().Unix() >= one.Until {
		return one, false
	}
	return one, subtle.ConstantTimeCompare([]byte(one.State), []byte(state)) == 1
}

// password signs somebody in by name and password.
func (s *SignIn) password(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	if err := r.ParseForm(); err != nil || s.guard.users == nil {
		s.page(w, r, http.StatusBadRequest, pageData{Problem: "again"})
		return
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		s.page(w, r, http.StatusForbidden, pageData{Problem: "again"})
		return
	}
	one, ok := s.kept(w, r, r.PostForm.Get("state"))
	if !ok {
		s.page(w, r, http.StatusForbidden, pageData{Problem: "again"})
		return
	}
	name := r.PostForm.Get("name")
	found, err := s.guard.users.check(r.Context(), ClientOf(r), name, r.PostForm.Get("password"))
	var often *TooOften
	switch {
	case errors.As(err, &often):
		s.options.Log.Warn("too many wrong passwords", "name", short(name), "client", ClientOf(r))
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(often.Wait.Seconds()))))
		s.form(w, r, http.StatusTooManyRequests, one, "often")
	case errors.Is(err, ErrUnknown):
		s.options.Log.Info("wrong password", "name", short(name), "client", ClientOf(r))
		s.form(w, r, http.StatusForbidden, one, "wrong")
	case err != nil:
		s.broken(w, r, err)
	default:
		s.welcome(w, r, ticket{Name: found.Name, Method: "password", Mark: found.mark}, one.ReturnTo)
	}
}

// welcome signs somebody in, and leads back to where they came from.
func (s *SignIn) welcome(w http.ResponseWriter, r *http.Request, t ticket, to string) {
	if err := s.sessions.begin(w, r, t); err != nil {
		s.broken(w, r, err)
		return
	}
	s.options.Log.Info("signed in", "name", short(t.Name), "by", t.Method, "client", ClientOf(r))
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// logout ends a session, if the page that asks for it may read it.
func (s *SignIn) logout(w http.ResponseWriter, r *http.Request) {
	_, t, ok := s.sessions.read(r)
	if !ok {
		s.sessions.set(w, r, "", -time.Second)
		writeJSON(w, struct{}{})
		return
	}
	if _, ok, _ := s.sessions.identify(r); !ok {
		http.Error(w, CSRFHeader+" is missing or wrong", http.StatusForbidden)
		return
	}
	if err := s.sessions.end(r.Context(), w, r, t); err != nil {
		s.options.Log.Warn("other servers are not told of a session's end", "error", err)
	}
	told := struct {
		Location string `json:"location,omitempty"`
	}{}
	if t.Method == "provider" {
		told.Location = s.guard.oidc.farewell(s.options.Base(r) + "/")
	}
	writeJSON(w, told)
}

// destination is an address of the service's own, as it was asked for, else the service's page: what leads elsewhere is not followed.
func (s *SignIn) destination(r *http.Request, to string) string {
	home := s.options.Base(r) + "/"
	base, err := url.Parse(home)
	if err != nil || to == "" || len(to) > longestReturn || strings.Contains(to, `\`) || strings.ContainsFunc(to, unicode.IsControl) {
		return home
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		return home
	}
	if clean := path.Clean(u.Path); !strings.HasPrefix(clean+"/", base.Path) || strings.HasPrefix(u.Path, "//") {
		return home
	}
	u.Scheme, u.Host = base.Scheme, base.Host
	return u.String()
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.Scheme, u.Host = "", ""
	return u.String()
}

// short is a name as logs may have it.
func short(name string) string {
	if len(name) > 80 {
		return name[:80]
	}
	return name
}

// broken tells that signing in does not work now.
func (s *SignIn) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.options.Log.Error("signing in failed", "error", err)
	s.page(w, r, http.StatusServiceUnavailable, pageData{Problem: "later"})
}

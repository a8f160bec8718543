package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// CSRFHeader is the header without which a session does nothing but read: pages of other origins can't set it.
const CSRFHeader = "X-CSRF-Token"

// cookieName is what the session's cookie is called; by TLS with a prefix that keeps others from setting it (RFC 6265bis 4.1.3).
const cookieName = "isobar_session"

// SessionConfig is how long people stay signed in.
type SessionConfig struct {
	Secret string        `yaml:"secret"` // that sessions are sealed with; "": one that is made and kept in the records
	Age    time.Duration `yaml:"age"`    // after which they are asked again; 0: 12 hours
}

// check says what is wrong, naming the key.
func (c SessionConfig) check() error {
	if c.Secret != "" && len(c.Secret) < LeastSecret {
		return fmt.Errorf("secret: shorter than %d bytes", LeastSecret)
	}
	if c.Age < 0 || c.Age != 0 && c.Age < time.Minute || c.Age > longestAge {
		return fmt.Errorf("age: %s is not within 1m to %s", c.Age, longestAge)
	}
	return nil
}

// longestAge bounds how long people stay signed in.
const longestAge = 90 * 24 * time.Hour

// SessionAge is how long people stay signed in where nothing else is said.
const SessionAge = 12 * time.Hour

// ticket is a session, as its cookie keeps it. Who it is for is looked up each time, so that a change of the configuration holds at once.
type ticket struct {
	ID     string   `json:"i"`
	Name   string   `json:"n"`
	Groups []string `json:"g,omitempty"` // of the provider; users' are the configuration's
	Method string   `json:"m"`           // "password" or "provider"
	Mark   string   `json:"k"`           // of the password or the provider: another one ends the session
	Until  int64    `json:"u"`           // seconds since 1970
}

// sessions are those of people who have signed in by a browser: sealed cookies. Nothing is kept of them but which have ended early.
type sessions struct {
	seals *sealer
	users *users  // nil: none
	oidc  *tokens // nil: none
	ended *Ended
	base  func(*http.Request) string
	age   time.Duration
	now   func() time.Time
}

// identify reads the session's cookie. One that is broken or has ended is nobody's: what is public stays so.
func (s *sessions) identify(r *http.Request) (Principal, bool, error) {
	p, t, ok := s.read(r)
	if !ok || !reads(r.Method) && !hmac.Equal([]byte(r.Header.Get(CSRFHeader)), []byte(s.seals.word(t.ID))) {
		return Principal{}, false, nil
	}
	return p, true, nil
}

// reads tells of methods that change nothing (RFC 9110 9.2.1).
func reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// read is whose session a request carries.
func (s *sessions) read(r *http.Request) (p Principal, t ticket, ok bool) {
	name, _, _ := s.cookie(r)
	c, err := r.Cookie(name)
	if err != nil || s.seals.open("session", c.Value, &t) != nil || s.now().Unix() >= t.Until || s.ended.has(t.ID) {
		return p, t, false
	}
	switch {
	case t.Method == "password" && s.users != nil:
		one := s.users.by[t.Name]
		if one == nil || one.mark != t.Mark {
			return p, t, false
		}
		p = one.Principal
	case t.Method == "provider" && s.oidc != nil && s.oidc.mark() == t.Mark:
		p = Principal{Name: t.Name, Groups: t.Groups, Role: s.oidc.role(t.Groups)}
	default:
		return p, t, false
	}
	p.Method = "session"
	return p, t, true
}

// begin signs somebody in.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, t ticket) error {
	t.ID, t.Until = rand.Text(), s.now().Add(s.age).Unix()
	text, err := s.seals.seal("session", t)
	if err != nil {
		return err
	}
	s.set(w, r, text, s.age)
	return nil
}

// end signs somebody out: everywhere, not only in this browser.
func (s *sessions) end(ctx context.Context, w http.ResponseWriter, r *http.Request, t ticket) error {
	s.set(w, r, "", -1)
	return s.ended.end(ctx, t.ID, time.Unix(t.Until, 0))
}

// set writes the cookie.
func (s *sessions) set(w http.ResponseWriter, r *http.Request, value string, age time.Duration) {
	name, path, secure := s.cookie(r)
	http.SetCookie(w, &http.Cookie{Name: name, Path: path, Value: value, MaxAge: int(age.Seconds()), Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// cookie is the session's name and path at the address by which a client comes.
func (s *sessions) cookie(r *http.Request) (name, path string, secure bool) {
	scheme, path := below(s.base(r))
	switch {
	case scheme != "https":
		return cookieName, path, false
	case path == "/":
		return "__Host-" + cookieName, path, true
	}
	return "__Secure-" + cookieName, path, true
}

// below is the scheme of an address, and its path, as a cookie has it.
func below(base string) (scheme, path string) {
	u, err := url.Parse(base)
	if err != nil || u.EscapedPath() == "" {
		return strings.Split(base, ":")[0], "/"
	}
	return u.Scheme, strings.TrimRight(u.EscapedPath(), "/")
}

// WithoutSession drops the cookies of sessions from the header of a request that goes on to others.
func WithoutSession(h http.Header) {
	if len(h["Cookie"]) == 0 {
		return
	}
	var kept []string
	for one := range strings.SplitSeq(strings.Join(h["Cookie"], ";"), ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !strings.HasSuffix(name, cookieName) && !strings.HasSuffix(name, signInCookie) && strings.TrimSpace(one) != "" {
			kept = append(kept, strings.TrimSpace(one))
		}
	}
	if h.Del("Cookie"); len(kept) > 0 {
		h.Set("Cookie", strings.Join(kept, "; "))
	}
}
